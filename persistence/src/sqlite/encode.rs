//! Runs of events, and the JSON arrays that statements of rare rows unfold. Bytes go as hexadecimal
//! text.

use serde::{Serialize, Serializer};
use vocabulary::Timestamp;

use crate::{
    Batch, Epoch, Error, EventRow, PartitionId, ReadModelWrite, ReferenceDraft, Result, TokenRow,
};

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// The two hexadecimal digits of a byte.
fn digits(byte: u8) -> [u8; 2] {
    [byte >> 4, byte & 0xf].map(|nibble| DIGITS.get(usize::from(nibble)).copied().unwrap_or(b'0'))
}

/// 16 bytes, most significant first.
struct Id(u128);

/// Any bytes.
struct Bytes<'a>(&'a [u8]);

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut text = [0; 32];
        for (two, byte) in text.chunks_exact_mut(2).zip(self.0.to_be_bytes()) {
            two.copy_from_slice(&digits(byte));
        }
        serializer.serialize_str(str::from_utf8(&text).unwrap_or_default())
    }
}

impl Serialize for Bytes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let digits = self.0.iter().flat_map(|byte| digits(*byte));
        serializer.serialize_str(&digits.map(char::from).collect::<String>())
    }
}

/// One array of the rows' arrays.
fn rows<'a, R: 'a, T: Serialize>(
    table: &'static str,
    rows: impl IntoIterator<Item = &'a R>,
    encode: impl FnMut(&'a R) -> T,
) -> Result<String> {
    let mut json = Vec::with_capacity(1_024);
    let mut serializer = serde_json::Serializer::new(&mut json);
    serializer
        .collect_seq(rows.into_iter().map(encode))
        .map_err(|source| Error::Encode { table, source })?;
    text(table, json)
}

fn millis(at: Option<Timestamp>) -> Option<i64> {
    at.map(Timestamp::as_millis)
}

/// Some events as one row keeps them.
pub(super) struct Run {
    pub partition: PartitionId,
    pub epoch: Epoch,
    pub last_seq: u64,
    pub events: String,
}

/// A run ends at so many events or bytes: whoever reads one event reads its run.
const RUN_EVENTS: usize = 32;
const RUN_BYTES: usize = 16 * 1_024;

pub(super) fn runs(batch: &Batch) -> Result<Vec<Run>> {
    let Batch { partition, epoch, events, .. } = batch;
    let mut runs = Vec::with_capacity(events.len() / RUN_EVENTS + 1);
    let mut json = Vec::with_capacity(RUN_BYTES + RUN_BYTES / 2);
    let mut count = 0;
    for (number, event) in events.iter().enumerate() {
        json.push(if count == 0 { b'[' } else { b',' });
        push_event(&mut json, event)?;
        count += 1;
        if count == RUN_EVENTS || json.len() >= RUN_BYTES || number + 1 == events.len() {
            json.push(b']');
            let events = std::mem::replace(&mut json, Vec::with_capacity(RUN_BYTES * 3 / 2));
            let events = text("event_run", events)?;
            let (partition, epoch, last_seq) = (*partition, *epoch, event.seq);
            runs.push(Run { partition, epoch, last_seq, events });
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
        Id(event.entity),
        event.entity_seq,
        event.previous,
        event.at.as_millis(),
        &event.by,
        Id(event.cause),
        Id(event.trace),
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

fn text(table: &'static str, json: Vec<u8>) -> Result<String> {
    String::from_utf8(json).map_err(|_| Error::Corrupt { column: table })
}

pub(super) fn tokens(tokens: &[TokenRow]) -> Result<String> {
    rows("token", tokens, |token| {
        (
            Id(token.id),
            Bytes(&token.hash),
            &token.principal,
            token.created_at.as_millis(),
            millis(token.expires_at),
            millis(token.revoked_at),
        )
    })
}

pub(super) fn reference_keys(drafts: &[ReferenceDraft]) -> Result<String> {
    rows("reference", drafts, |draft| (&draft.kind, &draft.id))
}

/// Drafts with the versions they got.
pub(super) fn references(drafts: &[ReferenceDraft], versions: &[u64]) -> Result<String> {
    let versioned: Vec<_> = drafts.iter().zip(versions).collect();
    rows("reference", &versioned, |(draft, version)| {
        let at = draft.at.as_millis();
        (&draft.kind, &draft.id, version, &draft.body, &draft.by, at, millis(draft.effective))
    })
}

/// The rows to put and the keys to remove.
pub(super) fn read_model(write: &ReadModelWrite) -> Result<(String, String)> {
    let (reader, partition) = (write.reader, write.partition.0);
    let puts = rows("read_model", &write.puts, |row| (reader, partition, &row.key, &row.body))?;
    Ok((puts, rows("read_model", &write.removals, |key| key)?))
}
