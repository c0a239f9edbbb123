//! Statements that write many rows at once.
//!
//! Each is prepared in a few sizes, so that a batch of any length is written by statements that
//! the driver already knows, and values are bound as they are: an id is bytes, not text.

use std::sync::LazyLock;

use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments, AssertSqlSafe, Encode, SqlSafeStr, SqlStr, Sqlite, SqliteConnection, Type};

use super::commit;
use crate::{Error, PartitionId, Result};

/// Rows a statement takes; what is left over goes with the next smaller one.
const SIZES: [usize; 3] = [64, 8, 1];

/// One table's statement in every size.
pub(super) struct WriteRows {
    sizes: [(usize, SqlStr); SIZES.len()],
    columns: usize,
}

/// The values of some rows, in the order of their columns.
pub(super) struct Values(SqliteArguments);

pub(super) static EVENT_RUNS: LazyLock<WriteRows> = LazyLock::new(|| {
    WriteRows::new("INSERT INTO event_run (partition, epoch, last_seq, events)", 4, "")
});

/// Writes states but leaves alone the recorded ones that are filed elsewhere: SQLite writes an
/// index anew whenever a statement sets one of its columns, changed or not. Such rows are not
/// counted as written, and go with [`REFILED_STATES`].
pub(super) static STATES: LazyLock<WriteRows> = LazyLock::new(|| {
    WriteRows::new(
        STATE_INTO,
        10,
        "ON CONFLICT (partition, kind, owner, id) DO UPDATE SET
             seq = excluded.seq, status = excluded.status, blob = excluded.blob
         WHERE live = excluded.live AND store IS excluded.store AND courier IS excluded.courier",
    )
});

pub(super) static REFILED_STATES: LazyLock<WriteRows> = LazyLock::new(|| {
    WriteRows::new(
        STATE_INTO,
        10,
        "ON CONFLICT (partition, kind, owner, id) DO UPDATE SET
             seq = excluded.seq, status = excluded.status, blob = excluded.blob,
             live = excluded.live, store = excluded.store, courier = excluded.courier
         WHERE (live, store, courier) IS NOT (excluded.live, excluded.store, excluded.courier)",
    )
});

const STATE_INTO: &str =
    "INSERT INTO state (partition, kind, owner, id, seq, live, status, store, courier, blob)";

pub(super) static MOVEMENTS: LazyLock<WriteRows> = LazyLock::new(|| {
    WriteRows::new(
        "INSERT INTO stock_movement (partition, line, store, seq, sku, delta, reason, reference)",
        8,
        "",
    )
});

pub(super) static ANSWERS: LazyLock<WriteRows> = LazyLock::new(|| {
    WriteRows::new(
        "INSERT INTO idempotency (partition, scope, key, body_hash, result, seq, at)",
        7,
        "",
    )
});

pub(super) static MESSAGES: LazyLock<WriteRows> =
    LazyLock::new(|| WriteRows::new("INSERT INTO outbox (partition, seq, target, payload)", 4, ""));

#[cfg(test)]
pub(super) static ALL: [(&str, &LazyLock<WriteRows>); 6] = [
    ("EVENT_RUNS", &EVENT_RUNS),
    ("STATES", &STATES),
    ("REFILED_STATES", &REFILED_STATES),
    ("MOVEMENTS", &MOVEMENTS),
    ("ANSWERS", &ANSWERS),
    ("MESSAGES", &MESSAGES),
];

impl WriteRows {
    fn new(into: &str, columns: usize, conflict: &str) -> Self {
        let row = format!("({})", vec!["?"; columns].join(","));
        let sized = |size| {
            let rows = vec![row.as_str(); size].join(",");
            // Only text of this file goes in.
            (size, AssertSqlSafe(format!("{into} VALUES {rows} {conflict}")).into_sql_str())
        };
        Self { sizes: SIZES.map(sized), columns }
    }

    /// Writes every row within the partition's commit; says how many were inserted or changed.
    pub(super) async fn write<T>(
        &self,
        connection: &mut SqliteConnection,
        partition: PartitionId,
        mut rows: &[T],
        bind: impl Fn(&T, &mut Values) -> Result<()>,
    ) -> Result<u64> {
        let mut written = 0;
        for (size, sql) in &self.sizes {
            while let Some((some, rest)) = rows.split_at_checked(*size) {
                let mut values = Values(SqliteArguments::default());
                values.0.reserve(size * self.columns, 0);
                for row in some {
                    bind(row, &mut values)?;
                }
                let done = sqlx::query_with(sql.clone(), values.0).execute(&mut *connection).await;
                let done = done.map_err(|source| commit::failure(partition, source))?;
                written += done.rows_affected();
                rows = rest;
            }
        }
        Ok(written)
    }

    #[cfg(test)]
    pub(super) fn sql(&self) -> impl Iterator<Item = &str> {
        self.sizes.iter().map(|(_, sql)| sql.as_str())
    }
}

impl Values {
    pub(super) fn push<'v, T: Encode<'v, Sqlite> + Type<Sqlite>>(
        &mut self,
        column: &'static str,
        value: T,
    ) -> Result<()> {
        let pushed = self.0.add(value);
        pushed.map_err(|source| Error::Column { column, source: sqlx::Error::Encode(source) })
    }

    /// Text of a few kinds, such as a status: copied once, where a `String` is twice.
    pub(super) fn text(&mut self, column: &'static str, text: &str) -> Result<()> {
        self.push(column, Box::<str>::from(text))
    }

    pub(super) fn id(&mut self, column: &'static str, id: u128) -> Result<()> {
        self.push(column, id.to_be_bytes().as_slice())
    }

    pub(super) fn optional_id(&mut self, column: &'static str, id: Option<u128>) -> Result<()> {
        match id {
            Some(id) => self.id(column, id),
            None => self.push(column, None::<Vec<u8>>),
        }
    }

    pub(super) fn unsigned(&mut self, column: &'static str, number: u64) -> Result<()> {
        self.push(column, i64::try_from(number).map_err(|_| Error::OutOfRange { column })?)
    }
}
