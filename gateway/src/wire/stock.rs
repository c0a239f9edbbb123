//! What a store has.

use dispatch::inventory::StockLevel;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vocabulary::SkuId;

use super::schema::Id;

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
