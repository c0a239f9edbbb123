//! The tables as rows of text, in one snapshot that is never written to.

use std::path::Path;

use futures_util::StreamExt;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection, Row as _, SqliteConnection};

/// Why the rows could not be read.
#[derive(Debug, thiserror::Error)]
pub enum RowsError {
    #[error("a database is named sqlite:<path> or postgres://…, not {0}")]
    Address(String),
    #[error("there is no file {0}")]
    NoFile(String),
    #[error("the database cannot be {what}: {source}")]
    Database {
        what: &'static str,
        #[source]
        source: sqlx::Error,
    },
}

/// One row; a column that is NULL or missing reads as empty.
pub struct Row(Vec<String>);

/// The same question to either database. Every column is text; ids are 32 hexadecimal digits.
pub struct Question {
    pub sqlite: &'static str,
    pub postgres: &'static str,
}

pub struct Snapshot {
    connection: Backend,
}

enum Backend {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Row {
    pub fn text(&self, column: usize) -> &str {
        self.0.get(column).map(String::as_str).unwrap_or_default()
    }

    /// Zero where there is no whole number.
    pub fn number(&self, column: usize) -> i64 {
        self.text(column).parse().unwrap_or_default()
    }

    pub fn seq(&self, column: usize) -> u64 {
        self.text(column).parse().unwrap_or_default()
    }

    pub fn id(&self, column: usize) -> String {
        super::dashed(self.text(column))
    }
}

fn failed(what: &'static str) -> impl Fn(sqlx::Error) -> RowsError {
    move |source| RowsError::Database { what, source }
}

impl Snapshot {
    /// Everything that is asked later is answered as of the first question.
    pub async fn open(address: &str) -> Result<Self, RowsError> {
        if address.starts_with("postgres://") || address.starts_with("postgresql://") {
            let options: PgConnectOptions = address.parse().map_err(failed("named so"))?;
            let options = options.disable_statement_logging();
            let mut connection =
                PgConnection::connect_with(&options).await.map_err(failed("opened"))?;
            sqlx::query("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                .execute(&mut connection)
                .await
                .map_err(failed("frozen"))?;
            return Ok(Self { connection: Backend::Postgres(connection) });
        }
        let path = address.strip_prefix("sqlite:").map(|path| path.trim_start_matches("//"));
        let path = path.ok_or_else(|| RowsError::Address(address.to_owned()))?;
        if !Path::new(path).is_file() {
            return Err(RowsError::NoFile(path.to_owned()));
        }
        let options = SqliteConnectOptions::new().filename(path).read_only(true);
        let options = options.disable_statement_logging();
        let mut connection =
            SqliteConnection::connect_with(&options).await.map_err(failed("opened"))?;
        sqlx::query("BEGIN").execute(&mut connection).await.map_err(failed("frozen"))?;
        Ok(Self { connection: Backend::Sqlite(connection) })
    }

    /// Visits every row of an answer, one at a time in memory.
    pub async fn each(
        &mut self,
        question: &Question,
        mut visit: impl FnMut(Row),
    ) -> Result<(), RowsError> {
        match &mut self.connection {
            Backend::Sqlite(connection) => {
                let mut rows = sqlx::query(question.sqlite).fetch(connection);
                while let Some(row) = rows.next().await {
                    let row = row.map_err(failed("read"))?;
                    visit(Row((0..row.len()).map(|at| text(row.try_get(at))).collect()));
                }
            }
            Backend::Postgres(connection) => {
                let mut rows = sqlx::query(question.postgres).fetch(connection);
                while let Some(row) = rows.next().await {
                    let row = row.map_err(failed("read"))?;
                    visit(Row((0..row.len()).map(|at| text(row.try_get(at))).collect()));
                }
            }
        }
        Ok(())
    }
}

fn text(cell: Result<Option<String>, sqlx::Error>) -> String {
    cell.ok().flatten().unwrap_or_default()
}
