//! What stores should order: demand read off the feed, assessed once a day, planned over what is on
//! the shelves now.
//!
//! A read model: it can be thrown away and made again from the feed. Its one word to the city is a
//! store's reorder points, told as commands like anybody's; it moves no goods. The rules are those of
//! `commerce::replenishment`.

mod demand;
mod pass;
mod suggest;

use std::sync::{Arc, PoisonError, RwLock};

use commerce::replenishment::Assessment;
use rustc_hash::FxHashMap;
use vocabulary::{SkuId, StoreId, Timestamp};

use demand::DemandBook;
pub use pass::Passed;
pub use suggest::suggestions;

/// What the last pass found.
#[derive(Debug, Default)]
pub struct Known {
    pub at: Timestamp,
    pub assessments: FxHashMap<(StoreId, SkuId), Assessment>,
}

#[derive(Default)]
pub struct Replenishment {
    /// Also keeps passes apart: one at a time.
    demand: tokio::sync::Mutex<DemandBook>,
    known: RwLock<Arc<Known>>,
}

impl Replenishment {
    pub fn known(&self) -> Arc<Known> {
        Arc::clone(&self.known.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn learn(&self, known: Known) {
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(known);
    }

    /// Demand of one SKU at one store as of the last pass.
    pub async fn history(
        &self,
        store: StoreId,
        sku: SkuId,
    ) -> Option<commerce::replenishment::DemandHistory> {
        self.demand.lock().await.history(store, sku)
    }
}
