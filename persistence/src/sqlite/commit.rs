//! The transactions of several statements: a batch of the journal, versions of documents.

use sqlx::SqliteConnection;
use sqlx::error::{DatabaseError, ErrorKind};

use super::rows::{self, Line, Of, Rest, Standing};
use super::{encode, failed_to, statements};
use crate::decode::{self, Cells};
use crate::reference::{LatestVersions, chains, next_version};
use crate::runs::{self, Run};
use crate::{
    Batch, Chain, Error, PartitionId, ReadModelWrite, ReferenceDraft, Result, SealedPerson,
};

/// Records a batch whole or not at all.
pub(super) async fn commit(connection: &mut SqliteConnection, batch: &Batch) -> Result<()> {
    let recorded = match begin(connection, batch).await {
        Ok(stand) => write(connection, batch, stand).await,
        Err(error) => Err(error),
    };
    undo_refused(connection, recorded).await
}

/// Opens the transaction; the batch's epoch must be the partition's, and its events must continue
/// the recorded ones. Returns the last seq after the batch, and the chain before it.
async fn begin(connection: &mut SqliteConnection, batch: &Batch) -> Result<(u64, Chain)> {
    let row = sqlx::query(statements::BEGIN_COMMIT)
        .bind(i64::from(batch.partition.0))
        .fetch_optional(connection)
        .await
        .map_err(failed_to("begin a commit"))?;
    let not_owner = Error::NotOwner { partition: batch.partition, epoch: batch.epoch };
    let Some(row) = row else { return Err(not_owner) };
    let is_owner = decode::unsigned::<u64>(&row, 0, "partition_owner.epoch")? == batch.epoch.0;
    if !is_owner && !vocabulary::planted!("epoch_unchecked") {
        return Err(not_owner);
    }
    let last_seq = decode::unsigned(&row, 1, "partition_owner.last_seq")?;
    batch.check_contiguous(last_seq)?;
    batch.check_histories()?;
    let column = "partition_owner.chain";
    let chain = Chain::of_column(row.blob(2, column)?, column)?;
    Ok((batch.events.last().map_or(last_seq, |event| event.seq), chain))
}

/// Everything after the first statement.
async fn write(
    connection: &mut SqliteConnection,
    batch: &Batch,
    (last_seq, chain): (u64, Chain),
) -> Result<()> {
    let partition = batch.partition;
    let failed = |source| failure(partition, source);
    let runs = runs::runs(batch, chain)?;
    let chain = runs.last().map_or(chain, |run| run.chain);
    write_what_most_have(connection, batch, &runs).await?;
    let lines = (0..).zip(&batch.movements).map(|(line, row)| Line(line, Of(partition, row)));
    rows::MOVEMENTS.write(connection, &lines.collect::<Vec<_>>(), failed).await?;
    let messages: Vec<_> = batch.outbox.iter().map(|row| Of(partition, row)).collect();
    rows::MESSAGES.write(connection, &messages, failed).await?;
    if !batch.tokens.is_empty() {
        let rows = sqlx::query(statements::INSERT_TOKENS).bind(encode::tokens(&batch.tokens)?);
        let written = rows.execute(&mut *connection).await;
        written.map_err(failed)?;
    }
    vocabulary::planted::kill_point("within_a_commit");
    let forgotten = u64::from(vocabulary::planted!("seq_used_again", every 12));
    let last_seq = last_seq.saturating_sub(forgotten);
    let ended = sqlx::query(statements::END_COMMIT)
        .bind(crate::rows::signed(last_seq, "partition_owner.last_seq")?)
        .bind(chain.as_bytes())
        .bind(i64::from(partition.0))
        .execute(connection)
        .await;
    ended.map(|_| ()).map_err(failed)
}

/// What a commit that has begun says of an error: refused where a key is taken, unknown otherwise.
pub(super) fn failure(partition: PartitionId, source: sqlx::Error) -> Error {
    refusal(source, |source| Error::CommitUnknown { partition, source })
}

/// Runs of events, states, answers and people.
async fn write_what_most_have(
    connection: &mut SqliteConnection,
    batch: &Batch,
    runs: &[Run],
) -> Result<()> {
    let partition = batch.partition;
    let failed = |source| failure(partition, source);
    let (standing, states): (Vec<_>, Vec<_>) =
        batch.last_per_key().map(|row| Of(partition, row)).partition(|of| of.1.stays);
    let standing: Vec<_> = standing.into_iter().map(Standing).collect();
    let answers: Vec<_> = batch.idempotency.iter().map(|row| Of(partition, row)).collect();
    let persons = &batch.persons;
    let all = runs.len() + states.len() + standing.len() + answers.len() + persons.len();
    let rest = Rest { runs, states: &states, standing: &standing, answers: &answers, persons };
    let written = rest.write(connection, failed).await?;
    if usize::try_from(written) != Ok(all) {
        rows::REFILED_STATES.write(connection, &states, failed).await?;
    }
    Ok(())
}

/// Records people, all or none.
pub(super) async fn put_persons(
    connection: &mut SqliteConnection,
    persons: &[SealedPerson],
) -> Result<()> {
    let failed = failed_to("record people");
    let begun = sqlx::query(statements::BEGIN).execute(&mut *connection).await;
    begun.map_err(&failed)?;
    rows::PERSONS.write(connection, persons, &failed).await?;
    sqlx::query(statements::END).execute(connection).await.map(|_| ()).map_err(failed)
}

/// Records rows of a reader of the feed, all or none.
pub(super) async fn put_read_model(
    connection: &mut SqliteConnection,
    write: &ReadModelWrite,
) -> Result<()> {
    let failed = failed_to("record what a reader made of the feed");
    let (puts, removals) = encode::read_model(write)?;
    let begun = sqlx::query(statements::BEGIN).execute(&mut *connection).await;
    begun.map_err(&failed)?;
    if !write.puts.is_empty() {
        let put = sqlx::query(statements::PUT_READ_MODEL).bind(puts);
        put.execute(&mut *connection).await.map_err(&failed)?;
    }
    if !write.removals.is_empty() {
        let removed = sqlx::query(statements::REMOVE_READ_MODEL)
            .bind(write.reader)
            .bind(i64::from(write.partition.0))
            .bind(removals);
        removed.execute(&mut *connection).await.map_err(&failed)?;
    }
    sqlx::query(statements::END).execute(connection).await.map(|_| ()).map_err(failed)
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
    let last = sqlx::query(statements::LAST_LINK).fetch_optional(&mut *connection).await;
    let chain = decode::link(last.map_err(&failed)?.as_ref())?;
    let rows = encode::references(drafts, &versions, &chains(drafts, &versions, chain)?)?;
    let insert = sqlx::query(statements::INSERT_REFERENCES).bind(rows);
    insert.execute(&mut *connection).await.map_err(&failed)?;
    vocabulary::planted::kill_point("within_documents");
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
