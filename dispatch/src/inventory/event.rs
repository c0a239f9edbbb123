//! What happened to a store's stock.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use vocabulary::{OrderId, ReservationId, SkuId, StoreId, Timestamp, TransferId};

use super::ReleaseReason;
use crate::order::line::LineUnits;
use crate::store::RejectReason;
use crate::transfer::{Receipt, TransferLine, units_of};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum InventoryEvent {
    UnitsHeld {
        reservation: ReservationId,
        order: OrderId,
        lines: Arc<[LineUnits]>,
        expires_at: Timestamp,
    },
    ReservationCommitted {
        reservation: ReservationId,
    },
    /// The goods left the store.
    ReservationConsumed {
        reservation: ReservationId,
        lines: Arc<[LineUnits]>,
    },
    /// All that was left of it is free again.
    ReservationReleased {
        reservation: ReservationId,
        lines: Arc<[LineUnits]>,
        reason: ReleaseReason,
    },
    ReservationExpired {
        reservation: ReservationId,
        lines: Arc<[LineUnits]>,
    },
    /// Some units are free again; the reservation goes on.
    UnitsReleased {
        reservation: ReservationId,
        lines: Vec<LineUnits>,
        reason: ReleaseReason,
    },
    /// An observation left these units without goods; the order covers them elsewhere. The
    /// reservation ends when nothing is left of it.
    ShortfallRaised {
        reservation: ReservationId,
        order: OrderId,
        lines: Vec<LineUnits>,
    },
    /// The store rejected units and thereby told what is on the shelf.
    StockCorrected {
        sku: SkuId,
        delta: i64,
        /// Units of `delta` that are kept as damaged.
        damaged: u32,
        reason: RejectReason,
        reservation: ReservationId,
    },
    SoldAtTill {
        sku: SkuId,
        units: u32,
        reference: Box<str>,
        /// When, where it was told late.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sold_at: Option<Timestamp>,
        /// The shelf was counted since: on-hand knows of it already.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        counted_since: bool,
    },
    /// `delta` is what the count changed.
    StockCounted {
        sku: SkuId,
        on_hand: u32,
        delta: i64,
    },
    StockAdjusted {
        sku: SkuId,
        delta: i64,
        /// Units of `delta` that are kept as damaged.
        damaged: u32,
        reason: Box<str>,
    },
    /// Goods of an order are back: on the shelf when sellable, else kept as damaged.
    GoodsCameBack {
        sku: SkuId,
        units: u32,
        sellable: bool,
        order: OrderId,
    },
    SafetyStockSet {
        sku: SkuId,
        units: u32,
    },
    ListingSet {
        sku: SkuId,
        listed: bool,
    },
    ReorderPointSet {
        sku: SkuId,
        units: u32,
    },
    TransferDrafted {
        transfer: TransferId,
        to: StoreId,
        lines: Arc<[TransferLine]>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<Box<str>>,
    },
    /// The units are kept for it.
    TransferReadied {
        transfer: TransferId,
        lines: Arc<[TransferLine]>,
    },
    /// The goods left this store, and with them the transfer: the target has it now. `kept` is what
    /// was kept for it.
    TransferShipped {
        transfer: TransferId,
        to: StoreId,
        kept: Arc<[TransferLine]>,
        lines: Arc<[TransferLine]>,
    },
    /// `kept` is what was kept for it and is free again.
    TransferCancelled {
        transfer: TransferId,
        kept: Vec<TransferLine>,
        reason: Box<str>,
    },
    /// Goods are on their way here.
    TransferExpected {
        transfer: TransferId,
        from: StoreId,
        lines: Arc<[TransferLine]>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<Box<str>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expected_at: Option<Timestamp>,
    },
    /// Some or all of them arrived. With `is_last` nothing is in transit any more.
    TransferReceived {
        transfer: TransferId,
        receipt: Receipt,
        is_last: bool,
    },
}

impl InventoryEvent {
    /// The serde tag.
    pub fn kind(&self) -> &'static str {
        match self {
            InventoryEvent::UnitsHeld { .. } => "units_held",
            InventoryEvent::ReservationCommitted { .. } => "reservation_committed",
            InventoryEvent::ReservationConsumed { .. } => "reservation_consumed",
            InventoryEvent::ReservationReleased { .. } => "reservation_released",
            InventoryEvent::ReservationExpired { .. } => "reservation_expired",
            InventoryEvent::UnitsReleased { .. } => "units_released",
            InventoryEvent::ShortfallRaised { .. } => "shortfall_raised",
            InventoryEvent::StockCorrected { .. } => "stock_corrected",
            InventoryEvent::SoldAtTill { .. } => "sold_at_till",
            InventoryEvent::StockCounted { .. } => "stock_counted",
            InventoryEvent::StockAdjusted { .. } => "stock_adjusted",
            InventoryEvent::GoodsCameBack { .. } => "goods_came_back",
            InventoryEvent::SafetyStockSet { .. } => "safety_stock_set",
            InventoryEvent::ListingSet { .. } => "listing_set",
            InventoryEvent::ReorderPointSet { .. } => "reorder_point_set",
            InventoryEvent::TransferDrafted { .. } => "transfer_drafted",
            InventoryEvent::TransferReadied { .. } => "transfer_readied",
            InventoryEvent::TransferShipped { .. } => "transfer_shipped",
            InventoryEvent::TransferCancelled { .. } => "transfer_cancelled",
            InventoryEvent::TransferExpected { .. } => "transfer_expected",
            InventoryEvent::TransferReceived { .. } => "transfer_received",
        }
    }
}

/// How an event moves on-hand: SKU, units and why. On-hand is always the sum of its movements.
pub fn movements(event: &InventoryEvent) -> Vec<(SkuId, i64, &'static str)> {
    match event {
        InventoryEvent::ReservationConsumed { lines, .. } => {
            let times = vocabulary::planted!("ledger_moves_twice", -2, -1);
            lines.iter().map(|line| (line.sku, times * i64::from(line.units), "consumed")).collect()
        }
        InventoryEvent::StockCorrected { sku, delta, reason, .. } => {
            vec![(*sku, *delta, rejected_because(*reason))]
        }
        InventoryEvent::SoldAtTill { counted_since: true, .. } => Vec::new(),
        InventoryEvent::SoldAtTill { sku, units, .. } => {
            vec![(*sku, -i64::from(*units), "sold_at_till")]
        }
        InventoryEvent::StockCounted { delta: 0, .. } => Vec::new(),
        InventoryEvent::StockCounted { sku, delta, .. } => vec![(*sku, *delta, "counted")],
        InventoryEvent::StockAdjusted { sku, delta, reason, .. } => {
            vec![(*sku, *delta, adjusted_because(reason))]
        }
        InventoryEvent::GoodsCameBack { sku, units, sellable: true, .. } => {
            vec![(*sku, i64::from(*units), "came_back")]
        }
        InventoryEvent::TransferShipped { lines, .. } => {
            lines.iter().map(|line| (line.sku, -i64::from(line.units), "transfer_out")).collect()
        }
        InventoryEvent::TransferReceived { receipt, .. } => arrivals(receipt),
        InventoryEvent::GoodsCameBack { sellable: false, .. }
        | InventoryEvent::UnitsHeld { .. }
        | InventoryEvent::ReservationCommitted { .. }
        | InventoryEvent::ReservationReleased { .. }
        | InventoryEvent::ReservationExpired { .. }
        | InventoryEvent::UnitsReleased { .. }
        | InventoryEvent::ShortfallRaised { .. }
        | InventoryEvent::SafetyStockSet { .. }
        | InventoryEvent::ListingSet { .. }
        | InventoryEvent::ReorderPointSet { .. }
        | InventoryEvent::TransferDrafted { .. }
        | InventoryEvent::TransferReadied { .. }
        | InventoryEvent::TransferCancelled { .. }
        | InventoryEvent::TransferExpected { .. } => Vec::new(),
    }
}

/// What a receipt brings on the shelf: what was shipped, and what nobody shipped.
fn arrivals(receipt: &Receipt) -> Vec<(SkuId, i64, &'static str)> {
    let mut movements = Vec::new();
    for sku in receipt.skus() {
        let came = units_of(&receipt.lines, sku);
        let surplus = receipt.sellable(sku).saturating_sub(came);
        for (units, reason) in [(came, "transfer_in"), (surplus, "transfer_surplus")] {
            if units > 0 {
                movements.push((sku, i64::from(units), reason));
            }
        }
    }
    movements
}

fn rejected_because(reason: RejectReason) -> &'static str {
    match reason {
        RejectReason::NotInStock => "rejected_not_in_stock",
        RejectReason::Mismatch => "rejected_mismatch",
        RejectReason::Damaged => "rejected_damaged",
        RejectReason::TooBusy
        | RejectReason::Closing
        | RejectReason::Timeout
        | RejectReason::Other => "rejected",
    }
}

/// The reasons that reports know; any other is plainly an adjustment.
fn adjusted_because(reason: &str) -> &'static str {
    const KNOWN: [&str; 6] = ["initial", "received", "damaged", "expired", "found", "lost"];
    KNOWN.into_iter().find(|known| *known == reason).unwrap_or("adjusted")
}
