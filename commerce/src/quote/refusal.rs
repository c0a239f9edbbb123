//! Why a basket gets no price.

use vocabulary::{CouponId, Money, Quantity, SkuId, StoreId};

use super::MOST_LINES;
use crate::Channel;
use crate::promotion::MOST_COUPONS;

/// Why a basket gets no price, and what to change.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuoteRefusal {
    #[error("the basket is empty: add at least one line")]
    EmptyBasket,
    #[error("the basket has {given} lines: send at most {MOST_LINES} in one order")]
    TooManyLines { given: usize },
    #[error("there is no SKU {sku}: choose one from the catalog")]
    UnknownSku { sku: SkuId },
    #[error("SKU {sku} is no longer sold: take it out of the basket")]
    Delisted { sku: SkuId },
    #[error("store {store} does not sell SKU {sku}: take it out or choose another store")]
    NotSoldAtStore { sku: SkuId, store: StoreId },
    #[error("{given} units of SKU {sku} are too many: ask for at most {max}", max = Quantity::MAX)]
    TooManyUnits { sku: SkuId, given: u32 },
    #[error("a pickup names its store: choose where to collect")]
    PickupNeedsStore,
    #[error("channel {channel} may not send prices: leave out channel_price")]
    ChannelMayNotPrice { channel: Channel },
    #[error("SKU {sku} has two different prices in this basket: send one")]
    TwoPrices { sku: SkuId },
    #[error("{given} is outside the contract for SKU {sku}: give {lowest} to {highest}")]
    ChannelPriceOutsideContract { sku: SkuId, given: Money, lowest: Money, highest: Money },
    #[error("coupons and points are a member's: say whose basket it is")]
    NeedsMember,
    #[error("the member holds no coupon {coupon}: look at the coupons held")]
    UnknownCoupon { coupon: CouponId },
    #[error("{given} coupons are too many: ask for at most {MOST_COUPONS} in one order")]
    TooManyCoupons { given: usize },
    #[error("there are {available} points, not {given}: ask for at most {available}")]
    NotEnoughPoints { given: u64, available: u64 },
    #[error("the basket is worth more than can be counted: divide it over several orders")]
    BeyondMoney,
}

impl QuoteRefusal {
    /// The stable code of this refusal.
    pub fn code(&self) -> &'static str {
        match self {
            Self::EmptyBasket => "empty_basket",
            Self::TooManyLines { .. } => "too_many_lines",
            Self::UnknownSku { .. } => "unknown_sku",
            Self::Delisted { .. } => "sku_delisted",
            Self::NotSoldAtStore { .. } => "not_sold_at_store",
            Self::TooManyUnits { .. } => "too_many_units",
            Self::PickupNeedsStore => "pickup_needs_store",
            Self::ChannelMayNotPrice { .. } => "channel_may_not_price",
            Self::TwoPrices { .. } => "two_prices",
            Self::ChannelPriceOutsideContract { .. } => "channel_price_outside_contract",
            Self::NeedsMember => "needs_member",
            Self::UnknownCoupon { .. } => "unknown_coupon",
            Self::TooManyCoupons { .. } => "too_many_coupons",
            Self::NotEnoughPoints { .. } => "not_enough_points",
            Self::BeyondMoney => "beyond_money",
        }
    }
}
