//! One store's share of an order, from assignment to hand-over and its end.

use serde::{Deserialize, Serialize};
use vocabulary::{CourierId, FulfillmentOrderId, OrderId, ReservationId, Timestamp};

use super::event::CancelledBecause;
use super::{BoardNumber, FulfillmentLine, PickupCode, RejectReason};
use crate::order::line::LineUnits;
use crate::order::{FulfillmentMode, FulfillmentProgress, OrderCommand, Recipient};
use crate::{Effect, Refusal};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FulfillmentOrder {
    pub order: OrderId,
    pub reservation: ReservationId,
    pub mode: FulfillmentMode,
    /// What is still to be done; of an ended one, what it ended with.
    pub lines: Vec<FulfillmentLine>,
    pub promised_by: Timestamp,
    /// Start of the capacity window that the promise takes a place in.
    pub window: Timestamp,
    /// Given when it goes on the board.
    pub board: Option<BoardNumber>,
    pub courier: Option<Box<ExpectedCourier>>,
    pub code: Option<Box<PickupCode>>,
    /// That the shopper asked where it is; absent where nobody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminded: Option<Box<Reminded>>,
    pub state: FulfillmentState,
    /// When it came into this state.
    pub since: Timestamp,
}

/// What the order told of the shopper's reminders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminded {
    pub count: u32,
    pub at: Timestamp,
    pub is_answered: bool,
}

/// Who comes for it, as the order granted it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpectedCourier {
    pub courier: CourierId,
    /// Predicted.
    pub at: Option<Timestamp>,
    /// Since when the courier stands at the counter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrived_at: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum FulfillmentState {
    Scheduled { release_at: Timestamp },
    Assigned { accept_by: Timestamp },
    Accepted { ready_at: Timestamp },
    Picking { ready_at: Timestamp },
    Ready { no_show_at: Option<Timestamp> },
    OnHold { was: Box<FulfillmentState> },
    HandedOver { to: Recipient },
    Completed,
    Returned,
    Rejected { reason: RejectReason },
    Cancelled { because: CancelledBecause },
    Moved,
}

/// The steps of the work, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Scheduled,
    Assigned,
    Accepted,
    Picking,
    Ready,
}

impl FulfillmentState {
    pub fn text(&self) -> &'static str {
        match self {
            FulfillmentState::Scheduled { .. } => "scheduled",
            FulfillmentState::Assigned { .. } => "assigned",
            FulfillmentState::Accepted { .. } => "accepted",
            FulfillmentState::Picking { .. } => "picking",
            FulfillmentState::Ready { .. } => "ready",
            FulfillmentState::OnHold { .. } => "on_hold",
            FulfillmentState::HandedOver { .. } => "handed_over",
            FulfillmentState::Completed => "completed",
            FulfillmentState::Returned => "returned",
            FulfillmentState::Rejected { .. } => "rejected",
            FulfillmentState::Cancelled { .. } => "cancelled",
            FulfillmentState::Moved => "moved",
        }
    }

    /// How far the work is where people at the store go on with it; `None` while it is set aside,
    /// and once it has left or ended.
    pub(super) fn step(&self) -> Option<Step> {
        match self {
            FulfillmentState::Scheduled { .. } => Some(Step::Scheduled),
            FulfillmentState::Assigned { .. } => Some(Step::Assigned),
            FulfillmentState::Accepted { .. } => Some(Step::Accepted),
            FulfillmentState::Picking { .. } => Some(Step::Picking),
            FulfillmentState::Ready { .. } => Some(Step::Ready),
            FulfillmentState::OnHold { .. }
            | FulfillmentState::HandedOver { .. }
            | FulfillmentState::Completed
            | FulfillmentState::Returned
            | FulfillmentState::Rejected { .. }
            | FulfillmentState::Cancelled { .. }
            | FulfillmentState::Moved => None,
        }
    }

    /// Whether people at the store have work with it.
    pub fn is_in_progress(&self) -> bool {
        match self.step() {
            Some(Step::Assigned | Step::Accepted | Step::Picking) => true,
            Some(Step::Scheduled | Step::Ready) | None => false,
        }
    }

    /// Whether the goods are still here and wanted.
    pub fn is_before_hand_over(&self) -> bool {
        match self {
            FulfillmentState::Scheduled { .. }
            | FulfillmentState::Assigned { .. }
            | FulfillmentState::Accepted { .. }
            | FulfillmentState::Picking { .. }
            | FulfillmentState::Ready { .. }
            | FulfillmentState::OnHold { .. } => true,
            FulfillmentState::HandedOver { .. }
            | FulfillmentState::Completed
            | FulfillmentState::Returned
            | FulfillmentState::Rejected { .. }
            | FulfillmentState::Cancelled { .. }
            | FulfillmentState::Moved => false,
        }
    }

    /// When it will be packed, once somebody works on it and until it is.
    pub fn ready_at(&self) -> Option<Timestamp> {
        match self {
            FulfillmentState::Accepted { ready_at } | FulfillmentState::Picking { ready_at } => {
                Some(*ready_at)
            }
            FulfillmentState::OnHold { was } => was.ready_at(),
            FulfillmentState::Scheduled { .. }
            | FulfillmentState::Assigned { .. }
            | FulfillmentState::Ready { .. }
            | FulfillmentState::HandedOver { .. }
            | FulfillmentState::Completed
            | FulfillmentState::Returned
            | FulfillmentState::Rejected { .. }
            | FulfillmentState::Cancelled { .. }
            | FulfillmentState::Moved => None,
        }
    }

    /// Whether nothing more can happen to it.
    pub fn is_over(&self) -> bool {
        match self {
            FulfillmentState::Completed
            | FulfillmentState::Returned
            | FulfillmentState::Rejected { .. }
            | FulfillmentState::Cancelled { .. }
            | FulfillmentState::Moved => true,
            FulfillmentState::Scheduled { .. }
            | FulfillmentState::Assigned { .. }
            | FulfillmentState::Accepted { .. }
            | FulfillmentState::Picking { .. }
            | FulfillmentState::Ready { .. }
            | FulfillmentState::OnHold { .. }
            | FulfillmentState::HandedOver { .. } => false,
        }
    }
}

impl FulfillmentOrder {
    pub fn is_live(&self) -> bool {
        !self.state.is_over()
    }

    pub fn status_text(&self) -> &'static str {
        self.state.text()
    }

    /// Everything that is left of it, as units of lines.
    pub fn units(&self) -> Vec<LineUnits> {
        self.lines
            .iter()
            .map(|line| LineUnits { line: line.line, sku: line.sku, units: line.units })
            .collect()
    }

    pub(super) fn report(&self, id: FulfillmentOrderId, progress: FulfillmentProgress) -> Effect {
        let report = OrderCommand::ReportFulfillment { fulfillment_order: id, progress };
        Effect::order(self.order, report)
    }

    pub(super) fn refusal(&self, verb: &str) -> Refusal {
        Refusal::FulfillmentState { status: self.state.text().into(), verb: verb.into() }
    }
}
