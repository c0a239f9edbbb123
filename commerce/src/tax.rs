//! Value added tax contained in prices.
//!
//! Prices in China include the tax, so a line's tax is a part of what is paid, never on top of it.

use serde::{Deserialize, Serialize};
use vocabulary::{Money, Timestamp};

use crate::Permille;
use crate::invalid::Invalid;

/// Which rate of value added tax a thing is sold under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaxClass {
    /// Most goods.
    Standard,
    /// Grain, edible oil, agricultural products, water, books and the like.
    Reduced,
    /// Services, such as carrying goods to a door.
    Service,
    /// Sold by a merchant taxed as a small-scale taxpayer.
    SmallScale,
    /// Free of tax.
    Exempt,
}

/// A rate and the moment from which it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateChange {
    pub from: Timestamp,
    pub rate: Permille,
}

/// The rates of one class over time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateHistory {
    /// Holds until the first change, and for any moment before the table begins.
    pub initial: Permille,
    /// In order of `from`.
    pub changes: Vec<RateChange>,
}

/// The rate of every class at every moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaxTable {
    pub standard: RateHistory,
    pub reduced: RateHistory,
    pub service: RateHistory,
    pub small_scale: RateHistory,
    pub exempt: RateHistory,
}

/// 2023-01-01 00:00 in Beijing: the 1 % levy for small-scale taxpayers begins.
const RELIEF_BEGINS: Timestamp = Timestamp::from_millis(1_672_502_400_000);
/// 2028-01-01 00:00 in Beijing: the relief, granted to the end of 2027, is over.
const RELIEF_ENDS: Timestamp = Timestamp::from_millis(1_830_268_800_000);

impl RateHistory {
    pub const fn constant(rate: Permille) -> Self {
        Self { initial: rate, changes: Vec::new() }
    }

    fn at(&self, moment: Timestamp) -> Permille {
        let latest = self.changes.iter().rev().find(|change| change.from <= moment);
        latest.map_or(self.initial, |change| change.rate)
    }

    fn insert(&mut self, change: RateChange) {
        self.changes.retain(|known| known.from != change.from);
        self.changes.push(change);
        self.changes.sort_by_key(|known| known.from);
    }
}

impl TaxTable {
    /// The rates in force in mainland China since April 2019: 13, 9 and 6 %, and for small-scale
    /// taxpayers 3 %, relieved to 1 % from 2023 to the end of 2027.
    pub fn china() -> Self {
        Self {
            standard: RateHistory::constant(Permille(130)),
            reduced: RateHistory::constant(Permille(90)),
            service: RateHistory::constant(Permille(60)),
            small_scale: RateHistory {
                initial: Permille(30),
                changes: vec![
                    RateChange { from: RELIEF_BEGINS, rate: Permille(10) },
                    RateChange { from: RELIEF_ENDS, rate: Permille(30) },
                ],
            },
            exempt: RateHistory::constant(Permille(0)),
        }
    }

    /// The rate of a class at a moment.
    pub fn rate(&self, class: TaxClass, moment: Timestamp) -> Permille {
        match class {
            TaxClass::Standard => self.standard.at(moment),
            TaxClass::Reduced => self.reduced.at(moment),
            TaxClass::Service => self.service.at(moment),
            TaxClass::SmallScale => self.small_scale.at(moment),
            TaxClass::Exempt => self.exempt.at(moment),
        }
    }

    /// Records a change; one at the same moment is replaced.
    pub(crate) fn apply(&mut self, class: TaxClass, change: RateChange) {
        match class {
            TaxClass::Standard => self.standard.insert(change),
            TaxClass::Reduced => self.reduced.insert(change),
            TaxClass::Service => self.service.insert(change),
            TaxClass::SmallScale => self.small_scale.insert(change),
            TaxClass::Exempt => self.exempt.insert(change),
        }
    }
}

/// A rate that can be announced: at most 100 %, and none for what is exempt.
pub(crate) fn check_rate(class: TaxClass, change: &RateChange) -> Result<(), Invalid> {
    let highest = if class == TaxClass::Exempt { Permille(0) } else { Permille::WHOLE };
    if change.rate > highest {
        let cure = format!("give 0 to {} thousandths for this class", highest.0);
        return Err(Invalid::value("rate", change.rate.0, cure));
    }
    Ok(())
}

/// The tax inside an amount that includes it, in whole fen, half a fen to the even side.
/// A refund (a negative amount) contains exactly the negative of what was charged.
pub fn tax_contained(amount: Money, rate: Permille) -> Money {
    let rate = i128::from(rate.0);
    let tax = divide_half_even(i128::from(amount.as_fen()) * rate, 1_000 + rate);
    // A part of the amount, so it fits wherever the amount does.
    i64::try_from(tax).map_or(amount, Money::fen)
}

/// This part of an amount, in whole fen, half a fen to the even side.
pub(crate) fn part_of(amount: Money, rate: Permille) -> Money {
    let part = divide_half_even(i128::from(amount.as_fen()) * i128::from(rate.0), 1_000);
    // Rates are at most 100 %, so it fits wherever the amount does.
    i64::try_from(part).map_or(amount, Money::fen)
}

fn divide_half_even(dividend: i128, divisor: i128) -> i128 {
    let (quotient, rest) = (dividend.div_euclid(divisor), dividend.rem_euclid(divisor));
    match (rest * 2).cmp(&divisor) {
        std::cmp::Ordering::Less => quotient,
        std::cmp::Ordering::Equal => quotient + (quotient & 1),
        std::cmp::Ordering::Greater => quotient + 1,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_tax_is_inside_the_price() {
        assert_eq!(tax_contained(Money::fen(11_300), Permille(130)), Money::fen(1_300));
        assert_eq!(tax_contained(Money::fen(10_900), Permille(90)), Money::fen(900));
        assert_eq!(tax_contained(Money::fen(990), Permille(0)), Money::ZERO);
    }

    #[test]
    fn half_a_fen_goes_to_the_even_side() {
        // At 100 % the tax is half of the price.
        let half_of = |fen| tax_contained(Money::fen(fen), Permille::WHOLE).as_fen();
        assert_eq!([1, 3, 5, 7].map(half_of), [0, 2, 2, 4]);
        assert_eq!([-1, -3, -5, -7].map(half_of), [0, -2, -2, -4]);
    }

    #[test]
    fn small_merchants_are_relieved_until_the_end_of_2027() {
        let table = TaxTable::china();
        let rate = |moment| table.rate(TaxClass::SmallScale, moment);
        let before = |moment: Timestamp| Timestamp::from_millis(moment.as_millis() - 1);
        assert_eq!(rate(before(RELIEF_BEGINS)), Permille(30));
        assert_eq!(rate(RELIEF_BEGINS), Permille(10));
        assert_eq!(rate(before(RELIEF_ENDS)), Permille(10));
        assert_eq!(rate(RELIEF_ENDS), Permille(30));
    }

    #[test]
    fn an_announced_rate_waits_for_its_day_and_replaces_one_of_the_same_day() {
        let mut table = TaxTable::china();
        let day = Timestamp::from_millis(2_000_000_000_000);
        table.apply(TaxClass::Standard, RateChange { from: day, rate: Permille(120) });
        table.apply(TaxClass::Standard, RateChange { from: day, rate: Permille(110) });
        assert_eq!(table.rate(TaxClass::Standard, Timestamp::default()), Permille(130));
        assert_eq!(table.rate(TaxClass::Standard, day), Permille(110));
        assert_eq!(table.standard.changes.len(), 1);
    }

    #[test]
    fn what_is_exempt_has_no_rate() {
        let change = RateChange { from: Timestamp::default(), rate: Permille(1) };
        assert!(check_rate(TaxClass::Exempt, &change).is_err());
        assert!(check_rate(TaxClass::Service, &change).is_ok());
    }

    proptest! {
        #[test]
        fn tax_is_within_half_a_fen_and_mirrors_refunds(
            fen in -1_000_000_000_000i64..1_000_000_000_000,
            rate in 0u32..=1_000,
        ) {
            let tax = i128::from(tax_contained(Money::fen(fen), Permille(rate)).as_fen());
            let whole = 1_000 + i128::from(rate);
            let miss = (tax * whole - i128::from(fen) * i128::from(rate)).abs();
            prop_assert!(miss * 2 <= whole);
            let refunded = tax_contained(Money::fen(-fen), Permille(rate));
            prop_assert_eq!(i128::from(refunded.as_fen()), -tax);
        }
    }
}
