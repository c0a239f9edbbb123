//! Dispatchers force, exclude or pin couriers by hand. The next round obeys.

use vocabulary::DeliveryId;

use super::offer::{take_back, withdraw_offers};
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
    let steering = match steer {
        Steer::Force { courier } => SteeringOrder::Force { courier: *courier },
        Steer::Exclude { courier } => SteeringOrder::Exclude { courier: *courier },
        Steer::Pin { courier, for_at_most } => {
            let until = draft.now().after(*for_at_most);
            SteeringOrder::Pin { courier: *courier, until }
        }
        Steer::Clear => SteeringOrder::Clear,
    };
    draft.record(OrderEvent::DeliverySteered { delivery: id, steering, reason: reason.into() });
    match steer {
        // Only one may have it now: whoever else was asked is told that it is gone.
        Steer::Force { .. } | Steer::Pin { .. } => withdraw_offers(draft, id),
        Steer::Exclude { courier } => take_back(draft, id, *courier),
        Steer::Clear => {}
    }
    Ok(())
}
