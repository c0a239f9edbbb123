//! Headquarters' documents: every version is kept, which is the audit trail.

use std::collections::BTreeMap;

use vocabulary::Timestamp;

use crate::{Chain, Error, Result};

/// A new version of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferenceDraft {
    pub kind: String,
    pub id: String,
    /// JSON.
    pub body: String,
    /// The principal, as text.
    pub by: String,
    pub at: Timestamp,
    /// When it begins to hold; `None` means at once.
    pub effective: Option<Timestamp>,
    /// The version it replaces, 0 for a document that must be new; `None` replaces any.
    pub expected_version: Option<u64>,
}

/// One version of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferenceRow {
    /// Position among all changes of reference data; grows, may have holes.
    pub revision: u64,
    pub kind: String,
    pub id: String,
    /// Counts from 1 per (kind, id).
    pub version: u64,
    pub body: String,
    pub by: String,
    pub at: Timestamp,
    pub effective: Option<Timestamp>,
}

/// Which changes of documents are wanted, youngest first. What is absent does not narrow.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReferenceLog {
    pub kind: Option<String>,
    pub id: Option<String>,
    /// The principal, as text.
    pub by: Option<String>,
    pub since: Option<Timestamp>,
    /// Up to and with this moment.
    pub until: Option<Timestamp>,
    /// The revision of the last change of the page before.
    pub before: Option<u64>,
    pub limit: u32,
}

impl ReferenceLog {
    pub(crate) fn wants(&self, row: &ReferenceRow) -> bool {
        self.kind.as_ref().is_none_or(|kind| *kind == row.kind)
            && self.id.as_ref().is_none_or(|id| *id == row.id)
            && self.by.as_ref().is_none_or(|by| *by == row.by)
            && self.since.is_none_or(|since| row.at >= since)
            && self.until.is_none_or(|until| row.at <= until)
            && self.before.is_none_or(|before| row.revision < before)
    }
}

/// The chain after each draft, in order, from that of the version before them.
pub(crate) fn chains(
    drafts: &[ReferenceDraft],
    versions: &[u64],
    mut chain: Chain,
) -> Result<Vec<Chain>> {
    let mut follow = |(draft, version): (&ReferenceDraft, &u64)| {
        let ReferenceDraft { kind, id, body, by, at, effective, .. } = draft;
        let effective = effective.map(Timestamp::as_millis);
        let columns = (kind, id, version, body, by, at.as_millis(), effective);
        let columns = serde_json::to_vec(&columns)
            .map_err(|source| Error::Encode { table: "reference", source })?;
        chain = chain.after_version(&columns);
        Ok(chain)
    };
    drafts.iter().zip(versions).map(&mut follow).collect()
}

/// The latest version of each (kind, id), 0 where there is none yet.
pub(crate) type LatestVersions = BTreeMap<(String, String), u64>;

/// The number a draft gets; counts on in `latest`, so that one call may write a document twice.
pub(crate) fn next_version(draft: &ReferenceDraft, latest: &mut LatestVersions) -> Result<u64> {
    let found = latest.entry((draft.kind.clone(), draft.id.clone())).or_default();
    match draft.expected_version {
        Some(expected) if expected != *found => Err(Error::VersionConflict {
            kind: draft.kind.clone(),
            id: draft.id.clone(),
            expected,
            found: *found,
        }),
        Some(_) | None => {
            *found += 1;
            Ok(*found)
        }
    }
}
