//! The transactions of several statements: a batch of the journal, versions of documents.

use std::collections::BTreeMap;

use sqlx::SqliteConnection;
use sqlx::error::{DatabaseError, ErrorKind};

use super::{decode, encode, failed_to, statements};
use crate::reference::{LatestVersions, next_version};
use crate::{Batch, Error, ReferenceDraft, Result, StateKey, StateRow};

/// A batch as the statements take it.
struct Arrays {
    events: String,
    states: String,
    places: String,
    movements: String,
    idempotency: String,
    outbox: String,
    persons: String,
    tokens: String,
}

/// Records a batch whole or not at all.
pub(super) async fn commit(connection: &mut SqliteConnection, batch: &Batch) -> Result<()> {
    let arrays = Arrays::of(batch)?;
    let recorded = match begin(connection, batch).await {
        Ok(last_seq) => write(connection, batch, arrays, last_seq).await,
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
    Ok(batch.events.last().map_or(last_seq, |event| event.seq))
}

async fn write(
    connection: &mut SqliteConnection,
    batch: &Batch,
    arrays: Arrays,
    last_seq: u64,
) -> Result<()> {
    let partition = i64::from(batch.partition.0);
    let written = sqlx::query(statements::COMMIT)
        .bind(partition)
        .bind(signed(batch.epoch.0, "partition_owner.epoch")?)
        .bind(arrays.events)
        .bind(partition)
        .bind(arrays.states)
        .bind(arrays.places)
        .bind(partition)
        .bind(arrays.movements)
        .bind(partition)
        .bind(arrays.idempotency)
        .bind(partition)
        .bind(arrays.outbox)
        .bind(arrays.persons)
        .bind(arrays.tokens)
        .bind(signed(last_seq, "partition_owner.last_seq")?)
        .bind(partition)
        .execute(connection)
        .await;
    let unknown = |source| Error::CommitUnknown { partition: batch.partition, source };
    written.map(|_| ()).map_err(|source| refusal(source, unknown))
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

impl Arrays {
    fn of(batch: &Batch) -> Result<Self> {
        let states = last_per_key(&batch.states);
        Ok(Self {
            events: encode::events(&batch.events)?,
            states: encode::states(states.values().copied())?,
            places: encode::places(batch.partition, states.into_values())?,
            movements: encode::movements(&batch.movements)?,
            idempotency: encode::idempotency(&batch.idempotency)?,
            outbox: encode::outbox(&batch.outbox)?,
            persons: encode::persons(&batch.persons)?,
            tokens: encode::tokens(&batch.tokens)?,
        })
    }
}

/// The last row of each key, in order of keys, which is also the order of the index.
fn last_per_key(states: &[StateRow]) -> BTreeMap<&StateKey, &StateRow> {
    states.iter().map(|row| (&row.key, row)).collect()
}
