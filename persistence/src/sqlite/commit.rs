//! The transactions of several statements: a batch of the journal, versions of documents.

use std::collections::BTreeMap;

use sqlx::SqliteConnection;
use sqlx::error::{DatabaseError, ErrorKind};

use super::rows::{self, Rest, Values};
use super::{decode, encode, failed_to, statements};
use crate::reference::{LatestVersions, next_version};
use crate::{
    Batch, Error, IdempotencyRow, OutboxRow, PartitionId, ReferenceDraft, Result, StateKey,
    StateRow, StockMovement,
};

/// Records a batch whole or not at all.
pub(super) async fn commit(connection: &mut SqliteConnection, batch: &Batch) -> Result<()> {
    let recorded = match begin(connection, batch).await {
        Ok(last_seq) => write(connection, batch, last_seq).await,
        Err(error) => Err(error),
    };
    undo_refused(connection, recorded).await
}

/// Opens the transaction; the batch's epoch must be the partition's, and its events must continue
/// the recorded ones. Returns the last seq after the batch.
async fn begin(connection: &mut SqliteConnection, batch: &Batch) -> Result<u64> {
    let row = sqlx::query(statements::BEGIN_COMMIT)
        .bind(i64::from(batch.partition.0))
        .fetch_optional(connection)
        .await
        .map_err(failed_to("begin a commit"))?;
    let not_owner = Error::NotOwner { partition: batch.partition, epoch: batch.epoch };
    let Some(row) = row else { return Err(not_owner) };
    if decode::unsigned::<u64>(&row, 0, "partition_owner.epoch")? != batch.epoch.0 {
        return Err(not_owner);
    }
    let last_seq = decode::unsigned(&row, 1, "partition_owner.last_seq")?;
    batch.check_contiguous(last_seq)?;
    batch.check_histories()?;
    Ok(batch.events.last().map_or(last_seq, |event| event.seq))
}

/// Everything after the first statement.
async fn write(connection: &mut SqliteConnection, batch: &Batch, last_seq: u64) -> Result<()> {
    let partition = batch.partition;
    write_what_all_have(connection, batch).await?;
    write_movements(connection, batch).await?;
    write_messages(connection, batch).await?;
    if !batch.persons.is_empty() {
        let rows = sqlx::query(statements::UPSERT_PERSONS).bind(encode::persons(&batch.persons)?);
        let written = rows.execute(&mut *connection).await;
        written.map_err(|source| failure(partition, source))?;
    }
    if !batch.tokens.is_empty() {
        let rows = sqlx::query(statements::INSERT_TOKENS).bind(encode::tokens(&batch.tokens)?);
        let written = rows.execute(&mut *connection).await;
        written.map_err(|source| failure(partition, source))?;
    }
    let ended = sqlx::query(statements::END_COMMIT)
        .bind(signed(last_seq, "partition_owner.last_seq")?)
        .bind(i64::from(partition.0))
        .execute(connection)
        .await;
    ended.map(|_| ()).map_err(|source| failure(partition, source))
}

/// What a commit that has begun says of an error: refused where a key is taken, unknown otherwise.
pub(super) fn failure(partition: PartitionId, source: sqlx::Error) -> Error {
    refusal(source, |source| Error::CommitUnknown { partition, source })
}

/// Runs of events, states and answers.
async fn write_what_all_have(connection: &mut SqliteConnection, batch: &Batch) -> Result<()> {
    let partition = batch.partition;
    let bind_run = |run: &encode::Run, values: &mut Values| {
        values.push("event_run.partition", partition.0)?;
        values.unsigned("event_run.epoch", batch.epoch.0)?;
        values.unsigned("event_run.last_seq", run.last_seq)?;
        values.text("event_run.events", &run.events)
    };
    let bind_state = |state: &&StateRow, values: &mut Values| {
        values.push("state.partition", partition.0)?;
        values.text("state.kind", &state.key.kind)?;
        values.id("state.owner", state.key.owner)?;
        values.id("state.id", state.key.id)?;
        values.unsigned("state.seq", state.seq)?;
        values.push("state.live", state.live)?;
        values.text("state.status", &state.status)?;
        values.optional_id("state.store", state.store)?;
        values.optional_id("state.courier", state.courier)?;
        values.text("state.blob", &state.blob)
    };
    let bind_answer = |answer: &IdempotencyRow, values: &mut Values| {
        values.push("idempotency.partition", partition.0)?;
        values.text("idempotency.scope", &answer.scope)?;
        values.text("idempotency.key", &answer.key)?;
        values.push("idempotency.body_hash", answer.body_hash.as_slice())?;
        values.text("idempotency.result", &answer.result)?;
        values.unsigned("idempotency.seq", answer.seq)?;
        values.push("idempotency.at", answer.at.as_millis())
    };
    let runs = encode::runs(&batch.events)?;
    let states = last_per_key(&batch.states);
    let mut rest = Rest { runs: &runs, states: &states, answers: &batch.idempotency };
    let mut written = 0;
    while !rest.is_empty() {
        written +=
            rest.write_at_once(connection, partition, &bind_run, &bind_state, &bind_answer).await?;
    }
    let all = runs.len() + states.len() + batch.idempotency.len();
    if usize::try_from(written) != Ok(all) {
        rows::REFILED_STATES.write(connection, partition, &states, bind_state).await?;
    }
    Ok(())
}

async fn write_movements(connection: &mut SqliteConnection, batch: &Batch) -> Result<u64> {
    let lines: Vec<(u64, &StockMovement)> = (0..).zip(&batch.movements).collect();
    let bind = |(line, movement): &(u64, &StockMovement), values: &mut Values| {
        values.push("stock_movement.partition", batch.partition.0)?;
        values.unsigned("stock_movement.line", *line)?;
        values.id("stock_movement.store", movement.store)?;
        values.unsigned("stock_movement.seq", movement.seq)?;
        values.id("stock_movement.sku", movement.sku)?;
        values.push("stock_movement.delta", movement.delta)?;
        values.text("stock_movement.reason", &movement.reason)?;
        values.id("stock_movement.reference", movement.reference)
    };
    rows::MOVEMENTS.write(connection, batch.partition, &lines, bind).await
}

async fn write_messages(connection: &mut SqliteConnection, batch: &Batch) -> Result<u64> {
    let bind = |message: &OutboxRow, values: &mut Values| {
        values.push("outbox.partition", batch.partition.0)?;
        values.unsigned("outbox.seq", message.seq)?;
        values.text("outbox.target", &message.target)?;
        values.text("outbox.payload", &message.payload)
    };
    rows::MESSAGES.write(connection, batch.partition, &batch.outbox, bind).await
}

/// Records new versions of documents, all or none.
pub(super) async fn put_references(
    connection: &mut SqliteConnection,
    drafts: &[ReferenceDraft],
) -> Result<Vec<u64>> {
    let keys = encode::reference_keys(drafts)?;
    let begun = sqlx::query(statements::BEGIN).execute(&mut *connection).await;
    begun.map_err(failed_to("begin recording documents"))?;
    let put = insert_references(connection, drafts, keys).await;
    undo_refused(connection, put).await
}

async fn insert_references(
    connection: &mut SqliteConnection,
    drafts: &[ReferenceDraft],
    keys: String,
) -> Result<Vec<u64>> {
    let failed = failed_to("record documents");
    let rows = sqlx::query(statements::LATEST_VERSIONS).bind(keys).fetch_all(&mut *connection);
    let rows = rows.await.map_err(&failed)?;
    let mut latest: LatestVersions =
        rows.iter().map(decode::latest_version).collect::<Result<_>>()?;
    let versions: Vec<u64> =
        drafts.iter().map(|draft| next_version(draft, &mut latest)).collect::<Result<_>>()?;
    let rows = encode::references(drafts, &versions)?;
    let insert = sqlx::query(statements::INSERT_REFERENCES).bind(rows);
    insert.execute(&mut *connection).await.map_err(&failed)?;
    sqlx::query(statements::END).execute(connection).await.map_err(&failed)?;
    Ok(versions)
}

/// Rolls the transaction of a refused batch back; any other error leaves it to the closing of
/// the connection. Where even that fails, the answer becomes an error of the database.
async fn undo_refused<T>(connection: &mut SqliteConnection, done: Result<T>) -> Result<T> {
    if done.as_ref().err().is_some_and(Error::refused_whole) {
        let undone = sqlx::query(statements::ROLLBACK).execute(connection).await;
        undone.map_err(failed_to("roll a refused batch back"))?;
    }
    done
}

/// A key that is already there is a refusal; every other failure is what `otherwise` says.
pub(super) fn refusal(source: sqlx::Error, otherwise: impl Fn(sqlx::Error) -> Error) -> Error {
    match source.as_database_error().map(DatabaseError::kind) {
        Some(ErrorKind::UniqueViolation) => {
            let message = source.as_database_error().map(DatabaseError::message);
            let columns = message.and_then(|message| message.rsplit(": ").next());
            Error::Duplicate {
                key: columns.unwrap_or("a unique key").to_owned(),
                source: Some(source),
            }
        }
        Some(_) | None => otherwise(source),
    }
}

fn signed(number: u64, column: &'static str) -> Result<i64> {
    i64::try_from(number).map_err(|_| Error::OutOfRange { column })
}

/// The last row of each key, in order of keys, which is also the order of the index.
fn last_per_key(states: &[StateRow]) -> Vec<&StateRow> {
    let last: BTreeMap<&StateKey, &StateRow> = states.iter().map(|row| (&row.key, row)).collect();
    last.into_values().collect()
}
