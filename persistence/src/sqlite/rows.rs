//! Statements that write many rows at once.
//!
//! Every way to the driver's thread and back waits for a core, so what every commit has (runs,
//! states, answers) goes in one: a text of three statements, prepared in a few sizes and filled up
//! with rows of nothing, which it skips; what is over the largest size goes with a second. Other
//! rows go by tables. Values are bound as they are: an id is bytes, not text.

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

const RUN_INTO: &str = "INSERT INTO event_run (partition, epoch, last_seq, events)";
const RUN_COLUMNS: usize = 4;

pub(super) static REFILED_STATES: LazyLock<WriteRows> = LazyLock::new(|| {
    WriteRows::new(
        STATE_INTO,
        STATE_COLUMNS,
        "ON CONFLICT (partition, kind, owner, id) DO UPDATE SET
             seq = excluded.seq, status = excluded.status, blob = excluded.blob,
             live = excluded.live, store = excluded.store, courier = excluded.courier
         WHERE (live, store, courier) IS NOT (excluded.live, excluded.store, excluded.courier)",
    )
});

const STATE_INTO: &str =
    "INSERT INTO state (partition, kind, owner, id, seq, live, status, store, courier, blob)";
const STATE_COLUMNS: usize = 10;
/// Leaves alone the recorded states that are filed elsewhere: SQLite writes an index anew whenever
/// a statement sets one of its columns, changed or not. Such rows are not counted as written, and
/// go with [`REFILED_STATES`].
const UNLESS_FILED_ELSEWHERE: &str = "ON CONFLICT (partition, kind, owner, id) DO UPDATE SET
     seq = excluded.seq, status = excluded.status, blob = excluded.blob
 WHERE live = excluded.live AND store IS excluded.store AND courier IS excluded.courier";

pub(super) static MOVEMENTS: LazyLock<WriteRows> = LazyLock::new(|| {
    WriteRows::new(
        "INSERT INTO stock_movement (partition, line, store, seq, sku, delta, reason, reference)",
        8,
        "",
    )
});

const ANSWER_INTO: &str =
    "INSERT INTO idempotency (partition, scope, key, body_hash, result, seq, at)";
const ANSWER_COLUMNS: usize = 7;

pub(super) static MESSAGES: LazyLock<WriteRows> =
    LazyLock::new(|| WriteRows::new("INSERT INTO outbox (partition, seq, target, payload)", 4, ""));

#[cfg(test)]
pub(super) static ALL: [(&str, &LazyLock<WriteRows>); 3] =
    [("REFILED_STATES", &REFILED_STATES), ("MOVEMENTS", &MOVEMENTS), ("MESSAGES", &MESSAGES)];

/// The states one text takes, smallest first; an eighth as many runs and a quarter as many answers
/// go with them, which is about what placings make.
const STATES_AT_ONCE: [usize; 9] = [16, 32, 64, 128, 192, 256, 384, 512, 768];
const STATES_A_RUN: usize = 8;
const STATES_AN_ANSWER: usize = 4;

/// What every commit has, in one text.
pub(super) static AT_ONCE: LazyLock<[(usize, SqlStr); STATES_AT_ONCE.len()]> =
    LazyLock::new(|| STATES_AT_ONCE.map(|states| (states, at_once(states))));

fn at_once(states: usize) -> SqlStr {
    let runs = padded(RUN_INTO, RUN_COLUMNS, states / STATES_A_RUN, "");
    let answers = padded(ANSWER_INTO, ANSWER_COLUMNS, states / STATES_AN_ANSWER, "");
    let states = padded(STATE_INTO, STATE_COLUMNS, states, UNLESS_FILED_ELSEWHERE);
    AssertSqlSafe(format!("{runs}; {states}; {answers}")).into_sql_str()
}

/// Takes `size` rows and skips those that are all NULL.
fn padded(into: &str, columns: usize, size: usize, conflict: &str) -> String {
    let rows = values(columns, size);
    format!("{into} SELECT * FROM (VALUES {rows}) WHERE column1 IS NOT NULL {conflict}")
}

fn values(columns: usize, size: usize) -> String {
    let row = format!("({})", vec!["?"; columns].join(","));
    vec![row; size].join(",")
}

/// Rows still to be written.
pub(super) struct Rest<'a, S, R, A> {
    pub(super) runs: &'a [R],
    pub(super) states: &'a [S],
    pub(super) answers: &'a [A],
}

impl<S, R, A> Rest<'_, S, R, A> {
    pub(super) fn is_empty(&self) -> bool {
        self.runs.is_empty() && self.states.is_empty() && self.answers.is_empty()
    }

    /// Writes what one text takes; says how many rows were inserted or changed and keeps the rest.
    pub(super) async fn write_at_once(
        &mut self,
        connection: &mut SqliteConnection,
        partition: PartitionId,
        bind_run: impl Fn(&R, &mut Values) -> Result<()>,
        bind_state: impl Fn(&S, &mut Values) -> Result<()>,
        bind_answer: impl Fn(&A, &mut Values) -> Result<()>,
    ) -> Result<u64> {
        let wanted = self.states.len();
        let wanted = wanted.max(self.runs.len().saturating_mul(STATES_A_RUN));
        let wanted = wanted.max(self.answers.len().saturating_mul(STATES_AN_ANSWER));
        let fits = AT_ONCE.iter().find(|(states, _)| *states >= wanted);
        let Some((states, sql)) = fits.or(AT_ONCE.last()) else { return Ok(0) };
        let mut values = Values(SqliteArguments::default());
        let (runs, answers) = (states / STATES_A_RUN, states / STATES_AN_ANSWER);
        let columns = states * STATE_COLUMNS + runs * RUN_COLUMNS + answers * ANSWER_COLUMNS;
        values.0.reserve(columns, 0);
        values.fill(&mut self.runs, runs, RUN_COLUMNS, bind_run)?;
        values.fill(&mut self.states, *states, STATE_COLUMNS, bind_state)?;
        values.fill(&mut self.answers, answers, ANSWER_COLUMNS, bind_answer)?;
        let done = sqlx::query_with(sql.clone(), values.0).execute(connection).await;
        Ok(done.map_err(|source| commit::failure(partition, source))?.rows_affected())
    }
}

impl WriteRows {
    fn new(into: &str, columns: usize, conflict: &str) -> Self {
        let sized = |size| {
            let rows = values(columns, size);
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
    /// Takes rows off the front, and fills up with rows of NULL.
    fn fill<T>(
        &mut self,
        rows: &mut &[T],
        size: usize,
        columns: usize,
        bind: impl Fn(&T, &mut Self) -> Result<()>,
    ) -> Result<()> {
        let (some, rest) = rows.split_at_checked(size).unwrap_or((rows, &[]));
        for row in some {
            bind(row, self)?;
        }
        for _ in 0..(size - some.len()) * columns {
            self.push("padding", None::<i64>)?;
        }
        *rows = rest;
        Ok(())
    }

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
