//! What every store can sell, kept so that one store is asked for a basket in a few cache lines.
//!
//! Products are numbered as they are first heard of. A store keeps its units packed by that number
//! beside a bit for each product it lists, so that finding a product is one word of bits and one
//! sum, wherever in memory ten thousand stores lie; a tree by product and store costs several misses
//! a step for every line of every store that is looked at.

use std::collections::BTreeMap;

use vocabulary::{SkuId, StoreId};

const BITS: usize = u64::BITS as usize;

/// Available to sell after safety stock; absent means not listed there.
#[derive(Debug, Clone, Default)]
pub struct Shelves {
    numbers: BTreeMap<SkuId, SkuNumber>,
    stores: BTreeMap<StoreId, Shelf>,
}

/// Which product, on the shelves of one view: never kept, never sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SkuNumber(u32);

/// The units of one store.
#[derive(Debug, Clone, Default)]
pub struct Shelf {
    words: Vec<Word>,
    /// Of the listed products, by their numbers.
    units: Vec<u32>,
}

/// Sixty-four products.
#[derive(Debug, Clone, Copy, Default)]
struct Word {
    listed: u64,
    /// Products listed in the words before this one.
    before: u32,
}

impl Shelves {
    pub(super) fn put(&mut self, store: StoreId, sku: SkuId, available: Option<u32>) {
        match available {
            Some(units) => {
                let next = SkuNumber(self.numbers.len() as u32);
                let number = *self.numbers.entry(sku).or_insert(next);
                self.stores.entry(store).or_default().list(number, units);
            }
            None => {
                let number = self.number(sku);
                if let (Some(number), Some(shelf)) = (number, self.stores.get_mut(&store)) {
                    shelf.delist(number);
                }
            }
        }
    }

    /// `None` for a product that no store ever listed.
    pub fn number(&self, sku: SkuId) -> Option<SkuNumber> {
        self.numbers.get(&sku).copied()
    }

    /// `None` for a store that never listed anything.
    pub fn of(&self, store: StoreId) -> Option<&Shelf> {
        self.stores.get(&store)
    }
}

impl Shelf {
    /// Units for sale; `None` when the store does not list the product.
    pub fn units(&self, sku: SkuNumber) -> Option<u32> {
        let (word, bit) = sku.split();
        let word = self.words.get(word)?;
        (word.listed & bit != 0).then(|| self.units.get(word.position(bit)).copied()).flatten()
    }

    fn list(&mut self, sku: SkuNumber, units: u32) {
        let (index, bit) = sku.split();
        if self.words.len() <= index {
            let before = self.units.len() as u32;
            self.words.resize(index + 1, Word { listed: 0, before });
        }
        let Some(word) = self.words.get_mut(index) else { return };
        let position = word.position(bit);
        if word.listed & bit == 0 {
            word.listed |= bit;
            self.units.insert(position, units);
            self.words.iter_mut().skip(index + 1).for_each(|later| later.before += 1);
        } else if let Some(known) = self.units.get_mut(position) {
            *known = units;
        }
    }

    fn delist(&mut self, sku: SkuNumber) {
        let (index, bit) = sku.split();
        let Some(word) = self.words.get_mut(index).filter(|word| word.listed & bit != 0) else {
            return;
        };
        self.units.remove(word.position(bit));
        word.listed &= !bit;
        self.words.iter_mut().skip(index + 1).for_each(|later| later.before -= 1);
    }
}

impl SkuNumber {
    /// Its word, and its bit there.
    fn split(self) -> (usize, u64) {
        let number = self.0 as usize;
        (number / BITS, 1 << (number % BITS))
    }
}

impl Word {
    /// Where the units of a listed bit are, or would be.
    fn position(self, bit: u64) -> usize {
        let before = (self.listed & (bit - 1)).count_ones();
        (self.before + before) as usize
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn shelves_hold_what_a_map_holds(
            told in vec((0..4_u128, 0..300_u128, proptest::option::weighted(0.75, 0..9_u32)), 0..400),
        ) {
            let mut shelves = Shelves::default();
            let mut map: BTreeMap<(StoreId, SkuId), u32> = BTreeMap::new();
            for (store, sku, units) in told {
                let (store, sku) = (StoreId::from_bits(store), SkuId::from_bits(sku));
                shelves.put(store, sku, units);
                match units {
                    Some(units) => _ = map.insert((store, sku), units),
                    None => _ = map.remove(&(store, sku)),
                }
            }
            for (store, sku) in (0..4).flat_map(|store| (0..300).map(move |sku| (store, sku))) {
                let (store, sku) = (StoreId::from_bits(store), SkuId::from_bits(sku));
                let number = shelves.number(sku);
                let found = number.and_then(|number| shelves.of(store)?.units(number));
                prop_assert_eq!(found, map.get(&(store, sku)).copied());
            }
        }
    }
}
