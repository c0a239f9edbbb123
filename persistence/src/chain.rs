//! The chain: each run of events, and each version of a document, carries a digest of itself and of
//! all before it. Whoever changes, removes or puts in a row must forge every row after it; and where
//! the last digest was noted elsewhere, not even that hides it.
//!
//! `simulator check` computes the same on its own, and names the first row that does not follow.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::{Epoch, Error, PartitionId, Result};

/// SHA-256 over everything so far; zeros before the first row.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Chain([u8; 32]);

/// Where a journal or the documents stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// `None` is the documents.
    pub partition: Option<PartitionId>,
    /// The last seq of the partition, or the last revision.
    pub through: u64,
    /// `None` where nothing is chained: in memory, and in rows of an earlier version.
    pub chain: Option<Chain>,
}

impl Chain {
    pub(crate) fn after_run(
        self,
        partition: PartitionId,
        epoch: Epoch,
        last_seq: u64,
        events: &str,
    ) -> Self {
        self.with(&[
            &partition.0.to_be_bytes(),
            &epoch.0.to_be_bytes(),
            &last_seq.to_be_bytes(),
            events.as_bytes(),
        ])
    }

    /// `version` is the document's columns but the first and this one, as a JSON array.
    pub(crate) fn after_version(self, version: &[u8]) -> Self {
        self.with(&[version])
    }

    fn with(self, parts: &[&[u8]]) -> Self {
        let mut digest = Sha256::new_with_prefix(self.0);
        parts.iter().for_each(|part| digest.update(part));
        Self(digest.finalize().into())
    }

    /// As a column keeps it; an empty one is the beginning.
    pub(crate) fn of_column(bytes: &[u8], column: &'static str) -> Result<Self> {
        match bytes {
            [] => Ok(Self::default()),
            _ => bytes.try_into().map(Self).map_err(|_| Error::Corrupt { column }),
        }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for Chain {
    fn fmt(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(text, "{byte:02x}"))
    }
}

impl fmt::Debug for Chain {
    fn fmt(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(text, "Chain({self})")
    }
}
