//! What the payment tells the order.

use vocabulary::{Money, PaymentId};

use super::{cancel, end, hold, not_in_this_state, refund};
use crate::Refusal;
use crate::order::draft::Draft;
use crate::order::event::OrderEvent;
use crate::order::part::{Part, PartStatus};
use crate::order::{CancelReason, OrderStatus, PaymentProgress, PaymentStanding, RefundWhy};
use crate::payment::PaymentCommand;

pub fn accept(
    draft: &mut Draft<'_>,
    payment: PaymentId,
    progress: PaymentProgress,
) -> Result<(), Refusal> {
    let order = draft.order();
    if payment != order.payment_id() {
        return Err(Refusal::PaymentUnknown);
    }
    match order.status {
        OrderStatus::Unborn | OrderStatus::Placing { .. } => {
            return Err(not_in_this_state(order, "pay"));
        }
        OrderStatus::PendingPayment { .. } => awaited(draft, progress),
        OrderStatus::OnHold { .. } | OrderStatus::Open | OrderStatus::Completed { .. } => {
            followed(draft, progress);
        }
        OrderStatus::Refused { .. } | OrderStatus::Expired | OrderStatus::Cancelled { .. } => {
            late(draft, progress);
        }
    }
    Ok(())
}

fn awaited(draft: &mut Draft<'_>, progress: PaymentProgress) {
    match progress {
        PaymentProgress::Secured => secured(draft),
        PaymentProgress::Captured => {
            let payment = draft.order().payment_id();
            draft.record(OrderEvent::PaymentCaptured { payment });
            refund::ask_for_owed(draft);
            go_on(draft);
        }
        PaymentProgress::Failed if draft.order().payment == PaymentStanding::Failed => {}
        // The shopper may try again until the payment is due.
        PaymentProgress::Failed => {
            let payment = draft.order().payment_id();
            draft.record(OrderEvent::PaymentFailed { payment });
        }
    }
}

fn secured(draft: &mut Draft<'_>) {
    let payment = draft.order().payment_id();
    draft.record(OrderEvent::PaymentSecured { payment });
    if draft.order().money_is_in() {
        refund::ask_for_owed(draft);
    }
    go_on(draft);
}

/// The holds become commitments and the stores get to work, unless a review holds the order.
fn go_on(draft: &mut Draft<'_>) {
    for part in held(draft) {
        hold::commit(draft, &part);
    }
    match draft.order().suspend_when_paid {
        Some(reason) => draft.record(OrderEvent::OrderSuspended { reason }),
        None => open(draft),
    }
}

/// Stores see the order from here on.
pub fn open(draft: &mut Draft<'_>) {
    draft.record(OrderEvent::OrderOpened);
    for part in held(draft) {
        hold::request(draft, &part);
    }
}

fn followed(draft: &mut Draft<'_>, progress: PaymentProgress) {
    let payment = draft.order().payment_id();
    match (progress, draft.order().payment) {
        (PaymentProgress::Secured, PaymentStanding::Secured | PaymentStanding::Captured) => {}
        (PaymentProgress::Secured, PaymentStanding::Unpaid | PaymentStanding::Failed) => {
            draft.record(OrderEvent::PaymentSecured { payment });
        }
        (PaymentProgress::Captured | PaymentProgress::Failed, PaymentStanding::Captured) => {}
        (
            PaymentProgress::Captured,
            PaymentStanding::Unpaid | PaymentStanding::Secured | PaymentStanding::Failed,
        ) => {
            let was_in = draft.order().money_is_in();
            draft.record(OrderEvent::PaymentCaptured { payment });
            if !was_in {
                refund::ask_for_owed(draft);
            }
        }
        (PaymentProgress::Failed, PaymentStanding::Failed) => {}
        (PaymentProgress::Failed, PaymentStanding::Unpaid | PaymentStanding::Secured) => {
            failed(draft);
        }
    }
}

/// Without money nothing more leaves a store; what already left is for people to settle.
fn failed(draft: &mut Draft<'_>) {
    let payment = draft.order().payment_id();
    draft.record(OrderEvent::PaymentFailed { payment });
    if cancel::is_possible(draft.order()) {
        end::cancel(draft, CancelReason::PaymentFailed, None, Money::ZERO);
    }
}

/// It succeeded although the order has ended: everything not yet given back goes back.
fn late(draft: &mut Draft<'_>, progress: PaymentProgress) {
    let payment = draft.order().payment_id();
    match (progress, draft.order().payment) {
        (PaymentProgress::Failed, _) | (_, PaymentStanding::Captured) => {}
        (PaymentProgress::Secured, PaymentStanding::Secured) => {}
        (PaymentProgress::Secured, PaymentStanding::Unpaid | PaymentStanding::Failed) => {
            draft.record(OrderEvent::LatePayment { payment, progress });
            if draft.order().money_is_in() {
                give_all_back(draft);
            } else {
                draft.tell_payment(PaymentCommand::Void);
            }
        }
        (PaymentProgress::Captured, _) if draft.order().money_is_in() => {
            draft.record(OrderEvent::PaymentCaptured { payment });
        }
        (
            PaymentProgress::Captured,
            PaymentStanding::Unpaid | PaymentStanding::Secured | PaymentStanding::Failed,
        ) => {
            draft.record(OrderEvent::LatePayment { payment, progress });
            give_all_back(draft);
        }
    }
}

fn give_all_back(draft: &mut Draft<'_>) {
    let order = draft.order();
    let rest = order.payable().as_fen().saturating_sub(order.refunded().as_fen());
    let lines = order.not_given_back();
    if rest > 0 {
        refund::decide(draft, lines, Money::fen(rest), RefundWhy::LatePayment);
    }
}

fn held(draft: &Draft<'_>) -> Vec<Part> {
    let parts = draft.order().parts.iter();
    parts.filter(|part| part.status == PartStatus::Held).cloned().collect()
}
