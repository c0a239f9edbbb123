//! How many orders a second become durable, and what is left of the journal's own speed?
//!
//! Workload: a city of 60 stores and 400 SKUs on one SQLite file (WAL, synchronous=FULL); 256
//! callers place orders of three lines that need two stores: sourcing, two holds, the payment's
//! birth, one commit. Floor, in the same run: 256 callers of the bare journal writing four rows an
//! order. Unit: orders a second. Too slow: below half of the floor, or a floor below 10,000.

use std::time::Duration;

use paidan_benches::bare::four_row_orders;
use paidan_benches::shop::{Shop, Workload};
use paidan_benches::{ask, median, runs, table};
use persistence::Journal;

const IN_FLIGHT: usize = 256;
const LASTING: Duration = Duration::from_secs(4);

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
        "How many orders a second become durable in process?",
        "256 in flight, 3 lines, two-store hold, SQLite synchronous=FULL; floor: bare journal, 4 rows an order",
    );
    let (mut bare, mut placed) = (Vec::new(), Vec::new());
    let (mut bare_p99, mut placed_p99) = (Vec::new(), Vec::new());
    for _ in 0..runs() {
        let folder = folder();
        let (rate, latencies) =
            four_row_orders(open(folder.path()).await, IN_FLIGHT, LASTING).await;
        bare.push(rate);
        bare_p99.push(latencies.millis(99.0));
        let folder = self::folder();
        let shop = Shop::open(open(folder.path()).await, Workload::TwoStores).await;
        let (rate, latencies) = shop.place_for(IN_FLIGHT, LASTING).await;
        shop.handle.drain().await;
        placed.push(rate);
        placed_p99.push(latencies.millis(99.0));
        eprintln!("bare {:.0}/s, placed {rate:.0}/s", bare.last().copied().unwrap_or_default());
    }
    let ratio = median(placed.clone()) / median(bare.clone());
    let row = |name: &str, rates: Vec<f64>, p99: Vec<f64>, floor: &str, part: String| {
        vec![
            name.to_owned(),
            format!("{:.0}", median(rates)),
            format!("{:.1}", median(p99)),
            part,
            floor.to_owned(),
        ]
    };
    table(
        &["what", "orders/s", "p99 ms", "of the floor", "floor"],
        &[
            row("bare journal", bare, bare_p99, "10,000", "1.00".into()),
            row(
                "durable placement",
                placed,
                placed_p99,
                "half of the journal",
                format!("{ratio:.2}"),
            ),
        ],
    );
}

fn folder() -> tempfile::TempDir {
    match tempfile::tempdir() {
        Ok(folder) => folder,
        Err(error) => panic!("no folder: {error}"),
    }
}

async fn open(folder: &std::path::Path) -> Journal {
    let url = format!("sqlite:{}", folder.join("bench.db").display());
    match Journal::open(&url).await {
        Ok(journal) => journal,
        Err(error) => panic!("the journal does not open: {error}"),
    }
}
