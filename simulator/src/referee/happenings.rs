//! How often each kind of thing happened, so that a run that never met a rule cannot pass for one
//! that kept it. It judges nothing.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::feed::{Event, LineUnits, lines, list, number, text};
use crate::report::Happened;

#[derive(Default)]
pub(super) struct Happenings {
    seen: Happened,
    /// By order.
    shares: BTreeMap<String, Shares>,
    /// Members' orders that hold a coupon.
    with_coupon: BTreeSet<String>,
}

/// What stores have of one order.
#[derive(Default)]
struct Shares {
    /// By fulfillment order.
    parts: BTreeMap<String, Part>,
    /// At some moment several stores had something to do.
    is_split: bool,
}

struct Part {
    store: String,
    /// Units, until the store lets go of them.
    left: i64,
}

fn units(lines: &[LineUnits]) -> i64 {
    lines.iter().map(|line| line.units).sum()
}

impl Happenings {
    /// One event of a city.
    pub fn see(&mut self, event: &Event) {
        let seen = &mut self.seen;
        match (event.entity_kind.as_str(), event.kind.as_str()) {
            ("inventory", "sold_at_till") => seen.till_sales += 1,
            ("inventory", "stock_counted") => seen.counts += 1,
            ("inventory", "transfer_received") => {
                let is_last = event.body.get("is_last").and_then(Value::as_bool);
                seen.transfers += u64::from(is_last == Some(true));
            }
            ("order", "order_placed") => self.placed(event),
            ("order", "fulfillment_moved" | "fulfillment_cancelled") => self.leave(event),
            ("order", "order_replanned" | "lines_resourced") => {
                self.plan(event, event.list("parts"))
            }
            ("order", "move_planned") => {
                self.plan(event, event.body.get("part").map_or(&[], std::slice::from_ref));
            }
            ("order", "lines_removed") => drop(self.take(event)),
            ("order", "lines_short") => self.short(event),
            ("order", "order_cancelled") => seen.cancellations += 1,
            ("order", "return_refunded") => seen.returns += 1,
            ("payment", "refunded") => seen.refunds += 1,
            _ => {}
        }
    }

    /// One event of the members' own feed.
    pub fn see_member(&mut self, event: &Event) {
        let order = event.text("order");
        match event.kind.as_str() {
            "order_held" if !event.list("coupons").is_empty() => {
                self.with_coupon.insert(order.to_owned());
            }
            "hold_given_back" => {
                self.seen.coupons_given_back += u64::from(self.with_coupon.remove(order));
            }
            "order_completed" if event.entity_kind == "member" => {
                let earned = event.body.get("earned").map_or(0, |lot| number(lot, "points"));
                self.seen.earning_orders += u64::from(earned > 0);
            }
            _ => {}
        }
    }

    pub fn seen(&self) -> Happened {
        self.seen
    }

    fn placed(&mut self, event: &Event) {
        let terms = event.body.get("terms").unwrap_or(&Value::Null);
        let shares = list(terms, "lines").iter().flat_map(|line| list(line, "shares"));
        let stages: BTreeSet<&str> =
            shares.filter_map(|share| text(share, "source").split(':').next()).collect();
        let seen = &mut self.seen;
        for (stage, count) in [
            ("limited_time", &mut seen.limited_time_orders),
            ("spend_and_save", &mut seen.spend_and_save_orders),
            ("coupon", &mut seen.coupon_orders),
            ("points", &mut seen.point_orders),
        ] {
            *count += u64::from(stages.contains(stage));
        }
        self.plan(event, event.list("parts"));
    }

    fn plan(&mut self, event: &Event, parts: &[Value]) {
        let known = self.shares.entry(event.entity.clone()).or_default();
        if event.kind == "order_replanned" {
            known.parts.clear();
        }
        for part in parts {
            let Some(plan) = part.get("plan") else { continue };
            let (store, left) = (text(plan, "store").to_owned(), units(&lines(plan, "lines")));
            known.parts.insert(text(part, "fulfillment_order").to_owned(), Part { store, left });
        }
        let busy = known.parts.values().filter(|part| part.left > 0);
        let stores: BTreeSet<&str> = busy.map(|part| part.store.as_str()).collect();
        if stores.len() > 1 && !known.is_split {
            known.is_split = true;
            self.seen.split_orders += 1;
        }
    }

    /// The store has nothing of the share any more.
    fn leave(&mut self, event: &Event) {
        let field = if event.kind == "fulfillment_moved" { "from" } else { "fulfillment_order" };
        if let Some(known) = self.shares.get_mut(&event.entity) {
            known.parts.remove(event.text(field));
        }
    }

    /// What the share has left once the event's units are off.
    fn take(&mut self, event: &Event) -> i64 {
        let shares = self.shares.get_mut(&event.entity);
        let part = shares.and_then(|known| known.parts.get_mut(event.text("fulfillment_order")));
        let Some(part) = part else { return 0 };
        part.left -= units(&event.lines("lines"));
        part.left
    }

    fn short(&mut self, event: &Event) {
        let left = self.take(event);
        if event.body.get("why").is_some_and(|why| text(why, "kind") == "rejected") {
            let count =
                if left > 0 { &mut self.seen.part_rejects } else { &mut self.seen.whole_rejects };
            *count += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(entity_kind: &str, kind: &str, body: Value) -> Event {
        let (entity_kind, kind, entity) = (entity_kind.into(), kind.into(), "e".into());
        Event { seq: 1, entity_kind, entity, entity_seq: 1, at_ms: 0, kind, body }
    }

    fn part(id: &str, store: &str, units: u64) -> Value {
        let lines = json!([{"line": 1, "sku": "a", "units": units}]);
        json!({"fulfillment_order": id, "plan": {"store": store, "lines": lines}})
    }

    #[test]
    fn a_share_is_rejected_in_part_as_long_as_something_is_left_of_it() {
        let mut happenings = Happenings::default();
        let shares = json!([{"source": "coupon:c"}, {"source": "coupon:d"}]);
        let terms = json!({"lines": [{"shares": shares}]});
        let parts = json!([part("f", "s", 3), part("g", "t", 1)]);
        happenings.see(&event("order", "order_placed", json!({"terms": terms, "parts": parts})));
        let short = |part: &str, units: u64, why: &str| {
            let lines = json!([{"line": 1, "sku": "a", "units": units}]);
            let body = json!({"fulfillment_order": part, "lines": lines, "why": {"kind": why}});
            event("order", "lines_short", body)
        };
        for told in [short("f", 1, "rejected"), short("f", 1, "short_picked")] {
            happenings.see(&told);
        }
        assert_eq!((happenings.seen.part_rejects, happenings.seen.whole_rejects), (1, 0));
        happenings.see(&short("f", 1, "rejected"));
        happenings.see(&short("g", 1, "rejected"));
        assert_eq!((happenings.seen.part_rejects, happenings.seen.whole_rejects), (1, 2));
        let seen = happenings.seen();
        assert_eq!((seen.split_orders, seen.coupon_orders, seen.point_orders), (1, 1, 0));
        assert_eq!(seen.kinds_seen(), (4, 15));
    }

    #[test]
    fn a_hold_without_a_coupon_gives_none_back() {
        let mut happenings = Happenings::default();
        for (order, coupons) in [("a", json!(["c"])), ("b", json!([]))] {
            let held = json!({"order": order, "coupons": coupons, "points": []});
            happenings.see_member(&event("member", "order_held", held));
            happenings.see_member(&event("member", "hold_given_back", json!({"order": order})));
        }
        assert_eq!(happenings.seen.coupons_given_back, 1);
    }
}
