//! How far headquarters lets stores set their own prices.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};
use vocabulary::{Money, SkuId, StoreId};

use crate::Permille;
use crate::catalog::Sku;
use crate::invalid::{Invalid, check_code, check_words};

/// Which stores a grant or a campaign is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stores {
    All,
    Only(BTreeSet<StoreId>),
}

/// Which SKUs a grant is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Skus {
    All,
    Category(String),
    Only(BTreeSet<SkuId>),
}

/// Headquarters' permission for stores to price SKUs around the list price.
///
/// The list price is always inside a grant, so grants that overlap add up to one range: as low as
/// the lowest floor and as high as the highest ceiling.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceGrant {
    /// Headquarters' own name for it; writing the same name again replaces the grant.
    pub name: String,
    pub stores: Stores,
    pub skus: Skus,
    /// Lowest store price, in thousandths of the list price: 0 to 1,000.
    pub floor: Permille,
    /// Highest store price, in thousandths of the list price: 1,000 to 10,000.
    pub ceiling: Permille,
    /// Whether the store may take such a SKU off its own shelf.
    pub may_delist: bool,
}

/// Prices from `lowest` to `highest`, both allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceRange {
    pub lowest: Money,
    pub highest: Money,
}

impl Stores {
    pub(crate) fn check(&self) -> Result<(), Invalid> {
        match self {
            Self::Only(stores) if stores.is_empty() => {
                Err(Invalid::value("stores", "nothing", "name at least one store, or all"))
            }
            Self::All | Self::Only(_) => Ok(()),
        }
    }

    pub(crate) fn contain(&self, store: StoreId) -> bool {
        match self {
            Self::All => true,
            Self::Only(stores) => stores.contains(&store),
        }
    }
}

impl Skus {
    pub(crate) fn check(&self) -> Result<(), Invalid> {
        match self {
            Self::Only(skus) if skus.is_empty() => {
                Err(Invalid::value("skus", "nothing", "name at least one SKU, a category, or all"))
            }
            Self::Category(category) => check_words("category", category, 60),
            Self::All | Self::Only(_) => Ok(()),
        }
    }

    pub(crate) fn contain(&self, sku: &Sku) -> bool {
        match self {
            Self::All => true,
            Self::Category(category) => *category == sku.category,
            Self::Only(skus) => skus.contains(&sku.id),
        }
    }
}

impl PriceGrant {
    pub const HIGHEST_CEILING: Permille = Permille(10_000);

    pub fn check(&self) -> Result<(), Invalid> {
        check_code("name", &self.name, 64)?;
        self.stores.check()?;
        self.skus.check()?;
        if self.floor > Permille::WHOLE {
            let cure = "give 0 to 1000 thousandths: the list price must stay allowed";
            return Err(Invalid::value("floor", self.floor.0, cure));
        }
        if !(Permille::WHOLE..=Self::HIGHEST_CEILING).contains(&self.ceiling) {
            let cure = "give 1000 to 10000 thousandths: the list price must stay allowed";
            return Err(Invalid::value("ceiling", self.ceiling.0, cure));
        }
        Ok(())
    }

    pub fn covers(&self, store: StoreId, sku: &Sku) -> bool {
        self.stores.contain(store) && self.skus.contain(sku)
    }

    pub fn range(&self, list_price: Money) -> PriceRange {
        PriceRange {
            lowest: self.floor.lowest_of(list_price),
            highest: self.ceiling.highest_of(list_price).min(Sku::HIGHEST_PRICE),
        }
    }
}

impl PriceRange {
    pub fn contains(&self, price: Money) -> bool {
        (self.lowest..=self.highest).contains(&price)
    }

    pub(crate) fn widened_by(self, other: Self) -> Self {
        Self { lowest: self.lowest.min(other.lowest), highest: self.highest.max(other.highest) }
    }
}

impl fmt::Display for PriceRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.lowest, self.highest)
    }
}
