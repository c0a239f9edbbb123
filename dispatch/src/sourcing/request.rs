//! What a planner is asked.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use vocabulary::{FulfillmentOrderId, Money, OrderId, Place, SkuId, StoreId, Timestamp};

use crate::order::{FulfillmentMode, LineNumber};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourcingRequest {
    pub order: OrderId,
    /// Numbers an order's requests from 0, so that a late answer is recognised.
    pub request: u32,
    pub purpose: SourcingPurpose,
    pub mode: FulfillmentMode,
    /// The door; absent for pickup.
    pub destination: Option<Place>,
    pub lines: Vec<SourcingLine>,
    /// Stores that refused, rejected or short-picked these lines.
    pub excluded: BTreeSet<StoreId>,
    /// Only this store: pickup, a channel's wish, or headquarters' move.
    pub pinned: Option<StoreId>,
    pub wanted_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourcingPurpose {
    /// Before placing.
    Placing,
    /// A hold was refused while placing.
    HoldRefused,
    /// A store rejected or short-picked, or an observation left units uncovered.
    Resourcing,
    /// Headquarters moves this share.
    Moving { fulfillment_order: FulfillmentOrderId },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourcingLine {
    pub line: LineNumber,
    pub sku: SkuId,
    pub units: u32,
    /// For the least value of a part.
    pub value: Money,
    pub keep_together: Option<Box<str>>,
}
