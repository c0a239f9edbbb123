//! Money adds up to the fen: list prices less discounts and with fees to lines, lines to what is
//! payable, stores' parts to the order. Refunds are never above what was paid, each unit is given
//! back at most once, and with exactly its part of its line.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::verdicts::Verdicts;
use crate::feed::{Event, lines, list, number, text};

#[derive(Default)]
pub(super) struct MoneyRule {
    orders: BTreeMap<String, Order>,
    payments: BTreeMap<String, Payment>,
}

#[derive(Default)]
struct Order {
    payable: i64,
    refunds: i64,
    lines: BTreeMap<u64, Line>,
    keys: BTreeSet<String>,
    /// Refunds that stand: neither waived nor of nothing.
    standing: BTreeSet<String>,
}

#[derive(Clone, Copy, Default)]
struct Line {
    bought: i64,
    given_back: i64,
    paid: i64,
}

impl Line {
    /// What the next so many units give back: units carry equal parts of what was paid, and the fen
    /// that are left go one each to the first of them.
    fn worth(&self, units: i64) -> i64 {
        let part = |unit: i64| {
            let (whole, rest) = (self.paid / self.bought.max(1), self.paid % self.bought.max(1));
            whole + i64::from(unit < rest)
        };
        (self.given_back..self.given_back + units).map(part).sum()
    }
}

#[derive(Default)]
struct Payment {
    amount: i64,
    captured: i64,
    reduced: i64,
    refunded: i64,
    keys: BTreeSet<String>,
}

/// `list price × units − discounts = goods` and `goods + fees = paid`; what decided the price of a
/// unit (a store, a partner) is told by the unit price, the rest was taken off afterwards.
fn check_line(line: &Value, event: &Event, verdicts: &mut Verdicts) {
    let sum = |field: &str, is_meant: fn(&str) -> bool| -> i64 {
        let shares = list(line, field).iter();
        shares.filter(|share| is_meant(text(share, "source"))).map(|s| number(s, "amount")).sum()
    };
    let (paid, quantity) = (number(line, "paid"), number(line, "quantity"));
    let fees = sum("fees", |_| true);
    let goods = number(line, "unit_price") * quantity - sum("shares", is_discount);
    verdicts.check(paid == goods + fees, "line_adds_up", event, &event.entity, || {
        format!("{paid} fen are paid for goods of {goods} and fees of {fees}")
    });
    let borne = number(line, "list_price") * quantity - sum("shares", |_| true);
    verdicts.check(goods == borne, "shares_are_discounts", event, &event.entity, || {
        format!("goods cost {goods} fen, the list price less all shares is {borne}")
    });
    let is_negative =
        |share: &Value| is_discount(text(share, "source")) && number(share, "amount") <= 0;
    let is_sound = goods >= 0 && !list(line, "shares").iter().any(is_negative);
    verdicts.check(is_sound, "discounts_take_off", event, &event.entity, || {
        format!("goods of {goods} fen, or a discount that takes nothing off")
    });
}

fn is_discount(source: &str) -> bool {
    let stage = source.split(':').next().unwrap_or_default();
    ["limited_time", "spend_and_save", "coupon", "points"].contains(&stage)
}

/// Every unit is some store's, and no unit two stores'.
fn check_parts(order: &Order, event: &Event, verdicts: &mut Verdicts) {
    let mut planned: BTreeMap<u64, i64> = BTreeMap::new();
    for part in event.list("parts") {
        for units in part.get("plan").map(|plan| lines(plan, "lines")).unwrap_or_default() {
            *planned.entry(units.line).or_default() += units.units;
        }
    }
    let bought: BTreeMap<u64, i64> =
        order.lines.iter().map(|(line, known)| (*line, known.bought)).collect();
    verdicts.check(planned == bought, "parts_are_the_order", event, &event.entity, || {
        format!("bought by line {bought:?}, planned {planned:?}")
    });
}

impl MoneyRule {
    pub fn see(&mut self, event: &Event, verdicts: &mut Verdicts) {
        match (event.entity_kind.as_str(), event.kind.as_str()) {
            ("order", "order_placed") => self.placed(event, verdicts),
            ("order", "refund_decided") => self.refund(event, verdicts),
            ("order", "refund_waived") => {
                if let Some(order) = self.orders.get_mut(&event.entity) {
                    order.standing.remove(event.text("refund"));
                }
            }
            ("order", "late_payment") => self.paid_late(event),
            ("payment", _) => self.payment(event, verdicts),
            _ => {}
        }
    }

    fn placed(&mut self, event: &Event, verdicts: &mut Verdicts) {
        let Some(terms) = event.body.get("terms") else { return };
        let mut order = Order { payable: number(terms, "payable"), ..Order::default() };
        let mut sum = 0;
        for line in list(terms, "lines") {
            let paid = number(line, "paid");
            check_line(line, event, verdicts);
            sum += paid;
            let bought = number(line, "quantity");
            let known = Line { bought, given_back: 0, paid };
            order.lines.insert(number(line, "line").unsigned_abs(), known);
        }
        let payable = order.payable;
        verdicts.check(sum == payable, "lines_are_payable", event, &event.entity, || {
            format!("lines add up to {sum} fen, {payable} are payable")
        });
        check_parts(&order, event, verdicts);
        self.orders.insert(event.entity.clone(), order);
    }

    fn refund(&mut self, event: &Event, verdicts: &mut Verdicts) {
        let subject = event.entity.clone();
        let Some(order) = self.orders.get_mut(&subject) else { return };
        let is_new = order.keys.insert(event.text("refund").to_owned());
        verdicts.check(is_new, "refund_once", event, &subject, || "the same refund".to_owned());
        order.refunds += event.number("amount");
        if event.number("amount") > 0 {
            order.standing.insert(event.text("refund").to_owned());
        }
        let (refunds, payable) = (order.refunds, order.payable);
        verdicts.check(refunds <= payable, "refunds_within_payment", event, &subject, || {
            format!("gives back {refunds} fen of {payable}")
        });
        let mut worth = 0;
        for line in event.lines("lines") {
            let Some(known) = order.lines.get_mut(&line.line) else { continue };
            worth += known.worth(line.units);
            known.given_back += line.units;
            let (bought, back) = (known.bought, known.given_back);
            verdicts.check(back <= bought, "units_given_back_once", event, &subject, || {
                format!("gives back {back} units of line {}, {bought} were bought", line.line)
            });
        }
        let amount = event.number("amount");
        let why = event.body.get("why").map_or("", |why| text(why, "kind"));
        // A cancellation may keep a fee.
        let is_right = if why == "cancelled" { amount <= worth } else { amount == worth };
        verdicts.check(is_right, "units_give_back_their_share", event, &subject, || {
            format!("gives back {amount} fen ({why}) for units that cost {worth}")
        });
    }

    /// The whole amount came in after the order had ended: what was waived counts as paid after all.
    fn paid_late(&mut self, event: &Event) {
        let Some(order) = self.orders.get_mut(&event.entity) else { return };
        if order.standing.is_empty() {
            order.refunds = 0;
            order.lines.values_mut().for_each(|line| line.given_back = 0);
        }
    }

    fn payment(&mut self, event: &Event, verdicts: &mut Verdicts) {
        let subject = event.entity.clone();
        let payment = self.payments.entry(subject.clone()).or_default();
        let amount = event.number("amount");
        match event.kind.as_str() {
            "created" => payment.amount = amount,
            "captured" => payment.captured += amount,
            "reduced" | "refunded" => {
                let is_new = payment.keys.insert(event.text("refund").to_owned());
                verdicts.check(is_new, "refund_once", event, &subject, || "paid twice".to_owned());
                match event.kind.as_str() {
                    "reduced" => payment.reduced += amount,
                    _ => payment.refunded += amount,
                }
            }
            _ => return,
        }
        let Payment { amount, captured, reduced, refunded, .. } = *payment;
        verdicts.check(
            captured <= amount && reduced + refunded <= amount && refunded <= captured.max(amount),
            "payment_adds_up",
            event,
            &subject,
            || {
                format!(
                    "of {amount} fen {captured} were taken, {reduced} spared, {refunded} given back"
                )
            },
        );
    }
}
