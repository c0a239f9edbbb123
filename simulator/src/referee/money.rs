//! Money adds up to the fen: lines to what is payable, refunds never above what was paid, each
//! unit given back at most once.

use std::collections::{BTreeMap, BTreeSet};

use super::verdicts::Verdicts;
use crate::feed::{Event, list, number};

#[derive(Default)]
pub(super) struct MoneyRule {
    orders: BTreeMap<String, Order>,
    payments: BTreeMap<String, Payment>,
}

#[derive(Default)]
struct Order {
    payable: i64,
    refunds: i64,
    /// Units bought and units given back, by line.
    units: BTreeMap<u64, (i64, i64)>,
    keys: BTreeSet<String>,
}

#[derive(Default)]
struct Payment {
    amount: i64,
    captured: i64,
    reduced: i64,
    refunded: i64,
    keys: BTreeSet<String>,
}

impl MoneyRule {
    pub fn see(&mut self, event: &Event, verdicts: &mut Verdicts) {
        match (event.entity_kind.as_str(), event.kind.as_str()) {
            ("order", "order_placed") => self.placed(event, verdicts),
            ("order", "refund_decided") => self.refund(event, verdicts),
            ("payment", _) => self.payment(event, verdicts),
            _ => {}
        }
    }

    fn placed(&mut self, event: &Event, verdicts: &mut Verdicts) {
        let Some(terms) = event.body.get("terms") else { return };
        let mut order = Order { payable: number(terms, "payable"), ..Order::default() };
        let mut sum = 0;
        for line in list(terms, "lines") {
            let (paid, quantity) = (number(line, "paid"), number(line, "quantity"));
            let fees: i64 = list(line, "fees").iter().map(|fee| number(fee, "amount")).sum();
            let goods = number(line, "unit_price") * quantity;
            verdicts.check(paid == goods + fees, "line_adds_up", event, &event.entity, || {
                format!("{paid} fen are paid for goods of {goods} and fees of {fees}")
            });
            sum += paid;
            order.units.insert(number(line, "line").unsigned_abs(), (quantity, 0));
        }
        let payable = order.payable;
        verdicts.check(sum == payable, "lines_are_payable", event, &event.entity, || {
            format!("lines add up to {sum} fen, {payable} are payable")
        });
        self.orders.insert(event.entity.clone(), order);
    }

    fn refund(&mut self, event: &Event, verdicts: &mut Verdicts) {
        let subject = event.entity.clone();
        let Some(order) = self.orders.get_mut(&subject) else { return };
        let is_new = order.keys.insert(event.text("refund").to_owned());
        verdicts.check(is_new, "refund_once", event, &subject, || "the same refund".to_owned());
        order.refunds += event.number("amount");
        let (refunds, payable) = (order.refunds, order.payable);
        verdicts.check(refunds <= payable, "refunds_within_payment", event, &subject, || {
            format!("gives back {refunds} fen of {payable}")
        });
        for line in event.lines("lines") {
            let Some((bought, back)) = order.units.get_mut(&line.line) else { continue };
            *back += line.units;
            let (bought, back) = (*bought, *back);
            verdicts.check(back <= bought, "units_given_back_once", event, &subject, || {
                format!("gives back {back} units of line {}, {bought} were bought", line.line)
            });
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
