//! Where an order stands, and what became of its lines.

use serde::{Deserialize, Serialize};
use vocabulary::{ChangeId, Place, Timestamp};

use super::line::LineUnits;
use super::{CancelReason, HoldReason};

/// The order's own axis. Fulfilment, delivery, return and payment are roll-ups beside it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum OrderStatus {
    /// Never placed.
    Unborn,
    /// Stores are asked to hold; visible to nobody.
    Placing {
        /// A hold was refused before and the order was planned again.
        replanned: bool,
    },
    Refused {
        because: Box<str>,
    },
    PendingPayment {
        due: Timestamp,
    },
    Expired,
    OnHold {
        reason: HoldReason,
    },
    Open,
    Completed {
        at: Timestamp,
        return_until: Timestamp,
    },
    Cancelled {
        reason: CancelReason,
        at: Timestamp,
    },
}

impl OrderStatus {
    pub fn text(&self) -> &'static str {
        match self {
            OrderStatus::Unborn => "unborn",
            OrderStatus::Placing { .. } => "placing",
            OrderStatus::Refused { .. } => "refused",
            OrderStatus::PendingPayment { .. } => "pending_payment",
            OrderStatus::Expired => "expired",
            OrderStatus::OnHold { .. } => "on_hold",
            OrderStatus::Open => "open",
            OrderStatus::Completed { .. } => "completed",
            OrderStatus::Cancelled { .. } => "cancelled",
        }
    }

    /// Whether the order is over, apart from returns and refunds.
    pub fn is_over(&self) -> bool {
        match self {
            OrderStatus::Refused { .. }
            | OrderStatus::Expired
            | OrderStatus::Completed { .. }
            | OrderStatus::Cancelled { .. } => true,
            OrderStatus::Unborn
            | OrderStatus::Placing { .. }
            | OrderStatus::PendingPayment { .. }
            | OrderStatus::OnHold { .. }
            | OrderStatus::Open => false,
        }
    }
}

/// Units of one line that are in no part. Together with the units in parts and in open sourcing
/// requests they always add up to what was ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LineAccount {
    /// No store could do them.
    pub unfillable: u32,
    /// Taken off by a change or a cancellation.
    pub removed: u32,
    /// Units whose money is given back, counted from the line's first unit share.
    pub given_back: u32,
}

/// A change that waits for its confirmation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    pub change: ChangeId,
    pub remove: Vec<LineUnits>,
    pub destination: Option<Place>,
    pub proposed_at: Timestamp,
}
