//! How the world can fail us.

use std::path::PathBuf;

use crate::{Epoch, PartitionId};

pub type Result<T> = std::result::Result<T, Error>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("not a journal address: {url} (expected sqlite:<path>, postgres://… or memory:)")]
    BadUrl { url: String },
    #[error("another process has the journal {path} open")]
    InUse { path: PathBuf },
    #[error("file {path} cannot be used")]
    File { path: PathBuf, source: std::io::Error },
    #[error(
        "the database keeps its writes with {setting} = {found}, which can lose acknowledged commits (need {need})"
    )]
    NotDurable { setting: &'static str, found: String, need: &'static str },
    #[error("the database {database} cannot be brought to this version")]
    Migrate { database: String, source: sqlx::migrate::MigrateError },
    #[error("this server cannot hold a journal: {reason}")]
    Unfit { reason: String },

    /// Another process holds the partition and is alive. `url` is where its doors are; empty while
    /// it is only about to say so.
    #[error("partition {partition} belongs to {owner}, reached at {url}")]
    Owned { partition: PartitionId, owner: String, url: String },
    /// The batch was refused whole: somebody has claimed the partition since.
    #[error("partition {partition} is not ours in epoch {epoch}: it has been claimed again")]
    NotOwner { partition: PartitionId, epoch: Epoch },
    /// The batch was refused whole: its events do not continue where the partition ended.
    #[error("events of partition {partition} must continue after {last_seq}, not with {found}")]
    Gap { partition: PartitionId, last_seq: u64, found: u64 },
    /// Refused whole: a row of it is already there. `key` names the key that occurs twice.
    #[error("already recorded: {key}")]
    Duplicate { key: String, source: Option<sqlx::Error> },
    /// The batch may or may not be recorded. Recover; never send it again.
    #[error("whether the batch of partition {partition} was recorded is unknown")]
    CommitUnknown { partition: PartitionId, source: sqlx::Error },
    /// A commit of the partition failed before; claim it and load it again.
    #[error("partition {partition} has stopped after a failed commit and must be recovered")]
    Stopped { partition: PartitionId },
    #[error("the journal is closed")]
    Closed,

    #[error(
        "not an address of Redis: {url} (expected redis://host:port or redis-cluster://host:port,host:port)"
    )]
    BadHints { url: String },
    #[error("redis at {shown} cannot be asked")]
    Hints { shown: String, source: redis::RedisError },
    #[error("redis at {shown} does not answer")]
    HintsSilent { shown: String },

    #[error("reference {kind} {id} is at version {found}, not {expected}")]
    VersionConflict { kind: String, id: String, expected: u64, found: u64 },
    #[error("the journal in memory was told not to keep history, so {asked} cannot be answered")]
    HistoryNotKept { asked: &'static str },

    #[error("the database failed to {action}")]
    Database { action: &'static str, source: sqlx::Error },
    /// Refused whole: a value that the database cannot keep, such as a text with a zero byte.
    #[error("the database cannot keep a value that it was given")]
    Unstorable { source: sqlx::Error },
    #[error("a number in {column} is out of the range of the database")]
    OutOfRange { column: &'static str },
    #[error("column {column} holds what we never write there")]
    Corrupt { column: &'static str },
    #[error("column {column} cannot be read")]
    Column { column: &'static str, source: sqlx::Error },
    #[error("rows for {table} cannot be written as JSON")]
    Encode { table: &'static str, source: serde_json::Error },

    #[error("{path} is there already: move it away, or give another name")]
    Exists { path: PathBuf },
    #[error("line {line} of {path} is no person's id: who was forgotten cannot be known")]
    ErasedList { path: PathBuf, line: usize },

    #[error("the key file {path} can be read by others (mode {mode:o}): chmod 600 it")]
    KeyFileMode { path: PathBuf, mode: u32 },
    #[error("the key file {path} does not hold a key of 32 bytes")]
    KeyFileContent { path: PathBuf },
    #[error("the system gave no random bytes")]
    Random { source: getrandom::Error },
    /// Sealed with another key, for another person, or changed since.
    #[error("the record of person {person:032x} cannot be opened with this key")]
    Unsealable { person: u128 },
}

impl Error {
    /// Whether the database itself refused, so that nothing of the work stays and its connection
    /// is in order.
    pub(crate) fn refused_whole(&self) -> bool {
        matches!(
            self,
            Self::Owned { .. }
                | Self::NotOwner { .. }
                | Self::Gap { .. }
                | Self::Duplicate { .. }
                | Self::Unstorable { .. }
                | Self::VersionConflict { .. }
        )
    }

    /// Whether the database cannot be reached just now, or has gone away in the middle of the work:
    /// to ask again later is no mistake.
    pub fn is_passing(&self) -> bool {
        if let Self::Database { source, .. } = self {
            return is_passing(source);
        }
        matches!(self, Self::Closed | Self::Stopped { .. } | Self::CommitUnknown { .. })
    }
}

fn is_passing(source: &sqlx::Error) -> bool {
    match source {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        // Connection exceptions, want of resources, an operator's hand.
        sqlx::Error::Database(error) => error
            .code()
            .is_some_and(|code| ["08", "53", "57"].iter().any(|class| code.starts_with(class))),
        _ => false,
    }
}
