//! What only this backend can get wrong.

use sqlx::{AssertSqlSafe, Executor, PgConnection, Row, SqlSafeStr};

use super::*;
use crate::{Batch, Epoch, EventRow, Journal};

#[path = "../../tests/cluster/mod.rs"]
mod cluster;

const CITY: PartitionId = PartitionId(1);

async fn fresh() -> (String, PgConnection) {
    let url = cluster::shared().database();
    let mut session = Session::begin(&options_of(&url).unwrap()).await.unwrap();
    migrate::migrate(&mut session.connection).await.unwrap();
    (url, session.connection)
}

#[tokio::test]
async fn every_statement_can_be_prepared_on_a_fresh_database() {
    let (_, mut connection) = fresh().await;
    for (name, sql) in statements::ALL {
        let prepared = connection.prepare(sql.into_sql_str()).await;
        assert!(prepared.is_ok(), "{name}: {:?}\n{sql}", prepared.err());
    }
}

/// How the server means to find what a statement asks, whatever its values.
async fn plan(connection: &mut PgConnection, sql: &str) -> Vec<String> {
    let prepare = format!("SET plan_cache_mode = force_generic_plan; PREPARE asked AS {sql}");
    sqlx::raw_sql(AssertSqlSafe(prepare)).execute(&mut *connection).await.unwrap();
    let count = (1..).take_while(|number| sql.contains(&format!("${number}"))).count();
    let values = vec!["NULL"; count].join(",");
    let values = if count == 0 { String::new() } else { format!("({values})") };
    let explain = AssertSqlSafe(format!("EXPLAIN EXECUTE asked{values}"));
    let steps = sqlx::raw_sql(explain).fetch_all(&mut *connection).await.unwrap();
    sqlx::raw_sql("DEALLOCATE asked").execute(connection).await.unwrap();
    steps.iter().map(|step| step.get(0)).collect()
}

#[tokio::test]
async fn no_statement_walks_through_a_whole_table() {
    let (_, mut connection) = fresh().await;
    let tables = ["partition_owner", "event_run", "state", "standing", "stock_movement"];
    let tables = tables.iter().chain(&[
        "idempotency",
        "outbox",
        "reference",
        "token",
        "person",
        "read_model",
    ]);
    let walks: Vec<String> = tables.map(|table| format!("Seq Scan on {table}")).collect();
    for (name, sql) in statements::ALL.iter().filter(|(name, _)| *name != "LOCK_REFERENCES") {
        // Joined with some partitions' numbers, of a table with as few rows.
        if *name == "BEAT" {
            continue;
        }
        for step in plan(&mut connection, sql).await {
            // A row a partition.
            if *name == "HEADS" && step.contains("Seq Scan on partition_owner") {
                continue;
            }
            let walk = walks.iter().find(|walk| step.contains(walk.as_str()));
            assert!(walk.is_none(), "{name}: {step}\n{sql}");
        }
    }
}

#[tokio::test]
async fn pages_of_states_come_in_the_order_of_an_index() {
    let (_, mut connection) = fresh().await;
    for (name, sql) in statements::ALL.iter().filter(|(name, _)| name.starts_with("STATES_")) {
        let steps = plan(&mut connection, sql).await;
        assert!(!steps.iter().any(|step| step.contains("Sort")), "{name}: {steps:#?}");
    }
}

/// Both databases are made by migrations of their own; a reader of one must find the same in the
/// other.
#[tokio::test]
async fn tables_and_columns_are_those_of_sqlite() {
    let (_, mut connection) = fresh().await;
    let columns = "SELECT table_name || '.' || column_name FROM information_schema.columns
                   WHERE table_schema = 'public' AND table_name <> '_sqlx_migrations'";
    let mut here: Vec<String> =
        sqlx::query_scalar(columns).fetch_all(&mut connection).await.unwrap();
    // A file's owner is known by its lock.
    here.retain(|column| column != "partition_owner.seen_at");
    here.sort();

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let journal = Journal::open(&format!("sqlite:{}", path.display())).await.unwrap();
    journal.close().await.unwrap();
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path);
    let mut file = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
    let columns = "SELECT tables.name || '.' || columns.name
                   FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns
                   WHERE tables.type IN ('table', 'view') AND tables.name NOT LIKE '%sqlx%'";
    let mut there: Vec<String> = sqlx::query_scalar(columns).fetch_all(&mut file).await.unwrap();
    there.sort();
    assert_eq!(here, there);
}

#[tokio::test]
async fn less_durability_than_asked_for_is_refused_with_its_cure() {
    let (url, _connection) = fresh().await;
    let name = cluster::name_of(&url);
    let weaken = format!("ALTER DATABASE {name} SET synchronous_commit = off");
    cluster::shared().sql("postgres", &weaken);
    let refused = Journal::open(&url).await;
    let Err(error @ Error::NotDurable { setting: "synchronous_commit", .. }) = refused else {
        panic!("it was accepted")
    };
    assert!(error.to_string().contains("ALTER DATABASE"), "{error}");

    let careless = cluster::Cluster::start(&["fsync=off"]);
    let refused = Journal::open(&careless.database()).await;
    assert!(matches!(refused, Err(Error::NotDurable { setting: "fsync", .. })));
}

#[tokio::test]
async fn a_database_of_a_later_version_is_left_alone() {
    let (url, mut connection) = fresh().await;
    connection
        .execute(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             VALUES (9999, 'later', true, '\\x00', 0)",
        )
        .await
        .unwrap();
    assert!(matches!(Journal::open(&url).await, Err(Error::Migrate { .. })));
}

#[tokio::test]
async fn events_can_be_read_one_by_one() {
    let (url, mut connection) = fresh().await;
    let journal = Journal::open(&url).await.unwrap();
    let epoch = journal.claim(CITY, "test", "").await.unwrap();
    journal.commit(one_event(epoch, 1, "Fine")).await.unwrap();
    let read = "SELECT seq::text || ' ' || entity || ' ' || kind || ' ' || payload FROM event";
    let lines: Vec<String> = sqlx::query_scalar(read).fetch_all(&mut connection).await.unwrap();
    assert_eq!(lines, ["1 00000000000000000000000000000001 Fine {}"]);
    journal.close().await.unwrap();
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
async fn after_an_unknown_end_the_partition_is_recovered_in_a_new_session() {
    let (url, mut connection) = fresh().await;
    sqlx::raw_sql(
        "CREATE FUNCTION burn() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN RAISE 'the disk is on fire'; END $$;
         CREATE TRIGGER fault BEFORE INSERT ON event_run FOR EACH ROW
             WHEN (new.events LIKE '%Fault%') EXECUTE FUNCTION burn()",
    )
    .execute(&mut connection)
    .await
    .unwrap();
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
