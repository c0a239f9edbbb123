//! What was bought, with its money frozen at placement.

use serde::{Deserialize, Serialize};
use vocabulary::{Grams, Money, Quantity, SkuId};

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

impl OrderLine {
    /// What units `from..from + units` of this line give back when they are cancelled or returned.
    ///
    /// Unit `n` carries the n-th largest-remainder share of the line, so the units of a line always
    /// add up to what was paid for it, whatever the order in which they come back.
    pub fn paid_for_units(&self, from: u32, units: u32) -> Money {
        let count = i64::from(self.quantity.get());
        let base = self.paid.as_fen().div_euclid(count);
        let with_one_more = self.paid.as_fen().rem_euclid(count);
        let until = i64::from(from) + i64::from(units);
        let extra = until.min(with_one_more) - i64::from(from).min(with_one_more);
        Money::fen(base * i64::from(units) + extra)
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
