//! The order's judgement, one verb a file.

mod cancel;
mod change;
mod end;
mod fulfillment;
mod hold;
mod moving;
mod parcel;
mod payment;
mod place;
mod rate;
mod refund;
mod remind;
mod returns;
mod source;
mod suspend;
mod timer;

pub(super) use end::{complete_part, lose_part, take_back_part};
pub(super) use moving::{is_one_too_many, leaving, movable};

use super::draft::Draft;
use super::event::OrderEvent;
use super::{Order, OrderCommand, OrderStatus, delivery};
use crate::{Context, Decision, Refusal};

pub(super) fn decide(
    order: &Order,
    command: &OrderCommand,
    context: &Context<'_>,
) -> Result<Decision<OrderEvent>, Refusal> {
    let mut draft = Draft::new(order, context);
    carry_out(&mut draft, command)?;
    Ok(draft.finish())
}

fn carry_out(draft: &mut Draft<'_>, command: &OrderCommand) -> Result<(), Refusal> {
    use OrderCommand as C;
    if let C::Place { order, plan } = command {
        return place::place(draft, order, plan);
    }
    if draft.order().status == OrderStatus::Unborn {
        return Err(Refusal::OrderUnknown);
    }
    match command {
        C::Place { .. } => Err(Refusal::AlreadyPlaced),
        C::AnswerHold { reservation, answer } => hold::answer_hold(draft, *reservation, answer),
        C::Sourced { request, plan } => source::sourced(draft, *request, plan),
        C::CoverShortfall { reservation, lines } => {
            hold::cover_shortfall(draft, *reservation, lines)
        }
        C::AcceptPayment { payment, progress } => payment::accept(draft, *payment, *progress),

        C::Cancel { reason, note } => cancel::cancel(draft, *reason, note.as_deref()),
        C::Remind => remind::remind(draft),
        C::AnswerReminder { answer } => remind::answer(draft, *answer),
        C::Rate { words } => rate::rate(draft, words),
        C::Suspend { reason } => suspend::suspend(draft, *reason),
        C::Release => suspend::release(draft),
        C::ProposeChange { change } => change::propose(draft, change),
        C::ConfirmChange { change } => change::confirm(draft, *change),
        C::MoveFulfillment { fulfillment_order, lines, to, reason } => {
            moving::ask(draft, *fulfillment_order, lines, *to, reason)
        }
        C::ReportFulfillment { fulfillment_order, progress } => {
            fulfillment::report(draft, *fulfillment_order, progress)
        }

        C::OfferDelivery { delivery, attempt, proposals } => {
            delivery::offer_delivery(draft, *delivery, *attempt, proposals)
        }
        C::GrantOffer { delivery, attempt, offer, courier } => {
            delivery::grant_offer(draft, *delivery, *attempt, *offer, *courier)
        }
        C::CloseOffer { delivery, attempt, offer, courier, why } => {
            delivery::close_offer(draft, *delivery, *attempt, *offer, *courier, *why)
        }
        C::AdvanceDelivery { delivery, attempt, courier, step } => {
            delivery::advance(draft, *delivery, *attempt, *courier, step)
        }
        C::KeepPicture { delivery, attempt, courier, picture, what } => {
            delivery::keep_picture(draft, *delivery, *attempt, *courier, *picture, *what)
        }
        C::RefuseCode { delivery, attempt, courier } => {
            delivery::wrong_code(draft, *delivery, *attempt, *courier)
        }
        C::DropDelivery { delivery, attempt, reason } => {
            delivery::drop_delivery(draft, *delivery, *attempt, *reason)
        }
        C::FailDelivery { delivery, attempt, courier, reason } => {
            delivery::fail(draft, *delivery, *attempt, *courier, *reason)
        }
        C::ResolveFailure { delivery, retry } => {
            delivery::resolve_failure(draft, *delivery, *retry)
        }
        C::ReceiveBack { delivery, condition } => {
            delivery::receive_back(draft, *delivery, *condition)
        }
        C::ReportLost { delivery } => delivery::report_lost(draft, *delivery),
        C::SteerDelivery { delivery, steer, reason } => {
            delivery::steer(draft, *delivery, steer, reason)
        }

        C::AdvanceParcel { parcel, step } => parcel::advance(draft, *parcel, *step),

        C::RequestReturn { lines, reason } => returns::request(draft, lines, reason),
        C::DecideReturn { return_id, approve, note } => {
            returns::decide(draft, *return_id, *approve, note.as_deref())
        }
        C::ShipReturn { return_id } => returns::ship(draft, *return_id),
        C::ReceiveReturn { return_id, condition } => {
            returns::receive(draft, *return_id, *condition)
        }
        C::ConfirmRefund { refund, amount } => refund::confirm(draft, *refund, *amount),
        C::TimerFired(timer) => timer::fired(draft, timer),
    }
}

/// "The order is such-and-such: this is no longer possible."
fn not_in_this_state(order: &Order, verb: &str) -> Refusal {
    Refusal::OrderState { status: order.status_text().to_owned(), verb: verb.to_owned() }
}

fn invalid(what: &str, expected: &str) -> Refusal {
    Refusal::Invalid { what: what.to_owned(), expected: expected.to_owned() }
}
