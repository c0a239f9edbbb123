//! Placement beside the bare journal on the same database, in the same run.

use std::time::Duration;

use persistence::Journal;

use crate::bare::four_row_orders;
use crate::shop::{Shop, Workload};
use crate::{median, runs, table};

const IN_FLIGHT: usize = 256;
const LASTING: Duration = Duration::from_secs(4);

/// Prints how many orders a second become durable; `open` gives an empty journal, and what must
/// live as long as it does.
pub async fn placement_beside_its_floor<G>(open: impl AsyncFn() -> (G, Journal)) {
    let (mut bare, mut placed) = (Vec::new(), Vec::new());
    let (mut bare_p99, mut placed_p99) = (Vec::new(), Vec::new());
    for _ in 0..runs() {
        let (_kept, journal) = open().await;
        let (rate, latencies) = four_row_orders(journal, IN_FLIGHT, LASTING).await;
        bare.push(rate);
        bare_p99.push(latencies.millis(99.0));
        let (_kept, journal) = open().await;
        let shop = Shop::open(journal, Workload::TwoStores).await;
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
