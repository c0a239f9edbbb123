//! What only this backend can get wrong.

use sqlx::{AssertSqlSafe, Executor, Row, SqlSafeStr};

use super::*;
use crate::{Batch, Epoch, EventRow, Journal, PartitionId};

const CITY: PartitionId = PartitionId(1);

async fn fresh() -> (tempfile::TempDir, SqliteConnection) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    open_or_create(&path).unwrap();
    let mut connection = connect(&writer_options(&path)).await.unwrap();
    migrate::migrate(&mut connection, &path).await.unwrap();
    (folder, connection)
}

/// The single statements of every string, which sqlx prepares only as it reaches them.
fn parts() -> impl Iterator<Item = (&'static str, &'static str)> {
    let rows = rows::ALL.iter().flat_map(|(name, rows)| rows.sql().map(move |sql| (*name, sql)));
    let at_once = rows::AT_ONCE.iter().map(|(_, sql)| ("AT_ONCE", sql.as_str()));
    statements::ALL.iter().copied().chain(rows).chain(at_once).flat_map(|(name, sql)| {
        let parts = sql.split(';').map(str::trim).filter(|part| !part.is_empty());
        parts.map(move |part| (name, part))
    })
}

/// How SQLite means to find what a statement asks; nothing for pragmas and transactions.
async fn plan(connection: &mut SqliteConnection, sql: &str) -> Vec<String> {
    let ask = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
    let steps = sqlx::query(ask).fetch_all(connection).await.unwrap();
    steps.iter().map(|step| step.get("detail")).collect()
}

#[tokio::test]
async fn every_statement_can_be_prepared_on_a_fresh_database() {
    let (_folder, mut connection) = fresh().await;
    for (name, part) in parts() {
        let prepared = connection.prepare(AssertSqlSafe(part).into_sql_str()).await;
        assert!(prepared.is_ok(), "{name}: {:?}\n{part}", prepared.err());
    }
}

#[tokio::test]
async fn no_statement_walks_through_a_whole_table() {
    let (_folder, mut connection) = fresh().await;
    for (name, part) in parts() {
        for step in plan(&mut connection, part).await {
            let is_array = step.contains("SCAN jsonb_each") || step.contains("VALUES CLAUSE");
            let is_packing = step.starts_with("SCAN (subquery");
            let walks = step.starts_with("SCAN") || step.ends_with("(partition=?)");
            // These are the only tables, or parts of one, that are read whole.
            let living = name.starts_with("LIVING_") && step.contains("state_live");
            let owners = step.contains("partition_owner");
            let whole = living
                || matches!(name, "OUTBOX" | "PRUNE_IDEMPOTENCY")
                || (owners && matches!(name, "PARTITIONS" | "HEADS"));
            assert!(!walks || is_array || is_packing || whole, "{name}: {step}\n{part}");
        }
    }
}

#[tokio::test]
async fn pages_of_states_come_in_the_order_of_an_index() {
    let (_folder, mut connection) = fresh().await;
    for (name, sql) in statements::ALL
        .iter()
        .filter(|(name, _)| name.starts_with("STATES_") || name.starts_with("ENDED_"))
    {
        let steps = plan(&mut connection, sql).await;
        let in_order = steps[0].contains("id>?") || steps[0].contains("id<?");
        assert!(steps.len() == 1 && in_order, "{name}: {steps:?}");
    }
    for (name, sql) in statements::ALL.iter().filter(|(name, _)| name.starts_with("LIVING_")) {
        let steps = plan(&mut connection, sql).await;
        assert!(steps[0].contains("state_live (partition=?)"), "{name}: {steps:?}");
    }
}

#[tokio::test]
async fn less_durability_than_full_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    open_or_create(&path).unwrap();
    let normal = writer_options(&path).synchronous(Flush::Normal);
    let refused = connect(&normal).await;
    assert!(matches!(refused, Err(Error::NotDurable { setting: "synchronous", .. })));
    let rollback = writer_options(&path).journal_mode(SqliteJournalMode::Delete);
    let refused = connect(&rollback).await;
    assert!(matches!(refused, Err(Error::NotDurable { setting: "journal_mode", .. })));
}

#[tokio::test]
async fn a_file_of_a_later_version_is_left_alone() {
    let (folder, mut connection) = fresh().await;
    connection
        .execute(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             VALUES (9999, 'later', 1, x'00', 0)",
        )
        .await
        .unwrap();
    connection.close().await.unwrap();
    let url = format!("sqlite:{}", folder.path().join("journal.db").display());
    assert!(matches!(Journal::open(&url).await, Err(Error::Migrate { .. })));
}

fn one_event(epoch: Epoch, seq: u64, kind: &'static str) -> Batch {
    let mut batch = Batch::new(CITY, epoch);
    batch.events.push(EventRow {
        seq,
        entity_kind: "order".into(),
        entity: 1,
        entity_seq: seq,
        previous: seq - 1,
        at: vocabulary::Timestamp::from_millis(0),
        by: "test".into(),
        cause: 1,
        trace: 1,
        schema_version: 1,
        kind: kind.into(),
        payload: "{}".into(),
    });
    batch
}

/// The database fails in the middle of a batch for a reason that is no refusal of ours.
#[tokio::test]
async fn after_an_unknown_end_the_partition_is_recovered_on_a_new_connection() {
    let (folder, mut connection) = fresh().await;
    connection
        .execute(
            "CREATE TRIGGER fault BEFORE INSERT ON event_run WHEN new.events LIKE '%Fault%'
             BEGIN SELECT raise(ABORT, 'the disk is on fire'); END",
        )
        .await
        .unwrap();
    connection.close().await.unwrap();
    let url = format!("sqlite:{}", folder.path().join("journal.db").display());
    let journal = Journal::open(&url).await.unwrap();

    let epoch = journal.claim(CITY, "test", "").await.unwrap();
    journal.commit(one_event(epoch, 1, "Fine")).await.unwrap();
    let failed = journal.commit(one_event(epoch, 2, "Fault")).await;
    assert!(matches!(failed, Err(Error::CommitUnknown { .. })), "{failed:?}");
    let stopped = journal.commit(one_event(epoch, 2, "Fine")).await;
    assert!(matches!(stopped, Err(Error::Stopped { .. })), "{stopped:?}");

    let epoch = journal.claim(CITY, "test", "").await.unwrap();
    let recovered = journal.load(CITY, vocabulary::Timestamp::from_millis(0)).await.unwrap();
    assert_eq!(recovered.last_seq, 1);
    journal.commit(one_event(epoch, 2, "Fine")).await.unwrap();
    journal.close().await.unwrap();
}
