//! Reads, each on one of the readers' connections: they see what is committed and nothing else.

use std::borrow::Cow;

use futures_util::TryStreamExt;
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use tokio::sync::mpsc;
use vocabulary::{PersonId, Timestamp};

use super::{Sqlite, failed_to, statements};
use crate::decode::{self, Cells};
use crate::living::Fields;
use crate::runs::History;
use crate::{
    Error, EventRow, Head, IdempotencyKey, IdempotencyRow, LivingRows, PartitionId, PartitionOwner,
    ReadModelQuery, ReadModelRow, Recovered, ReferenceLog, ReferenceRow, Result, SealedPerson,
    StateKey, StateQuery, StateRow, StockMovement, TokenQuery, TokenRow,
};

/// Rows that are read as one.
const PACKED: i64 = 256;

type Ask = Query<'static, sqlx::Sqlite, SqliteArguments>;

/// Before the first and after the last id, as bytes compare.
const BEFORE_ALL: [u8; 0] = [];
const AFTER_ALL: [u8; 17] = [0xff; 17];

impl Sqlite {
    async fn all<T>(
        &self,
        ask: Ask,
        action: &'static str,
        decode: impl Fn(&SqliteRow) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut found = Vec::new();
        let mut rows = ask.fetch(&self.readers);
        while let Some(row) = rows.try_next().await.map_err(failed_to(action))? {
            found.push(decode(&row)?);
        }
        Ok(found)
    }

    async fn first<T>(
        &self,
        ask: Ask,
        action: &'static str,
        decode: impl Fn(&SqliteRow) -> Result<T>,
    ) -> Result<Option<T>> {
        let row = ask.fetch_optional(&self.readers).await.map_err(failed_to(action))?;
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
        let last_seq = |row: &_| decode::unsigned(row, 0, "partition_owner.last_seq");
        let ask = of(statements::LAST_SEQ, partition);
        let last_seq = self.first(ask, "read the last seq", last_seq).await?.unwrap_or_default();
        let mut idempotency = self.keys_since(partition, keys_since).await?;
        idempotency.sort_unstable();
        let ask = of(statements::OUTBOX, partition);
        let outbox = self.all(ask, "read the outbox", decode::message).await?;
        Ok(Recovered { last_seq, idempotency, outbox })
    }

    async fn keys_since(
        &self,
        partition: PartitionId,
        since: Timestamp,
    ) -> Result<Vec<IdempotencyKey>> {
        let mut found = Vec::new();
        let mut last = (0, 0);
        loop {
            let ask = of(statements::KEYS_SINCE, partition).bind(since.as_millis());
            let ask = ask.bind(last.0).bind(last.1).bind(PACKED);
            let (count, text) = self.packed(ask, "read answered keys").await?;
            let mut fields = Fields::of(&text);
            while !fields.is_at_end() {
                last = last.max(key_of(&mut fields, &mut found)?);
            }
            if count < PACKED {
                return Ok(found);
            }
        }
    }

    /// Many rows in one: the driver's way from thread to thread costs more than the row itself.
    async fn packed(&self, ask: Ask, action: &'static str) -> Result<(i64, String)> {
        let row = self.first(ask, action, |row| Ok((number(row)?, text(row, 1)?)));
        Ok(row.await?.unwrap_or_default())
    }

    /// Rows of state: a number, then what stands before their blobs, then those.
    async fn packed_states(&self, ask: Ask, stays: bool) -> Result<Option<(i64, LivingRows)>> {
        let row = self
            .first(ask, "read live states", |row| Ok((number(row)?, text(row, 1)?, text(row, 2)?)));
        let Some((number, heads, blobs)) = row.await? else { return Ok(None) };
        Ok((!heads.is_empty()).then(|| (number, LivingRows::of_text(heads, blobs, stays))))
    }

    /// Those that end, then those that stay; nobody's place changes while they are read.
    pub(crate) async fn living(
        &self,
        partition: PartitionId,
        taker: &mpsc::Sender<LivingRows>,
    ) -> Result<()> {
        let mut place = 0;
        loop {
            let ask = of(statements::LIVE_STATES, partition).bind(place).bind(PACKED);
            let Some((last, rows)) = self.packed_states(ask, false).await? else { break };
            place = last;
            if taker.send(rows).await.is_err() {
                return Ok(());
            }
        }
        let mut last = StateKey::new("", 0, 0);
        loop {
            let ask = of(statements::LIVE_STANDING, partition).bind(last.kind.to_string());
            let ask = ask.bind(bytes(last.owner)).bind(bytes(last.id)).bind(PACKED);
            let Some((count, rows)) = self.packed_states(ask, true).await? else { return Ok(()) };
            let rows = rows.unpack()?;
            let Some(newest) = rows.iter().map(|row| &row.key).max() else { return Ok(()) };
            last = newest.clone();
            if taker.send(LivingRows::of_rows(rows)).await.is_err() || count < PACKED {
                return Ok(());
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
        let ask = ask.bind(i64::try_from(from).unwrap_or(i64::MAX));
        let ask = ask.bind(scope.to_owned()).bind(key.to_owned());
        self.first(ask, "read an answer", decode::idempotency).await
    }

    pub(crate) async fn state(
        &self,
        partition: PartitionId,
        key: &StateKey,
    ) -> Result<Option<StateRow>> {
        let ask = of(statements::STATE, partition).bind(key.kind.to_string());
        let ask = ask.bind(bytes(key.owner)).bind(bytes(key.id));
        self.first(ask, "read a state", decode::state).await
    }

    pub(crate) async fn states(
        &self,
        partition: PartitionId,
        query: &StateQuery,
    ) -> Result<Vec<StateRow>> {
        let action = "read a page of states";
        let Some([living, ended]) = narrowed(query) else {
            let sql =
                if query.descending { statements::STATES_DOWN } else { statements::STATES_UP };
            return self.all(page_of(sql, partition, query), action, decode::state).await;
        };
        // Who ends between the two reads is in both, and told once.
        let mut rows = self.all(page_of(living, partition, query), action, decode::state).await?;
        rows.extend(self.all(page_of(ended, partition, query), action, decode::state).await?);
        rows.sort_by(|one, other| (one.key.id, other.seq).cmp(&(other.key.id, one.seq)));
        rows.dedup_by(|one, other| one.key == other.key);
        if query.descending {
            rows.reverse();
        }
        rows.truncate(usize::try_from(query.limit).unwrap_or(usize::MAX));
        Ok(rows)
    }

    pub(crate) async fn feed(
        &self,
        partition: PartitionId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<EventRow>> {
        let first = i64::try_from(after).unwrap_or(i64::MAX);
        // A run has one event at least, so there are never more runs than events.
        let ask = of(statements::RUNS_AFTER, partition).bind(first).bind(i64::from(limit));
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let mut found = Vec::new();
        let mut rows = ask.fetch(&self.readers);
        while found.len() < limit
            && let Some(row) = rows.try_next().await.map_err(failed_to("read the feed"))?
        {
            found.extend(decode::run(&row)?.into_iter().filter(|event| event.seq > after));
        }
        found.truncate(limit);
        Ok(found)
    }

    pub(crate) async fn last_event(&self, partition: PartitionId) -> Result<Option<EventRow>> {
        let ask = of(statements::LAST_RUN, partition);
        let run = self.first(ask, "read the last event", decode::run).await?;
        Ok(run.and_then(|mut run| run.pop()))
    }

    /// Backwards from the state row along `previous`, a run at a time.
    pub(crate) async fn entity_history(
        &self,
        partition: PartitionId,
        kind: &str,
        entity: u128,
    ) -> Result<Vec<EventRow>> {
        let ask = of(statements::STATE_SEQ, partition).bind(kind.to_owned());
        let ask = ask.bind(bytes(0)).bind(bytes(entity));
        let seq = |row: &_| decode::unsigned::<u64>(row, 0, "state.seq");
        let seq = self.first(ask, "find an entity's history", seq).await?.unwrap_or_default();
        let mut history = History::of(kind, entity, seq);
        while let Some(before) = history.before() {
            let before = i64::try_from(before).unwrap_or(i64::MAX);
            let ask = of(statements::RUNS_AFTER, partition).bind(before).bind(1);
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
        let ask = of(statements::MOVEMENTS, partition).bind(bytes(store)).bind(bytes(sku));
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
            .bind(query.before.map_or(AFTER_ALL.to_vec(), bytes))
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
        let ask = sqlx::query(statements::PERSON).bind(bytes(person.bits()));
        self.first(ask, "read a person", decode::person).await
    }
}

impl Sqlite {
    pub(crate) async fn read_model(&self, query: &ReadModelQuery) -> Result<Vec<ReadModelRow>> {
        let ask = sqlx::query(statements::READ_MODEL)
            .bind(query.reader)
            .bind(i64::from(query.partition.0))
            .bind(query.after.clone())
            .bind(query.until.clone())
            .bind(i64::from(query.limit));
        self.all(ask, "read what a reader made of the feed", decode::read_model).await
    }
}

/// A query whose first value is the partition.
fn of(sql: &'static str, partition: PartitionId) -> Ask {
    sqlx::query(sql).bind(i64::from(partition.0))
}

fn bytes(id: u128) -> Vec<u8> {
    id.to_be_bytes().to_vec()
}

fn number(row: &SqliteRow) -> Result<i64> {
    Ok(row.optional_integer(0, "the number of rows")?.unwrap_or_default())
}

fn text(row: &SqliteRow, column: usize) -> Result<String> {
    Ok(row.optional_text_ref(column, "the rows")?.unwrap_or_default().to_owned())
}

/// Reads one key, and answers where it lies.
fn key_of(fields: &mut Fields<'_>, found: &mut Vec<IdempotencyKey>) -> Result<(i64, i64)> {
    let seq = fields.number("idempotency.seq")?;
    let place = (seq, fields.number("idempotency.rowid")?);
    let column = "idempotency.seq";
    found.push(IdempotencyKey {
        seq: u64::try_from(seq).map_err(|_| Error::Corrupt { column })?,
        scope: fields.counted("idempotency.scope")?.to_owned(),
        key: fields.counted("idempotency.key")?.to_owned(),
    });
    Ok(place)
}

/// The statements for the living and the ended of a courier, which narrows most, or a store.
fn narrowed(query: &StateQuery) -> Option<[&'static str; 2]> {
    use statements::*;
    match (query.courier, query.store, query.descending) {
        (None, None, _) => None,
        (None, Some(_), false) => Some([LIVING_OF_STORE_UP, ENDED_OF_STORE_UP]),
        (None, Some(_), true) => Some([LIVING_OF_STORE_DOWN, ENDED_OF_STORE_DOWN]),
        (Some(_), _, false) => Some([LIVING_OF_COURIER_UP, ENDED_OF_COURIER_UP]),
        (Some(_), _, true) => Some([LIVING_OF_COURIER_DOWN, ENDED_OF_COURIER_DOWN]),
    }
}

fn page_of(sql: &'static str, partition: PartitionId, query: &StateQuery) -> Ask {
    let id = match (query.after, query.descending) {
        (Some(id), _) => bytes(id),
        (None, false) => BEFORE_ALL.to_vec(),
        (None, true) => AFTER_ALL.to_vec(),
    };
    let ask = of(sql, partition)
        .bind(query.kind.to_string())
        .bind(id)
        .bind(query.status.as_ref().map(Cow::to_string))
        .bind(query.live.map(i64::from))
        .bind(i64::from(query.limit));
    match (query.courier, query.store) {
        (None, None) => ask,
        (None, Some(store)) => ask.bind(bytes(store)),
        (Some(courier), store) => ask.bind(bytes(courier)).bind(store.map(bytes)),
    }
}
