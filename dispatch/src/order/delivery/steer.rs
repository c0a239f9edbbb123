//! Dispatchers force, exclude or pin couriers by hand. The next round obeys.

use vocabulary::DeliveryId;

use super::offer::withdraw_offers;
use super::{DeliveryStatus, SteeringOrder, find, wrong_state};
use crate::Refusal;
use crate::order::Steer;
use crate::order::draft::Draft;
use crate::order::event::OrderEvent;

pub fn steer(
    draft: &mut Draft<'_>,
    id: DeliveryId,
    steer: &Steer,
    reason: &str,
) -> Result<(), Refusal> {
    let delivery = find(draft.order(), id)?.clone();
    if reason.trim().is_empty() {
        return Err(Refusal::ReasonMissing);
    }
    match &delivery.status {
        DeliveryStatus::Unassigned | DeliveryStatus::Offering { .. } => {}
        DeliveryStatus::InHand { .. }
        | DeliveryStatus::FailedAttempt { .. }
        | DeliveryStatus::Returning { .. }
        | DeliveryStatus::Delivered { .. }
        | DeliveryStatus::Returned { .. }
        | DeliveryStatus::Lost { .. }
        | DeliveryStatus::Cancelled { .. } => return Err(wrong_state(&delivery, "steer")),
    }
    let (steering, recall) = match steer {
        Steer::Force { courier } => (SteeringOrder::Force { courier: *courier }, true),
        Steer::Exclude { courier } => (SteeringOrder::Exclude { courier: *courier }, false),
        Steer::Pin { courier, for_at_most } => {
            let until = draft.now().after(*for_at_most);
            (SteeringOrder::Pin { courier: *courier, until }, true)
        }
        Steer::Clear => (SteeringOrder::Clear, false),
    };
    draft.record(OrderEvent::DeliverySteered { delivery: id, steering, reason: reason.into() });
    if recall {
        withdraw_offers(draft, id);
    }
    Ok(())
}
