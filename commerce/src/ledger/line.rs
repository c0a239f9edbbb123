//! One line of an order with its frozen money, and what any of its units carry of it.

use vocabulary::{Money, SkuId, apportion};

use super::entry::{Discount, FeeAmount, SaleLine};
use crate::Permille;
use crate::tax::{part_of, tax_contained};

/// A line as it was priced when its order was placed; amounts are for the whole line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineTerms {
    pub line: u16,
    pub sku: SkuId,
    /// At least one.
    pub quantity: u32,
    /// Of one unit.
    pub list_price: Money,
    /// Add up to `list_price × quantity` less what is paid for the goods.
    pub discounts: Vec<Discount>,
    pub fees: Vec<FeeAmount>,
    /// Fees included.
    pub paid: Money,
    pub tax_class: Box<str>,
    /// In thousandths.
    pub tax_rate: u16,
    /// Contained in what is paid for the goods.
    pub tax: Money,
    pub platform_fee: Money,
}

/// What the platform takes of each line: a part of the goods of the whole order, in whole fen
/// (half a fen to the even side), shared over the lines by what their goods cost.
pub fn platform_fees(rate: Permille, goods: &[Money]) -> Vec<Money> {
    let total = part_of(goods.iter().copied().sum(), rate);
    let weights: Vec<u64> = goods.iter().map(|goods| goods.as_fen().unsigned_abs()).collect();
    apportion(total, &weights).unwrap_or_else(|_| vec![Money::ZERO; goods.len()])
}

impl LineTerms {
    /// The same with its discounts completed: what no share explains is headquarters'.
    pub fn explained(mut self) -> Self {
        let taken_off = self.list_of(self.quantity) - self.goods().as_fen();
        let explained: Money = self.discounts.iter().map(|discount| discount.amount).sum();
        let rest = taken_off - explained.as_fen();
        if rest != 0 {
            let (source, bearer) = ("unexplained".into(), "hq".into());
            self.discounts.push(Discount { source, bearer, amount: Money::fen(rest) });
        }
        self
    }

    /// What is paid for the goods of the line.
    pub fn goods(&self) -> Money {
        let fees: Money = self.fees.iter().map(|fee| fee.amount).sum();
        Money::fen(self.paid.as_fen() - fees.as_fen())
    }

    /// What the units numbered `from..until` (from 0) were paid with their fees: by the rule by
    /// which an order gives units back, so that both always agree.
    pub fn paid_for(&self, from: u32, until: u32) -> Money {
        let first = |count| first_of(self.paid, self.quantity, count);
        Money::fen(first(until) - first(from))
    }

    /// The units numbered `from..until` with everything they carry. However a line is cut, its
    /// pieces add up to the line in every single amount.
    pub fn units(&self, from: u32, until: u32) -> SaleLine {
        let (below, whole) = (self.first(from), self.first(until));
        let less = |one: Money, other: Money| Money::fen(one.as_fen() - other.as_fen());
        let discounts = whole.discounts.into_iter().zip(below.discounts);
        let fees = whole.fees.into_iter().zip(below.fees);
        SaleLine {
            units: whole.units - below.units,
            list: less(whole.list, below.list),
            discounts: discounts
                .map(|(one, other)| Discount { amount: less(one.amount, other.amount), ..one })
                .collect(),
            goods: less(whole.goods, below.goods),
            fees: fees
                .map(|(one, other)| FeeAmount {
                    amount: less(one.amount, other.amount),
                    tax: less(one.tax, other.tax),
                    ..one
                })
                .collect(),
            tax: less(whole.tax, below.tax),
            platform_fee: less(whole.platform_fee, below.platform_fee),
            ..whole
        }
    }

    /// The first `count` units. Each amount of them depends on nothing but the line and `count`,
    /// which is why pieces add up; the last of several discounts or fees takes the odd fen, so that
    /// list price, discounts, goods and fees agree within every piece as well.
    fn first(&self, count: u32) -> SaleLine {
        let count = count.min(self.quantity);
        let first = |amount| first_of(amount, self.quantity, count);
        let fee_total: Money = self.fees.iter().map(|fee| fee.amount).sum();
        let goods = first(self.paid) - first(fee_total);
        let off = self.list_of(count) - goods;
        let fees = residual(self.fees.iter().map(|fee| first(fee.amount)), first(fee_total));
        let discounts = residual(self.discounts.iter().map(|share| first(share.amount)), off);
        let tax = match count == self.quantity {
            true => self.tax,
            false => tax_contained(Money::fen(goods), Permille(u32::from(self.tax_rate))),
        };
        SaleLine {
            line: self.line,
            sku: self.sku,
            units: i64::from(count),
            list: Money::fen(self.list_of(count)),
            discounts: (self.discounts.iter().zip(discounts))
                .map(|(share, amount)| Discount { amount, ..share.clone() })
                .collect(),
            goods: Money::fen(goods),
            fees: (self.fees.iter().zip(fees))
                .map(|(fee, amount)| FeeAmount {
                    amount,
                    tax: Money::fen(first(fee.tax)),
                    ..fee.clone()
                })
                .collect(),
            tax_class: self.tax_class.clone(),
            tax_rate: self.tax_rate,
            tax,
            platform_fee: Money::fen(first(self.platform_fee)),
        }
    }

    fn list_of(&self, count: u32) -> i64 {
        self.list_price.as_fen().saturating_mul(i64::from(count))
    }
}

/// What the first `count` of so many equal units carry of an amount: parts differ by one fen at
/// most, and the larger ones come first.
fn first_of(amount: Money, quantity: u32, count: u32) -> i64 {
    let (quantity, count) = (i64::from(quantity.max(1)), i64::from(count.min(quantity)));
    let (part, rest) = (amount.as_fen() / quantity, amount.as_fen() % quantity);
    part * count + rest.signum() * count.min(rest.abs())
}

/// The same amounts, the last one changed so that they add up to `total`.
fn residual(amounts: impl Iterator<Item = i64>, total: i64) -> Vec<Money> {
    let mut amounts: Vec<i64> = amounts.collect();
    let sum: i64 = amounts.iter().sum();
    if let Some(last) = amounts.last_mut() {
        *last += total - sum;
    }
    amounts.into_iter().map(Money::fen).collect()
}
