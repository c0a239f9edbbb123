//! What couriers did with their time.

use std::collections::{BTreeMap, BTreeSet};

use crate::feed::Event;
use crate::report::FleetUse;

pub(super) struct Fleet {
    began_ms: i64,
    couriers: BTreeMap<String, Hands>,
    deliveries: u64,
}

#[derive(Default)]
struct Hands {
    on_duty_since: Option<i64>,
    busy_since: Option<i64>,
    tasks: BTreeSet<String>,
    duty_ms: i64,
    busy_ms: i64,
}

impl Fleet {
    pub fn new(began_ms: i64) -> Self {
        Self { began_ms, couriers: BTreeMap::new(), deliveries: 0 }
    }

    pub fn see(&mut self, event: &Event) {
        let at = event.at_ms.max(self.began_ms);
        let hands = self.couriers.entry(event.entity.clone()).or_default();
        match event.kind.as_str() {
            "went_on_duty" => {
                hands.on_duty_since.get_or_insert(at);
            }
            "went_off_duty" | "took_break" | "suspended" => {
                if let Some(since) = hands.on_duty_since.take() {
                    hands.duty_ms += at - since;
                }
            }
            "offer_granted" => {
                hands.tasks.insert(event.text("delivery").to_owned());
                hands.busy_since.get_or_insert(at);
            }
            "task_done" | "task_dropped" => {
                let was_there = hands.tasks.remove(event.text("delivery"));
                if event.kind == "task_done" && was_there && event.at_ms >= self.began_ms {
                    self.deliveries += 1;
                }
                if hands.tasks.is_empty()
                    && let Some(since) = hands.busy_since.take()
                {
                    hands.busy_ms += at - since;
                }
            }
            _ => {}
        }
    }

    pub fn on_duty(&self) -> u32 {
        self.couriers.values().filter(|hands| hands.on_duty_since.is_some()).count() as u32
    }

    pub fn busy(&self) -> u32 {
        self.couriers.values().filter(|hands| !hands.tasks.is_empty()).count() as u32
    }

    pub fn used_until(&self, now_ms: i64) -> FleetUse {
        let total = |done: fn(&Hands) -> i64, since: fn(&Hands) -> Option<i64>| {
            let spans = self
                .couriers
                .values()
                .map(|hands| done(hands) + since(hands).map_or(0, |since| (now_ms - since).max(0)));
            spans.sum::<i64>() as f64 / 1_000.0
        };
        let worked = |hands: &&Hands| hands.duty_ms > 0 || hands.on_duty_since.is_some();
        FleetUse {
            couriers: self.couriers.values().filter(worked).count() as u64,
            duty_s: total(|hands| hands.duty_ms, |hands| hands.on_duty_since),
            busy_s: total(|hands| hands.busy_ms, |hands| hands.busy_since),
            ridden_m: 0.0,
            deliveries: self.deliveries,
        }
    }
}
