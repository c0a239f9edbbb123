//! Goods on their way from one store to another, in two phases: shipped, and received.
//!
//! A [`StockTransfer`] is kept by the inventory of its source until it is shipped and by that of its
//! target from then on, so it always has one writer and its units are always on one shelf, in
//! transit, or named in a discrepancy. This room judges how a transfer may go on; it moves no units
//! (the inventories do) and knows no orders.

mod command;
mod receipt;
#[cfg(test)]
mod tests;
mod units;

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use vocabulary::{StoreId, Timestamp};

use crate::Refusal;

pub use command::{Incoming, TransferCommand};
pub use receipt::{Discrepancy, DiscrepancyReason, Receipt};
pub use units::{MOST_LINES, TransferLine};
pub(crate) use units::{check_lines, units_of};

/// Goods that one store gives to another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StockTransfer {
    pub from: StoreId,
    pub to: StoreId,
    /// What is planned; once shipped, what was shipped. Each SKU once.
    pub lines: Arc<[TransferLine]>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Box<str>>,
    pub state: TransferState,
    /// When it came into this state.
    pub since: Timestamp,
}

/// How far it is. It ends once: received or cancelled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum TransferState {
    /// Wanted; nothing is kept for it.
    Draft,
    /// The source keeps the units for it and sells them no more.
    Ready,
    /// Out of the source, not yet at the target.
    InTransit {
        expected_at: Option<Timestamp>,
    },
    PartiallyReceived {
        expected_at: Option<Timestamp>,
        receipts: Vec<Receipt>,
    },
    Received {
        receipts: Vec<Receipt>,
    },
    Cancelled {
        reason: Box<str>,
    },
}

impl StockTransfer {
    /// Whether something may still happen to it.
    pub fn is_live(&self) -> bool {
        match self.state {
            TransferState::Draft
            | TransferState::Ready
            | TransferState::InTransit { .. }
            | TransferState::PartiallyReceived { .. } => true,
            TransferState::Received { .. } | TransferState::Cancelled { .. } => false,
        }
    }

    pub fn status_text(&self) -> &'static str {
        match self.state {
            TransferState::Draft => "draft",
            TransferState::Ready => "ready",
            TransferState::InTransit { .. } => "in_transit",
            TransferState::PartiallyReceived { .. } => "partially_received",
            TransferState::Received { .. } => "received",
            TransferState::Cancelled { .. } => "cancelled",
        }
    }

    pub fn receipts(&self) -> &[Receipt] {
        match &self.state {
            TransferState::PartiallyReceived { receipts, .. }
            | TransferState::Received { receipts } => receipts,
            TransferState::Draft
            | TransferState::Ready
            | TransferState::InTransit { .. }
            | TransferState::Cancelled { .. } => &[],
        }
    }

    pub fn expected_at(&self) -> Option<Timestamp> {
        match &self.state {
            TransferState::InTransit { expected_at }
            | TransferState::PartiallyReceived { expected_at, .. } => *expected_at,
            TransferState::Draft
            | TransferState::Ready
            | TransferState::Received { .. }
            | TransferState::Cancelled { .. } => None,
        }
    }

    /// What the source keeps for it.
    pub fn kept(&self) -> &[TransferLine] {
        match self.state {
            TransferState::Ready => &self.lines,
            TransferState::Draft
            | TransferState::InTransit { .. }
            | TransferState::PartiallyReceived { .. }
            | TransferState::Received { .. }
            | TransferState::Cancelled { .. } => &[],
        }
    }

    /// What is shipped and neither received nor named in a discrepancy.
    pub fn in_transit(&self) -> Vec<TransferLine> {
        match &self.state {
            TransferState::InTransit { .. } => self.lines.to_vec(),
            TransferState::PartiallyReceived { receipts, .. } => {
                let left = self.lines.iter().map(|line| {
                    let accounted = receipts.iter().map(|receipt| receipt.accounts_for(line.sku));
                    let accounted = accounted.fold(0_u32, u32::saturating_add);
                    TransferLine { units: line.units.saturating_sub(accounted), ..*line }
                });
                left.filter(|line| line.units > 0).collect()
            }
            TransferState::Draft
            | TransferState::Ready
            | TransferState::Received { .. }
            | TransferState::Cancelled { .. } => Vec::new(),
        }
    }

    pub(crate) fn refusal(&self, verb: &str) -> Refusal {
        Refusal::TransferState { status: self.status_text().into(), verb: verb.into() }
    }
}
