//! One order's way, as its events tell it.

use std::collections::{BTreeMap, BTreeSet};

use super::mode_of;
use crate::feed::{Event, number, text};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Delivery,
    Pickup,
    Express,
}

pub(super) struct OrderRecord {
    pub mode: Mode,
    pub status: &'static str,
    pub placed_ms: i64,
    /// Paid, or to be paid in cash.
    pub paid: bool,
    /// Why it was cancelled.
    pub because: String,
    /// When something last happened to it.
    pub moved_ms: i64,
    /// Goods came back or got lost.
    pub failed: bool,
    pub resourced: u64,
    pub stores: BTreeSet<String>,
    pub parts: BTreeMap<String, PartRecord>,
    deliveries: BTreeMap<String, Carriage>,
}

#[derive(Default)]
pub(super) struct PartRecord {
    pub assigned_ms: Option<i64>,
    pub accepted_ms: Option<i64>,
    pub ready_ms: Option<i64>,
    pub handed_over_ms: Option<i64>,
    pub delivered_ms: Option<i64>,
    promised_by_ms: Option<i64>,
    /// Rejected, moved or cancelled: others do it.
    given_up: bool,
}

/// One store to one door.
struct Carriage {
    part: String,
    in_trouble: bool,
    has_courier: bool,
    on_board: bool,
}

impl OrderRecord {
    pub fn placed(event: &Event) -> Self {
        let mut order = Self {
            mode: mode_of(event),
            status: "pending",
            placed_ms: event.at_ms,
            paid: false,
            because: String::new(),
            moved_ms: event.at_ms,
            failed: false,
            resourced: 0,
            stores: BTreeSet::new(),
            parts: BTreeMap::new(),
            deliveries: BTreeMap::new(),
        };
        order.plan(event.list("parts"));
        order
    }

    fn plan(&mut self, parts: &[serde_json::Value]) {
        for part in parts {
            let Some(plan) = part.get("plan") else { continue };
            self.stores.insert(text(plan, "store").to_owned());
            let record = PartRecord {
                promised_by_ms: Some(number(plan, "promised_by")),
                ..Default::default()
            };
            self.parts.insert(text(part, "fulfillment_order").to_owned(), record);
        }
    }

    pub fn see(&mut self, event: &Event) {
        self.moved_ms = event.at_ms;
        match event.kind.as_str() {
            "order_replanned" => {
                self.parts.clear();
                self.stores.clear();
                self.plan(event.list("parts"));
            }
            "lines_resourced" => {
                self.resourced += 1;
                self.plan(event.list("parts"));
            }
            "move_planned" => {
                if let Some(part) = event.body.get("part") {
                    self.plan(std::slice::from_ref(part));
                }
            }
            "payment_secured" | "payment_captured" => self.paid = true,
            "order_opened" => self.status = "open",
            "order_suspended" => self.status = "pending",
            "order_expired" => self.status = "expired",
            "order_cancelled" => {
                self.status = "cancelled";
                event.text("reason").clone_into(&mut self.because);
            }
            "order_completed" => self.status = "completed",
            kind if kind.starts_with("delivery_") => self.see_delivery(event),
            _ => self.see_part(event),
        }
    }

    fn see_part(&mut self, event: &Event) {
        let at = Some(event.at_ms);
        let from = match event.kind.as_str() {
            "fulfillment_moved" => event.text("from"),
            _ => event.text("fulfillment_order"),
        };
        let Some(part) = self.parts.get_mut(from) else { return };
        match event.kind.as_str() {
            "fulfillment_assigned" => part.assigned_ms = at,
            "fulfillment_accepted" => part.accepted_ms = at,
            "fulfillment_ready" => part.ready_ms = at,
            "fulfillment_handed_over" => part.handed_over_ms = at,
            "fulfillment_cancelled" | "fulfillment_moved" => part.given_up = true,
            "fulfillment_returned" | "fulfillment_lost" => self.failed = true,
            _ => {}
        }
    }

    fn see_delivery(&mut self, event: &Event) {
        let id = event.text("delivery").to_owned();
        if event.kind == "delivery_created" {
            let part = event.text("fulfillment_order").to_owned();
            let carriage =
                Carriage { part, in_trouble: false, has_courier: false, on_board: false };
            self.deliveries.insert(id, carriage);
            return;
        }
        let Some(carriage) = self.deliveries.get_mut(&id) else { return };
        match event.kind.as_str() {
            "delivery_assigned" => {
                carriage.has_courier = true;
                carriage.in_trouble = false;
            }
            "delivery_picked_up" => carriage.on_board = true,
            "delivery_dropped" => carriage.has_courier = false,
            "delivery_failed" | "delivery_returning" | "delivery_escalated" => {
                carriage.in_trouble = true;
            }
            "delivery_retried" => carriage.in_trouble = false,
            "delivery_delivered" => {
                if let Some(part) = self.parts.get_mut(&carriage.part) {
                    part.delivered_ms = Some(event.at_ms);
                }
            }
            _ => {}
        }
    }

    pub fn is_fulfilled(&self) -> bool {
        self.status == "completed" || self.is_shipped()
    }

    /// Handed to a carrier and not come back.
    pub fn is_shipped(&self) -> bool {
        self.mode == Mode::Express
            && !self.failed
            && self.parts.values().any(|part| part.handed_over_ms.is_some())
    }

    pub fn reached(&self, stage: impl Fn(&PartRecord) -> Option<i64>) -> bool {
        self.parts.values().any(|part| stage(part).is_some())
    }

    /// From the click to the last door, in seconds; of completed deliveries only.
    pub fn door_s(&self) -> Option<f64> {
        if self.mode != Mode::Delivery || self.status != "completed" {
            return None;
        }
        let last = self.parts.values().filter_map(|part| part.delivered_ms).max()?;
        Some((last - self.placed_ms) as f64 / 1_000.0)
    }

    /// A door or a counter was reached after the promise.
    pub fn is_late(&self) -> bool {
        self.parts.values().any(|part| {
            let reached = match self.mode {
                Mode::Delivery => part.delivered_ms,
                Mode::Pickup => part.ready_ms,
                Mode::Express => None,
            };
            reached > part.promised_by_ms && part.promised_by_ms.is_some()
        })
    }

    /// A store or a courier still has something to do about it.
    pub fn needs_hands(&self) -> bool {
        if self.status != "open" {
            return false;
        }
        match self.mode {
            Mode::Delivery => true,
            Mode::Pickup => self.counting().any(|part| part.ready_ms.is_none()),
            Mode::Express => self.counting().any(|part| part.handed_over_ms.is_none()),
        }
    }

    /// How far it has come, in words for whoever looks for a fault.
    pub fn told(&self) -> String {
        let part = |part: &PartRecord| {
            let reached = [
                ("handed over", part.handed_over_ms),
                ("ready", part.ready_ms),
                ("accepted", part.accepted_ms),
                ("assigned", part.assigned_ms),
            ];
            let last = reached.into_iter().find_map(|(name, at)| Some((name, at?)));
            last.map_or("planned".to_owned(), |(name, at)| format!("{name} at {at}"))
        };
        let parts: Vec<String> = self.counting().map(part).collect();
        let carriage = |one: &Carriage| match (one.in_trouble, one.has_courier, one.on_board) {
            (true, _, _) => "a person was told",
            (false, _, true) => "on board",
            (false, true, false) => "has a courier",
            (false, false, false) => "waits for a courier",
        };
        let carried: Vec<&str> = self.deliveries.values().map(carriage).collect();
        let (parts, carried) = (parts.join(", "), carried.join(", "));
        format!("{:?} placed at {}; {parts}; {carried}", self.mode, self.placed_ms)
    }

    pub fn counting(&self) -> impl Iterator<Item = &PartRecord> {
        self.parts.values().filter(|part| !part.given_up)
    }

    pub fn is_in_trouble(&self) -> bool {
        self.deliveries.values().any(|carriage| carriage.in_trouble)
    }

    pub fn waits_for_courier(&self) -> bool {
        self.deliveries.values().any(|carriage| !carriage.on_board)
    }
}
