//! Goods that come back after they arrived.

use dispatch::Message;
use dispatch::order::OrderCommand;
use vocabulary::{OrderId, ReturnId};

use super::approvals::may_alone;
use super::{done, order_lines};
use crate::access::Verb;
use crate::app::App;
use crate::call::Call;
use crate::wire::fault::Fault;
use crate::wire::returns::{ConditionBody, NoteBody, ReturnBody, ReturnRequested};
use crate::wire::store::{Done, words};

pub async fn request(
    app: &App,
    call: &Call,
    order: OrderId,
    body: ReturnBody,
) -> Result<ReturnRequested, Fault> {
    app.may_order(&call.caller, Verb::RequestReturn, order).await?;
    words("reason", &body.reason, 300)?;
    if body.lines.is_empty() {
        return Err(Fault::invalid("lines", "lines must name what comes back"));
    }
    let lines = order_lines(app, order, &body.lines).await?;
    let named = lines.clone();
    let command = OrderCommand::RequestReturn { lines, reason: body.reason };
    let done = done(app, call, Message::Order(order, Box::new(command))).await?;
    let found = app.cities.of(order).read_order(order, move |order| {
        let same = order.returns.iter().rev().find(|known| known.lines == named);
        same.or(order.returns.last()).map(|known| known.return_id)
    });
    let return_id = found.await?.ok_or_else(|| Fault::not_found("return"))?;
    Ok(ReturnRequested { return_id, seq: done.seq })
}

pub async fn decide(
    app: &App,
    call: &Call,
    order: OrderId,
    return_id: ReturnId,
    approve: bool,
    body: NoteBody,
) -> Result<Done, Fault> {
    app.may_order(&call.caller, Verb::DecideReturn, order).await?;
    if approve {
        may_alone(app, &call.caller, Verb::DecideReturn, order).await?;
    }
    if let Some(note) = &body.note {
        words("note", note, 300)?;
    }
    let command = OrderCommand::DecideReturn { return_id, approve, note: body.note };
    done(app, call, Message::Order(order, Box::new(command))).await
}

/// The shopper has sent it off.
pub async fn ship(
    app: &App,
    call: &Call,
    order: OrderId,
    return_id: ReturnId,
) -> Result<Done, Fault> {
    app.may_order(&call.caller, Verb::RequestReturn, order).await?;
    let command = OrderCommand::ShipReturn { return_id };
    done(app, call, Message::Order(order, Box::new(command))).await
}

pub async fn receive(
    app: &App,
    call: &Call,
    order: OrderId,
    return_id: ReturnId,
    body: ConditionBody,
) -> Result<Done, Fault> {
    app.may_order(&call.caller, Verb::ReceiveReturn, order).await?;
    let command = OrderCommand::ReceiveReturn { return_id, condition: body.condition };
    done(app, call, Message::Order(order, Box::new(command))).await
}
