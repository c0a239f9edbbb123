//! What people see on their screens: small and flat, the same over both doors.

use std::collections::BTreeMap;

use dispatch::order::FulfillmentMode;
use vocabulary::{
    CourierId, DeliveryId, FulfillmentOrderId, OfferId, OrderId, ParcelId, Place, ReturnId,
    StoreId, Timestamp,
};

use super::Units;

#[derive(Debug, Clone, PartialEq)]
pub struct OrderView {
    pub order: OrderId,
    /// The order's own axis, in the domain's word.
    pub status: String,
    pub parts: Vec<PartView>,
    pub deliveries: Vec<DeliveryView>,
    pub parcels: Vec<ParcelView>,
    pub returns: Vec<ReturnView>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct PartView {
    pub fulfillment_order: FulfillmentOrderId,
    pub store: StoreId,
    pub status: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct DeliveryView {
    pub delivery: DeliveryId,
    pub fulfillment_order: FulfillmentOrderId,
    pub attempt: u32,
    pub status: DeliveryStatus,
    pub courier: Option<CourierId>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct ParcelView {
    pub parcel: ParcelId,
    pub fulfillment_order: FulfillmentOrderId,
    pub status: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct ReturnView {
    pub return_id: ReturnId,
    pub status: String,
}

/// Where a delivery stands, as far as people act on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DeliveryStatus {
    Waiting,
    Assigned,
    EnRouteToPickup,
    ArrivedAtPickup,
    PickedUp,
    EnRouteToDropoff,
    ArrivedAtDropoff,
    FailedAttempt,
    Returning,
    /// Delivered, returned, lost or cancelled.
    Over,
}

/// A store's screen.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BoardView {
    pub cards: BTreeMap<FulfillmentOrderId, Card>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Card {
    pub order: OrderId,
    pub mode: FulfillmentMode,
    pub status: CardStatus,
    pub lines: Vec<Units>,
    /// Who comes for it.
    pub courier: Option<CourierId>,
    pub ready_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardStatus {
    Scheduled,
    Assigned,
    Accepted,
    Picking,
    Ready,
    OnHold,
    HandedOver,
    /// It leaves the board.
    Over,
}

/// A courier's telephone.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CourierView {
    pub on_duty: bool,
    /// Those that wait for an answer.
    pub offers: Vec<OfferView>,
    pub tasks: Vec<TaskView>,
    pub stops: Vec<StopView>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct OfferView {
    pub offer: OfferId,
    pub delivery: DeliveryId,
    pub pickup: Place,
}

#[derive(Debug, Clone, PartialEq)]
pub struct TaskView {
    pub delivery: DeliveryId,
    pub order: OrderId,
    pub attempt: u32,
    pub store: StoreId,
    pub picked_up: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StopView {
    pub delivery: DeliveryId,
    pub kind: StopKind,
    pub place: Place,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopKind {
    Pickup,
    Dropoff,
    Return,
}

impl Card {
    /// Accepted or being picked.
    pub fn is_in_work(&self) -> bool {
        matches!(self.status, CardStatus::Accepted | CardStatus::Picking)
    }
}

impl CardStatus {
    pub fn is_over(self) -> bool {
        self == Self::Over
    }

    /// From the word the core uses; every ended one is [`CardStatus::Over`].
    pub fn named(word: &str) -> Self {
        match word {
            "scheduled" => Self::Scheduled,
            "assigned" => Self::Assigned,
            "accepted" => Self::Accepted,
            "picking" => Self::Picking,
            "ready" => Self::Ready,
            "on_hold" => Self::OnHold,
            "handed_over" => Self::HandedOver,
            _ => Self::Over,
        }
    }
}

impl DeliveryStatus {
    /// From the word the core uses; every ended one is [`DeliveryStatus::Over`].
    pub fn named(word: &str) -> Self {
        match word {
            "unassigned" | "offering" => Self::Waiting,
            "assigned" => Self::Assigned,
            "en_route_to_pickup" => Self::EnRouteToPickup,
            "arrived_at_pickup" => Self::ArrivedAtPickup,
            "picked_up" => Self::PickedUp,
            "en_route_to_dropoff" => Self::EnRouteToDropoff,
            "arrived_at_dropoff" => Self::ArrivedAtDropoff,
            "failed_attempt" => Self::FailedAttempt,
            "returning" => Self::Returning,
            _ => Self::Over,
        }
    }
}

impl OrderView {
    /// Nothing more happens to it, returns aside.
    pub fn is_over(&self) -> bool {
        matches!(self.status.as_str(), "refused" | "expired" | "completed" | "cancelled")
    }

    /// Every part that still counts is packed.
    pub fn is_ready(&self) -> bool {
        let mut counting = self
            .parts
            .iter()
            .filter(|part| {
                !matches!(part.status.as_str(), "rejected" | "moved" | "cancelled" | "released")
            })
            .peekable();
        counting.peek().is_some() && counting.all(|part| part.status == "ready")
    }
}

impl CourierView {
    pub fn task(&self, delivery: DeliveryId) -> Option<&TaskView> {
        self.tasks.iter().find(|task| task.delivery == delivery)
    }

    pub fn carries(&self) -> bool {
        self.tasks.iter().any(|task| task.picked_up)
    }
}
