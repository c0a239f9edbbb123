//! The batch that is being filled while the one before it commits.

use std::collections::BTreeMap;
use std::rc::Rc;

use dispatch::By;
use persistence::{
    Batch, Epoch, EventRow, IdempotencyRow, OutboxRow, PartitionId, SealedPerson, StateRow,
    StockMovement,
};
use vocabulary::Timestamp;

use crate::answer::Outcome;
use crate::core::Core;
use crate::errand::Errand;
use crate::intake::{Cause, Idempotency};
use crate::output::Output;

/// Events of every released version replay; this is the version written today.
const SCHEMA_VERSION: u16 = 1;

/// An entity whose newest state is not in a batch yet. Its row is encoded once a batch, however
/// many events touched it.
pub(crate) trait Touched {
    fn rows(&self, states: &mut Vec<StateRow>);
    /// Forgets parts that have ended; called after their last rows were taken.
    fn retire(&self);
    fn changes(&self, core: &Core, outputs: &mut Vec<Output>);
}

/// A reply or a read's hand-over, run on the partition's thread when its batch has committed.
pub(crate) type Release = Box<dyn FnOnce() + Send>;

#[derive(Default)]
pub(crate) struct Pending {
    events: Vec<EventRow>,
    touched: Vec<Rc<dyn Touched>>,
    movements: Vec<StockMovement>,
    idempotency: Vec<IdempotencyRow>,
    persons: Vec<SealedPerson>,
    /// By the event they go with and where they go.
    letters: BTreeMap<(u64, PartitionId), Vec<Errand>>,
    outputs: Vec<Output>,
    releases: Vec<Release>,
}

/// What is handed out when the batch beside it has committed.
pub(crate) struct Gated {
    pub outputs: Vec<Output>,
    pub releases: Vec<Release>,
    pub letters: Vec<OutboxRow>,
    pub last_seq: u64,
    pub event_count: u64,
}

/// One event as its owner describes it.
pub(crate) struct NewEvent {
    pub entity_kind: &'static str,
    pub entity: u128,
    pub entity_seq: u64,
    /// The entity's event before, 0 before its first.
    pub previous: u64,
    pub kind: &'static str,
    pub payload: String,
}

impl Pending {
    pub fn event_count(&self) -> usize {
        self.events.len()
    }

    pub fn has_rows(&self) -> bool {
        !self.events.is_empty() || !self.idempotency.is_empty() || !self.persons.is_empty()
    }

    pub fn is_empty(&self) -> bool {
        !self.has_rows() && self.outputs.is_empty() && self.releases.is_empty()
    }

    pub fn record(&mut self, seq: u64, event: NewEvent, at: Timestamp, by: By, cause: Cause) {
        self.events.push(EventRow {
            seq,
            entity_kind: event.entity_kind.into(),
            entity: event.entity,
            entity_seq: event.entity_seq,
            previous: event.previous,
            at,
            by: vocabulary::planted!("deed_unsigned", "".into(), by.to_string().into()),
            cause: cause.command,
            trace: cause.trace,
            schema_version: SCHEMA_VERSION,
            kind: event.kind.into(),
            payload: event.payload,
        });
    }

    pub fn touch(&mut self, entity: Rc<dyn Touched>) {
        self.touched.push(entity);
    }

    pub fn movement(&mut self, movement: StockMovement) {
        self.movements.push(movement);
    }

    pub fn persons(&mut self, persons: Vec<SealedPerson>) {
        self.persons.extend(persons);
    }

    pub fn letter(&mut self, seq: u64, target: PartitionId, errand: Errand) {
        self.letters.entry((seq, target)).or_default().push(errand);
    }

    pub fn answer(&mut self, keys: &[Idempotency], outcome: &Outcome, seq: u64, at: Timestamp) {
        if keys.is_empty() {
            return;
        }
        let result = serde_json::to_string(outcome).unwrap_or_default();
        self.idempotency.extend(keys.iter().map(|key| IdempotencyRow {
            scope: key.scope.clone(),
            key: key.key.clone(),
            body_hash: key.body_hash,
            result: result.clone(),
            seq,
            at,
        }));
    }

    pub fn output(&mut self, output: Output) {
        self.outputs.push(output);
    }

    pub fn release(&mut self, release: Release) {
        self.releases.push(release);
    }

    /// Closes the batch: encodes every touched entity once and takes everything out.
    pub fn cut(
        &mut self,
        core: &Core,
        partition: PartitionId,
        epoch: Epoch,
        last_seq: u64,
    ) -> (Batch, Gated) {
        let mut taken = std::mem::take(self);
        let mut states = Vec::with_capacity(taken.touched.len() * 2);
        for entity in &taken.touched {
            entity.rows(&mut states);
            entity.changes(core, &mut taken.outputs);
            entity.retire();
        }
        let letters: Vec<OutboxRow> = taken.letters.into_iter().map(letter_row).collect();
        let gated = Gated {
            outputs: taken.outputs,
            releases: taken.releases,
            letters: letters.clone(),
            last_seq,
            event_count: taken.events.len() as u64,
        };
        let mut batch = Batch::new(partition, epoch);
        batch.events = taken.events;
        batch.states = states;
        batch.movements = taken.movements;
        batch.idempotency = taken.idempotency;
        if vocabulary::planted!("answer_not_in_the_commit") {
            batch.idempotency.clear();
        }
        batch.persons = taken.persons;
        batch.outbox = letters;
        (batch, gated)
    }
}

fn letter_row(((seq, target), errands): ((u64, PartitionId), Vec<Errand>)) -> OutboxRow {
    // Plain data always encodes.
    let payload = serde_json::to_string(&errands).unwrap_or_default();
    OutboxRow { seq, target: target.to_string(), payload }
}
