//! One session that writes: checked before it may, and ended for good before the next one begins.

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection, Row};

use super::{failed_to, in_time, statements};
use crate::{Error, Result};

/// What every connection of ours says first.
///
/// - Nobody waits long for a lock: who holds it either ends or is dealt with.
/// - The server looks after its client once a second, also while it works: what a process that is
///   gone had under way comes to nothing instead of being recorded late.
/// - Every statement of ours is written for an index; statistics of a table that has just been
///   filled must not talk the planner into reading it whole.
pub(super) const SETTINGS: &str = "
    SET lock_timeout = '5s';
    SET statement_timeout = 0;
    SET idle_in_transaction_session_timeout = '30s';
    SET client_connection_check_interval = '1s';
    SET default_transaction_isolation = 'read committed';
    SET client_min_messages = 'warning';
    SET enable_seqscan = off;
    SET jit = off;
";

pub(super) const READ_ONLY: &str = "SET default_transaction_read_only = on;";

/// The oldest server with all that the journal asks for (`client_connection_check_interval`).
const OLDEST_SERVER: i32 = 140_000;

/// A writing connection to a primary that keeps what it acknowledges.
pub(super) struct Session {
    pub(super) connection: PgConnection,
    pub(super) identity: Identity,
}

/// Which session it is among all that the server ever had: process numbers come again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identity {
    process: i32,
    began_at: String,
}

impl Session {
    pub(super) async fn begin(options: &PgConnectOptions) -> Result<Self> {
        let connected = in_time(PgConnection::connect_with(options)).await;
        let mut connection = connected.map_err(failed_to("be reached"))?;
        check_server(&mut connection).await?;
        let set = in_time(sqlx::raw_sql(SETTINGS).execute(&mut connection)).await;
        set.map_err(failed_to("take our settings"))?;
        check_durable(&mut connection).await?;
        let identity = Identity::of(&mut connection).await?;
        Ok(Self { connection, identity })
    }

    /// Makes sure that an earlier session of ours is over: its last commit has either happened or
    /// never will. It holds what it has claimed until then.
    pub(super) async fn end(&mut self, earlier: &Identity) -> Result<()> {
        let ended = sqlx::query(statements::END_SESSION)
            .bind(earlier.process)
            .bind(&earlier.began_at)
            .execute(&mut self.connection);
        in_time(ended).await.map(|_| ()).map_err(failed_to("end a lost session"))
    }
}

impl Identity {
    async fn of(connection: &mut PgConnection) -> Result<Self> {
        let row = in_time(sqlx::query(statements::IDENTITY).fetch_one(connection)).await;
        let row = row.map_err(failed_to("say which session this is"))?;
        let column = |source| Error::Column { column: "pg_stat_activity", source };
        Ok(Self {
            process: row.try_get(0).map_err(column)?,
            began_at: row.try_get(1).map_err(column)?,
        })
    }
}

async fn check_server(connection: &mut PgConnection) -> Result<()> {
    let row = in_time(sqlx::query(statements::SERVER).fetch_one(connection)).await;
    let row = row.map_err(failed_to("say what it is"))?;
    let column = |source| Error::Column { column: "pg_settings", source };
    let version: i32 = row.try_get(0).map_err(column)?;
    let encoding: String = row.try_get(1).map_err(column)?;
    let is_standby: bool = row.try_get(2).map_err(column)?;
    let unfit = |reason: String| Err(Error::Unfit { reason });
    if version < OLDEST_SERVER {
        return unfit(format!("its version is {version}, and {OLDEST_SERVER} or later is needed"));
    }
    if encoding != "UTF8" {
        return unfit(format!("its encoding is {encoding}: create it with ENCODING 'UTF8'"));
    }
    if is_standby {
        return unfit("it is a standby: give the address of the primary".to_owned());
    }
    Ok(())
}

/// What an acknowledged commit rests on, with what is enough. None of it is set by us: a server
/// that keeps less does so on somebody's word, who must hear what it would cost.
const DURABLE: [(&str, &[&str], &str); 3] = [
    (
        "synchronous_commit",
        &["on", "remote_apply"],
        "on: ALTER DATABASE … SET synchronous_commit = on",
    ),
    ("fsync", &["on"], "on: ALTER SYSTEM SET fsync = on"),
    ("full_page_writes", &["on"], "on: ALTER SYSTEM SET full_page_writes = on"),
];

pub(super) async fn check_durable(connection: &mut PgConnection) -> Result<()> {
    for (setting, enough, need) in DURABLE {
        let read = sqlx::query_scalar(statements::SETTING).bind(setting);
        let found: String = in_time(read.fetch_one(&mut *connection))
            .await
            .map_err(failed_to("read a setting of durability"))?;
        if !enough.contains(&found.as_str()) {
            return Err(Error::NotDurable { setting, found, need });
        }
    }
    Ok(())
}
