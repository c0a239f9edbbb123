//! How often a store's stock turns over.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What one day did to a store's stock, in units of all SKUs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct StockDay {
    /// Sellable units on hand when the last movement of the day was done.
    pub closing: i64,
    /// Left for good: with orders or over the till, less what came back sellable.
    pub sold: i64,
}

/// Of some days: how much was sold, out of how much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Turns {
    pub days: i64,
    pub sold: i64,
    /// On hand at the end of the last day,
    pub closing: i64,
    /// and the sum over the ends of all days.
    pub closings: i64,
}

impl Turns {
    /// Of the days `from..=to`. `known` are the days on which anything moved, earlier ones too: a
    /// day without a movement ends as the day before it did. Nothing is known before the first.
    pub fn of(known: &BTreeMap<Date, StockDay>, from: Date, to: Date) -> Self {
        let before = known.range(..from).next_back().map(|(_, day)| day.closing);
        let mut turns = Self { closing: before.unwrap_or_default(), ..Self::default() };
        let mut is_known = before.is_some();
        for day in from.series(jiff::Span::new().days(1)).take_while(|day| *day <= to) {
            if let Some(moved) = known.get(&day) {
                turns.closing = moved.closing;
                turns.sold += moved.sold;
                is_known = true;
            }
            if is_known {
                turns.days += 1;
                turns.closings += turns.closing;
            }
        }
        turns
    }

    /// Units on hand at the end of an average day, rounded down; `None` for no day at all.
    pub fn average(&self) -> Option<i64> {
        self.closings.checked_div(self.days)
    }

    /// How often the average stock was sold, in thousandths; `None` where there was none.
    pub fn permille(&self) -> Option<i64> {
        if self.closings <= 0 {
            return None;
        }
        Some(self.sold.saturating_mul(self.days).saturating_mul(1_000) / self.closings)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn stock_that_is_sold_twice_in_three_days_turns_twice() {
        let day = |day: i8| date(2026, 11, day);
        let known = BTreeMap::from([
            (day(16), StockDay { closing: 120, sold: 0 }),
            (day(17), StockDay { closing: 80, sold: 40 }),
            (day(19), StockDay { closing: 100, sold: 133 }),
        ]);
        let turns = Turns::of(&known, day(17), day(19));
        // 80, 80 without a movement, 100: an average of 86, of which 173 were sold.
        assert_eq!((turns.days, turns.sold, turns.closing), (3, 173, 100));
        assert_eq!((turns.average(), turns.permille()), (Some(86), Some(1_996)));
        let first = Turns::of(&known, day(14), day(16));
        assert_eq!((first.days, first.average(), first.permille()), (1, Some(120), Some(0)));
        assert_eq!(Turns::of(&known, day(1), day(2)).average(), None);
    }
}
