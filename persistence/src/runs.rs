//! Runs of events: some dozens to a row, as one JSON array of arrays. Every database keeps them in
//! this form, so that their journals are equal to the byte.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use vocabulary::Timestamp;

use crate::{Batch, Chain, Epoch, Error, EventRow, PartitionId, Result};

/// Some events as one row keeps them.
pub(crate) struct Run {
    pub partition: PartitionId,
    pub epoch: Epoch,
    pub last_seq: u64,
    pub events: String,
    /// After this run.
    pub chain: Chain,
}

/// A run ends at so many events or bytes: whoever reads one event reads its run.
const RUN_EVENTS: usize = 32;
const RUN_BYTES: usize = 16 * 1_024;

/// A batch's runs; the chain goes on from that of the run before them.
pub(crate) fn runs(batch: &Batch, mut chain: Chain) -> Result<Vec<Run>> {
    let Batch { partition, epoch, events, .. } = batch;
    let mut runs = Vec::with_capacity(events.len() / RUN_EVENTS + 1);
    let mut json = Vec::with_capacity(RUN_BYTES + RUN_BYTES / 2);
    let mut count = 0;
    for (number, event) in events.iter().enumerate() {
        if vocabulary::planted!("event_left_out") && number == 1 && events.len() > 2 {
            continue;
        }
        json.push(if count == 0 { b'[' } else { b',' });
        push_event(&mut json, event)?;
        count += 1;
        if count == RUN_EVENTS || json.len() >= RUN_BYTES || number + 1 == events.len() {
            json.push(b']');
            let events = std::mem::replace(&mut json, Vec::with_capacity(RUN_BYTES * 3 / 2));
            let corrupt = |_| Error::Corrupt { column: "event_run.events" };
            let events = String::from_utf8(events).map_err(corrupt)?;
            let (partition, epoch, last_seq) = (*partition, *epoch, event.seq);
            chain = chain.after_run(partition, epoch, last_seq, &events);
            // Another version of the event's form, which nobody looks at.
            let forged = || events.replacen(",1,\"", ",2,\"", 1);
            let events = vocabulary::planted!("run_forged", forged(), events);
            runs.push(Run { partition, epoch, last_seq, events, chain });
            count = 0;
        }
    }
    Ok(runs)
}

/// An event's array. The payload is JSON already and goes in as it is.
fn push_event(json: &mut Vec<u8>, event: &EventRow) -> Result<()> {
    let envelope = (
        event.seq,
        &event.entity_kind,
        HexId(event.entity),
        event.entity_seq,
        event.previous,
        event.at.as_millis(),
        &event.by,
        HexId(event.cause),
        HexId(event.trace),
        event.schema_version,
        &event.kind,
    );
    serde_json::to_writer(&mut *json, &envelope)
        .map_err(|source| Error::Encode { table: "event_run", source })?;
    json.pop();
    json.push(b',');
    json.extend_from_slice(event.payload.as_bytes());
    json.push(b']');
    Ok(())
}

/// The events of a run, in order.
pub fn parse(json: &str) -> Result<Vec<EventRow>> {
    type Line<'a> = (
        u64,
        String,
        HexId,
        u64,
        u64,
        i64,
        Box<str>,
        HexId,
        HexId,
        u16,
        String,
        &'a serde_json::value::RawValue,
    );
    let corrupt = |_| Error::Corrupt { column: "event_run.events" };
    let lines: Vec<Line<'_>> = serde_json::from_str(json).map_err(corrupt)?;
    let event = |line: Line<'_>| {
        let (seq, entity_kind, entity, entity_seq, previous, at, by, cause, trace, ..) = line;
        let (.., schema_version, kind, payload) = line;
        EventRow {
            seq,
            entity_kind: entity_kind.into(),
            entity: entity.0,
            entity_seq,
            previous,
            at: Timestamp::from_millis(at),
            by,
            cause: cause.0,
            trace: trace.0,
            schema_version,
            kind: kind.into(),
            payload: payload.get().to_owned(),
        }
    };
    Ok(lines.into_iter().map(event).collect())
}

/// An entity's events, gathered backwards along `previous`, a run at a time.
pub(crate) struct History<'k> {
    kind: &'k str,
    entity: u128,
    /// Of the next event that is wanted; 0 when there is none before.
    seq: u64,
    events: Vec<EventRow>,
}

impl<'k> History<'k> {
    /// Begins with the entity's last event, which its state row names.
    pub(crate) fn of(kind: &'k str, entity: u128, seq: u64) -> Self {
        Self { kind, entity, seq, events: Vec::new() }
    }

    /// The next run that is wanted holds the event after this one; `None` when all are here.
    pub(crate) fn before(&self) -> Option<u64> {
        self.seq.checked_sub(1)
    }

    /// Takes from a run what belongs to the entity.
    pub(crate) fn take(&mut self, run: Vec<EventRow>) -> Result<()> {
        let wanted = self.seq;
        for event in run.into_iter().rev() {
            let is_next = event.seq == self.seq
                && event.entity == self.entity
                && event.entity_kind == self.kind;
            if is_next {
                self.seq = event.previous;
                self.events.push(event);
            }
        }
        if self.seq < wanted { Ok(()) } else { Err(Error::Corrupt { column: "event_run.events" }) }
    }

    pub(crate) fn in_order(mut self) -> Vec<EventRow> {
        self.events.reverse();
        self.events
    }
}

/// 16 bytes as hexadecimal text, most significant first.
pub(crate) struct HexId(pub(crate) u128);

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// The two hexadecimal digits of a byte.
pub(crate) fn digits(byte: u8) -> [u8; 2] {
    [byte >> 4, byte & 0xf].map(|nibble| DIGITS.get(usize::from(nibble)).copied().unwrap_or(b'0'))
}

impl Serialize for HexId {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut text = [0; 32];
        for (two, byte) in text.chunks_exact_mut(2).zip(self.0.to_be_bytes()) {
            two.copy_from_slice(&digits(byte));
        }
        serializer.serialize_str(str::from_utf8(&text).unwrap_or_default())
    }
}

impl<'de> Deserialize<'de> for HexId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = <&str>::deserialize(deserializer)?;
        u128::from_str_radix(text, 16).map(Self).map_err(D::Error::custom)
    }
}
