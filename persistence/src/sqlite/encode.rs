//! The JSON arrays that statements of rare rows unfold. Bytes go as hexadecimal text.

use serde::{Serialize, Serializer};
use vocabulary::{PersonId, Timestamp};

use crate::runs::{HexId, digits};
use crate::{Chain, Error, ReadModelWrite, ReferenceDraft, Result, TokenRow, TokenUse};

/// Any bytes.
struct Bytes<'a>(&'a [u8]);

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

fn text(table: &'static str, json: Vec<u8>) -> Result<String> {
    String::from_utf8(json).map_err(|_| Error::Corrupt { column: table })
}

pub(super) fn tokens(tokens: &[TokenRow]) -> Result<String> {
    rows("token", tokens, |token| {
        (
            HexId(token.id),
            Bytes(&token.hash),
            &token.principal,
            token.created_at.as_millis(),
            millis(token.expires_at),
            millis(token.revoked_at),
            &token.granted_by,
            millis(token.used_at),
        )
    })
}

pub(super) fn token_uses(uses: &[TokenUse]) -> Result<String> {
    rows("token", uses, |token| (HexId(token.id), token.at.as_millis()))
}

pub(super) fn ids(persons: &[PersonId]) -> Result<String> {
    rows("person", persons, |person| HexId(person.bits()))
}

pub(super) fn reference_keys(drafts: &[ReferenceDraft]) -> Result<String> {
    rows("reference", drafts, |draft| (&draft.kind, &draft.id))
}

/// Drafts with the versions they got.
pub(super) fn references(
    drafts: &[ReferenceDraft],
    versions: &[u64],
    chains: &[Chain],
) -> Result<String> {
    let versioned: Vec<_> = drafts.iter().zip(versions).zip(chains).collect();
    rows("reference", &versioned, |((draft, version), chain)| {
        let at = draft.at.as_millis();
        let chain = chain.to_string();
        let effective = millis(draft.effective);
        (&draft.kind, &draft.id, version, &draft.body, &draft.by, at, effective, chain)
    })
}

/// The rows to put and the keys to remove.
pub(super) fn read_model(write: &ReadModelWrite) -> Result<(String, String)> {
    let (reader, partition) = (write.reader, write.partition.0);
    let puts = rows("read_model", &write.puts, |row| (reader, partition, &row.key, &row.body))?;
    Ok((puts, rows("read_model", &write.removals, |key| key)?))
}
