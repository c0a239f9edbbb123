//! How many orders a second become durable, and what is left of the journal's own speed?
//!
//! Workload: a city of 60 stores and 400 SKUs on one SQLite file (WAL, synchronous=FULL); 256
//! callers place orders of three lines that need two stores: sourcing, two holds, the payment's
//! birth, one commit. Floor, in the same run: 256 callers of the bare journal writing four rows an
//! order. Unit: orders a second. Too slow: below half of the floor, or a floor below 10,000.

use paidan_benches::ask;
use paidan_benches::durable::placement_beside_its_floor;
use persistence::Journal;

fn main() {
    let runtime =
        match tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => panic!("no runtime: {error}"),
        };
    ask(
        "How many orders a second become durable in process?",
        "256 in flight, 3 lines, two-store hold, SQLite synchronous=FULL; floor: bare journal, 4 rows an order",
    );
    runtime.block_on(placement_beside_its_floor(async || {
        let folder = match tempfile::tempdir() {
            Ok(folder) => folder,
            Err(error) => panic!("no folder: {error}"),
        };
        let url = format!("sqlite:{}", folder.path().join("bench.db").display());
        match Journal::open(&url).await {
            Ok(journal) => (folder, journal),
            Err(error) => panic!("the journal does not open: {error}"),
        }
    }));
}
