//! Cancelling by people: possible until the first part has left a store.

use vocabulary::Money;

use super::{end, not_in_this_state};
use crate::order::draft::Draft;
use crate::order::part::Part;
use crate::order::{CancelReason, Order, OrderStatus};
use crate::{By, Policy, Refusal};

pub fn cancel(
    draft: &mut Draft<'_>,
    reason: CancelReason,
    note: Option<&str>,
) -> Result<(), Refusal> {
    let order = draft.order();
    if matches!(order.status, OrderStatus::Cancelled { .. }) {
        return Ok(());
    }
    if order.parts.iter().any(Part::has_left) {
        return Err(Refusal::OrderState {
            status: "handed_over".to_owned(),
            verb: "cancel".to_owned(),
        });
    }
    if !is_possible(order) {
        return Err(not_in_this_state(order, "cancel"));
    }
    end::cancel(draft, reason, note, late_fee(draft));
    Ok(())
}

pub fn is_possible(order: &Order) -> bool {
    let may_end = match order.status {
        OrderStatus::PendingPayment { .. } | OrderStatus::OnHold { .. } | OrderStatus::Open => true,
        OrderStatus::Unborn
        | OrderStatus::Placing { .. }
        | OrderStatus::Refused { .. }
        | OrderStatus::Expired
        | OrderStatus::Completed { .. }
        | OrderStatus::Cancelled { .. } => false,
    };
    may_end && !order.parts.iter().any(Part::has_left)
}

/// A shopper who cancels after a store has begun to work pays for that.
fn late_fee(draft: &Draft<'_>) -> Money {
    let by_shopper = match draft.context().by {
        By::Shopper(_) => true,
        By::Principal(_) | By::Courier(_) | By::Provider | By::Timer | By::Partition => false,
    };
    if by_shopper { fee_of(draft.order(), draft.policy()) } else { Money::ZERO }
}

fn fee_of(order: &Order, policy: &Policy) -> Money {
    if order.parts.iter().any(Part::is_accepted) { policy.late_cancel_fee() } else { Money::ZERO }
}

impl Order {
    /// What its shopper would pay for cancelling it now; `None` when that is not possible any more.
    pub fn cancel_fee(&self, policy: &Policy) -> Option<Money> {
        let fee = if self.money_is_in() { fee_of(self, policy) } else { Money::ZERO };
        is_possible(self).then(|| fee.min(self.payable()))
    }
}
