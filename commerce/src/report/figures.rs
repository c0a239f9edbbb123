//! The sums of some sales, and how they were served.

use serde::{Deserialize, Serialize};
use vocabulary::Money;

use super::Durations;
use crate::ledger::{SaleLine, Served};

/// Sales less returns. Amounts include tax unless they are one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Figures {
    /// Stores' shares of orders that reached their shoppers.
    pub sales: u64,
    pub units: i64,
    /// Of the units, how many came back; they are no longer in `units`.
    pub returned_units: i64,
    pub list: Money,
    pub discounts: Money,
    /// Paid for goods: `list − discounts`.
    pub goods: Money,
    /// Of returned goods; no longer in `goods`.
    pub returned_goods: Money,
    /// Paid for delivery and packing.
    pub fees: Money,
    /// Contained in goods and fees.
    pub tax: Money,
    pub platform_fee: Money,
}

/// How the shares of orders were served.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Service {
    pub served: u64,
    pub on_time: u64,
    pub accept: Durations,
    pub pick: Durations,
    pub pickup_wait: Durations,
    pub delivery: Durations,
}

impl Figures {
    /// Adds a line of a sale or, with its negative amounts, of a return.
    pub fn add_line(&mut self, line: &SaleLine) {
        let fee_taxes: Money = line.fees.iter().map(|fee| fee.tax).sum();
        self.units += line.units;
        self.returned_units += (-line.units).max(0);
        add(&mut self.list, line.list);
        add(&mut self.discounts, line.discount_total());
        add(&mut self.goods, line.goods);
        if line.units < 0 {
            add(&mut self.returned_goods, Money::fen(line.goods.as_fen().saturating_neg()));
        }
        add(&mut self.fees, line.fee_total());
        add(&mut self.tax, [line.tax, fee_taxes].into_iter().sum());
        add(&mut self.platform_fee, line.platform_fee);
    }

    pub fn merge(&mut self, other: &Self) {
        self.sales += other.sales;
        self.units += other.units;
        self.returned_units += other.returned_units;
        add(&mut self.list, other.list);
        add(&mut self.discounts, other.discounts);
        add(&mut self.goods, other.goods);
        add(&mut self.returned_goods, other.returned_goods);
        add(&mut self.fees, other.fees);
        add(&mut self.tax, other.tax);
        add(&mut self.platform_fee, other.platform_fee);
    }

    /// What shoppers paid: goods and fees.
    pub fn paid(&self) -> Money {
        [self.goods, self.fees].into_iter().sum()
    }
}

impl Service {
    pub fn add(&mut self, served: &Served) {
        self.served += 1;
        self.on_time += u64::from(served.on_time);
        let times = &served.times;
        let steps = [
            (&mut self.accept, times.accept_s),
            (&mut self.pick, times.pick_s),
            (&mut self.pickup_wait, times.pickup_wait_s),
            (&mut self.delivery, times.delivery_s),
        ];
        for (durations, seconds) in steps {
            seconds.into_iter().for_each(|seconds| durations.add(seconds));
        }
    }

    pub fn merge(&mut self, other: &Self) {
        self.served += other.served;
        self.on_time += other.on_time;
        self.accept.merge(&other.accept);
        self.pick.merge(&other.pick);
        self.pickup_wait.merge(&other.pickup_wait);
        self.delivery.merge(&other.delivery);
    }

    /// In thousandths; `None` before anything was served.
    pub fn on_time_permille(&self) -> Option<u64> {
        (self.on_time * 1_000).checked_div(self.served)
    }
}

pub(crate) fn add(total: &mut Money, amount: Money) {
    *total = [*total, amount].into_iter().sum();
}
