//! A courier cannot go on before pickup: the delivery looks for another one.

use vocabulary::DeliveryId;

use super::{DeliveryStatus, Stage, find, wrong_state};
use crate::courier::CourierCommand;
use crate::order::DropReason;
use crate::order::draft::Draft;
use crate::order::event::OrderEvent;
use crate::order::pool::escalation_time;
use crate::store::StoreCommand;
use crate::{By, Refusal, Timer};

pub fn drop_delivery(
    draft: &mut Draft<'_>,
    id: DeliveryId,
    attempt: u32,
    reason: DropReason,
) -> Result<(), Refusal> {
    let delivery = find(draft.order(), id)?.clone();
    let (courier, stage) = match &delivery.status {
        DeliveryStatus::InHand { assignment, stage, .. } if delivery.attempt == attempt => {
            (assignment.courier, *stage)
        }
        DeliveryStatus::InHand { .. }
        | DeliveryStatus::Unassigned
        | DeliveryStatus::Offering { .. } => return over(draft),
        DeliveryStatus::FailedAttempt { .. }
        | DeliveryStatus::Returning { .. }
        | DeliveryStatus::Delivered { .. }
        | DeliveryStatus::Returned { .. }
        | DeliveryStatus::Lost { .. }
        | DeliveryStatus::Cancelled { .. } => return Err(wrong_state(&delivery, "drop")),
    };
    super::advance::only_the_courier(draft, courier)?;
    if stage >= Stage::PickedUp {
        return Err(wrong_state(&delivery, "drop"));
    }
    let fulfillment_order = delivery.fulfillment_order;
    let Some(part) = draft.order().part(fulfillment_order) else {
        return Err(Refusal::FulfillmentOrderUnknown);
    };
    let store = part.store;
    let escalate_at = escalation_time(draft.now(), part.ready_at, &draft.policy().dispatch);
    draft.record(OrderEvent::DeliveryDropped {
        delivery: id,
        attempt,
        courier,
        reason,
        escalate_at,
    });
    draft.arm(Timer::DeliveryEscalation(id), escalate_at);
    draft.tell_courier(courier, CourierCommand::Withdraw { delivery: id, attempt });
    let nobody = StoreCommand::ExpectCourier { fulfillment_order, courier: None, at: None };
    draft.tell_store(store, nobody);
    Ok(())
}

/// Owners may repeat themselves; people are told that they look at an old state.
fn over(draft: &Draft<'_>) -> Result<(), Refusal> {
    match draft.context().by {
        By::Partition | By::Timer => Ok(()),
        By::Principal(_) | By::Courier(_) | By::Shopper(_) | By::Provider => {
            Err(Refusal::AttemptOver)
        }
    }
}
