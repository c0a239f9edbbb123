//! Two cities in one process share a campaign's budget and are killed while they spend it: never a
//! fen above it, and what is left is spent to the end.

#![cfg(feature = "whole-system")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use paidan_tests::check::{expect_sound, file_of};
use paidan_tests::client::Client;
use paidan_tests::server::Server;
use paidan_tests::town::Town;
use serde_json::{Value, json};
use vocabulary::Chance;

const CAMPAIGN: &str = "019ab3c0-0000-7000-8000-000000000c01";
const BUDGET_FEN: i64 = 60_000;
const KILLS: usize = 6;

/// A store of the second city: its id's slot is 2.
const SECOND: &str = "00000000-00b1-7000-8800-000000000001";

fn second_store() -> Value {
    let place = json!({"lat": 31.2, "lon": 121.5});
    let all_day = json!([{"open": "00:00", "close": "24:00"}]);
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let weekly: serde_json::Map<_, _> =
        days.into_iter().map(|day| (day.to_owned(), all_day.clone())).collect();
    json!({
        "name": "鲜禾便利·浦东店", "merchant": "00000000-00a9-7000-8000-000000000001",
        "place": place, "area": {"type": "Radius", "center": place, "radius_m": 8_000},
        "hours": {"time_zone": "Asia/Shanghai", "weekly": weekly},
        "modes": ["delivery", "pickup", "express"], "prep_time_s": 300,
        "prep_per_open_order_s": 10, "capacity_per_window": 100_000, "auto_accept": true,
    })
}

fn campaign() -> Value {
    json!({
        "name": "两城一折", "stacking": "stackable",
        "discount": {"limited_time": {"amount_off": {"off_fen": 100}}},
        "starts_at": 1_700_000_000_000_i64, "ends_at": 4_000_000_000_000_i64,
        "budget": {"amount_fen": BUDGET_FEN},
    })
}

/// What the orders that were acknowledged took off, and which were asked and never answered.
#[derive(Default)]
struct Spent {
    fen: AtomicI64,
    orders: [AtomicUsize; 2],
    unanswered: Mutex<Vec<(String, Value, i64)>>,
}

fn off(quote: &Value) -> i64 {
    let shares = quote["lines"].as_array().unwrap().iter().flat_map(|line| {
        line["shares"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|share| share["source"].as_str().unwrap().starts_with("limited_time"))
    });
    shares.map(|share| share["amount_fen"].as_i64().unwrap()).sum()
}

/// Buys in one city until the server dies; says whether anything was placed.
fn shop(name: &str, city: usize, town: &Town, spent: &Spent, stop: &AtomicBool) {
    for number in 0.. {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        let lines = json!([{"sku": town.skus[0], "quantity": 1 + number % 5}]);
        let asked = json!({"mode": "delivery", "lines": lines}).to_string();
        let Ok(quoted) = town.hq.try_send("POST", "/v1/quotes", None, &asked) else { return };
        let quote = quoted.ok();
        let off = off(&quote);
        let mut body = town.order_body(&quote);
        if city == 1 {
            body["destination"] = json!({"lat": 31.2, "lon": 121.504});
        }
        let key = format!("{name}-{number}");
        match town.hq.try_send("POST", "/v1/orders", Some(&key), &body.to_string()) {
            Ok(answer) if answer.status == 201 => {
                spent.fen.fetch_add(off, Ordering::Relaxed);
                spent.orders[city].fetch_add(1, Ordering::Relaxed);
            }
            Ok(answer) => {
                assert!(
                    ["budget_spent", "unavailable", "busy"].contains(&answer.code()),
                    "{}",
                    answer.body
                );
            }
            Err(_) => {
                spent.unanswered.lock().unwrap().push((key, body, off));
                return;
            }
        }
    }
}

/// What the city knows of each order that was asked and not answered.
fn ask_again(town: &Town, spent: &Spent) {
    for (key, body, off) in spent.unanswered.lock().unwrap().drain(..) {
        let answer = town.hq.post_once("/v1/orders", &key, &body);
        if answer.status == 201 {
            spent.fen.fetch_add(off, Ordering::Relaxed);
        }
    }
}

fn round(town: &Arc<Town>, spent: &Arc<Spent>, name: &str, until: impl FnOnce()) {
    let stop = Arc::new(AtomicBool::new(false));
    let shoppers: Vec<_> = (0..4)
        .map(|shopper| {
            let (town, spent, stop) = (Arc::clone(town), Arc::clone(spent), Arc::clone(&stop));
            let name = format!("{name}-{shopper}");
            std::thread::spawn(move || shop(&name, shopper % 2, &town, &spent, &stop))
        })
        .collect();
    until();
    stop.store(true, Ordering::Relaxed);
    shoppers.into_iter().for_each(|shopper| shopper.join().unwrap());
}

#[test]
fn two_cities_never_overspend_a_budget_through_kills() {
    let mut server = Server::start(&["--more-cities", "2@31.2,121.5"]);
    let town = Arc::new(Town::build(server.hq(), 1, 0, true));
    let hq: &Client = &town.hq;
    hq.put(&format!("/v1/stores/{SECOND}"), &second_store()).ok();
    let stock: Vec<Value> =
        town.skus.iter().map(|sku| json!({"sku": sku, "on_hand": 100_000})).collect();
    hq.post(&format!("/v1/stores/{SECOND}/stock/bulk"), &json!(stock)).ok();
    hq.put(&format!("/v1/campaigns/{CAMPAIGN}"), &campaign()).ok();
    let spent = Arc::new(Spent::default());
    let mut chance = Chance::from_seed(6);
    for kill in 0..KILLS {
        round(&town, &spent, &format!("r{kill}"), || {
            std::thread::sleep(Duration::from_millis(100 + chance.below(300)));
            server.kill();
        });
        server.start_again();
        ask_again(&town, &spent);
        assert!(spent.fen.load(Ordering::Relaxed) <= BUDGET_FEN);
    }
    // Until nobody gets anything off any more: the last portions find each other.
    let began = Instant::now();
    let mut before = -1;
    while spent.fen.load(Ordering::Relaxed) != before {
        before = spent.fen.load(Ordering::Relaxed);
        round(&town, &spent, &format!("end-{before}"), || {
            std::thread::sleep(Duration::from_millis(700));
        });
        assert!(began.elapsed() < Duration::from_secs(240), "the budget never ends");
    }
    ask_again(&town, &spent);
    let fen = spent.fen.load(Ordering::Relaxed);
    assert!(fen <= BUDGET_FEN, "{fen} of {BUDGET_FEN}");
    assert!(fen > BUDGET_FEN / 2, "only {fen} of {BUDGET_FEN} was ever spent");
    let orders = spent.orders.each_ref().map(|count| count.load(Ordering::Relaxed));
    assert!(orders.iter().all(|count| *count > 0), "both cities sold: {orders:?}");
    assert!(server.stop(), "the last end is a clean one:\n{}", server.log());
    expect_sound(&file_of(&server), None, 1, &["I9", "I10", "I11", "I15", "I22"]);
}
