//! How long does a city with 100,000 live orders take to serve again?
//!
//! Workload: orders of three lines, each at one store that accepted it, with one delivery in the pool
//! and its timers, on SQLite and on a PostgreSQL server of its own; the partition is stopped and
//! started again on the same journal. From opening it to serving; unit: seconds. Too slow: more than 2 s.
//! Floor, in the same run: reading the rows of the live orders alone.

#[path = "../../persistence/tests/cluster/mod.rs"]
mod cluster;

use std::time::Instant;

use paidan_benches::shop::{Shop, Workload};
use paidan_benches::{ask, folder, median, must, runs, table};
use persistence::{Journal, PartitionId};

const ORDERS: u64 = 100_000;

fn main() {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = must("a runtime", runtime.worker_threads(1).enable_all().build());
    ask(
        "How long does a city with 100,000 live orders take to serve again?",
        "100,000 orders: three lines, one store, one delivery in the pool, its timers",
    );
    let folder = folder();
    let file = format!("sqlite:{}", folder.path().join("bench.db").display());
    let server = cluster::Cluster::start(&[]);
    let mut rows = Vec::new();
    for (name, url) in [("SQLite", file), ("PostgreSQL", server.database())] {
        let (again, read) = runtime.block_on(measure(&url));
        rows.push(vec![
            name.to_owned(),
            format!("{again:.2}"),
            format!("{read:.2}"),
            "at most 2".to_owned(),
        ]);
    }
    table(&["journal", "seconds to serve", "reading its rows alone", "goal"], &rows);
}

/// Seconds until it serves, from opening the journal on, and for reading the rows alone; medians.
async fn measure(url: &str) -> (f64, f64) {
    let open = async || must("the journal opens", Journal::open(url).await);
    let close = async |journal: Journal| must("the journal closes", journal.close().await);
    let journal = open().await;
    let shop = Shop::open(journal.clone(), Workload::OneStoreAccepted).await;
    shop.place_count(ORDERS, 64).await;
    shop.handle.drain().await;
    close(journal).await;
    let (mut again, mut read) = (Vec::new(), Vec::new());
    for _ in 0..runs() {
        // Another journal for each: connections end with the thread that began them.
        let began = Instant::now();
        let journal = open().await;
        let loaded = must("the rows are read", journal.living_states(PartitionId(1)).await);
        read.push(began.elapsed().as_secs_f64());
        assert!(loaded.len() as u64 > ORDERS, "{} live rows", loaded.len());
        close(journal).await;
        let began = Instant::now();
        let journal = open().await;
        let shop = Shop::start(journal.clone(), Workload::OneStoreAccepted).await;
        again.push(began.elapsed().as_secs_f64());
        shop.handle.drain().await;
        close(journal).await;
    }
    (median(again), median(read))
}
