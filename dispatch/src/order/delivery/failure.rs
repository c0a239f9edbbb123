//! When it fails at the door: try again, bring it back, or count it as lost.

use vocabulary::{CourierId, DeliveryId, Seconds};

use super::advance::{check_holder, follow, only_the_courier};
use super::{Delivery, DeliveryStatus, Stage, find, wrong_state};
use crate::courier::TaskStep;
use crate::order::decide::{lose_part, take_back_part};
use crate::order::draft::Draft;
use crate::order::event::OrderEvent;
use crate::order::{DeliveryStep, FailureReason, ReturnCondition};
use crate::{Refusal, Timer};

pub fn fail(
    draft: &mut Draft<'_>,
    id: DeliveryId,
    attempt: u32,
    courier: CourierId,
    reason: FailureReason,
) -> Result<(), Refusal> {
    let delivery = find(draft.order(), id)?.clone();
    only_the_courier(draft, courier)?;
    match &delivery.status {
        DeliveryStatus::InHand { stage, .. } => {
            check_holder(&delivery, attempt, courier)?;
            if *stage < Stage::PickedUp {
                return Err(wrong_state(&delivery, "failing before pickup: drop it instead"));
            }
        }
        DeliveryStatus::FailedAttempt { .. } => return check_holder(&delivery, attempt, courier),
        DeliveryStatus::Unassigned | DeliveryStatus::Offering { .. } => {
            return Err(Refusal::AttemptOver);
        }
        DeliveryStatus::Returning { .. }
        | DeliveryStatus::Delivered { .. }
        | DeliveryStatus::Returned { .. }
        | DeliveryStatus::Lost { .. }
        | DeliveryStatus::Cancelled { .. } => return Err(wrong_state(&delivery, "fail")),
    }
    let retry_at = draft.now().after(Seconds(draft.policy().dispatch.retry_after_s));
    draft.record(OrderEvent::DeliveryFailed { delivery: id, attempt, courier, reason, retry_at });
    let failures = delivery.failures.saturating_add(1);
    if is_final(reason) || failures >= draft.policy().dispatch.max_attempts_at_door {
        bring_back(draft, &delivery);
    } else {
        draft.arm(Timer::DeliveryRetry(id), retry_at);
    }
    Ok(())
}

/// Ringing again does not help.
fn is_final(reason: FailureReason) -> bool {
    match reason {
        FailureReason::Refused | FailureReason::Damaged => true,
        FailureReason::NobodyHome
        | FailureReason::AddressWrong
        | FailureReason::CashNotPaid
        | FailureReason::Accident
        | FailureReason::Other => false,
    }
}

pub fn retry_due(draft: &mut Draft<'_>, id: DeliveryId) {
    let Some(delivery) = draft.order().delivery(id).cloned() else {
        return;
    };
    if let DeliveryStatus::FailedAttempt { retry_at, .. } = delivery.status
        && draft.now() >= retry_at
    {
        try_again(draft, &delivery);
    }
}

pub fn resolve_failure(draft: &mut Draft<'_>, id: DeliveryId, retry: bool) -> Result<(), Refusal> {
    let delivery = find(draft.order(), id)?.clone();
    match (&delivery.status, retry) {
        (DeliveryStatus::FailedAttempt { .. }, true) => try_again(draft, &delivery),
        (DeliveryStatus::FailedAttempt { .. }, false) => bring_back(draft, &delivery),
        (DeliveryStatus::Returning { .. }, false) => {}
        (
            DeliveryStatus::Unassigned
            | DeliveryStatus::Offering { .. }
            | DeliveryStatus::InHand { .. }
            | DeliveryStatus::Returning { .. }
            | DeliveryStatus::Delivered { .. }
            | DeliveryStatus::Returned { .. }
            | DeliveryStatus::Lost { .. }
            | DeliveryStatus::Cancelled { .. },
            _,
        ) => return Err(wrong_state(&delivery, if retry { "retry" } else { "bring back" })),
    }
    Ok(())
}

/// The store has the goods again, whether or not the courier said that it would come. Who holds
/// them in its hands knows best how they are; else what the courier said of them counts.
pub fn receive_back(
    draft: &mut Draft<'_>,
    id: DeliveryId,
    condition: Option<ReturnCondition>,
) -> Result<(), Refusal> {
    let delivery = find(draft.order(), id)?.clone();
    match &delivery.status {
        DeliveryStatus::FailedAttempt { .. } => {
            draft.record(OrderEvent::DeliveryReturning { delivery: id });
        }
        DeliveryStatus::Returning { .. } => {}
        DeliveryStatus::Returned { .. } => return Ok(()),
        DeliveryStatus::Unassigned
        | DeliveryStatus::Offering { .. }
        | DeliveryStatus::InHand { .. }
        | DeliveryStatus::Delivered { .. }
        | DeliveryStatus::Lost { .. }
        | DeliveryStatus::Cancelled { .. } => return Err(wrong_state(&delivery, "receive back")),
    }
    let condition = condition.unwrap_or(match delivery.failed_because() {
        Some(FailureReason::Damaged) => ReturnCondition::Damaged,
        Some(_) | None => ReturnCondition::Good,
    });
    draft.record(OrderEvent::DeliveryReturned { delivery: id, condition });
    done(draft, &delivery);
    take_back_part(draft, delivery.fulfillment_order, condition);
    Ok(())
}

pub fn report_lost(draft: &mut Draft<'_>, id: DeliveryId) -> Result<(), Refusal> {
    let delivery = find(draft.order(), id)?.clone();
    match &delivery.status {
        DeliveryStatus::InHand { stage, .. } if *stage >= Stage::PickedUp => {}
        DeliveryStatus::FailedAttempt { .. } | DeliveryStatus::Returning { .. } => {}
        DeliveryStatus::Lost { .. } => return Ok(()),
        DeliveryStatus::InHand { .. }
        | DeliveryStatus::Unassigned
        | DeliveryStatus::Offering { .. }
        | DeliveryStatus::Delivered { .. }
        | DeliveryStatus::Returned { .. }
        | DeliveryStatus::Cancelled { .. } => return Err(wrong_state(&delivery, "report lost")),
    }
    draft.record(OrderEvent::DeliveryLost { delivery: id });
    done(draft, &delivery);
    lose_part(draft, delivery.fulfillment_order);
    Ok(())
}

fn try_again(draft: &mut Draft<'_>, delivery: &Delivery) {
    draft.record(OrderEvent::DeliveryRetried { delivery: delivery.delivery });
    if let Some(courier) = delivery.courier() {
        follow(draft, delivery, courier, TaskStep::Step(DeliveryStep::EnRouteToDropoff));
    }
}

fn bring_back(draft: &mut Draft<'_>, delivery: &Delivery) {
    draft.record(OrderEvent::DeliveryReturning { delivery: delivery.delivery });
    if let Some(courier) = delivery.courier() {
        follow(draft, delivery, courier, TaskStep::Returning);
    }
}

fn done(draft: &mut Draft<'_>, delivery: &Delivery) {
    if let Some(courier) = delivery.courier() {
        follow(draft, delivery, courier, TaskStep::Done);
    }
}
