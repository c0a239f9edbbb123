//! What a member can spend at a moment: points by when they expire, and how long coupons hold. Kept
//! from the events alone, and apart from the balances, which only say what is there in all.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::feed::{Event, number};

#[derive(Debug, Default)]
pub(super) struct Purse {
    /// Points by the moment from which on they are gone.
    lots: BTreeMap<i64, i64>,
    /// The same moment of each coupon.
    coupons: BTreeMap<String, i64>,
}

impl Purse {
    pub fn see(&mut self, event: &Event) {
        let lot = |field: &str| event.body.get(field).map_or(&[][..], std::slice::from_ref);
        match event.kind.as_str() {
            "points_granted" => self.add(lot("lot")),
            "points_taken" => self.take(event.list("lots")),
            "points_expired" => self.lots.retain(|ends, _| *ends > event.number("by")),
            "order_held" => self.take(event.list("points")),
            "hold_given_back" => self.add(event.list("points")),
            "order_completed" => {
                self.add(lot("earned"));
                self.add(event.list("points_back"));
            }
            "order_corrected" => {
                self.take(event.list("reversed"));
                self.add(event.list("points_back"));
            }
            "coupon_claimed" => {
                let ends = event.number("expires_at");
                self.coupons.insert(event.text("coupon").to_owned(), ends);
            }
            "coupon_expired" => drop(self.coupons.remove(event.text("coupon"))),
            "member_erased" => *self = Self::default(),
            _ => {}
        }
    }

    fn add(&mut self, lots: &[Value]) {
        for lot in lots {
            *self.lots.entry(number(lot, "expires_at")).or_default() += number(lot, "points");
        }
    }

    fn take(&mut self, lots: &[Value]) {
        for lot in lots {
            *self.lots.entry(number(lot, "expires_at")).or_default() -= number(lot, "points");
        }
    }

    /// Points that have not expired by then.
    pub fn points(&self, at_ms: i64) -> i64 {
        self.lots.iter().filter(|(ends, _)| **ends > at_ms).map(|(_, points)| points).sum()
    }

    /// Whether the coupon has not expired by then.
    pub fn lasts(&self, coupon: &str, at_ms: i64) -> bool {
        self.coupons.get(coupon).is_some_and(|ends| *ends > at_ms)
    }
}
