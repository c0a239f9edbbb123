//! The rows of the journal. Ids are bits, payloads are JSON text; nothing here is interpreted.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::{self, Write};

use vocabulary::Timestamp;

use crate::{Error, Result, SealedPerson, TokenRow};

/// One single-writer share of the facts; a city today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartitionId(pub u16);

/// How often a partition has been claimed. Only the newest claim may write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(pub u64);

/// Who holds a partition, for callers that came to the wrong door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartitionOwner {
    pub epoch: Epoch,
    pub owner: String,
    /// Where its doors are.
    pub url: String,
}

/// One row of the event table: something that happened, for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRow {
    /// Position in the partition; the first is 1 and there is no hole.
    pub seq: u64,
    pub entity_kind: Cow<'static, str>,
    pub entity: u128,
    /// Position among the events of (`entity_kind`, `entity`); the first is 1, without a hole.
    pub entity_seq: u64,
    /// `seq` of the entity's event before this one, 0 before its first: histories are read
    /// backwards along these from the `seq` of the entity's state row.
    pub previous: u64,
    pub at: Timestamp,
    /// The principal, as text. An id or a role, never a person's name.
    pub by: Box<str>,
    /// The command this event answers.
    pub cause: u128,
    pub trace: u128,
    pub schema_version: u16,
    pub kind: Cow<'static, str>,
    /// JSON.
    pub payload: String,
}

/// Which entity a state row describes, within its partition.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StateKey {
    pub kind: Cow<'static, str>,
    /// The entity it belongs to, such as a reservation's store; 0 where it stands alone.
    pub owner: u128,
    pub id: u128,
}

/// The newest state of one entity: the columns one may search by, and one blob.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateRow {
    pub key: StateKey,
    /// The last event of the partition that is folded into `blob`.
    pub seq: u64,
    /// Whether recovery must bring it back to memory.
    pub live: bool,
    /// Whether it stays as long as the business does, as a store, and changes again and again; an
    /// order comes and ends. The same for all rows of a kind.
    pub stays: bool,
    pub status: Cow<'static, str>,
    pub store: Option<u128>,
    pub courier: Option<u128>,
    /// JSON.
    pub blob: String,
}

/// One line of the stock ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockMovement {
    /// The event of the same batch that caused it.
    pub seq: u64,
    pub store: u128,
    pub sku: u128,
    /// Units in (positive) or out (negative).
    pub delta: i64,
    pub reason: Cow<'static, str>,
    /// What it was for: an order, a count, a transfer.
    pub reference: u128,
}

/// The answer a command got, kept so that its repetition gets the same one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyRow {
    /// Who asked, and in which city.
    pub scope: String,
    pub key: String,
    /// SHA-256 of the command's body: the same key with another body is a mistake of the caller.
    pub body_hash: [u8; 32],
    /// JSON.
    pub result: String,
    pub seq: u64,
    pub at: Timestamp,
}

/// An idempotency row without its answer, for an index in memory: which keys were used is the
/// partition's owner's to know, and only it finds an answer again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct IdempotencyKey {
    pub seq: u64,
    pub scope: String,
    pub key: String,
}

/// A message to another partition or outside, sent at least once; at most one per (seq, target).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxRow {
    /// The event it tells of. Receivers drop what they have seen by (partition, seq, target).
    pub seq: u64,
    pub target: String,
    /// JSON.
    pub payload: String,
}

/// Everything one commit writes: all of it or nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    pub partition: PartitionId,
    /// From [`claim`](crate::Journal::claim); a batch of an older epoch is refused.
    pub epoch: Epoch,
    /// In order of `seq`, continuing where the partition's last batch ended. An entity's events
    /// come with its state row of the same kind and id (and no owner), at which its history ends.
    pub events: Vec<EventRow>,
    /// Of several rows with one key the last wins.
    pub states: Vec<StateRow>,
    pub movements: Vec<StockMovement>,
    pub idempotency: Vec<IdempotencyRow>,
    pub outbox: Vec<OutboxRow>,
    pub persons: Vec<SealedPerson>,
    pub tokens: Vec<TokenRow>,
}

/// What a partition starts from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovered {
    /// The last committed event; 0 before the first.
    pub last_seq: u64,
    /// Keys answered since the asked time, by (seq, scope, key).
    pub idempotency: Vec<IdempotencyKey>,
    /// Messages not yet acknowledged, by (seq, target).
    pub outbox: Vec<OutboxRow>,
}

/// Which state rows a door wants, a page at a time, in order of id. Rows of what stays are not found:
/// they are few, and in their owner's memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateQuery {
    pub kind: Cow<'static, str>,
    pub store: Option<u128>,
    pub courier: Option<u128>,
    pub status: Option<Cow<'static, str>>,
    pub live: Option<bool>,
    /// The id of the last row of the page before.
    pub after: Option<u128>,
    /// From the largest id down: with ids that begin with time, the youngest first.
    pub descending: bool,
    pub limit: u32,
}

impl Batch {
    pub fn new(partition: PartitionId, epoch: Epoch) -> Self {
        Self {
            partition,
            epoch,
            events: Vec::new(),
            states: Vec::new(),
            movements: Vec::new(),
            idempotency: Vec::new(),
            outbox: Vec::new(),
            persons: Vec::new(),
            tokens: Vec::new(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
            && self.states.is_empty()
            && self.movements.is_empty()
            && self.idempotency.is_empty()
            && self.outbox.is_empty()
            && self.persons.is_empty()
            && self.tokens.is_empty()
    }
}

impl Batch {
    /// Whether the events go on from `last_seq` without a hole.
    pub(crate) fn check_contiguous(&self, last_seq: u64) -> Result<()> {
        let mut last = last_seq;
        for event in &self.events {
            if last.checked_add(1) != Some(event.seq) {
                let (partition, found) = (self.partition, event.seq);
                return Err(Error::Gap { partition, last_seq: last, found });
            }
            last = event.seq;
        }
        Ok(())
    }

    /// The last state of each key, in order of keys, which is also the order of an index.
    pub(crate) fn last_per_key(&self) -> impl Iterator<Item = &StateRow> {
        let last: BTreeMap<&StateKey, &StateRow> =
            self.states.iter().map(|row| (&row.key, row)).collect();
        last.into_values()
    }

    /// Whether the events of each entity go on from each other.
    pub(crate) fn check_histories(&self) -> Result<()> {
        let mut last: BTreeMap<(&str, u128), &EventRow> = BTreeMap::new();
        for event in &self.events {
            let before = last.insert((event.entity_kind.as_ref(), event.entity), event);
            let follows = |before: &EventRow| {
                (event.previous, event.entity_seq) == (before.seq, before.entity_seq + 1)
            };
            if !before.is_none_or(follows) {
                return Err(Error::Duplicate { key: "event.entity_seq".to_owned(), source: None });
            }
        }
        Ok(())
    }
}

/// A number as databases keep it.
pub(crate) fn signed(number: u64, column: &'static str) -> Result<i64> {
    i64::try_from(number).map_err(|_| Error::OutOfRange { column })
}

impl IdempotencyKey {
    pub(crate) fn of(row: &IdempotencyRow) -> Self {
        Self { seq: row.seq, scope: row.scope.clone(), key: row.key.clone() }
    }
}

impl StateKey {
    pub fn new(kind: impl Into<Cow<'static, str>>, owner: u128, id: u128) -> Self {
        Self { kind: kind.into(), owner, id }
    }
}

impl StateQuery {
    /// Every row of a kind, oldest id first, `limit` rows a page.
    pub fn of_kind(kind: impl Into<Cow<'static, str>>, limit: u32) -> Self {
        Self {
            kind: kind.into(),
            store: None,
            courier: None,
            status: None,
            live: None,
            after: None,
            descending: false,
            limit,
        }
    }

    /// Whether a row of the kind belongs on the page, its length aside.
    pub(crate) fn wants(&self, row: &StateRow) -> bool {
        let id = row.key.id;
        let past = |after| if self.descending { id < after } else { id > after };
        self.store.is_none_or(|store| row.store == Some(store))
            && self.courier.is_none_or(|courier| row.courier == Some(courier))
            && self.status.as_ref().is_none_or(|status| row.status == *status)
            && self.live.is_none_or(|live| row.live == live)
            && self.after.is_none_or(past)
    }
}

impl EventRow {
    /// The row as one line of text without a line end: what a dump shows and a digest covers.
    pub fn write_line(&self, line: &mut String) -> fmt::Result {
        write!(
            line,
            "{} {} {:032x} {} {} {} {:032x} {:032x} {} {} {}",
            self.seq,
            self.entity_kind,
            self.entity,
            self.entity_seq,
            self.at.as_millis(),
            self.by,
            self.cause,
            self.trace,
            self.schema_version,
            self.kind,
            self.payload,
        )
    }
}

impl fmt::Display for PartitionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}
