//! Money in fen and its exact division.

use std::fmt;
use std::iter::Sum;

use serde::{Deserialize, Serialize};

/// Amount in fen (1/100 yuan). May be negative for refunds. Never a float.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Money(i64);

/// A sum or product left the range of 64-bit fen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("amount is beyond what can be counted in fen")]
pub struct MoneyOverflow;

/// Why an amount cannot be shared out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApportionError {
    #[error("there is nothing to share the amount over: every weight is zero")]
    NoWeight,
    #[error("weights add up beyond what can be counted")]
    TooHeavy,
}

impl Money {
    pub const ZERO: Self = Self(0);

    pub const fn fen(fen: i64) -> Self {
        Self(fen)
    }

    pub const fn as_fen(self) -> i64 {
        self.0
    }

    pub fn is_negative(self) -> bool {
        self.0 < 0
    }

    pub fn checked_add(self, other: Self) -> Result<Self, MoneyOverflow> {
        self.0.checked_add(other.0).map(Self).ok_or(MoneyOverflow)
    }

    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyOverflow> {
        self.0.checked_sub(other.0).map(Self).ok_or(MoneyOverflow)
    }

    /// The price of `units` things at this price each.
    pub fn checked_times(self, units: u32) -> Result<Self, MoneyOverflow> {
        self.0.checked_mul(i64::from(units)).map(Self).ok_or(MoneyOverflow)
    }

    /// This much less, for amounts that are already known to be within range: see [`Sum`].
    pub fn less(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// The sum of amounts, or an overflow.
    pub fn total(amounts: impl IntoIterator<Item = Self>) -> Result<Self, MoneyOverflow> {
        amounts.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }
}

/// Adds amounts that are already known to be within range: parts of a total that was checked.
/// Saturates instead of wrapping, so that a mistake shows as an absurd figure.
impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, |sum, amount| Self(sum.0.saturating_add(amount.0)))
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let fen = self.0.unsigned_abs();
        write!(f, "{sign}¥{}.{:02}", fen / 100, fen % 100)
    }
}

/// Divides `amount` over `weights` so that the parts add up to it to the fen.
///
/// Largest remainder (Hamilton): every part gets its share rounded towards zero, and the fen that
/// are left go one each to the largest remainders, the earlier part first where they are equal.
/// A part of weight zero gets nothing. Shares are frozen once, here, and inherited afterwards:
/// apportioning again after a cancellation would move other lines' money.
pub fn apportion(amount: Money, weights: &[u64]) -> Result<Vec<Money>, ApportionError> {
    let total = weights.iter().try_fold(0u64, |sum, weight| sum.checked_add(*weight));
    let total = total.ok_or(ApportionError::TooHeavy)?;
    if total == 0 {
        return if amount == Money::ZERO {
            Ok(vec![Money::ZERO; weights.len()])
        } else {
            Err(ApportionError::NoWeight)
        };
    }
    let fen = amount.0.unsigned_abs();
    let mut shares: Vec<(u64, u64)> =
        weights.iter().map(|weight| part_and_rest(fen, *weight, total)).collect();
    let given: u64 = shares.iter().map(|(share, _)| *share).sum();
    let mut ranked: Vec<usize> = (0..shares.len()).collect();
    ranked.sort_by_key(|part| std::cmp::Reverse(shares.get(*part).map(|(_, rest)| *rest)));
    for part in ranked.into_iter().take((fen - given) as usize) {
        if let Some((share, _)) = shares.get_mut(part) {
            *share += 1;
        }
    }
    let sign = amount.0.signum();
    Ok(shares.into_iter().map(|(share, _)| Money(sign * share as i64)).collect())
}

/// `fen × weight / total` and what is left of the division. Both are below 64 bits, because the
/// weight is a part of the total. The product may not be; only then is the wider division needed.
fn part_and_rest(fen: u64, weight: u64, total: u64) -> (u64, u64) {
    match fen.checked_mul(weight) {
        Some(product) => (product / total, product % total),
        None => {
            let (product, total) = (u128::from(fen) * u128::from(weight), u128::from(total));
            ((product / total) as u64, (product % total) as u64)
        }
    }
}

/// Some of a line's equal units, numbered from 0 in the order in which they are given back.
///
/// The units of a line carry its money as evenly as fen allow: the fen that are left go one each
/// to the first units, which is what [`apportion`] gives for equal weights. It needs no storing.
/// What a line is made of (list price, discounts, fees) is divided over its units step by step:
/// the running total after each step is divided so, and a unit carries of a step what the step
/// adds to its part of the total. Then each unit's pieces add up to what was paid for that unit,
/// no unit carries more than a fen more or less of a step than another, and none falls below zero
/// where the line never does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Units {
    /// How many the line has.
    pub of: u32,
    pub from: u32,
    /// The first one that is not meant.
    pub until: u32,
}

impl Units {
    /// The next `units` after the first `from`; what is beyond the line is left out.
    pub fn next(of: u32, from: u32, units: u32) -> Self {
        let from = from.min(of);
        Self { of, from, until: from.saturating_add(units).min(of) }
    }

    pub fn all(of: u32) -> Self {
        Self { of, from: 0, until: of }
    }

    /// What these units carry of a line's `total`; nothing for a line without units.
    pub fn carry(self, total: Money) -> Money {
        if self.of == 0 {
            return Money::ZERO;
        }
        let count = i64::from(self.of);
        let (base, with_one_more) = (total.0.div_euclid(count), total.0.rem_euclid(count));
        let (from, until) = (i64::from(self.from), i64::from(self.until));
        let extra = until.min(with_one_more) - from.min(with_one_more);
        Money(base * (until - from) + extra)
    }

    /// What these units carry of each step on the way from `total` on: see [`Units`].
    pub fn steps(
        self,
        total: Money,
        steps: impl IntoIterator<Item = Money>,
    ) -> impl Iterator<Item = Money> {
        steps.into_iter().scan(total, move |total, step| {
            let before = self.carry(*total);
            *total = Money(total.0.saturating_add(step.0));
            Some(self.carry(*total).less(before))
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fen(parts: &[i64]) -> Vec<Money> {
        parts.iter().copied().map(Money::fen).collect()
    }

    #[test]
    fn three_equal_lines_share_ten_yuan_to_the_fen() {
        assert_eq!(apportion(Money::fen(1_000), &[10, 10, 10]), Ok(fen(&[334, 333, 333])));
    }

    #[test]
    fn the_largest_remainder_gets_the_last_fen() {
        assert_eq!(apportion(Money::fen(100), &[1, 2, 4]), Ok(fen(&[14, 29, 57])));
    }

    #[test]
    fn a_refund_is_shared_like_its_discount() {
        assert_eq!(apportion(Money::fen(-1_000), &[10, 10, 10]), Ok(fen(&[-334, -333, -333])));
    }

    #[test]
    fn nothing_can_carry_a_share_without_weight() {
        assert_eq!(apportion(Money::fen(1), &[0, 0]), Err(ApportionError::NoWeight));
        assert_eq!(apportion(Money::ZERO, &[0, 0]), Ok(fen(&[0, 0])));
        assert_eq!(apportion(Money::fen(1), &[u64::MAX, 1]), Err(ApportionError::TooHeavy));
    }

    #[test]
    fn money_reads_as_yuan() {
        assert_eq!(Money::fen(-5).to_string(), "-¥0.05");
        assert_eq!(Money::fen(123_456).to_string(), "¥1234.56");
    }

    proptest! {
        #[test]
        fn parts_sum_to_the_whole_and_stay_within_a_fen_of_their_share(
            amount in -1_000_000_000_000i64..1_000_000_000_000,
            weights in prop::collection::vec(0u64..1_000_000_000, 1..40),
        ) {
            prop_assume!(weights.iter().any(|weight| *weight > 0));
            let parts = apportion(Money::fen(amount), &weights).unwrap();
            prop_assert_eq!(parts.iter().copied().sum::<Money>(), Money::fen(amount));
            let total: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
            for (part, weight) in parts.iter().zip(&weights) {
                let exact = i128::from(amount) * i128::from(*weight);
                let distance = (i128::from(part.as_fen()) * total as i128 - exact).unsigned_abs();
                prop_assert!(distance < total, "a part is more than a fen away from its share");
            }
        }

        #[test]
        fn units_carry_what_equal_weights_give(
            fen in 0i64..1_000_000_000,
            units in 1u32..200,
        ) {
            let expected = apportion(Money::fen(fen), &vec![1; units as usize]).unwrap();
            let carried: Vec<Money> =
                (0..units).map(|unit| Units::next(units, unit, 1).carry(Money::fen(fen))).collect();
            prop_assert_eq!(carried, expected);
        }

        #[test]
        fn each_units_steps_lead_to_its_part_of_the_total(
            fen in 0i64..100_000,
            units in 1u32..50,
            off in prop::collection::vec(0i64..20_000, 0..6),
        ) {
            let mut left = fen;
            let steps: Vec<Money> = off
                .into_iter()
                .map(|step| {
                    let step = step.min(left);
                    left -= step;
                    Money::fen(-step)
                })
                .collect();
            for unit in 0..units {
                let one = Units::next(units, unit, 1);
                let parts: Vec<Money> = one.steps(Money::fen(fen), steps.clone()).collect();
                let begin = one.carry(Money::fen(fen));
                let end: Money = [begin].into_iter().chain(parts.iter().copied()).sum();
                prop_assert_eq!(end, one.carry(Money::fen(left)));
                prop_assert!(!end.is_negative());
                prop_assert!(parts.iter().all(|part| *part <= Money::ZERO));
            }
        }
    }
}
