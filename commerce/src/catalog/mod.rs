//! What the chain sells: every SKU, found by id, code or barcode. It knows no stock and no store.

mod barcode;
mod sku;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use vocabulary::SkuId;

pub use barcode::Barcode;
pub(crate) use sku::check_price;
pub use sku::{Sku, Temperature};

use crate::invalid::Invalid;

/// Every SKU by id, and which id holds a code or a barcode.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalog {
    skus: BTreeMap<SkuId, Sku>,
    codes: BTreeMap<String, SkuId>,
    barcodes: BTreeMap<Barcode, SkuId>,
}

impl Catalog {
    pub fn get(&self, sku: SkuId) -> Option<&Sku> {
        self.skus.get(&sku)
    }

    pub fn by_code(&self, code: &str) -> Option<&Sku> {
        self.codes.get(code).and_then(|sku| self.get(*sku))
    }

    pub fn by_barcode(&self, barcode: &Barcode) -> Option<&Sku> {
        self.barcodes.get(barcode).and_then(|sku| self.get(*sku))
    }

    /// By whatever stands on a label or in a list: its barcode, its code or its id.
    pub fn named(&self, text: &str) -> Option<&Sku> {
        let barcode = Barcode::new(text).ok().and_then(|barcode| self.by_barcode(&barcode));
        let by_id = || text.parse().ok().and_then(|sku| self.get(sku));
        barcode.or_else(|| self.by_code(text)).or_else(by_id)
    }

    /// In order of id, those no longer sold among them.
    pub fn iter(&self) -> impl Iterator<Item = &Sku> {
        self.skus.values()
    }

    pub fn len(&self) -> usize {
        self.skus.len()
    }

    pub fn is_empty(&self) -> bool {
        self.skus.is_empty()
    }

    /// Whether this SKU could be written: each field by itself, and no code or barcode that
    /// another SKU has.
    pub fn check(&self, sku: &Sku) -> Result<(), Invalid> {
        sku.check()?;
        let holder = self.codes.get(&sku.code);
        if let Some(other) = holder.filter(|other| **other != sku.id) {
            let cure = format!("SKU {other} has this code: choose another");
            return Err(Invalid::text("code", &sku.code, cure));
        }
        let Some(barcode) = &sku.barcode else { return Ok(()) };
        let holder = self.barcodes.get(barcode);
        if let Some(other) = holder.filter(|other| **other != sku.id) {
            let cure = format!("SKU {other} has this barcode: correct one of the two");
            return Err(Invalid::text("barcode", barcode.as_str(), cure));
        }
        Ok(())
    }

    /// Writes a SKU that was checked, in the place of an earlier one with its id.
    pub(crate) fn apply(&mut self, sku: Sku) {
        if let Some(earlier) = self.skus.remove(&sku.id) {
            self.codes.remove(&earlier.code);
            earlier.barcode.and_then(|barcode| self.barcodes.remove(&barcode));
        }
        self.codes.insert(sku.code.clone(), sku.id);
        if let Some(barcode) = sku.barcode.clone() {
            self.barcodes.insert(barcode, sku.id);
        }
        self.skus.insert(sku.id, sku);
    }
}
