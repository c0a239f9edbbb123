//! Runs of events, and the JSON arrays that statements of rare rows unfold. Bytes go as hexadecimal
//! text.

use serde::{Serialize, Serializer};
use vocabulary::Timestamp;

use crate::{Error, EventRow, ReferenceDraft, Result, SealedPerson, TokenRow};

/// The hexadecimal digit of a number below 16.
fn digit(nibble: u8) -> char {
    char::from(nibble + if nibble < 10 { b'0' } else { b'a' - 10 })
}

/// 16 bytes, most significant first.
struct Id(u128);

/// Any bytes.
struct Bytes<'a>(&'a [u8]);

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        Bytes(&self.0.to_be_bytes()).serialize(serializer)
    }
}

impl Serialize for Bytes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut text = String::with_capacity(self.0.len() * 2);
        for byte in self.0 {
            text.push(digit(byte >> 4));
            text.push(digit(byte & 0xf));
        }
        serializer.serialize_str(&text)
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
    pub last_seq: u64,
    pub events: String,
}

/// A run ends at so many events or bytes: whoever reads one event reads its run.
const RUN_EVENTS: usize = 32;
const RUN_BYTES: usize = 16 * 1_024;

pub(super) fn runs(events: &[EventRow]) -> Result<Vec<Run>> {
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
            runs.push(Run { last_seq: event.seq, events });
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

pub(super) fn persons(persons: &[SealedPerson]) -> Result<String> {
    rows("person", persons, |person| {
        (
            Id(person.id),
            Bytes(&person.nonce),
            Bytes(&person.sealed),
            Bytes(&person.key_nonce),
            Bytes(&person.sealed_key),
        )
    })
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
