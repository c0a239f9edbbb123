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

impl StockDay {
    /// Every day of `from..=to`. `known` are the days on which anything moved, earlier ones too: a day
    /// without a movement ends as the day before it did. Nothing is known before the first.
    pub fn each(known: &BTreeMap<Date, Self>, from: Date, to: Date) -> Vec<(Date, Self)> {
        let mut closing = known.range(..from).next_back().map(|(_, day)| day.closing);
        let mut days = Vec::new();
        for day in from.series(jiff::Span::new().days(1)).take_while(|day| *day <= to) {
            let moved = known.get(&day);
            closing = moved.map(|moved| moved.closing).or(closing);
            if let Some(closing) = closing {
                days.push((day, Self { closing, sold: moved.map_or(0, |moved| moved.sold) }));
            }
        }
        days
    }
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
    /// Of the days `from..=to`: the sum of what [`StockDay::each`] says of them.
    pub fn of(known: &BTreeMap<Date, StockDay>, from: Date, to: Date) -> Self {
        let before = known.range(..from).next_back().map(|(_, day)| day.closing);
        let mut turns = Self { closing: before.unwrap_or_default(), ..Self::default() };
        for (_, day) in StockDay::each(known, from, to) {
            turns.closing = day.closing;
            turns.sold += day.sold;
            turns.days += 1;
            turns.closings += day.closing;
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
    fn the_page_shows_what_turns_are() {
        let day = |day: i8| date(2026, 11, day);
        // On hand at the end, and sold, of the days on which anything moved.
        let known = [(16, 90, 10), (18, 60, 30)];
        let known: BTreeMap<Date, StockDay> =
            known.map(|(number, closing, sold)| (day(number), StockDay { closing, sold })).into();
        let mut page = "| day | sold | on hand at its end |\n| --- | --- | --- |\n".to_owned();
        for (day, stock) in StockDay::each(&known, day(16), day(18)) {
            page.push_str(&format!("| {day} | {} | {} |\n", stock.sold, stock.closing));
        }
        let turns = Turns::of(&known, day(16), day(18));
        let (average, times) = (turns.average().unwrap(), turns.permille().unwrap());
        page.push_str(&format!("| together | {} | {average} on average |\n\n", turns.sold));
        page.push_str(&format!("It turned over {}.{:03} times.", times / 1_000, times % 1_000));
        let said = include_str!("../../../docs/commerce.md");
        assert!(said.contains(&page), "docs/commerce.md should say:\n\n{page}");
    }

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
        let quiet = StockDay { closing: 80, sold: 0 };
        assert_eq!(StockDay::each(&known, day(17), day(19))[1], (day(18), quiet));
        assert_eq!(StockDay::each(&known, day(14), day(16)), [(day(16), known[&day(16)])]);
    }
}
