//! One partition's rows in maps. Checks come before changes, so a batch is all or nothing.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use vocabulary::Timestamp;

use crate::journal::RollingDigest;
use crate::{
    Batch, Epoch, Error, EventRow, IdempotencyKey, IdempotencyRow, LivingRows, OutboxRow,
    PartitionOwner, Recovered, Result, StateKey, StateQuery, StateRow, StockMovement,
};

#[derive(Default)]
pub(super) struct Partition {
    owner: Option<PartitionOwner>,
    stopped: bool,
    last_seq: u64,
    digest: RollingDigest,
    events: Vec<EventRow>,
    /// The last `entity_seq` of each entity.
    entity_seqs: BTreeMap<(Cow<'static, str>, u128), u64>,
    states: BTreeMap<StateKey, StateRow>,
    movements: Vec<StockMovement>,
    idempotency: BTreeMap<(u64, String, String), IdempotencyRow>,
    outbox: BTreeMap<(u64, String), String>,
}

impl Partition {
    pub(super) fn claim(&mut self, owner: &str, url: &str) -> Epoch {
        let epoch = Epoch(self.owner.as_ref().map_or(1, |owner| owner.epoch.0 + 1));
        self.owner = Some(PartitionOwner { epoch, owner: owner.to_owned(), url: url.to_owned() });
        self.stopped = false;
        epoch
    }

    pub(super) fn last_seq(&self) -> u64 {
        self.last_seq
    }

    pub(super) fn owner(&self) -> Option<PartitionOwner> {
        self.owner.clone()
    }

    pub(super) fn stop(&mut self) {
        self.stopped = true;
    }

    /// Whether the batch may be applied.
    pub(super) fn admit(&self, batch: &Batch) -> Result<()> {
        if self.stopped {
            return Err(Error::Stopped { partition: batch.partition });
        }
        if self.owner.as_ref().is_none_or(|owner| owner.epoch != batch.epoch) {
            return Err(Error::NotOwner { partition: batch.partition, epoch: batch.epoch });
        }
        batch.check_contiguous(self.last_seq)?;
        batch.check_histories()?;
        self.admit_entity_seqs(&batch.events)?;
        self.admit_messages(&batch.outbox)
    }

    fn admit_entity_seqs(&self, events: &[EventRow]) -> Result<()> {
        for event in events {
            let entity = (event.entity_kind.clone(), event.entity);
            let recorded = self.entity_seqs.get(&entity);
            if recorded.is_some_and(|recorded| event.entity_seq <= *recorded) {
                return Err(duplicate("event.entity_seq"));
            }
        }
        Ok(())
    }

    fn admit_messages(&self, rows: &[OutboxRow]) -> Result<()> {
        let mut seen = BTreeSet::new();
        for row in rows {
            let key = (row.seq, row.target.clone());
            if self.outbox.contains_key(&key) || !seen.insert(key) {
                return Err(duplicate("outbox.seq"));
            }
        }
        Ok(())
    }

    /// Takes an admitted batch in.
    pub(super) fn apply(&mut self, batch: Batch, history: bool) {
        for event in batch.events {
            self.last_seq = event.seq;
            self.digest.add(&event);
            self.entity_seqs.insert((event.entity_kind.clone(), event.entity), event.entity_seq);
            if history {
                self.events.push(event);
            }
        }
        if history {
            self.movements.extend(batch.movements);
        }
        self.states.extend(batch.states.into_iter().map(|row| (row.key.clone(), row)));
        for row in batch.idempotency {
            self.idempotency.insert(key_of(&row), row);
        }
        for row in batch.outbox {
            self.outbox.insert((row.seq, row.target), row.payload);
        }
    }

    pub(super) fn load(&self, keys_since: Timestamp) -> Recovered {
        let recent = self.idempotency.values().filter(|row| row.at >= keys_since);
        Recovered {
            last_seq: self.last_seq,
            idempotency: recent.map(IdempotencyKey::of).collect(),
            outbox: self.outbox.iter().map(message).collect(),
        }
    }

    pub(super) fn living(&self) -> LivingRows {
        LivingRows::of_rows(self.states.values().filter(|row| row.live).cloned().collect())
    }

    pub(super) fn answer_from(&self, from: u64, scope: &str, key: &str) -> Option<IdempotencyRow> {
        let later = self.idempotency.range((from, String::new(), String::new())..);
        let mut later = later.map(|(_, row)| row);
        later.find(|row| row.scope == scope && row.key == key).cloned()
    }

    pub(super) fn prune_idempotency(&mut self, before: Timestamp) -> u64 {
        let kept = self.idempotency.values().find(|row| row.at >= before).map(|row| row.seq);
        let is_old =
            |row: &IdempotencyRow| row.at < before && kept.is_none_or(|kept| row.seq <= kept);
        self.idempotency.extract_if(.., |_, row| is_old(row)).fold(0, |count, _| count + 1)
    }

    pub(super) fn outbox_delivered(&mut self, target: &str, through: u64) -> u64 {
        let delivered = |(seq, to): &(u64, String)| to == target && *seq <= through;
        self.outbox.extract_if(.., |key, _| delivered(key)).fold(0, |count, _| count + 1)
    }

    pub(super) fn state(&self, key: &StateKey) -> Option<StateRow> {
        self.states.get(key).cloned()
    }

    pub(super) fn states(&self, query: &StateQuery) -> Vec<StateRow> {
        let first = StateKey::new(query.kind.clone(), 0, 0);
        let last = StateKey::new(query.kind.clone(), u128::MAX, u128::MAX);
        let wanted = self.states.range(first..=last).map(|(_, row)| row);
        let mut wanted: Vec<_> = wanted.filter(|row| !row.stays && query.wants(row)).collect();
        wanted.sort_by_key(|row| row.key.id);
        if query.descending {
            wanted.reverse();
        }
        wanted.into_iter().take(page_len(query.limit)).cloned().collect()
    }

    pub(super) fn feed(&self, after: u64, limit: u32) -> Vec<EventRow> {
        let start = self.events.partition_point(|event| event.seq <= after);
        self.events.iter().skip(start).take(page_len(limit)).cloned().collect()
    }

    pub(super) fn last_event(&self) -> Option<EventRow> {
        self.events.last().cloned()
    }

    pub(super) fn entity_history(&self, kind: &str, entity: u128) -> Vec<EventRow> {
        let of_entity = |event: &&EventRow| event.entity == entity && event.entity_kind == kind;
        self.events.iter().filter(of_entity).cloned().collect()
    }

    pub(super) fn movements(&self, store: u128, sku: u128) -> Vec<StockMovement> {
        let asked = |row: &&StockMovement| row.store == store && row.sku == sku;
        self.movements.iter().filter(asked).cloned().collect()
    }

    pub(super) fn digest(&self) -> [u8; 32] {
        self.digest.value()
    }
}

fn key_of(row: &IdempotencyRow) -> (u64, String, String) {
    (row.seq, row.scope.clone(), row.key.clone())
}

fn page_len(limit: u32) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}

fn message(((seq, target), payload): (&(u64, String), &String)) -> OutboxRow {
    OutboxRow { seq: *seq, target: target.clone(), payload: payload.clone() }
}

fn duplicate(key: &str) -> Error {
    Error::Duplicate { key: key.to_owned(), source: None }
}
