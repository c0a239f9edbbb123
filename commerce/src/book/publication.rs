//! One act of headquarters over many goods and stores: what is sold where, and for how much, from
//! a moment on.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use vocabulary::{Money, SkuId, StoreId, Timestamp};

use crate::catalog::check_price;
use crate::invalid::{Invalid, check_code};
use crate::price::Stores;

/// SKUs of one publication.
const MOST_ITEMS: usize = 5_000;

/// Goods on sale at stores, or no longer, and their list prices there. Until it is ended it stands
/// above what the catalog says; of two about the same SKU at the same store the later one holds.
///
/// A SKU that no publication in effect sells is sold wherever it is stocked; one that some do is sold
/// at their stores only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Publication {
    /// Headquarters' own name for it; writing the same name again replaces it.
    pub name: String,
    pub stores: Stores,
    pub items: Vec<PublishedSku>,
    /// When it takes effect.
    pub effective_at: Timestamp,
    /// Whether it has taken effect; said by the house, never by who writes.
    #[serde(default)]
    pub in_effect: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishedSku {
    pub sku: SkuId,
    /// Whether these stores sell it.
    #[serde(default = "yes")]
    pub sold: bool,
    /// Its list price at these stores, tax included; absent leaves it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list_price: Option<Money>,
}

fn yes() -> bool {
    true
}

impl Publication {
    pub fn check(&self) -> Result<(), Invalid> {
        check_code("name", &self.name, 64)?;
        self.stores.check()?;
        if !(1..=MOST_ITEMS).contains(&self.items.len()) {
            let cure = format!("name 1 to {MOST_ITEMS} SKUs");
            return Err(Invalid::value("items", self.items.len(), cure));
        }
        let prices = self.items.iter().filter_map(|item| item.list_price);
        prices.into_iter().try_for_each(|price| check_price("list_price", price))
    }
}

/// What publications in effect say, by SKU.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Published(BTreeMap<SkuId, Vec<Word>>);

/// What one publication says of one SKU.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Word {
    effective_at: Timestamp,
    name: String,
    stores: Stores,
    sold: bool,
    list_price: Option<Money>,
}

impl Published {
    pub fn of<'a>(publications: impl Iterator<Item = &'a Publication>) -> Self {
        let mut by_sku: BTreeMap<SkuId, Vec<Word>> = BTreeMap::new();
        for publication in publications.filter(|publication| publication.in_effect) {
            for item in &publication.items {
                by_sku.entry(item.sku).or_default().push(Word {
                    effective_at: publication.effective_at,
                    name: publication.name.clone(),
                    stores: publication.stores.clone(),
                    sold: item.sold,
                    list_price: item.list_price,
                });
            }
        }
        for words in by_sku.values_mut() {
            words.sort_by(|a, b| (a.effective_at, &a.name).cmp(&(b.effective_at, &b.name)));
        }
        Self(by_sku)
    }

    pub fn skus(&self) -> impl Iterator<Item = SkuId> {
        self.0.keys().copied()
    }

    pub fn sold_at(&self, store: StoreId, sku: SkuId) -> bool {
        let Some(words) = self.0.get(&sku) else { return true };
        match words.iter().rev().find(|word| word.stores.contain(store)) {
            Some(last) => last.sold,
            None => !words.iter().any(|word| word.sold),
        }
    }

    /// The list price it gives; without a store, only what holds for all of them.
    pub fn list_price(&self, store: Option<StoreId>, sku: SkuId) -> Option<Money> {
        let covers = |word: &&Word| match store {
            Some(store) => word.stores.contain(store),
            None => word.stores == Stores::All,
        };
        let words = self.0.get(&sku)?;
        words.iter().rev().filter(covers).find_map(|word| word.list_price)
    }
}
