//! What a store's people and tills say about its stock.

use actors::Idempotency;
use dispatch::Message;
use dispatch::inventory::{InventoryCommand, Observation};
use futures_util::future::try_join_all;
use vocabulary::{SkuId, StoreId};

use super::done;
use super::sales::{self, Sale};
use crate::access::{Resource, Verb};
use crate::app::{App, within};
use crate::call::Call;
use crate::wire::fault::{Code, Fault};
use crate::wire::stock::{AdjustBody, CountBody, ListBody, SafetyBody, SaleBody, StockLine};
use crate::wire::store::{Done, at_most, words};

const MOST_UNITS: u32 = 1_000_000;
/// Lines of one list.
const MOST_LINES: usize = 20_000;

/// Fills a store or records a stocktaking. Lines are recorded one by one: repeat the whole list
/// after a fault, it says how things are and not by how much they change.
pub async fn fill(
    app: &App,
    call: &Call,
    store: StoreId,
    lines: Vec<StockLine>,
) -> Result<Done, Fault> {
    let permit = app.may(&call.caller, Verb::ManageStock, Resource::Store(store))?;
    if lines.len() > MOST_LINES {
        return Err(Fault::invalid("sku", format!("send at most {MOST_LINES} lines at once")));
    }
    let book = app.reference.book();
    for (index, line) in lines.iter().enumerate() {
        if book.catalog().get(line.sku).is_none() {
            let message = format!("there is no SKU {}: choose one from the catalog", line.sku);
            return Err(Fault::new(Code::UnknownSku, message).about(format!("[{index}].sku")));
        }
        at_most("on_hand", line.on_hand, MOST_UNITS)?;
        at_most("safety_stock", line.safety_stock.unwrap_or(0), MOST_UNITS)?;
        within(permit, i64::from(line.on_hand))?;
    }
    let mut seq = 0;
    // In waves that the city's border can hold.
    for wave in lines.chunks(128) {
        let told = wave.iter().enumerate().map(|(at, line)| tell_line(app, call, store, at, *line));
        seq = try_join_all(told).await?.into_iter().max().unwrap_or(seq).max(seq);
    }
    Ok(Done { seq })
}

async fn tell_line(
    app: &App,
    call: &Call,
    store: StoreId,
    at: usize,
    line: StockLine,
) -> Result<u64, Fault> {
    let observation = Observation::Counted { sku: line.sku, on_hand: line.on_hand };
    let mut commands = vec![InventoryCommand::Observe(observation)];
    if let Some(units) = line.safety_stock {
        commands.push(InventoryCommand::SetSafetyStock { sku: line.sku, units });
    }
    let mut seq = 0;
    for (step, command) in commands.into_iter().enumerate() {
        let key = call
            .retry_key(app)
            .map(|key| Idempotency { key: format!("{}/{}/{step}", key.key, line.sku), ..key });
        let submission = call.submission_under(app, key.into_iter().collect());
        let message = Message::Inventory(store, Box::new(command));
        seq = app
            .cities
            .of_store(store)
            .command(submission, message)
            .await
            .map_err(|error| Fault::from(error).about(format!("[{at}]")))?;
    }
    Ok(seq)
}

pub async fn adjust(
    app: &App,
    call: &Call,
    store: StoreId,
    sku: SkuId,
    body: AdjustBody,
) -> Result<Done, Fault> {
    let permit = app.may(&call.caller, Verb::ManageStock, Resource::Store(store))?;
    known(app, sku)?;
    words("reason", &body.reason, 120)?;
    if body.delta.unsigned_abs() > u64::from(MOST_UNITS) {
        let message = format!("delta must be -{MOST_UNITS} to {MOST_UNITS}, not {}", body.delta);
        return Err(Fault::invalid("delta", message));
    }
    within(permit, body.delta.saturating_abs())?;
    let AdjustBody { delta, reason } = body;
    observe(app, call, store, Observation::Adjusted { sku, delta, reason }).await
}

pub async fn count(
    app: &App,
    call: &Call,
    store: StoreId,
    sku: SkuId,
    body: CountBody,
) -> Result<Done, Fault> {
    app.may(&call.caller, Verb::ManageStock, Resource::Store(store))?;
    known(app, sku)?;
    at_most("on_hand", body.on_hand, MOST_UNITS)?;
    observe(app, call, store, Observation::Counted { sku, on_hand: body.on_hand }).await
}

/// A till sold it: the reference makes a repetition harmless, whoever repeats it.
pub async fn sale(
    app: &App,
    call: &Call,
    store: StoreId,
    sku: SkuId,
    body: SaleBody,
) -> Result<Done, Fault> {
    app.may(&call.caller, Verb::ReportSale, Resource::Store(store))?;
    known(app, sku)?;
    let SaleBody { units, reference, sold_at } = body;
    let sale = Sale { sku, units, reference, sold_at };
    let seq = sales::record(app, call, store, sale).await?;
    Ok(Done { seq })
}

pub async fn safety(
    app: &App,
    call: &Call,
    store: StoreId,
    sku: SkuId,
    body: SafetyBody,
) -> Result<Done, Fault> {
    app.may(&call.caller, Verb::ManageStock, Resource::Store(store))?;
    known(app, sku)?;
    at_most("units", body.units, MOST_UNITS)?;
    let command = InventoryCommand::SetSafetyStock { sku, units: body.units };
    done(app, call, Message::Inventory(store, Box::new(command))).await
}

pub async fn reorder_point(
    app: &App,
    call: &Call,
    store: StoreId,
    sku: SkuId,
    body: SafetyBody,
) -> Result<Done, Fault> {
    app.may(&call.caller, Verb::ManageStock, Resource::Store(store))?;
    known(app, sku)?;
    at_most("units", body.units, MOST_UNITS)?;
    let command = InventoryCommand::SetReorderPoint { sku, units: body.units };
    done(app, call, Message::Inventory(store, Box::new(command))).await
}

pub async fn list(
    app: &App,
    call: &Call,
    store: StoreId,
    sku: SkuId,
    body: ListBody,
) -> Result<Done, Fault> {
    app.may(&call.caller, Verb::ManageStock, Resource::Store(store))?;
    known(app, sku)?;
    let command = InventoryCommand::SetListed { sku, listed: body.listed };
    done(app, call, Message::Inventory(store, Box::new(command))).await
}

async fn observe(
    app: &App,
    call: &Call,
    store: StoreId,
    observation: Observation,
) -> Result<Done, Fault> {
    let command = InventoryCommand::Observe(observation);
    done(app, call, Message::Inventory(store, Box::new(command))).await
}

fn known(app: &App, sku: SkuId) -> Result<(), Fault> {
    match app.reference.book().catalog().get(sku) {
        Some(_) => Ok(()),
        None => Err(Fault::not_found("SKU")),
    }
}
