//! What a store has.

use dispatch::inventory::StockLevel;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vocabulary::{SkuId, Timestamp};

use super::schema::{Id, Millis};
use crate::sheets::Problem;

/// Counted units of one SKU, for filling a store or a stocktaking.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StockLine {
    #[schema(value_type = Id)]
    pub sku: SkuId,
    pub on_hand: u32,
    /// Kept back from every channel; absent leaves it as it is.
    #[serde(default)]
    pub safety_stock: Option<u32>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub struct StockView {
    #[schema(value_type = Id)]
    pub sku: SkuId,
    /// Sellable units in the store, reserved ones among them; below zero when a till oversold.
    pub on_hand: i64,
    /// Held and committed for orders.
    pub reserved: u32,
    pub safety_stock: u32,
    pub available_to_sell: i64,
    pub damaged: u32,
    pub listed: bool,
    /// Kept for transfers to other stores that are ready.
    pub outgoing: u32,
    /// On its way here from other stores.
    pub incoming: u32,
    /// At this many units, what is on its way included, the SKU is low; 0 when nobody wants to know.
    pub reorder_point: u32,
    pub is_low: bool,
    /// When the shelf was last counted; absent when it never was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Millis>)]
    pub counted_at: Option<Timestamp>,
}

impl StockView {
    pub fn of(sku: SkuId, level: &StockLevel) -> Self {
        Self {
            sku,
            on_hand: level.on_hand,
            reserved: level.reserved,
            safety_stock: level.safety_stock,
            available_to_sell: level.available_to_sell(),
            damaged: level.damaged,
            listed: level.listed,
            outgoing: level.outgoing,
            incoming: level.incoming,
            reorder_point: level.reorder_point,
            is_low: level.is_low(),
            counted_at: (level.counted_at != Timestamp::default()).then_some(level.counted_at),
        }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct StockList {
    pub stock: Vec<StockView>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AdjustBody {
    /// Units in (positive) or out (negative), at most a million.
    pub delta: i64,
    /// Why: `received`, `damaged`, `expired`, `found`, `lost`, or other words.
    pub reason: String,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CountBody {
    pub on_hand: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SaleBody {
    /// 1 to 9,999.
    pub units: u32,
    /// The till's own number of the sale: told twice, it counts once.
    pub reference: String,
    /// When, where it is told late: a shelf that was counted since is left as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Millis>)]
    pub sold_at: Option<Timestamp>,
}

/// What became of a till's file.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "row_count": 3, "recorded_count": 2, "seq": 1_204,
    "errors": [{"row": 3, "column": "units", "code": "invalid_value",
                "message": "units must be a whole number, not \"two\""}],
}))]
pub struct TillFileReport {
    pub row_count: usize,
    /// Rows that are recorded, those that an earlier file told among them.
    pub recorded_count: usize,
    pub errors: Vec<Problem>,
    /// The city's sequence at which all of them are recorded.
    pub seq: u64,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SafetyBody {
    pub units: u32,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListBody {
    pub listed: bool,
}
