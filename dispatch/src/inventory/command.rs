//! What a store's inventory can be asked or told.

use serde::{Deserialize, Serialize};
use vocabulary::{OrderId, ReservationId, SkuId, Timestamp, TransferId};

use crate::Timer;
use crate::order::line::LineUnits;
use crate::store::RejectReason;
use crate::transfer::TransferCommand;

#[derive(Debug, Clone, PartialEq)]
pub enum InventoryCommand {
    // Commands: may be refused.
    /// Keep these units for an order until `expires_at`. All of them or none; the answer goes to
    /// the order as `AnswerHold`.
    Hold {
        reservation: ReservationId,
        order: OrderId,
        lines: Vec<LineUnits>,
        expires_at: Timestamp,
    },
    /// The order is paid for: the hold no longer expires.
    Commit {
        reservation: ReservationId,
    },
    /// The goods left the store.
    Consume {
        reservation: ReservationId,
    },
    /// Give back everything still reserved. Harmless when it already ended.
    Release {
        reservation: ReservationId,
        reason: ReleaseReason,
    },
    /// Give back some units of a reservation (short pick, changed or rejected lines).
    ReleaseLines {
        reservation: ReservationId,
        lines: Vec<LineUnits>,
        reason: ReleaseReason,
    },
    SetSafetyStock {
        sku: SkuId,
        units: u32,
    },
    /// Whether the store lists the SKU at all.
    SetListed {
        sku: SkuId,
        listed: bool,
    },

    /// At how many units left the SKU is low; 0 says nobody wants to know.
    SetReorderPoint {
        sku: SkuId,
        units: u32,
    },
    /// Goods to or from another store.
    Transfer(TransferId, TransferCommand),

    // Observations: the world has already happened, never refused.
    Observe(Observation),

    TimerFired(Timer),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Observation {
    /// A till sold it. `reference` makes doubles harmless. A sale may be told late: one from before
    /// the shelf was last counted is recorded and moves nothing, because the count has seen it.
    PosSale { sku: SkuId, units: u32, reference: String, sold_at: Option<Timestamp> },
    /// Somebody counted the shelf (`recount`).
    Counted { sku: SkuId, on_hand: u32 },
    /// On-hand moves by this much for a reason: received, damaged, expired, found, lost, initial.
    Adjusted { sku: SkuId, delta: i64, reason: String },
    /// Goods that left on an order came back.
    CameBack { sku: SkuId, units: u32, sellable: bool, order: OrderId },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReleaseReason {
    OrderCancelled,
    OrderRefused,
    Moved,
    Changed,
    /// The store said no: the stock is corrected by the reason as well.
    Rejected(RejectReason),
    NoShow,
    /// An observation left nothing of it.
    Shortfall,
}

/// Why a hold was refused: the first SKU that lacks, with what there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldRefusal {
    pub sku: SkuId,
    pub available: i64,
    pub wanted: u32,
}
