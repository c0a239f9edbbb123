//! The journal on one SQLite file: one writer that owns the file, readers beside it (WAL).
//!
//! Durability is not a setting here: `synchronous` is read back at every opening, and less than
//! FULL is refused. This room never retries a write.

pub(crate) mod backup;
mod cells;
mod commit;
mod encode;
mod migrate;
mod read;
mod rows;
mod statements;
#[cfg(test)]
mod tests;
mod writer;

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous as Flush,
};
use sqlx::{ConnectOptions, Connection, SqliteConnection};

use self::writer::Writer;
use crate::desk::Desk;
use crate::{Error, Result};

/// Connections for readers; each is a thread of the driver.
const READERS: u32 = 4;
/// Of a new file. Most of what a commit writes is appended, and a page costs two calls to the
/// system however large it is.
const PAGE_BYTES: u32 = 8_192;
/// Pages in the log before a commit also moves them to the main file: 8 MiB, so that the hot pages
/// of many commits are moved once, and the commit that does it is not late by more than some
/// milliseconds.
const CHECKPOINT_PAGES: &str = "1000";
/// What a log that a slow reader let grow is cut back to: 64 MiB.
const LOG_BYTES: &str = "67108864";
/// Page cache of the writer, in KiB with SQLite's minus sign: 16 MiB, some times what a large commit
/// touches. What is older, the system's own cache has.
const WRITER_CACHE: &str = "-16384";

/// The handle of an open file; clones share it.
#[derive(Clone)]
pub(crate) struct Sqlite {
    pub(crate) desk: Desk,
    readers: SqlitePool,
}

impl Sqlite {
    pub(crate) async fn open(path: &Path) -> Result<Self> {
        let lock = take_lock(path)?;
        let options = writer_options(path);
        let mut connection = connect(&options).await?;
        migrate::migrate(&mut connection, path).await?;
        let desk = Desk::open(Writer::new(options, connection, lock));
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .test_before_acquire(false)
            .connect_lazy_with(reader_options(path));
        Ok(Self { desk, readers })
    }

    /// Waits for what is queued, closes every connection and lets go of the file.
    pub(crate) async fn close(&self) -> Result<()> {
        self.readers.close().await;
        self.desk.close().await
    }
}

/// The path of a `sqlite:` address.
pub(crate) fn path_of(url: &str) -> Result<PathBuf> {
    let bad = || Error::BadUrl { url: url.to_owned() };
    let path = url.strip_prefix("sqlite:").ok_or_else(bad)?;
    let path = path.strip_prefix("//").unwrap_or(path);
    // Options after a question mark would be settings of durability by the back door.
    if path.is_empty() || path.contains('?') || path.starts_with(':') {
        return Err(bad());
    }
    Ok(PathBuf::from(path))
}

/// Takes the file for this process. The lock goes with the returned file, also when the process
/// is killed, so there is no stale lock to clean up.
fn take_lock(path: &Path) -> Result<File> {
    open_or_create(path)?;
    // The same file under two names must meet at one lock.
    let path = path.canonicalize().map_err(|source| Error::File { path: path.into(), source })?;
    let mut name = path.clone().into_os_string();
    name.push(".lock");
    let lock_path = PathBuf::from(name);
    let file = open_or_create(&lock_path)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::InUse { path }),
        Err(TryLockError::Error(source)) => Err(Error::File { path: lock_path, source }),
    }
}

fn open_or_create(path: &Path) -> Result<File> {
    let opened = OpenOptions::new().create(true).truncate(false).write(true).open(path);
    opened.map_err(|source| Error::File { path: path.into(), source })
}

fn reader_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .busy_timeout(Duration::from_secs(5))
        .row_buffer_size(1_000)
        .disable_statement_logging()
}

/// Never creates the file: one that went away while we ran must not come back empty.
fn writer_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .page_size(PAGE_BYTES)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(vocabulary::planted!("commit_without_flush", Flush::Normal, Flush::Full))
        .busy_timeout(Duration::from_secs(5))
        .pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
        .pragma("journal_size_limit", LOG_BYTES)
        .pragma("cache_size", WRITER_CACHE)
        // A statement of many rows keeps the pages it changes until it has ended well: in memory,
        // not in a file that every commit makes and deletes.
        .pragma("temp_store", "MEMORY")
        // A forgotten person's bytes are overwritten, not only unlinked.
        .pragma("secure_delete", "ON")
        .disable_statement_logging()
}

/// A writing connection that is known to keep what it acknowledges.
async fn connect(options: &SqliteConnectOptions) -> Result<SqliteConnection> {
    let connected = SqliteConnection::connect_with(options).await;
    let mut connection = connected.map_err(failed_to("open the file"))?;
    check_durable(&mut connection).await?;
    Ok(connection)
}

async fn check_durable(connection: &mut SqliteConnection) -> Result<()> {
    let synchronous: i64 = sqlx::query_scalar(statements::SYNCHRONOUS)
        .fetch_one(&mut *connection)
        .await
        .map_err(failed_to("read the pragma synchronous"))?;
    // 2 is FULL, 3 EXTRA.
    if synchronous < 2 && !vocabulary::planted!("flush_unchecked") {
        let found = synchronous.to_string();
        return Err(Error::NotDurable { setting: "synchronous", found, need: "2 (FULL)" });
    }
    let found: String = sqlx::query_scalar(statements::JOURNAL_MODE)
        .fetch_one(connection)
        .await
        .map_err(failed_to("read the pragma journal_mode"))?;
    if found == "wal" {
        Ok(())
    } else {
        Err(Error::NotDurable { setting: "journal_mode", found, need: "wal" })
    }
}

/// For `map_err`: the database's error with what we wanted of it.
fn failed_to(action: &'static str) -> impl Fn(sqlx::Error) -> Error {
    move |source| Error::Database { action, source }
}
