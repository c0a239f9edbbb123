//! Rows to the JSON arrays that the statements unfold. Bytes go as hexadecimal text.

use serde::{Serialize, Serializer};
use vocabulary::Timestamp;

use crate::{
    Error, EventRow, IdempotencyRow, OutboxRow, PartitionId, ReferenceDraft, Result, SealedPerson,
    StateRow, StockMovement, TokenRow,
};

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
    String::from_utf8(json).map_err(|_| Error::Corrupt { column: table })
}

fn millis(at: Option<Timestamp>) -> Option<i64> {
    at.map(Timestamp::as_millis)
}

pub(super) fn events(events: &[EventRow]) -> Result<String> {
    rows("event", events, |event| {
        (
            event.seq,
            &event.entity_kind,
            Id(event.entity),
            event.entity_seq,
            event.at.as_millis(),
            &event.by,
            Id(event.cause),
            Id(event.trace),
            event.schema_version,
            &event.kind,
            &event.payload,
        )
    })
}

pub(super) fn states<'a>(states: impl IntoIterator<Item = &'a StateRow>) -> Result<String> {
    rows("state", states, |state| {
        (
            &state.key.kind,
            Id(state.key.owner),
            Id(state.key.id),
            state.seq,
            i64::from(state.live),
            &state.status,
            state.store.map(Id),
            state.courier.map(Id),
            &state.blob,
        )
    })
}

/// Where the rows are filed: their keys with the columns that indexes are on.
pub(super) fn places<'a>(
    partition: PartitionId,
    states: impl IntoIterator<Item = &'a StateRow>,
) -> Result<String> {
    rows("state", states, |state| {
        (
            partition.0,
            &state.key.kind,
            Id(state.key.owner),
            Id(state.key.id),
            i64::from(state.live),
            state.store.map(Id),
            state.courier.map(Id),
        )
    })
}

pub(super) fn movements(movements: &[StockMovement]) -> Result<String> {
    rows("stock_movement", movements, |movement| {
        (
            Id(movement.store),
            movement.seq,
            Id(movement.sku),
            movement.delta,
            &movement.reason,
            Id(movement.reference),
        )
    })
}

pub(super) fn idempotency(answers: &[IdempotencyRow]) -> Result<String> {
    rows("idempotency", answers, |answer| {
        let hash = Bytes(&answer.body_hash);
        (&answer.scope, &answer.key, hash, &answer.result, answer.seq, answer.at.as_millis())
    })
}

pub(super) fn outbox(messages: &[OutboxRow]) -> Result<String> {
    rows("outbox", messages, |message| (message.seq, &message.target, &message.payload))
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
