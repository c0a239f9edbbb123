//! Stock: no promise beyond what may be sold, every reservation ended once, every uncovered unit
//! raised as a shortfall.

use std::collections::{BTreeMap, BTreeSet};

use super::endings::Endings;
use super::transfers::{arrivals, units};
use super::verdicts::Verdicts;
use crate::feed::{Event, LineUnits};

type Shelf = (String, String);

#[derive(Default)]
pub(super) struct Stock {
    levels: BTreeMap<Shelf, Level>,
    reservations: BTreeMap<String, Reservation>,
    /// Shelves whose last look left reserved units without goods, and when that was.
    uncovered: BTreeMap<Shelf, (i64, u64)>,
}

#[derive(Default)]
struct Level {
    on_hand: i64,
    reserved: i64,
    outgoing: i64,
    safety: i64,
    unlisted: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Held,
    Committed,
    Ended,
}

struct Reservation {
    order: String,
    state: State,
    units: BTreeMap<(u64, String), i64>,
}

fn is_true(event: &Event, field: &str) -> bool {
    event.body.get(field).and_then(serde_json::Value::as_bool) == Some(true)
}

impl Level {
    fn may_sell(&self) -> i64 {
        if self.unlisted {
            return 0;
        }
        (self.on_hand - self.reserved - self.outgoing - self.safety).max(0)
    }
}

impl Stock {
    pub fn see(&mut self, event: &Event, verdicts: &mut Verdicts) {
        if event.entity_kind != "inventory" {
            return;
        }
        self.check_uncovered(event, verdicts);
        match event.kind.as_str() {
            "units_held" => self.hold(event, verdicts),
            "reservation_committed" => self.commit(event, verdicts),
            "reservation_consumed" => self.end(event, State::Committed, true, verdicts),
            "reservation_expired" => self.end(event, State::Held, false, verdicts),
            "reservation_released" => self.release(event, verdicts),
            "units_released" | "shortfall_raised" => self.shrink(event, verdicts),
            "stock_corrected" | "stock_adjusted" => {
                self.move_on_hand(event, event.text("sku"), event.number("delta"));
            }
            // The shelf was counted after the sale, which was told late.
            "sold_at_till" if is_true(event, "counted_since") => {}
            "sold_at_till" => self.move_on_hand(event, event.text("sku"), -event.number("units")),
            "stock_counted" => self.count(event, verdicts),
            "goods_came_back" if is_true(event, "sellable") => {
                self.move_on_hand(event, event.text("sku"), event.number("units"));
            }
            "transfer_readied" => self.keep_for_transfer(event, "lines", 1),
            "transfer_cancelled" => self.keep_for_transfer(event, "kept", -1),
            "transfer_shipped" => self.ship(event, verdicts),
            "transfer_received" => {
                for arrival in arrivals(event) {
                    self.move_on_hand(event, &arrival.sku, arrival.sellable);
                }
            }
            "safety_stock_set" => {
                let units = event.number("units");
                self.level(event, event.text("sku")).safety = units;
            }
            "listing_set" => {
                self.level(event, event.text("sku")).unlisted = !is_true(event, "listed");
            }
            _ => {}
        }
    }

    fn level(&mut self, event: &Event, sku: &str) -> &mut Level {
        self.levels.entry((event.entity.clone(), sku.to_owned())).or_default()
    }

    fn keep_for_transfer(&mut self, event: &Event, field: &str, sign: i64) {
        for (sku, units) in units(event, field) {
            self.level(event, &sku).outgoing += sign * units;
        }
    }

    /// Goods that leave for another store are none that an order waits for.
    fn ship(&mut self, event: &Event, verdicts: &mut Verdicts) {
        self.keep_for_transfer(event, "kept", -1);
        for (sku, shipped) in units(event, "lines") {
            let level = self.level(event, &sku);
            let free = level.on_hand - level.reserved - level.outgoing;
            let id = event.text("transfer").to_owned();
            verdicts.check(shipped <= free, "no_oversell", event, &id, || {
                format!("ships {shipped} of {sku}, {free} wait for nobody")
            });
            self.move_on_hand(event, &sku, -shipped);
        }
    }

    fn hold(&mut self, event: &Event, verdicts: &mut Verdicts) {
        let id = event.text("reservation").to_owned();
        let is_new = !self.reservations.contains_key(&id);
        verdicts.check(is_new, "reservation_once", event, &id, || "held twice".to_owned());
        let mut units = BTreeMap::new();
        for line in event.lines("lines") {
            let level = self.level(event, &line.sku);
            let (wanted, free) = (line.units, level.may_sell());
            level.reserved += wanted;
            verdicts.check(wanted <= free, "no_oversell", event, &id, || {
                format!("holds {wanted} of {}, {free} may be sold", line.sku)
            });
            *units.entry((line.line, line.sku)).or_default() += line.units;
        }
        let order = event.text("order").to_owned();
        self.reservations.insert(id, Reservation { order, state: State::Held, units });
    }

    fn commit(&mut self, event: &Event, verdicts: &mut Verdicts) {
        let id = event.text("reservation");
        let state = self.reservations.get(id).map(|known| known.state);
        verdicts.check(state == Some(State::Held), "reservation_path", event, id, || {
            format!("committed while {state:?}")
        });
        if let Some(known) = self.reservations.get_mut(id) {
            known.state = State::Committed;
        }
    }

    /// A reservation ends with all that is left of it.
    fn end(&mut self, event: &Event, from: State, leaves: bool, verdicts: &mut Verdicts) {
        let id = event.text("reservation").to_owned();
        let lines = event.lines("lines");
        let state = self.reservations.get(&id).map(|known| known.state);
        verdicts.check(state == Some(from), "reservation_ends_once", event, &id, || {
            format!("ended while {state:?}")
        });
        if let Some(known) = self.reservations.get_mut(&id) {
            let left: i64 = known.units.values().sum();
            let ended: i64 = lines.iter().map(|line| line.units).sum();
            verdicts.check(left == ended, "reservation_whole", event, &id, || {
                format!("ends with {ended} units, {left} were left")
            });
            known.state = State::Ended;
            known.units.clear();
        }
        for line in lines {
            let level = self.level(event, &line.sku);
            level.reserved -= line.units;
            if leaves {
                level.on_hand -= line.units;
            }
        }
    }

    fn release(&mut self, event: &Event, verdicts: &mut Verdicts) {
        let id = event.text("reservation");
        let from = match self.reservations.get(id).map(|known| known.state) {
            Some(State::Held) => State::Held,
            Some(State::Committed | State::Ended) | None => State::Committed,
        };
        self.end(event, from, false, verdicts);
    }

    /// Some units leave a reservation; when the last one does, it has ended.
    fn shrink(&mut self, event: &Event, verdicts: &mut Verdicts) {
        let id = event.text("reservation").to_owned();
        let lines = event.lines("lines");
        let is_live = self.reservations.get(&id).is_some_and(|known| known.state != State::Ended);
        verdicts.check(is_live, "reservation_ends_once", event, &id, || {
            "gives up units after its end".to_owned()
        });
        if let Some(known) = self.reservations.get_mut(&id) {
            for LineUnits { line, sku, units } in &lines {
                let left = known.units.entry((*line, sku.clone())).or_default();
                *left -= units;
                let left = *left;
                verdicts.check(left >= 0, "reservation_whole", event, &id, || {
                    format!("gives up {units} of {sku}, {} were left", left + units)
                });
            }
            known.units.retain(|_, units| *units > 0);
            if known.units.is_empty() {
                known.state = State::Ended;
            }
        }
        for line in lines {
            self.level(event, &line.sku).reserved -= line.units;
        }
    }

    fn move_on_hand(&mut self, event: &Event, sku: &str, delta: i64) {
        let level = self.level(event, sku);
        level.on_hand += delta;
        let is_uncovered = level.on_hand.max(0) < level.reserved;
        if is_uncovered {
            let shelf = (event.entity.clone(), sku.to_owned());
            self.uncovered.insert(shelf, (event.at_ms, event.seq));
        }
    }

    fn count(&mut self, event: &Event, verdicts: &mut Verdicts) {
        let (sku, delta) = (event.text("sku"), event.number("delta"));
        let counted = event.number("on_hand");
        let before = self.level(event, sku).on_hand;
        verdicts.check(before + delta == counted, "stock_conservation", event, sku, || {
            format!("counts {counted}, {before} and {delta} were recorded")
        });
        self.move_on_hand(event, sku, delta);
    }

    /// Shortfalls are raised in the same commit, that is at the same moment.
    fn check_uncovered(&mut self, event: &Event, verdicts: &mut Verdicts) {
        let due: Vec<(Shelf, u64)> = self
            .uncovered
            .iter()
            .filter(|((store, _), (at, _))| *store == event.entity && *at != event.at_ms)
            .map(|(shelf, (_, seq))| (shelf.clone(), *seq))
            .collect();
        for (shelf, seq) in due {
            self.uncovered.remove(&shelf);
            let lacks = self.lacks(&shelf);
            verdicts.check(lacks <= 0, "shortfall_raised", event, &shelf.0, || {
                format!("since event {seq}, {lacks} reserved units of {} have no goods", shelf.1)
            });
        }
    }

    fn lacks(&self, shelf: &Shelf) -> i64 {
        self.levels.get(shelf).map_or(0, |level| level.reserved - level.on_hand.max(0))
    }

    /// On-hand of every shelf that was ever touched, by store and SKU.
    pub fn on_hand(&self) -> impl Iterator<Item = (&str, &str, i64)> {
        self.levels
            .iter()
            .map(|((store, sku), level)| (store.as_str(), sku.as_str(), level.on_hand))
    }

    /// Of every reservation that was ever made: whether it still keeps units, and how many.
    pub fn reservations(&self) -> impl Iterator<Item = (&str, bool, i64)> {
        self.reservations.iter().map(|(id, known)| {
            (id.as_str(), known.state != State::Ended, known.units.values().sum())
        })
    }

    pub fn finish(&mut self, now_ms: i64, endings: &Endings, verdicts: &mut Verdicts) {
        let shelves: BTreeSet<Shelf> = self.uncovered.keys().cloned().collect();
        for shelf in shelves {
            verdicts.looked("shortfall_raised");
            let lacks = self.lacks(&shelf);
            if lacks > 0 {
                let detail = format!("{lacks} reserved units of {} have no goods", shelf.1);
                verdicts.broken("shortfall_raised", now_ms, &shelf.0, detail);
            }
        }
        for (id, known) in &self.reservations {
            verdicts.looked("no_hold_outlives_its_order");
            if known.state != State::Ended && endings.is_over(&known.order) {
                let detail = format!("still {:?}, its order {} is over", known.state, known.order);
                verdicts.broken("no_hold_outlives_its_order", now_ms, id, detail);
            }
        }
    }
}
