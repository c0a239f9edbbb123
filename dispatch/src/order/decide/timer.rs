//! Due times of the order.

use super::{end, hold};
use crate::order::OrderStatus;
use crate::order::delivery;
use crate::order::draft::Draft;
use crate::{Refusal, Timer};

pub fn fired(draft: &mut Draft<'_>, timer: &Timer) -> Result<(), Refusal> {
    match timer {
        Timer::PaymentDue => payment_due(draft),
        Timer::DeliveryEscalation(id) => delivery::escalation_due(draft, *id),
        Timer::DeliveryRetry(id) => delivery::retry_due(draft, *id),
        // Other owners arm these.
        Timer::HoldExpiry(_)
        | Timer::AcceptSla(_)
        | Timer::Release(_)
        | Timer::NoShow(_)
        | Timer::StatusEnd
        | Timer::OfferExpiry(_)
        | Timer::Stale => {}
    }
    Ok(())
}

fn payment_due(draft: &mut Draft<'_>) {
    match draft.order().status {
        OrderStatus::Placing { .. } => hold::refuse(draft, "placing was interrupted"),
        OrderStatus::PendingPayment { due } if draft.now() >= due => end::expire(draft),
        OrderStatus::PendingPayment { .. }
        | OrderStatus::Unborn
        | OrderStatus::Refused { .. }
        | OrderStatus::Expired
        | OrderStatus::OnHold { .. }
        | OrderStatus::Open
        | OrderStatus::Completed { .. }
        | OrderStatus::Cancelled { .. } => {}
    }
}
