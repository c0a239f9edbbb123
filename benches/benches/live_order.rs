//! How much memory does one live order cost?
//!
//! Workload: 100,000 paid orders of three lines, each at one store that accepted it, with one
//! delivery that waits for a courier, and all its timers. Unit: bytes of resident memory an order,
//! (resident with the orders − resident with the furnished city) / orders. Too much: 6 KiB.
//! Floor: the order's own state row as JSON, which is what a plain map of text would keep.

use paidan_benches::shop::{Shop, Workload};
use paidan_benches::{ask, resident_bytes, table};
use persistence::{Journal, PartitionId, StateQuery};

const ORDERS: u64 = 100_000;

fn main() {
    let runtime =
        match tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => panic!("no runtime: {error}"),
        };
    runtime.block_on(measure());
}

async fn measure() {
    ask(
        "How much memory does one live order cost?",
        "100,000 orders: three lines, one store, one delivery in the pool, its timers; SQLite on disk",
    );
    let folder = match tempfile::tempdir() {
        Ok(folder) => folder,
        Err(error) => panic!("no folder: {error}"),
    };
    let url = format!("sqlite:{}", folder.path().join("bench.db").display());
    let journal = match Journal::open(&url).await {
        Ok(journal) => journal,
        Err(error) => panic!("the journal does not open: {error}"),
    };
    let shop = Shop::open(journal.clone(), Workload::OneStoreAccepted).await;
    // The first orders pay for caches and pools that are not theirs.
    shop.place_count(2_000, 64).await;
    let seeded = resident_bytes();
    shop.place_count(ORDERS, 64).await;
    let full = resident_bytes();
    let each = full.saturating_sub(seeded) / ORDERS;
    let query = StateQuery::of_kind("order", 100);
    let rows = journal.states(PartitionId(1), &query).await.unwrap_or_default();
    let row_bytes = rows.iter().map(|row| row.blob.len()).sum::<usize>() / rows.len().max(1);
    table(
        &["what", "bytes", "floor"],
        &[
            vec!["a live order in memory".into(), each.to_string(), "at most 6,144".into()],
            vec!["its state row as text".into(), row_bytes.to_string(), String::new()],
            vec!["resident, city only".into(), seeded.to_string(), String::new()],
            vec!["resident, 100,000 orders".into(), full.to_string(), String::new()],
        ],
    );
}
