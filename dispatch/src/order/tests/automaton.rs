//! The domain's tables once more, written apart from the machine: which status may follow which.

use std::collections::BTreeSet;

use super::*;

const ORDER: &[(&str, &[&str])] = &[
    ("unborn", &["placing"]),
    ("placing", &["pending_payment", "refused"]),
    ("pending_payment", &["open", "on_hold", "expired", "cancelled"]),
    ("on_hold", &["open", "cancelled"]),
    ("open", &["completed", "cancelled"]),
];

/// A store's own steps; reports may skip some, and all of them may be held.
const STORE_STEPS: &[&str] =
    &["requested", "scheduled", "assigned", "accepted", "picking", "ready"];

const PART: &[(&str, &[&str])] = &[
    ("holding", &["held", "released", "rejected", "cancelled"]),
    ("held", &["requested", "released", "rejected", "cancelled"]),
    ("handed_over", &["completed", "returned", "lost"]),
];

const LEAVES_STORE_STEPS: &[&str] = &["handed_over", "rejected", "moved", "cancelled"];

const DELIVERY: &[(&str, &[&str])] = &[
    // A delivery whose courier had lost the attempt but took the goods is assigned by that.
    ("unassigned", &["offering", "assigned", "cancelled"]),
    ("offering", &["unassigned", "assigned", "cancelled"]),
    ("assigned", &["en_route_to_pickup", "arrived_at_pickup", "picked_up"]),
    ("en_route_to_pickup", &["arrived_at_pickup", "picked_up"]),
    ("arrived_at_pickup", &["picked_up"]),
    ("picked_up", &["en_route_to_dropoff", "arrived_at_dropoff", "delivered"]),
    ("en_route_to_dropoff", &["arrived_at_dropoff", "delivered"]),
    ("arrived_at_dropoff", &["delivered"]),
    ("failed_attempt", &["en_route_to_dropoff", "returning", "lost"]),
    ("returning", &["returned", "lost"]),
];
const BEFORE_PICKUP: &[&str] = &["assigned", "en_route_to_pickup", "arrived_at_pickup"];
const LEAVES_BEFORE_PICKUP: &[&str] = &["unassigned", "assigned", "cancelled"];
const ON_BOARD: &[&str] = &["picked_up", "en_route_to_dropoff", "arrived_at_dropoff"];
const LEAVES_ON_BOARD: &[&str] = &["failed_attempt", "lost"];

const PARCEL: &[(&str, &[&str])] = &[
    ("created", &["in_transit", "returning", "delivered", "returned", "lost"]),
    ("in_transit", &["returning", "delivered", "returned", "lost"]),
    ("returning", &["delivered", "returned", "lost"]),
];

const RETURN: &[(&str, &[&str])] = &[
    ("requested", &["approved", "rejected"]),
    ("approved", &["in_transit"]),
    ("in_transit", &["received"]),
    ("received", &["restocked", "quarantined"]),
    ("restocked", &["refunded"]),
    ("quarantined", &["refunded"]),
];

/// Watches an order's events and knows nothing of the machine but its status words.
#[derive(Default)]
pub struct Watch {
    granted: BTreeSet<(DeliveryId, u32)>,
}

impl Watch {
    pub fn see(&mut self, before: &Order, event: &OrderEvent, after: &Order) {
        let kind = event.kind();
        step(kind, ORDER, before.status_text(), after.status_text());
        for (n, part) in after.parts.iter().enumerate() {
            match before.parts.get(n) {
                Some(old) => part_step(kind, old.status.text(), part.status.text()),
                None => assert_eq!(part.status.text(), "holding"),
            }
        }
        for (n, delivery) in after.deliveries.iter().enumerate() {
            match before.deliveries.get(n) {
                Some(old) => self.delivery_step(event, old, delivery),
                None => assert_eq!(delivery.status.text(), "unassigned"),
            }
        }
        for (old, new) in before.parcels.iter().zip(&after.parcels) {
            step(kind, PARCEL, old.status.text(), new.status.text());
        }
        for (old, new) in before.returns.iter().zip(&after.returns) {
            step(kind, RETURN, old.status.text(), new.status.text());
        }
    }

    fn delivery_step(&mut self, event: &OrderEvent, old: &Delivery, new: &Delivery) {
        assert!(new.attempt >= old.attempt, "an attempt never goes back");
        if let OrderEvent::DeliveryAssigned { delivery, attempt, .. } = event
            && *delivery == new.delivery
        {
            assert!(self.granted.insert((*delivery, *attempt)), "granted twice: attempt {attempt}");
        }
        let (from, to) = (old.status.text(), new.status.text());
        let leaves = |group: &[&str], ways: &[&str]| group.contains(&from) && ways.contains(&to);
        let known =
            leaves(BEFORE_PICKUP, LEAVES_BEFORE_PICKUP) || leaves(ON_BOARD, LEAVES_ON_BOARD);
        if !known {
            step(event.kind(), DELIVERY, from, to);
        }
    }
}

fn part_step(kind: &str, from: &str, to: &str) {
    let place = |status: &str| STORE_STEPS.iter().position(|step| *step == status);
    let allowed = match (place(from), place(to)) {
        (Some(from), Some(to)) => from <= to,
        (Some(_), None) => LEAVES_STORE_STEPS.contains(&to) || to == "on_hold",
        (None, Some(_)) if from == "on_hold" => true,
        (None, _) if from == "on_hold" => to == from || LEAVES_STORE_STEPS.contains(&to),
        (None, _) => return step(kind, PART, from, to),
    };
    assert!(allowed, "{kind}: a part went from {from} to {to}");
}

fn step(kind: &str, table: &[(&str, &[&str])], from: &str, to: &str) {
    let known = table.iter().any(|(status, next)| *status == from && next.contains(&to));
    assert!(from == to || known, "{kind}: {from} may not become {to}");
}

/// Every ordered unit is in one place, and no fen is given back twice.
pub fn check_sums(order: &Order) {
    for (line, account) in order.terms.lines.iter().zip(&order.accounts) {
        let parts = order.parts.iter().filter(|part| part.owns_its_units());
        let in_parts: u32 = parts.map(|part| part.units_of(line.line)).sum();
        let open = order.requests.iter().filter(|open| open.owns_its_units());
        let sourced = open.flat_map(|open| &open.lines).filter(|units| units.line == line.line);
        let sourced: u32 = sourced.map(|units| units.units).sum();
        let sum = in_parts + sourced + account.unfillable + account.removed;
        assert_eq!(sum, line.quantity.get(), "units of line {}", line.line);
        assert!(account.given_back <= line.quantity.get(), "a unit was given back twice");
    }
    assert!(order.refunded() <= order.payable(), "more given back than paid");
    check_refunds(order);
}

/// Each refund is what its units paid, in the order in which units come back: list price less the
/// unit's part of every discount. Of a cancellation a fee may be kept.
fn check_refunds(order: &Order) {
    let mut back = vec![0; order.terms.lines.len()];
    for refund in &order.refunds {
        if refund.why == RefundWhy::LatePayment {
            // Everything was paid, so what was waived before comes back too.
            back.fill(0);
        }
        let mut worth = Money::ZERO;
        for units in &refund.lines {
            let at = order.terms.lines.iter().position(|line| line.line == units.line).unwrap();
            let money = order.terms.lines[at].money_of_units(back[at], units.units);
            back[at] += units.units;
            let off: Money = money.shares.iter().map(|share| share.amount).sum();
            let fees: Money = money.fees.iter().map(|fee| fee.amount).sum();
            assert_eq!(money.paid, [money.list.less(off), fees].into_iter().sum());
            worth = [worth, money.paid].into_iter().sum();
        }
        assert!(!refund.amount.is_negative());
        match refund.why {
            RefundWhy::Cancelled { .. } => assert!(refund.amount <= worth),
            RefundWhy::Unfillable
            | RefundWhy::Changed
            | RefundWhy::NotDelivered
            | RefundWhy::LatePayment
            | RefundWhy::Returned { .. } => assert_eq!(refund.amount, worth),
        }
    }
}
