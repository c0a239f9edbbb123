//! Server and simulator in one program that can be told to have a bug. Never shipped: a build
//! without assertions refuses the feature that it needs.

use std::process::ExitCode;

use persistence::{Batch, Epoch, EventRow, Journal, PartitionId, StateKey, StateRow};
use vocabulary::Timestamp;

/// Of members: their journal needs no city around it.
const PARTITION: PartitionId = PartitionId(60_001);

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.get(1).map(String::as_str) {
        Some("serve") => gateway::program::run(),
        Some("stale-writer") => {
            let url = arguments.get(2).map(String::as_str).unwrap_or_default();
            two_writers(url)
        }
        _ => simulator::program::run(),
    }
}

/// One writer is paused, another takes over and writes; the first wakes up and goes on.
fn two_writers(url: &str) -> ExitCode {
    let runtime = tokio::runtime::Runtime::new();
    let written = runtime.map(|runtime| {
        runtime.block_on(async {
            let journal = Journal::open(url).await?;
            let paused = journal.claim(PARTITION, "paused", "").await?;
            journal.commit(batch(paused, 1)).await?;
            let next = journal.claim(PARTITION, "next", "").await?;
            journal.commit(batch(next, 2)).await?;
            let stale = journal.commit(batch(paused, 3)).await;
            println!("the stale commit: {stale:?}");
            journal.close().await
        })
    });
    match written {
        Ok(Ok(())) => ExitCode::SUCCESS,
        other => {
            eprintln!("{other:?}");
            ExitCode::FAILURE
        }
    }
}

fn batch(epoch: Epoch, seq: u64) -> Batch {
    let mut batch = Batch::new(PARTITION, epoch);
    batch.events.push(EventRow {
        seq,
        entity_kind: "phone".into(),
        entity: 7,
        entity_seq: seq,
        previous: seq - 1,
        at: Timestamp::from_millis(1_000),
        by: "partition".into(),
        cause: 1,
        trace: 1,
        schema_version: 1,
        kind: "phone_bound".into(),
        payload: r#"{"kind":"phone_bound"}"#.into(),
    });
    batch.states.push(StateRow {
        key: StateKey::new("phone", 0, 7),
        seq,
        live: false,
        stays: false,
        status: "".into(),
        store: None,
        courier: None,
        blob: format!(r#"{{"entity_seq":{seq},"state":{{}}}}"#),
    });
    batch
}
