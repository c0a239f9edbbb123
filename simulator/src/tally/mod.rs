//! Adds a run up from its feed: how many orders ended where, how long each stage took, what was
//! offered to whom. The figures of every stage come from here, so they mean the same.
//!
//! It reads what was recorded; it measures no latency and judges nothing.

mod fleet;
mod moments;
mod order;

use std::collections::{BTreeMap, BTreeSet};

use crate::feed::{Event, text};
use crate::report::{OfferCounts, RunSummary, Spread};

use fleet::Fleet;
use order::{Mode, OrderRecord};

/// An order in somebody's hands to which nothing happens for so long is stuck: longer than any ride.
const STUCK_AFTER_MS: i64 = 2 * 3_600_000;

/// Counts the orders placed since a moment.
pub struct Tally {
    began_ms: i64,
    orders: BTreeMap<String, OrderRecord>,
    open: BTreeSet<String>,
    /// Placed before the run began and not ended since.
    inherited: BTreeSet<String>,
    inherited_ended: u64,
    refused: u64,
    offers: OfferCounts,
    fleet: Fleet,
    packed_by_store: BTreeMap<String, u64>,
    store_rejections: u64,
    short_picks: u64,
    timeline: crate::report::Timeline,
}

impl Tally {
    /// Orders placed before `began_ms` are somebody else's.
    pub fn new(began_ms: i64, step_s: u32) -> Self {
        Self {
            began_ms,
            orders: BTreeMap::new(),
            open: BTreeSet::new(),
            inherited: BTreeSet::new(),
            inherited_ended: 0,
            refused: 0,
            offers: OfferCounts::default(),
            fleet: Fleet::new(began_ms),
            packed_by_store: BTreeMap::new(),
            store_rejections: 0,
            short_picks: 0,
            timeline: crate::report::Timeline { step_s, moments: Vec::new() },
        }
    }

    pub fn see(&mut self, event: &Event) {
        match event.entity_kind.as_str() {
            "order" => self.see_order(event),
            "store" if event.at_ms >= self.began_ms => self.see_store(event),
            "courier" => {
                self.fleet.see(event);
                if event.at_ms >= self.began_ms {
                    self.see_offer(event);
                }
            }
            _ => {}
        }
    }

    fn see_order(&mut self, event: &Event) {
        if event.kind == "order_placed" {
            if event.at_ms >= self.began_ms {
                self.orders.insert(event.entity.clone(), OrderRecord::placed(event));
                self.open.insert(event.entity.clone());
            } else {
                self.inherited.insert(event.entity.clone());
            }
            return;
        }
        let Some(order) = self.orders.get_mut(&event.entity) else {
            self.see_inherited(event);
            return;
        };
        order.see(event);
        match event.kind.as_str() {
            "order_refused" => {
                self.orders.remove(&event.entity);
                self.open.remove(&event.entity);
                self.refused += 1;
            }
            "order_expired" | "order_cancelled" | "order_completed" => {
                self.open.remove(&event.entity);
            }
            "delivery_dropped" => self.offers.reassigned += 1,
            "delivery_escalated" => self.offers.escalated += 1,
            _ => {}
        }
    }

    fn see_inherited(&mut self, event: &Event) {
        let is_end = matches!(
            event.kind.as_str(),
            "order_refused" | "order_expired" | "order_cancelled" | "order_completed"
        );
        if is_end && self.inherited.remove(&event.entity) && event.at_ms >= self.began_ms {
            self.inherited_ended += 1;
        }
    }

    fn see_store(&mut self, event: &Event) {
        match event.kind.as_str() {
            "fulfillment_order_packed" => {
                *self.packed_by_store.entry(event.entity.clone()).or_default() += 1;
            }
            "fulfillment_order_rejected" => self.store_rejections += 1,
            "lines_short_picked" => self.short_picks += 1,
            _ => {}
        }
    }

    fn see_offer(&mut self, event: &Event) {
        let offers = &mut self.offers;
        match event.kind.as_str() {
            "offer_made" => offers.made += 1,
            "offer_granted" => offers.accepted += 1,
            "offer_declined" => offers.declined += 1,
            "offer_expired" => offers.expired += 1,
            "offer_withdrawn" => offers.withdrawn += 1,
            "offer_too_late" => {
                offers.too_late += 1;
                offers.accepted += 1;
            }
            _ => {}
        }
    }

    /// Orders that have neither ended nor been refused.
    pub fn open_count(&self) -> usize {
        self.open.len()
    }

    pub fn placed_count(&self) -> usize {
        self.orders.len()
    }

    pub fn delivered_count(&self) -> usize {
        self.orders.values().filter(|order| order.is_fulfilled()).count()
    }

    /// Whether anybody but carriers, absent shoppers and clocks still has something to do.
    pub fn is_busy(&self) -> bool {
        self.open.iter().filter_map(|id| self.orders.get(id)).any(OrderRecord::needs_hands)
    }

    /// Whether no order waits for a store's or a courier's hands, but those of which a person was told.
    pub fn is_at_rest(&self) -> bool {
        self.waiting().next().is_none()
    }

    /// Orders that wait for hands and to which nothing has happened for long, with how far each has
    /// come.
    pub fn stuck(&self, now_ms: i64) -> impl Iterator<Item = String> {
        let stuck =
            self.waiting().filter(move |(_, order)| now_ms - order.moved_ms > STUCK_AFTER_MS);
        stuck.map(|(id, order)| format!("order {id}: {}", order.told()))
    }

    fn waiting(&self) -> impl Iterator<Item = (&String, &OrderRecord)> {
        let open = self.open.iter().filter_map(|id| Some((id, self.orders.get(id)?)));
        open.filter(|(_, order)| order.needs_hands() && !order.is_in_trouble())
    }

    /// Orders a store packed, by its id.
    pub fn packed_by(&self, store: &str) -> u64 {
        self.packed_by_store.get(store).copied().unwrap_or_default()
    }

    /// Fills in everything that a feed can tell.
    pub fn fill(&self, summary: &mut RunSummary, now_ms: i64) {
        self.count_orders(summary);
        self.spread_journey(summary);
        summary.offers = self.offers.clone();
        let ridden_m = summary.fleet.ridden_m;
        summary.fleet = self.fleet.used_until(now_ms);
        summary.fleet.ridden_m = ridden_m;
        summary.timeline = self.timeline.clone();
        summary.sourcing.store_rejections = self.store_rejections;
        summary.sourcing.short_picks = self.short_picks;
    }

    fn count_orders(&self, summary: &mut RunSummary) {
        let counts = &mut summary.orders;
        counts.refused += self.refused;
        counts.inherited_ended = self.inherited_ended;
        counts.inherited = self.inherited_ended + self.inherited.len() as u64;
        for order in self.orders.values() {
            counts.placed += 1;
            counts.late += u64::from(order.is_late());
            match (order.status, order.mode) {
                ("completed", Mode::Delivery) => counts.delivered += 1,
                ("completed", Mode::Pickup) => counts.picked_up += 1,
                (_, Mode::Express) if order.is_shipped() => counts.shipped += 1,
                ("completed", Mode::Express) => counts.shipped += 1,
                ("cancelled", _) if order.failed => counts.failed += 1,
                ("cancelled", _) => counts.cancelled += 1,
                ("expired", _) => counts.expired += 1,
                _ => counts.open += 1,
            }
            if order.status == "cancelled" {
                *counts.cancelled_because.entry(order.because.clone()).or_default() += 1;
            }
            let mode = match order.mode {
                Mode::Delivery => &mut counts.modes.delivery,
                Mode::Pickup => &mut counts.modes.pickup,
                Mode::Express => &mut counts.modes.express,
            };
            mode.placed += 1;
            mode.paid += u64::from(order.paid);
            mode.fulfilled += u64::from(order.is_fulfilled());
            summary.sourcing.splits += u64::from(order.stores.len() > 1);
            summary.sourcing.resourced += order.resourced;
            let funnel = &mut summary.funnel;
            funnel.placed += 1;
            funnel.paid += u64::from(order.paid);
            funnel.accepted += u64::from(order.reached(|part| part.accepted_ms));
            funnel.packed += u64::from(order.reached(|part| part.ready_ms));
            funnel.handed_over += u64::from(order.reached(|part| part.handed_over_ms));
            funnel.completed += u64::from(order.status == "completed");
        }
    }

    fn spread_journey(&self, summary: &mut RunSummary) {
        let parts = || self.orders.values().flat_map(|order| order.parts.values());
        let seconds = |from: Option<i64>, to: Option<i64>| Some((to? - from?) as f64 / 1_000.0);
        let journey = &mut summary.journey;
        journey.click_to_door = Spread::of(self.orders.values().filter_map(OrderRecord::door_s));
        journey.accept =
            Spread::of(parts().filter_map(|part| seconds(part.assigned_ms, part.accepted_ms)));
        journey.pick =
            Spread::of(parts().filter_map(|part| seconds(part.accepted_ms, part.ready_ms)));
        let carried = || {
            let by_courier = self.orders.values().filter(|order| order.mode == Mode::Delivery);
            by_courier.flat_map(|order| order.parts.values())
        };
        journey.pickup_wait =
            Spread::of(carried().filter_map(|part| seconds(part.ready_ms, part.handed_over_ms)));
        journey.deliver = Spread::of(
            carried().filter_map(|part| seconds(part.handed_over_ms, part.delivered_ms)),
        );
    }
}

/// The delivery mode of an order's terms.
pub(crate) fn mode_of(event: &Event) -> Mode {
    match event.body.get("terms").map(|terms| text(terms, "mode")) {
        Some("pickup") => Mode::Pickup,
        Some("express") => Mode::Express,
        Some(_) | None => Mode::Delivery,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(entity: &str, kind: &str, at_ms: i64) -> Event {
        let (entity_kind, entity, kind) = ("order".to_owned(), entity.to_owned(), kind.to_owned());
        let body = json!({"terms": {"mode": "delivery"}, "reason": "shopper_request"});
        Event { seq: 1, entity_kind, entity, entity_seq: 1, at_ms, kind, body }
    }

    #[test]
    fn what_an_earlier_run_left_is_counted_apart() {
        let mut tally = Tally::new(100, 60);
        for (order, kind, at_ms) in [
            ("ended before", "order_placed", 1),
            ("ended before", "order_completed", 99),
            ("left", "order_placed", 2),
            ("left and ended", "order_placed", 3),
            ("own", "order_placed", 100),
            ("left and ended", "order_expired", 101),
            ("own", "payment_secured", 102),
            ("own", "order_cancelled", 103),
        ] {
            tally.see(&event(order, kind, at_ms));
        }
        let mut summary = RunSummary::new("run", 1);
        tally.fill(&mut summary, 200);
        let orders = &summary.orders;
        assert_eq!((orders.inherited, orders.inherited_ended), (2, 1));
        assert_eq!((orders.placed, orders.paid(), orders.cancelled), (1, 1, 1));
        assert_eq!(orders.cancelled_because["shopper_request"], 1);
    }
}
