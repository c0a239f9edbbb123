//! A courier's duty, positions and offers.

use actors::Ping;
use dispatch::Message;
use dispatch::courier::CourierCommand;
use vocabulary::{CourierId, OfferId};

use super::done;
use crate::access::{Resource, Verb};
use crate::app::App;
use crate::call::{Call, Caller};
use crate::wire::courier::{DeclineBody, OnDutyBody};
use crate::wire::fault::Fault;
use crate::wire::store::Done;

pub async fn on_duty(
    app: &App,
    call: &Call,
    courier: CourierId,
    body: OnDutyBody,
) -> Result<Done, Fault> {
    let command = CourierCommand::GoOnDuty { shift_ends_at: body.shift_ends_at };
    ask(app, call, Verb::CourierDuty, courier, command).await
}

pub async fn take_break(app: &App, call: &Call, courier: CourierId) -> Result<Done, Fault> {
    ask(app, call, Verb::CourierDuty, courier, CourierCommand::TakeBreak).await
}

pub async fn off_duty(app: &App, call: &Call, courier: CourierId) -> Result<Done, Fault> {
    ask(app, call, Verb::CourierDuty, courier, CourierCommand::GoOffDuty).await
}

pub async fn suspend(app: &App, call: &Call, courier: CourierId) -> Result<Done, Fault> {
    ask(app, call, Verb::SuspendCourier, courier, CourierCommand::Suspend).await
}

pub async fn reinstate(app: &App, call: &Call, courier: CourierId) -> Result<Done, Fault> {
    ask(app, call, Verb::SuspendCourier, courier, CourierCommand::Reinstate).await
}

pub async fn accept_offer(
    app: &App,
    call: &Call,
    courier: CourierId,
    offer: OfferId,
) -> Result<Done, Fault> {
    ask(app, call, Verb::AnswerOffer, courier, CourierCommand::AcceptOffer { offer }).await
}

pub async fn decline_offer(
    app: &App,
    call: &Call,
    courier: CourierId,
    offer: OfferId,
    body: DeclineBody,
) -> Result<Done, Fault> {
    let command = CourierCommand::DeclineOffer { offer, reason: body.reason };
    ask(app, call, Verb::AnswerOffer, courier, command).await
}

/// Positions are taken or dropped at once; `false` says the house was full.
pub fn positions(
    app: &App,
    caller: &Caller,
    courier: CourierId,
    pings: Vec<Ping>,
) -> Result<bool, Fault> {
    app.may(caller, Verb::ReportPosition, Resource::Courier(courier))?;
    app.relay.saw(courier, &pings);
    Ok(pings.is_empty() || app.cities.of_courier(courier).positions(courier, pings))
}

async fn ask(
    app: &App,
    call: &Call,
    verb: Verb,
    courier: CourierId,
    command: CourierCommand,
) -> Result<Done, Fault> {
    app.may(&call.caller, verb, Resource::Courier(courier))?;
    done(app, call, Message::Courier(courier, Box::new(command))).await
}
