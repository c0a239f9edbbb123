//! What the chain sells: the tree of categories, products, and every SKU, found by id, code or
//! barcode. It knows no stock and no store.

mod barcode;
mod category;
mod product;
mod sku;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use vocabulary::{ProductId, SkuId};

pub use barcode::Barcode;
pub use category::{Categories, Category};
pub use product::Product;
pub(crate) use sku::check_price;
pub use sku::{Sku, SkuDetails, Temperature};

use crate::invalid::Invalid;

/// Every SKU by id, and which id holds a code or a barcode.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalog {
    skus: BTreeMap<SkuId, Sku>,
    codes: BTreeMap<String, SkuId>,
    barcodes: BTreeMap<Barcode, SkuId>,
    categories: Categories,
    products: BTreeMap<ProductId, Product>,
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

    pub fn categories(&self) -> &Categories {
        &self.categories
    }

    /// In order of id.
    pub fn products(&self) -> impl Iterator<Item = &Product> {
        self.products.values()
    }

    pub fn product(&self, product: ProductId) -> Option<&Product> {
        self.products.get(&product)
    }

    /// Whether this product could be written.
    pub fn check_product(&self, product: &Product) -> Result<(), Invalid> {
        product.check()?;
        let mut others = self.products.values().filter(|other| other.id != product.id);
        match others.find(|other| other.code == product.code) {
            Some(other) => {
                let cure = format!("product {} has this code: choose another", other.id);
                Err(Invalid::text("code", &product.code, cure))
            }
            None => Ok(()),
        }
    }

    pub(crate) fn put_category(&mut self, category: Category) {
        self.categories.put(category);
    }

    pub(crate) fn remove_category(&mut self, code: &str) {
        self.categories.remove(code);
    }

    pub(crate) fn put_product(&mut self, product: Product) {
        self.products.insert(product.id, product);
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
        if let Some(product) = sku.details.product.filter(|id| !self.products.contains_key(id)) {
            let cure = "write the product first, or leave it out";
            return Err(Invalid::value("product", product, cure));
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
