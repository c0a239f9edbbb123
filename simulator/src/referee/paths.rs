//! Every history is a walk of its own automaton. The tables are written from the trade's rules:
//! which event may follow in which state, and where it leads.

use std::collections::BTreeMap;

use super::verdicts::Verdicts;
use crate::feed::{Event, text};

/// Event, the states it may find, and the state it leaves; `"="` stays where it is.
type Table = &'static [(&'static str, &'static [&'static str], &'static str)];

const ORDER: Table = &[
    ("order_placed", &[""], "placing"),
    ("order_replanned", &["placing"], "="),
    ("holds_confirmed", &["placing"], "pending_payment"),
    ("order_refused", &["placing"], "refused"),
    ("order_expired", &["pending_payment"], "expired"),
    ("order_suspended", &["pending_payment", "open"], "on_hold"),
    ("order_opened", &["pending_payment", "on_hold"], "open"),
    ("order_cancelled", &["pending_payment", "on_hold", "open"], "cancelled"),
    ("order_completed", &["open"], "completed"),
    ("order_reminded", &["open"], "="),
    ("reminder_answered", &["open"], "="),
    ("order_rated", &["completed"], "="),
];

const BEFORE_HAND_OVER: &[&str] =
    &["scheduled", "assigned", "accepted", "picking", "ready", "on_hold"];

const FULFILLMENT_ORDER: Table = &[
    ("fulfillment_order_scheduled", &[""], "scheduled"),
    ("fulfillment_order_assigned", &[""], "assigned"),
    ("fulfillment_order_released", &["scheduled"], "assigned"),
    ("fulfillment_order_accepted", &["assigned"], "accepted"),
    ("fulfillment_order_rejected", BEFORE_HAND_OVER, "rejected"),
    ("lines_rejected", &["assigned", "accepted", "picking"], "="),
    ("picking_started", &["accepted"], "picking"),
    ("lines_short_picked", &["accepted", "picking"], "="),
    ("lines_removed", BEFORE_HAND_OVER, "="),
    ("fulfillment_order_packed", &["accepted", "picking"], "ready"),
    ("code_failed", &["ready"], "="),
    ("reminder_heard", BEFORE_HAND_OVER, "="),
    ("fulfillment_order_handed_over", &["ready"], "handed_over"),
    ("fulfillment_order_completed", &["handed_over"], "completed"),
    ("fulfillment_order_returned", &["handed_over"], "returned"),
    (
        "fulfillment_order_suspended",
        &["scheduled", "assigned", "accepted", "picking", "ready"],
        "on_hold",
    ),
    ("fulfillment_order_cancelled", BEFORE_HAND_OVER, "cancelled"),
    ("fulfillment_order_moved", BEFORE_HAND_OVER, "moved"),
];

const AT_WORK: &[&str] = &["assigned", "en_route_to_pickup", "arrived_at_pickup"];
const ON_BOARD: &[&str] = &["picked_up", "en_route_to_dropoff", "arrived_at_dropoff"];

const DELIVERY: Table = &[
    ("delivery_created", &[""], "unassigned"),
    ("delivery_offered", &["unassigned"], "offering"),
    ("offer_closed", &["unassigned", "offering"], "="),
    ("offers_exhausted", &["offering"], "unassigned"),
    ("offers_withdrawn", &["offering"], "unassigned"),
    ("delivery_assigned", &["offering"], "assigned"),
    ("delivery_picked_up", AT_WORK, "picked_up"),
    ("delivery_delivered", ON_BOARD, "delivered"),
    (
        "delivery_picture_kept",
        &["picked_up", "en_route_to_dropoff", "arrived_at_dropoff", "failed_attempt"],
        "=",
    ),
    ("delivery_dropped", AT_WORK, "unassigned"),
    ("delivery_failed", ON_BOARD, "failed_attempt"),
    ("delivery_retried", &["failed_attempt"], "en_route_to_dropoff"),
    (
        "delivery_returning",
        &["failed_attempt", "picked_up", "en_route_to_dropoff", "arrived_at_dropoff"],
        "returning",
    ),
    ("delivery_returned", &["returning", "failed_attempt"], "returned"),
    (
        "delivery_lost",
        &["picked_up", "en_route_to_dropoff", "arrived_at_dropoff", "failed_attempt", "returning"],
        "lost",
    ),
    (
        "delivery_cancelled",
        &["unassigned", "offering", "assigned", "en_route_to_pickup", "arrived_at_pickup"],
        "cancelled",
    ),
];

const OFFER: Table = &[
    ("offer_made", &[""], "pending"),
    ("offer_accepted", &["pending"], "accepted"),
    ("offer_declined", &["pending"], "declined"),
    ("offer_expired", &["pending"], "expired"),
    ("offer_granted", &["accepted"], "granted"),
    ("offer_too_late", &["accepted"], "too_late"),
    ("offer_withdrawn", &["pending", "accepted"], "withdrawn"),
];

const RETURN: Table = &[
    ("return_requested", &[""], "requested"),
    ("return_approved", &["requested"], "approved"),
    ("return_rejected", &["requested"], "rejected"),
    ("return_shipped", &["approved"], "in_transit"),
    ("return_received", &["in_transit"], "received"),
    ("return_restocked", &["received"], "restocked"),
    ("return_quarantined", &["received"], "quarantined"),
    ("return_refunded", &["restocked", "quarantined"], "refunded"),
];

/// The stages of a courier's way; within an attempt they only grow.
const STAGES: [&str; 6] = [
    "assigned",
    "en_route_to_pickup",
    "arrived_at_pickup",
    "picked_up",
    "en_route_to_dropoff",
    "arrived_at_dropoff",
];

#[derive(Default)]
pub(super) struct Paths {
    /// By rule and subject.
    states: BTreeMap<(&'static str, String), State>,
}

#[derive(Default, Clone)]
struct State {
    now: String,
    attempt: i64,
}

impl Paths {
    /// Where every walk of one automaton has got to.
    pub fn ends(&self, rule: &'static str) -> impl Iterator<Item = (&str, &str)> {
        let of_rule = self.states.iter().filter(move |((known, _), _)| *known == rule);
        of_rule.map(|((_, subject), state)| (subject.as_str(), state.now.as_str()))
    }

    pub fn see(&mut self, event: &Event, verdicts: &mut Verdicts) {
        match event.entity_kind.as_str() {
            "order" => self.see_order(event, verdicts),
            "store" => self.see_store(event, verdicts),
            "courier" => {
                let offer = match event.kind.as_str() {
                    "offer_made" => {
                        event.body.get("offer").map(|made| text(made, "offer")).unwrap_or_default()
                    }
                    _ => event.text("offer"),
                };
                self.step("offer_path", OFFER, offer, event, verdicts);
            }
            _ => {}
        }
    }

    fn see_order(&mut self, event: &Event, verdicts: &mut Verdicts) {
        self.step("order_path", ORDER, &event.entity, event, verdicts);
        self.step("return_path", RETURN, event.text("return_id"), event, verdicts);
        match event.kind.as_str() {
            "delivery_advanced" => self.advance(event, verdicts),
            "parcel_shipped" | "parcel_advanced" => self.parcel(event, verdicts),
            _ => self.step("delivery_path", DELIVERY, event.text("delivery"), event, verdicts),
        }
        if event.kind.starts_with("delivery_") || event.kind.starts_with("offer") {
            self.attempt(event, verdicts);
        }
    }

    fn see_store(&mut self, event: &Event, verdicts: &mut Verdicts) {
        let id = event.text("fulfillment_order");
        if event.kind == "fulfillment_order_resumed" {
            let to = event.body.get("state").map(|state| text(state, "status")).unwrap_or_default();
            self.go("fulfillment_order_path", id, &["on_hold"], to, event, verdicts);
            return;
        }
        self.step("fulfillment_order_path", FULFILLMENT_ORDER, id, event, verdicts);
    }

    /// Follows the table; an event that the table does not name is none of its business.
    fn step(
        &mut self,
        rule: &'static str,
        table: Table,
        subject: &str,
        event: &Event,
        verdicts: &mut Verdicts,
    ) {
        let row = table.iter().find(|(name, _, _)| *name == event.kind);
        if let Some((_, from, to)) = row {
            self.go(rule, subject, from, to, event, verdicts);
        }
    }

    fn go(
        &mut self,
        rule: &'static str,
        subject: &str,
        from: &[&str],
        to: &str,
        event: &Event,
        verdicts: &mut Verdicts,
    ) {
        let state = self.states.entry((rule, subject.to_owned())).or_default();
        verdicts.check(from.contains(&state.now.as_str()), rule, event, subject, || {
            let now = if state.now.is_empty() { "unborn" } else { &state.now };
            format!("found it {now}, may find it {}", from.join(" or "))
        });
        if to != "=" {
            state.now = to.to_owned();
        }
    }

    fn advance(&mut self, event: &Event, verdicts: &mut Verdicts) {
        let (id, stage) = (event.text("delivery"), event.text("stage"));
        let rank = |word: &str| STAGES.iter().position(|known| *known == word);
        let state = self.states.entry(("delivery_path", id.to_owned())).or_default();
        let (before, after) = (rank(&state.now), rank(stage));
        let grows = before.is_some() && after > before;
        // On board comes from the store's counter, never from the courier's word.
        let skips_the_counter = before < rank("picked_up") && after >= rank("picked_up");
        verdicts.check(grows && !skips_the_counter, "delivery_path", event, id, || {
            format!("goes from {} to {stage}", state.now)
        });
        state.now = stage.to_owned();
    }

    fn attempt(&mut self, event: &Event, verdicts: &mut Verdicts) {
        let Some(attempt) = event.body.get("attempt").and_then(serde_json::Value::as_i64) else {
            return;
        };
        let id = event.text("delivery");
        let state = self.states.entry(("delivery_path", id.to_owned())).or_default();
        let known = state.attempt;
        let expected = if event.kind == "delivery_offered" { known + 1 } else { known };
        let is_late_word = event.kind == "offer_closed" && attempt <= known;
        verdicts.check(attempt == expected || is_late_word, "attempt_order", event, id, || {
            format!("speaks of attempt {attempt}, {expected} is the one")
        });
        if event.kind == "delivery_offered" {
            state.attempt = attempt;
        }
    }

    fn parcel(&mut self, event: &Event, verdicts: &mut Verdicts) {
        let id = event.text("parcel");
        if event.kind == "parcel_shipped" {
            self.go("parcel_path", id, &[""], "created", event, verdicts);
            return;
        }
        let to = event.text("status");
        let from: &[&str] = match to {
            "in_transit" => &["created"],
            "returning" => &["created", "in_transit"],
            _ => &["created", "in_transit", "returning"],
        };
        self.go("parcel_path", id, from, to, event, verdicts);
    }
}
