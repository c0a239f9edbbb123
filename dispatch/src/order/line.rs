//! What was bought, with its money frozen at placement.

use serde::{Deserialize, Serialize};
use vocabulary::{Grams, Money, Quantity, SkuId, Units};

/// A line's number within its order, from 1.
pub type LineNumber = u16;

/// One line as it was priced when the order was placed. Nothing here ever changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrderLine {
    pub line: LineNumber,
    pub sku: SkuId,
    pub name: Box<str>,
    pub quantity: Quantity,
    pub list_price: Money,
    pub unit_price: Money,
    /// `list_price`, `store_price:<id>`, `channel:<name>`.
    pub price_source: Box<str>,
    /// Discounts, each with who bears it. Amounts are positive and for the whole line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shares: Vec<MoneyShare>,
    /// This line's part of delivery and packing fees, for the whole line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fees: Vec<FeeShare>,
    /// What the shopper pays for the whole line, fees included.
    pub paid: Money,
    pub tax_class: Box<str>,
    /// Of the goods, in thousandths.
    #[serde(default)]
    pub tax_rate: u16,
    /// VAT contained in `paid`: that of the goods and that of the fees.
    pub tax: Money,
    pub weight: Grams,
    /// Lines of one group travel from one store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep_together: Option<Box<str>>,
    /// Not for minors: the policy may ask for proof of who took it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub age_restricted: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoneyShare {
    pub source: Box<str>,
    pub bearer: Box<str>,
    pub amount: Money,
}

/// A line's part of a fee that the shopper pays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeeShare {
    /// `delivery` or `packing`.
    pub source: Box<str>,
    pub amount: Money,
    /// In thousandths.
    #[serde(default)]
    pub tax_rate: u16,
    /// VAT contained in `amount`.
    #[serde(default)]
    pub tax: Money,
}

/// Some units of one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LineUnits {
    pub line: LineNumber,
    pub sku: SkuId,
    pub units: u32,
}

/// What some units of a line carry of each of its amounts. `list − shares + fees = paid`, also for
/// a single unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitMoney {
    pub list: Money,
    /// In the order of the line's shares.
    pub shares: Vec<MoneyShare>,
    /// In the order of the line's fees.
    pub fees: Vec<FeeShare>,
    pub paid: Money,
}

impl OrderLine {
    /// What units `from..from + units` of this line give back when they are cancelled or returned.
    ///
    /// Unit `n` carries the n-th largest-remainder share of the line, so the units of a line always
    /// add up to what was paid for it, whatever the order in which they come back.
    pub fn paid_for_units(&self, from: u32, units: u32) -> Money {
        Units::next(self.quantity.get(), from, units).carry(self.paid)
    }

    /// The same, with what these units carry of every discount and every fee of the line: what
    /// each bearer of a discount gets back with them.
    pub fn money_of_units(&self, from: u32, units: u32) -> UnitMoney {
        let meant = Units::next(self.quantity.get(), from, units);
        let count = i64::from(self.quantity.get());
        let list = Money::fen(self.list_price.as_fen().saturating_mul(count));
        let off = self.shares.iter().map(|share| Money::ZERO.less(share.amount));
        let steps = off.chain(self.fees.iter().map(|fee| fee.amount));
        let mut parts = meant.steps(list, steps);
        let carried = |share: &MoneyShare, amount| MoneyShare { amount, ..share.clone() };
        let shares = self.shares.iter().zip(parts.by_ref());
        let shares = shares.map(|(share, part)| carried(share, Money::ZERO.less(part))).collect();
        let fees = self.fees.iter().zip(parts);
        let fees = fees
            .map(|(fee, amount)| FeeShare { amount, tax: meant.carry(fee.tax), ..fee.clone() })
            .collect();
        UnitMoney { list: meant.carry(list), shares, fees, paid: meant.carry(self.paid) }
    }
}

/// Takes units off a list; what would fall below zero stops there, empty lines leave.
pub(super) fn subtract(lines: &mut Vec<LineUnits>, taken: &[LineUnits]) {
    for units in taken {
        if let Some(held) = lines.iter_mut().find(|held| held.line == units.line) {
            held.units = held.units.saturating_sub(units.units);
        }
    }
    lines.retain(|held| held.units > 0);
}

/// One entry a line, in the order of line numbers.
pub(super) fn merged(lines: impl IntoIterator<Item = LineUnits>) -> Vec<LineUnits> {
    let mut merged: Vec<LineUnits> = Vec::new();
    for units in lines {
        match merged.iter_mut().find(|known| known.line == units.line) {
            Some(known) => known.units = known.units.saturating_add(units.units),
            None => merged.push(units),
        }
    }
    merged.retain(|units| units.units > 0);
    merged.sort_unstable();
    merged
}
