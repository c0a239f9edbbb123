//! One store to one door: who is asked to carry it, who carries it, and how far it is.
//!
//! The attempt counts up with every offering, so a courier's late word about an old one is
//! recognised; the status never goes back within an attempt.

mod advance;
pub(super) mod apply;
mod cancel;
mod drop;
mod evidence;
mod failure;
mod offer;
mod steer;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use vocabulary::{CourierId, DeliveryId, FulfillmentOrderId, OfferId, Timestamp};

use super::{FailureReason, Order, ProofOfDelivery};
use crate::Refusal;
use crate::policy::ProofNeed;

pub(super) use advance::{advance, picked_up};
pub(super) use cancel::cancel_delivery_of;
pub(super) use drop::drop_delivery;
pub(super) use evidence::{keep_picture, wrong_code};
pub(super) use failure::{fail, receive_back, report_lost, resolve_failure, retry_due};
pub(super) use offer::{
    close_offer, create, escalation_due, grant_offer, offer_delivery, withdraw_offers,
    withdraw_offers_of,
};
pub(super) use steer::steer;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Delivery {
    pub delivery: DeliveryId,
    pub fulfillment_order: FulfillmentOrderId,
    /// The last attempt that was offered; 0 when none was.
    pub attempt: u32,
    pub status: DeliveryStatus,
    /// Since when it wants a courier, in this attempt or the ones before.
    pub waiting_since: Timestamp,
    /// Rounds of offers that ended without a taker since then.
    pub rounds: u32,
    /// When a person is called if no courier is found.
    pub escalate_at: Timestamp,
    pub escalated: bool,
    /// Failed attempts at the door.
    pub failures: u32,
    /// What it must be proved by at least, as the policy said when it was made.
    #[serde(default, skip_serializing_if = "ProofNeed::is_nothing")]
    pub need: ProofNeed,
    /// Couriers forced, pinned or excluded; absent for nearly all.
    pub steering: Option<Box<Steering>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum DeliveryStatus {
    /// Waits for the next round.
    Unassigned,
    Offering {
        live: Vec<LiveOffer>,
    },
    /// A courier has it, to fetch or to bring.
    InHand {
        assignment: Box<Assignment>,
        stage: Stage,
        since: Timestamp,
    },
    /// Nobody could take it at the door; tried again at `retry_at` unless somebody decides earlier.
    FailedAttempt {
        assignment: Box<Assignment>,
        reason: FailureReason,
        since: Timestamp,
        retry_at: Timestamp,
    },
    /// On its way back to the store.
    Returning {
        assignment: Box<Assignment>,
        /// Why it failed; absent where that was recorded before it was kept.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        because: Option<FailureReason>,
        since: Timestamp,
    },
    Delivered {
        courier: CourierId,
        at: Timestamp,
        proof: ProofOfDelivery,
    },
    Returned {
        courier: CourierId,
        at: Timestamp,
    },
    Lost {
        courier: CourierId,
        at: Timestamp,
    },
    Cancelled {
        at: Timestamp,
    },
}

/// How far a courier is. Later stages compare greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    Assigned,
    EnRouteToPickup,
    ArrivedAtPickup,
    PickedUp,
    EnRouteToDropoff,
    ArrivedAtDropoff,
}

/// An offer that its courier has not answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LiveOffer {
    pub offer: OfferId,
    pub courier: CourierId,
    /// Predicted for this courier.
    pub pickup_at: Timestamp,
    pub dropoff_at: Timestamp,
    pub because: Box<str>,
}

/// One of the offers of an attempt, as it is recorded.
pub type OfferedTo = LiveOffer;

/// The grant of an attempt to one courier.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assignment {
    pub courier: CourierId,
    pub offer: OfferId,
    pub granted_at: Timestamp,
    /// Predicted when it was offered.
    pub pickup_at: Timestamp,
    pub dropoff_at: Timestamp,
    pub because: Box<str>,
}

/// What dispatchers laid down by hand.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Steering {
    pub excluded: BTreeSet<CourierId>,
    /// Only this courier, until then.
    pub pinned: Option<(CourierId, Timestamp)>,
    pub forced: Option<CourierId>,
}

/// A dispatcher's word with its due times worked out, as it is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "steer", rename_all = "snake_case")]
pub enum SteeringOrder {
    Force { courier: CourierId },
    Exclude { courier: CourierId },
    Pin { courier: CourierId, until: Timestamp },
    Clear,
}

impl Stage {
    pub fn text(self) -> &'static str {
        match self {
            Stage::Assigned => "assigned",
            Stage::EnRouteToPickup => "en_route_to_pickup",
            Stage::ArrivedAtPickup => "arrived_at_pickup",
            Stage::PickedUp => "picked_up",
            Stage::EnRouteToDropoff => "en_route_to_dropoff",
            Stage::ArrivedAtDropoff => "arrived_at_dropoff",
        }
    }
}

impl DeliveryStatus {
    pub fn text(&self) -> &'static str {
        match self {
            DeliveryStatus::Unassigned => "unassigned",
            DeliveryStatus::Offering { .. } => "offering",
            DeliveryStatus::InHand { stage, .. } => stage.text(),
            DeliveryStatus::FailedAttempt { .. } => "failed_attempt",
            DeliveryStatus::Returning { .. } => "returning",
            DeliveryStatus::Delivered { .. } => "delivered",
            DeliveryStatus::Returned { .. } => "returned",
            DeliveryStatus::Lost { .. } => "lost",
            DeliveryStatus::Cancelled { .. } => "cancelled",
        }
    }
}

impl Delivery {
    /// The attempt that would be offered next.
    pub fn next_attempt(&self) -> u32 {
        self.attempt.saturating_add(1)
    }

    /// Whose hands it is in, or was in when it ended.
    pub fn courier(&self) -> Option<CourierId> {
        match &self.status {
            DeliveryStatus::InHand { assignment, .. }
            | DeliveryStatus::FailedAttempt { assignment, .. }
            | DeliveryStatus::Returning { assignment, .. } => Some(assignment.courier),
            DeliveryStatus::Delivered { courier, .. }
            | DeliveryStatus::Returned { courier, .. }
            | DeliveryStatus::Lost { courier, .. } => Some(*courier),
            DeliveryStatus::Unassigned
            | DeliveryStatus::Offering { .. }
            | DeliveryStatus::Cancelled { .. } => None,
        }
    }

    /// The grant behind what happens now.
    pub fn assignment(&self) -> Option<&Assignment> {
        match &self.status {
            DeliveryStatus::InHand { assignment, .. }
            | DeliveryStatus::FailedAttempt { assignment, .. }
            | DeliveryStatus::Returning { assignment, .. } => Some(assignment),
            DeliveryStatus::Unassigned
            | DeliveryStatus::Offering { .. }
            | DeliveryStatus::Delivered { .. }
            | DeliveryStatus::Returned { .. }
            | DeliveryStatus::Lost { .. }
            | DeliveryStatus::Cancelled { .. } => None,
        }
    }

    /// Why it does not go to its door now.
    pub fn failed_because(&self) -> Option<FailureReason> {
        match &self.status {
            DeliveryStatus::FailedAttempt { reason, .. } => Some(*reason),
            DeliveryStatus::Returning { because, .. } => *because,
            DeliveryStatus::Unassigned
            | DeliveryStatus::Offering { .. }
            | DeliveryStatus::InHand { .. }
            | DeliveryStatus::Delivered { .. }
            | DeliveryStatus::Returned { .. }
            | DeliveryStatus::Lost { .. }
            | DeliveryStatus::Cancelled { .. } => None,
        }
    }

    /// Nothing more happens to it.
    pub fn is_over(&self) -> bool {
        match self.status {
            DeliveryStatus::Delivered { .. }
            | DeliveryStatus::Returned { .. }
            | DeliveryStatus::Lost { .. }
            | DeliveryStatus::Cancelled { .. } => true,
            DeliveryStatus::Unassigned
            | DeliveryStatus::Offering { .. }
            | DeliveryStatus::InHand { .. }
            | DeliveryStatus::FailedAttempt { .. }
            | DeliveryStatus::Returning { .. } => false,
        }
    }
}

fn find(order: &Order, id: DeliveryId) -> Result<&Delivery, Refusal> {
    order.delivery(id).ok_or(Refusal::DeliveryUnknown)
}

fn wrong_state(delivery: &Delivery, verb: &str) -> Refusal {
    Refusal::DeliveryState { status: delivery.status.text().to_owned(), verb: verb.to_owned() }
}
