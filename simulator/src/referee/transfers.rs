//! Goods between stores: what was shipped is on its way, arrives or is named, and nothing twice.

use std::collections::BTreeMap;

use super::verdicts::Verdicts;
use crate::feed::{Event, list, number, text};

type Units = BTreeMap<String, i64>;

#[derive(Default)]
pub(super) struct Transfers {
    under_way: BTreeMap<String, UnderWay>,
}

/// Shipped and not yet wholly received.
struct UnderWay {
    to: String,
    /// What is neither received nor named.
    left: Units,
    /// Whether the target has said that it expects it.
    is_expected: bool,
}

/// What one receipt does to the target's shelf and to what is under way.
pub(super) struct Arrival {
    pub sku: String,
    pub sellable: i64,
    accounted: i64,
}

pub(super) fn units(event: &Event, field: &str) -> Units {
    let mut units = Units::new();
    for line in event.lines(field) {
        *units.entry(line.sku).or_default() += line.units;
    }
    units
}

pub(super) fn arrivals(event: &Event) -> Vec<Arrival> {
    let mut by_sku: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    let nothing = serde_json::Value::Null;
    let receipt = event.body.get("receipt").unwrap_or(&nothing);
    for line in list(receipt, "lines") {
        let entry = by_sku.entry(text(line, "sku").to_owned()).or_default();
        *entry = (entry.0 + number(line, "units"), entry.1 + number(line, "units"));
    }
    for found in list(receipt, "discrepancies") {
        let entry = by_sku.entry(text(found, "sku").to_owned()).or_default();
        match text(found, "reason") {
            "surplus" => entry.0 += number(found, "units"),
            _ => entry.1 += number(found, "units"),
        }
    }
    let arrival = |(sku, (sellable, accounted))| Arrival { sku, sellable, accounted };
    by_sku.into_iter().map(arrival).collect()
}

impl Transfers {
    pub fn see(&mut self, event: &Event, verdicts: &mut Verdicts) {
        if event.entity_kind != "inventory" {
            return;
        }
        let id = event.text("transfer").to_owned();
        match event.kind.as_str() {
            "transfer_shipped" => {
                let is_new = !self.under_way.contains_key(&id);
                verdicts.check(is_new, "shipped_once", event, &id, || "it left before".into());
                let (to, left) = (event.text("to").to_owned(), units(event, "lines"));
                self.under_way.insert(id, UnderWay { to, left, is_expected: false });
            }
            "transfer_expected" => {
                let expected = units(event, "lines");
                let known = self.under_way.get_mut(&id);
                let same = known.as_ref().is_some_and(|known| {
                    known.to == event.entity && known.left == expected && !known.is_expected
                });
                verdicts.check(same, "shipped_is_expected", event, &id, || {
                    format!("expects {expected:?}, which nobody shipped here")
                });
                if let Some(known) = known {
                    known.is_expected = true;
                }
            }
            "transfer_received" => self.receive(event, &id, verdicts),
            _ => {}
        }
    }

    fn receive(&mut self, event: &Event, id: &str, verdicts: &mut Verdicts) {
        let Some(known) = self.under_way.get_mut(id) else {
            return verdicts.check(false, "received_was_shipped", event, id, || {
                "nothing of it is under way".to_owned()
            });
        };
        for arrival in arrivals(event) {
            let left = known.left.entry(arrival.sku.clone()).or_default();
            *left -= arrival.accounted;
            let left = *left;
            verdicts.check(left >= 0, "received_was_shipped", event, id, || {
                let (came, was) = (arrival.accounted, left + arrival.accounted);
                format!("{came} of {} are accounted for, {was} were under way", arrival.sku)
            });
        }
        known.left.retain(|_, units| *units != 0);
        let is_last = event.body.get("is_last").and_then(serde_json::Value::as_bool);
        let is_empty = known.left.is_empty();
        verdicts.check(is_last == Some(is_empty), "received_whole", event, id, || {
            format!("said to be the last: {is_last:?}; still under way: {:?}", known.left)
        });
        if is_empty {
            self.under_way.remove(id);
        }
    }

    /// Goods may be on their way for days; but their target knows of them from the first moment.
    pub fn finish(&self, now_ms: i64, verdicts: &mut Verdicts) {
        for (id, known) in &self.under_way {
            verdicts.looked("shipped_is_expected");
            if !known.is_expected {
                let detail = format!("{:?} left for {} unannounced", known.left, known.to);
                verdicts.broken("shipped_is_expected", now_ms, id, detail);
            }
        }
    }
}
