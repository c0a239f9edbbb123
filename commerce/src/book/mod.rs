//! The price book: everything headquarters and stores have said about goods and prices.
//!
//! A machine like those of an order: `decide` judges a command, `apply` records what happened.
//! It has no timers, so nothing needs resuming; a restart reads its snapshot. It never asks who
//! may speak for a store: whoever hands in the command has asked that.

mod command;
mod decide;
mod publication;
#[cfg(test)]
mod publishing_tests;
mod snapshot;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod worked;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use vocabulary::{Money, SkuId, StoreId, Timestamp};

pub use command::{BookCommand, BookEvent, BookRefusal, Context};
use publication::Published;
pub use publication::{Publication, PublishedSku};
pub use snapshot::BookSnapshot;

use crate::catalog::{Catalog, Sku};
use crate::channel::{Channel, ChannelContract};
use crate::price::{PriceGrant, PriceRange, PriceSource, Priced, Skus, StorePrice};
use crate::quote::QuotePolicy;
use crate::tax::TaxTable;

/// Catalog, prices, grants, contracts, fees and tax rates of the chain at one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "BookSnapshot", into = "BookSnapshot")]
pub struct PriceBook {
    version: u64,
    catalog: Catalog,
    grants: BTreeMap<String, PriceGrant>,
    store_prices: BTreeMap<(StoreId, SkuId), StorePrice>,
    delistings: BTreeSet<(StoreId, SkuId)>,
    contracts: BTreeMap<Channel, ChannelContract>,
    quote_policy: QuotePolicy,
    tax: TaxTable,
    publications: BTreeMap<String, Publication>,
    /// What those in effect say; follows from them.
    published: Published,
}

impl Default for PriceBook {
    /// Empty, with the default quote policy and the tax rates of mainland China.
    fn default() -> Self {
        Self {
            version: 0,
            catalog: Catalog::default(),
            grants: BTreeMap::new(),
            store_prices: BTreeMap::new(),
            delistings: BTreeSet::new(),
            contracts: BTreeMap::new(),
            quote_policy: QuotePolicy::default(),
            tax: TaxTable::china(),
            publications: BTreeMap::new(),
            published: Published::default(),
        }
    }
}

impl PriceBook {
    /// How many events it has recorded.
    pub fn version(&self) -> u64 {
        self.version
    }

    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    pub fn quote_policy(&self) -> &QuotePolicy {
        &self.quote_policy
    }

    pub fn tax(&self) -> &TaxTable {
        &self.tax
    }

    /// In order of name, those that wait for their moment among them.
    pub fn publications(&self) -> impl Iterator<Item = &Publication> {
        self.publications.values()
    }

    /// SKUs of which a publication in effect or a store says where they are sold.
    pub fn with_a_word(&self) -> BTreeSet<SkuId> {
        let by_stores = self.delistings.iter().map(|(_, sku)| *sku);
        self.published.skus().chain(by_stores).collect()
    }

    /// The next moment at which a publication takes effect, and its name.
    pub fn next_publication(&self) -> Option<(Timestamp, &str)> {
        let waiting = self.publications.values().filter(|publication| !publication.in_effect);
        waiting.map(|publication| (publication.effective_at, publication.name.as_str())).min()
    }

    /// In order of name.
    pub fn grants(&self) -> impl Iterator<Item = &PriceGrant> {
        self.grants.values()
    }

    /// In order of channel.
    pub fn contracts(&self) -> impl Iterator<Item = &ChannelContract> {
        self.contracts.values()
    }

    pub fn contract(&self, channel: &Channel) -> Option<&ChannelContract> {
        self.contracts.get(channel)
    }

    /// Every store price, in order of store and SKU, those no grant covers any more among them.
    pub fn store_prices(&self) -> impl Iterator<Item = &StorePrice> {
        self.store_prices.values()
    }

    /// What one unit costs at a store, or anywhere when no store is named. `None` for a SKU the
    /// catalog does not have; one no longer sold still has its price.
    pub fn price_of(&self, store: Option<StoreId>, sku: SkuId) -> Option<Priced> {
        self.catalog.get(sku).map(|sku| self.price_of_sku(store, sku))
    }

    /// A store price counts only while a grant covers it: when headquarters narrows the grant or
    /// moves the list price away, the list price holds again.
    pub(crate) fn price_of_sku(&self, store: Option<StoreId>, sku: &Sku) -> Priced {
        let list_price = self.list_price(store, sku);
        match store.and_then(|store| self.granted_price(store, sku)) {
            Some(StorePrice { store, price, .. }) => {
                let source = PriceSource::StorePrice { store: *store };
                Priced { list_price, price: *price, source }
            }
            None => Priced { list_price, price: list_price, source: PriceSource::ListPrice },
        }
    }

    /// What headquarters asks for one unit at a store, or anywhere when no store is named.
    fn list_price(&self, store: Option<StoreId>, sku: &Sku) -> Money {
        self.published.list_price(store, sku.id).unwrap_or(sku.list_price)
    }

    fn granted_price(&self, store: StoreId, sku: &Sku) -> Option<&StorePrice> {
        let own = self.store_prices.get(&(store, sku.id))?;
        let allowed = self.granted_range(store, sku)?;
        allowed.contains(own.price).then_some(own)
    }

    /// Whether the store sells this SKU: the catalog has it on sale, and the store has not taken
    /// it off its shelf where it may.
    pub fn sells(&self, store: StoreId, sku: SkuId) -> bool {
        self.catalog.get(sku).is_some_and(|sku| {
            let is_off_the_shelf = self.delistings.contains(&(store, sku.id));
            let is_taken_off = is_off_the_shelf && self.may_delist(store, sku);
            !(sku.delisted || is_taken_off) && self.published.sold_at(store, sku.id)
        })
    }

    /// Which prices headquarters lets this store set, if any.
    pub fn granted_range(&self, store: StoreId, sku: &Sku) -> Option<PriceRange> {
        let list_price = self.list_price(Some(store), sku);
        let covering = self.grants.values().filter(|grant| self.covers(grant, store, sku));
        covering.map(|grant| grant.range(list_price)).reduce(PriceRange::widened_by)
    }

    /// A grant for a category is one for all below it.
    fn covers(&self, grant: &PriceGrant, store: StoreId, sku: &Sku) -> bool {
        let is_for_sku = match &grant.skus {
            Skus::Category(category) => self.is_within(sku, category),
            Skus::All | Skus::Only(_) => grant.skus.contain(sku),
        };
        is_for_sku && grant.stores.contain(store)
    }

    /// Whether a SKU belongs to a category.
    pub fn is_within(&self, sku: &Sku, category: &str) -> bool {
        self.catalog.categories().is_within(&sku.category, category)
    }

    fn may_delist(&self, store: StoreId, sku: &Sku) -> bool {
        self.grants.values().any(|grant| grant.may_delist && self.covers(grant, store, sku))
    }

    /// Records what happened. Cannot fail.
    pub fn apply(&mut self, event: &BookEvent) {
        self.version += 1;
        match event.clone() {
            BookEvent::SkuPut(sku) => self.catalog.apply(sku),
            BookEvent::CategoryPut(category) => self.catalog.put_category(category),
            BookEvent::CategoryRemoved { code } => self.catalog.remove_category(&code),
            BookEvent::ProductPut(product) => self.catalog.put_product(product),
            BookEvent::PublicationPut(publication) => {
                self.publications.insert(publication.name.clone(), publication);
                self.published = Published::of(self.publications.values());
            }
            BookEvent::PublicationEnded { name } => {
                self.publications.remove(&name);
                self.published = Published::of(self.publications.values());
            }
            BookEvent::GrantPut(grant) => {
                self.grants.insert(grant.name.clone(), grant);
            }
            BookEvent::GrantRevoked { name } => {
                self.grants.remove(&name);
            }
            BookEvent::StorePriceSet(price) => {
                self.store_prices.insert((price.store, price.sku), price);
            }
            BookEvent::StorePriceCleared { store, sku } => {
                self.store_prices.remove(&(store, sku));
            }
            BookEvent::DelistedAtStore { store, sku } => {
                self.delistings.insert((store, sku));
            }
            BookEvent::RelistedAtStore { store, sku } => {
                self.delistings.remove(&(store, sku));
            }
            BookEvent::ContractPut(contract) => {
                self.contracts.insert(contract.channel.clone(), contract);
            }
            BookEvent::ContractEnded { channel } => {
                self.contracts.remove(&channel);
            }
            BookEvent::QuotePolicyPut(policy) => self.quote_policy = policy,
            BookEvent::TaxRateAnnounced { class, change } => self.tax.apply(class, change),
        }
    }
}
