//! The checker over a small database of real SQL: silent on a sound one, and each table's offending
//! row named when it is tampered with.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, SqliteConnection};

use super::{Looking, check};
use crate::checker::Findings;

const SCHEMA: [&str; 4] = [
    include_str!("../../../persistence/migrations/sqlite/0001_journal.sql"),
    include_str!("../../../persistence/migrations/sqlite/0002_documents.sql"),
    include_str!("../../../persistence/migrations/sqlite/0003_read_models.sql"),
    include_str!("../../../persistence/migrations/sqlite/0005_chain.sql"),
];

const STORE: &str = "00000000-00a1-7000-8000-000000000001";
const SKU: &str = "00000000-00a2-7000-8000-000000000001";
const ORDER: &str = "00000000-00a3-7000-8000-000000000001";
const HELD: &str = "00000000-00a4-7000-8000-000000000001";

/// A folder that goes with the value.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("paidan-check-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(path.join("clients")).unwrap();
        Self(path)
    }

    fn database(&self) -> PathBuf {
        self.0.join("paidan.db")
    }

    fn clients(&self) -> PathBuf {
        self.0.join("clients")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

async fn write(path: &Path, statements: &[String]) {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let options = options.disable_statement_logging();
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    for statement in statements {
        sqlx::raw_sql(AssertSqlSafe(statement.clone())).execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
}

fn plain(id: &str) -> String {
    id.replace('-', "")
}

/// One event as its run writes it; all are of the same principal and moment.
fn event(place: (u64, u64, u64), kind: &str, entity: &str, body: Value) -> Value {
    let (seq, entity_seq, previous) = place;
    let name = body["kind"].as_str().unwrap().to_owned();
    json!([
        seq,
        kind,
        plain(entity),
        entity_seq,
        previous,
        1_000,
        "principal:1",
        "01",
        "02",
        1,
        name,
        body
    ])
}

fn state(
    table: &str,
    kind: &str,
    owner: &str,
    id: &str,
    seq: u64,
    status: &str,
    blob: Value,
) -> String {
    let (owner, id) = (plain(owner), plain(id));
    let live = i32::from(status != "released");
    format!(
        "INSERT INTO {table} VALUES (1, '{kind}', x'{owner}', x'{id}', {seq}, {live}, '{status}', \
         NULL, NULL, '{blob}')"
    )
}

/// The first link of a chain over these parts, in hexadecimal digits.
fn link(parts: &[&[u8]]) -> String {
    let mut digest = Sha256::new_with_prefix([0; 32]);
    parts.iter().for_each(|part| digest.update(part));
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Of the one run, which ends with event 4 of epoch 3 of partition 1.
fn run_chain(events: &str) -> String {
    link(&[&1u16.to_be_bytes(), &3u64.to_be_bytes(), &4u64.to_be_bytes(), events.as_bytes()])
}

/// A store counts five of a SKU, keeps two for an order, and the order is placed.
fn sound() -> Vec<String> {
    let none = "0".repeat(32);
    let units = json!([{"line": 1, "sku": SKU, "units": 2}]);
    let line = json!({"line": 1, "sku": SKU, "quantity": 2, "list_price": 500, "unit_price": 500,
        "paid": 1_000});
    let placed = json!({"kind": "order_placed", "terms": {"payable": 1_000, "lines": [line]},
        "parts": [{"fulfillment_order": "f", "reservation": HELD,
            "plan": {"store": STORE, "lines": units}}]});
    let events = json!([
        event(
            (1, 1, 0),
            "inventory",
            STORE,
            json!({"kind": "stock_counted", "sku": SKU, "on_hand": 5, "delta": 5})
        ),
        event((2, 1, 0), "order", ORDER, placed),
        event(
            (3, 2, 1),
            "inventory",
            STORE,
            json!({"kind": "units_held", "reservation": HELD, "order": ORDER, "lines": units,
                "expires_at": 900_000})
        ),
        event(
            (4, 2, 2),
            "order",
            ORDER,
            json!({"kind": "holds_confirmed", "payment": "p", "payment_due": 900_000})
        ),
    ]);
    let kept = json!({"store": STORE, "kept": {"lines": units}});
    let placed = json!({"Ok": {"placed": {"order": ORDER}}});
    let (store, sku) = (plain(STORE), plain(SKU));
    let run = run_chain(&events.to_string());
    let version = link(&[r#"["policy","x",1,"{}","principal:1",900,null]"#.as_bytes()]);
    let mut statements: Vec<String> = SCHEMA.iter().map(ToString::to_string).collect();
    statements.extend([
        format!("INSERT INTO partition_owner VALUES (1, 3, 'here', '', 4, x'{run}')"),
        format!("INSERT INTO event_run VALUES (1, 4, 3, '{events}', x'{run}')"),
        state("standing", "inventory", &none, STORE, 3, "", json!({"entity_seq": 2})),
        state("standing", "stock", STORE, SKU, 1, "listed", json!({"on_hand": 5})),
        state("state", "reservation", &none, HELD, 3, "held", kept),
        state("state", "order", &none, ORDER, 4, "pending_payment", json!({"entity_seq": 2})),
        format!(
            "INSERT INTO stock_movement VALUES (1, x'{store}', 1, 0, x'{sku}', 5, 'counted', x'00')"
        ),
        format!("INSERT INTO idempotency VALUES (1, 4, '1/me', 'k1', x'00', '{placed}', 900)"),
        format!(
            "INSERT INTO reference VALUES \
             (1, 'policy', 'x', 1, '{{}}', 'principal:1', 900, NULL, x'{version}')"
        ),
    ]);
    statements
}

/// What a client wrote down about the order above.
fn notes() -> Vec<Value> {
    let frame = |seq: u64, snapshot: bool| {
        json!({"t": 2_000, "who": "shopper", "frame": {"topic": format!("order {ORDER}"),
            "epoch": 3, "seq": seq, "snapshot": snapshot, "status": "pending_payment"}})
    };
    vec![
        json!({"t": 1_000, "who": "app", "person": ["王小明", "19000000001", "人民路 1 号"]}),
        json!({"t": 1_000, "who": "app",
            "command": {"key": "k1", "path": "/v1/orders", "body": "01"}}),
        json!({"t": 1_001, "who": "app", "answer": {"key": "k1", "ok": {"order": ORDER}}}),
        frame(4, true),
        frame(5, false),
    ]
}

fn look(name: &str, more: &[&str], notes: &[Value]) -> Findings {
    let folder = Folder::new(name);
    let lines: String = notes.iter().map(|note| format!("{note}\n")).collect();
    std::fs::write(folder.clients().join("app.jsonl"), lines).unwrap();
    let looking = Looking {
        database: format!("sqlite:{}", folder.database().display()),
        clients: Some(folder.clients()),
        pace: 1.0,
        ..Looking::default()
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let more = more.iter().map(ToString::to_string);
        write(&folder.database(), &sound().into_iter().chain(more).collect::<Vec<_>>()).await;
        check(&looking).await.unwrap()
    })
}

#[track_caller]
fn breaks(name: &str, tampering: &str, rule: &str, key: &str) {
    let findings = look(name, &[tampering], &notes());
    let told = findings.told();
    let found = told.iter().find(|finding| finding.rule == rule);
    let found = found.unwrap_or_else(|| panic!("{rule} was not noticed: {told:#?}"));
    assert!(found.key.contains(key), "{found:?}");
}

#[track_caller]
fn betrays(name: &str, note: Value, rule: &str) {
    let mut notes = notes();
    notes.push(note);
    let told = look(name, &[], &notes);
    assert!(told.told().iter().any(|finding| finding.rule == rule), "{:#?}", told.told());
}

#[test]
fn a_sound_database_is_left_alone_and_says_what_was_looked_at() {
    let findings = look("sound", &[], &notes());
    assert_eq!(findings.told(), []);
    for number in [1, 2, 3, 4, 5, 6, 9, 10, 11, 12, 16, 17, 18, 19, 21, 22, 23] {
        assert!(findings.looks_at(number) > 0, "I{number}");
    }
    assert_eq!(findings.looks_at(13), 0, "there was no refund to look at");
}

#[test]
fn tampered_rows_are_named() {
    breaks(
        "shelf",
        "UPDATE standing SET blob = '{\"on_hand\":6}' WHERE kind = 'stock'",
        "row_is_its_history",
        SKU,
    );
    breaks("ledger", "UPDATE stock_movement SET delta = 4", "movements_are_the_events", SKU);
    breaks(
        "line",
        "INSERT INTO stock_movement VALUES (1, x'01', 4, 0, x'02', 1, 'found', x'00')",
        "movements_are_the_events",
        "store 01",
    );
    breaks(
        "status",
        "UPDATE state SET status = 'open' WHERE kind = 'order'",
        "row_is_its_history",
        ORDER,
    );
    breaks("held", "DELETE FROM state WHERE kind = 'reservation'", "entity_has_its_row", HELD);
    breaks("old", "UPDATE state SET seq = 2 WHERE kind = 'order'", "row_is_its_history", ORDER);
    breaks("owner", "UPDATE partition_owner SET last_seq = 9", "owner_knows_the_last", "1");
    breaks("epoch", "UPDATE event_run SET epoch = 4", "epoch_is_its_owners", "1, 4");
    breaks(
        "stale",
        "INSERT INTO event_run VALUES (1, 5, 2, '[]', NULL)",
        "epochs_never_go_back",
        "1, 5",
    );
    breaks(
        "hole",
        "INSERT INTO event_run VALUES (1, 9, 3, '[]', NULL)",
        "run_ends_with_its_key",
        "1, 9",
    );
    breaks(
        "garbled",
        "INSERT INTO event_run VALUES (1, 9, 3, 'x', NULL)",
        "run_is_readable",
        "1, 9",
    );
    breaks(
        "unsigned",
        "UPDATE event_run SET events = replace(events, 'principal:1', '')",
        "event_names_its_doer",
        "event 1",
    );
    breaks(
        "nobody",
        "UPDATE event_run SET events = replace(events, 'principal:1', 'partition')",
        "manual_names_a_person",
        "event 1",
    );
    breaks(
        "edited",
        "UPDATE event_run SET events = replace(events, '\"delta\":5', '\"delta\":4')",
        "stock_conservation",
        SKU,
    );
    breaks(
        "cheaper",
        "UPDATE event_run SET events = replace(events, '\"paid\":1000', '\"paid\":999')",
        "lines_are_payable",
        ORDER,
    );
    breaks("twice", "INSERT INTO idempotency SELECT * FROM idempotency", "recorded_once", "k1");
    breaks("version", "UPDATE reference SET version = 3", "versions_without_a_hole", "policy");
    breaks(
        "leak",
        "UPDATE reference SET body = '{\"call\":\"19000000001\"}'",
        "personal_text_is_nowhere",
        "policy",
    );
    breaks("lost", "DELETE FROM idempotency", "acknowledged_is_recorded", "k1");
}

#[test]
fn what_no_other_rule_notices_breaks_the_chain() {
    let other_trace = "UPDATE event_run SET events = replace(events, '\"02\"', '\"03\"')";
    breaks("trace", other_trace, "run_follows_its_chain", "1, 4");
    breaks("author", "UPDATE reference SET at = 901", "version_follows_its_chain", "policy");
    breaks("added", ADDED, "version_follows_its_chain", "role");
    let cut = "UPDATE partition_owner SET chain = x'00'";
    breaks("cut", cut, "owner_knows_the_chain", "partition 1");
}

/// A role that nobody wrote.
const ADDED: &str = "INSERT INTO reference VALUES \
                     (2, 'role', 'y', 1, '{}', 'principal:1', 900, NULL, NULL)";

#[test]
fn a_noted_head_betrays_a_journal_that_was_forged_from_end_to_end() {
    let folder = Folder::new("forged");
    let look_for = |anchor: &str| {
        let looking = Looking {
            database: format!("sqlite:{}", folder.database().display()),
            anchors: vec![anchor.parse().unwrap()],
            ..Looking::default()
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let findings = runtime.block_on(check(&looking)).unwrap();
        findings.told().iter().map(|found| found.rule.clone()).collect::<Vec<_>>()
    };
    let statements = sound();
    let run = statements.iter().find(|statement| statement.contains("INTO event_run")).unwrap();
    let events = run.split('\'').nth(1).unwrap().to_owned();
    let (noted, forged) = (run_chain(&events), events.replace("\"02\"", "\"03\""));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(write(&folder.database(), &statements));
    assert_eq!(look_for(&format!("1:4:{noted}")), [""; 0]);
    let chain = run_chain(&forged);
    let forging = [
        format!("UPDATE event_run SET events = '{forged}', chain = x'{chain}'"),
        format!("UPDATE partition_owner SET chain = x'{chain}'"),
    ];
    runtime.block_on(write(&folder.database(), &forging));
    assert_eq!(look_for(&format!("1:4:{chain}")), [""; 0], "it fits together");
    assert_eq!(look_for(&format!("1:4:{noted}")), ["noted_head_is_there"]);
    assert_eq!(look_for(&format!("1:3:{noted}")), ["noted_head_is_there"]);
    assert!("1:4:abc".parse::<super::Anchor>().unwrap_err().contains("64 digits"));
}

#[test]
fn notes_that_contradict_are_named() {
    let answer = |words: Value| json!({"t": 1_002, "who": "app", "answer": words});
    betrays("other", answer(json!({"key": "k1", "ok": {"order": STORE}})), "same_key_same_answer");
    betrays("no", answer(json!({"key": "k1", "refused": "too_late"})), "same_key_same_answer");
    betrays("never", answer(json!({"key": "k2", "ok": {}})), "acknowledged_is_recorded");
    let command =
        json!({"who": "app", "command": {"key": "k1", "path": "/v1/orders", "body": "02"}});
    betrays("words", command, "same_key_same_words");
    let frame = |epoch: u64, seq: u64, status: &str| {
        json!({"t": 2_001, "who": "shopper", "frame": {"topic": format!("order {ORDER}"),
            "epoch": epoch, "seq": seq, "snapshot": false, "status": status}})
    };
    betrays("jump", frame(3, 9, "pending_payment"), "pushes_without_a_hole");
    betrays("early", frame(3, 6, "open"), "pushed_was_recorded");
    betrays("back", frame(3, 6, "placing"), "picture_never_goes_back");
    betrays("future", frame(4, 1, "pending_payment"), "epoch_was_begun");
}

#[test]
fn what_is_no_database_is_refused_in_words() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let ask = |database: &str| {
        let looking = Looking { database: database.to_owned(), ..Looking::default() };
        runtime.block_on(check(&looking)).map(drop).unwrap_err().to_string()
    };
    assert_eq!(
        ask("paidan.db"),
        "a database is named sqlite:<path> or postgres://…, not paidan.db"
    );
    assert_eq!(ask("sqlite:no/such.db"), "there is no file no/such.db");
}
