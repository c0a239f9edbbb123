//! When a store's stock changes, how soon does everybody else know?
//!
//! Workload: 60 stores of 200 SKUs each over HTTP; one store's till finds or loses a unit, a thousand
//! times in a closed loop. Unit: milliseconds from sending the change to the answer of a read that
//! was asked for after the change was answered and shows it: headquarters' own view of the store's
//! shelves, and the row by which other stores' orders are sourced. Floor: a change of the same size
//! whose effect nobody looks at, from sending to answer. Too slow: a p99 above 200 ms.

use std::time::Instant;

use paidan_benches::city::{City, read};
use paidan_benches::server::{self, Server};
use paidan_benches::{Latencies, ask, medians, role, runs, runtime, table};
use serde::Deserialize;
use serde_json::json;

const CHANGES: usize = 1_000;
/// One at a time: what is measured is the way of one change, not a queue.
const CONNECTIONS: usize = 1;

fn main() {
    if role::of_this_process().is_some() {
        return server::serve_only();
    }
    ask(
        "How soon is a change of one store's stock seen at headquarters and by sourcing?",
        "60 stores, 200 SKUs each, one change after another, client on the same cores",
    );
    let [hq, hq_p99, sourced, sourced_p99, floor, floor_p99] =
        medians(runs(), || runtime().block_on(run()));
    let row = |name: &str, p50: f64, p99: f64, goal: &str| {
        vec![name.to_owned(), format!("{p50:.3}"), format!("{p99:.3}"), goal.to_owned()]
    };
    table(
        &["what", "p50 ms", "p99 ms", "goal"],
        &[
            row("change to headquarters' view", hq, hq_p99, "p99 at most 200 ms"),
            row("change to what sourcing reads", sourced, sourced_p99, "p99 at most 200 ms"),
            row("change to its answer (floor)", floor, floor_p99, ""),
        ],
    );
}

#[derive(Deserialize)]
struct Shelves {
    stock: Vec<Level>,
}

#[derive(Deserialize)]
struct Level {
    sku: String,
    on_hand: i64,
}

#[derive(Deserialize)]
struct Sku {
    available: i64,
}

async fn run() -> [f64; 6] {
    let server = Server::start();
    let mut city = City::furnish(&server, CONNECTIONS).await;
    let (store, sku) = (city.store(0), city.sku(0));
    let adjust = format!("/v1/stores/{store}/stock/{sku}/adjust");
    let shelves = city.get_as_headquarters(&format!("/v1/stores/{store}/stock"));
    let sold = city.get_as_headquarters(&format!("/v1/skus/{sku}?store={store}"));
    let (mut hq, mut sourced, mut floor) =
        (Latencies::default(), Latencies::default(), Latencies::default());
    let answer = city.client.closed_loop(std::slice::from_ref(&shelves)).await;
    let mut on_hand = level_of(&read(answer.answers.first()), &sku);
    for number in 0..CHANGES {
        let delta = if number % 2 == 0 { 1 } else { -1 };
        let change = json!({"delta": delta, "reason": if delta > 0 { "found" } else { "lost" }});
        let change = city.post_as_headquarters(&adjust, &change);
        let looks = if number % 4 < 2 { &shelves } else { &sold };
        on_hand += delta;
        let began = Instant::now();
        let asks = [change, looks.clone()];
        let load = city.client.closed_loop(&asks).await;
        let took = began.elapsed();
        if let Some(changed) = load.answers.first() {
            floor.record(changed.answered.saturating_duration_since(began));
        }
        let seen = load.answers.get(1);
        if number % 4 < 2 {
            assert_eq!(level_of(&read(seen), &sku), on_hand, "headquarters sees another shelf");
            hq.record(took);
        } else {
            assert_eq!(read::<Sku>(seen).available, on_hand, "sourcing counts on other goods");
            sourced.record(took);
        }
    }
    let figures = [&hq, &sourced, &floor].map(|of| [of.millis(50.0), of.millis(99.0)]);
    let [[a, b], [c, d], [e, f]] = figures;
    eprintln!("headquarters p99 {b:.3} ms, sourcing p99 {d:.3} ms, answer p99 {f:.3} ms");
    [a, b, c, d, e, f]
}

fn level_of(shelves: &Shelves, sku: &str) -> i64 {
    let level = shelves.stock.iter().find(|level| level.sku == sku);
    level.map_or(0, |level| level.on_hand)
}
