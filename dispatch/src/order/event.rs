//! What can have happened to an order.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use vocabulary::{
    ChangeId, CourierId, DeliveryId, FulfillmentOrderId, Money, OfferId, ParcelId, PaymentId,
    PersonId, Place, ReservationId, ReturnId, StoreId, Timestamp,
};

use super::delivery::{OfferedTo, Stage, SteeringOrder};
use super::line::LineUnits;
use super::money::RefundWhy;
use super::proof::{CodeTries, PictureOf};
use super::{
    CancelReason, DropReason, FailureReason, HoldReason, OfferEnd, ParcelStatus, PaymentProgress,
    PlannedPart, ProofOfDelivery, RatingWords, Recipient, ReminderAnswer, ReturnCondition,
    Shortage, Terms,
};
use crate::inventory::HoldRefusal;
use crate::policy::ProofNeed;
use crate::sourcing::{SourcingPurpose, SourcingRecord};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum OrderEvent {
    // Placing.
    OrderPlaced {
        terms: Arc<Terms>,
        parts: Vec<PlannedPart>,
        sourcing: Box<SourcingRecord>,
    },
    StockHeld {
        reservation: ReservationId,
    },
    /// A store could not keep the units. While placing, the whole plan is given up.
    HoldRefused {
        reservation: ReservationId,
        refusal: HoldRefusal,
    },
    OrderReplanned {
        request: u32,
        parts: Vec<PlannedPart>,
        sourcing: Box<SourcingRecord>,
    },
    HoldsConfirmed {
        payment: PaymentId,
        payment_due: Timestamp,
    },
    OrderRefused {
        because: Box<str>,
    },

    // Payment.
    PaymentSecured {
        payment: PaymentId,
    },
    PaymentCaptured {
        payment: PaymentId,
    },
    PaymentFailed {
        payment: PaymentId,
    },
    /// It succeeded after the order had ended; the money goes back.
    LatePayment {
        payment: PaymentId,
        progress: PaymentProgress,
    },
    OrderExpired,
    RefundDecided {
        refund: PaymentId,
        lines: Vec<LineUnits>,
        amount: Money,
        why: RefundWhy,
    },
    RefundConfirmed {
        refund: PaymentId,
        amount: Money,
    },
    /// The money was never collected.
    RefundWaived {
        refund: PaymentId,
    },

    // The order's own axis.
    /// Held as soon as it is paid.
    SuspensionNoted {
        reason: HoldReason,
    },
    SuspensionLifted,
    OrderSuspended {
        reason: HoldReason,
    },
    OrderOpened,
    OrderCancelled {
        reason: CancelReason,
        note: Option<Box<str>>,
        fee: Money,
    },
    OrderCompleted {
        return_until: Timestamp,
    },
    ChangeProposed {
        change: ChangeId,
        remove: Vec<LineUnits>,
        destination: Option<Place>,
    },
    ChangeConfirmed {
        change: ChangeId,
        destination: Option<Place>,
    },

    // Sourcing again.
    SourcingAsked {
        request: u32,
        purpose: SourcingPurpose,
        lines: Vec<LineUnits>,
        pinned: Option<StoreId>,
    },
    LinesResourced {
        request: u32,
        parts: Vec<PlannedPart>,
        sourcing: Box<SourcingRecord>,
    },
    /// No store can do these units. `request` is absent when no planner was asked any more.
    LinesUnfillable {
        request: Option<u32>,
        lines: Vec<LineUnits>,
        because: Box<str>,
        sourcing: Option<Box<SourcingRecord>>,
    },
    MoveAsked {
        fulfillment_order: FulfillmentOrderId,
        /// Only these units; none named means all of it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        lines: Vec<LineUnits>,
        to: StoreId,
        reason: Box<str>,
    },
    MovePlanned {
        request: u32,
        part: Box<PlannedPart>,
        sourcing: Box<SourcingRecord>,
    },
    FulfillmentMoved {
        from: FulfillmentOrderId,
        to: FulfillmentOrderId,
    },
    /// These units moved to a share of their own; the rest goes on where it is.
    LinesMoved {
        fulfillment_order: FulfillmentOrderId,
        to: FulfillmentOrderId,
        lines: Vec<LineUnits>,
    },
    MoveRefused {
        request: Option<u32>,
        fulfillment_order: FulfillmentOrderId,
        because: Box<str>,
        sourcing: Option<Box<SourcingRecord>>,
    },

    // Parts.
    /// The store was told of its share.
    FulfillmentRequested {
        fulfillment_order: FulfillmentOrderId,
    },
    FulfillmentScheduled {
        fulfillment_order: FulfillmentOrderId,
        release_at: Timestamp,
    },
    FulfillmentAssigned {
        fulfillment_order: FulfillmentOrderId,
    },
    FulfillmentAccepted {
        fulfillment_order: FulfillmentOrderId,
        ready_at: Timestamp,
    },
    PickingStarted {
        fulfillment_order: FulfillmentOrderId,
    },
    FulfillmentReady {
        fulfillment_order: FulfillmentOrderId,
    },
    FulfillmentSuspended {
        fulfillment_order: FulfillmentOrderId,
    },
    FulfillmentResumed {
        fulfillment_order: FulfillmentOrderId,
        /// When it will be packed now; absent where its work had not begun or was done.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ready_at: Option<Timestamp>,
    },
    /// These units will not be done there; a part that keeps none has ended.
    LinesShort {
        fulfillment_order: FulfillmentOrderId,
        lines: Vec<LineUnits>,
        why: Shortage,
    },
    /// These units were taken off by a change.
    LinesRemoved {
        fulfillment_order: FulfillmentOrderId,
        lines: Vec<LineUnits>,
    },
    FulfillmentHandedOver {
        fulfillment_order: FulfillmentOrderId,
        to: Recipient,
    },
    FulfillmentCompleted {
        fulfillment_order: FulfillmentOrderId,
    },
    FulfillmentReturned {
        fulfillment_order: FulfillmentOrderId,
    },
    FulfillmentLost {
        fulfillment_order: FulfillmentOrderId,
    },
    FulfillmentCancelled {
        fulfillment_order: FulfillmentOrderId,
        reason: CancelReason,
    },

    // Deliveries.
    DeliveryCreated {
        delivery: DeliveryId,
        fulfillment_order: FulfillmentOrderId,
        escalate_at: Timestamp,
        /// What it must be proved by, at least.
        #[serde(default, skip_serializing_if = "ProofNeed::is_nothing")]
        need: ProofNeed,
    },
    DeliveryOffered {
        delivery: DeliveryId,
        attempt: u32,
        offers: Vec<OfferedTo>,
    },
    OfferClosed {
        delivery: DeliveryId,
        attempt: u32,
        offer: OfferId,
        courier: CourierId,
        why: OfferEnd,
    },
    OffersExhausted {
        delivery: DeliveryId,
        attempt: u32,
    },
    /// Taken back by hand, without counting as a round.
    OffersWithdrawn {
        delivery: DeliveryId,
        attempt: u32,
    },
    DeliveryEscalated {
        delivery: DeliveryId,
    },
    DeliverySteered {
        delivery: DeliveryId,
        steering: SteeringOrder,
        reason: Box<str>,
    },
    DeliveryAssigned {
        delivery: DeliveryId,
        attempt: u32,
        offer: OfferId,
        courier: CourierId,
        pickup_at: Timestamp,
        dropoff_at: Timestamp,
        because: Box<str>,
    },
    DeliveryAdvanced {
        delivery: DeliveryId,
        attempt: u32,
        courier: CourierId,
        stage: Stage,
    },
    DeliveryPickedUp {
        delivery: DeliveryId,
        attempt: u32,
        courier: CourierId,
    },
    DeliveryDelivered {
        delivery: DeliveryId,
        attempt: u32,
        courier: CourierId,
        proof: ProofOfDelivery,
    },
    DeliveryDropped {
        delivery: DeliveryId,
        attempt: u32,
        courier: CourierId,
        reason: DropReason,
        escalate_at: Timestamp,
    },
    DeliveryFailed {
        delivery: DeliveryId,
        attempt: u32,
        courier: CourierId,
        reason: FailureReason,
        retry_at: Timestamp,
    },
    DeliveryRetried {
        delivery: DeliveryId,
    },
    DeliveryReturning {
        delivery: DeliveryId,
    },
    DeliveryReturned {
        delivery: DeliveryId,
        /// Journals of before it was asked took everything back as good.
        #[serde(default, skip_serializing_if = "ReturnCondition::is_good")]
        condition: ReturnCondition,
    },
    DeliveryLost {
        delivery: DeliveryId,
    },
    DeliveryCancelled {
        delivery: DeliveryId,
    },

    /// A picture was sealed and kept; only its id is known here.
    DeliveryPictureKept {
        delivery: DeliveryId,
        picture: PersonId,
        what: PictureOf,
    },
    DeliveryCodeFailed {
        tries: CodeTries,
    },

    // What the shopper asks and says.
    /// The `count`th time.
    OrderReminded {
        count: u32,
        /// Before then asking again is refused.
        again_at: Timestamp,
    },
    ReminderAnswered {
        answer: ReminderAnswer,
    },
    /// With who did it, so that readers of the feed need nothing else.
    OrderRated {
        stores: Vec<StoreId>,
        couriers: Vec<CourierId>,
        words: RatingWords,
    },

    // Express.
    ParcelShipped {
        parcel: ParcelId,
        fulfillment_order: FulfillmentOrderId,
        carrier: Box<str>,
        tracking_number: Box<str>,
    },
    ParcelAdvanced {
        parcel: ParcelId,
        status: ParcelStatus,
        /// How the goods are that came back. Events of before have none: they were good.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        condition: Option<ReturnCondition>,
    },

    // Returns.
    ReturnRequested {
        return_id: ReturnId,
        lines: Vec<LineUnits>,
        reason: Box<str>,
    },
    ReturnApproved {
        return_id: ReturnId,
        note: Option<Box<str>>,
    },
    ReturnRejected {
        return_id: ReturnId,
        note: Option<Box<str>>,
    },
    ReturnShipped {
        return_id: ReturnId,
    },
    ReturnReceived {
        return_id: ReturnId,
        condition: ReturnCondition,
    },
    ReturnRestocked {
        return_id: ReturnId,
        refund: PaymentId,
    },
    ReturnQuarantined {
        return_id: ReturnId,
        refund: PaymentId,
    },
    ReturnRefunded {
        return_id: ReturnId,
    },
}

impl OrderEvent {
    /// The planning behind the event, with its reasons. Reasons are kept in the history alone: an
    /// order's state needs what was chosen, not why.
    pub fn sourcing(&self) -> Option<&SourcingRecord> {
        match self {
            OrderEvent::OrderPlaced { sourcing, .. }
            | OrderEvent::OrderReplanned { sourcing, .. }
            | OrderEvent::LinesResourced { sourcing, .. }
            | OrderEvent::MovePlanned { sourcing, .. } => Some(sourcing),
            OrderEvent::LinesUnfillable { sourcing, .. }
            | OrderEvent::MoveRefused { sourcing, .. } => sourcing.as_deref(),
            OrderEvent::StockHeld { .. }
            | OrderEvent::HoldRefused { .. }
            | OrderEvent::HoldsConfirmed { .. }
            | OrderEvent::OrderRefused { .. }
            | OrderEvent::PaymentSecured { .. }
            | OrderEvent::PaymentCaptured { .. }
            | OrderEvent::PaymentFailed { .. }
            | OrderEvent::LatePayment { .. }
            | OrderEvent::OrderExpired
            | OrderEvent::RefundDecided { .. }
            | OrderEvent::RefundConfirmed { .. }
            | OrderEvent::RefundWaived { .. }
            | OrderEvent::SuspensionNoted { .. }
            | OrderEvent::SuspensionLifted
            | OrderEvent::OrderSuspended { .. }
            | OrderEvent::OrderOpened
            | OrderEvent::OrderCancelled { .. }
            | OrderEvent::OrderCompleted { .. }
            | OrderEvent::ChangeProposed { .. }
            | OrderEvent::ChangeConfirmed { .. }
            | OrderEvent::SourcingAsked { .. }
            | OrderEvent::MoveAsked { .. }
            | OrderEvent::FulfillmentMoved { .. }
            | OrderEvent::LinesMoved { .. }
            | OrderEvent::FulfillmentRequested { .. }
            | OrderEvent::FulfillmentScheduled { .. }
            | OrderEvent::FulfillmentAssigned { .. }
            | OrderEvent::FulfillmentAccepted { .. }
            | OrderEvent::PickingStarted { .. }
            | OrderEvent::FulfillmentReady { .. }
            | OrderEvent::FulfillmentSuspended { .. }
            | OrderEvent::FulfillmentResumed { .. }
            | OrderEvent::LinesShort { .. }
            | OrderEvent::LinesRemoved { .. }
            | OrderEvent::FulfillmentHandedOver { .. }
            | OrderEvent::FulfillmentCompleted { .. }
            | OrderEvent::FulfillmentReturned { .. }
            | OrderEvent::FulfillmentLost { .. }
            | OrderEvent::FulfillmentCancelled { .. }
            | OrderEvent::DeliveryCreated { .. }
            | OrderEvent::DeliveryOffered { .. }
            | OrderEvent::OfferClosed { .. }
            | OrderEvent::OffersExhausted { .. }
            | OrderEvent::OffersWithdrawn { .. }
            | OrderEvent::DeliveryEscalated { .. }
            | OrderEvent::DeliverySteered { .. }
            | OrderEvent::DeliveryAssigned { .. }
            | OrderEvent::DeliveryAdvanced { .. }
            | OrderEvent::DeliveryPickedUp { .. }
            | OrderEvent::DeliveryDelivered { .. }
            | OrderEvent::DeliveryDropped { .. }
            | OrderEvent::DeliveryFailed { .. }
            | OrderEvent::DeliveryRetried { .. }
            | OrderEvent::DeliveryReturning { .. }
            | OrderEvent::DeliveryReturned { .. }
            | OrderEvent::DeliveryLost { .. }
            | OrderEvent::DeliveryCancelled { .. }
            | OrderEvent::DeliveryPictureKept { .. }
            | OrderEvent::DeliveryCodeFailed { .. }
            | OrderEvent::OrderReminded { .. }
            | OrderEvent::ReminderAnswered { .. }
            | OrderEvent::OrderRated { .. }
            | OrderEvent::ParcelShipped { .. }
            | OrderEvent::ParcelAdvanced { .. }
            | OrderEvent::ReturnRequested { .. }
            | OrderEvent::ReturnApproved { .. }
            | OrderEvent::ReturnRejected { .. }
            | OrderEvent::ReturnShipped { .. }
            | OrderEvent::ReturnReceived { .. }
            | OrderEvent::ReturnRestocked { .. }
            | OrderEvent::ReturnQuarantined { .. }
            | OrderEvent::ReturnRefunded { .. } => None,
        }
    }

    /// The name it is filed under; equal to its serialised tag.
    pub fn kind(&self) -> &'static str {
        match self {
            OrderEvent::OrderPlaced { .. } => "order_placed",
            OrderEvent::StockHeld { .. } => "stock_held",
            OrderEvent::HoldRefused { .. } => "hold_refused",
            OrderEvent::OrderReplanned { .. } => "order_replanned",
            OrderEvent::HoldsConfirmed { .. } => "holds_confirmed",
            OrderEvent::OrderRefused { .. } => "order_refused",
            OrderEvent::PaymentSecured { .. } => "payment_secured",
            OrderEvent::PaymentCaptured { .. } => "payment_captured",
            OrderEvent::PaymentFailed { .. } => "payment_failed",
            OrderEvent::LatePayment { .. } => "late_payment",
            OrderEvent::OrderExpired => "order_expired",
            OrderEvent::RefundDecided { .. } => "refund_decided",
            OrderEvent::RefundConfirmed { .. } => "refund_confirmed",
            OrderEvent::RefundWaived { .. } => "refund_waived",
            OrderEvent::SuspensionNoted { .. } => "suspension_noted",
            OrderEvent::SuspensionLifted => "suspension_lifted",
            OrderEvent::OrderSuspended { .. } => "order_suspended",
            OrderEvent::OrderOpened => "order_opened",
            OrderEvent::OrderCancelled { .. } => "order_cancelled",
            OrderEvent::OrderCompleted { .. } => "order_completed",
            OrderEvent::ChangeProposed { .. } => "change_proposed",
            OrderEvent::ChangeConfirmed { .. } => "change_confirmed",
            OrderEvent::SourcingAsked { .. } => "sourcing_asked",
            OrderEvent::LinesResourced { .. } => "lines_resourced",
            OrderEvent::LinesUnfillable { .. } => "lines_unfillable",
            OrderEvent::MoveAsked { .. } => "move_asked",
            OrderEvent::MovePlanned { .. } => "move_planned",
            OrderEvent::FulfillmentMoved { .. } => "fulfillment_moved",
            OrderEvent::LinesMoved { .. } => "lines_moved",
            OrderEvent::MoveRefused { .. } => "move_refused",
            OrderEvent::FulfillmentRequested { .. } => "fulfillment_requested",
            OrderEvent::FulfillmentScheduled { .. } => "fulfillment_scheduled",
            OrderEvent::FulfillmentAssigned { .. } => "fulfillment_assigned",
            OrderEvent::FulfillmentAccepted { .. } => "fulfillment_accepted",
            OrderEvent::PickingStarted { .. } => "picking_started",
            OrderEvent::FulfillmentReady { .. } => "fulfillment_ready",
            OrderEvent::FulfillmentSuspended { .. } => "fulfillment_suspended",
            OrderEvent::FulfillmentResumed { .. } => "fulfillment_resumed",
            OrderEvent::LinesShort { .. } => "lines_short",
            OrderEvent::LinesRemoved { .. } => "lines_removed",
            OrderEvent::FulfillmentHandedOver { .. } => "fulfillment_handed_over",
            OrderEvent::FulfillmentCompleted { .. } => "fulfillment_completed",
            OrderEvent::FulfillmentReturned { .. } => "fulfillment_returned",
            OrderEvent::FulfillmentLost { .. } => "fulfillment_lost",
            OrderEvent::FulfillmentCancelled { .. } => "fulfillment_cancelled",
            OrderEvent::DeliveryCreated { .. } => "delivery_created",
            OrderEvent::DeliveryOffered { .. } => "delivery_offered",
            OrderEvent::OfferClosed { .. } => "offer_closed",
            OrderEvent::OffersExhausted { .. } => "offers_exhausted",
            OrderEvent::OffersWithdrawn { .. } => "offers_withdrawn",
            OrderEvent::DeliveryEscalated { .. } => "delivery_escalated",
            OrderEvent::DeliverySteered { .. } => "delivery_steered",
            OrderEvent::DeliveryAssigned { .. } => "delivery_assigned",
            OrderEvent::DeliveryAdvanced { .. } => "delivery_advanced",
            OrderEvent::DeliveryPickedUp { .. } => "delivery_picked_up",
            OrderEvent::DeliveryDelivered { .. } => "delivery_delivered",
            OrderEvent::DeliveryDropped { .. } => "delivery_dropped",
            OrderEvent::DeliveryFailed { .. } => "delivery_failed",
            OrderEvent::DeliveryRetried { .. } => "delivery_retried",
            OrderEvent::DeliveryReturning { .. } => "delivery_returning",
            OrderEvent::DeliveryReturned { .. } => "delivery_returned",
            OrderEvent::DeliveryLost { .. } => "delivery_lost",
            OrderEvent::DeliveryCancelled { .. } => "delivery_cancelled",
            OrderEvent::DeliveryPictureKept { .. } => "delivery_picture_kept",
            OrderEvent::DeliveryCodeFailed { .. } => "delivery_code_failed",
            OrderEvent::OrderReminded { .. } => "order_reminded",
            OrderEvent::ReminderAnswered { .. } => "reminder_answered",
            OrderEvent::OrderRated { .. } => "order_rated",
            OrderEvent::ParcelShipped { .. } => "parcel_shipped",
            OrderEvent::ParcelAdvanced { .. } => "parcel_advanced",
            OrderEvent::ReturnRequested { .. } => "return_requested",
            OrderEvent::ReturnApproved { .. } => "return_approved",
            OrderEvent::ReturnRejected { .. } => "return_rejected",
            OrderEvent::ReturnShipped { .. } => "return_shipped",
            OrderEvent::ReturnReceived { .. } => "return_received",
            OrderEvent::ReturnRestocked { .. } => "return_restocked",
            OrderEvent::ReturnQuarantined { .. } => "return_quarantined",
            OrderEvent::ReturnRefunded { .. } => "return_refunded",
        }
    }
}
