//! How many durable orders a second come through the doors, and how long does one wait?
//!
//! Workload: a server in a process of its own on one SQLite file (WAL, synchronous=FULL), 60 stores
//! and 400 SKUs; orders of three lines, quoted beforehand, under idempotency keys. First a closed
//! loop of 64 in flight, then an open loop of 500 a second for 10 s, latencies from the intended
//! time of sending. The client is on the same cores. Unit: orders a second, milliseconds. Floors, in
//! the same run: `GET /healthz` at 64 in flight with the same client, which is what HTTP alone
//! takes, and 64 callers of the bare journal writing four rows an order. Peer, where
//! `PAIDAN_PEER_SHOP` says where it listens: the textbook endpoint of `benches/peers/fastify-pg`, by
//! the same client on the same cores, with 16 and with 64 in flight. Too slow: below 5,000 a second
//! for orders from two stores, a p99 of 15 ms in the open loop, or less than four (16) and eight (64)
//! times the peer.

use std::net::SocketAddr;
use std::time::Duration;

use paidan_benches::bare::four_row_orders;
use paidan_benches::city::{Basket, City};
use paidan_benches::client::{Ask, Client, Load};
use paidan_benches::server::{self, Server};
use paidan_benches::{ask, folder, median, must, role, runs, runtime, table};
use persistence::Journal;
use serde_json::json;
use vocabulary::Chance;

const IN_FLIGHT: usize = 64;
/// Orders of a closed loop: seconds of work.
const ORDERS: usize = 12_000;
const HEALTH_CHECKS: usize = 40_000;
const OPEN_PER_SECOND: u32 = 500;
const OPEN_ORDERS: usize = 5_000;
/// Where the peer listens, if there is one.
const PEER: &str = "PAIDAN_PEER_SHOP";
const PEER_FEW: usize = 16;
const PEER_ORDERS: usize = 3_000;
const BARE_FOR: Duration = Duration::from_secs(3);

fn main() {
    if role::of_this_process().is_some() {
        return server::serve_only();
    }
    ask(
        "How many durable orders a second come over HTTP, and how long does one wait?",
        "64 in flight on kept connections, 3 lines, SQLite synchronous=FULL, client on the same cores; \
         then 500 a second in an open loop",
    );
    let runs: Vec<Vec<Figure>> = (0..runs()).map(|_| runtime().block_on(run())).collect();
    let names = runs.first().into_iter().flatten().map(|figure| figure.name);
    let rows: Vec<Vec<String>> = names.map(|name| row(name, &runs)).collect();
    table(&["what", "a second", "p50 ms", "p99 ms", "goal or floor"], &rows);
}

/// One line of the table, of one run.
struct Figure {
    name: &'static str,
    goal: &'static str,
    rate: f64,
    p50: f64,
    p99: f64,
}

impl Figure {
    fn of(name: &'static str, goal: &'static str, load: &Load) -> Self {
        let latencies = load.latencies();
        let (rate, p50, p99) = (load.rate(), latencies.millis(50.0), latencies.millis(99.0));
        eprintln!("{name}: {rate:.0}/s, p50 {p50:.2} ms, p99 {p99:.2} ms");
        Self { name, goal, rate, p50, p99 }
    }
}

async fn run() -> Vec<Figure> {
    let mut figures = vec![bare_journal().await];
    let server = Server::start();
    let mut city = City::furnish(&server, IN_FLIGHT).await;
    let health = vec![Ask::get("/healthz"); HEALTH_CHECKS];
    let load = city.client.closed_loop(&health).await;
    figures.push(Figure::of("GET /healthz", "floor of HTTP", &load));
    let two = Basket::TwoStoresUnpaid;
    let quotes = city.quotes(ORDERS, two).await;
    figures.push(Figure::of("quotes", "", &quotes));
    let orders = city.orders(&quotes, two);
    let load = city.client.closed_loop(&orders).await;
    figures.push(Figure::of("orders, two stores, unpaid", "5,000 a second", &load));
    if std::env::var_os(PEER).is_some() {
        let quotes = city.quotes(ORDERS / 2, two).await;
        let orders = city.orders(&quotes, two);
        let load = city.client.few(PEER_FEW).closed_loop(&orders).await;
        figures.push(Figure::of("the same, 16 in flight", "", &load));
    }
    let one = Basket::OneStoreAtTheDoor;
    let quotes = city.quotes(ORDERS, one).await;
    let orders = city.orders(&quotes, one);
    let load = city.client.closed_loop(&orders).await;
    figures.push(Figure::of("orders, one store, on its board", "", &load));
    drop(server);
    figures.push(open_loop().await);
    if let Ok(peer) = std::env::var(PEER) {
        let address = must("the peer's address", peer.parse());
        figures.push(peer_shop(address, PEER_FEW, "fastify + pg, 16 in flight").await);
        figures.push(peer_shop(address, IN_FLIGHT, "fastify + pg, 64 in flight").await);
    }
    figures
}

/// Three lines an order of a thousand SKUs, at the peer's one door.
async fn peer_shop(address: SocketAddr, in_flight: usize, name: &'static str) -> Figure {
    let mut client = Client::open(address, in_flight).await;
    let mut chance = Chance::from_seed(in_flight as u64);
    let order = |_| {
        let first = chance.below(1_000);
        let line = |step: u64| json!({"sku": (first + step * 333) % 1_000 + 1, "quantity": 1});
        Ask::post("/orders", "", &json!({"lines": [line(0), line(1), line(2)]}))
    };
    let orders: Vec<Ask> = (0..PEER_ORDERS).map(order).collect();
    Figure::of(name, "peer", &client.closed_loop(&orders).await)
}

/// On a fresh server: an open loop asks how long an order takes, not what the loads before left.
async fn open_loop() -> Figure {
    let server = Server::start();
    let mut city = City::furnish(&server, IN_FLIGHT).await;
    let two = Basket::TwoStoresUnpaid;
    let quotes = city.quotes(OPEN_ORDERS, two).await;
    let orders = city.orders(&quotes, two);
    let load = city.client.open_loop(&orders, OPEN_PER_SECOND).await;
    Figure::of("open loop, two stores, unpaid", "p99 below 15 ms", &load)
}

async fn bare_journal() -> Figure {
    let folder = folder();
    let url = format!("sqlite:{}", folder.path().join("bench.db").display());
    let journal = must("the journal opens", Journal::open(&url).await);
    let (rate, latencies) = four_row_orders(journal, IN_FLIGHT, BARE_FOR).await;
    let (p50, p99) = (latencies.millis(50.0), latencies.millis(99.0));
    Figure { name: "bare journal, 4 rows an order", goal: "floor of the disk", rate, p50, p99 }
}

fn row(name: &'static str, runs: &[Vec<Figure>]) -> Vec<String> {
    let figures: Vec<&Figure> =
        runs.iter().flatten().filter(|figure| figure.name == name).collect();
    let middle = |pick: fn(&Figure) -> f64| median(figures.iter().map(|one| pick(one)).collect());
    let goal = figures.first().map_or("", |figure| figure.goal);
    vec![
        name.to_owned(),
        format!("{:.0}", middle(|figure| figure.rate)),
        format!("{:.2}", middle(|figure| figure.p50)),
        format!("{:.2}", middle(|figure| figure.p99)),
        goal.to_owned(),
    ]
}
