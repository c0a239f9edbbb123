//! What readers of the feed made of it: rows by key, with how far the feed is read among them.

use crate::PartitionId;

/// One row of a reader. `body` is JSON; keys sort as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadModelRow {
    pub key: String,
    pub body: String,
}

/// What a reader writes at once: all of it or nothing, so that its rows and how far it has read
/// never disagree. A put replaces the row of its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadModelWrite {
    pub reader: &'static str,
    pub partition: PartitionId,
    pub puts: Vec<ReadModelRow>,
    pub removals: Vec<String>,
}

/// A page of a reader's rows, by key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadModelQuery {
    pub reader: &'static str,
    pub partition: PartitionId,
    /// The last key before the page, or anything that sorts there.
    pub after: String,
    /// The first key that is not meant any more.
    pub until: String,
    pub limit: u32,
}

impl ReadModelQuery {
    /// Every row whose key begins with `prefix` and goes on.
    pub fn beginning_with(
        reader: &'static str,
        partition: PartitionId,
        prefix: &str,
        limit: u32,
    ) -> Self {
        let until = format!("{prefix}{}", char::MAX);
        Self { reader, partition, after: prefix.to_owned(), until, limit }
    }

    /// The page after this one, which ended with `key`.
    #[must_use]
    pub fn after(self, key: &str) -> Self {
        Self { after: key.to_owned(), ..self }
    }
}
