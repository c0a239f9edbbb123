//! Reading and writing documents as JSON.

use persistence::{Journal, ReferenceDraft};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Author;
use crate::error::Error;

/// The newest version of every document of a kind: its id, its version and what it says.
pub async fn all<T: DeserializeOwned>(
    journal: &Journal,
    kind: &'static str,
) -> Result<Vec<(String, u64, T)>, Error> {
    let rows = journal.references(kind).await?;
    rows.into_iter()
        .map(|row| match serde_json::from_str(&row.body) {
            Ok(body) => Ok((row.id, row.version, body)),
            Err(source) => Err(Error::Document { kind, id: row.id, source }),
        })
        .collect()
}

/// A new version; `expected` is the version that was read, absent to replace any.
pub fn draft<T: Serialize>(
    kind: &'static str,
    id: String,
    body: &T,
    expected: Option<u64>,
    author: Author,
) -> Result<ReferenceDraft, Error> {
    let body =
        serde_json::to_string(body).map_err(|source| Error::Encode { what: kind, source })?;
    Ok(ReferenceDraft {
        kind: kind.to_owned(),
        id,
        body,
        by: format!("principal:{}", author.by),
        at: author.at,
        effective: None,
        expected_version: expected,
    })
}
