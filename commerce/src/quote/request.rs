//! What somebody asks the price of.

use serde::{Deserialize, Serialize};
use vocabulary::{CouponId, Money, Quantity, SkuId, StoreId};

use crate::Channel;

/// How goods reach the shopper.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum FulfillmentMode {
    /// Carried by a courier from the store to the door.
    #[default]
    Delivery,
    /// Collected at a store with a code.
    Pickup,
    /// Sent by a carrier.
    Express,
}

/// A basket to be priced. The channel is who asks, as the handshake says, never as the message
/// says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuoteRequest {
    pub channel: Channel,
    #[serde(default)]
    pub mode: FulfillmentMode,
    /// The store the shopper is in, or collects at. Its own prices then apply; a pickup needs it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store: Option<StoreId>,
    /// 1 to 200 lines. Lines of one SKU are merged into the first of them.
    pub lines: Vec<QuoteLineRequest>,
    /// Coupons of the member's to be used; at most 20.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub coupons: Vec<CouponId>,
    /// Points of the member's to be spent, as far as they may.
    #[serde(default)]
    pub points: u64,
}

/// So many units of one SKU.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuoteLineRequest {
    pub sku: SkuId,
    pub quantity: Quantity,
    /// A partner's own price of one unit; refused unless its contract allows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel_price: Option<Money>,
}
