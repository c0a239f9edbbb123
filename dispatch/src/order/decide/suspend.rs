//! Reviews hold an order between its payment and the stores.

use super::{not_in_this_state, payment};
use crate::Refusal;
use crate::order::draft::Draft;
use crate::order::event::OrderEvent;
use crate::order::{HoldReason, OrderStatus};

/// Before payment it is noted and takes effect with the money. Once stores see the order, they
/// suspend their own share of it.
pub fn suspend(draft: &mut Draft<'_>, reason: HoldReason) -> Result<(), Refusal> {
    let order = draft.order();
    match order.status {
        OrderStatus::Placing { .. } | OrderStatus::PendingPayment { .. } => {
            if order.suspend_when_paid != Some(reason) {
                draft.record(OrderEvent::SuspensionNoted { reason });
            }
            Ok(())
        }
        OrderStatus::OnHold { reason: known } if known == reason => Ok(()),
        OrderStatus::OnHold { .. }
        | OrderStatus::Unborn
        | OrderStatus::Open
        | OrderStatus::Refused { .. }
        | OrderStatus::Expired
        | OrderStatus::Completed { .. }
        | OrderStatus::Cancelled { .. } => Err(not_in_this_state(order, "suspend")),
    }
}

pub fn release(draft: &mut Draft<'_>) -> Result<(), Refusal> {
    let order = draft.order();
    match order.status {
        OrderStatus::OnHold { .. } => {
            payment::open(draft);
            Ok(())
        }
        OrderStatus::Placing { .. } | OrderStatus::PendingPayment { .. } => {
            if order.suspend_when_paid.is_some() {
                draft.record(OrderEvent::SuspensionLifted);
            }
            Ok(())
        }
        OrderStatus::Open => Ok(()),
        OrderStatus::Unborn
        | OrderStatus::Refused { .. }
        | OrderStatus::Expired
        | OrderStatus::Completed { .. }
        | OrderStatus::Cancelled { .. } => Err(not_in_this_state(order, "release")),
    }
}
