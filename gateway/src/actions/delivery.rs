//! Carrying, and steering who carries.

use dispatch::Message;
use dispatch::order::{DropReason, OrderCommand};
use dispatch::store::pickup_code;
use vocabulary::{CourierId, DeliveryId, OrderId, ParcelId};

use super::done;
use crate::access::Verb;
use crate::app::App;
use crate::call::Call;
use crate::wire::delivery::{AdvanceBody, DropBody, FailBody, ParcelBody, ResolveBody, SteerBody};
use crate::wire::fault::{Code, Fault};
use crate::wire::returns::ReceiveBackBody;
use crate::wire::store::{Done, words};

/// An order and one delivery of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Of {
    pub order: OrderId,
    pub delivery: DeliveryId,
}

pub async fn advance(app: &App, call: &Call, of: Of, body: AdvanceBody) -> Result<Done, Fault> {
    app.may_order(&call.caller, Verb::AdvanceDelivery, of.order).await?;
    let (delivery, attempt) = (of.delivery, body.attempt);
    let courier = acting_courier(app, call, of).await?;
    // Only this door knows the key that the code follows from; the order counts the wrong ones.
    let is_wrong = body.code().is_some_and(|said| {
        let expected = pickup_code::hash(of.order, &app.keys.pickup_code(of.order));
        !pickup_code::matches(&expected, of.order, said)
    });
    let command = if is_wrong {
        OrderCommand::RefuseCode { delivery, attempt, courier }
    } else {
        OrderCommand::AdvanceDelivery { delivery, attempt, courier, step: body.step() }
    };
    tell(app, call, of.order, command).await
}

pub async fn fail(app: &App, call: &Call, of: Of, body: FailBody) -> Result<Done, Fault> {
    app.may_order(&call.caller, Verb::AdvanceDelivery, of.order).await?;
    let (delivery, attempt, reason) = (of.delivery, body.attempt, body.reason);
    let courier = acting_courier(app, call, of).await?;
    let command = OrderCommand::FailDelivery { delivery, attempt, courier, reason };
    tell(app, call, of.order, command).await
}

/// The courier gives it back before pickup, or a dispatcher takes it away.
pub async fn drop_it(app: &App, call: &Call, of: Of, body: DropBody) -> Result<Done, Fault> {
    let is_courier = call.caller.principal.courier().is_some();
    let verb = if is_courier { Verb::AdvanceDelivery } else { Verb::ResolveDelivery };
    app.may_order(&call.caller, verb, of.order).await?;
    let reason = if is_courier { DropReason::CourierDroppedOut } else { body.reason };
    let command =
        OrderCommand::DropDelivery { delivery: of.delivery, attempt: body.attempt, reason };
    tell(app, call, of.order, command).await
}

pub async fn resolve(app: &App, call: &Call, of: Of, body: ResolveBody) -> Result<Done, Fault> {
    app.may_order(&call.caller, Verb::ResolveDelivery, of.order).await?;
    let command = OrderCommand::ResolveFailure { delivery: of.delivery, retry: body.retry };
    tell(app, call, of.order, command).await
}

pub async fn receive_back(
    app: &App,
    call: &Call,
    of: Of,
    body: ReceiveBackBody,
) -> Result<Done, Fault> {
    app.may_order(&call.caller, Verb::ReceiveBack, of.order).await?;
    let (delivery, condition) = (of.delivery, body.condition);
    tell(app, call, of.order, OrderCommand::ReceiveBack { delivery, condition }).await
}

pub async fn lost(app: &App, call: &Call, of: Of) -> Result<Done, Fault> {
    app.may_order(&call.caller, Verb::ResolveDelivery, of.order).await?;
    tell(app, call, of.order, OrderCommand::ReportLost { delivery: of.delivery }).await
}

pub async fn steer(app: &App, call: &Call, of: Of, body: SteerBody) -> Result<Done, Fault> {
    app.may_order(&call.caller, Verb::SteerDelivery, of.order).await?;
    words("reason", &body.reason, 300)?;
    let (delivery, steer) = (of.delivery, body.steer()?);
    let command = OrderCommand::SteerDelivery { delivery, steer, reason: body.reason };
    tell(app, call, of.order, command).await
}

pub async fn advance_parcel(
    app: &App,
    call: &Call,
    order: OrderId,
    parcel: ParcelId,
    body: ParcelBody,
) -> Result<Done, Fault> {
    app.may_order(&call.caller, Verb::AdvanceParcel, order).await?;
    let step = body.step()?;
    tell(app, call, order, OrderCommand::AdvanceParcel { parcel, step }).await
}

/// The courier itself, or for staff the one that has it in hand.
pub(super) async fn acting_courier(app: &App, call: &Call, of: Of) -> Result<CourierId, Fault> {
    if let Some(courier) = call.caller.principal.courier() {
        return Ok(courier);
    }
    let found = app.cities.of(of.order).read_order(of.order, move |order| {
        order.delivery(of.delivery).map(|delivery| delivery.courier())
    });
    match found.await? {
        Some(Some(courier)) => Ok(courier),
        Some(None) => {
            let message = "the delivery has no courier: refresh";
            Err(Fault::new(Code::DeliveryState, message))
        }
        None => {
            let message = "this delivery is not part of this order: refresh";
            Err(Fault::new(Code::DeliveryUnknown, message))
        }
    }
}

async fn tell(
    app: &App,
    call: &Call,
    order: OrderId,
    command: OrderCommand,
) -> Result<Done, Fault> {
    done(app, call, Message::Order(order, Box::new(command))).await
}
