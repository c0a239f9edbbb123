//! The floor of placement: callers, one batcher, the journal, and nothing that thinks.

use std::sync::Arc;
use std::time::{Duration, Instant};

use persistence::{Batch, Epoch, EventRow, Journal, PartitionId, StateKey, StateRow};
use tokio::sync::{mpsc, oneshot};
use vocabulary::Timestamp;

use crate::Latencies;

/// What the first event and the states of an order weigh in the placement bench.
const EVENT_BYTES: usize = 4_480;
const STATE_BYTES: usize = 2_370;
const STOCK_BYTES: usize = 64;

/// Orders a second and latencies of `in_flight` callers that each write four rows an order: one
/// event, one order state, two stock states. The next batch is whatever queued meanwhile.
pub async fn four_row_orders(
    journal: Journal,
    in_flight: usize,
    lasting: Duration,
) -> (f64, Latencies) {
    let partition = PartitionId(9);
    let epoch = match journal.claim(partition, "bench", "local").await {
        Ok(epoch) => epoch,
        Err(error) => panic!("the journal cannot be claimed: {error}"),
    };
    let (sender, queue) = mpsc::channel::<oneshot::Sender<()>>(4_096);
    let batcher = tokio::spawn(write_batches(journal, partition, epoch, queue));
    let began = Instant::now();
    let callers: Vec<_> =
        (0..in_flight).map(|_| tokio::spawn(call_until(sender.clone(), began + lasting))).collect();
    drop(sender);
    let mut latencies = Latencies::default();
    for caller in callers {
        if let Ok(own) = caller.await {
            latencies.merge(&own);
        }
    }
    let rate = latencies.count() as f64 / began.elapsed().as_secs_f64();
    let _ = batcher.await;
    (rate, latencies)
}

async fn call_until(sender: mpsc::Sender<oneshot::Sender<()>>, end: Instant) -> Latencies {
    let mut latencies = Latencies::default();
    while Instant::now() < end {
        let asked = Instant::now();
        let (reply, recorded) = oneshot::channel();
        if sender.send(reply).await.is_err() || recorded.await.is_err() {
            break;
        }
        latencies.record(asked.elapsed());
    }
    latencies
}

async fn write_batches(
    journal: Journal,
    partition: PartitionId,
    epoch: Epoch,
    mut queue: mpsc::Receiver<oneshot::Sender<()>>,
) {
    let text = Arc::new(format!("{{\"lines\":\"{}\"}}", "x".repeat(EVENT_BYTES)));
    let state = Arc::new(format!("{{\"state\":\"{}\"}}", "x".repeat(STATE_BYTES)));
    let mut waiting = Vec::new();
    let mut seq = 0u64;
    while queue.recv_many(&mut waiting, 2_048).await > 0 {
        let mut batch = Batch::new(partition, epoch);
        for _ in &waiting {
            seq += 1;
            add_order(&mut batch, seq, &text, &state);
        }
        if let Err(error) = journal.commit(batch).await {
            panic!("the bare journal failed: {error}");
        }
        for reply in waiting.drain(..) {
            let _ = reply.send(());
        }
    }
}

fn add_order(batch: &mut Batch, seq: u64, event: &str, state: &str) {
    let order = (u128::from(seq) << 64) | 0x8000_0000_0000_0000;
    batch.events.push(EventRow {
        seq,
        entity_kind: "order".into(),
        entity: order,
        entity_seq: 1,
        previous: 0,
        at: Timestamp::from_millis(seq as i64),
        by: "principal:bench".into(),
        cause: order,
        trace: 0,
        schema_version: 1,
        kind: "order_placed".into(),
        payload: event.to_owned(),
    });
    batch.states.push(row("order", 0, order, seq, state.to_owned()));
    for stock in 0..2u64 {
        let sku = u128::from((seq * 7 + stock * 13) % 1_000) + 1;
        let level = format!("{{\"on_hand\":{seq},\"pad\":\"{}\"}}", "x".repeat(STOCK_BYTES));
        batch.states.push(row("stock", u128::from(seq % 60) + 1, sku, seq, level));
    }
}

fn row(kind: &'static str, owner: u128, id: u128, seq: u64, blob: String) -> StateRow {
    StateRow {
        stays: kind == "stock",
        key: StateKey::new(kind, owner, id),
        seq,
        live: true,
        status: "open".into(),
        store: None,
        courier: None,
        blob,
    }
}
