//! The work of a store on its share of an order.

use dispatch::Message;
use dispatch::order::line::LineUnits;
use dispatch::store::{FulfillmentState, StoreCommand};
use vocabulary::{FulfillmentOrderId, Seconds, StoreId};

use super::{done, line_unknown};
use crate::access::{Resource, Verb};
use crate::app::App;
use crate::call::Call;
use crate::wire::board::{AcceptBody, HandOverBody, LineUnitsBody, RejectBody, ShortPickBody};
use crate::wire::fault::{Code, Fault};
use crate::wire::store::Done;

/// A store and one fulfillment order of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct At {
    pub store: StoreId,
    pub fulfillment_order: FulfillmentOrderId,
}

pub async fn accept(app: &App, call: &Call, at: At, body: AcceptBody) -> Result<Done, Fault> {
    let (fulfillment_order, ready_in) = (at.fulfillment_order, body.ready_in_s.map(Seconds));
    work(app, call, at, StoreCommand::Accept { fulfillment_order, ready_in }).await
}

/// All of it, or the named lines.
pub async fn reject(app: &App, call: &Call, at: At, body: RejectBody) -> Result<Done, Fault> {
    may(app, call, at)?;
    let lines = lines(app, at, &body.lines).await?;
    let (fulfillment_order, reason) = (at.fulfillment_order, body.reason);
    work(app, call, at, StoreCommand::Reject { fulfillment_order, lines, reason }).await
}

pub async fn start(app: &App, call: &Call, at: At) -> Result<Done, Fault> {
    let fulfillment_order = at.fulfillment_order;
    work(app, call, at, StoreCommand::StartPicking { fulfillment_order }).await
}

/// The named units could not be found; the rest goes on.
pub async fn short_pick(
    app: &App,
    call: &Call,
    at: At,
    body: ShortPickBody,
) -> Result<Done, Fault> {
    may(app, call, at)?;
    if body.lines.is_empty() {
        return Err(Fault::invalid("lines", "lines must name what could not be found"));
    }
    let lines = lines(app, at, &body.lines).await?;
    let (fulfillment_order, reason) = (at.fulfillment_order, body.reason);
    work(app, call, at, StoreCommand::ShortPick { fulfillment_order, lines, reason }).await
}

pub async fn pack(app: &App, call: &Call, at: At) -> Result<Done, Fault> {
    let fulfillment_order = at.fulfillment_order;
    work(app, call, at, StoreCommand::Pack { fulfillment_order }).await
}

pub async fn hand_over(app: &App, call: &Call, at: At, body: HandOverBody) -> Result<Done, Fault> {
    let (fulfillment_order, to) = (at.fulfillment_order, body.into());
    work(app, call, at, StoreCommand::HandOver { fulfillment_order, to }).await
}

pub async fn hold(app: &App, call: &Call, at: At) -> Result<Done, Fault> {
    let fulfillment_order = at.fulfillment_order;
    work(app, call, at, StoreCommand::Suspend { fulfillment_order }).await
}

pub async fn resume(app: &App, call: &Call, at: At) -> Result<Done, Fault> {
    let fulfillment_order = at.fulfillment_order;
    work(app, call, at, StoreCommand::Resume { fulfillment_order }).await
}

/// Somebody has seen the board's alert: it rings on no screen of this board any more. Nothing is
/// recorded; a share that no longer waits for an answer has nothing to ring for.
pub async fn acknowledge(app: &App, call: &Call, at: At) -> Result<Done, Fault> {
    may(app, call, at)?;
    let found = app.cities.of_store(at.store).read(move |reader| {
        let waits = reader.store(at.store, |store| {
            let known = store.fulfillment_order(at.fulfillment_order)?;
            Some(matches!(known.state, FulfillmentState::Assigned { .. }))
        });
        (waits.flatten(), reader.last_seq())
    });
    let (waits, seq) = found.await?;
    if waits.ok_or_else(not_at_store)? {
        app.hub.acknowledge(at.store, at.fulfillment_order);
    }
    Ok(Done { seq })
}

fn not_at_store() -> Fault {
    let message = "this fulfillment order is not at this store: refresh the board";
    Fault::new(Code::FulfillmentOrderUnknown, message)
}

fn may(app: &App, call: &Call, at: At) -> Result<(), Fault> {
    app.may(&call.caller, Verb::WorkFulfillment, Resource::Store(at.store)).map(|_| ())
}

async fn work(app: &App, call: &Call, at: At, command: StoreCommand) -> Result<Done, Fault> {
    may(app, call, at)?;
    done(app, call, Message::Store(at.store, Box::new(command))).await
}

/// The named units with the SKUs that the board knows.
async fn lines(app: &App, at: At, named: &[LineUnitsBody]) -> Result<Vec<LineUnits>, Fault> {
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let named = named.to_vec();
    let found = app.cities.of_store(at.store).read(move |reader| {
        reader.store(at.store, |store| {
            let known = store.fulfillment_order(at.fulfillment_order)?;
            let units = named.iter().map(|units| {
                let line = known.lines.iter().find(|line| line.line == units.line);
                let sku = line.ok_or(units.line)?.sku;
                Ok(LineUnits { line: units.line, sku, units: units.units })
            });
            Some(units.collect::<Result<Vec<_>, u16>>())
        })
    });
    match found.await?.flatten() {
        Some(lines) => lines.map_err(line_unknown),
        None => Err(not_at_store()),
    }
}
