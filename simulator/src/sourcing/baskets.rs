//! What shoppers ask for, drawn from one seed whatever became of the baskets before.
//!
//! A basket has `k` lines with a chance that falls as 1 / k^0.8 (mean 6.6 of at most 20); products
//! are drawn by how wanted they are; six lines in ten want one unit, a quarter two, the others 3 to
//! 6. One basket in eight has two or three lines that stay together, and in one of those in ten a
//! product of theirs is wanted loose as well. Prices are 3 to 50 yuan. Orders come from 07:00 to
//! 23:00, evenly.

use std::collections::BTreeSet;

use dispatch::order::FulfillmentMode;
use dispatch::sourcing::{SourcingLine, SourcingPurpose, SourcingRequest};
use vocabulary::{Chance, Money, OrderId, Timestamp};

use super::city::{City, Terms, sku};
use super::shelves::wanted;
use crate::city::draws::{Weighted, between};

/// 10 November 2026, 00:00 in Shanghai.
const FIRST_MIDNIGHT: Timestamp = Timestamp::from_millis(1_794_240_000_000);
const DAY_MS: i64 = 86_400_000;
const OPENS_MS: i64 = 7 * 3_600_000;
const OPEN_FOR_MS: i64 = 16 * 3_600_000;
const SIZES_FALL_BY: f64 = 0.8;

pub struct Baskets {
    chance: Chance,
    sizes: Weighted,
    goods: Weighted,
    least_lines: u32,
    per_day: u64,
    asked: u64,
}

/// A basket and when it is asked for.
pub struct Asked {
    pub at: Timestamp,
    pub request: SourcingRequest,
    /// Whether a night went before it.
    pub new_day: bool,
}

impl Baskets {
    /// Baskets of `lines` lines.
    pub fn new(terms: &Terms, lines: std::ops::RangeInclusive<u32>, per_day: u64) -> Self {
        let (least, most) = (*lines.start(), *lines.end());
        let weight = |size: u32| f64::from(size.max(1)).powf(-SIZES_FALL_BY);
        Self {
            chance: Chance::from_seed(terms.seed ^ 0x6261_736b_6574),
            sizes: Weighted::new((least..=most).map(weight)),
            goods: Weighted::new((0..terms.skus).map(|sku| 0.05 + wanted(sku, terms.skus))),
            least_lines: least,
            per_day: per_day.max(1),
            asked: 0,
        }
    }

    pub fn next(&mut self, city: &City) -> Asked {
        let (day, of_day) = (self.asked / self.per_day, self.asked % self.per_day);
        let in_day = OPENS_MS + OPEN_FOR_MS * of_day as i64 / self.per_day as i64;
        let at = FIRST_MIDNIGHT.as_millis() + day as i64 * DAY_MS + in_day;
        let new_day = self.asked > 0 && of_day == 0;
        self.asked += 1;
        let request = SourcingRequest {
            order: OrderId::from_bits(u128::from(self.asked)),
            request: 0,
            purpose: SourcingPurpose::Placing,
            mode: FulfillmentMode::Delivery,
            destination: Some(city.door(&mut self.chance)),
            lines: self.lines(),
            excluded: BTreeSet::new(),
            pinned: None,
            wanted_at: None,
        };
        Asked { at: Timestamp::from_millis(at), request, new_day }
    }

    fn lines(&mut self) -> Vec<SourcingLine> {
        let chance = &mut self.chance;
        let size = self.least_lines + self.sizes.pick(chance).unwrap_or(0) as u32;
        let mut products = Vec::new();
        // A product drawn twice is drawn again, unless the chain has too few.
        for _ in 0..size * 20 {
            let product = self.goods.pick(chance).unwrap_or(0) as u32;
            if !products.contains(&product) {
                products.push(product);
            }
            if products.len() == size as usize {
                break;
            }
        }
        let together = match products.len() {
            0 | 1 => 0,
            _ if chance.happens(0.125) => between(2, 3, chance) as usize,
            _ => 0,
        };
        if together > 0 && products.len() > together && chance.happens(0.1) {
            let repeated = products.first().copied().unwrap_or(0);
            products.pop();
            products.push(repeated);
        }
        let line = |(number, product): (usize, &u32)| {
            let units = units(chance);
            SourcingLine {
                line: number as u16 + 1,
                sku: sku(*product),
                units,
                value: Money::fen(i64::from(between(300, 5_000, chance)) * i64::from(units)),
                keep_together: (number < together).then(|| "set".into()),
            }
        };
        products.iter().enumerate().map(line).collect()
    }
}

fn units(chance: &mut Chance) -> u32 {
    match chance.below(20) {
        0..=11 => 1,
        12..=16 => 2,
        _ => between(3, 6, chance),
    }
}
