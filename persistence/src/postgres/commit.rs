//! What is written: a batch of the journal, versions of documents, tokens, people.

use std::collections::BTreeMap;

use sqlx::error::{DatabaseError, ErrorKind};
use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::types::Uuid;
use sqlx::{Connection, PgConnection};
use vocabulary::Timestamp;

use super::{failed_to, in_time, statements};
use crate::decode;
use crate::reference::{LatestVersions, chains, next_version};
use crate::rows::signed;
use crate::runs;
use crate::{
    Batch, Chain, Error, IdempotencyRow, OutboxRow, ReadModelWrite, ReferenceDraft, Result,
    SealedPerson, StateRow, StockMovement, TokenRow,
};

type Statement = Query<'static, sqlx::Postgres, PgArguments>;

/// Records a batch whole or not at all, in one statement that is its own transaction. Gets the chain
/// before the batch, and answers with that after it.
pub(super) async fn commit(
    connection: &mut PgConnection,
    batch: &Batch,
    chain: Chain,
) -> Result<Chain> {
    let before = batch.events.first().map(|event| event.seq.saturating_sub(1));
    batch.check_contiguous(before.unwrap_or_default())?;
    batch.check_histories()?;
    let (statement, chain) = statement_of(batch, before, chain)?;
    let partition = batch.partition;
    let done = in_time(statement.execute(&mut *connection)).await;
    let done = done
        .map_err(|source| refusal(source, |source| Error::CommitUnknown { partition, source }))?;
    if done.rows_affected() == 1 { Ok(chain) } else { Err(why_refused(connection, batch).await) }
}

/// Nothing was written: the partition is somebody else's, or has not ended where we thought.
async fn why_refused(connection: &mut PgConnection, batch: &Batch) -> Error {
    let (partition, epoch) = (batch.partition, batch.epoch);
    let ask = sqlx::query(statements::STANDS_AT).bind(i32::from(partition.0));
    let row = match in_time(ask.fetch_optional(connection)).await {
        Ok(row) => row,
        Err(source) => return Error::Database { action: "say why it refused", source },
    };
    let stands = row.and_then(|row| {
        let epoch: u64 = decode::unsigned(&row, 0, "partition_owner.epoch").ok()?;
        let last_seq: u64 = decode::unsigned(&row, 1, "partition_owner.last_seq").ok()?;
        Some((epoch, last_seq))
    });
    match (stands, batch.events.first()) {
        (Some((at, last_seq)), Some(first)) if at == epoch.0 => {
            Error::Gap { partition, last_seq, found: first.seq }
        }
        (Some(_) | None, _) => Error::NotOwner { partition, epoch },
    }
}

fn statement_of(batch: &Batch, before: Option<u64>, chain: Chain) -> Result<(Statement, Chain)> {
    let number = |seq: Option<u64>| seq.map(|seq| signed(seq, "event_run.last_seq")).transpose();
    let after = number(batch.events.last().map(|event| event.seq))?;
    let statement = sqlx::query(statements::COMMIT)
        .bind(i32::from(batch.partition.0))
        .bind(signed(batch.epoch.0, "partition_owner.epoch")?)
        .bind(number(before)?)
        .bind(after);
    let runs = runs::runs(batch, chain)?;
    let statement = statement
        .bind(numbers(&runs, "event_run.last_seq", |run| run.last_seq)?)
        .bind(column(&runs, |run| run.events.as_str()));
    let states: Vec<&StateRow> = batch.last_per_key().collect();
    let statement = with_states(statement, &states)?;
    let statement = with_answers(statement, &batch.idempotency)?;
    let statement = with_movements(statement, &batch.movements)?;
    let statement = with_messages(statement, &batch.outbox)?;
    let statement = with_tokens(with_persons(statement, &batch.persons), &batch.tokens);
    let statement = statement
        .bind(column(&runs, |run| run.chain.as_bytes().to_vec()))
        .bind(runs.last().map(|run| run.chain.as_bytes().to_vec()));
    Ok((statement, runs.last().map_or(chain, |run| run.chain)))
}

fn with_states(statement: Statement, states: &[&StateRow]) -> Result<Statement> {
    let statement = statement
        .bind(column(states, |row| row.key.kind.as_ref()))
        .bind(column(states, |row| Uuid::from_u128(row.key.owner)))
        .bind(column(states, |row| Uuid::from_u128(row.key.id)))
        .bind(numbers(states, "state.seq", |row| row.seq)?)
        .bind(column(states, |row| row.live))
        .bind(column(states, |row| row.stays))
        .bind(column(states, |row| row.status.as_ref()))
        .bind(column(states, |row| row.store.map(Uuid::from_u128)))
        .bind(column(states, |row| row.courier.map(Uuid::from_u128)));
    Ok(statement.bind(column(states, |row| row.blob.as_str())))
}

fn with_answers(statement: Statement, answers: &[IdempotencyRow]) -> Result<Statement> {
    let statement = statement
        .bind(numbers(answers, "idempotency.seq", |row| row.seq)?)
        .bind(column(answers, |row| row.scope.as_str()))
        .bind(column(answers, |row| row.key.as_str()))
        .bind(column(answers, |row| row.body_hash.as_slice()))
        .bind(column(answers, |row| row.result.as_str()));
    Ok(statement.bind(column(answers, |row| row.at.as_millis())))
}

fn with_movements(statement: Statement, movements: &[StockMovement]) -> Result<Statement> {
    let lines: Vec<i32> = (0..).take(movements.len()).collect();
    let statement = statement
        .bind(lines)
        .bind(column(movements, |row| Uuid::from_u128(row.store)))
        .bind(numbers(movements, "stock_movement.seq", |row| row.seq)?)
        .bind(column(movements, |row| Uuid::from_u128(row.sku)))
        .bind(column(movements, |row| row.delta))
        .bind(column(movements, |row| row.reason.as_ref()));
    Ok(statement.bind(column(movements, |row| Uuid::from_u128(row.reference))))
}

fn with_messages(statement: Statement, messages: &[OutboxRow]) -> Result<Statement> {
    let statement = statement
        .bind(numbers(messages, "outbox.seq", |row| row.seq)?)
        .bind(column(messages, |row| row.target.as_str()));
    Ok(statement.bind(column(messages, |row| row.payload.as_str())))
}

/// One statement may change a row once, so the last record of each person goes.
fn with_persons(statement: Statement, persons: &[SealedPerson]) -> Statement {
    let last: BTreeMap<u128, &SealedPerson> = persons.iter().map(|row| (row.id, row)).collect();
    let persons: Vec<&SealedPerson> = last.into_values().collect();
    statement
        .bind(column(&persons, |row| Uuid::from_u128(row.id)))
        .bind(column(&persons, |row| row.nonce.as_slice()))
        .bind(column(&persons, |row| row.sealed.as_slice()))
        .bind(column(&persons, |row| row.key_nonce.as_slice()))
        .bind(column(&persons, |row| row.sealed_key.as_slice()))
}

fn with_tokens(statement: Statement, tokens: &[TokenRow]) -> Statement {
    let millis = |at: Option<Timestamp>| at.map(Timestamp::as_millis);
    statement
        .bind(column(tokens, |row| Uuid::from_u128(row.id)))
        .bind(column(tokens, |row| row.hash.as_slice()))
        .bind(column(tokens, |row| row.principal.as_str()))
        .bind(column(tokens, |row| row.created_at.as_millis()))
        .bind(column(tokens, |row| millis(row.expires_at)))
        .bind(column(tokens, |row| millis(row.revoked_at)))
        .bind(column(tokens, |row| row.granted_by.as_deref()))
        .bind(column(tokens, |row| millis(row.used_at)))
}

/// One column of some rows.
fn column<'r, R, T>(rows: &'r [R], value: impl Fn(&'r R) -> T) -> Vec<T> {
    rows.iter().map(value).collect()
}

fn numbers<R>(rows: &[R], name: &'static str, value: impl Fn(&R) -> u64) -> Result<Vec<i64>> {
    rows.iter().map(|row| signed(value(row), name)).collect()
}

/// Records tokens, all or none.
pub(super) async fn put_tokens(connection: &mut PgConnection, tokens: &[TokenRow]) -> Result<()> {
    let insert = with_tokens(sqlx::query(statements::INSERT_TOKENS), tokens);
    let put = in_time(insert.execute(connection)).await;
    put.map(|_| ()).map_err(|source| refusal(source, failed_to("record tokens")))
}

/// Records people, all or none.
pub(super) async fn put_persons(
    connection: &mut PgConnection,
    persons: &[SealedPerson],
) -> Result<()> {
    let upsert = with_persons(sqlx::query(statements::PUT_PERSONS), persons);
    in_time(upsert.execute(connection)).await.map(|_| ()).map_err(failed_to("record people"))
}

/// Records rows of a reader of the feed, all or none, in one statement.
pub(super) async fn put_read_model(
    connection: &mut PgConnection,
    write: &ReadModelWrite,
) -> Result<()> {
    let (keys, bodies): (Vec<String>, Vec<String>) =
        write.puts.iter().map(|row| (row.key.clone(), row.body.clone())).unzip();
    let put = sqlx::query(statements::PUT_READ_MODEL)
        .bind(write.reader)
        .bind(i32::from(write.partition.0))
        .bind(keys)
        .bind(bodies)
        .bind(write.removals.clone());
    let failed = failed_to("record what a reader made of the feed");
    in_time(put.execute(connection)).await.map(|_| ()).map_err(failed)
}

/// Records new versions of documents, all or none.
pub(super) async fn put_references(
    connection: &mut PgConnection,
    drafts: &[ReferenceDraft],
) -> Result<Vec<u64>> {
    let failed = failed_to("record documents");
    let mut transaction = in_time(connection.begin()).await.map_err(&failed)?;
    let put = insert_references(&mut transaction, drafts).await;
    match &put {
        Ok(_) => in_time(transaction.commit()).await.map_err(failed)?,
        Err(error) if error.refused_whole() => {
            in_time(transaction.rollback()).await.map_err(failed)?;
        }
        // The session is given up, and the transaction with it.
        Err(_) => {}
    }
    put
}

async fn insert_references(
    connection: &mut PgConnection,
    drafts: &[ReferenceDraft],
) -> Result<Vec<u64>> {
    let failed = failed_to("record documents");
    let lock = sqlx::query(statements::LOCK_REFERENCES).execute(&mut *connection);
    in_time(lock).await.map_err(&failed)?;
    let ask = sqlx::query(statements::LATEST_VERSIONS)
        .bind(column(drafts, |draft| draft.kind.as_str()))
        .bind(column(drafts, |draft| draft.id.as_str()));
    let rows = in_time(ask.fetch_all(&mut *connection)).await;
    let rows = rows.map_err(|source| refusal(source, &failed))?;
    let mut latest: LatestVersions =
        rows.iter().map(decode::latest_version).collect::<Result<_>>()?;
    let versions: Vec<u64> =
        drafts.iter().map(|draft| next_version(draft, &mut latest)).collect::<Result<_>>()?;
    let last = sqlx::query(statements::LAST_LINK).fetch_optional(&mut *connection);
    let last = in_time(last).await.map_err(&failed)?;
    let chains = chains(drafts, &versions, decode::link(last.as_ref())?)?;
    let insert = sqlx::query(statements::INSERT_REFERENCES)
        .bind(column(drafts, |draft| draft.kind.as_str()))
        .bind(column(drafts, |draft| draft.id.as_str()))
        .bind(numbers(&versions, "reference.version", |version| *version)?)
        .bind(column(drafts, |draft| draft.body.as_str()))
        .bind(column(drafts, |draft| draft.by.as_str()))
        .bind(column(drafts, |draft| draft.at.as_millis()))
        .bind(column(drafts, |draft| draft.effective.map(Timestamp::as_millis)))
        .bind(column(&chains, |chain| chain.as_bytes().to_vec()));
    let inserted = in_time(insert.execute(connection)).await;
    inserted.map_err(|source| refusal(source, failed))?;
    Ok(versions)
}

/// A key that is already there is a refusal; every other failure is what `otherwise` says.
fn refusal(source: sqlx::Error, otherwise: impl Fn(sqlx::Error) -> Error) -> Error {
    match source.as_database_error().map(DatabaseError::kind) {
        Some(ErrorKind::UniqueViolation) => {
            let constraint = source.as_database_error().and_then(DatabaseError::constraint);
            let key = constraint.unwrap_or("a unique key").to_owned();
            Error::Duplicate { key, source: Some(source) }
        }
        Some(_) if is_unstorable(&source) => Error::Unstorable { source },
        Some(_) | None => otherwise(source),
    }
}

/// A data exception: the statement was turned down before it did anything that lasts.
fn is_unstorable(source: &sqlx::Error) -> bool {
    let code = source.as_database_error().and_then(DatabaseError::code);
    code.is_some_and(|code| code.starts_with("22"))
}
