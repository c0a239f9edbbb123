//! Which SKUs are low.

use std::collections::BTreeSet;

use vocabulary::SkuId;

/// The SKUs at or below their reorder point, and which of them nobody was told of yet.
#[derive(Debug, Clone, Default)]
pub(super) struct LowStock {
    skus: BTreeSet<SkuId>,
    /// Low now and not when it was last told, or the other way round: goods that leave on an order
    /// are for a moment neither reserved nor gone.
    flipped: BTreeSet<SkuId>,
}

/// Who has been told is no part of what is true.
impl PartialEq for LowStock {
    fn eq(&self, other: &Self) -> bool {
        self.skus == other.skus
    }
}

impl LowStock {
    pub fn of(skus: impl IntoIterator<Item = SkuId>) -> Self {
        Self { skus: skus.into_iter().collect(), flipped: BTreeSet::new() }
    }

    pub fn put(&mut self, sku: SkuId) {
        if self.skus.insert(sku) {
            self.flip(sku);
        }
    }

    pub fn remove(&mut self, sku: SkuId) {
        if self.skus.remove(&sku) {
            self.flip(sku);
        }
    }

    fn flip(&mut self, sku: SkuId) {
        if !self.flipped.remove(&sku) {
            self.flipped.insert(sku);
        }
    }

    pub fn skus(&self) -> &BTreeSet<SkuId> {
        &self.skus
    }

    pub fn has_changed(&self) -> bool {
        !self.flipped.is_empty()
    }

    pub fn told(&mut self) {
        self.flipped.clear();
    }
}
