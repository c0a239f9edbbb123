//! The domain's "no": expected, shown to a person, with nothing changed.

use serde::{Deserialize, Serialize};
use vocabulary::{Money, Seconds, SkuId, StoreId, Timestamp};

/// Why a command was declined. [`Refusal::code`] is stable; the sentence tells what to do.
#[derive(Debug, Clone, PartialEq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Refusal {
    #[error("this order is not known here")]
    OrderUnknown,
    #[error("this order was already placed")]
    AlreadyPlaced,
    /// Its coupons and points are no longer kept for it. Client: quote again.
    #[error("the time to place this order is over: quote again")]
    UsesOver,
    #[error("the order is {status}: {verb} is no longer possible")]
    OrderState { status: String, verb: String },
    #[error("no store can fulfil this basket: {summary}")]
    Unfillable { summary: String },
    #[error("fulfillment order is not at this store")]
    FulfillmentOrderUnknown,
    #[error("the fulfillment order is {status}: {verb} is not possible")]
    FulfillmentState { status: String, verb: String },
    #[error("line {line} is not part of this order or has fewer units than named")]
    LineUnknown { line: u16 },
    #[error("goods of the group {group} travel together: name all of them or none")]
    KeptTogether { group: String },
    #[error("an order is spread over {most} stores at most: choose one that has a share of it")]
    TooManyStores { most: u32 },
    #[error("delivery is not part of this order")]
    DeliveryUnknown,
    #[error("the delivery is {status}: {verb} is not possible")]
    DeliveryState { status: String, verb: String },
    /// The delivery moved on to another attempt or courier. Client: refresh, do not retry.
    #[error("this attempt is over: the delivery is with somebody else now")]
    AttemptOver,
    /// The offer was answered, expired or withdrawn. Client: refresh, do not retry.
    #[error("this offer is closed: refresh to see what is open")]
    OfferClosed,
    #[error("offer is not known to this courier")]
    OfferUnknown,
    #[error("another courier was faster")]
    TooLate,
    #[error("the courier is {availability} and cannot take this")]
    CourierUnavailable { availability: String },
    #[error("the courier still carries {carried} deliveries: hand them over first")]
    CourierCarrying { carried: u32 },
    #[error("store has {available} of this product to sell, {wanted} were asked for")]
    NotEnoughStock { sku: SkuId, available: i64, wanted: u32 },
    #[error("reservation is not known at this store")]
    ReservationUnknown,
    #[error("the reservation is {status}: {verb} is not possible")]
    ReservationState { status: String, verb: String },
    #[error("transfer is not at this store: refresh the list")]
    TransferUnknown,
    #[error("the transfer is {status}: {verb} is not possible")]
    TransferState { status: String, verb: String },
    #[error(
        "{named} units of SKU {sku} are named, {in_transit} are in transit: name what is above it \
         as surplus"
    )]
    TransferExcess { sku: SkuId, named: u32, in_transit: u32 },
    #[error("the store is not open at that time")]
    StoreClosed { store: StoreId, opens_at: Option<Timestamp> },
    #[error("wrong code: {tries_left} tries left")]
    CodeWrong { tries_left: u32 },
    #[error("too many wrong codes: try again later or ask the store to look up the order")]
    CodeLocked { until: Timestamp },
    #[error("a code is needed here")]
    CodeMissing,
    #[error("proof of delivery is missing: {what}")]
    ProofMissing { what: String },
    #[error("the payment is {status}: {verb} is not possible")]
    PaymentState { status: String, verb: String },
    #[error("amount does not match: expected {expected}")]
    AmountMismatch { expected: Money },
    #[error("at most {refundable} can be refunded")]
    RefundTooLarge { refundable: Money },
    #[error("payment is not part of this order")]
    PaymentUnknown,
    #[error("refund is not part of this order")]
    RefundUnknown,
    #[error("return is not part of this order")]
    ReturnUnknown,
    #[error("the return is {status}: {verb} is not possible")]
    ReturnState { status: String, verb: String },
    #[error("the time to return this order is over")]
    ReturnWindowClosed,
    #[error("parcel is not part of this order")]
    ParcelUnknown,
    #[error("the parcel is {status}: {verb} is not possible")]
    ParcelState { status: String, verb: String },
    #[error("the proposed change is gone: propose it again")]
    ChangeUnknown,
    #[error("store {store} does not serve that door: keep the door, or cancel and order anew")]
    DoorOutOfReach { store: StoreId },
    #[error("that door cannot be reached in the promised time: keep it, or cancel and order anew")]
    DoorBreaksPromise { store: StoreId, promised_by: Timestamp },
    /// The shopper asked a moment ago. Client: count down, then ask again.
    #[error("the store was reminded a moment ago: it can be reminded again in {} seconds", wait.0)]
    RemindedRecently { wait: Seconds },
    #[error("nobody has asked about this order: there is nothing to answer")]
    NoReminder,
    #[error("this order is rated already: a rating is given once")]
    AlreadyRated,
    #[error("the time to rate this order is over")]
    RatingClosed,
    #[error("at most {most} pictures are kept of one order")]
    TooManyPictures { most: u32 },
    #[error("a reason is needed for this")]
    ReasonMissing,
    #[error("{what} must be {expected}")]
    Invalid { what: String, expected: String },
}

impl Refusal {
    /// The stable code that clients branch on; documented in docs/faults.md.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::OrderUnknown => "order_unknown",
            Refusal::AlreadyPlaced => "already_placed",
            Refusal::UsesOver => "uses_over",
            Refusal::OrderState { .. } => "order_state",
            Refusal::Unfillable { .. } => "unfillable",
            Refusal::FulfillmentOrderUnknown => "fulfillment_order_unknown",
            Refusal::FulfillmentState { .. } => "fulfillment_state",
            Refusal::LineUnknown { .. } => "line_unknown",
            Refusal::KeptTogether { .. } => "kept_together",
            Refusal::TooManyStores { .. } => "too_many_stores",
            Refusal::DeliveryUnknown => "delivery_unknown",
            Refusal::DeliveryState { .. } => "delivery_state",
            Refusal::AttemptOver => "attempt_over",
            Refusal::OfferClosed => "offer_closed",
            Refusal::OfferUnknown => "offer_unknown",
            Refusal::TooLate => "too_late",
            Refusal::CourierUnavailable { .. } => "courier_unavailable",
            Refusal::CourierCarrying { .. } => "courier_carrying",
            Refusal::NotEnoughStock { .. } => "not_enough_stock",
            Refusal::ReservationUnknown => "reservation_unknown",
            Refusal::ReservationState { .. } => "reservation_state",
            Refusal::TransferUnknown => "transfer_unknown",
            Refusal::TransferState { .. } => "transfer_state",
            Refusal::TransferExcess { .. } => "transfer_excess",
            Refusal::StoreClosed { .. } => "store_closed",
            Refusal::CodeWrong { .. } => "code_wrong",
            Refusal::CodeLocked { .. } => "code_locked",
            Refusal::CodeMissing => "code_missing",
            Refusal::ProofMissing { .. } => "proof_missing",
            Refusal::PaymentState { .. } => "payment_state",
            Refusal::AmountMismatch { .. } => "amount_mismatch",
            Refusal::RefundTooLarge { .. } => "refund_too_large",
            Refusal::PaymentUnknown => "payment_unknown",
            Refusal::RefundUnknown => "refund_unknown",
            Refusal::ReturnUnknown => "return_unknown",
            Refusal::ReturnState { .. } => "return_state",
            Refusal::ReturnWindowClosed => "return_window_closed",
            Refusal::ParcelUnknown => "parcel_unknown",
            Refusal::ParcelState { .. } => "parcel_state",
            Refusal::ChangeUnknown => "change_unknown",
            Refusal::DoorOutOfReach { .. } => "door_out_of_reach",
            Refusal::DoorBreaksPromise { .. } => "door_breaks_promise",
            Refusal::RemindedRecently { .. } => "reminded_recently",
            Refusal::NoReminder => "no_reminder",
            Refusal::AlreadyRated => "already_rated",
            Refusal::RatingClosed => "rating_closed",
            Refusal::TooManyPictures { .. } => "too_many_pictures",
            Refusal::ReasonMissing => "reason_missing",
            Refusal::Invalid { .. } => "invalid",
        }
    }
}
