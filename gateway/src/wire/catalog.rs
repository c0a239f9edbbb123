//! Goods, prices and what headquarters lets others change.

use std::collections::BTreeMap;

use commerce::{
    Barcode, ChannelContract, Permille, PriceGrant, QuotePolicy, RateChange, RateHistory, Sku,
    SkuDetails, StorePrice, TaxClass, TaxTable, Temperature,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vocabulary::{Grams, Money, PrincipalId, ProductId, SkuId, StoreId, Timestamp};

use super::fault::Fault;
use super::schema::{Fen, Id, Millis};

/// A SKU, whole: writing it replaces what was there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SkuBody {
    /// Needed in a list; otherwise the address names the SKU.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Id>)]
    pub id: Option<SkuId>,
    /// Headquarters' own short code, unique in the catalog.
    pub code: String,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_en: Option<String>,
    pub category: String,
    /// EAN-8 or EAN-13, unique in the catalog.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub barcode: Option<String>,
    #[schema(value_type = String, example = "standard")]
    pub tax_class: TaxClass,
    /// Tax included, for one unit.
    #[schema(value_type = Fen)]
    pub list_price_fen: Money,
    /// Of one unit, packed.
    pub weight_g: u32,
    #[serde(default)]
    #[schema(value_type = String, example = "ambient")]
    pub temperature: Temperature,
    /// SKUs of one basket with the same word are fulfilled by one store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep_together: Option<String>,
    #[serde(default)]
    pub age_restricted: bool,
    /// No longer sold anywhere.
    #[serde(default)]
    pub delisted: bool,
    /// The product whose size or taste it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Id>)]
    pub product: Option<ProductId>,
    /// Such as 规格: 500ml.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
    /// Names of uploaded images, the first one for lists.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub images: Vec<String>,
    /// The version that was read, 0 for a new SKU; absent replaces whatever is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
}

impl SkuBody {
    /// The SKU to write over one of version `current`.
    pub fn sku(self, id: SkuId, current: u64) -> Result<Sku, Fault> {
        Ok(Sku {
            id,
            code: self.code,
            name: self.name,
            name_en: self.name_en,
            category: self.category,
            barcode: self.barcode.map(Barcode::new).transpose()?,
            tax_class: self.tax_class,
            list_price: self.list_price_fen,
            weight: Grams(self.weight_g),
            temperature: self.temperature,
            keep_together: self.keep_together,
            age_restricted: self.age_restricted,
            version: self.version.unwrap_or(current),
            delisted: self.delisted,
            details: SkuDetails {
                product: self.product,
                attributes: self.attributes,
                images: self.images,
            },
        })
    }
}

impl From<&Sku> for SkuBody {
    fn from(sku: &Sku) -> Self {
        Self {
            id: Some(sku.id),
            code: sku.code.clone(),
            name: sku.name.clone(),
            name_en: sku.name_en.clone(),
            category: sku.category.clone(),
            barcode: sku.barcode.as_ref().map(|barcode| barcode.as_str().to_owned()),
            tax_class: sku.tax_class,
            list_price_fen: sku.list_price,
            weight_g: sku.weight.0,
            temperature: sku.temperature,
            keep_together: sku.keep_together.clone(),
            age_restricted: sku.age_restricted,
            delisted: sku.delisted,
            product: sku.details.product,
            attributes: sku.details.attributes.clone(),
            images: sku.details.images.clone(),
            version: Some(sku.version),
        }
    }
}

/// A SKU with its price at the asked store.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SkuView {
    #[serde(flatten)]
    pub sku: SkuBody,
    #[schema(value_type = Fen)]
    pub price_fen: Money,
    /// Units the asked store can sell now; absent when no store was asked or it does not list it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available: Option<u32>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SkuPage {
    pub skus: Vec<SkuView>,
    /// To ask for the next page with; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Id>)]
    pub next_after: Option<SkuId>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StorePriceBody {
    #[schema(value_type = Fen)]
    pub price_fen: Money,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct StorePriceView {
    #[schema(value_type = Id)]
    pub store: StoreId,
    #[schema(value_type = Id)]
    pub sku: SkuId,
    #[schema(value_type = Fen)]
    pub price_fen: Money,
    #[schema(value_type = Id)]
    pub set_by: PrincipalId,
    #[schema(value_type = Millis)]
    pub set_at: Timestamp,
}

impl From<&StorePrice> for StorePriceView {
    fn from(price: &StorePrice) -> Self {
        Self {
            store: price.store,
            sku: price.sku,
            price_fen: price.price,
            set_by: price.set_by,
            set_at: price.set_at,
        }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PricesView {
    pub book_version: u64,
    #[schema(value_type = Vec<Object>)]
    pub grants: Vec<PriceGrant>,
    #[schema(value_type = Vec<Object>)]
    pub contracts: Vec<ChannelContract>,
    pub store_prices: Vec<StorePriceView>,
    #[schema(value_type = Object)]
    pub quote_policy: QuotePolicy,
    pub tax_rates: Vec<TaxRateView>,
}

/// A rate of value added tax and from when it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TaxRateView {
    #[schema(value_type = String)]
    pub class: TaxClass,
    /// Absent: from the beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Millis>)]
    pub from_at: Option<Timestamp>,
    /// In thousandths.
    #[schema(value_type = u32)]
    pub rate: Permille,
}

/// Every rate there was, is and is announced, class by class.
pub fn tax_rates(table: &TaxTable) -> Vec<TaxRateView> {
    let classes = [
        (TaxClass::Standard, &table.standard),
        (TaxClass::Reduced, &table.reduced),
        (TaxClass::Service, &table.service),
        (TaxClass::SmallScale, &table.small_scale),
        (TaxClass::Exempt, &table.exempt),
    ];
    let of = |(class, history): (TaxClass, &RateHistory)| {
        let first = TaxRateView { class, from_at: None, rate: history.initial };
        let later = history.changes.iter().map(move |change| TaxRateView {
            class,
            from_at: Some(change.from),
            rate: change.rate,
        });
        std::iter::once(first).chain(later).collect::<Vec<_>>()
    };
    classes.into_iter().flat_map(of).collect()
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaxRateBody {
    #[schema(value_type = String, example = "standard")]
    pub class: TaxClass,
    /// `{"from": milliseconds, "rate": thousandths}`.
    #[schema(value_type = Object)]
    pub change: RateChange,
}

/// The price book was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BookVersion {
    pub book_version: u64,
}
