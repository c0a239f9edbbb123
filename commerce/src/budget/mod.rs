//! A campaign's budget that cities share: its owner grants portions, cities spend them locally.
//!
//! The [`Budget`] stands above the cities and never grants more than there is; an [`Allowance`] is
//! a city's share and never lets orders draw more than it was granted. So the sum of what orders
//! drew is within the budget whatever fails in between: a portion on its way belongs to nobody
//! who could spend it twice. Neither knows what the campaign takes off.

mod allowance;
mod owner;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use vocabulary::Money;

pub use allowance::{
    Allowance, AllowanceCommand, AllowanceDecision, AllowanceEvent, AllowanceWish,
};
pub use owner::{Budget, BudgetCommand, BudgetEvent, BudgetWish};

/// Some of a budget, in both its measures; `None` is not limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Portion {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub money: Option<Money>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uses: Option<u64>,
}

impl Portion {
    pub const UNLIMITED: Self = Self { money: None, uses: None };

    /// What one order draws: one use and this much.
    pub fn of_order(amount: Money) -> Self {
        Self { money: Some(amount), uses: Some(1) }
    }

    /// Whether an order that draws this much still finds it here.
    pub fn has(self, amount: Money) -> bool {
        self.money.is_none_or(|left| left >= amount) && self.uses.is_none_or(|left| left >= 1)
    }

    /// Nothing can be drawn: a limited measure is used up.
    pub fn is_spent(self) -> bool {
        self.money.is_some_and(|left| left <= Money::ZERO) || self.uses == Some(0)
    }

    /// The same limits with nothing in them.
    pub(crate) fn emptied(self) -> Self {
        Self { money: self.money.map(|_| Money::ZERO), uses: self.uses.map(|_| 0) }
    }

    /// Adds in the measures that are limited here.
    pub(crate) fn plus(self, other: Self) -> Self {
        self.with(other, |one, other| one.saturating_add(other))
    }

    /// Takes off in the measures that are limited here; never below zero.
    pub(crate) fn minus(self, other: Self) -> Self {
        self.with(other, |one, other| one.saturating_sub(other).max(0))
    }

    /// The smaller in each limited measure; where the other has no limit, this one's.
    pub(crate) fn at_most(self, other: Self) -> Self {
        let money = self.money.map(|own| other.money.map_or(own, |other| own.min(other)));
        let uses = self.uses.map(|own| other.uses.map_or(own, |other| own.min(other)));
        Self { money, uses }
    }

    /// The larger in each limited measure.
    pub(crate) fn at_least(self, other: Self) -> Self {
        let money = self.money.map(|own| other.money.map_or(own, |other| own.max(other)));
        let uses = self.uses.map(|own| other.uses.map_or(own, |other| own.max(other)));
        Self { money, uses }
    }

    /// One of so many equal parts, rounded up.
    pub(crate) fn part(self, parts: u32) -> Self {
        let parts = parts.max(1);
        let fen = |money: Money| {
            Money::fen(money.as_fen().saturating_add(i64::from(parts) - 1) / i64::from(parts))
        };
        Self { money: self.money.map(fen), uses: self.uses.map(|uses| uses.div_ceil(parts.into())) }
    }

    /// Whether a limited measure is below the other's.
    pub(crate) fn is_below(self, other: Self) -> bool {
        let money = self.money.zip(other.money).is_some_and(|(own, other)| own < other);
        let uses = self.uses.zip(other.uses).is_some_and(|(own, other)| own < other);
        money || uses
    }

    fn with(self, other: Self, fold: impl Fn(i64, i64) -> i64) -> Self {
        let fen = |money: Option<Money>| money.map_or(0, Money::as_fen);
        let count =
            |uses: Option<u64>| uses.map_or(0, |uses| i64::try_from(uses).unwrap_or(i64::MAX));
        Self {
            money: self.money.map(|own| Money::fen(fold(own.as_fen(), fen(other.money)))),
            uses: self.uses.map(|own| {
                let own = i64::try_from(own).unwrap_or(i64::MAX);
                u64::try_from(fold(own, count(other.uses))).unwrap_or_default()
            }),
        }
    }
}
