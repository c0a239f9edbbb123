//! How many orders a second become durable on PostgreSQL, and what is left of the journal's own speed?
//!
//! Workload: that of the bench `placement`, on a PostgreSQL server of its own (default settings,
//! `synchronous_commit=on`) that is reached by a Unix socket and shares the cores. Floor, in the same
//! run: 256 callers of the bare journal writing four rows an order. Unit: orders a second. Too slow:
//! below half of the floor, or a floor below 10,000.

#[path = "../../persistence/tests/cluster/mod.rs"]
mod cluster;

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
        "How many orders a second become durable in process on PostgreSQL?",
        "256 in flight, 3 lines, two-store hold, synchronous_commit=on; floor: bare journal, 4 rows an order",
    );
    let server = cluster::Cluster::start(&[]);
    runtime.block_on(placement_beside_its_floor(async || {
        match Journal::open(&server.database()).await {
            Ok(journal) => ((), journal),
            Err(error) => panic!("the journal does not open: {error}"),
        }
    }));
}
