//! Adding up a quote again after it came back.

use std::collections::{BTreeMap, BTreeSet};

use vocabulary::{Money, MoneyOverflow, SkuId};

use super::{MOST_LINES, PricedLine, Quote};
use crate::fees::{Fee, FeeKind};
use crate::price::ShareSource;
use crate::tax::tax_contained;

/// A figure of a quote that its other figures do not add up to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuoteMismatch {
    #[error("a quote has 1 to {MOST_LINES} lines, not {given}")]
    LineCount { given: usize },
    #[error("SKU {sku} has two lines")]
    TwoLines { sku: SkuId },
    #[error("{what} says {stated} where the parts make {recomputed}")]
    Sum { what: &'static str, stated: Money, recomputed: Money },
    #[error("{what} is {stated}, below zero")]
    Negative { what: &'static str, stated: Money },
    #[error("two fees of one kind, or a fee share without its fee")]
    FeeKinds,
    #[error("coupons or points are used, but not by a member")]
    NoMember,
    #[error(transparent)]
    Overflow(#[from] MoneyOverflow),
}

impl Quote {
    /// Recomputes every sum, for a quote that came back from outside. It says whether the quote
    /// agrees with itself; that it is ours is what its signature says.
    pub fn verify_totals(&self) -> Result<(), QuoteMismatch> {
        if !(1..=MOST_LINES).contains(&self.lines.len()) {
            return Err(QuoteMismatch::LineCount { given: self.lines.len() });
        }
        let mut seen = BTreeSet::new();
        for line in &self.lines {
            if !seen.insert(line.sku) {
                return Err(QuoteMismatch::TwoLines { sku: line.sku });
            }
            line.verify()?;
        }
        self.verify_fees()?;
        self.verify_uses()?;
        let goods_total = Money::total(self.lines.iter().map(|line| line.goods))?;
        same("goods_total", self.goods_total, goods_total)?;
        let fee_total = Money::total(self.fees.iter().map(|fee| fee.amount))?;
        same("payable_total", self.payable_total, goods_total.checked_add(fee_total)?)
    }

    /// Each fee is what its lines carry of it.
    fn verify_fees(&self) -> Result<(), QuoteMismatch> {
        let mut carried: BTreeMap<FeeKind, Money> = BTreeMap::new();
        for fee in &self.fees {
            fee.verify()?;
            if carried.insert(fee.kind, Money::ZERO).is_some() {
                return Err(QuoteMismatch::FeeKinds);
            }
        }
        for share in self.lines.iter().flat_map(|line| &line.fees) {
            not_negative("fee share", share.amount)?;
            let sum = carried.get_mut(&share.kind).ok_or(QuoteMismatch::FeeKinds)?;
            *sum = sum.checked_add(share.amount)?;
        }
        self.fees.iter().try_for_each(|fee| {
            let sum = carried.get(&fee.kind).copied().unwrap_or_default();
            same("fee shares", sum, fee.amount)
        })
    }
}

impl Quote {
    /// What is drawn from budgets is what was taken off, and so are the points.
    fn verify_uses(&self) -> Result<(), QuoteMismatch> {
        let taken = |is_meant: &dyn Fn(ShareSource) -> bool| {
            let shares = self.lines.iter().flat_map(|line| &line.shares);
            Money::total(shares.filter(|share| is_meant(share.source)).map(|share| share.amount))
        };
        for draw in &self.budgets {
            let amount = taken(&|source| source.campaign() == Some(draw.campaign))?;
            same("budget draw", draw.amount, amount)?;
        }
        let (points, rate) =
            self.uses.as_ref().map_or((0, 0), |uses| (uses.points, uses.points_per_fen));
        let worth = i64::try_from(points.checked_div(rate).unwrap_or(0)).unwrap_or(i64::MAX);
        same("points", Money::fen(worth), taken(&|source| source == ShareSource::Points)?)?;
        let coupons = taken(&|source| matches!(source, ShareSource::Coupon(_)))?;
        let is_used = self.uses.as_ref().is_some_and(|uses| !uses.coupons.is_empty());
        if coupons != Money::ZERO && !is_used { Err(QuoteMismatch::NoMember) } else { Ok(()) }
    }
}

impl PricedLine {
    fn verify(&self) -> Result<(), QuoteMismatch> {
        not_negative("unit_price", self.unit_price)?;
        let units = self.quantity.get();
        not_negative("goods", self.goods)?;
        let discounts = self.shares.iter().filter(|share| share.source.is_discount());
        for share in discounts.clone() {
            not_negative("discount", share.amount)?;
        }
        let off = Money::total(discounts.map(|share| share.amount))?;
        same("goods", self.goods, self.unit_price.checked_times(units)?.checked_sub(off)?)?;
        let shares = Money::total(self.shares.iter().map(|share| share.amount))?;
        let listed = self.list_price.checked_times(units)?;
        same("goods", self.goods, listed.checked_sub(shares)?)?;
        same("tax", self.tax, tax_contained(self.goods, self.tax_rate))
    }
}

impl Fee {
    fn verify(&self) -> Result<(), QuoteMismatch> {
        not_negative("fee", self.amount)?;
        same("fee tax", self.tax, tax_contained(self.amount, self.tax_rate))
    }
}

fn same(what: &'static str, stated: Money, recomputed: Money) -> Result<(), QuoteMismatch> {
    if stated == recomputed {
        return Ok(());
    }
    Err(QuoteMismatch::Sum { what, stated, recomputed })
}

fn not_negative(what: &'static str, stated: Money) -> Result<(), QuoteMismatch> {
    if stated.is_negative() {
        return Err(QuoteMismatch::Negative { what, stated });
    }
    Ok(())
}
