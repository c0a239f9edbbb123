//! How much memory does an idle socket cost the server?
//!
//! Workload: 10,000 sockets, each with a shopper's own token, session and topic: one order of two
//! stores that waits for its payment. Everybody has got a snapshot and answered a heartbeat; nothing
//! else happens. The orders are placed and 100 sockets are open before the first look, so neither
//! the orders nor what the server builds once is counted. Unit: bytes of resident memory of the
//! server's process a socket, (after − before) / 10,000; what the kernel keeps is not in it. Too
//! much: 10 KiB. Floor: what the same server takes for a kept HTTP connection that asks nothing.

use std::time::Duration;

use paidan_benches::city::{Basket, City, read};
use paidan_benches::client::{Answer, Client};
use paidan_benches::server::{self, Server};
use paidan_benches::sockets::{Listener, Socket, open_all};
use paidan_benches::{ask, medians, role, runs, runtime, table};
use serde::Deserialize;
use serde_json::json;

const SOCKETS: usize = 10_000;
const OPEN_BEFORE: usize = 100;
/// Connections of the floor; the files of both loads must fit under one limit.
const KEPT: usize = 2_000;
/// Long enough for every socket to be pinged once: the server's heartbeat is 20 s.
const ONE_HEARTBEAT: Duration = Duration::from_secs(23);
const FILES: u64 = 10_000 + 2_000 + 1_000;

fn main() {
    if role::of_this_process().is_some() {
        return server::serve_only();
    }
    ask(
        "How much memory does an idle socket cost the server?",
        "10,000 shoppers' sockets, each on its own order, after a snapshot and a heartbeat",
    );
    let allowed = files_allowed();
    if allowed < FILES {
        eprintln!(
            "{FILES} open files are needed and {allowed} allowed: say `ulimit -n {FILES}` first"
        );
        std::process::exit(1);
    }
    let [opened, idle, kept] = medians(runs(), || runtime().block_on(run()));
    let row = |what: &str, bytes: f64, goal: &str| {
        vec![what.to_owned(), format!("{bytes:.0}"), goal.to_owned()]
    };
    table(
        &["what", "bytes", "goal"],
        &[
            row("a kept HTTP connection (floor)", kept, ""),
            row("a socket, just opened", opened, ""),
            row("an idle socket", idle, "at most 10,240"),
        ],
    );
}

/// The soft limit of this process, which the server inherits.
fn files_allowed() -> u64 {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    let soft = line.and_then(|line| line.split_whitespace().next());
    soft.and_then(|soft| soft.parse().ok()).unwrap_or(u64::MAX)
}

#[derive(Deserialize)]
struct Placed {
    order: String,
    shopper_token: String,
}

async fn run() -> [f64; 3] {
    let server = Server::start();
    let mut city = City::furnish(&server, 64).await;
    let shoppers = shoppers(&mut city).await;
    let listeners: Vec<Listener> = shoppers
        .iter()
        .map(|placed| Listener {
            token: &placed.shopper_token,
            topic: json!({"kind": "order", "id": placed.order}),
        })
        .collect();
    let (first, rest) = listeners.split_at(OPEN_BEFORE);
    keep_reading(open_all(&mut city.client, server.address, first).await);
    let before = settled(&server).await;
    let kept = {
        let _connections = Client::open(server.address, KEPT).await;
        (settled(&server).await - before) / KEPT as f64
    };
    let before = settled(&server).await;
    keep_reading(open_all(&mut city.client, server.address, rest).await);
    let opened = (settled(&server).await - before) / SOCKETS as f64;
    tokio::time::sleep(ONE_HEARTBEAT).await;
    let idle = (settled(&server).await - before) / SOCKETS as f64;
    eprintln!("kept {kept:.0}, opened {opened:.0}, idle {idle:.0} bytes");
    [opened, idle, kept]
}

async fn shoppers(city: &mut City) -> Vec<Placed> {
    let basket = Basket::TwoStoresUnpaid;
    let quotes = city.quotes(SOCKETS + OPEN_BEFORE, basket).await;
    let orders = city.orders(&quotes, basket);
    let load = city.client.closed_loop(&orders).await;
    load.answers.iter().map(|answer: &Answer| read(Some(answer))).collect()
}

/// Reading is what answers pings.
fn keep_reading(sockets: Vec<Socket>) {
    for mut socket in sockets {
        tokio::spawn(async move {
            while socket.next().await.is_some() {}
            panic!("the server closed an idle socket");
        });
    }
}

/// Resident memory of the server when what was under way is done.
async fn settled(server: &Server) -> f64 {
    tokio::time::sleep(Duration::from_secs(1)).await;
    server.resident_bytes() as f64
}
