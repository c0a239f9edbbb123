//! What people do, as data.

use dispatch::order::{
    CancelReason, DeclineReason, DeliveryStep, DropReason, FailureReason, ParcelStep, RatingWords,
    ReturnCondition, Steer,
};
use dispatch::store::RejectReason;
use vocabulary::{
    CourierId, DeliveryId, FulfillmentOrderId, Money, OfferId, OrderId, ParcelId, PaymentId,
    ReturnId, Seconds, SkuId, StoreId, Timestamp, TransferId,
};

/// Who acts. The door turns a seat into whatever proves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Seat {
    Headquarters,
    Store(StoreId),
    Courier(CourierId),
    Shopper(OrderId),
    /// The bank behind an online payment.
    Provider,
}

/// One thing done once: doing it again with the same key changes nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Act {
    pub seat: Seat,
    pub deed: Deed,
    pub key: String,
}

/// Some units of one line of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Units {
    pub line: u16,
    pub sku: SkuId,
    pub units: u32,
}

/// Who takes the goods at the counter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taker {
    Courier(CourierId),
    Shopper { code: String },
    Carrier { carrier: String, tracking_number: String },
}

#[derive(Debug, Clone, PartialEq)]
pub enum Deed {
    // Shoppers, and the bank on their behalf.
    Pay {
        payment: PaymentId,
        amount: Money,
        succeeds: bool,
    },
    Cancel {
        order: OrderId,
        reason: CancelReason,
    },
    /// Asks where it is.
    Remind {
        order: OrderId,
    },
    /// Says how it was.
    Rate {
        order: OrderId,
        words: RatingWords,
    },
    RequestReturn {
        order: OrderId,
        lines: Vec<Units>,
        reason: String,
    },

    // Stores.
    Accept {
        store: StoreId,
        fulfillment_order: FulfillmentOrderId,
        ready_in: Option<Seconds>,
    },
    /// All of it when no lines are named.
    Reject {
        store: StoreId,
        fulfillment_order: FulfillmentOrderId,
        lines: Vec<Units>,
        reason: RejectReason,
    },
    StartPicking {
        store: StoreId,
        fulfillment_order: FulfillmentOrderId,
    },
    ShortPick {
        store: StoreId,
        fulfillment_order: FulfillmentOrderId,
        lines: Vec<Units>,
        reason: RejectReason,
    },
    Pack {
        store: StoreId,
        fulfillment_order: FulfillmentOrderId,
    },
    HandOver {
        store: StoreId,
        fulfillment_order: FulfillmentOrderId,
        to: Taker,
    },
    ReceiveBack {
        order: OrderId,
        delivery: DeliveryId,
    },
    Pause {
        store: StoreId,
        until: Option<Timestamp>,
    },
    Reopen {
        store: StoreId,
    },

    // Couriers.
    GoOnDuty {
        courier: CourierId,
        shift_ends_at: Option<Timestamp>,
    },
    GoOffDuty {
        courier: CourierId,
    },
    AcceptOffer {
        courier: CourierId,
        offer: OfferId,
    },
    DeclineOffer {
        courier: CourierId,
        offer: OfferId,
        reason: DeclineReason,
    },
    Advance {
        order: OrderId,
        delivery: DeliveryId,
        attempt: u32,
        courier: CourierId,
        step: DeliveryStep,
    },
    Drop {
        order: OrderId,
        delivery: DeliveryId,
        attempt: u32,
        reason: DropReason,
    },
    Fail {
        order: OrderId,
        delivery: DeliveryId,
        attempt: u32,
        courier: CourierId,
        reason: FailureReason,
    },

    // Headquarters, tills and carriers.
    /// All of a share when no lines are named.
    Move {
        order: OrderId,
        fulfillment_order: FulfillmentOrderId,
        lines: Vec<Units>,
        to: StoreId,
        reason: String,
    },
    Steer {
        order: OrderId,
        delivery: DeliveryId,
        steer: Steer,
        reason: String,
    },
    ResolveFailure {
        order: OrderId,
        delivery: DeliveryId,
        retry: bool,
    },
    ReportLost {
        order: OrderId,
        delivery: DeliveryId,
    },
    AdvanceParcel {
        order: OrderId,
        parcel: ParcelId,
        step: ParcelStep,
    },
    SellAtTill {
        store: StoreId,
        sku: SkuId,
        units: u32,
        reference: String,
    },
    Count {
        store: StoreId,
        sku: SkuId,
        on_hand: u32,
    },
    /// A supplier brought so many.
    Restock {
        store: StoreId,
        sku: SkuId,
        units: u32,
    },
    /// All of it leaves the store it was sent from.
    ShipTransfer {
        transfer: TransferId,
        from: StoreId,
    },
    ReceiveTransfer {
        transfer: TransferId,
        to: StoreId,
        sku: SkuId,
        sound: u32,
        missing: u32,
        damaged: u32,
    },
    DecideReturn {
        order: OrderId,
        return_id: ReturnId,
        approve: bool,
    },
    ReceiveReturn {
        order: OrderId,
        return_id: ReturnId,
        condition: ReturnCondition,
    },
}

impl Deed {
    /// What a report files its latency under.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Pay { .. } => "pay",
            Self::Cancel { .. } => "cancel",
            Self::Remind { .. } => "remind",
            Self::Rate { .. } => "rate",
            Self::RequestReturn { .. } => "request_return",
            Self::Accept { .. } => "accept",
            Self::Reject { .. } => "reject",
            Self::StartPicking { .. } => "start_picking",
            Self::ShortPick { .. } => "short_pick",
            Self::Pack { .. } => "pack",
            Self::HandOver { .. } => "hand_over",
            Self::ReceiveBack { .. } => "receive_back",
            Self::Pause { .. } => "pause",
            Self::Reopen { .. } => "reopen",
            Self::GoOnDuty { .. } => "go_on_duty",
            Self::GoOffDuty { .. } => "go_off_duty",
            Self::AcceptOffer { .. } => "accept_offer",
            Self::DeclineOffer { .. } => "decline_offer",
            Self::Advance { .. } => "advance",
            Self::Drop { .. } => "drop",
            Self::Fail { .. } => "fail",
            Self::Move { .. } => "move",
            Self::Steer { .. } => "steer",
            Self::ResolveFailure { .. } => "resolve_failure",
            Self::ReportLost { .. } => "report_lost",
            Self::AdvanceParcel { .. } => "advance_parcel",
            Self::SellAtTill { .. } => "sell_at_till",
            Self::Count { .. } => "count",
            Self::Restock { .. } => "restock",
            Self::ShipTransfer { .. } => "ship_transfer",
            Self::ReceiveTransfer { .. } => "receive_transfer",
            Self::DecideReturn { .. } => "decide_return",
            Self::ReceiveReturn { .. } => "receive_return",
        }
    }
}
