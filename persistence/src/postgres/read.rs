//! Reads, each on one of the readers' connections: they see what is committed and nothing else.

use std::borrow::Cow;

use futures_util::TryStreamExt;
use sqlx::PgConnection;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::types::Uuid;
use tokio::sync::mpsc;
use vocabulary::{PersonId, Timestamp};

use super::copied::Copying;
use super::{Postgres, failed_to, in_time, statements};
use crate::decode;
use crate::runs::History;
use crate::{
    Error, EventRow, Head, IdempotencyRow, LivingRows, PartitionId, PartitionOwner, ReadModelQuery,
    ReadModelRow, Recovered, ReferenceLog, ReferenceRow, Result, SealedPerson, StateKey,
    StateQuery, StateRow, StockMovement, TokenQuery, TokenRow,
};

/// Bytes of rows that are handed on together: some hundred orders.
const LOT: usize = 1 << 18;

type Ask = Query<'static, sqlx::Postgres, PgArguments>;

async fn all_on<T>(
    connection: &mut PgConnection,
    ask: Ask,
    action: &'static str,
    decode: impl Fn(&PgRow) -> Result<T>,
) -> Result<Vec<T>> {
    let mut found = Vec::new();
    let mut rows = ask.fetch(connection);
    while let Some(row) = in_time(rows.try_next()).await.map_err(failed_to(action))? {
        found.push(decode(&row)?);
    }
    Ok(found)
}

impl Postgres {
    async fn all<T>(
        &self,
        ask: Ask,
        action: &'static str,
        decode: impl Fn(&PgRow) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut connection = self.readers.acquire().await.map_err(failed_to(action))?;
        all_on(&mut connection, ask, action, decode).await
    }

    async fn first<T>(
        &self,
        ask: Ask,
        action: &'static str,
        decode: impl Fn(&PgRow) -> Result<T>,
    ) -> Result<Option<T>> {
        let row = in_time(ask.fetch_optional(&self.readers)).await.map_err(failed_to(action))?;
        row.as_ref().map(decode).transpose()
    }

    pub(crate) async fn owner(&self, partition: PartitionId) -> Result<Option<PartitionOwner>> {
        self.first(of(statements::OWNER, partition), "read a partition's owner", decode::owner)
            .await
    }

    pub(crate) async fn heads(&self) -> Result<Vec<Head>> {
        self.all(sqlx::query(statements::HEADS), "read where the journal stands", decode::head)
            .await
    }

    /// Three reads, not one snapshot: the caller has claimed the partition, so nobody writes it.
    pub(crate) async fn load(
        &self,
        partition: PartitionId,
        keys_since: Timestamp,
    ) -> Result<Recovered> {
        let (mut connection, last_seq) = self.claimed(partition).await?;
        let ask = of(statements::KEYS_SINCE, partition).bind(keys_since.as_millis());
        let keys = all_on(&mut connection, ask, "read answered keys", decode::idempotency_key);
        let mut idempotency = keys.await?;
        idempotency.sort_unstable();
        let ask = of(statements::OUTBOX, partition);
        let outbox = all_on(&mut connection, ask, "read the outbox", decode::message).await?;
        Ok(Recovered { last_seq, idempotency, outbox })
    }

    /// A connection to a server that knows of our claim, and the last seq that it knows: another is
    /// not the one that was claimed on.
    async fn claimed(
        &self,
        partition: PartitionId,
    ) -> Result<(PoolConnection<sqlx::Postgres>, u64)> {
        let connection = self.readers.acquire().await;
        let mut connection = connection.map_err(failed_to("read a partition"))?;
        let ask = of(statements::STANDS_AT, partition);
        let stands = |row: &PgRow| {
            Ok((
                decode::unsigned::<u64>(row, 0, "partition_owner.epoch")?,
                decode::unsigned::<u64>(row, 1, "partition_owner.last_seq")?,
            ))
        };
        let stands = all_on(&mut connection, ask, "read the last seq", stands).await?;
        let (epoch, last_seq) = stands.first().copied().unwrap_or_default();
        if self.held.borrow().epochs.get(&partition).is_some_and(|claimed| claimed.0 > epoch) {
            return Err(Error::Unfit { reason: "it does not know our claim".to_owned() });
        }
        Ok((connection, last_seq))
    }

    pub(crate) async fn living(
        &self,
        partition: PartitionId,
        taker: &mpsc::Sender<LivingRows>,
    ) -> Result<()> {
        let (mut connection, _) = self.claimed(partition).await?;
        // Whoever stops in the middle leaves rows behind that belong to no later question.
        connection.close_on_drop();
        // A copy takes no values beside its text.
        let rows = statements::LIVE_STATES.replace("$1", &partition.0.to_string());
        let copy = format!("COPY ({rows}) TO STDOUT (FORMAT binary)");
        let failed = failed_to("read live states");
        let mut messages = in_time(connection.copy_out_raw(&copy)).await.map_err(&failed)?;
        let mut copying = Copying::new();
        let mut lot = Vec::new();
        loop {
            let message = in_time(messages.try_next()).await.map_err(&failed)?;
            let is_last = message.is_none();
            if let Some(row) = copying.row(message.as_deref().unwrap_or_default())? {
                lot.extend_from_slice(row);
            }
            if is_last || lot.len() >= LOT {
                let lot = std::mem::replace(&mut lot, Vec::with_capacity(LOT + LOT / 8));
                if taker.send(LivingRows::of_copy(lot)).await.is_err() || is_last {
                    return Ok(());
                }
            }
        }
    }

    pub(crate) async fn answer_from(
        &self,
        partition: PartitionId,
        from: u64,
        scope: &str,
        key: &str,
    ) -> Result<Option<IdempotencyRow>> {
        let ask = of(statements::ANSWER_FROM, partition);
        let ask = ask.bind(i64::try_from(from).unwrap_or(i64::MAX)).bind(scope).bind(key);
        self.first(ask, "read an answer", decode::idempotency).await
    }

    pub(crate) async fn state(
        &self,
        partition: PartitionId,
        key: &StateKey,
    ) -> Result<Option<StateRow>> {
        let ask = of(statements::STATE, partition).bind(key.kind.as_ref());
        let ask = ask.bind(Uuid::from_u128(key.owner)).bind(Uuid::from_u128(key.id));
        self.first(ask, "read a state", decode::state).await
    }

    pub(crate) async fn states(
        &self,
        partition: PartitionId,
        query: &StateQuery,
    ) -> Result<Vec<StateRow>> {
        match page_of(partition, query) {
            Some(ask) => self.all(ask, "read a page of states", decode::state).await,
            // Nothing comes after the last id there is.
            None => Ok(Vec::new()),
        }
    }

    pub(crate) async fn feed(
        &self,
        partition: PartitionId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<EventRow>> {
        let failed = failed_to("read the feed");
        let first = i64::try_from(after).unwrap_or(i64::MAX);
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let mut found = Vec::new();
        let mut first = first;
        // A run has one event at least and a few dozens most often: asked for in steps, so that no
        // more is fetched than is handed on.
        while found.len() < limit {
            let missing = limit - found.len();
            let runs = i64::try_from(missing.div_ceil(16)).unwrap_or(i64::MAX);
            let ask = of(statements::RUNS_AFTER, partition).bind(first).bind(runs);
            let read = in_time(ask.fetch_all(&self.readers)).await.map_err(&failed)?;
            let asked = usize::try_from(runs).unwrap_or(usize::MAX);
            for row in &read {
                found.extend(decode::run(row)?.into_iter().filter(|event| event.seq > after));
            }
            let Some(last) = found.last().filter(|_| read.len() == asked) else { break };
            first = i64::try_from(last.seq).unwrap_or(i64::MAX);
        }
        found.truncate(limit);
        Ok(found)
    }

    pub(crate) async fn last_event(&self, partition: PartitionId) -> Result<Option<EventRow>> {
        let ask = of(statements::LAST_RUN, partition);
        let run = self.first(ask, "read the last event", decode::run).await?;
        Ok(run.and_then(|mut run| run.pop()))
    }

    pub(crate) async fn entity_history(
        &self,
        partition: PartitionId,
        kind: &str,
        entity: u128,
    ) -> Result<Vec<EventRow>> {
        let ask = of(statements::STATE_SEQ, partition).bind(kind.to_owned());
        let ask = ask.bind(Uuid::nil()).bind(Uuid::from_u128(entity));
        let seq = |row: &PgRow| decode::unsigned::<u64>(row, 0, "state.seq");
        let seq = self.first(ask, "find an entity's history", seq).await?.unwrap_or_default();
        let mut history = History::of(kind, entity, seq);
        while let Some(before) = history.before() {
            let before = i64::try_from(before).unwrap_or(i64::MAX);
            let ask = of(statements::RUNS_AFTER, partition).bind(before).bind(1_i64);
            let run = self.first(ask, "read an entity's history", decode::run).await?;
            history.take(run.unwrap_or_default())?;
        }
        Ok(history.in_order())
    }

    pub(crate) async fn movements(
        &self,
        partition: PartitionId,
        store: u128,
        sku: u128,
    ) -> Result<Vec<StockMovement>> {
        let ask = of(statements::MOVEMENTS, partition);
        let ask = ask.bind(Uuid::from_u128(store)).bind(Uuid::from_u128(sku));
        self.all(ask, "read the stock ledger", decode::movement).await
    }

    pub(crate) async fn reference(&self, kind: &str, id: &str) -> Result<Option<ReferenceRow>> {
        let ask = sqlx::query(statements::REFERENCE).bind(kind.to_owned()).bind(id.to_owned());
        self.first(ask, "read a document", decode::reference).await
    }

    pub(crate) async fn references(&self, kind: &str) -> Result<Vec<ReferenceRow>> {
        let ask = sqlx::query(statements::REFERENCES).bind(kind.to_owned());
        self.all(ask, "read documents", decode::reference).await
    }

    pub(crate) async fn reference_history(
        &self,
        kind: &str,
        id: &str,
    ) -> Result<Vec<ReferenceRow>> {
        let ask = sqlx::query(statements::REFERENCE_HISTORY);
        let ask = ask.bind(kind.to_owned()).bind(id.to_owned());
        self.all(ask, "read a document's versions", decode::reference).await
    }

    pub(crate) async fn reference_log(&self, log: &ReferenceLog) -> Result<Vec<ReferenceRow>> {
        let before = log.before.and_then(|before| i64::try_from(before).ok());
        let moment = |at: Option<Timestamp>| at.map(Timestamp::as_millis);
        let ask = sqlx::query(statements::REFERENCE_LOG)
            .bind(before.unwrap_or(i64::MAX))
            .bind(log.kind.clone())
            .bind(log.id.clone())
            .bind(log.by.clone())
            .bind(moment(log.since))
            .bind(moment(log.until))
            .bind(i64::from(log.limit));
        self.all(ask, "read changes of documents", decode::reference).await
    }

    pub(crate) async fn token_by_hash(&self, hash: &[u8; 32]) -> Result<Option<TokenRow>> {
        let ask = sqlx::query(statements::TOKEN_BY_HASH).bind(hash.to_vec());
        self.first(ask, "read a token", decode::token).await
    }

    pub(crate) async fn tokens(&self, query: &TokenQuery) -> Result<Vec<TokenRow>> {
        let sql =
            if query.of_shoppers { statements::TOKENS_OF_SHOPPERS } else { statements::TOKENS };
        let ask = sqlx::query(sql)
            .bind(query.before.map_or(Uuid::max(), Uuid::from_u128))
            .bind(query.kind.clone())
            .bind(query.role.clone())
            .bind(query.name.clone())
            .bind(query.open_at.map(Timestamp::as_millis))
            .bind(i64::from(query.limit));
        self.all(ask, "read a page of tokens", decode::token).await
    }

    pub(crate) async fn tokens_of_role(&self, role: &str, now: Timestamp) -> Result<u64> {
        let ask = sqlx::query(statements::TOKENS_OF_ROLE).bind(role.to_owned());
        let count = |row: &_| decode::unsigned(row, 0, "tokens of a role");
        let found = self.first(ask.bind(now.as_millis()), "count a role's tokens", count).await?;
        Ok(found.unwrap_or_default())
    }

    pub(crate) async fn person(&self, person: PersonId) -> Result<Option<SealedPerson>> {
        let ask = sqlx::query(statements::PERSON).bind(Uuid::from_u128(person.bits()));
        self.first(ask, "read a person", decode::person).await
    }
}

impl Postgres {
    pub(crate) async fn read_model(&self, query: &ReadModelQuery) -> Result<Vec<ReadModelRow>> {
        let ask = sqlx::query(statements::READ_MODEL)
            .bind(query.reader)
            .bind(i32::from(query.partition.0))
            .bind(query.after.clone())
            .bind(query.until.clone())
            .bind(i64::from(query.limit));
        self.all(ask, "read what a reader made of the feed", decode::read_model).await
    }
}

/// A query whose first value is the partition.
fn of(sql: &'static str, partition: PartitionId) -> Ask {
    sqlx::query(sql).bind(i32::from(partition.0))
}

/// `None` where no id can follow.
fn page_of(partition: PartitionId, query: &StateQuery) -> Option<Ask> {
    use statements::*;
    let sql = match (query.courier, query.store, query.descending) {
        (None, None, false) => STATES_UP,
        (None, None, true) => STATES_DOWN,
        (None, Some(_), false) => STATES_OF_STORE_UP,
        (None, Some(_), true) => STATES_OF_STORE_DOWN,
        (Some(_), _, false) => STATES_OF_COURIER_UP,
        (Some(_), _, true) => STATES_OF_COURIER_DOWN,
    };
    let begin = match (query.after, query.descending) {
        (None, false) => 0,
        (None, true) => u128::MAX,
        (Some(after), false) => after.checked_add(1)?,
        (Some(after), true) => after.checked_sub(1)?,
    };
    let ask = of(sql, partition)
        .bind(query.kind.to_string())
        .bind(Uuid::from_u128(begin))
        .bind(query.status.as_ref().map(Cow::to_string))
        .bind(query.live)
        .bind(i64::from(query.limit));
    let id = |id: u128| Uuid::from_u128(id);
    Some(match (query.courier, query.store) {
        (None, None) => ask,
        (None, Some(store)) => ask.bind(id(store)),
        (Some(courier), store) => ask.bind(id(courier)).bind(store.map(id)),
    })
}
