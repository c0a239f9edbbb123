//! A copy of the file while it is written, and a new file from such a copy.
//!
//! A copy holds what was committed at one moment, on as few pages as that takes. Neither ever
//! replaces a file that is there, and what it makes has its final name only when it is whole.

use std::fs::{File, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};
use vocabulary::PersonId;

use super::{connect, failed_to, migrate, path_of, reader_options, statements, take_lock};
use crate::decode;
use crate::{Error, PartitionId, Result};

/// What a copy holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopySummary {
    pub bytes: u64,
    /// Each partition with its last event.
    pub partitions: Vec<(PartitionId, u64)>,
    /// People who were in it and are forgotten again.
    pub forgotten: u64,
}

/// Copies the database at a `sqlite:` address to a new file. The server that has it open goes on.
pub(crate) async fn backup(url: &str, to: &Path) -> Result<CopySummary> {
    let from = path_of(url)?;
    if !from.exists() {
        let source = std::io::Error::from(std::io::ErrorKind::NotFound);
        return Err(Error::File { path: from, source });
    }
    refuse_existing(to)?;
    let part = beside(to, "part");
    remove(&part)?;
    let copied = copy_into(&from, &part).await;
    let summary = match copied {
        Ok(()) => check(&part, statements::QUICK_CHECK).await,
        Err(error) => Err(error),
    };
    let kept = summary.and_then(|summary| keep_as(&part, to).map(|()| summary));
    remove(&part)?;
    kept
}

async fn copy_into(from: &Path, to: &Path) -> Result<()> {
    let failed = failed_to("copy itself");
    let opened = SqliteConnection::connect_with(&reader_options(from)).await;
    let mut connection = opened.map_err(&failed)?;
    let name = to.to_str().ok_or_else(|| Error::BadUrl { url: to.display().to_string() })?;
    let copied = sqlx::query(statements::COPY_INTO).bind(name).execute(&mut connection).await;
    copied.map_err(&failed)?;
    connection.close().await.map_err(failed)
}

/// Makes the database at a `sqlite:` address from a copy, brings it up to this version and forgets
/// who was forgotten since the copy was made. Refused while a database or its log is there.
pub(crate) async fn restore(url: &str, from: &Path, erased: &[PersonId]) -> Result<CopySummary> {
    let path = path_of(url)?;
    for present in [path.clone(), beside(&path, "-wal")] {
        if std::fs::metadata(&present).is_ok_and(|file| file.len() > 0) {
            return Err(Error::Exists { path: present });
        }
    }
    let lock = take_lock(&path)?;
    let part = beside(&path, "part");
    remove(&part)?;
    let made = make(from, &part, erased).await;
    let made = made.and_then(|summary| {
        std::fs::rename(&part, &path)
            .map_err(|source| Error::File { path: part.clone(), source })?;
        sync_folder(&path)?;
        Ok(summary)
    });
    remove(&part)?;
    drop(lock);
    made
}

async fn make(from: &Path, part: &Path, erased: &[PersonId]) -> Result<CopySummary> {
    std::fs::copy(from, part).map_err(|source| Error::File { path: from.into(), source })?;
    let summary = check(part, statements::INTEGRITY_CHECK).await?;
    let mut connection = connect(&super::writer_options(part)).await?;
    migrate::migrate(&mut connection, part).await?;
    let ids = super::encode::ids(erased)?;
    let forgotten = sqlx::query(statements::ERASE_PERSONS).bind(ids).execute(&mut connection);
    let forgotten = forgotten.await.map_err(failed_to("forget people"))?.rows_affected();
    // The log goes into the file with the last connection.
    connection.close().await.map_err(failed_to("close the copy"))?;
    sync(part)?;
    Ok(CopySummary { forgotten, ..summary })
}

/// Whether a file is a whole journal, and what it holds.
async fn check(path: &Path, pragma: &'static str) -> Result<CopySummary> {
    let failed = failed_to("be read");
    let options = SqliteConnectOptions::new().filename(path);
    let opened = SqliteConnection::connect_with(&options).await;
    let mut connection = opened.map_err(&failed)?;
    let found: String =
        sqlx::query_scalar(pragma).fetch_one(&mut connection).await.map_err(&failed)?;
    if found != "ok" {
        return Err(Error::Unfit { reason: format!("{} is damaged: {found}", path.display()) });
    }
    let rows = sqlx::query(statements::PARTITIONS).fetch_all(&mut connection).await;
    let rows = rows.map_err(|source| match &source {
        sqlx::Error::Database(_) => {
            Error::Unfit { reason: format!("{} is no journal of ours", path.display()) }
        }
        _ => Error::Database { action: "be read", source },
    })?;
    let partition = |row| {
        let id = decode::unsigned(row, 0, "partition_owner.partition")?;
        Ok((PartitionId(id), decode::unsigned(row, 1, "partition_owner.last_seq")?))
    };
    let partitions = rows.iter().map(partition).collect::<Result<_>>()?;
    connection.close().await.map_err(failed)?;
    let bytes = std::fs::metadata(path).map_or(0, |file| file.len());
    Ok(CopySummary { bytes, partitions, forgotten: 0 })
}

fn refuse_existing(path: &Path) -> Result<()> {
    if path.exists() { Err(Error::Exists { path: path.into() }) } else { Ok(()) }
}

/// Gives a whole file its name, unless somebody else has taken that meanwhile.
fn keep_as(part: &Path, to: &Path) -> Result<()> {
    let private = std::fs::set_permissions(part, Permissions::from_mode(0o600));
    private.map_err(|source| Error::File { path: part.into(), source })?;
    sync(part)?;
    std::fs::hard_link(part, to).map_err(|source| Error::File { path: to.into(), source })?;
    sync_folder(to)
}

fn sync(path: &Path) -> Result<()> {
    let synced = File::open(path).and_then(|file| file.sync_all());
    synced.map_err(|source| Error::File { path: path.into(), source })
}

fn sync_folder(path: &Path) -> Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    sync(folder.unwrap_or(Path::new(".")))
}

fn remove(path: &Path) -> Result<()> {
    for path in [path.to_owned(), beside(path, "-wal"), beside(path, "-shm")] {
        match std::fs::remove_file(&path) {
            Ok(()) => {}
            Err(missing) if missing.kind() == std::io::ErrorKind::NotFound => {}
            Err(source) => return Err(Error::File { path, source }),
        }
    }
    Ok(())
}

/// A file of the same name with something after it.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.to_owned().into_os_string();
    if !ending.starts_with('-') {
        name.push(".");
    }
    name.push(ending);
    PathBuf::from(name)
}
