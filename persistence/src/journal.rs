//! The one face of the journal; behind it a database or plain memory.

use std::fmt::Write;
use std::path::Path;

use sha2::{Digest, Sha256};
use tokio::sync::mpsc;
use vocabulary::{PersonId, Timestamp};

use crate::memory::{Memory, MemoryOptions};
use crate::postgres::{self, Postgres};
use crate::sqlite::{self, Sqlite};
use crate::{
    Batch, CopySummary, Epoch, Error, EventRow, Head, IdempotencyRow, LivingRows, PartitionId,
    PartitionOwner, ReadModelQuery, ReadModelRow, ReadModelWrite, Recovered, ReferenceDraft,
    ReferenceLog, ReferenceRow, Result, SealedPerson, StateKey, StateQuery, StateRow,
    StockMovement, TokenQuery, TokenRow, TokenUse,
};

/// Where everything is remembered. Clones share one journal.
#[derive(Clone)]
pub struct Journal {
    backend: Backend,
}

#[derive(Clone)]
enum Backend {
    Memory(Memory),
    Sqlite(Sqlite),
    Postgres(Postgres),
}

/// How many events a walk over a whole partition reads at a time.
const PAGE: u32 = 1_000;

impl Journal {
    /// Opens `sqlite:<path>`, `postgres://…` or `memory:` and brings it up to date. A file is taken
    /// for this process alone; on a server partitions are taken one by one. Call it within the
    /// runtime that shall carry the writer: it must outlive every partition that commits.
    pub async fn open(url: &str) -> Result<Self> {
        if url == "memory:" {
            return Ok(Self::memory(MemoryOptions::default()));
        }
        if postgres::is_address(url) {
            let postgres = Postgres::open(url).await?;
            return Ok(Self { backend: Backend::Postgres(postgres) });
        }
        let sqlite = Sqlite::open(&sqlite::path_of(url)?).await?;
        Ok(Self { backend: Backend::Sqlite(sqlite) })
    }

    /// A journal in plain memory: answers at once, without threads, timers or I/O.
    pub fn memory(options: MemoryOptions) -> Self {
        Self { backend: Backend::Memory(Memory::new(options)) }
    }

    /// Waits for what is queued, then lets go of the database. Whatever is asked afterwards fails.
    pub async fn close(&self) -> Result<()> {
        match &self.backend {
            Backend::Memory(_) => Ok(()),
            Backend::Sqlite(sqlite) => sqlite.close().await,
            Backend::Postgres(postgres) => postgres.close().await,
        }
    }

    /// Takes a partition for `owner`, reachable at `url`: from now on no older epoch can commit.
    /// Also the way back after a failed commit. Refused as [`Error::Owned`] while another process
    /// holds it and is alive, which only a database server can tell.
    pub async fn claim(&self, partition: PartitionId, owner: &str, url: &str) -> Result<Epoch> {
        match &self.backend {
            Backend::Memory(memory) => memory.claim(partition, owner, url),
            Backend::Sqlite(sqlite) => sqlite.desk.claim(partition, owner, url).await,
            Backend::Postgres(postgres) => postgres.desk.claim(partition, owner, url).await,
        }
    }

    /// Who holds a partition now; `None` when nobody ever claimed it.
    pub async fn owner(&self, partition: PartitionId) -> Result<Option<PartitionOwner>> {
        match &self.backend {
            Backend::Memory(memory) => memory.owner(partition),
            Backend::Sqlite(sqlite) => sqlite.owner(partition).await,
            Backend::Postgres(postgres) => postgres.owner(partition).await,
        }
    }

    /// Records a batch whole or not at all. Batches are written in the order of these calls.
    ///
    /// After any error the partition has stopped: every further batch of it is refused until it
    /// has been claimed and loaded again, because the memory that made the batch runs ahead of
    /// what is recorded. Nothing is ever sent to the database twice.
    pub async fn commit(&self, batch: Batch) -> Result<()> {
        if vocabulary::planted!("commits_fail", every 12) {
            return Err(Error::Stopped { partition: batch.partition });
        }
        match &self.backend {
            Backend::Memory(memory) => memory.commit(batch),
            Backend::Sqlite(sqlite) => sqlite.desk.commit(batch).await,
            Backend::Postgres(postgres) => postgres.desk.commit(batch).await,
        }
    }

    /// Whether other processes may have the same journal open: partitions are then taken one by one,
    /// and may be somebody else's.
    pub fn is_shared(&self) -> bool {
        match &self.backend {
            Backend::Memory(_) | Backend::Sqlite(_) => false,
            Backend::Postgres(_) => true,
        }
    }

    /// Ends when a partition that was claimed here has lost its owner's session, or a commit of it
    /// failed: it must be claimed and loaded again. Never ends where the partition is this process's
    /// alone.
    pub async fn stopped(&self, partition: PartitionId) {
        match &self.backend {
            Backend::Memory(_) | Backend::Sqlite(_) => std::future::pending().await,
            Backend::Postgres(postgres) => postgres.stopped(partition).await,
        }
    }

    /// Whether it ends with the process: its rows are at hand, and there is nothing to wait for.
    pub fn is_in_memory(&self) -> bool {
        matches!(self.backend, Backend::Memory(_))
    }

    /// What a partition starts from beside its live rows, with the idempotency keys answered at
    /// `keys_since` or later.
    pub async fn load(&self, partition: PartitionId, keys_since: Timestamp) -> Result<Recovered> {
        match &self.backend {
            Backend::Memory(memory) => memory.load(partition, keys_since),
            Backend::Sqlite(sqlite) => sqlite.load(partition, keys_since).await,
            Backend::Postgres(postgres) => postgres.load(partition, keys_since).await,
        }
    }

    /// Every row that is live, some at a time and in no order, to whoever takes them; ends early where
    /// nobody does. The caller has claimed the partition, so that nobody writes meanwhile.
    pub async fn living(
        &self,
        partition: PartitionId,
        taker: mpsc::Sender<LivingRows>,
    ) -> Result<()> {
        match &self.backend {
            Backend::Memory(memory) => {
                // Who takes nothing any more has no use for the rows.
                taker.send(memory.living(partition)).await.ok();
                Ok(())
            }
            Backend::Sqlite(sqlite) => sqlite.living(partition, &taker).await,
            Backend::Postgres(postgres) => postgres.living(partition, &taker).await,
        }
    }

    /// The live rows by key, all at once.
    pub async fn living_states(&self, partition: PartitionId) -> Result<Vec<StateRow>> {
        let (taker, mut packs) = mpsc::channel::<LivingRows>(4);
        let gather = async {
            let mut rows = Vec::new();
            while let Some(pack) = packs.recv().await {
                rows.extend(pack.unpack()?);
            }
            Ok(rows)
        };
        let (read, rows) = tokio::join!(self.living(partition, taker), gather);
        read?;
        let mut rows: Vec<StateRow> = rows?;
        rows.sort_unstable_by(|one, other| one.key.cmp(&other.key));
        Ok(rows)
    }

    /// The first answer recorded for a key at `from` or after. It is looked for row by row from
    /// there on: `from` is the seq that the partition had reached when it let the key in.
    pub async fn answer_from(
        &self,
        partition: PartitionId,
        from: u64,
        scope: &str,
        key: &str,
    ) -> Result<Option<IdempotencyRow>> {
        match &self.backend {
            Backend::Memory(memory) => memory.answer_from(partition, from, scope, key),
            Backend::Sqlite(sqlite) => sqlite.answer_from(partition, from, scope, key).await,
            Backend::Postgres(postgres) => postgres.answer_from(partition, from, scope, key).await,
        }
    }

    /// Forgets the answers given before a time; says how many.
    pub async fn prune_idempotency(
        &self,
        partition: PartitionId,
        before: Timestamp,
    ) -> Result<u64> {
        match &self.backend {
            Backend::Memory(memory) => memory.prune_idempotency(partition, before),
            Backend::Sqlite(sqlite) => sqlite.desk.prune_idempotency(partition, before).await,
            Backend::Postgres(postgres) => postgres.desk.prune_idempotency(partition, before).await,
        }
    }

    /// Forgets the messages to `target` up to and with `through`: the receiver has them.
    pub async fn outbox_delivered(
        &self,
        partition: PartitionId,
        target: &str,
        through: u64,
    ) -> Result<u64> {
        match &self.backend {
            Backend::Memory(memory) => memory.outbox_delivered(partition, target, through),
            Backend::Sqlite(sqlite) => {
                sqlite.desk.outbox_delivered(partition, target, through).await
            }
            Backend::Postgres(postgres) => {
                postgres.desk.outbox_delivered(partition, target, through).await
            }
        }
    }

    /// One entity's newest committed state, live or not.
    pub async fn state(&self, partition: PartitionId, key: &StateKey) -> Result<Option<StateRow>> {
        match &self.backend {
            Backend::Memory(memory) => memory.state(partition, key),
            Backend::Sqlite(sqlite) => sqlite.state(partition, key).await,
            Backend::Postgres(postgres) => postgres.state(partition, key).await,
        }
    }

    /// A page of committed states.
    pub async fn states(
        &self,
        partition: PartitionId,
        query: &StateQuery,
    ) -> Result<Vec<StateRow>> {
        match &self.backend {
            Backend::Memory(memory) => memory.states(partition, query),
            Backend::Sqlite(sqlite) => sqlite.states(partition, query).await,
            Backend::Postgres(postgres) => postgres.states(partition, query).await,
        }
    }

    /// Committed events after `after`, in order, at most `limit`.
    pub async fn feed(
        &self,
        partition: PartitionId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<EventRow>> {
        match &self.backend {
            Backend::Memory(memory) => memory.feed(partition, after, limit),
            Backend::Sqlite(sqlite) => sqlite.feed(partition, after, limit).await,
            Backend::Postgres(postgres) => postgres.feed(partition, after, limit).await,
        }
    }

    /// The newest committed event; `None` before the first.
    pub async fn last_event(&self, partition: PartitionId) -> Result<Option<EventRow>> {
        match &self.backend {
            Backend::Memory(memory) => memory.last_event(partition),
            Backend::Sqlite(sqlite) => sqlite.last_event(partition).await,
            Backend::Postgres(postgres) => postgres.last_event(partition).await,
        }
    }

    /// Everything that ever happened to one entity, in order.
    pub async fn entity_history(
        &self,
        partition: PartitionId,
        entity_kind: &str,
        entity: u128,
    ) -> Result<Vec<EventRow>> {
        match &self.backend {
            Backend::Memory(memory) => memory.entity_history(partition, entity_kind, entity),
            Backend::Sqlite(sqlite) => sqlite.entity_history(partition, entity_kind, entity).await,
            Backend::Postgres(postgres) => {
                postgres.entity_history(partition, entity_kind, entity).await
            }
        }
    }

    /// The stock ledger of one SKU in one store, in order.
    pub async fn movements(
        &self,
        partition: PartitionId,
        store: u128,
        sku: u128,
    ) -> Result<Vec<StockMovement>> {
        match &self.backend {
            Backend::Memory(memory) => memory.movements(partition, store, sku),
            Backend::Sqlite(sqlite) => sqlite.movements(partition, store, sku).await,
            Backend::Postgres(postgres) => postgres.movements(partition, store, sku).await,
        }
    }

    /// SHA-256 over the lines of every event of a partition: equal for equal histories, whatever
    /// the backend and however the events were cut into batches.
    pub async fn journal_digest(&self, partition: PartitionId) -> Result<[u8; 32]> {
        match &self.backend {
            Backend::Memory(memory) => memory.journal_digest(partition),
            Backend::Sqlite(_) | Backend::Postgres(_) => {
                let mut digest = RollingDigest::default();
                self.each_event(partition, |event| digest.add(event)).await?;
                Ok(digest.value())
            }
        }
    }

    /// Every event of a partition as text, a line each; what the digest covers.
    pub async fn dump(&self, partition: PartitionId) -> Result<String> {
        let mut lines = String::new();
        self.each_event(partition, |event| push_line(&mut lines, event)).await?;
        Ok(lines)
    }

    async fn each_event(
        &self,
        partition: PartitionId,
        mut visit: impl FnMut(&EventRow),
    ) -> Result<()> {
        let mut after = 0;
        loop {
            let page = self.feed(partition, after, PAGE).await?;
            page.iter().for_each(&mut visit);
            match page.last() {
                Some(last) => after = last.seq,
                None => return Ok(()),
            }
        }
    }

    /// Records a new version of a document and returns its number.
    pub async fn put_reference(&self, draft: ReferenceDraft) -> Result<u64> {
        let versions = self.put_references(vec![draft]).await?;
        versions.first().copied().ok_or(Error::Corrupt { column: "reference.version" })
    }

    /// Records new versions, all or none; returns their numbers in the order of the drafts.
    pub async fn put_references(&self, drafts: Vec<ReferenceDraft>) -> Result<Vec<u64>> {
        match &self.backend {
            Backend::Memory(memory) => memory.put_references(drafts),
            Backend::Sqlite(sqlite) => sqlite.desk.put_references(drafts).await,
            Backend::Postgres(postgres) => postgres.desk.put_references(drafts).await,
        }
    }

    /// The latest version of a document.
    pub async fn reference(&self, kind: &str, id: &str) -> Result<Option<ReferenceRow>> {
        match &self.backend {
            Backend::Memory(memory) => memory.reference(kind, id),
            Backend::Sqlite(sqlite) => sqlite.reference(kind, id).await,
            Backend::Postgres(postgres) => postgres.reference(kind, id).await,
        }
    }

    /// The latest version of every document of a kind, by id.
    pub async fn references(&self, kind: &str) -> Result<Vec<ReferenceRow>> {
        match &self.backend {
            Backend::Memory(memory) => memory.references(kind),
            Backend::Sqlite(sqlite) => sqlite.references(kind).await,
            Backend::Postgres(postgres) => postgres.references(kind).await,
        }
    }

    /// Every version of a document, oldest first.
    pub async fn reference_history(&self, kind: &str, id: &str) -> Result<Vec<ReferenceRow>> {
        match &self.backend {
            Backend::Memory(memory) => memory.reference_history(kind, id),
            Backend::Sqlite(sqlite) => sqlite.reference_history(kind, id).await,
            Backend::Postgres(postgres) => postgres.reference_history(kind, id).await,
        }
    }

    /// Changes of documents, youngest first.
    pub async fn reference_log(&self, log: &ReferenceLog) -> Result<Vec<ReferenceRow>> {
        match &self.backend {
            Backend::Memory(memory) => memory.reference_log(log),
            Backend::Sqlite(sqlite) => sqlite.reference_log(log).await,
            Backend::Postgres(postgres) => postgres.reference_log(log).await,
        }
    }

    /// Where each partition and the documents stand. Who notes it elsewhere can tell later whether
    /// what was recorded by then is still the same.
    pub async fn heads(&self) -> Result<Vec<Head>> {
        let mut heads = match &self.backend {
            Backend::Memory(memory) => memory.heads(),
            Backend::Sqlite(sqlite) => sqlite.heads().await?,
            Backend::Postgres(postgres) => postgres.heads().await?,
        };
        heads.sort_unstable_by_key(|head| head.partition);
        Ok(heads)
    }

    /// Records tokens, all or none; a hash that is already there is refused.
    pub async fn put_tokens(&self, tokens: Vec<TokenRow>) -> Result<()> {
        match &self.backend {
            Backend::Memory(memory) => memory.put_tokens(&tokens),
            Backend::Sqlite(sqlite) => sqlite.desk.put_tokens(tokens).await,
            Backend::Postgres(postgres) => postgres.desk.put_tokens(tokens).await,
        }
    }

    /// The token with this hash, also when it has expired or been revoked: the caller has the time.
    pub async fn token_by_hash(&self, hash: &[u8; 32]) -> Result<Option<TokenRow>> {
        match &self.backend {
            Backend::Memory(memory) => memory.token_by_hash(hash),
            Backend::Sqlite(sqlite) => sqlite.token_by_hash(hash).await,
            Backend::Postgres(postgres) => postgres.token_by_hash(hash).await,
        }
    }

    /// How many tokens that still open something were given to holders of this role.
    pub async fn tokens_of_role(&self, role: &str, now: Timestamp) -> Result<u64> {
        match &self.backend {
            Backend::Memory(memory) => memory.tokens_of_role(role, now),
            Backend::Sqlite(sqlite) => sqlite.tokens_of_role(role, now).await,
            Backend::Postgres(postgres) => postgres.tokens_of_role(role, now).await,
        }
    }

    /// A page of tokens, youngest first.
    pub async fn tokens(&self, query: &TokenQuery) -> Result<Vec<TokenRow>> {
        match &self.backend {
            Backend::Memory(memory) => memory.tokens(query),
            Backend::Sqlite(sqlite) => sqlite.tokens(query).await,
            Backend::Postgres(postgres) => postgres.tokens(query).await,
        }
    }

    /// Notes when tokens last opened something; says how many are known. Those of one call are
    /// looked up in each other's list: some hundreds at a time.
    pub async fn tokens_used(&self, uses: Vec<TokenUse>) -> Result<u64> {
        match &self.backend {
            Backend::Memory(memory) => memory.tokens_used(&uses),
            Backend::Sqlite(sqlite) => sqlite.desk.tokens_used(uses).await,
            Backend::Postgres(postgres) => postgres.desk.tokens_used(uses).await,
        }
    }

    /// Forgets tokens whose time was over, or that were revoked, before a moment; says how many.
    pub async fn forget_tokens(&self, before: Timestamp) -> Result<u64> {
        match &self.backend {
            Backend::Memory(memory) => memory.forget_tokens(before),
            Backend::Sqlite(sqlite) => sqlite.desk.forget_tokens(before).await,
            Backend::Postgres(postgres) => postgres.desk.forget_tokens(before).await,
        }
    }

    /// Revokes a token from `at` on; false when there is none or it was revoked before.
    pub async fn revoke_token(&self, id: u128, at: Timestamp) -> Result<bool> {
        match &self.backend {
            Backend::Memory(memory) => memory.revoke_token(id, at),
            Backend::Sqlite(sqlite) => sqlite.desk.revoke_token(id, at).await,
            Backend::Postgres(postgres) => postgres.desk.revoke_token(id, at).await,
        }
    }

    /// Records what a reader of the feed made of it, all or none.
    pub async fn put_read_model(&self, write: ReadModelWrite) -> Result<()> {
        match &self.backend {
            Backend::Memory(memory) => memory.put_read_model(write),
            Backend::Sqlite(sqlite) => sqlite.desk.put_read_model(write).await,
            Backend::Postgres(postgres) => postgres.desk.put_read_model(write).await,
        }
    }

    /// A page of a reader's rows, in order of key.
    pub async fn read_model(&self, query: &ReadModelQuery) -> Result<Vec<ReadModelRow>> {
        match &self.backend {
            Backend::Memory(memory) => memory.read_model(query),
            Backend::Sqlite(sqlite) => sqlite.read_model(query).await,
            Backend::Postgres(postgres) => postgres.read_model(query).await,
        }
    }

    /// Records people outside an order's commit; a person already there is replaced.
    pub async fn put_persons(&self, persons: Vec<SealedPerson>) -> Result<()> {
        match &self.backend {
            Backend::Memory(memory) => memory.put_persons(persons),
            Backend::Sqlite(sqlite) => sqlite.desk.put_persons(persons).await,
            Backend::Postgres(postgres) => postgres.desk.put_persons(persons).await,
        }
    }

    /// A person's sealed record, to be opened by the [`Vault`](crate::Vault).
    pub async fn person(&self, person: PersonId) -> Result<Option<SealedPerson>> {
        match &self.backend {
            Backend::Memory(memory) => memory.person(person),
            Backend::Sqlite(sqlite) => sqlite.person(person).await,
            Backend::Postgres(postgres) => postgres.person(person).await,
        }
    }

    /// Forgets people: their records and the only copies of their keys; says how many were there.
    /// In the file both are overwritten at once; the write-ahead log may hold them until its next
    /// round, a server's until its next vacuum, and backups for as long as they are kept.
    pub async fn erase_persons(&self, persons: Vec<PersonId>) -> Result<u64> {
        match &self.backend {
            Backend::Memory(memory) => memory.erase_persons(&persons),
            Backend::Sqlite(sqlite) => sqlite.desk.erase_persons(persons).await,
            Backend::Postgres(postgres) => postgres.desk.erase_persons(persons).await,
        }
    }

    /// Copies the database at a `sqlite:` address to a new file, whether a server has it open or not.
    pub async fn backup(url: &str, to: &Path) -> Result<CopySummary> {
        sqlite::backup::backup(url, to).await
    }

    /// Makes the database at a `sqlite:` address from such a copy, without the people who were
    /// forgotten. Refused while there is a database.
    pub async fn restore(url: &str, from: &Path, erased: &[PersonId]) -> Result<CopySummary> {
        sqlite::backup::restore(url, from, erased).await
    }
}

fn push_line(lines: &mut String, event: &EventRow) {
    // Writing into a String cannot fail.
    let _ = event.write_line(lines);
    let _ = lines.write_char('\n');
}

/// A digest of events that grows with them.
#[derive(Clone, Default)]
pub(crate) struct RollingDigest {
    hasher: Sha256,
    line: String,
}

impl RollingDigest {
    pub(crate) fn add(&mut self, event: &EventRow) {
        self.line.clear();
        push_line(&mut self.line, event);
        self.hasher.update(&self.line);
    }

    pub(crate) fn value(&self) -> [u8; 32] {
        self.hasher.clone().finalize().into()
    }
}
