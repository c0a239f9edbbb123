//! One winner for each attempt of a delivery, and no courier with more in hand than it can carry.

use std::collections::{BTreeMap, BTreeSet};

use super::verdicts::Verdicts;
use crate::feed::{Event, number, text};

#[derive(Default)]
pub(super) struct Winners {
    /// Who was granted what, as the orders and as the couriers say.
    assigned: BTreeMap<(String, i64), String>,
    granted: BTreeMap<(String, i64), String>,
    offers: BTreeMap<String, Offer>,
    couriers: BTreeMap<String, Hands>,
}

struct Offer {
    delivery: String,
    attempt: i64,
}

#[derive(Default)]
struct Hands {
    capacity: i64,
    /// Offers that were accepted and wait for the order.
    accepted: BTreeSet<String>,
    deliveries: BTreeSet<String>,
}

impl Hands {
    fn load(&self) -> usize {
        self.accepted.len() + self.deliveries.len()
    }
}

impl Winners {
    pub fn see(&mut self, event: &Event, verdicts: &mut Verdicts) {
        match (event.entity_kind.as_str(), event.kind.as_str()) {
            ("order", "delivery_assigned") => {
                let attempt = (event.text("delivery").to_owned(), event.number("attempt"));
                let known = self.assigned.insert(attempt.clone(), event.text("courier").to_owned());
                verdicts.check(
                    known.is_none(),
                    "one_winner_per_attempt",
                    event,
                    &attempt.0,
                    || format!("attempt {} already has {known:?}", attempt.1),
                );
            }
            ("courier", _) => self.see_courier(event, verdicts),
            _ => {}
        }
    }

    fn see_courier(&mut self, event: &Event, verdicts: &mut Verdicts) {
        let courier = event.entity.as_str();
        let offer = event.text("offer").to_owned();
        let delivery = event.text("delivery").to_owned();
        match event.kind.as_str() {
            "configured" => {
                let capacity = event.body.get("settings").map(|s| number(s, "capacity"));
                self.hands(courier).capacity = capacity.unwrap_or_default();
            }
            "offer_made" => {
                if let Some(made) = event.body.get("offer") {
                    let (delivery, attempt) =
                        (text(made, "delivery").to_owned(), number(made, "attempt"));
                    self.offers.insert(text(made, "offer").to_owned(), Offer { delivery, attempt });
                }
            }
            "offer_accepted" => {
                let hands = self.hands(courier);
                hands.accepted.insert(offer);
                let (load, capacity) = (hands.load() as i64, hands.capacity);
                verdicts.check(load <= capacity, "courier_capacity", event, courier, || {
                    format!("has {load} deliveries in hand, can carry {capacity}")
                });
            }
            "offer_too_late" | "offer_withdrawn" => {
                self.hands(courier).accepted.remove(&offer);
            }
            "offer_granted" => self.grant(event, verdicts),
            "task_done" | "task_dropped" => {
                let was_there = self.hands(courier).deliveries.remove(&delivery);
                verdicts.check(was_there, "task_in_hand", event, &delivery, || {
                    "leaves hands it was never in".to_owned()
                });
            }
            _ => {}
        }
    }

    fn grant(&mut self, event: &Event, verdicts: &mut Verdicts) {
        let (courier, offer) = (event.entity.as_str(), event.text("offer"));
        let delivery = event.text("delivery").to_owned();
        let hands = self.hands(courier);
        hands.accepted.remove(offer);
        hands.deliveries.insert(delivery.clone());
        let Some(known) = self.offers.get(offer) else { return };
        let attempt = (known.delivery.clone(), known.attempt);
        let winner = self.assigned.get(&attempt).cloned().unwrap_or_default();
        verdicts.check(winner == courier, "grant_follows_the_order", event, &delivery, || {
            format!("granted attempt {} that the order gave to {winner:?}", attempt.1)
        });
        let other = self.granted.insert(attempt, courier.to_owned());
        verdicts.check(other.is_none(), "one_winner_per_attempt", event, &delivery, || {
            format!("was already granted to {other:?}")
        });
    }

    fn hands(&mut self, courier: &str) -> &mut Hands {
        self.couriers.entry(courier.to_owned()).or_default()
    }
}
