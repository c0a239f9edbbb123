//! What an order can be asked to do.

use serde::{Deserialize, Serialize};
use vocabulary::{
    ChangeId, CourierId, DeliveryId, FulfillmentOrderId, Money, OfferId, OrderId, ParcelId,
    PaymentId, PersonId, Place, QuoteId, ReservationId, ReturnId, Seconds, StoreId, Timestamp,
};

use super::line::{LineUnits, OrderLine};
use super::proof::{PictureOf, ProofOfDelivery};
use super::rating::RatingWords;
use super::reminder::ReminderAnswer;
use super::uses::Uses;
use crate::inventory::HoldRefusal;
use crate::sourcing::SourcingPlan;
use crate::store::RejectReason;
use crate::{Refusal, Timer};

#[derive(Debug, Clone, PartialEq)]
pub enum OrderCommand {
    /// A priced, validated order and the plan that was found for it.
    Place {
        order: Box<PlaceOrder>,
        plan: SourcingPlan,
    },

    // From the inventories that were asked to hold.
    AnswerHold {
        reservation: ReservationId,
        answer: Result<(), HoldRefusal>,
    },
    /// A planner's answer to [`crate::Effect::Source`]; `Err` when no store can take the lines.
    Sourced {
        request: u32,
        plan: Result<SourcingPlan, Refusal>,
    },
    /// An observation left units of a reservation uncovered: source them elsewhere.
    CoverShortfall {
        reservation: ReservationId,
        lines: Vec<LineUnits>,
    },

    // From the payment.
    AcceptPayment {
        payment: PaymentId,
        progress: PaymentProgress,
    },

    // From people.
    Cancel {
        reason: CancelReason,
        note: Option<String>,
    },
    /// The shopper asks where it is.
    Remind,
    /// A store says something to the last reminder.
    AnswerReminder {
        answer: ReminderAnswer,
    },
    /// The shopper's word afterwards.
    Rate {
        words: RatingWords,
    },
    Suspend {
        reason: HoldReason,
    },
    Release,
    ProposeChange {
        change: ProposedChange,
    },
    ConfirmChange {
        change: ChangeId,
    },
    /// Headquarters moves a store's share elsewhere before hand-over: all of it (no lines named) or
    /// some units.
    MoveFulfillment {
        fulfillment_order: FulfillmentOrderId,
        lines: Vec<LineUnits>,
        to: StoreId,
        reason: String,
    },

    // From the store that owns the fulfillment order.
    ReportFulfillment {
        fulfillment_order: FulfillmentOrderId,
        progress: FulfillmentProgress,
    },

    // From the zone, the couriers and dispatchers.
    /// The zone proposes couriers for an attempt; the order grants at most one of them.
    OfferDelivery {
        delivery: DeliveryId,
        attempt: u32,
        proposals: Vec<Proposal>,
    },
    /// A courier accepted and has reserved its slot.
    GrantOffer {
        delivery: DeliveryId,
        attempt: u32,
        offer: OfferId,
        courier: CourierId,
    },
    /// An offer ended without a grant.
    CloseOffer {
        delivery: DeliveryId,
        attempt: u32,
        offer: OfferId,
        courier: CourierId,
        why: OfferEnd,
    },
    AdvanceDelivery {
        delivery: DeliveryId,
        attempt: u32,
        courier: CourierId,
        step: DeliveryStep,
    },
    /// A picture of the door or a signature lies sealed under its id.
    KeepPicture {
        delivery: DeliveryId,
        attempt: u32,
        courier: CourierId,
        picture: PersonId,
        what: PictureOf,
    },
    /// A code was said at the door, and the door found that it is not the order's.
    RefuseCode {
        delivery: DeliveryId,
        attempt: u32,
        courier: CourierId,
    },
    /// The courier cannot go on before pickup: lost, dropped out, or reassigned by hand.
    /// `by` may be the courier, a dispatcher, or the partition for a lost one.
    DropDelivery {
        delivery: DeliveryId,
        attempt: u32,
        reason: DropReason,
    },
    FailDelivery {
        delivery: DeliveryId,
        attempt: u32,
        courier: CourierId,
        reason: FailureReason,
    },
    /// After a failed attempt: try again or bring it back.
    ResolveFailure {
        delivery: DeliveryId,
        retry: bool,
    },
    /// The store has the goods back in its hands. Without a word about them they are as the courier
    /// found them: not sellable after a failure because of damage.
    ReceiveBack {
        delivery: DeliveryId,
        condition: Option<ReturnCondition>,
    },
    ReportLost {
        delivery: DeliveryId,
    },
    /// Force, exclude or pin couriers by hand, with a reason.
    SteerDelivery {
        delivery: DeliveryId,
        steer: Steer,
        reason: String,
    },

    // Express.
    AdvanceParcel {
        parcel: ParcelId,
        step: ParcelStep,
    },

    // Returns.
    RequestReturn {
        lines: Vec<LineUnits>,
        reason: String,
    },
    DecideReturn {
        return_id: ReturnId,
        approve: bool,
        note: Option<String>,
    },
    ShipReturn {
        return_id: ReturnId,
    },
    ReceiveReturn {
        return_id: ReturnId,
        condition: ReturnCondition,
    },
    /// The payment recorded the refund of this return or cancellation.
    ConfirmRefund {
        refund: PaymentId,
        amount: Money,
    },

    TimerFired(Timer),
}

/// A priced, validated order; everything in it is frozen by placing it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlaceOrder {
    pub channel: String,
    pub external_id: Option<String>,
    pub quote: QuoteId,
    /// Name, phone and address, kept encrypted elsewhere.
    pub shopper: PersonId,
    pub mode: FulfillmentMode,
    /// The door; absent for pickup.
    pub destination: Option<Place>,
    pub lines: Vec<OrderLine>,
    pub payable: Money,
    pub payment_method: PaymentMethod,
    /// When the shopper wants it; absent means as soon as possible.
    pub wanted_at: Option<Timestamp>,
    /// A store that the shopper or channel insists on.
    pub pinned_store: Option<StoreId>,
    /// SHA-256 of the pickup code, salted with the order's id (`store::pickup_code::hash`).
    pub pickup_code_hash: Option<[u8; 32]>,
    /// What it takes from owners outside the city; they hold it before the order comes here.
    pub uses: Option<Box<Uses>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FulfillmentMode {
    /// By one of our couriers.
    Delivery,
    /// Collected at the store with a code.
    Pickup,
    /// By a third-party carrier, as parcels.
    Express,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentMethod {
    Online,
    CashOnDelivery,
    /// The channel has taken the money and settles later.
    ChannelPaid,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentProgress {
    /// Money is authorised, or cash on delivery was accepted: the order may go on.
    Secured,
    Captured,
    Failed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CancelReason {
    ShopperRequest,
    PaymentFailed,
    PaymentExpired,
    Unfillable,
    StoreRequest,
    Headquarters,
    NoShow,
    DeliveryFailed,
    ReviewFailed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldReason {
    Review,
    GroupForming,
    Presale,
}

/// Fewer units, or another door. More units are a new order: their price needs a quote.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProposedChange {
    /// Units to take off, by line.
    pub remove: Vec<LineUnits>,
    pub destination: Option<Place>,
}

/// What a store reports about its share of an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FulfillmentProgress {
    Scheduled {
        release_at: Timestamp,
    },
    Assigned,
    Accepted {
        ready_at: Timestamp,
    },
    PickingStarted,
    /// These units could not be found; the rest goes on.
    ShortPicked {
        lines: Vec<LineUnits>,
    },
    /// Packed. A pickup carries the hash of its code with the store, not here.
    Ready,
    HandedOver {
        to: Recipient,
    },
    Completed,
    /// All of it, or these lines, will not be done here.
    Rejected {
        lines: Vec<LineUnits>,
        whole: bool,
        reason: RejectReason,
    },
    OnHold,
    /// With the time at which it will be packed now, where its work had begun.
    Resumed {
        ready_at: Option<Timestamp>,
    },
    Cancelled,
    NoShow,
    Returned,
}

/// Who took the goods at the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Recipient {
    Courier { courier: CourierId },
    Shopper,
    Carrier { carrier: Box<str>, tracking_number: Box<str> },
}

/// One courier the zone proposes, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Proposal {
    pub courier: CourierId,
    /// Predicted, from position, travel and the store's promise.
    pub pickup_at: Timestamp,
    pub dropoff_at: Timestamp,
    pub because: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferEnd {
    Declined(DeclineReason),
    Expired,
    /// The courier could not be offered it: off duty, full, or in a cool-down.
    NotOffered,
    /// The courier's accept lost the race or its slot, or a dispatcher excluded the courier.
    Withdrawn,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeclineReason {
    TooFar,
    TooHeavy,
    VehicleTrouble,
    EndingShift,
    UnsafeArea,
    Other,
}

/// The courier's steps, in order; steps may be skipped, the order never reverses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryStep {
    EnRouteToPickup,
    ArrivedAtPickup,
    EnRouteToDropoff,
    ArrivedAtDropoff,
    Delivered { proof: ProofOfDelivery },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DropReason {
    CourierLost,
    CourierDroppedOut,
    ReassignedByHand,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureReason {
    NobodyHome,
    Refused,
    AddressWrong,
    CashNotPaid,
    Accident,
    Damaged,
    Other,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Steer {
    /// Offer it to this courier only, at once, whatever the ranking says.
    Force {
        courier: CourierId,
    },
    Exclude {
        courier: CourierId,
    },
    /// Keep it for this courier until the pin expires.
    Pin {
        courier: CourierId,
        for_at_most: Seconds,
    },
    Clear,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParcelStatus {
    Created,
    InTransit,
    /// The carrier brings it back to the store.
    Returning,
    Delivered,
    Returned,
    Lost,
}

/// How a parcel goes on: by the carrier's word, and the store's once it has the goods back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParcelStep {
    InTransit,
    Returning,
    Delivered,
    /// The store has the goods in its hands and says how they are.
    Returned {
        condition: ReturnCondition,
    },
    Lost,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnCondition {
    /// Sellable again.
    #[default]
    Good,
    /// Kept aside.
    Damaged,
}

impl ReturnCondition {
    pub fn is_good(&self) -> bool {
        *self == Self::Good
    }
}

/// Ids of what belongs to an order are derived from it, so decisions need no chance.
pub fn child<I: vocabulary::Id>(order: OrderId, kind: Child, ordinal: u32) -> I {
    vocabulary::derive(order.bits(), kind as u64, ordinal)
}

/// What is derived from an order's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Child {
    FulfillmentOrder = 1,
    Reservation = 2,
    Delivery = 3,
    Payment = 4,
    Parcel = 5,
    Return = 6,
    Change = 7,
    Refund = 8,
    Offer = 9,
}
