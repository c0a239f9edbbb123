//! The price book: everything headquarters and stores have said about goods and prices.
//!
//! A machine like those of an order: `decide` judges a command, `apply` records what happened.
//! It has no timers, so nothing needs resuming; a restart reads its snapshot. It never asks who
//! may speak for a store: whoever hands in the command has asked that.

mod command;
mod decide;
mod snapshot;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use vocabulary::{SkuId, StoreId};

pub use command::{BookCommand, BookEvent, BookRefusal, Context};
pub use snapshot::BookSnapshot;

use crate::catalog::{Catalog, Sku};
use crate::channel::{Channel, ChannelContract};
use crate::price::{PriceGrant, PriceRange, PriceSource, Priced, StorePrice};
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
        let list_price = sku.list_price;
        match store.and_then(|store| self.granted_price(store, sku)) {
            Some(StorePrice { store, price, .. }) => {
                let source = PriceSource::StorePrice { store: *store };
                Priced { list_price, price: *price, source }
            }
            None => Priced { list_price, price: list_price, source: PriceSource::ListPrice },
        }
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
            !(sku.delisted || is_off_the_shelf && self.may_delist(store, sku))
        })
    }

    /// Which prices headquarters lets this store set, if any.
    pub fn granted_range(&self, store: StoreId, sku: &Sku) -> Option<PriceRange> {
        let covering = self.grants.values().filter(|grant| grant.covers(store, sku));
        covering.map(|grant| grant.range(sku.list_price)).reduce(PriceRange::widened_by)
    }

    /// Whether a SKU belongs to a category.
    pub fn is_within(&self, sku: &Sku, category: &str) -> bool {
        sku.category == category
    }

    fn may_delist(&self, store: StoreId, sku: &Sku) -> bool {
        self.grants.values().any(|grant| grant.may_delist && grant.covers(store, sku))
    }

    /// Records what happened. Cannot fail.
    pub fn apply(&mut self, event: &BookEvent) {
        self.version += 1;
        match event.clone() {
            BookEvent::SkuPut(sku) => self.catalog.apply(sku),
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
