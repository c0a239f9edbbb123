//! A courier on the way: steps may be skipped, never taken back.

use vocabulary::{CourierId, DeliveryId, FulfillmentOrderId};

use super::evidence::check_proof;
use super::offer::assign_off_the_books;
use super::{Delivery, DeliveryStatus, Stage, find, wrong_state};
use crate::courier::{CourierCommand, TaskStep};
use crate::order::decide::complete_part;
use crate::order::draft::Draft;
use crate::order::event::OrderEvent;
use crate::order::{DeliveryStep, ProofOfDelivery};
use crate::store::StoreCommand;
use crate::{By, Refusal};

pub fn advance(
    draft: &mut Draft<'_>,
    id: DeliveryId,
    attempt: u32,
    courier: CourierId,
    step: &DeliveryStep,
) -> Result<(), Refusal> {
    let delivery = find(draft.order(), id)?.clone();
    only_the_courier(draft, courier)?;
    match &delivery.status {
        DeliveryStatus::InHand { stage, .. } => {
            check_holder(&delivery, attempt, courier)?;
            take_step(draft, &delivery, *stage, courier, step)
        }
        // Trying again at the door needs no one's leave.
        DeliveryStatus::FailedAttempt { .. } => {
            check_holder(&delivery, attempt, courier)?;
            draft.record(OrderEvent::DeliveryRetried { delivery: id });
            take_step(draft, &delivery, Stage::EnRouteToDropoff, courier, step)
        }
        DeliveryStatus::Delivered { courier: deliverer, .. }
            if *deliverer == courier && delivery.attempt == attempt =>
        {
            Ok(())
        }
        DeliveryStatus::Unassigned | DeliveryStatus::Offering { .. } => Err(Refusal::AttemptOver),
        DeliveryStatus::Returning { .. }
        | DeliveryStatus::Delivered { .. }
        | DeliveryStatus::Returned { .. }
        | DeliveryStatus::Lost { .. }
        | DeliveryStatus::Cancelled { .. } => Err(wrong_state(&delivery, "advance")),
    }
}

fn take_step(
    draft: &mut Draft<'_>,
    delivery: &Delivery,
    stage: Stage,
    courier: CourierId,
    step: &DeliveryStep,
) -> Result<(), Refusal> {
    match step {
        DeliveryStep::EnRouteToPickup => {
            reach(draft, delivery, stage, Stage::EnRouteToPickup, courier, step)
        }
        DeliveryStep::ArrivedAtPickup => {
            reach(draft, delivery, stage, Stage::ArrivedAtPickup, courier, step)
        }
        DeliveryStep::EnRouteToDropoff => {
            reach(draft, delivery, stage, Stage::EnRouteToDropoff, courier, step)
        }
        DeliveryStep::ArrivedAtDropoff => {
            reach(draft, delivery, stage, Stage::ArrivedAtDropoff, courier, step)
        }
        DeliveryStep::Delivered { proof } => deliver(draft, delivery, stage, courier, proof),
    }
}

fn reach(
    draft: &mut Draft<'_>,
    delivery: &Delivery,
    from: Stage,
    to: Stage,
    courier: CourierId,
    step: &DeliveryStep,
) -> Result<(), Refusal> {
    if to <= from {
        return Ok(());
    }
    if from < Stage::PickedUp && to > Stage::PickedUp {
        return Err(wrong_state(delivery, "leaving for the door before the store handed it over"));
    }
    let (id, attempt) = (delivery.delivery, delivery.attempt);
    draft.record(OrderEvent::DeliveryAdvanced { delivery: id, attempt, courier, stage: to });
    follow(draft, delivery, courier, TaskStep::Step(step.clone()));
    if to == Stage::ArrivedAtPickup {
        meet(draft, delivery.fulfillment_order, courier);
    }
    Ok(())
}

/// The store's board shows that the courier waits.
fn meet(draft: &mut Draft<'_>, fulfillment_order: FulfillmentOrderId, courier: CourierId) {
    let Some(store) = draft.order().part(fulfillment_order).map(|part| part.store) else {
        return;
    };
    draft.tell_store(store, StoreCommand::MeetCourier { fulfillment_order, courier });
}

fn deliver(
    draft: &mut Draft<'_>,
    delivery: &Delivery,
    stage: Stage,
    courier: CourierId,
    proof: &ProofOfDelivery,
) -> Result<(), Refusal> {
    if stage < Stage::PickedUp {
        return Err(wrong_state(delivery, "delivering before the store handed it over"));
    }
    check_proof(draft, delivery, proof)?;
    let (id, attempt) = (delivery.delivery, delivery.attempt);
    let proof = proof.clone();
    draft.record(OrderEvent::DeliveryDelivered { delivery: id, attempt, courier, proof });
    follow(draft, delivery, courier, TaskStep::Done);
    complete_part(draft, delivery.fulfillment_order);
    Ok(())
}

/// The store handed the goods to this courier.
pub fn picked_up(draft: &mut Draft<'_>, fulfillment_order: FulfillmentOrderId, courier: CourierId) {
    let Some(delivery) = draft.order().delivery_of(fulfillment_order).cloned() else {
        return;
    };
    let id = delivery.delivery;
    if delivery.courier() != Some(courier) {
        if let Some(other) = delivery.courier() {
            let attempt = delivery.attempt;
            draft.tell_courier(other, CourierCommand::Withdraw { delivery: id, attempt });
        }
        assign_off_the_books(draft, id, courier);
    }
    let attempt = draft.order().delivery(id).map_or(delivery.attempt, |known| known.attempt);
    draft.record(OrderEvent::DeliveryPickedUp { delivery: id, attempt, courier });
    let step = TaskStep::PickedUp;
    draft.tell_courier(courier, CourierCommand::FollowDelivery { delivery: id, attempt, step });
}

pub(super) fn follow(
    draft: &mut Draft<'_>,
    delivery: &Delivery,
    courier: CourierId,
    step: TaskStep,
) {
    let (delivery, attempt) = (delivery.delivery, delivery.attempt);
    draft.tell_courier(courier, CourierCommand::FollowDelivery { delivery, attempt, step });
}

/// A courier speaks for itself only; staff may speak for it.
pub(super) fn only_the_courier(draft: &Draft<'_>, courier: CourierId) -> Result<(), Refusal> {
    match draft.context().by {
        By::Courier(speaker) if speaker != courier => Err(Refusal::AttemptOver),
        By::Courier(_)
        | By::Principal(_)
        | By::Shopper(_)
        | By::Provider
        | By::Timer
        | By::Partition => Ok(()),
    }
}

pub(super) fn check_holder(
    delivery: &Delivery,
    attempt: u32,
    courier: CourierId,
) -> Result<(), Refusal> {
    if delivery.attempt == attempt && delivery.courier() == Some(courier) {
        Ok(())
    } else {
        Err(Refusal::AttemptOver)
    }
}
