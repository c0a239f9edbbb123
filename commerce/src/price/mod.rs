//! What one unit costs, who decided that, and who carries the difference to the list price.
//!
//! Headquarters sets list prices; a store may move its own inside a grant; a partner may send one
//! where its contract says so. A shopper never sends a price.

mod grant;

use serde::{Deserialize, Serialize};
use vocabulary::{Money, PrincipalId, Quantity, SkuId, StoreId, Timestamp};

pub use grant::{PriceGrant, PriceRange, Skus, Stores};

use crate::Channel;

/// A store's own price for one unit of a SKU. It counts only while a grant covers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StorePrice {
    pub store: StoreId,
    pub sku: SkuId,
    pub price: Money,
    pub set_by: PrincipalId,
    pub set_at: Timestamp,
}

/// Who decided the price of a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PriceSource {
    ListPrice,
    StorePrice { store: StoreId },
    ChannelContract { channel: Channel },
}

/// What one unit costs and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Priced {
    pub list_price: Money,
    pub price: Money,
    pub source: PriceSource,
}

/// What took something off a list price or a fee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShareSource {
    StorePrice,
    ChannelContract,
    /// The goods reached the amount from which a fee is waived.
    FreeThreshold,
}

/// Who carries a share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bearer {
    Hq,
    Store,
    Merchant,
    Platform,
}

/// What somebody carries of a line's or a fee's list amount. Negative where the price is above
/// the list price: the surplus is then the bearer's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Share {
    pub source: ShareSource,
    pub bearer: Bearer,
    pub amount: Money,
}

impl Share {
    /// This share of each of a line's units, in the order they are given back.
    pub fn per_unit(&self, quantity: Quantity) -> Vec<Money> {
        evenly(self.amount, quantity)
    }
}

/// `amount` over equal units, to the fen: what [`vocabulary::apportion`] gives for equal weights,
/// so the fen that are left go to the first units. It needs no storing: equal input, equal parts.
pub(crate) fn evenly(amount: Money, quantity: Quantity) -> Vec<Money> {
    let units = i64::from(quantity.get());
    let (part, rest) = (amount.as_fen() / units, amount.as_fen() % units);
    let extra = |unit: i64| if unit < rest.abs() { rest.signum() } else { 0 };
    (0..units).map(|unit| Money::fen(part + extra(unit))).collect()
}

/// Why a store's word about its own prices and shelf is declined.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PriceRefusal {
    #[error("there is no SKU {sku}: choose one from the catalog")]
    UnknownSku { sku: SkuId },
    #[error("SKU {sku} is no longer sold: choose another")]
    Delisted { sku: SkuId },
    #[error("store {store} has no grant to price SKU {sku}: ask headquarters for one")]
    NoGrant { store: StoreId, sku: SkuId },
    #[error("{given} is outside the grant: give a price from {allowed}")]
    OutsideGrant { given: Money, allowed: PriceRange },
    #[error("store {store} has no grant to stop selling SKU {sku}: ask headquarters for one")]
    MayNotDelist { store: StoreId, sku: SkuId },
}

impl PriceRefusal {
    /// The stable code of this refusal.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownSku { .. } => "unknown_sku",
            Self::Delisted { .. } => "sku_delisted",
            Self::NoGrant { .. } => "no_price_grant",
            Self::OutsideGrant { .. } => "price_outside_grant",
            Self::MayNotDelist { .. } => "may_not_delist",
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use vocabulary::apportion;

    use super::*;

    proptest! {
        #[test]
        fn even_parts_are_those_of_equal_weights(
            fen in -1_000_000_000i64..1_000_000_000,
            units in 1u32..500,
        ) {
            let quantity = Quantity::new(units).unwrap();
            let weights = vec![1; units as usize];
            let expected = apportion(Money::fen(fen), &weights).unwrap();
            prop_assert_eq!(evenly(Money::fen(fen), quantity), expected);
        }
    }
}
