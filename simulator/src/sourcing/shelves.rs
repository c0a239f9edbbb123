//! What stands on the shelves: goods that everybody sells and keeps many of, and goods that few sell
//! and keep one or two of.
//!
//! Of a chain's products the most wanted is listed by 95 stores in 100 and the least by 35; a full
//! shelf holds 6 to 24 of the first and 1 to 4 of the last. On the first day a shelf is filled to a
//! share drawn from 0 to 1.

use dispatch::view::CityView;
use vocabulary::Chance;

use super::city::{Terms, sku, store};
use crate::city::draws::{between, within};

pub(super) struct Shelves(Vec<Shelf>);

struct Shelf {
    store: u32,
    sku: u32,
    full: u16,
    at_first: u16,
}

impl Shelves {
    pub(super) fn draw(terms: &Terms, chance: &mut Chance) -> Self {
        let mut shelves = Vec::new();
        for store in 1..=terms.stores {
            for sku in 0..terms.skus {
                let wanted = wanted(sku, terms.skus);
                if !chance.happens(0.35 + 0.6 * wanted) {
                    continue;
                }
                let least = 1 + (5.0 * wanted) as u32;
                let most = 4 + (20.0 * wanted) as u32;
                let full = between(least, most, chance) as u16;
                let at_first = (f64::from(full) * within(0.0, 1.1, chance)).min(f64::from(full));
                shelves.push(Shelf { store, sku, full, at_first: at_first as u16 });
            }
        }
        Self(shelves)
    }

    pub(super) fn open(&self, view: &mut CityView) {
        for shelf in &self.0 {
            view.put_available(store(shelf.store), sku(shelf.sku), Some(shelf.at_first.into()));
        }
    }

    pub(super) fn fill(&self, view: &mut CityView) {
        for shelf in &self.0 {
            view.put_available(store(shelf.store), sku(shelf.sku), Some(shelf.full.into()));
        }
    }
}

/// From 1 for the product that is wanted most to 0 and a little for the least wanted.
pub(super) fn wanted(sku: u32, skus: u32) -> f64 {
    (-3.0 * f64::from(sku) / f64::from(skus.max(1))).exp()
}
