//! Budgets that cities share: never more is granted than there is, and a city never lets its orders
//! draw more than it was granted.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::verdicts::Verdicts;
use crate::feed::{Event, number};

/// Of a budget, in fen and in uses; a measure that is absent is not limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Portion {
    fen: Option<i64>,
    uses: Option<i64>,
}

#[derive(Default)]
pub(super) struct Budgets {
    totals: BTreeMap<String, Portion>,
    /// By campaign and city: granted and not returned.
    granted: BTreeMap<(String, i64), (i64, i64)>,
    cities: BTreeMap<String, City>,
}

/// A city's share of one campaign's budget.
#[derive(Default)]
struct City {
    limits: Portion,
    received: (i64, i64),
    open: BTreeMap<String, i64>,
    /// Of orders that are over and used it.
    spent: (i64, i64),
    over: BTreeSet<String>,
}

/// What budgets came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Drawn {
    pub budgets: u64,
    pub limit_fen: i64,
    pub drawn_fen: i64,
}

fn portion(event: &Event, field: &str) -> Portion {
    let portion = event.body.get(field).unwrap_or(&Value::Null);
    let limit = |field: &str| {
        portion.get(field).filter(|found| !found.is_null()).map(|_| number(portion, field))
    };
    Portion { fen: limit("money"), uses: limit("uses") }
}

impl Portion {
    fn amounts(self) -> (i64, i64) {
        (self.fen.unwrap_or_default(), self.uses.unwrap_or_default())
    }

    fn covers(self, (fen, uses): (i64, i64)) -> bool {
        self.fen.is_none_or(|limit| fen <= limit) && self.uses.is_none_or(|limit| uses <= limit)
    }
}

impl City {
    fn drawn(&self) -> (i64, i64) {
        let open = i64::try_from(self.open.len()).unwrap_or(i64::MAX);
        (self.spent.0 + self.open.values().sum::<i64>(), self.spent.1 + open)
    }

    /// What it may draw in all.
    fn may(&self) -> Portion {
        let (fen, uses) = self.received;
        Portion { fen: self.limits.fen.map(|_| fen), uses: self.limits.uses.map(|_| uses) }
    }
}

impl Budgets {
    /// An event of a budget's owner, which is above the cities.
    pub fn see_owner(&mut self, event: &Event, verdicts: &mut Verdicts) {
        if event.entity_kind != "budget" {
            return;
        }
        let campaign = event.entity.clone();
        if event.kind == "budget_set" {
            self.totals.insert(campaign, portion(event, "total"));
            return;
        }
        let sign = match event.kind.as_str() {
            "portion_granted" => 1,
            "portion_returned" => -1,
            _ => return,
        };
        let (fen, uses) = portion(event, "portion").amounts();
        let granted = self.granted.entry((campaign.clone(), event.number("city"))).or_default();
        *granted = (granted.0 + sign * fen, granted.1 + sign * uses);
        let all = self.granted.range((campaign.clone(), i64::MIN)..=(campaign.clone(), i64::MAX));
        let sum = all.fold((0, 0), |sum, (_, one)| (sum.0 + one.0, sum.1 + one.1));
        let total = self.totals.get(&campaign).copied().unwrap_or_default();
        let holds = sign < 0 || total.covers(sum);
        verdicts.check(holds, "budget_grants_what_there_is", event, &campaign, || {
            format!("{sum:?} fen and uses are granted of {total:?}")
        });
    }

    /// An event of a city's share.
    pub fn see_city(&mut self, event: &Event, verdicts: &mut Verdicts) {
        if event.entity_kind != "allowance" {
            return;
        }
        let city = self.cities.entry(event.entity.clone()).or_default();
        let order = event.text("order").to_owned();
        match event.kind.as_str() {
            "portion_received" => {
                city.limits = portion(event, "portion");
                let (fen, uses) = city.limits.amounts();
                city.received = (city.received.0 + fen, city.received.1 + uses);
            }
            "rest_returned" => {
                let (fen, uses) = portion(event, "portion").amounts();
                city.received = (city.received.0 - fen, city.received.1 - uses);
            }
            "budget_drawn" => {
                let before = city.open.insert(order.clone(), event.number("amount"));
                let is_first = before.is_none() && !city.over.contains(&order);
                verdicts.check(is_first, "order_draws_once", event, &order, || "twice".to_owned());
            }
            "draw_settled" => {
                let Some(amount) = city.open.remove(&order) else {
                    return verdicts.check(false, "draw_settles_once", event, &order, || {
                        "nothing of it was drawn".to_owned()
                    });
                };
                if event.body.get("used").and_then(Value::as_bool) == Some(true) {
                    city.spent = (city.spent.0 + amount, city.spent.1 + 1);
                }
                city.over.insert(order);
            }
            _ => return,
        }
        let (drawn, may) = (city.drawn(), city.may());
        verdicts.check(may.covers(drawn), "budget_never_overspent", event, &event.entity, || {
            format!("orders drew {drawn:?} fen and uses, {may:?} were granted")
        });
    }

    pub fn drawn(&self) -> Drawn {
        let fen = |portion: &Portion| portion.fen.unwrap_or_default();
        Drawn {
            budgets: self.totals.len() as u64,
            limit_fen: self.totals.values().map(fen).sum(),
            drawn_fen: self.cities.values().map(|city| city.drawn().0).sum(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rules_broken(events: &[(&str, &str, Value)]) -> Vec<String> {
        let (mut budgets, mut verdicts) = (Budgets::default(), Verdicts::new(0));
        for ((entity_kind, kind, body), seq) in events.iter().zip(1..) {
            let event = Event {
                seq,
                entity_kind: (*entity_kind).to_owned(),
                entity: "c".to_owned(),
                entity_seq: seq,
                at_ms: 0,
                kind: (*kind).to_owned(),
                body: body.clone(),
            };
            budgets.see_owner(&event, &mut verdicts);
            budgets.see_city(&event, &mut verdicts);
        }
        let violations = verdicts.findings().violations;
        violations.into_iter().map(|violation| violation.rule).collect()
    }

    #[test]
    fn what_was_not_granted_is_not_drawn() {
        let set = ("budget", "budget_set", json!({"total": {"money": 1_000, "uses": 3}}));
        let portion = |fen: i64| json!({"city": 0, "portion": {"money": fen, "uses": 2}});
        let grant = |fen| ("budget", "portion_granted", portion(fen));
        let got = |fen| ("allowance", "portion_received", portion(fen));
        let draw = |order: &str, fen: i64| {
            ("allowance", "budget_drawn", json!({"order": order, "amount": fen}))
        };
        let settle = |order: &str, used: bool| {
            ("allowance", "draw_settled", json!({"order": order, "used": used}))
        };
        let sound = [
            set.clone(),
            grant(600),
            got(600),
            draw("a", 400),
            settle("a", false),
            draw("b", 500),
            settle("b", true),
            draw("d", 100),
        ];
        assert_eq!(rules_broken(&sound), Vec::<String>::new());
        let too_much = [set.clone(), grant(600), got(600), draw("a", 400), draw("b", 201)];
        assert_eq!(rules_broken(&too_much), ["budget_never_overspent"]);
        let too_often = [set.clone(), got(600), draw("a", 1), draw("b", 1), draw("d", 1)];
        assert_eq!(rules_broken(&too_often), ["budget_never_overspent"]);
        let granted_twice = [set.clone(), grant(600), grant(600)];
        assert_eq!(rules_broken(&granted_twice), ["budget_grants_what_there_is"]);
        let twice = [set, got(900), draw("a", 1), settle("a", true), settle("a", true)];
        assert_eq!(rules_broken(&twice), ["draw_settles_once"]);
    }
}
