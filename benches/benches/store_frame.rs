//! When an order is acknowledged, how soon is it on the screens of its stores?
//!
//! Workload: 60 stores, each with an open board socket; orders of three lines from two stores, paid
//! at the door, placed over HTTP in an open loop of 200 a second for 10 s by the same process. Unit:
//! milliseconds from the HTTP answer to the frame that carries the order, for each board on which it
//! appears; zero when the frame came first. Floor: the same order's own way from its intended time
//! of sending to its answer. Too slow: a median above 2 ms.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use paidan_benches::city::{Basket, City, board, read};
use paidan_benches::client::Load;
use paidan_benches::server::{self, Server};
use paidan_benches::sockets::{Listener, Socket, open_all};
use paidan_benches::{Latencies, ask, medians, must, role, runs, runtime, table};
use serde::Deserialize;

const CONNECTIONS: usize = 64;
const PER_SECOND: u32 = 200;
const ORDERS: usize = 2_000;

fn main() {
    if role::of_this_process().is_some() {
        return server::serve_only();
    }
    ask(
        "How soon after its answer is an order on the stores' screens?",
        "60 open boards, 200 orders a second in an open loop, two stores each, client on the same cores",
    );
    let [to_frame, to_frame_p99, whole, whole_p99, placed, placed_p99, first] =
        medians(runs(), || runtime().block_on(run()));
    let row = |name: &str, p50: f64, p99: f64, goal: &str| {
        vec![name.to_owned(), format!("{p50:.3}"), format!("{p99:.3}"), goal.to_owned()]
    };
    table(
        &["what", "p50 ms", "p99 ms", "goal"],
        &[
            row("answer to frame", to_frame, to_frame_p99, "p50 at most 2 ms"),
            row("sending to frame", whole, whole_p99, ""),
            row("sending to answer (floor)", placed, placed_p99, ""),
        ],
    );
    println!("{:.0} of 100 frames came before the answer.", first * 100.0);
}

/// An order seen on a board.
struct Seen {
    board: usize,
    frame: String,
    at: Instant,
}

type Sightings = Arc<Mutex<Vec<Seen>>>;

async fn run() -> [f64; 7] {
    let server = Server::start();
    let mut city = City::furnish(&server, CONNECTIONS).await;
    let tokens = city.store_tokens().await;
    let listeners: Vec<Listener> = tokens
        .iter()
        .zip(0..)
        .map(|(token, store)| Listener { token, topic: board(store) })
        .collect();
    let sockets = open_all(&mut city.client, server.address, &listeners).await;
    let sightings = Sightings::default();
    for (board, socket) in sockets.into_iter().enumerate() {
        tokio::spawn(watch(board, socket, Arc::clone(&sightings)));
    }
    let basket = Basket::TwoStoresAtTheDoor;
    let quotes = city.quotes(ORDERS, basket).await;
    let orders = city.orders(&quotes, basket);
    let load = city.client.open_loop(&orders, PER_SECOND).await;
    // The last frames: far longer than any of them should take.
    tokio::time::sleep(Duration::from_millis(500)).await;
    let seen = std::mem::take(&mut *sightings.lock().unwrap_or_else(PoisonError::into_inner));
    compare(&load, &seen)
}

async fn watch(board: usize, mut socket: Socket, sightings: Sightings) {
    while let Some(frame) = socket.next().await {
        let seen = Seen { board, at: Instant::now(), frame: frame.as_str().to_owned() };
        sightings.lock().unwrap_or_else(PoisonError::into_inner).push(seen);
    }
}

#[derive(Deserialize)]
struct Placed {
    order: String,
    parts: Vec<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Delta {
    change: Option<Change>,
}

#[derive(Deserialize)]
struct Change {
    fulfillment_orders: Vec<Card>,
}

#[derive(Deserialize)]
struct Card {
    order: String,
}

fn compare(load: &Load, seen: &[Seen]) -> [f64; 7] {
    let first = first_sightings(seen);
    let mut by_order: HashMap<&str, Vec<Instant>> = HashMap::new();
    for ((order, _), at) in &first {
        by_order.entry(order).or_default().push(*at);
    }
    let (mut to_frame, mut whole) = (Latencies::default(), Latencies::default());
    let mut early = 0;
    for answer in &load.answers {
        let placed: Placed = read(Some(answer));
        let frames = by_order.get(placed.order.as_str()).map_or(&[] as &[Instant], Vec::as_slice);
        assert_eq!(frames.len(), placed.parts.len(), "an order is not on all its boards");
        for frame in frames {
            to_frame.record(frame.saturating_duration_since(answer.answered));
            whole.record(frame.saturating_duration_since(answer.intended));
            early += u32::from(*frame <= answer.answered);
        }
    }
    let placed = load.latencies();
    let figures = [&to_frame, &whole, &placed].map(|of| [of.millis(50.0), of.millis(99.0)]);
    let [[a, b], [c, d], [e, f]] = figures;
    eprintln!("answer to frame p50 {a:.3} ms, p99 {b:.3} ms; sending to answer p50 {e:.3} ms");
    [a, b, c, d, e, f, f64::from(early) / to_frame.count() as f64]
}

/// When each order was first seen on each board.
fn first_sightings(seen: &[Seen]) -> HashMap<(String, usize), Instant> {
    let mut first = HashMap::new();
    for Seen { board, frame, at } in seen {
        let delta: Delta = must("a frame that can be read", serde_json::from_str(frame));
        for card in delta.change.into_iter().flat_map(|change| change.fulfillment_orders) {
            first.entry((card.order, *board)).or_insert(*at);
        }
    }
    first
}
