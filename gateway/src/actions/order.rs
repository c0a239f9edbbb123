//! What becomes of an order after it was placed.

use actors::Reader;
use dispatch::order::line::LineUnits;
use dispatch::order::{CancelReason, Child, Order, OrderCommand, ProposedChange, child};
use dispatch::{Message, sourcing};
use vocabulary::{ChangeId, FulfillmentOrderId, Money, OrderId};

use super::approvals::may_alone;
use super::{done, order_lines};
use crate::access::{PrincipalKind, Resource, Verb};
use crate::app::App;
use crate::call::{Call, Caller};
use crate::wire::board::LineUnitsBody;
use crate::wire::delivery::MoveBody;
use crate::wire::explain::{MoveCandidates, move_candidates_view};
use crate::wire::fault::{Code, Fault};
use crate::wire::placing::{CancelBody, ChangeBody, HoldBody, ProposedView};
use crate::wire::store::{Done, words};

pub async fn cancel(
    app: &App,
    call: &Call,
    order: OrderId,
    body: CancelBody,
) -> Result<Done, Fault> {
    app.may_order(&call.caller, Verb::CancelOrder, order).await?;
    may_alone(app, &call.caller, Verb::CancelOrder, order).await?;
    if let Some(note) = &body.note {
        words("note", note, 300)?;
    }
    let reason = match call.caller.principal.kind {
        PrincipalKind::Staff => staff_reason(body.reason)?,
        PrincipalKind::Shopper
        | PrincipalKind::Channel
        | PrincipalKind::Courier
        | PrincipalKind::Device => CancelReason::ShopperRequest,
    };
    let command = OrderCommand::Cancel { reason, note: body.note };
    done(app, call, Message::Order(order, Box::new(command))).await
}

/// The other reasons are the house's own words.
fn staff_reason(given: Option<CancelReason>) -> Result<CancelReason, Fault> {
    match given {
        None => Ok(CancelReason::Headquarters),
        Some(
            reason @ (CancelReason::ShopperRequest
            | CancelReason::StoreRequest
            | CancelReason::Headquarters
            | CancelReason::ReviewFailed),
        ) => Ok(reason),
        Some(
            CancelReason::PaymentFailed
            | CancelReason::PaymentExpired
            | CancelReason::Unfillable
            | CancelReason::NoShow
            | CancelReason::DeliveryFailed,
        ) => Err(Fault::invalid(
            "reason",
            "reason must be shopper_request, store_request, headquarters or review_failed",
        )),
    }
}

/// Fewer units or another door; what it gives back is shown before it is confirmed.
pub async fn propose_change(
    app: &App,
    call: &Call,
    order: OrderId,
    body: ChangeBody,
) -> Result<ProposedView, Fault> {
    app.may_order(&call.caller, Verb::ChangeOrder, order).await?;
    if body.remove.is_empty() && body.destination.is_none() {
        return Err(Fault::invalid("remove", "a change must take off units or move the door"));
    }
    let remove = order_lines(app, order, &body.remove).await?;
    let destination = body.destination.map(|door| door.place("destination")).transpose()?;
    let change = ProposedChange { remove, destination };
    let command = OrderCommand::ProposeChange { change };
    done(app, call, Message::Order(order, Box::new(command))).await?;
    let proposed = app.cities.of(order).read_order(order, |order| {
        let ordinal = order.change_count.saturating_sub(1);
        let pending = order.proposed_change.as_ref();
        let refund = pending.map_or(Money::ZERO, |known| worth(order, &known.remove));
        let named = pending.map(|known| known.change);
        (named.unwrap_or_else(|| child(order.id, Child::Change, ordinal)), refund)
    });
    let (change, refund_fen) = proposed.await?;
    Ok(ProposedView { change, refund_fen })
}

/// What these units give back, by the frozen shares of their lines.
fn worth(order: &Order, units: &[LineUnits]) -> Money {
    let accounts = order.terms.lines.iter().zip(&order.accounts);
    let of = |named: &LineUnits| {
        let known = accounts.clone().find(|(line, _)| line.line == named.line);
        known.map(|(line, account)| line.paid_for_units(account.given_back, named.units))
    };
    units.iter().filter_map(of).sum()
}

pub async fn confirm_change(
    app: &App,
    call: &Call,
    order: OrderId,
    change: ChangeId,
) -> Result<Done, Fault> {
    app.may_order(&call.caller, Verb::ChangeOrder, order).await?;
    if takes_off(app, order, change).await? {
        let verb = call.caller.role.takes_off_under();
        app.may_order(&call.caller, verb, order).await?;
        may_alone(app, &call.caller, verb, order).await?;
    }
    let command = OrderCommand::ConfirmChange { change };
    done(app, call, Message::Order(order, Box::new(command))).await
}

/// Whether the change gives money back; one that only moves the door does not.
async fn takes_off(app: &App, order: OrderId, change: ChangeId) -> Result<bool, Fault> {
    let read = app.cities.of(order).read_order(order, move |order| {
        let proposed = order.proposed_change.as_ref().filter(|known| known.change == change);
        proposed.is_some_and(|known| !known.remove.is_empty())
    });
    Ok(read.await?)
}

pub async fn hold(app: &App, call: &Call, order: OrderId, body: HoldBody) -> Result<Done, Fault> {
    app.may_order(&call.caller, Verb::HoldOrder, order).await?;
    let command = OrderCommand::Suspend { reason: body.reason };
    done(app, call, Message::Order(order, Box::new(command))).await
}

pub async fn release(app: &App, call: &Call, order: OrderId) -> Result<Done, Fault> {
    app.may_order(&call.caller, Verb::HoldOrder, order).await?;
    done(app, call, Message::Order(order, Box::new(OrderCommand::Release))).await
}

/// The stores that a share could move to, as the move itself would judge them.
pub async fn move_candidates(
    app: &App,
    caller: &Caller,
    order: OrderId,
    fulfillment_order: FulfillmentOrderId,
    named: &[LineUnitsBody],
) -> Result<MoveCandidates, Fault> {
    app.may_order(caller, Verb::MoveFulfillment, order).await?;
    let lines = order_lines(app, order, named).await?;
    let city = app.cities.of(order);
    let asked = move |order: &Order| {
        order.moving_request(fulfillment_order, &lines).map(|asked| (asked, order.stores()))
    };
    let (asked, stores) = city.read_order(order, asked).await?.map_err(Fault::from)?;
    let from = asked.from;
    let survey = move |reader: &Reader<'_>| {
        let policy = reader.policy();
        let surveyed =
            reader.view(|view| sourcing::survey(&asked.request, view, &policy, reader.now()));
        surveyed.map(|surveyed| asked.with_few_stores(surveyed, &stores, &policy))
    };
    let mut surveyed = city.read(survey).await?.map_err(Fault::from)?;
    surveyed.retain(|one| {
        let store = one.verdict.store;
        let target = Resource::Store(store);
        store != from && app.may(caller, Verb::MoveFulfillment, target).is_ok()
    });
    Ok(move_candidates_view(&surveyed))
}

/// Moves one store's share, or the named units of it, elsewhere; the target must be in the caller's reach too.
pub async fn move_fulfillment(
    app: &App,
    call: &Call,
    order: OrderId,
    fulfillment_order: FulfillmentOrderId,
    body: MoveBody,
) -> Result<Done, Fault> {
    app.may_order(&call.caller, Verb::MoveFulfillment, order).await?;
    app.may(&call.caller, Verb::MoveFulfillment, Resource::Store(body.to))?;
    if app.reference.directory().store(body.to).is_none() {
        let message = "there is no such store: choose one from the list";
        return Err(Fault::new(Code::NotFound, message).about("to"));
    }
    words("reason", &body.reason, 300)?;
    let MoveBody { to, lines, reason } = body;
    let lines = order_lines(app, order, &lines).await?;
    let command = OrderCommand::MoveFulfillment { fulfillment_order, lines, to, reason };
    done(app, call, Message::Order(order, Box::new(command))).await
}
