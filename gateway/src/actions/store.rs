//! Running a store: pause, rush, reopen, and its screen.

use dispatch::Message;
use dispatch::store::StoreCommand;
use vocabulary::{Seconds, StoreId};

use super::done;
use crate::access::{Resource, Verb};
use crate::app::App;
use crate::call::Call;
use crate::wire::fault::Fault;
use crate::wire::store::{Done, PauseBody, RushBody, ScreenBody};

pub async fn pause(app: &App, call: &Call, store: StoreId, body: PauseBody) -> Result<Done, Fault> {
    run(app, call, store, StoreCommand::Pause { until: body.until_at }).await
}

pub async fn rush(app: &App, call: &Call, store: StoreId, body: RushBody) -> Result<Done, Fault> {
    let extra_prep = Seconds(body.extra_prep_s);
    run(app, call, store, StoreCommand::Rush { extra_prep, until: body.until_at }).await
}

pub async fn reopen(app: &App, call: &Call, store: StoreId) -> Result<Done, Fault> {
    run(app, call, store, StoreCommand::Reopen).await
}

async fn run(app: &App, call: &Call, store: StoreId, command: StoreCommand) -> Result<Done, Fault> {
    app.may(&call.caller, Verb::RunStore, Resource::Store(store))?;
    done(app, call, Message::Store(store, Box::new(command))).await
}

/// The board's screen is seen to be on or off. Who only reads along keeps no store open.
pub async fn screen(
    app: &App,
    call: &Call,
    store: StoreId,
    body: ScreenBody,
) -> Result<Done, Fault> {
    app.may(&call.caller, Verb::ShowBoard, Resource::Store(store))?;
    let command = StoreCommand::ReportScreen { online: body.online };
    done(app, call, Message::Store(store, Box::new(command))).await
}
