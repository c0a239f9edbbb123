//! A thing that is sold, in one size and taste.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use vocabulary::{Grams, Money, ProductId, SkuId};

use super::Barcode;
use super::product::check_images;
use crate::TaxClass;
use crate::invalid::{Invalid, check_code, check_words};

/// How cold a thing is kept from shelf to door.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Temperature {
    #[default]
    Ambient,
    Chilled,
    Frozen,
}

/// A thing that is sold, in one size and taste, as headquarters describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sku {
    pub id: SkuId,
    /// Headquarters' own short code, unique in the catalog.
    pub code: String,
    /// The Chinese name.
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_en: Option<String>,
    pub category: String,
    /// Unique in the catalog.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub barcode: Option<Barcode>,
    pub tax_class: TaxClass,
    /// Tax included, for one unit.
    pub list_price: Money,
    /// Of one unit, packed.
    pub weight: Grams,
    #[serde(default)]
    pub temperature: Temperature,
    /// SKUs of one basket with the same word here are fulfilled by one store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep_together: Option<String>,
    #[serde(default)]
    pub age_restricted: bool,
    /// How often it was written. Who writes sends the version it read, 0 for a new SKU.
    #[serde(default)]
    pub version: u64,
    /// No longer sold anywhere; kept because orders name it.
    #[serde(default)]
    pub delisted: bool,
    #[serde(default, skip_serializing_if = "SkuDetails::is_empty")]
    pub details: SkuDetails,
}

/// What shoppers look at besides name and price.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SkuDetails {
    /// The product whose size or taste it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<ProductId>,
    /// Such as 规格: 500ml.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
    /// Names of uploaded images, the first one for lists.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub images: Vec<String>,
}

impl SkuDetails {
    const MOST_ATTRIBUTES: usize = 20;

    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn check(&self) -> Result<(), Invalid> {
        if self.attributes.len() > Self::MOST_ATTRIBUTES {
            let cure = format!("give at most {}", Self::MOST_ATTRIBUTES);
            return Err(Invalid::value("attributes", self.attributes.len(), cure));
        }
        for (name, value) in &self.attributes {
            check_words("attributes", name, 20)?;
            check_words("attributes", value, 120)?;
        }
        check_images(&self.images)
    }
}

impl Sku {
    /// One million yuan for one unit; the largest basket then still fits in 64-bit fen.
    pub const HIGHEST_PRICE: Money = Money::fen(100_000_000);
    /// One tonne.
    pub const HEAVIEST: Grams = Grams(1_000_000);

    /// Whether each field can be accepted by itself.
    pub fn check(&self) -> Result<(), Invalid> {
        check_code("code", &self.code, 64)?;
        check_words("name", &self.name, 120)?;
        self.name_en.as_deref().map_or(Ok(()), |name| check_words("name_en", name, 120))?;
        check_words("category", &self.category, 60)?;
        self.keep_together
            .as_deref()
            .map_or(Ok(()), |word| check_words("keep_together", word, 40))?;
        check_price("list_price", self.list_price)?;
        self.details.check()?;
        if self.weight > Self::HEAVIEST {
            let cure = format!("give 0 to {} grams", Self::HEAVIEST.0);
            return Err(Invalid::value("weight", self.weight.0, cure));
        }
        Ok(())
    }
}

/// A price of one unit, in fen.
pub(crate) fn check_price(field: &'static str, price: Money) -> Result<(), Invalid> {
    if price.is_negative() || price > Sku::HIGHEST_PRICE {
        let cure = format!("give 0 to {} fen", Sku::HIGHEST_PRICE.as_fen());
        return Err(Invalid::value(field, price.as_fen(), cure));
    }
    Ok(())
}
