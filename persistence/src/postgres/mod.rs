//! The journal on a PostgreSQL server: one connection that writes, readers beside it.
//!
//! A partition is owned by the session that writes it: when the session ends, ownership ends with
//! it, and every partition that it held is claimed and loaded again. The epoch is checked inside
//! every commit, so that whoever was paused, cut off or left behind by a failover never writes,
//! whatever its clock says. Durability is not a setting here, and nothing is ever written twice.

mod cells;
mod commit;
pub(crate) mod copied;
mod migrate;
mod read;
mod session;
mod statements;
#[cfg(test)]
mod tests;
mod writer;

use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, Connection};
use tokio::sync::watch;
use tokio::time::Instant;

use self::session::Session;
use self::writer::{Held, Writer};
use crate::desk::Desk;
use crate::{Error, PartitionId, Result};

/// Connections for readers.
const READERS: u32 = 6;
/// How long the database may keep us waiting for a connection, a row or the end of a write. After
/// it the connection is given up, and whether a write was recorded is unknown: a link that was cut
/// in silence would otherwise hold a city for as long as the system believes in it.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a reader waits for a free connection.
const QUEUEING: Duration = Duration::from_secs(3);
/// A reader's connection that has rested longer is asked whether it still is one.
const RESTED: Duration = Duration::from_secs(1);

/// The handle of an open journal; clones share it.
#[derive(Clone)]
pub(crate) struct Postgres {
    pub(crate) desk: Desk,
    readers: PgPool,
    held: watch::Receiver<Held>,
}

impl Postgres {
    pub(crate) async fn open(url: &str) -> Result<Self> {
        let options = options_of(url)?;
        let mut session = Session::begin(&options).await?;
        migrate::migrate(&mut session.connection).await?;
        let (told, held) = watch::channel(Held::default());
        let primary = Arc::new(Mutex::new(Instant::now()));
        let readers = readers(&options, Arc::clone(&primary));
        let desk = Desk::open(Writer::new(options, session, told, primary));
        Ok(Self { desk, readers, held })
    }

    /// Waits for what is queued, then closes every connection: whatever was owned may be claimed.
    pub(crate) async fn close(&self) -> Result<()> {
        self.readers.close().await;
        self.desk.close().await
    }

    /// Ends when a claimed partition has stopped: its session is gone, or a commit failed.
    pub(crate) async fn stopped(&self, partition: PartitionId) {
        let mut held = self.held.clone();
        if held.wait_for(|held| held.stopped.contains(&partition)).await.is_err() {
            // The journal is closed; whoever commits next is told so.
            std::future::pending::<()>().await;
        }
    }
}

/// Whether an address is one of PostgreSQL's.
pub(crate) fn is_address(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}

fn options_of(url: &str) -> Result<PgConnectOptions> {
    let bad = |_| Error::BadUrl { url: crate::without_secrets(url) };
    let options = PgConnectOptions::from_str(url).map_err(bad)?;
    Ok(options.application_name("paidan").disable_statement_logging())
}

/// Connections that only read. One that is older than the writer's session may belong to a server
/// that is no longer the primary, and is not used any more.
fn readers(options: &PgConnectOptions, primary: Arc<Mutex<Instant>>) -> PgPool {
    PgPoolOptions::new()
        .max_connections(READERS)
        .acquire_timeout(QUEUEING)
        .test_before_acquire(false)
        .after_connect(|connection, _| {
            Box::pin(async move {
                let settings = [session::SETTINGS, session::READ_ONLY].concat();
                sqlx::raw_sql(sqlx::AssertSqlSafe(settings)).execute(connection).await?;
                Ok(())
            })
        })
        .before_acquire(move |connection, its| {
            let since = *primary.lock().unwrap_or_else(PoisonError::into_inner);
            let is_of_the_primary = its.age <= since.elapsed();
            Box::pin(async move {
                if is_of_the_primary && its.idle_for > RESTED {
                    connection.ping().await?;
                }
                Ok(is_of_the_primary)
            })
        })
        .connect_lazy_with(options.clone())
}

/// For `map_err`: the database's error with what we wanted of it.
fn failed_to(action: &'static str) -> impl Fn(sqlx::Error) -> Error {
    move |source| Error::Database { action, source }
}

/// What is done, unless the database takes longer than our patience.
async fn in_time<T>(work: impl Future<Output = sqlx::Result<T>>) -> sqlx::Result<T> {
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(done) => done,
        Err(_) => Err(sqlx::Error::Io(std::io::Error::new(
            std::io::ErrorKind::TimedOut,
            "the database did not answer in time",
        ))),
    }
}
