//! What the tests start from.

use persistence::*;
use tempfile::TempDir;
use vocabulary::Timestamp;

use crate::cluster;

pub const CITY: PartitionId = PartitionId(1);
pub const OTHER_CITY: PartitionId = PartitionId(2);

/// A database file of its own, deleted with the value.
pub struct Disk {
    folder: TempDir,
}

impl Disk {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub fn file(&self) -> std::path::PathBuf {
        self.folder.path().join("journal.db")
    }

    pub fn url(&self) -> String {
        format!("sqlite:{}", self.file().display())
    }

    pub async fn open(&self) -> Journal {
        Journal::open(&self.url()).await.unwrap()
    }
}

/// Runs a check on every backend.
pub async fn on_each(check: impl AsyncFn(Journal)) {
    check(Journal::memory(MemoryOptions::default())).await;
    on_each_that_lasts(async |url: String| {
        let journal = Journal::open(&url).await.unwrap();
        check(journal.clone()).await;
        journal.close().await.unwrap();
    })
    .await;
}

/// Runs a check on every backend that can be closed and opened again.
pub async fn on_each_that_lasts(check: impl AsyncFn(String)) {
    let disk = Disk::new();
    check(disk.url()).await;
    check(cluster::shared().database()).await;
}

pub fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

/// An event that follows the one before it, or is the first of its entity.
pub fn event(seq: u64, entity: u128, entity_seq: u64) -> EventRow {
    EventRow {
        seq,
        entity_kind: "order".into(),
        entity,
        entity_seq,
        previous: if entity_seq == 1 { 0 } else { seq - 1 },
        at: at(1_000 + seq as i64),
        by: "shopper:7".into(),
        cause: 70 + u128::from(seq),
        trace: u128::MAX - u128::from(seq),
        schema_version: 1,
        kind: "OrderPlaced".into(),
        payload: r#"{"note":"两份，\"不要\" 香菜 \\ \u0000"}"#.into(),
    }
}

pub fn state(kind: &'static str, id: u128, seq: u64) -> StateRow {
    StateRow {
        key: StateKey::new(kind, 0, id),
        seq,
        live: true,
        stays: false,
        status: "open".into(),
        store: None,
        courier: None,
        blob: format!(r#"{{"seq":{seq}}}"#),
    }
}

pub fn answer(key: &str, seq: u64) -> IdempotencyRow {
    IdempotencyRow {
        scope: "shopper:7 city-1".into(),
        key: key.into(),
        body_hash: [seq as u8; 32],
        result: r#"{"order":"o-1"}"#.into(),
        seq,
        at: at(1_000 + seq as i64),
    }
}

pub fn message(seq: u64, target: &str) -> OutboxRow {
    OutboxRow { seq, target: target.into(), payload: "{}".into() }
}

pub fn movement(seq: u64, store: u128, sku: u128, delta: i64) -> StockMovement {
    StockMovement { seq, store, sku, delta, reason: "sold".into(), reference: 9 }
}

pub fn token(id: u128, hash: u8) -> TokenRow {
    TokenRow {
        id,
        hash: [hash; 32],
        principal: r#"{"role":"courier"}"#.into(),
        created_at: at(1),
        expires_at: Some(at(2)),
        revoked_at: None,
        granted_by: Some("principal:7".into()),
        used_at: None,
    }
}

pub fn sealed(id: u128) -> SealedPerson {
    SealedPerson {
        id,
        nonce: [1; 24],
        sealed: b"the sealed words of a person".to_vec(),
        key_nonce: [2; 24],
        sealed_key: b"the only key to them".to_vec(),
    }
}

/// One batch of `events` on one order, continuing after `after`.
pub fn orders(partition: PartitionId, epoch: Epoch, after: u64, count: u64) -> Batch {
    let mut batch = Batch::new(partition, epoch);
    batch.events = (after + 1..=after + count).map(|seq| event(seq, 5, seq)).collect();
    batch
}

pub async fn claim(journal: &Journal, partition: PartitionId) -> Epoch {
    journal.claim(partition, "node-a", "http://node-a").await.unwrap()
}

/// All that a partition starts from.
#[derive(Debug, PartialEq)]
pub struct Loaded {
    pub last_seq: u64,
    pub states: Vec<StateRow>,
    pub idempotency: Vec<IdempotencyKey>,
    pub outbox: Vec<OutboxRow>,
}

pub async fn load(journal: &Journal, partition: PartitionId) -> Loaded {
    let Recovered { last_seq, idempotency, outbox } = journal.load(partition, at(0)).await.unwrap();
    let states = journal.living_states(partition).await.unwrap();
    Loaded { last_seq, states, idempotency, outbox }
}
