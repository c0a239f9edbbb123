//! What is sold where and for how much, from which moment on.

use vocabulary::{Money, Seconds};

use super::*;
use crate::fixtures::*;
use crate::price::Stores;
use crate::{Category, PriceGrant};

fn tell(book: &mut PriceBook, command: BookCommand) -> Result<(), BookRefusal> {
    let event = book.decide(&command, &context())?;
    let text = serde_json::to_string(&event).unwrap();
    book.apply(&serde_json::from_str(&text).unwrap());
    Ok(())
}

fn chain() -> PriceBook {
    let mut book = PriceBook::default();
    for number in 1..=2 {
        tell(&mut book, BookCommand::PutSku(sku(number, 1_000))).unwrap();
    }
    book
}

fn publication(name: &str, stores: Stores, items: Vec<PublishedSku>) -> Publication {
    Publication { name: name.into(), stores, items, effective_at: NOW, in_effect: false }
}

fn at(price: Option<i64>, sold: bool) -> PublishedSku {
    PublishedSku { sku: sku_id(1), sold, list_price: price.map(Money::fen) }
}

fn publish(book: &mut PriceBook, publication: Publication) {
    let name = publication.name.clone();
    tell(book, BookCommand::Publish(publication)).unwrap();
    tell(book, BookCommand::TakeEffect { name }).unwrap();
}

fn only(stores: &[u128]) -> Stores {
    Stores::Only(stores.iter().map(|number| store(*number)).collect())
}

fn price(book: &PriceBook, number: Option<u128>) -> i64 {
    book.price_of(number.map(store), sku_id(1)).unwrap().price.as_fen()
}

#[test]
fn goods_published_to_chosen_stores_are_sold_there_only() {
    let mut book = chain();
    assert!(book.sells(store(7), sku_id(1)) && book.sells(store(8), sku_id(1)));
    publish(&mut book, publication("spring", only(&[7]), vec![at(Some(900), true)]));
    assert!(book.sells(store(7), sku_id(1)) && !book.sells(store(8), sku_id(1)));
    assert!(book.sells(store(8), sku_id(2)), "of other goods nothing was said");
    assert_eq!(
        [price(&book, Some(7)), price(&book, Some(8)), price(&book, None)],
        [900, 1_000, 1_000]
    );
    publish(&mut book, publication("summer", Stores::All, vec![at(Some(800), true)]));
    assert!(book.sells(store(8), sku_id(1)));
    assert_eq!([price(&book, Some(7)), price(&book, None)], [800, 800]);
    tell(&mut book, BookCommand::EndPublication { name: "summer".into() }).unwrap();
    assert_eq!((price(&book, Some(7)), book.sells(store(8), sku_id(1))), (900, false));
}

#[test]
fn goods_taken_back_from_some_stores_are_sold_at_the_others() {
    let mut book = chain();
    publish(&mut book, publication("recall", only(&[7]), vec![at(None, false)]));
    assert!(!book.sells(store(7), sku_id(1)) && book.sells(store(8), sku_id(1)));
}

#[test]
fn nothing_takes_effect_before_its_moment() {
    let mut book = chain();
    let later = NOW.after(Seconds(60));
    let wanted = publication("night", Stores::All, vec![at(Some(500), true)]);
    tell(&mut book, BookCommand::Publish(Publication { effective_at: later, ..wanted })).unwrap();
    assert_eq!(book.next_publication(), Some((later, "night")));
    let early = tell(&mut book, BookCommand::TakeEffect { name: "night".into() });
    assert_eq!(early.unwrap_err().code(), "publication_not_due");
    assert_eq!(price(&book, None), 1_000);
    let context = Context { now: later, ..context() };
    let due = book.decide(&BookCommand::TakeEffect { name: "night".into() }, &context).unwrap();
    book.apply(&due);
    assert_eq!((price(&book, None), book.next_publication()), (500, None));
    let again: PriceBook = serde_json::from_str(&serde_json::to_string(&book).unwrap()).unwrap();
    assert_eq!(again, book);
}

#[test]
fn a_store_moves_its_price_around_what_was_published_there() {
    let mut book = chain();
    tell(&mut book, BookCommand::PutGrant(grant("g"))).unwrap();
    publish(&mut book, publication("city", only(&[7]), vec![at(Some(2_000), true)]));
    let set = |number: u128, fen: i64| BookCommand::SetStorePrice {
        store: store(number),
        sku: sku_id(1),
        price: Money::fen(fen),
    };
    assert_eq!(tell(&mut book, set(7, 1_000)).unwrap_err().code(), "price_outside_grant");
    tell(&mut book, set(7, 1_800)).unwrap();
    assert_eq!(price(&book, Some(7)), 1_800);
}

#[test]
fn a_grant_for_a_category_holds_for_all_below_it() {
    let mut book = chain();
    for (code, parent) in [("all", None), ("food", Some("all"))] {
        let parent = parent.map(str::to_owned);
        let (code, name) = (code.to_owned(), code.to_owned());
        let category = Category { code, name, name_en: None, parent, position: 0 };
        tell(&mut book, BookCommand::PutCategory(category)).unwrap();
    }
    let known = book.catalog().get(sku_id(1)).unwrap().clone();
    assert_eq!(book.granted_range(store(7), &known), None);
    let skus = Skus::Category("all".into());
    tell(&mut book, BookCommand::PutGrant(PriceGrant { skus, ..grant("g") })).unwrap();
    assert!(book.granted_range(store(7), &known).is_some());
    let remove = |code: &str| BookCommand::RemoveCategory { code: code.into() };
    assert_eq!(tell(&mut book, remove("all")).unwrap_err().code(), "category_in_use");
    assert_eq!(tell(&mut book, remove("food")).unwrap_err().code(), "category_in_use");
    assert_eq!(tell(&mut book, remove("none")).unwrap_err().code(), "unknown_category");
}

#[test]
fn a_publication_of_nothing_or_of_unknown_goods_is_refused() {
    let mut book = chain();
    let nothing = publication("p", Stores::All, Vec::new());
    assert_eq!(tell(&mut book, BookCommand::Publish(nothing)).unwrap_err().code(), "invalid_value");
    let unknown = PublishedSku { sku: sku_id(99), sold: true, list_price: None };
    let unknown = publication("p", Stores::All, vec![unknown]);
    assert_eq!(tell(&mut book, BookCommand::Publish(unknown)).unwrap_err().code(), "unknown_sku");
    let end = BookCommand::EndPublication { name: "p".into() };
    assert_eq!(tell(&mut book, end).unwrap_err().code(), "unknown_publication");
}
