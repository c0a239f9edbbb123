//! kill -9 under load, twenty times in a row: whatever was acknowledged is there, in the state that
//! was last acknowledged, and nothing is half done.

#![cfg(feature = "whole-system")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use paidan_tests::client::Client;
use paidan_tests::server::Server;
use paidan_tests::town::Town;
use serde_json::Value;
use vocabulary::Chance;

const ROUNDS: u64 = 20;
const SHOPPERS: u64 = 6;

/// What the shoppers know: what they asked under which key, and what they were told.
#[derive(Default)]
struct Ledger {
    asked: BTreeMap<String, Value>,
    told: BTreeMap<String, Value>,
    /// Orders whose cancellation was acknowledged.
    cancelled: BTreeSet<String>,
}

#[test]
fn what_was_acknowledged_survives_twenty_kills() {
    let mut server = Server::start(&[]);
    let town = Arc::new(Town::build(server.hq(), 3, 0, true));
    let ledger = Arc::new(Mutex::new(Ledger::default()));
    let mut chance = Chance::from_seed(20);
    let mut unanswered = 0;
    for round in 0..ROUNDS {
        let stop = Arc::new(AtomicBool::new(false));
        let told_before = ledger.lock().unwrap().told.len();
        let interrupted = Arc::new(AtomicU64::new(0));
        let shoppers: Vec<_> = (0..SHOPPERS)
            .map(|shopper| {
                let (town, ledger) = (Arc::clone(&town), Arc::clone(&ledger));
                let (stop, interrupted) = (Arc::clone(&stop), Arc::clone(&interrupted));
                let name = format!("{round}-{shopper}");
                std::thread::spawn(move || shop(&name, &town, &ledger, &stop, &interrupted))
            })
            .collect();
        std::thread::sleep(Duration::from_millis(150 + chance.below(250)));
        server.kill();
        stop.store(true, Ordering::Relaxed);
        shoppers.into_iter().for_each(|shopper| shopper.join().unwrap());
        unanswered += interrupted.load(Ordering::Relaxed);
        let told_now = ledger.lock().unwrap().told.len();
        assert!(told_now > told_before, "round {round} placed nothing: it proves nothing");
        server.start_again();
        check_acknowledged(&server.hq(), &ledger.lock().unwrap());
    }
    assert!(unanswered > 0, "no request was ever under way when the server died");
    let mut ledger = ledger.lock().unwrap();
    ask_again(&town, &mut ledger);
    check_nothing_is_half_done(&server.hq(), &town, &ledger);
    assert!(server.stop(), "the last end is a clean one:\n{}", server.log());
}

/// Places orders one after the other until the server dies, and cancels every fourth.
fn shop(
    name: &str,
    town: &Town,
    ledger: &Mutex<Ledger>,
    stop: &AtomicBool,
    interrupted: &AtomicU64,
) {
    for number in 0.. {
        let quote = serde_json::json!({
            "mode": "delivery", "lines": [{"sku": town.skus[0], "quantity": 1 + number % 3}],
        });
        let quoted = town.hq.try_send("POST", "/v1/quotes", None, &quote.to_string());
        let Ok(quoted) = quoted else { break };
        let key = format!("{name}-{number}");
        let body = town.order_body(&quoted.ok());
        ledger.lock().unwrap().asked.insert(key.clone(), body.clone());
        match town.hq.try_send("POST", "/v1/orders", Some(&key), &body.to_string()) {
            Ok(answer) => {
                let order = answer.ok();
                let id = order["order"].as_str().unwrap().to_owned();
                ledger.lock().unwrap().told.insert(key, order);
                if number % 4 == 3 {
                    let path = format!("/v1/orders/{id}/cancel");
                    let cancel = town.hq.try_send("POST", &path, None, "{}");
                    if cancel.is_ok_and(|answer| answer.status < 300) {
                        ledger.lock().unwrap().cancelled.insert(id);
                    }
                }
            }
            Err(_) => {
                interrupted.fetch_add(1, Ordering::Relaxed);
                break;
            }
        }
        if stop.load(Ordering::Relaxed) {
            break;
        }
    }
}

fn check_acknowledged(hq: &Client, ledger: &Ledger) {
    for order in ledger.told.values().rev().take(60) {
        let id = order["order"].as_str().unwrap();
        let found = hq.get(&format!("/v1/orders/{id}")).ok();
        let status = found["status"].as_str().unwrap();
        if ledger.cancelled.contains(id) {
            assert_eq!(status, "cancelled", "an acknowledged cancellation was lost: {id}");
        } else {
            assert!(["open", "cancelled"].contains(&status), "{id} is {status}");
        }
    }
}

/// The same key gives the same answer, also for what was never answered.
fn ask_again(town: &Town, ledger: &mut Ledger) {
    for (key, body) in &ledger.asked {
        let again = town.hq.post_once("/v1/orders", key, body).ok();
        match ledger.told.get(key) {
            Some(told) => assert_eq!(told["order"], again["order"], "key {key} was placed twice"),
            None => {
                ledger.told.insert(key.clone(), again);
            }
        }
    }
}

/// Every order is there once, and stores keep exactly what open orders need.
fn check_nothing_is_half_done(hq: &Client, town: &Town, ledger: &Ledger) {
    let orders: BTreeSet<&str> =
        ledger.told.values().map(|told| told["order"].as_str().unwrap()).collect();
    assert_eq!(orders.len(), ledger.told.len(), "two keys share an order");
    let mut needed = 0;
    for id in &orders {
        let order = hq.get(&format!("/v1/orders/{id}")).ok();
        if order["status"] == "open" {
            let lines = order["lines"].as_array().unwrap();
            needed += lines.iter().map(|line| line["quantity"].as_u64().unwrap()).sum::<u64>();
        }
    }
    let mut reserved = 0;
    for store in &town.stores {
        let stock = hq.get(&format!("/v1/stores/{store}/stock")).ok();
        let levels = stock["stock"].as_array().unwrap();
        reserved += levels.iter().map(|level| level["reserved"].as_u64().unwrap()).sum::<u64>();
    }
    assert_eq!(reserved, needed, "stock is kept for exactly what is open");
}
