//! The journal without a database: for the paused stage and for tests.
//!
//! Every call answers at once under one lock, so tokio's paused clock sees no work outside it and
//! equal commands give equal journals. Nothing survives the process.

mod documents;
mod partition;
mod read_models;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use vocabulary::Timestamp;

use self::documents::Documents;
use self::partition::Partition;
use self::read_models::ReadModels;
use crate::{
    Batch, Epoch, Error, EventRow, Head, IdempotencyRow, LivingRows, PartitionId, PartitionOwner,
    Recovered, Result, StateKey, StateQuery, StateRow, StockMovement,
};

/// How much a journal in memory keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemoryOptions {
    /// Whether events and stock movements can be read back. Without, only their digest is kept,
    /// so that a simulated day stays small.
    pub history: bool,
}

impl Default for MemoryOptions {
    fn default() -> Self {
        Self { history: true }
    }
}

#[derive(Clone)]
pub(crate) struct Memory {
    options: MemoryOptions,
    world: Arc<Mutex<World>>,
}

#[derive(Default)]
struct World {
    partitions: BTreeMap<PartitionId, Partition>,
    documents: Documents,
    read_models: ReadModels,
}

impl Memory {
    /// Nothing is chained: nobody can change these rows behind the program's back.
    pub(crate) fn heads(&self) -> Vec<Head> {
        let world = self.lock();
        let head = |partition, through| Head { partition, through, chain: None };
        let partitions = world.partitions.iter();
        let partitions = partitions.map(|(id, kept)| head(Some(*id), kept.last_seq()));
        partitions.chain([head(None, world.documents.revision())]).collect()
    }

    pub(crate) fn new(options: MemoryOptions) -> Self {
        Self { options, world: Arc::default() }
    }

    /// A panic under the lock cannot leave half a batch: checks come before changes.
    fn lock(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Works on a partition's rows; one that nobody has written yet is empty.
    fn on<T>(&self, partition: PartitionId, work: impl FnOnce(&mut Partition) -> T) -> T {
        work(self.lock().partitions.entry(partition).or_default())
    }

    pub(crate) fn claim(&self, partition: PartitionId, owner: &str, url: &str) -> Result<Epoch> {
        Ok(self.on(partition, |rows| rows.claim(owner, url)))
    }

    pub(crate) fn owner(&self, partition: PartitionId) -> Result<Option<PartitionOwner>> {
        Ok(self.on(partition, |rows| rows.owner()))
    }

    pub(crate) fn commit(&self, batch: Batch) -> Result<()> {
        let world = &mut *self.lock();
        let partition = world.partitions.entry(batch.partition).or_default();
        let admitted = partition.admit(&batch);
        admitted.and_then(|()| world.documents.put_tokens(&batch.tokens)).inspect_err(|_| {
            partition.stop();
        })?;
        world.documents.put_persons(batch.persons.iter().cloned());
        partition.apply(batch, self.options.history);
        Ok(())
    }

    pub(crate) fn load(&self, partition: PartitionId, since: Timestamp) -> Result<Recovered> {
        Ok(self.on(partition, |rows| rows.load(since)))
    }

    pub(crate) fn living(&self, partition: PartitionId) -> LivingRows {
        self.on(partition, |rows| rows.living())
    }

    pub(crate) fn answer_from(
        &self,
        partition: PartitionId,
        from: u64,
        scope: &str,
        key: &str,
    ) -> Result<Option<IdempotencyRow>> {
        Ok(self.on(partition, |rows| rows.answer_from(from, scope, key)))
    }

    pub(crate) fn prune_idempotency(
        &self,
        partition: PartitionId,
        before: Timestamp,
    ) -> Result<u64> {
        Ok(self.on(partition, |rows| rows.prune_idempotency(before)))
    }

    pub(crate) fn outbox_delivered(
        &self,
        partition: PartitionId,
        target: &str,
        through: u64,
    ) -> Result<u64> {
        Ok(self.on(partition, |rows| rows.outbox_delivered(target, through)))
    }

    pub(crate) fn state(&self, partition: PartitionId, key: &StateKey) -> Result<Option<StateRow>> {
        Ok(self.on(partition, |rows| rows.state(key)))
    }

    pub(crate) fn states(
        &self,
        partition: PartitionId,
        query: &StateQuery,
    ) -> Result<Vec<StateRow>> {
        Ok(self.on(partition, |rows| rows.states(query)))
    }

    pub(crate) fn feed(
        &self,
        partition: PartitionId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<EventRow>> {
        self.needs_history("the feed")?;
        Ok(self.on(partition, |rows| rows.feed(after, limit)))
    }

    pub(crate) fn last_event(&self, partition: PartitionId) -> Result<Option<EventRow>> {
        self.needs_history("the last event")?;
        Ok(self.lock().partitions.entry(partition).or_default().last_event())
    }

    pub(crate) fn entity_history(
        &self,
        partition: PartitionId,
        kind: &str,
        entity: u128,
    ) -> Result<Vec<EventRow>> {
        self.needs_history("an entity's history")?;
        Ok(self.on(partition, |rows| rows.entity_history(kind, entity)))
    }

    pub(crate) fn movements(
        &self,
        partition: PartitionId,
        store: u128,
        sku: u128,
    ) -> Result<Vec<StockMovement>> {
        self.needs_history("the stock ledger")?;
        Ok(self.on(partition, |rows| rows.movements(store, sku)))
    }

    pub(crate) fn journal_digest(&self, partition: PartitionId) -> Result<[u8; 32]> {
        Ok(self.on(partition, |rows| rows.digest()))
    }

    fn needs_history(&self, asked: &'static str) -> Result<()> {
        if self.options.history { Ok(()) } else { Err(Error::HistoryNotKept { asked }) }
    }
}
