//! Money that goes back: decided here by frozen unit shares, paid by the payment.

use vocabulary::{Money, PaymentId};

use crate::Refusal;
use crate::order::draft::Draft;
use crate::order::event::OrderEvent;
use crate::order::line::{LineUnits, merged};
use crate::order::{Child, OrderStatus, Refund, RefundStatus, RefundWhy, child, uses};
use crate::payment::PaymentCommand;

/// Gives back what was paid for these units.
pub fn give_back(draft: &mut Draft<'_>, lines: Vec<LineUnits>, why: RefundWhy) -> PaymentId {
    let lines = merged(lines);
    let extra = Money::fen(i64::from(vocabulary::planted!("refund_off_by_one")));
    let amount = [draft.order().worth_of(&lines), extra].into_iter().sum();
    decide(draft, lines, amount, why)
}

/// Gives back an amount for these units. Asked of the payment at once when the money is in,
/// otherwise as soon as it is.
pub fn decide(
    draft: &mut Draft<'_>,
    lines: Vec<LineUnits>,
    amount: Money,
    why: RefundWhy,
) -> PaymentId {
    let ordinal = draft.order().refunds.len() as u32;
    let refund = child(draft.order().id, Child::Refund, ordinal);
    draft.record(OrderEvent::RefundDecided { refund, lines, amount, why });
    if matches!(draft.order().status, OrderStatus::Completed { .. }) {
        uses::report_corrected(draft);
    }
    if draft.order().money_is_in() && amount > Money::ZERO {
        let reason = why.text().to_owned();
        draft.tell_payment(PaymentCommand::Refund { refund, amount, reason });
    }
    refund
}

/// The money has come in: pay what is owed.
pub fn ask_for_owed(draft: &mut Draft<'_>) {
    for Refund { refund, amount, why, .. } in owed(draft) {
        let reason = why.text().to_owned();
        draft.tell_payment(PaymentCommand::Refund { refund, amount, reason });
    }
}

/// The money is never collected: nothing is owed any more.
pub fn waive_owed(draft: &mut Draft<'_>) {
    for Refund { refund, .. } in owed(draft) {
        draft.record(OrderEvent::RefundWaived { refund });
    }
}

pub fn confirm(draft: &mut Draft<'_>, refund: PaymentId, amount: Money) -> Result<(), Refusal> {
    let known = draft.order().refunds.iter().find(|known| known.refund == refund);
    let Some(known) = known else {
        // Money that came after its payment was voided goes back without being asked for.
        let is_over = draft.order().status.is_over();
        return if is_over { Ok(()) } else { Err(Refusal::RefundUnknown) };
    };
    if known.amount != amount {
        return Err(Refusal::AmountMismatch { expected: known.amount });
    }
    let why = known.why;
    match known.status {
        RefundStatus::Confirmed => Ok(()),
        RefundStatus::Waived => Err(Refusal::PaymentState {
            status: "never collected".to_owned(),
            verb: "refund".to_owned(),
        }),
        RefundStatus::Owed => {
            draft.record(OrderEvent::RefundConfirmed { refund, amount });
            if let RefundWhy::Returned { return_id } = why {
                draft.record(OrderEvent::ReturnRefunded { return_id });
            }
            Ok(())
        }
    }
}

fn owed(draft: &Draft<'_>) -> Vec<Refund> {
    draft.order().refunds.iter().filter(|refund| refund.is_open()).cloned().collect()
}
