//! What one unit costs, who decided that, and who carries the difference to the list price.
//!
//! Headquarters sets list prices; a store may move its own inside a grant; a partner may send one
//! where its contract says so. A shopper never sends a price.

mod grant;

use serde::{Deserialize, Serialize};
use vocabulary::{CampaignId, Money, PrincipalId, SkuId, StoreId, Timestamp};

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
    LimitedTime(CampaignId),
    SpendAndSave(CampaignId),
    Coupon(CampaignId),
    Points,
}

impl ShareSource {
    /// Whether it is taken off the price of a unit rather than part of deciding that price.
    pub fn is_discount(self) -> bool {
        match self {
            Self::LimitedTime(_) | Self::SpendAndSave(_) | Self::Coupon(_) | Self::Points => true,
            Self::StorePrice | Self::ChannelContract | Self::FreeThreshold => false,
        }
    }

    pub fn campaign(self) -> Option<CampaignId> {
        match self {
            Self::LimitedTime(campaign) | Self::SpendAndSave(campaign) | Self::Coupon(campaign) => {
                Some(campaign)
            }
            Self::StorePrice | Self::ChannelContract | Self::FreeThreshold | Self::Points => None,
        }
    }
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
