use super::*;
use crate::fixtures::sku;
use vocabulary::{Grams, Money};

fn refused(change: impl FnOnce(&mut Sku)) -> Invalid {
    let mut catalog = Catalog::default();
    let barcode = Barcode::new("96385074").ok();
    catalog.apply(Sku { barcode, ..sku(1, 100) });
    let mut given = sku(2, 100);
    change(&mut given);
    catalog.check(&given).unwrap_err()
}

#[test]
fn a_refused_field_is_named_with_its_value_and_its_cure() {
    let invalid = refused(|sku| sku.list_price = Money::fen(-1));
    assert_eq!(invalid.to_string(), "list_price cannot be -1: give 0 to 100000000 fen");
    let invalid = refused(|sku| sku.code = "two words".into());
    assert_eq!((invalid.field.as_str(), invalid.given.as_str()), ("code", "\"two words\""));
}

#[test]
fn every_field_has_its_bounds() {
    assert_eq!(refused(|sku| sku.code = String::new()).field, "code");
    assert_eq!(refused(|sku| sku.name = " ".into()).field, "name");
    assert_eq!(refused(|sku| sku.name = "奶".repeat(121)).field, "name");
    assert_eq!(refused(|sku| sku.name_en = Some("a\nb".into())).field, "name_en");
    assert_eq!(refused(|sku| sku.category = String::new()).field, "category");
    assert_eq!(refused(|sku| sku.keep_together = Some(String::new())).field, "keep_together");
    assert_eq!(refused(|sku| sku.weight = Grams(1_000_001)).field, "weight");
    assert_eq!(refused(|sku| sku.list_price = Money::fen(100_000_001)).field, "list_price");
}

#[test]
fn long_values_are_cut_in_errors() {
    let invalid = refused(|sku| sku.code = "x".repeat(10_000));
    assert!(invalid.given.len() < 80 && invalid.given.ends_with('…'), "{}", invalid.given);
}

#[test]
fn codes_and_barcodes_belong_to_one_sku() {
    let invalid = refused(|given| given.code = sku(1, 100).code);
    assert!(invalid.cure.contains("choose another"), "{invalid}");
    let invalid = refused(|given| given.barcode = Barcode::new("96385074").ok());
    assert_eq!(invalid.field, "barcode");
}

#[test]
fn a_rewritten_sku_is_found_by_its_new_code_only() {
    let mut catalog = Catalog::default();
    let barcode = Barcode::new("96385074").unwrap();
    catalog.apply(Sku { barcode: Some(barcode.clone()), ..sku(1, 100) });
    catalog.apply(Sku { code: "NEW".into(), ..sku(1, 100) });
    assert_eq!(catalog.len(), 1);
    assert!(catalog.by_code("SKU-1").is_none());
    assert!(catalog.by_barcode(&barcode).is_none());
    assert_eq!(catalog.by_code("NEW").map(|sku| sku.id), Some(sku(1, 100).id));
}

#[test]
fn unknown_fields_of_a_sku_are_refused() {
    let mut value = serde_json::to_value(sku(1, 100)).unwrap();
    assert_eq!(serde_json::from_value::<Sku>(value.clone()).unwrap(), sku(1, 100));
    value["listprice"] = 1.into();
    assert!(serde_json::from_value::<Sku>(value).is_err());
}
