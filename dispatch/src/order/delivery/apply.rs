//! Folding of a delivery's events.

use vocabulary::{CourierId, DeliveryId, FulfillmentOrderId, OfferId, Timestamp};

use super::{Assignment, Delivery, DeliveryStatus, LiveOffer, Stage, Steering, SteeringOrder};
use crate::order::books::add;
use crate::order::{DropReason, FailureReason, Order, ProofOfDelivery};
use crate::policy::ProofNeed;

pub fn created(
    order: &mut Order,
    id: DeliveryId,
    fulfillment_order: FulfillmentOrderId,
    escalate_at: Timestamp,
    need: ProofNeed,
    at: Timestamp,
) {
    let delivery = Delivery {
        delivery: id,
        fulfillment_order,
        attempt: 0,
        status: DeliveryStatus::Unassigned,
        waiting_since: at,
        rounds: 0,
        escalate_at,
        escalated: false,
        failures: 0,
        need,
        steering: None,
    };
    add(&mut order.deliveries, delivery);
}

pub fn offered(order: &mut Order, id: DeliveryId, attempt: u32, offers: &[LiveOffer]) {
    change(order, id, |delivery| {
        delivery.attempt = attempt;
        delivery.status = DeliveryStatus::Offering { live: offers.to_vec() };
    });
}

/// A forced courier who said no is not forced again: the ranking goes on.
pub fn offer_closed(order: &mut Order, id: DeliveryId, offer: OfferId, courier: CourierId) {
    change(order, id, |delivery| {
        if let DeliveryStatus::Offering { live } = &mut delivery.status {
            live.retain(|known| known.offer != offer);
        }
        unforce(delivery, |forced| forced == courier);
    });
}

pub fn exhausted(order: &mut Order, id: DeliveryId) {
    change(order, id, |delivery| {
        delivery.status = DeliveryStatus::Unassigned;
        delivery.rounds = delivery.rounds.saturating_add(1);
    });
}

pub fn withdrawn(order: &mut Order, id: DeliveryId) {
    change(order, id, |delivery| delivery.status = DeliveryStatus::Unassigned);
}

pub fn escalated(order: &mut Order, id: DeliveryId) {
    change(order, id, |delivery| delivery.escalated = true);
}

pub fn steered(order: &mut Order, id: DeliveryId, steering: &SteeringOrder) {
    change(order, id, |delivery| {
        let mut kept = delivery.steering.take().unwrap_or_default();
        match steering {
            SteeringOrder::Force { courier } => {
                kept.excluded.remove(courier);
                kept.forced = Some(*courier);
            }
            SteeringOrder::Exclude { courier } => {
                kept.excluded.insert(*courier);
                kept.forced = kept.forced.filter(|forced| forced != courier);
                kept.pinned = kept.pinned.filter(|(pinned, _)| pinned != courier);
            }
            SteeringOrder::Pin { courier, until } => {
                kept.excluded.remove(courier);
                kept.pinned = Some((*courier, *until));
            }
            SteeringOrder::Clear => *kept = Steering::default(),
        }
        keep(delivery, kept);
    });
}

pub fn assigned(order: &mut Order, id: DeliveryId, attempt: u32, assignment: Assignment) {
    change(order, id, |delivery| {
        unforce(delivery, |_| true);
        delivery.attempt = attempt;
        let since = assignment.granted_at;
        let assignment = Box::new(assignment);
        delivery.status = DeliveryStatus::InHand { assignment, stage: Stage::Assigned, since };
    });
}

pub fn reached(order: &mut Order, id: DeliveryId, stage: Stage, at: Timestamp) {
    carry(order, id, |assignment| DeliveryStatus::InHand { assignment, stage, since: at });
}

pub fn delivered(
    order: &mut Order,
    id: DeliveryId,
    courier: CourierId,
    proof: &ProofOfDelivery,
    at: Timestamp,
) {
    change(order, id, |delivery| {
        delivery.status = DeliveryStatus::Delivered { courier, at, proof: proof.clone() };
        delivery.steering = None;
    });
}

/// A lost courier may have it again once heard; one who gave it away may not.
pub fn dropped(
    order: &mut Order,
    id: DeliveryId,
    courier: CourierId,
    reason: DropReason,
    escalate_at: Timestamp,
    at: Timestamp,
) {
    change(order, id, |delivery| {
        delivery.status = DeliveryStatus::Unassigned;
        delivery.waiting_since = at;
        delivery.rounds = 0;
        delivery.escalate_at = escalate_at;
        delivery.escalated = false;
        match reason {
            DropReason::CourierLost => {}
            DropReason::CourierDroppedOut | DropReason::ReassignedByHand => {
                let mut kept = delivery.steering.take().unwrap_or_default();
                kept.excluded.insert(courier);
                keep(delivery, kept);
            }
        }
    });
}

pub fn failed(
    order: &mut Order,
    id: DeliveryId,
    reason: FailureReason,
    retry_at: Timestamp,
    at: Timestamp,
) {
    change(order, id, |delivery| delivery.failures = delivery.failures.saturating_add(1));
    carry(order, id, |assignment| DeliveryStatus::FailedAttempt {
        assignment,
        reason,
        since: at,
        retry_at,
    });
}

pub fn returning(order: &mut Order, id: DeliveryId, at: Timestamp) {
    let because = order.delivery(id).and_then(Delivery::failed_because);
    carry(order, id, |assignment| DeliveryStatus::Returning { assignment, because, since: at });
}

pub fn returned(order: &mut Order, id: DeliveryId, at: Timestamp) {
    carry(order, id, |assignment| DeliveryStatus::Returned { courier: assignment.courier, at });
}

pub fn lost(order: &mut Order, id: DeliveryId, at: Timestamp) {
    carry(order, id, |assignment| DeliveryStatus::Lost { courier: assignment.courier, at });
}

pub fn cancelled(order: &mut Order, id: DeliveryId, at: Timestamp) {
    change(order, id, |delivery| {
        delivery.status = DeliveryStatus::Cancelled { at };
        delivery.steering = None;
    });
}

fn change(order: &mut Order, id: DeliveryId, change: impl FnOnce(&mut Delivery)) {
    if let Some(delivery) = order.deliveries.iter_mut().find(|known| known.delivery == id) {
        change(delivery);
    }
}

/// Moves a delivery that is in somebody's hands to another status in the same hands.
fn carry(order: &mut Order, id: DeliveryId, next: impl FnOnce(Box<Assignment>) -> DeliveryStatus) {
    change(order, id, |delivery| {
        if let Some(assignment) = delivery.assignment().cloned() {
            delivery.status = next(Box::new(assignment));
        }
    });
}

fn unforce(delivery: &mut Delivery, whom: impl Fn(CourierId) -> bool) {
    if let Some(mut kept) = delivery.steering.take() {
        kept.forced = kept.forced.filter(|forced| !whom(*forced));
        keep(delivery, kept);
    }
}

fn keep(delivery: &mut Delivery, steering: Box<Steering>) {
    delivery.steering = (!steering.is_empty()).then_some(steering);
}
