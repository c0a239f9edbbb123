//! How long does a planner look for the stores of a basket?
//!
//! Workload: 10,000 stores over 100 × 100 km with 1,000 products, from `simulator sourcing`'s
//! generator; shelves as a day of baskets left them, partly; baskets of exactly 20 lines, and as
//! shoppers draw them (1 to 20), each at a door of its own. Unit: microseconds of wall time for an
//! answer with its reasons, in process, one thread. Every basket is asked once before anything is
//! timed; no shelf changes meanwhile. Floor: which stores deliver to the door, and what
//! the two dozen nearest of them have of each line; no hours, no capacity, no choice. Too slow: a p99
//! above 1 ms.

use std::hint::black_box;
use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

use dispatch::Policy;
use paidan_benches::{Latencies, ask, medians, must, runs, table};
use simulator::sourcing::{Asked, Baskets, City, Terms};

const TERMS: Terms = Terms { stores: 10_000, skus: 1_000, seed: 1 };
const BASKETS: usize = 5_000;
const BASKETS_A_DAY: u64 = 200_000;
/// Latencies are kept in whole microseconds, so ten times the time is kept.
const TENTHS: u32 = 10;

fn main() {
    ask(
        "How long does a planner look for the stores of a basket?",
        "10,000 stores, 1,000 products, doors with dozens of stores in reach, in process",
    );
    let city = must("a city", City::furnish(&TERMS));
    let rows = [("20 lines", 20..=20), ("1 to 20 lines", 1..=20)]
        .map(|(name, lines)| measure(&city, name, lines));
    table(
        &[
            "baskets",
            "filled",
            "stores each",
            "p50 µs",
            "p99 µs",
            "slowest µs",
            "floor p50",
            "floor p99",
        ],
        &rows,
    );
}

fn measure(city: &City, name: &str, lines: RangeInclusive<u32>) -> Vec<String> {
    let policy = Policy::default();
    let mut baskets = Baskets::new(&TERMS, lines, BASKETS_A_DAY);
    let asked: Vec<Asked> = (0..BASKETS).map(|_| baskets.next(city)).collect();
    let (mut filled, mut parts) = (0, 0);
    for one in &asked {
        if let Ok(plan) = dispatch::sourcing::plan(&one.request, &city.view, &policy, one.at) {
            filled += 1;
            parts += plan.parts.len();
        }
    }
    let [p50, p99, slowest, floor, floor_p99] = medians(runs(), || {
        let (mut planner, mut floor) = (Latencies::default(), Latencies::default());
        for one in &asked {
            let plan = || dispatch::sourcing::plan(&one.request, &city.view, &policy, one.at);
            planner.record(took(|| drop(black_box(plan()))));
            floor.record(took(|| _ = black_box(looked_at(city, one))));
        }
        let micros = |of: &Latencies, at| of.millis(at) * 1e3 / f64::from(TENTHS);
        [
            micros(&planner, 50.0),
            micros(&planner, 99.0),
            micros(&planner, 100.0),
            micros(&floor, 50.0),
            micros(&floor, 99.0),
        ]
    });
    let figures = [p50, p99, slowest, floor, floor_p99].map(|figure| format!("{figure:.1}"));
    let each = format!("{:.2}", parts as f64 / f64::from(filled.max(1)));
    let mut row = vec![name.to_owned(), format!("{filled} of {BASKETS}"), each];
    row.extend(figures);
    row
}

/// Ten times what a call took, so that tenths of a microsecond are not lost.
fn took(work: impl FnOnce()) -> Duration {
    let began = Instant::now();
    work();
    began.elapsed() * TENTHS
}

fn looked_at(city: &City, one: &Asked) -> u64 {
    let Some(door) = one.request.destination else { return 0 };
    let shelves = city.view.shelves();
    let numbers: Vec<_> =
        one.request.lines.iter().filter_map(|line| shelves.number(line.sku)).collect();
    let near = city.view.store_index().covering(door);
    let units =
        near.iter().take(24).filter_map(|(store, _)| shelves.of(*store)).flat_map(|shelf| {
            numbers.iter().map(|number| u64::from(shelf.units(*number).unwrap_or(0)))
        });
    units.sum()
}
