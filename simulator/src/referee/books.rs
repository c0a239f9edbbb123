//! The books close: what came in and stayed is what was sold and kept, and what each store is
//! settled for is what it sold, to the fen.
//!
//! Its own account: units carry equal parts of what was paid for their line, the odd fen one each
//! from the first; they are given back from the first up and sold from the last down; goods that
//! come back reverse the sales of the stores they came from, in the order of the order's shares.
//! Each counts for the day it happens on, by the calendar of the zone that every town stands in.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use vocabulary::Timestamp;

use super::verdicts::Verdicts;
use crate::feed::{Event, lines, list, number, text};
use crate::report::MoneyBooks;
use crate::town::local_day;

#[derive(Default)]
pub(super) struct Books {
    orders: BTreeMap<String, Account>,
    order_of: BTreeMap<String, String>,
    /// What each store sold on each of its days, less what came back.
    sold_by: BTreeMap<(String, String), Sold>,
}

/// Some units of one line, or many lines added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Sold {
    /// Fees included.
    paid: i64,
    goods: i64,
    /// At the list price.
    list: i64,
}

#[derive(Default)]
struct Account {
    lines: BTreeMap<u64, Line>,
    parts: Vec<Part>,
    /// Paid by a provider who may take the money later.
    is_online: bool,
    has_payment: bool,
    received: i64,
    paid_back: i64,
    earned: i64,
    kept: i64,
    owed: BTreeSet<String>,
    is_over: bool,
}

#[derive(Default)]
struct Line {
    bought: i64,
    paid: i64,
    /// Paid, less fees.
    goods: i64,
    list_price: i64,
    given_back: i64,
    /// Sold and not returned.
    sold: i64,
}

struct Part {
    fulfillment_order: String,
    store: String,
    units: BTreeMap<u64, i64>,
    /// Sold by it and not returned, by line.
    sold: BTreeMap<u64, i64>,
}

impl Line {
    /// What the units numbered `from..until` carry of what was paid.
    fn worth(&self, from: i64, until: i64) -> i64 {
        self.part(self.paid, from, until)
    }

    /// What they carry of an amount of the whole line.
    fn part(&self, amount: i64, from: i64, until: i64) -> i64 {
        let bought = self.bought.max(1);
        let (whole, rest) = (amount / bought, amount % bought);
        whole * (until - from) + until.min(rest).max(0) - from.min(rest).max(0)
    }

    fn carries(&self, from: i64, until: i64) -> Sold {
        let (paid, goods) = (self.worth(from, until), self.part(self.goods, from, until));
        Sold { paid, goods, list: (until - from) * self.list_price }
    }

    /// What is sold now, from the last unit down.
    fn sold_worth(&self) -> i64 {
        self.worth(self.bought - self.sold, self.bought)
    }

    fn sell(&mut self, units: i64) -> Sold {
        let until = self.bought - self.sold;
        self.sold += units;
        self.carries(until - units, until)
    }

    fn take_back(&mut self, units: i64) -> Sold {
        let from = self.bought - self.sold;
        self.sold -= units;
        self.carries(from, from + units).reversed()
    }
}

impl Sold {
    fn add(&mut self, other: Self) {
        self.paid += other.paid;
        self.goods += other.goods;
        self.list += other.list;
    }

    fn reversed(self) -> Self {
        Self { paid: -self.paid, goods: -self.goods, list: -self.list }
    }
}

impl Books {
    pub fn see(&mut self, event: &Event, verdicts: &mut Verdicts) {
        match event.entity_kind.as_str() {
            "order" => self.order(event),
            "payment" => self.payment(event, verdicts),
            _ => {}
        }
    }

    fn order(&mut self, event: &Event) {
        if event.kind == "order_placed" {
            let account = Account::open(event.body.get("terms").unwrap_or(&Value::Null));
            self.orders.insert(event.entity.clone(), account);
        }
        let Some(account) = self.orders.get_mut(&event.entity) else { return };
        match event.kind.as_str() {
            "order_placed" | "order_replanned" | "lines_resourced" => {
                event.list("parts").iter().for_each(|part| account.plan(part));
            }
            "move_planned" => account.plan(event.body.get("part").unwrap_or(&Value::Null)),
            "lines_short" | "lines_removed" | "lines_moved" => {
                if let Some(part) = account.part(event.text("fulfillment_order")) {
                    for taken in event.lines("lines") {
                        *part.units.entry(taken.line).or_default() -= taken.units;
                    }
                }
            }
            "fulfillment_completed" => {
                let (store, sold) = account.complete(event.text("fulfillment_order"));
                let day = local_day(Timestamp::from_millis(event.at_ms));
                self.sold_by.entry((store, day)).or_default().add(sold);
            }
            "refund_decided" => {
                for (store, reversed) in account.give_back(event) {
                    let day = local_day(Timestamp::from_millis(event.at_ms));
                    self.sold_by.entry((store, day)).or_default().add(reversed);
                }
            }
            "refund_confirmed" | "refund_waived" => {
                account.owed.remove(event.text("refund"));
            }
            "order_completed" | "order_cancelled" | "order_expired" | "order_refused" => {
                account.is_over = true;
            }
            _ => {}
        }
    }

    fn payment(&mut self, event: &Event, verdicts: &mut Verdicts) {
        if event.kind == "created" {
            self.order_of.insert(event.entity.clone(), event.text("order").to_owned());
        }
        let order = self.order_of.get(&event.entity);
        let Some(account) = order.and_then(|order| self.orders.get_mut(order)) else { return };
        let amount = event.number("amount");
        match event.kind.as_str() {
            "created" => {
                account.has_payment = true;
                account.is_online = event.text("method") == "online";
            }
            "captured" => account.received += amount,
            "refunded" => {
                account.paid_back += amount;
                let (received, back) = (account.received, account.paid_back);
                verdicts.check(
                    back <= received,
                    "paid_back_within_received",
                    event,
                    &event.entity,
                    || format!("{back} fen went back of {received} that came in"),
                );
            }
            _ => {}
        }
    }

    /// Orders that are over owe nothing and are owed nothing.
    pub fn finish(&self, now_ms: i64, verdicts: &mut Verdicts) {
        for (order, account) in &self.orders {
            let waits = account.is_online && account.received == 0 && account.earned > 0;
            if !account.is_over || !account.has_payment || !account.owed.is_empty() || waits {
                continue;
            }
            let Account { received, paid_back, earned, kept, .. } = account;
            if received - paid_back == earned + kept {
                verdicts.looked("books_balance");
                continue;
            }
            let detail = format!(
                "received {received} fen, paid back {paid_back}, sold for {earned}, kept {kept}"
            );
            verdicts.broken("books_balance", now_ms, order, detail);
        }
    }

    /// What came in and what went back for each order.
    pub fn cash(&self) -> impl Iterator<Item = (&str, i64, i64)> {
        self.orders.iter().map(|(id, known)| (id.as_str(), known.received, known.paid_back))
    }

    /// What the house settles each store's days for, up to the last event that was seen.
    pub fn settled(&self, settlements: &[Value], now_ms: i64, verdicts: &mut Verdicts) {
        let mut theirs: BTreeMap<(String, String), Sold> = BTreeMap::new();
        for row in settlements {
            let fen = |field: &str| number(row, field);
            let (store, day) = (text(row, "store"), text(row, "day"));
            let goods = fen("goods_fen");
            let paid = goods + fen("delivery_fees_fen") + fen("packing_fees_fen");
            let sold = Sold { paid, goods, list: fen("list_fen") };
            theirs.entry((store.to_owned(), day.to_owned())).or_default().add(sold);
            let payout = goods
                + fen("hq_discounts_fen")
                + fen("platform_discounts_fen")
                + fen("merchant_fees_fen")
                + fen("kept_fen")
                + fen("adjustments_fen")
                - fen("platform_fee_fen");
            let is_sound =
                fen("list_fen") - fen("discounts_fen") == goods && payout == fen("payout_fen");
            if is_sound {
                verdicts.looked("settlement_adds_up");
            } else {
                let subject = format!("{store} {day}");
                verdicts.broken("settlement_adds_up", now_ms, &subject, row.to_string());
            }
        }
        let days: BTreeSet<&(String, String)> = self.sold_by.keys().chain(theirs.keys()).collect();
        for day in days {
            let ours = self.sold_by.get(day).copied().unwrap_or_default();
            let theirs = theirs.get(day).copied().unwrap_or_default();
            if ours == theirs {
                verdicts.looked("settlement_is_the_ledger");
            } else {
                let subject = format!("{} {}", day.0, day.1);
                let detail = format!("settled for {theirs:?} (fen), sold for {ours:?}");
                verdicts.broken("settlement_is_the_ledger", now_ms, &subject, detail);
            }
        }
    }

    /// What all orders and all stores come to, each added up by itself.
    pub fn money(&self) -> MoneyBooks {
        let mut money = MoneyBooks::default();
        for account in self.orders.values() {
            let Account { received, paid_back, earned, kept, lines, .. } = account;
            money.received_fen += received;
            money.paid_back_fen += paid_back;
            money.kept_fen += kept;
            money.shares_fen += earned;
            money.lines_fen += lines.values().map(Line::sold_worth).sum::<i64>();
            money.held_fen += received - paid_back - earned - kept;
        }
        money.ledger_fen = self.sold_by.values().map(|sold| sold.paid).sum();
        money.discounts_fen = self.sold_by.values().map(|sold| sold.list - sold.goods).sum();
        money
    }
}

impl Account {
    fn open(terms: &Value) -> Self {
        let line = |line: &Value| {
            let (bought, paid) = (number(line, "quantity"), number(line, "paid"));
            let fees: i64 = list(line, "fees").iter().map(|fee| number(fee, "amount")).sum();
            let (goods, list_price) = (paid - fees, number(line, "list_price"));
            let known = Line { bought, paid, goods, list_price, ..Line::default() };
            (number(line, "line").unsigned_abs(), known)
        };
        Self { lines: list(terms, "lines").iter().map(line).collect(), ..Self::default() }
    }

    fn plan(&mut self, part: &Value) {
        let plan = part.get("plan").unwrap_or(&Value::Null);
        let units = lines(plan, "lines").into_iter().map(|held| (held.line, held.units));
        self.parts.push(Part {
            fulfillment_order: text(part, "fulfillment_order").to_owned(),
            store: text(plan, "store").to_owned(),
            units: units.collect(),
            sold: BTreeMap::new(),
        });
    }

    fn part(&mut self, id: &str) -> Option<&mut Part> {
        self.parts.iter_mut().find(|part| part.fulfillment_order == id)
    }

    /// The store that sold a part, and for how much.
    fn complete(&mut self, id: &str) -> (String, Sold) {
        let mut sold = Sold::default();
        let Some(part) = self.parts.iter_mut().find(|part| part.fulfillment_order == id) else {
            return (String::new(), sold);
        };
        for (line, units) in part.units.iter().filter(|(_, units)| **units > 0) {
            if let Some(known) = self.lines.get_mut(line) {
                sold.add(known.sell(*units));
                part.sold.insert(*line, *units);
            }
        }
        self.earned += sold.paid;
        (part.store.clone(), sold)
    }

    /// What each store's sales are reversed by.
    fn give_back(&mut self, event: &Event) -> Vec<(String, Sold)> {
        let why = event.body.get("why").map_or("", |why| text(why, "kind"));
        let amount = event.number("amount");
        let (mut worth, mut reversed) = (0, Vec::new());
        for units in event.lines("lines") {
            let Some(line) = self.lines.get_mut(&units.line) else { continue };
            worth += line.worth(line.given_back, line.given_back + units.units);
            line.given_back += units.units;
            let mut left = if why == "returned" { units.units } else { 0 };
            for part in &mut self.parts {
                let sold = part.sold.entry(units.line).or_default();
                let taken = left.min(*sold);
                if taken > 0 {
                    (*sold, left) = (*sold - taken, left - taken);
                    reversed.push((part.store.clone(), line.take_back(taken)));
                }
            }
        }
        self.earned += reversed.iter().map(|(_, sold)| sold.paid).sum::<i64>();
        if why == "cancelled" {
            self.kept += worth - amount;
        }
        if amount > 0 {
            self.owed.insert(event.text("refund").to_owned());
        }
        reversed
    }
}
