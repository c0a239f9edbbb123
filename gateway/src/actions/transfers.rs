//! What people of two stores say about goods that go from one to the other.

use dispatch::Message;
use dispatch::inventory::InventoryCommand;
use dispatch::transfer::{Receipt, StockTransfer, TransferCommand, TransferLine};
use serde::Deserialize;
use vocabulary::{StoreId, TransferId};

use super::done;
use crate::access::{Resource, Verb};
use crate::app::{App, within};
use crate::call::Call;
use crate::wire::fault::{Code, Fault};
use crate::wire::store::{Done, words};
use crate::wire::transfer::{
    CancelTransferBody, ReceiveBody, ShipBody, TransferBody, TransferDrafted, TransferLineBody,
};

/// Who may speak for either store may ask for goods; they leave only on the source's word.
pub async fn draft(app: &App, call: &Call, body: TransferBody) -> Result<TransferDrafted, Fault> {
    let TransferBody { from, to, lines, note, ready } = body;
    let at_source = app.may(&call.caller, Verb::ManageTransfers, Resource::Store(from));
    let permit = match at_source {
        Err(_) if !ready => app.may(&call.caller, Verb::ManageTransfers, Resource::Store(to))?,
        permit => permit?,
    };
    within(permit, lines.iter().map(|line| i64::from(line.units)).sum())?;
    for (store, field) in [(from, "from"), (to, "to")] {
        if app.reference.directory().store(store).is_none() {
            return Err(Fault::not_found("store").about(field));
        }
    }
    known(app, &lines)?;
    if let Some(note) = &note {
        words("note", note, 300)?;
    }
    let lines = planned(lines);
    let draft = TransferCommand::Draft { to, lines, note: note.map(Into::into) };
    if app.cities.of_store(from).partition() != app.cities.of_store(to).partition() {
        let message =
            "to must be a store of the same city as from: goods of another city are bought";
        return Err(Fault::invalid("to", message));
    }
    // It carries its city's slot, as its stores do.
    let id: TransferId = app.id_in(from.slot());
    let done = tell(app, call, from, id, draft).await?;
    // A repeated request is answered with the first one's sequence: the transfer is the one there.
    let transfer = drafted_at(app, from, done.seq).await?;
    if ready {
        let submission = call.submission_under(app, Vec::new());
        let command = InventoryCommand::Transfer(transfer, TransferCommand::Ready);
        let message = Message::Inventory(from, Box::new(command));
        app.cities.of_store(from).command(submission, message).await?;
    }
    Ok(TransferDrafted { transfer, seq: done.seq })
}

#[derive(Deserialize)]
struct Drafted {
    transfer: TransferId,
}

async fn drafted_at(app: &App, from: StoreId, seq: u64) -> Result<TransferId, Fault> {
    let partition = app.cities.of_store(from).partition();
    let rows = app.journal.feed(partition, seq.saturating_sub(1), 1).await?;
    let event = rows.into_iter().next().filter(|event| event.kind == "transfer_drafted");
    let drafted = event.and_then(|event| serde_json::from_str::<Drafted>(&event.payload).ok());
    drafted.map(|drafted| drafted.transfer).ok_or_else(Fault::internal)
}

/// The source keeps the units for it.
pub async fn ready(app: &App, call: &Call, id: TransferId) -> Result<Done, Fault> {
    let transfer = find(app, id).await?;
    app.may(&call.caller, Verb::ManageTransfers, Resource::Store(transfer.from))?;
    tell(app, call, transfer.from, id, TransferCommand::Ready).await
}

/// The goods leave the source.
pub async fn ship(app: &App, call: &Call, id: TransferId, body: ShipBody) -> Result<Done, Fault> {
    let transfer = find(app, id).await?;
    app.may(&call.caller, Verb::WorkTransfers, Resource::Store(transfer.from))?;
    let lines = body.lines.map(planned);
    let ship = TransferCommand::Ship { lines, expected_at: body.expected_at };
    tell(app, call, transfer.from, id, ship).await
}

/// Goods are at the target, or will not come.
pub async fn receive(
    app: &App,
    call: &Call,
    id: TransferId,
    body: ReceiveBody,
) -> Result<Done, Fault> {
    let transfer = find(app, id).await?;
    app.may(&call.caller, Verb::WorkTransfers, Resource::Store(transfer.to))?;
    if body.all && !body.lines.is_empty() {
        return Err(Fault::invalid("lines", "lines must be empty where all of it came"));
    }
    for found in &body.discrepancies {
        if let Some(note) = &found.note {
            words("discrepancies.note", note, 300)?;
        }
    }
    let lines = match body.all {
        true => transfer.in_transit(),
        false => planned(body.lines),
    };
    let discrepancies = body.discrepancies.into_iter().map(Into::into).collect();
    let receipt = Receipt { lines, discrepancies, ..Receipt::default() };
    tell(app, call, transfer.to, id, TransferCommand::Receive(receipt)).await
}

/// Before the goods leave: by the source, or by the target while it is only a wish.
pub async fn cancel(
    app: &App,
    call: &Call,
    id: TransferId,
    body: CancelTransferBody,
) -> Result<Done, Fault> {
    let transfer = find(app, id).await?;
    let at_source = app.may(&call.caller, Verb::ManageTransfers, Resource::Store(transfer.from));
    if at_source.is_err() {
        app.may(&call.caller, Verb::ManageTransfers, Resource::Store(transfer.to))?;
        if transfer.status_text() != "draft" {
            let message = "the source keeps the goods for it: ask the source to cancel";
            return Err(Fault::new(Code::Forbidden, message));
        }
    }
    words("reason", &body.reason, 300)?;
    let cancel = TransferCommand::Cancel { reason: body.reason.into() };
    tell(app, call, transfer.from, id, cancel).await
}

/// A transfer that either store's people may see.
pub async fn read(
    app: &App,
    call: &crate::call::Caller,
    id: TransferId,
) -> Result<StockTransfer, Fault> {
    let transfer = find(app, id).await?;
    let at_source = app.may(call, Verb::ReadStock, Resource::Store(transfer.from));
    if at_source.is_err() {
        app.may(call, Verb::ReadStock, Resource::Store(transfer.to))
            .map_err(|_| Fault::not_found("transfer"))?;
    }
    Ok(transfer)
}

async fn find(app: &App, id: TransferId) -> Result<StockTransfer, Fault> {
    Ok(app.cities.at(id.slot()).transfer(id).await?)
}

fn planned(lines: Vec<TransferLineBody>) -> Vec<TransferLine> {
    lines.into_iter().map(Into::into).collect()
}

fn known(app: &App, lines: &[TransferLineBody]) -> Result<(), Fault> {
    let book = app.reference.book();
    for (index, line) in lines.iter().enumerate() {
        if book.catalog().get(line.sku).is_none() {
            let message = format!("there is no SKU {}: choose one from the catalog", line.sku);
            return Err(Fault::new(Code::UnknownSku, message).about(format!("lines[{index}].sku")));
        }
    }
    Ok(())
}

async fn tell(
    app: &App,
    call: &Call,
    store: StoreId,
    id: TransferId,
    command: TransferCommand,
) -> Result<Done, Fault> {
    let command = InventoryCommand::Transfer(id, command);
    done(app, call, Message::Inventory(store, Box::new(command))).await
}
