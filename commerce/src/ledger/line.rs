//! One line of an order with its frozen money, and what any of its units carry of it.

use vocabulary::{Money, SkuId, Units, apportion};

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
        let taken_off = self.list().less(self.goods());
        let explained: Money = self.discounts.iter().map(|discount| discount.amount).sum();
        let amount = taken_off.less(explained);
        if amount != Money::ZERO {
            let (source, bearer) = ("unexplained".into(), "hq".into());
            self.discounts.push(Discount { source, bearer, amount });
        }
        self
    }

    /// What is paid for the goods of the line.
    pub fn goods(&self) -> Money {
        let fees: Money = self.fees.iter().map(|fee| fee.amount).sum();
        self.paid.less(fees)
    }

    /// What the units numbered `from..until` (from 0) were paid with their fees: by the rule by
    /// which an order gives units back, so that both always agree.
    pub fn paid_for(&self, from: u32, until: u32) -> Money {
        self.some(from, until).carry(self.paid)
    }

    /// The units numbered `from..until` with everything they carry. However a line is cut, its
    /// pieces add up to the line in every single amount, and within each piece list price less
    /// discounts is what the goods cost.
    pub fn units(&self, from: u32, until: u32) -> SaleLine {
        let meant = self.some(from, until);
        let list = self.list();
        let off = self.discounts.iter().map(|share| Money::ZERO.less(share.amount));
        let mut parts = meant.steps(list, off.chain(self.fees.iter().map(|fee| fee.amount)));
        let discounts: Vec<Discount> = (self.discounts.iter().zip(parts.by_ref()))
            .map(|(share, part)| Discount { amount: Money::ZERO.less(part), ..share.clone() })
            .collect();
        let fees = self.fees.iter().zip(parts).map(|(fee, amount)| FeeAmount {
            amount,
            tax: meant.carry(fee.tax),
            ..fee.clone()
        });
        SaleLine {
            line: self.line,
            sku: self.sku,
            units: i64::from(meant.until) - i64::from(meant.from),
            list: meant.carry(list),
            goods: meant.carry(self.goods()),
            discounts,
            fees: fees.collect(),
            tax_class: self.tax_class.clone(),
            tax_rate: self.tax_rate,
            tax: self.tax_of_first(meant.until).less(self.tax_of_first(meant.from)),
            platform_fee: meant.carry(self.platform_fee),
        }
    }

    /// The tax in the goods of the first units: rounded once, so that the taxes of pieces differ
    /// from their rate by a fen at most and add up to the frozen one.
    fn tax_of_first(&self, count: u32) -> Money {
        if count == self.quantity {
            return self.tax;
        }
        let goods = self.some(0, count).carry(self.goods());
        tax_contained(goods, Permille(u32::from(self.tax_rate)))
    }

    fn some(&self, from: u32, until: u32) -> Units {
        Units::next(self.quantity, from, until.saturating_sub(from))
    }

    fn list(&self) -> Money {
        Money::fen(self.list_price.as_fen().saturating_mul(i64::from(self.quantity)))
    }
}
