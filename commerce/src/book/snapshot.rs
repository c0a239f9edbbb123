//! The price book as plain data: what cities take and what a restart reads.

use serde::{Deserialize, Serialize};
use vocabulary::{SkuId, StoreId};

use super::{PriceBook, Publication, Published};
use crate::catalog::{Category, Product, Sku};
use crate::channel::ChannelContract;
use crate::price::{PriceGrant, StorePrice};
use crate::quote::QuotePolicy;
use crate::tax::TaxTable;

/// Everything a price book holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BookSnapshot {
    pub version: u64,
    pub skus: Vec<Sku>,
    pub grants: Vec<PriceGrant>,
    pub store_prices: Vec<StorePrice>,
    /// What stores no longer sell.
    pub delistings: Vec<(StoreId, SkuId)>,
    pub contracts: Vec<ChannelContract>,
    pub quote_policy: QuotePolicy,
    pub tax: TaxTable,
    #[serde(default)]
    pub categories: Vec<Category>,
    #[serde(default)]
    pub products: Vec<Product>,
    #[serde(default)]
    pub publications: Vec<Publication>,
}

impl From<PriceBook> for BookSnapshot {
    fn from(book: PriceBook) -> Self {
        Self {
            version: book.version,
            categories: book.catalog.categories().iter().cloned().collect(),
            products: book.catalog.products().cloned().collect(),
            publications: book.publications.into_values().collect(),
            skus: book.catalog.iter().cloned().collect(),
            grants: book.grants.into_values().collect(),
            store_prices: book.store_prices.into_values().collect(),
            delistings: book.delistings.into_iter().collect(),
            contracts: book.contracts.into_values().collect(),
            quote_policy: book.quote_policy,
            tax: book.tax,
        }
    }
}

impl From<BookSnapshot> for PriceBook {
    fn from(snapshot: BookSnapshot) -> Self {
        let mut book = Self {
            version: snapshot.version,
            delistings: snapshot.delistings.into_iter().collect(),
            quote_policy: snapshot.quote_policy,
            tax: snapshot.tax,
            ..Self::default()
        };
        let categories = snapshot.categories.into_iter();
        categories.for_each(|category| book.catalog.put_category(category));
        snapshot.products.into_iter().for_each(|product| book.catalog.put_product(product));
        book.publications = keyed(snapshot.publications, |known| known.name.clone());
        book.published = Published::of(book.publications.values());
        snapshot.skus.into_iter().for_each(|sku| book.catalog.apply(sku));
        book.grants = keyed(snapshot.grants, |grant| grant.name.clone());
        book.store_prices = keyed(snapshot.store_prices, |price| (price.store, price.sku));
        book.contracts = keyed(snapshot.contracts, |contract| contract.channel.clone());
        book
    }
}

fn keyed<K: Ord, V>(values: Vec<V>, key: impl Fn(&V) -> K) -> std::collections::BTreeMap<K, V> {
    values.into_iter().map(|value| (key(&value), value)).collect()
}
