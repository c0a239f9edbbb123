//! What orders took from their members, as the city tells it: to be held against what the members'
//! own ledgers say.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::members::Members;
use super::verdicts::Verdicts;
use crate::feed::{Event, list, number, text};

/// How long a word may be on its way to a member, by the wall's clock; and by the city's at any
/// pace.
const WAY_OF_THE_WALL_MS: f64 = 3_000.0;
const LEAST_WAY_MS: i64 = 60_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    Open,
    Completed,
    CalledOff,
}

/// One member's order.
pub(super) struct Use {
    pub member: String,
    pub coupons: Vec<String>,
    /// What is to be paid after everything that was given back.
    pub net: i64,
    pub ending: Ending,
    /// When something about it last changed for the member.
    at_ms: i64,
}

pub(super) struct Uses {
    way_ms: i64,
    orders: BTreeMap<String, Use>,
    /// Orders with a word that is known to be on its way still.
    waiting: BTreeSet<String>,
}

impl Uses {
    /// Of a city whose time passes so many times as fast as the wall's.
    pub fn at_pace(scale: f64) -> Self {
        let way_ms = ((scale * WAY_OF_THE_WALL_MS) as i64).max(LEAST_WAY_MS);
        Self { way_ms, orders: BTreeMap::new(), waiting: BTreeSet::new() }
    }

    pub fn see(&mut self, event: &Event) {
        if event.entity_kind != "order" {
            return;
        }
        if event.kind == "order_placed" {
            self.placed(event);
            return;
        }
        let Some(used) = self.orders.get_mut(&event.entity) else { return };
        match event.kind.as_str() {
            "order_completed" => used.ending = Ending::Completed,
            "order_cancelled" | "order_expired" | "order_refused" => {
                used.ending = Ending::CalledOff;
            }
            "refund_decided" => used.net -= event.number("amount"),
            _ => return,
        }
        used.at_ms = event.at_ms;
    }

    fn placed(&mut self, event: &Event) {
        let terms = event.body.get("terms").unwrap_or(&Value::Null);
        let Some(member) = terms.get("uses").and_then(|uses| uses.get("member")) else { return };
        if member.is_null() {
            return;
        }
        let coupons = list(member, "coupons").iter().filter_map(Value::as_str);
        let used = Use {
            member: text(member, "member").to_owned(),
            coupons: coupons.map(str::to_owned).collect(),
            net: number(terms, "payable"),
            ending: Ending::Open,
            at_ms: event.at_ms,
        };
        self.orders.insert(event.entity.clone(), used);
    }

    /// A word about an order lies in its city's outbox: what it will say cannot be missed yet.
    pub fn on_the_way(&mut self, order: String) {
        self.waiting.insert(order);
    }

    /// Everything that happened long enough ago has reached its member.
    pub fn finish(&self, members: &Members, now_ms: i64, verdicts: &mut Verdicts) {
        for (order, used) in &self.orders {
            if now_ms - used.at_ms > self.way_ms && !self.waiting.contains(order) {
                members.settle(order, used, now_ms, verdicts);
            }
        }
    }

    pub fn count(&self) -> u64 {
        self.orders.len() as u64
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const LATER: i64 = 10 * LEAST_WAY_MS;

    fn event(entity_kind: &str, entity: &str, kind: &str, body: Value) -> Event {
        let (entity_kind, entity, kind) = (entity_kind.into(), entity.into(), kind.into());
        Event { seq: 1, entity_kind, entity, entity_seq: 1, at_ms: 0, kind, body }
    }

    /// What the city and the member tell about one order.
    fn rules_broken(city: &[(&str, Value)], member: &[(&str, Value)], now_ms: i64) -> Vec<String> {
        rules_broken_by(Uses::at_pace(1.0), city, member, now_ms)
    }

    fn rules_broken_by(
        mut uses: Uses,
        city: &[(&str, Value)],
        member: &[(&str, Value)],
        now_ms: i64,
    ) -> Vec<String> {
        let mut members = Members::default();
        let (mut silent, mut verdicts) = (Verdicts::new(0), Verdicts::new(0));
        for (kind, body) in city {
            uses.see(&event("order", "o", kind, body.clone()));
        }
        for (kind, body) in member {
            members.see(&event("member", "m", kind, body.clone()), &mut silent);
        }
        uses.finish(&members, now_ms, &mut verdicts);
        verdicts.findings().violations.into_iter().map(|violation| violation.rule).collect()
    }

    #[test]
    fn a_member_hears_how_an_order_ended() {
        let used = json!({"member": {"member": "m", "coupons": ["c"]}});
        let placed = ("order_placed", json!({"terms": {"payable": 900, "uses": used}}));
        let refund = ("refund_decided", json!({"amount": 100}));
        let end = |kind: &'static str| (kind, json!({}));
        let claim = ("coupon_claimed", json!({"coupon": "c"}));
        let hold = ("order_held", json!({"order": "o", "coupons": ["c"], "points": []}));
        let done = |paid: i64| ("order_completed", json!({"order": "o", "paid": paid}));
        let back = ("hold_given_back", json!({"order": "o", "points": []}));
        let completed = [placed.clone(), refund, end("order_completed")];
        let cancelled = [placed.clone(), end("order_cancelled")];
        let life = |last: (&'static str, Value)| [claim.clone(), hold.clone(), last];
        let heard = "member_hears_how_it_ended";
        assert_eq!(rules_broken(&completed, &life(done(800)), LATER), Vec::<String>::new());
        assert_eq!(rules_broken(&cancelled, &life(back.clone()), LATER), Vec::<String>::new());
        assert_eq!(rules_broken(&completed, &life(done(900)), LATER), [heard]);
        assert_eq!(rules_broken(&completed, &life(back), LATER), [heard]);
        assert_eq!(rules_broken(&cancelled, &life(done(900)), LATER), [heard]);
        assert_eq!(rules_broken(&completed, &[claim.clone(), hold.clone()], LATER), [heard]);
        assert_eq!(rules_broken(&completed, &[], 1), Vec::<String>::new(), "on its way");
        assert_eq!(rules_broken(&[placed], &[], LATER), Vec::<String>::new(), "not over");
        let mut late = Uses::at_pace(1.0);
        late.on_the_way("o".to_owned());
        let broken = rules_broken_by(late, &cancelled, &[claim, hold], LATER);
        assert_eq!(broken, Vec::<String>::new(), "the letter is still in the outbox");
    }
}
