//! Statements that write many rows at once.
//!
//! Every way to the driver's thread and back waits for a core, so what most commits have goes in
//! one: a text of a statement a table, prepared in a few sizes and filled up with rows of nothing,
//! which it skips; what is over the largest size goes with a second. Other rows go by tables.
//! Values are bound as they are: an id is bytes, not text.

use std::sync::LazyLock;

use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments, AssertSqlSafe, Encode, SqlSafeStr, SqlStr, Sqlite, SqliteConnection, Type};

use crate::runs::Run;
use crate::{
    Error, IdempotencyRow, OutboxRow, PartitionId, Result, SealedPerson, StateRow, StockMovement,
};

/// A row as a table of its own takes it.
pub(super) trait Row {
    const TABLE: Table;

    /// Pushes the row's columns in the order of the table's.
    fn bind(&self, values: &mut Values) -> Result<()>;
}

/// Where rows go to, and what becomes of those whose key is there already.
pub(super) struct Table {
    into: &'static str,
    columns: usize,
    conflict: &'static str,
}

/// A row of a partition.
pub(super) struct Of<'a, T>(pub(super) PartitionId, pub(super) &'a T);

/// The state of an entity that stays.
pub(super) struct Standing<'a>(pub(super) Of<'a, StateRow>);

/// A line of the stock ledger, with its place within the commit.
pub(super) struct Line<'a>(pub(super) u64, pub(super) Of<'a, StockMovement>);

/// The values of some rows, in the order of their columns.
pub(super) struct Values(SqliteArguments);

impl Row for Run {
    const TABLE: Table = Table {
        into: "event_run (partition, epoch, last_seq, events, chain)",
        columns: 5,
        conflict: "",
    };

    fn bind(&self, values: &mut Values) -> Result<()> {
        values.push("event_run.partition", self.partition.0)?;
        values.unsigned("event_run.epoch", self.epoch.0)?;
        values.unsigned("event_run.last_seq", self.last_seq)?;
        values.text("event_run.events", &self.events)?;
        values.push("event_run.chain", self.chain.as_bytes())
    }
}

impl Row for Of<'_, StateRow> {
    /// Leaves alone the recorded states that are filed elsewhere: SQLite writes an index anew
    /// whenever a statement sets one of its columns, changed or not. Such rows are not counted as
    /// written, and go with [`REFILED_STATES`].
    const TABLE: Table = Table {
        into: "state (partition, kind, owner, id, seq, live, status, store, courier, blob)",
        columns: 10,
        conflict: "ON CONFLICT (partition, id, kind, owner) DO UPDATE SET
             seq = excluded.seq, status = excluded.status, blob = excluded.blob
         WHERE live = excluded.live AND store IS excluded.store AND courier IS excluded.courier",
    };

    fn bind(&self, values: &mut Values) -> Result<()> {
        let Self(partition, state) = self;
        values.push("state.partition", partition.0)?;
        values.text("state.kind", &state.key.kind)?;
        values.id("state.owner", state.key.owner)?;
        values.id("state.id", state.key.id)?;
        values.unsigned("state.seq", state.seq)?;
        values.push("state.live", state.live)?;
        values.text("state.status", &state.status)?;
        values.optional_id("state.store", state.store)?;
        values.optional_id("state.courier", state.courier)?;
        values.text("state.blob", &state.blob)
    }
}

impl Row for Standing<'_> {
    const TABLE: Table = Table {
        into: "standing (partition, kind, owner, id, seq, live, status, store, courier, blob)",
        columns: 10,
        conflict: "ON CONFLICT (partition, kind, owner, id) DO UPDATE SET
             seq = excluded.seq, live = excluded.live, status = excluded.status,
             store = excluded.store, courier = excluded.courier, blob = excluded.blob",
    };

    fn bind(&self, values: &mut Values) -> Result<()> {
        self.0.bind(values)
    }
}

impl Row for Of<'_, IdempotencyRow> {
    const TABLE: Table = Table {
        into: "idempotency (partition, seq, scope, key, body_hash, result, at)",
        columns: 7,
        conflict: "",
    };

    fn bind(&self, values: &mut Values) -> Result<()> {
        let Self(partition, answer) = self;
        values.push("idempotency.partition", partition.0)?;
        values.unsigned("idempotency.seq", answer.seq)?;
        values.text("idempotency.scope", &answer.scope)?;
        values.text("idempotency.key", &answer.key)?;
        values.push("idempotency.body_hash", answer.body_hash.as_slice())?;
        values.text("idempotency.result", &answer.result)?;
        values.push("idempotency.at", answer.at.as_millis())
    }
}

impl Row for SealedPerson {
    const TABLE: Table = Table {
        into: "person (id, nonce, sealed, key_nonce, sealed_key)",
        columns: 5,
        conflict: "ON CONFLICT (id) DO UPDATE SET
             nonce = excluded.nonce, sealed = excluded.sealed,
             key_nonce = excluded.key_nonce, sealed_key = excluded.sealed_key",
    };

    fn bind(&self, values: &mut Values) -> Result<()> {
        values.id("person.id", self.id)?;
        values.push("person.nonce", self.nonce.as_slice())?;
        values.push("person.sealed", self.sealed.as_slice())?;
        values.push("person.key_nonce", self.key_nonce.as_slice())?;
        values.push("person.sealed_key", self.sealed_key.as_slice())
    }
}

impl Row for Line<'_> {
    const TABLE: Table = Table {
        into: "stock_movement (partition, line, store, seq, sku, delta, reason, reference)",
        columns: 8,
        conflict: "",
    };

    fn bind(&self, values: &mut Values) -> Result<()> {
        let Self(line, Of(partition, movement)) = self;
        values.push("stock_movement.partition", partition.0)?;
        values.unsigned("stock_movement.line", *line)?;
        values.id("stock_movement.store", movement.store)?;
        values.unsigned("stock_movement.seq", movement.seq)?;
        values.id("stock_movement.sku", movement.sku)?;
        values.push("stock_movement.delta", movement.delta)?;
        values.text("stock_movement.reason", &movement.reason)?;
        values.id("stock_movement.reference", movement.reference)
    }
}

impl Row for Of<'_, OutboxRow> {
    const TABLE: Table =
        Table { into: "outbox (partition, seq, target, payload)", columns: 4, conflict: "" };

    fn bind(&self, values: &mut Values) -> Result<()> {
        let Self(partition, message) = self;
        values.push("outbox.partition", partition.0)?;
        values.unsigned("outbox.seq", message.seq)?;
        values.text("outbox.target", &message.target)?;
        values.text("outbox.payload", &message.payload)
    }
}

/// Rows a statement of one table takes; what is left over goes with the next smaller one.
const SIZES: [usize; 3] = [64, 8, 1];

/// One table's statement in every size.
pub(super) struct WriteRows([(usize, SqlStr); SIZES.len()]);

pub(super) static REFILED_STATES: LazyLock<WriteRows> = LazyLock::new(|| {
    WriteRows::of(&Table {
        conflict: "ON CONFLICT (partition, id, kind, owner) DO UPDATE SET
             seq = excluded.seq, status = excluded.status, blob = excluded.blob,
             live = excluded.live, store = excluded.store, courier = excluded.courier
         WHERE (live, store, courier) IS NOT (excluded.live, excluded.store, excluded.courier)",
        ..<Of<'_, StateRow>>::TABLE
    })
});
pub(super) static PERSONS: LazyLock<WriteRows> =
    LazyLock::new(|| WriteRows::of(&SealedPerson::TABLE));
pub(super) static MOVEMENTS: LazyLock<WriteRows> = LazyLock::new(|| WriteRows::of(&Line::TABLE));
pub(super) static MESSAGES: LazyLock<WriteRows> =
    LazyLock::new(|| WriteRows::of(&<Of<'_, OutboxRow>>::TABLE));

#[cfg(test)]
pub(super) static ALL: [(&str, &LazyLock<WriteRows>); 4] = [
    ("REFILED_STATES", &REFILED_STATES),
    ("PERSONS", &PERSONS),
    ("MOVEMENTS", &MOVEMENTS),
    ("MESSAGES", &MESSAGES),
];

impl WriteRows {
    fn of(table: &Table) -> Self {
        let Table { into, columns, conflict } = table;
        Self(SIZES.map(|size| {
            let rows = placeholders(*columns, size);
            // Only text of this file goes in.
            let sql = AssertSqlSafe(format!("INSERT INTO {into} VALUES {rows} {conflict}"));
            (size, sql.into_sql_str())
        }))
    }

    /// Writes every row; says how many were inserted or changed.
    pub(super) async fn write<R: Row>(
        &self,
        connection: &mut SqliteConnection,
        mut rows: &[R],
        failed: impl Fn(sqlx::Error) -> Error,
    ) -> Result<u64> {
        let mut written = 0;
        for (size, sql) in &self.0 {
            while let Some((some, rest)) = rows.split_at_checked(*size) {
                let mut values = Values::for_columns(size * R::TABLE.columns);
                some.iter().try_for_each(|row| row.bind(&mut values))?;
                let done = sqlx::query_with(sql.clone(), values.0).execute(&mut *connection).await;
                written += done.map_err(&failed)?.rows_affected();
                rows = rest;
            }
        }
        Ok(written)
    }

    #[cfg(test)]
    pub(super) fn sql(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(_, sql)| sql.as_str())
    }
}

/// What most commits have, in one text. The states it takes, smallest first; of other rows as many
/// fewer as placing an order makes.
pub(super) static AT_ONCE: LazyLock<[(usize, SqlStr); STATES_AT_ONCE.len()]> =
    LazyLock::new(|| STATES_AT_ONCE.map(|states| (states, Shares::of(states).sql())));

const STATES_AT_ONCE: [usize; 9] = [16, 32, 64, 128, 192, 256, 384, 512, 768];

/// How many rows of each table one text takes.
struct Shares {
    runs: usize,
    states: usize,
    standing: usize,
    answers: usize,
    persons: usize,
}

/// Rows still to be written.
pub(super) struct Rest<'a> {
    pub(super) runs: &'a [Run],
    pub(super) states: &'a [Of<'a, StateRow>],
    pub(super) standing: &'a [Standing<'a>],
    pub(super) answers: &'a [Of<'a, IdempotencyRow>],
    pub(super) persons: &'a [SealedPerson],
}

impl Shares {
    const fn of(states: usize) -> Self {
        let (runs, standing, answers, persons) = (states / 8, states / 4, states / 2, states / 4);
        Self { runs, states, standing, answers, persons }
    }

    const fn columns(&self) -> usize {
        self.runs * Run::TABLE.columns
            + self.states * <Of<'_, StateRow>>::TABLE.columns
            + self.standing * Standing::TABLE.columns
            + self.answers * <Of<'_, IdempotencyRow>>::TABLE.columns
            + self.persons * SealedPerson::TABLE.columns
    }

    fn take(&self, rest: &Rest<'_>) -> bool {
        rest.runs.len() <= self.runs
            && rest.states.len() <= self.states
            && rest.standing.len() <= self.standing
            && rest.answers.len() <= self.answers
            && rest.persons.len() <= self.persons
    }

    fn sql(&self) -> SqlStr {
        let statements = [
            padded::<Run>(self.runs),
            padded::<Of<'_, StateRow>>(self.states),
            padded::<Standing<'_>>(self.standing),
            padded::<Of<'_, IdempotencyRow>>(self.answers),
            padded::<SealedPerson>(self.persons),
        ];
        AssertSqlSafe(statements.join("; ")).into_sql_str()
    }
}

/// Takes `size` rows and skips those that are all NULL.
fn padded<R: Row>(size: usize) -> String {
    let Table { into, columns, conflict } = R::TABLE;
    let rows = placeholders(columns, size);
    format!("INSERT INTO {into} SELECT * FROM (VALUES {rows}) WHERE column1 IS NOT NULL {conflict}")
}

fn placeholders(columns: usize, size: usize) -> String {
    let row = format!("({})", vec!["?"; columns].join(","));
    vec![row; size].join(",")
}

impl Rest<'_> {
    fn is_empty(&self) -> bool {
        Shares::of(0).take(self)
    }

    /// Writes all; says how many rows were inserted or changed.
    pub(super) async fn write(
        mut self,
        connection: &mut SqliteConnection,
        failed: impl Fn(sqlx::Error) -> Error,
    ) -> Result<u64> {
        let mut written = 0;
        while !self.is_empty() {
            let fits = AT_ONCE.iter().find(|(states, _)| Shares::of(*states).take(&self));
            let Some((states, sql)) = fits.or(AT_ONCE.last()) else { break };
            let values = self.fill(&Shares::of(*states))?;
            let done = sqlx::query_with(sql.clone(), values.0).execute(&mut *connection).await;
            written += done.map_err(&failed)?.rows_affected();
        }
        Ok(written)
    }

    /// Takes one text's rows off the front.
    fn fill(&mut self, shares: &Shares) -> Result<Values> {
        let mut values = Values::for_columns(shares.columns());
        values.fill(&mut self.runs, shares.runs)?;
        values.fill(&mut self.states, shares.states)?;
        values.fill(&mut self.standing, shares.standing)?;
        values.fill(&mut self.answers, shares.answers)?;
        values.fill(&mut self.persons, shares.persons)?;
        Ok(values)
    }
}

impl Values {
    fn for_columns(columns: usize) -> Self {
        let mut arguments = SqliteArguments::default();
        arguments.reserve(columns, 0);
        Self(arguments)
    }

    /// Takes rows off the front, and fills up with rows of NULL.
    fn fill<R: Row>(&mut self, rows: &mut &[R], size: usize) -> Result<()> {
        let (some, rest) = rows.split_at_checked(size).unwrap_or((rows, &[]));
        some.iter().try_for_each(|row| row.bind(self))?;
        for _ in 0..(size - some.len()) * R::TABLE.columns {
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
