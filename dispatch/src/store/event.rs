//! What happened at a store.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use vocabulary::{CourierId, FulfillmentOrderId, Seconds, Timestamp};

use super::{
    BoardNumber, FulfillmentOrder, FulfillmentState, RejectReason, Reminded, StoreSettings,
};
use crate::order::Recipient;
use crate::order::line::LineUnits;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum StoreEvent {
    StoreConfigured {
        settings: Arc<StoreSettings>,
    },
    StorePaused {
        until: Option<Timestamp>,
    },
    StoreRushed {
        extra_prep: Seconds,
        until: Option<Timestamp>,
    },
    StoreReopened,
    ScreenChanged {
        online: bool,
    },

    /// Kept for later; not on the board yet.
    FulfillmentOrderScheduled {
        fulfillment_order: FulfillmentOrderId,
        share: Box<FulfillmentOrder>,
    },
    /// On the board.
    FulfillmentOrderAssigned {
        fulfillment_order: FulfillmentOrderId,
        share: Box<FulfillmentOrder>,
    },
    /// A scheduled one goes on the board.
    FulfillmentOrderReleased {
        fulfillment_order: FulfillmentOrderId,
        accept_by: Timestamp,
        board: BoardNumber,
    },
    FulfillmentOrderAccepted {
        fulfillment_order: FulfillmentOrderId,
        ready_at: Timestamp,
    },
    /// All that was left of it will not be done here.
    FulfillmentOrderRejected {
        fulfillment_order: FulfillmentOrderId,
        lines: Vec<LineUnits>,
        reason: RejectReason,
    },
    LinesRejected {
        fulfillment_order: FulfillmentOrderId,
        lines: Vec<LineUnits>,
        reason: RejectReason,
    },
    PickingStarted {
        fulfillment_order: FulfillmentOrderId,
    },
    LinesShortPicked {
        fulfillment_order: FulfillmentOrderId,
        lines: Vec<LineUnits>,
        reason: RejectReason,
    },
    /// The order took them off.
    LinesRemoved {
        fulfillment_order: FulfillmentOrderId,
        lines: Vec<LineUnits>,
    },
    /// `no_show_at` is set when a shopper collects it.
    FulfillmentOrderPacked {
        fulfillment_order: FulfillmentOrderId,
        no_show_at: Option<Timestamp>,
    },
    /// A wrong code was shown; after too many nobody may try for a while.
    CodeFailed {
        fulfillment_order: FulfillmentOrderId,
        failed: u32,
        locked_until: Option<Timestamp>,
    },
    FulfillmentOrderHandedOver {
        fulfillment_order: FulfillmentOrderId,
        to: Recipient,
    },
    FulfillmentOrderCompleted {
        fulfillment_order: FulfillmentOrderId,
    },
    FulfillmentOrderReturned {
        fulfillment_order: FulfillmentOrderId,
    },
    FulfillmentOrderSuspended {
        fulfillment_order: FulfillmentOrderId,
    },
    /// Back in its state, with due times moved by the time it stood still.
    FulfillmentOrderResumed {
        fulfillment_order: FulfillmentOrderId,
        state: FulfillmentState,
    },
    FulfillmentOrderCancelled {
        fulfillment_order: FulfillmentOrderId,
        because: CancelledBecause,
    },
    FulfillmentOrderMoved {
        fulfillment_order: FulfillmentOrderId,
    },
    /// The order's shopper asked where it is, or was answered.
    ReminderHeard {
        fulfillment_order: FulfillmentOrderId,
        reminded: Reminded,
    },
    CourierExpected {
        fulfillment_order: FulfillmentOrderId,
        courier: Option<CourierId>,
        at: Option<Timestamp>,
    },
    /// The courier who is expected came to the counter.
    CourierArrived {
        fulfillment_order: FulfillmentOrderId,
        courier: CourierId,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CancelledBecause {
    OrderCancelled,
    /// Every unit was taken off.
    NothingLeft,
    /// Nobody collected it in time.
    NoShow,
}

impl StoreEvent {
    /// The serde tag.
    pub fn kind(&self) -> &'static str {
        match self {
            StoreEvent::StoreConfigured { .. } => "store_configured",
            StoreEvent::StorePaused { .. } => "store_paused",
            StoreEvent::StoreRushed { .. } => "store_rushed",
            StoreEvent::StoreReopened => "store_reopened",
            StoreEvent::ScreenChanged { .. } => "screen_changed",
            StoreEvent::FulfillmentOrderScheduled { .. } => "fulfillment_order_scheduled",
            StoreEvent::FulfillmentOrderAssigned { .. } => "fulfillment_order_assigned",
            StoreEvent::FulfillmentOrderReleased { .. } => "fulfillment_order_released",
            StoreEvent::FulfillmentOrderAccepted { .. } => "fulfillment_order_accepted",
            StoreEvent::FulfillmentOrderRejected { .. } => "fulfillment_order_rejected",
            StoreEvent::LinesRejected { .. } => "lines_rejected",
            StoreEvent::PickingStarted { .. } => "picking_started",
            StoreEvent::LinesShortPicked { .. } => "lines_short_picked",
            StoreEvent::LinesRemoved { .. } => "lines_removed",
            StoreEvent::FulfillmentOrderPacked { .. } => "fulfillment_order_packed",
            StoreEvent::CodeFailed { .. } => "code_failed",
            StoreEvent::FulfillmentOrderHandedOver { .. } => "fulfillment_order_handed_over",
            StoreEvent::FulfillmentOrderCompleted { .. } => "fulfillment_order_completed",
            StoreEvent::FulfillmentOrderReturned { .. } => "fulfillment_order_returned",
            StoreEvent::FulfillmentOrderSuspended { .. } => "fulfillment_order_suspended",
            StoreEvent::FulfillmentOrderResumed { .. } => "fulfillment_order_resumed",
            StoreEvent::FulfillmentOrderCancelled { .. } => "fulfillment_order_cancelled",
            StoreEvent::FulfillmentOrderMoved { .. } => "fulfillment_order_moved",
            StoreEvent::ReminderHeard { .. } => "reminder_heard",
            StoreEvent::CourierExpected { .. } => "courier_expected",
            StoreEvent::CourierArrived { .. } => "courier_arrived",
        }
    }

    /// The fulfillment order it is about; `None` when it is about the store.
    pub fn fulfillment_order(&self) -> Option<FulfillmentOrderId> {
        match self {
            StoreEvent::StoreConfigured { .. }
            | StoreEvent::StorePaused { .. }
            | StoreEvent::StoreRushed { .. }
            | StoreEvent::StoreReopened
            | StoreEvent::ScreenChanged { .. } => None,
            StoreEvent::FulfillmentOrderScheduled { fulfillment_order, .. }
            | StoreEvent::FulfillmentOrderAssigned { fulfillment_order, .. }
            | StoreEvent::FulfillmentOrderReleased { fulfillment_order, .. }
            | StoreEvent::FulfillmentOrderAccepted { fulfillment_order, .. }
            | StoreEvent::FulfillmentOrderRejected { fulfillment_order, .. }
            | StoreEvent::LinesRejected { fulfillment_order, .. }
            | StoreEvent::PickingStarted { fulfillment_order }
            | StoreEvent::LinesShortPicked { fulfillment_order, .. }
            | StoreEvent::LinesRemoved { fulfillment_order, .. }
            | StoreEvent::FulfillmentOrderPacked { fulfillment_order, .. }
            | StoreEvent::CodeFailed { fulfillment_order, .. }
            | StoreEvent::FulfillmentOrderHandedOver { fulfillment_order, .. }
            | StoreEvent::FulfillmentOrderCompleted { fulfillment_order }
            | StoreEvent::FulfillmentOrderReturned { fulfillment_order }
            | StoreEvent::FulfillmentOrderSuspended { fulfillment_order }
            | StoreEvent::FulfillmentOrderResumed { fulfillment_order, .. }
            | StoreEvent::FulfillmentOrderCancelled { fulfillment_order, .. }
            | StoreEvent::FulfillmentOrderMoved { fulfillment_order }
            | StoreEvent::ReminderHeard { fulfillment_order, .. }
            | StoreEvent::CourierExpected { fulfillment_order, .. }
            | StoreEvent::CourierArrived { fulfillment_order, .. } => Some(*fulfillment_order),
        }
    }
}
