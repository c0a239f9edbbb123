//! Shoppers who go on ordering while the system is being broken, and what they know in the end.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use serde_json::Value;

use crate::client::Client;
use crate::town::Town;

/// What the shoppers know: what they asked under which key, and what they were told.
#[derive(Default)]
pub struct Ledger {
    pub asked: BTreeMap<String, Value>,
    pub told: BTreeMap<String, Value>,
    /// The orders of those answers, in the turn in which they came.
    in_turn: Vec<String>,
    /// Orders whose cancellation was acknowledged.
    cancelled: BTreeSet<String>,
    /// How far their stores were acknowledged to have come with orders, as a part's status.
    reached: BTreeMap<String, &'static str>,
}

impl Ledger {
    /// An order under this key was acknowledged.
    pub fn hear(&mut self, key: String, order: Value) {
        self.in_turn.push(order["order"].as_str().unwrap().to_owned());
        self.told.insert(key, order);
    }

    /// Orders of which a store's step was acknowledged.
    pub fn worked_count(&self) -> usize {
        self.reached.len()
    }
}

/// Some shoppers, each on a thread; they stop when the server dies or when they are told to.
pub struct Shoppers {
    ledger: Arc<Mutex<Ledger>>,
    stop: Arc<AtomicBool>,
    interrupted: Arc<AtomicU64>,
    threads: Vec<JoinHandle<()>>,
}

impl Shoppers {
    /// Their keys begin with `name`.
    pub fn start(count: u64, name: &str, town: &Arc<Town>, ledger: &Arc<Mutex<Ledger>>) -> Self {
        let (stop, interrupted) = (Arc::new(AtomicBool::new(false)), Arc::default());
        let threads = (0..count)
            .map(|shopper| {
                let (town, ledger) = (Arc::clone(town), Arc::clone(ledger));
                let (stop, interrupted) = (Arc::clone(&stop), Arc::clone(&interrupted));
                let name = format!("{name}-{shopper}");
                std::thread::spawn(move || shop(&name, &town, &ledger, &stop, &interrupted))
            })
            .collect();
        Self { ledger: Arc::clone(ledger), stop, interrupted, threads }
    }

    /// Sends them home; how many of their requests were never answered.
    pub fn stop(self) -> u64 {
        self.stop.store(true, Ordering::Relaxed);
        self.threads.into_iter().for_each(|shopper| shopper.join().unwrap());
        self.interrupted.load(Ordering::Relaxed)
    }

    /// How many requests were left open so far.
    pub fn interrupted_count(&self) -> u64 {
        self.interrupted.load(Ordering::Relaxed)
    }

    pub fn told_count(&self) -> usize {
        self.ledger.lock().unwrap().told.len()
    }
}

/// Places orders one after the other until the server dies; every fourth is cancelled, and another
/// fourth is picked and packed. An answer that leaves it open is not asked for again here: that is for
/// the end.
fn shop(
    name: &str,
    town: &Town,
    ledger: &Mutex<Ledger>,
    stop: &AtomicBool,
    interrupted: &AtomicU64,
) {
    for number in 0.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let quote = serde_json::json!({
            "mode": "delivery", "lines": [{"sku": town.skus[0], "quantity": 1 + number % 3}],
        });
        let quoted = town.hq.try_send("POST", "/v1/quotes", None, &quote.to_string());
        let Ok(quoted) = quoted else { break };
        if quoted.is_open() {
            std::thread::yield_now();
            continue;
        }
        let key = format!("{name}-{number}");
        let body = town.order_body(&quoted.ok());
        ledger.lock().unwrap().asked.insert(key.clone(), body.clone());
        match town.hq.try_send("POST", "/v1/orders", Some(&key), &body.to_string()) {
            Ok(answer) if answer.is_open() => {
                interrupted.fetch_add(1, Ordering::Relaxed);
            }
            Ok(answer) => {
                let order = answer.ok();
                let id = order["order"].as_str().unwrap().to_owned();
                ledger.lock().unwrap().hear(key, order);
                if number % 4 == 3 {
                    let path = format!("/v1/orders/{id}/cancel");
                    let cancel = town.hq.try_send("POST", &path, None, "{}");
                    if cancel.is_ok_and(|answer| answer.status < 300) {
                        ledger.lock().unwrap().cancelled.insert(id);
                    }
                } else if number % 4 == 1 && !pack(&id, town, ledger) {
                    interrupted.fetch_add(1, Ordering::Relaxed);
                    break;
                }
            }
            Err(_) => {
                interrupted.fetch_add(1, Ordering::Relaxed);
                break;
            }
        }
    }
}

/// The order's store picks and packs it; whether it was answered each time.
fn pack(order: &str, town: &Town, ledger: &Mutex<Ledger>) -> bool {
    let Ok(found) = town.hq.try_get(&format!("/v1/orders/{order}")) else { return false };
    let (Some(store), Some(share)) = (
        found.body["parts"][0]["store"].as_str(),
        found.body["parts"][0]["fulfillment_order"].as_str(),
    ) else {
        return true;
    };
    for (verb, reached) in [("start", "picking"), ("pack", "ready")] {
        let path = format!("/v1/stores/{store}/fulfillment-orders/{share}/{verb}");
        match town.hq.try_send("POST", &path, None, "") {
            Ok(answer) if answer.status < 300 => {
                ledger.lock().unwrap().reached.insert(order.to_owned(), reached);
            }
            Ok(_) => return true,
            Err(_) => return false,
        }
    }
    true
}

/// Of what was acknowledged the last is there, in the state that was acknowledged.
pub fn check_acknowledged(hq: &Client, ledger: &Ledger) {
    for id in ledger.in_turn.iter().rev().take(60) {
        let found = hq.get(&format!("/v1/orders/{id}")).ok();
        let status = found["status"].as_str().unwrap();
        if ledger.cancelled.contains(id) {
            assert_eq!(status, "cancelled", "an acknowledged cancellation was lost: {id}");
        } else {
            assert!(["open", "cancelled"].contains(&status), "{id} is {status}");
        }
        // The step after the last that was acknowledged may have been recorded as well.
        let is = found["parts"][0]["status"].as_str().unwrap_or_default();
        match ledger.reached.get(id) {
            Some(&"picking") => assert!(["picking", "ready"].contains(&is), "{id} is {is}"),
            Some(reached) => assert_eq!(is, *reached, "a store's acknowledged step was lost: {id}"),
            None => {}
        }
    }
}

/// The same key gives the same answer, also for what was never answered.
pub fn ask_again(town: &Town, ledger: &mut Ledger) {
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
pub fn check_nothing_is_half_done(hq: &Client, town: &Town, ledger: &Ledger) {
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
