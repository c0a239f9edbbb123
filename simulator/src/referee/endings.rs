//! At the end every order is over, in a person's hands, or waits for a timer that is not overdue.

use std::collections::BTreeMap;

use super::verdicts::Verdicts;
use crate::feed::{Event, lines, text};

/// How late a timer may be before it counts as forgotten, by the wall's clock; and by the city's
/// at any pace.
const PATIENCE_OF_THE_WALL_MS: f64 = 3_000.0;
const LEAST_PATIENCE_MS: i64 = 60_000;

pub(super) struct Endings {
    patience_ms: i64,
    orders: BTreeMap<String, Order>,
    /// The order behind a fulfillment order of a store's history.
    shares: BTreeMap<String, String>,
}

#[derive(Default)]
struct Order {
    status: &'static str,
    payment_due: i64,
    parts: BTreeMap<String, Part>,
    /// Questions to the planner without an answer.
    questions: i64,
}

#[derive(Default)]
struct Part {
    status: &'static str,
    /// The named timer it waits for, and when that is due.
    due: Option<(&'static str, i64)>,
    reservation: String,
    /// By line; a part that keeps none is over.
    units: BTreeMap<u64, i64>,
    carried_by: String,
    delivery: &'static str,
}

/// How late something may be in a city whose time passes so many times as fast as the wall's.
pub fn patience_ms(scale: f64) -> i64 {
    ((scale * PATIENCE_OF_THE_WALL_MS) as i64).max(LEAST_PATIENCE_MS)
}

impl Endings {
    pub fn at_pace(scale: f64) -> Self {
        Self { patience_ms: patience_ms(scale), orders: BTreeMap::new(), shares: BTreeMap::new() }
    }

    pub fn is_over(&self, order: &str) -> bool {
        self.orders.get(order).is_some_and(|order| is_over(order.status))
    }

    pub fn see(&mut self, event: &Event) {
        match event.entity_kind.as_str() {
            "order" => self.see_order(event),
            "store" => self.see_store(event),
            _ => {}
        }
    }

    fn see_store(&mut self, event: &Event) {
        let id = event.text("fulfillment_order").to_owned();
        let accept_by = match event.kind.as_str() {
            "fulfillment_order_assigned" => {
                let Some(share) = event.body.get("share") else { return };
                self.shares.insert(id.clone(), text(share, "order").to_owned());
                share.get("state").and_then(|state| state.get("accept_by"))
            }
            "fulfillment_order_scheduled" => {
                let Some(share) = event.body.get("share") else { return };
                self.shares.insert(id, text(share, "order").to_owned());
                return;
            }
            "fulfillment_order_released" => event.body.get("accept_by"),
            _ => return,
        };
        let due = accept_by.and_then(serde_json::Value::as_i64);
        let Some(order) = self.shares.get(&id).and_then(|order| self.orders.get_mut(order)) else {
            return;
        };
        order.parts.entry(id).or_default().due = due.map(|due| ("accept_sla", due));
    }

    fn see_order(&mut self, event: &Event) {
        let order = self.orders.entry(event.entity.clone()).or_default();
        match event.kind.as_str() {
            "order_placed" => {
                order.status = "placing";
                order.plan(event.list("parts"));
            }
            "order_replanned" => {
                order.parts.clear();
                order.questions -= 1;
                order.plan(event.list("parts"));
            }
            "lines_resourced" => {
                order.questions -= 1;
                order.plan(event.list("parts"));
            }
            "move_planned" => {
                order.questions -= 1;
                if let Some(part) = event.body.get("part") {
                    order.plan(std::slice::from_ref(part));
                }
            }
            "sourcing_asked" => order.questions += 1,
            "lines_unfillable" | "move_refused" => {
                if event.body.get("request").is_some_and(serde_json::Value::is_number) {
                    order.questions -= 1;
                }
            }
            "holds_confirmed" => {
                order.status = "pending_payment";
                order.payment_due = event.number("payment_due");
            }
            "order_refused" => order.status = "refused",
            "order_expired" => order.status = "expired",
            "order_suspended" => order.status = "on_hold",
            "order_opened" => order.status = "open",
            "order_cancelled" => order.status = "cancelled",
            "order_completed" => order.status = "completed",
            "hold_refused" => {
                let reservation = event.text("reservation");
                order.parts.retain(|_, part| part.reservation != reservation);
            }
            "lines_short" | "lines_removed" | "lines_moved" => order.take_units(event),
            kind => order.follow_part(kind, event),
        }
    }

    pub fn finish(&self, now_ms: i64, verdicts: &mut Verdicts) {
        for (id, order) in &self.orders {
            verdicts.looked("every_order_ends_or_waits");
            if let Some(why) = order.stuck_because(now_ms, self.patience_ms) {
                verdicts.broken("every_order_ends_or_waits", now_ms, id, why);
            }
        }
    }
}

fn is_over(status: &str) -> bool {
    matches!(status, "refused" | "expired" | "cancelled" | "completed")
}

impl Order {
    fn plan(&mut self, parts: &[serde_json::Value]) {
        for part in parts {
            let id = text(part, "fulfillment_order").to_owned();
            let known = self.parts.entry(id).or_default();
            known.status = "planned";
            known.reservation = text(part, "reservation").to_owned();
            let planned = part.get("plan").map(|plan| lines(plan, "lines")).unwrap_or_default();
            known.units = planned.into_iter().map(|line| (line.line, line.units)).collect();
        }
    }

    fn take_units(&mut self, event: &Event) {
        let Some(part) = self.parts.get_mut(event.text("fulfillment_order")) else { return };
        for line in event.lines("lines") {
            if let Some(left) = part.units.get_mut(&line.line) {
                *left -= line.units;
            }
        }
        if part.units.values().all(|left| *left <= 0) {
            part.status = "over";
        }
    }

    fn follow_part(&mut self, kind: &str, event: &Event) {
        if kind == "fulfillment_moved" {
            self.parts.entry(event.text("from").to_owned()).or_default().status = "over";
            return;
        }
        if let Some(delivery) = delivery_state(kind) {
            let retry =
                (kind == "delivery_failed").then(|| ("delivery_retry", event.number("retry_at")));
            let id = event.text("delivery");
            let part = self.parts.values_mut().find(|part| part.carried_by == id);
            if let Some(part) = part {
                part.delivery = delivery;
                part.due = retry;
            } else if kind == "delivery_created" {
                let part =
                    self.parts.entry(event.text("fulfillment_order").to_owned()).or_default();
                part.carried_by = id.to_owned();
                part.delivery = delivery;
            }
            return;
        }
        let Some(status) = part_state(kind) else { return };
        let part = self.parts.entry(event.text("fulfillment_order").to_owned()).or_default();
        part.status = status;
        part.due = match kind {
            "fulfillment_scheduled" => Some(("release", event.number("release_at"))),
            // The store's own history told the timer of the bell a moment before.
            "fulfillment_assigned" => part.due,
            _ => None,
        };
    }

    fn stuck_because(&self, now_ms: i64, patience_ms: i64) -> Option<String> {
        let overdue = |due: i64| now_ms - due > patience_ms;
        match self.status {
            "placing" => return Some("still placing".to_owned()),
            "pending_payment" => {
                return overdue(self.payment_due)
                    .then(|| format!("waits for payment_due since {}", self.payment_due));
            }
            "open" => {}
            _ => return None,
        }
        let mut live = self.parts.iter().filter(|(_, part)| part.status != "over").peekable();
        if live.peek().is_none() && self.questions <= 0 {
            return Some("is open, and none of its parts is".to_owned());
        }
        live.find_map(|(id, part)| {
            if let Some((timer, due)) = part.due
                && overdue(due)
            {
                return Some(format!("part {id} waits for {timer} since {due}"));
            }
            let is_forgotten = part.status == "handed_over" && part.delivery == "over";
            is_forgotten.then(|| format!("part {id} left the store and its delivery is over"))
        })
    }
}

fn part_state(kind: &str) -> Option<&'static str> {
    match kind {
        "fulfillment_requested" | "fulfillment_assigned" | "fulfillment_scheduled" => {
            Some("waiting")
        }
        "fulfillment_accepted" | "picking_started" | "fulfillment_ready" => Some("at_store"),
        "fulfillment_handed_over" => Some("handed_over"),
        "fulfillment_completed"
        | "fulfillment_returned"
        | "fulfillment_lost"
        | "fulfillment_cancelled" => Some("over"),
        _ => None,
    }
}

fn delivery_state(kind: &str) -> Option<&'static str> {
    match kind {
        "delivery_created" | "delivery_offered" | "delivery_dropped" => Some("waiting"),
        "delivery_assigned" | "delivery_advanced" | "delivery_picked_up" | "delivery_failed"
        | "delivery_retried" | "delivery_returning" => Some("in_hand"),
        "delivery_delivered" | "delivery_returned" | "delivery_lost" | "delivery_cancelled" => {
            Some("over")
        }
        _ => None,
    }
}
