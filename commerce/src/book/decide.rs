//! All the judgement of the price book.

use vocabulary::{Money, SkuId, StoreId};

use super::{BookCommand, BookEvent, BookRefusal, Context, PriceBook, Publication};
use crate::catalog::{Product, Sku};
use crate::channel::Channel;
use crate::price::{PriceRefusal, StorePrice};
use crate::tax::check_rate;

impl PriceBook {
    /// What a command makes happen, or why not. Changes nothing.
    pub fn decide(
        &self,
        command: &BookCommand,
        context: &Context,
    ) -> Result<BookEvent, BookRefusal> {
        match command {
            BookCommand::PutSku(sku) => self.put_sku(sku),
            BookCommand::PutCategory(category) => {
                self.catalog.categories().check(category)?;
                Ok(BookEvent::CategoryPut(category.clone()))
            }
            BookCommand::RemoveCategory { code } => self.remove_category(code),
            BookCommand::PutProduct(product) => self.put_product(product),
            BookCommand::Publish(publication) => self.publish(publication),
            BookCommand::TakeEffect { name } => self.take_effect(name, context),
            BookCommand::EndPublication { name } => {
                self.publication_named(name)?;
                Ok(BookEvent::PublicationEnded { name: name.clone() })
            }
            BookCommand::PutGrant(grant) => {
                grant.check()?;
                Ok(BookEvent::GrantPut(grant.clone()))
            }
            BookCommand::RevokeGrant { name } => self.revoke_grant(name),
            BookCommand::SetStorePrice { store, sku, price } => {
                Ok(BookEvent::StorePriceSet(self.set_store_price(*store, *sku, *price, context)?))
            }
            BookCommand::ClearStorePrice { store, sku } => {
                self.known(*sku)?;
                Ok(BookEvent::StorePriceCleared { store: *store, sku: *sku })
            }
            BookCommand::DelistAtStore { store, sku } => {
                self.check_may_delist(*store, *sku)?;
                Ok(BookEvent::DelistedAtStore { store: *store, sku: *sku })
            }
            BookCommand::RelistAtStore { store, sku } => {
                self.known(*sku)?;
                Ok(BookEvent::RelistedAtStore { store: *store, sku: *sku })
            }
            BookCommand::PutContract(contract) => {
                contract.check()?;
                Ok(BookEvent::ContractPut(contract.clone()))
            }
            BookCommand::EndContract { channel } => self.end_contract(channel),
            BookCommand::PutQuotePolicy(policy) => {
                policy.check()?;
                Ok(BookEvent::QuotePolicyPut(policy.clone()))
            }
            BookCommand::AnnounceTaxRate { class, change } => {
                check_rate(*class, change)?;
                Ok(BookEvent::TaxRateAnnounced { class: *class, change: *change })
            }
        }
    }

    fn put_sku(&self, sku: &Sku) -> Result<BookEvent, BookRefusal> {
        self.catalog.check(sku)?;
        let current = self.catalog.get(sku.id).map_or(0, |known| known.version);
        if sku.version != current {
            let given = sku.version;
            return Err(BookRefusal::StaleVersion { sku: sku.id, given, current });
        }
        Ok(BookEvent::SkuPut(Sku { version: current + 1, ..sku.clone() }))
    }

    fn remove_category(&self, code: &str) -> Result<BookEvent, BookRefusal> {
        let code = code.to_owned();
        if self.catalog.categories().get(&code).is_none() {
            return Err(BookRefusal::UnknownCategory { code });
        }
        let has_goods = self.catalog.iter().any(|sku| sku.category == code)
            || self.catalog.products().any(|product| product.category == code);
        if has_goods || self.catalog.categories().has_children(&code) {
            return Err(BookRefusal::CategoryInUse { code });
        }
        Ok(BookEvent::CategoryRemoved { code })
    }

    fn put_product(&self, product: &Product) -> Result<BookEvent, BookRefusal> {
        self.catalog.check_product(product)?;
        let current = self.catalog.product(product.id).map_or(0, |known| known.version);
        if product.version != current {
            let (product, given) = (product.id, product.version);
            return Err(BookRefusal::StaleProduct { product, given, current });
        }
        Ok(BookEvent::ProductPut(Product { version: current + 1, ..product.clone() }))
    }

    /// Written again it waits again, until it is told that its moment has come.
    fn publish(&self, publication: &Publication) -> Result<BookEvent, BookRefusal> {
        publication.check()?;
        for item in &publication.items {
            self.known(item.sku)?;
        }
        let waiting = Publication { in_effect: false, ..publication.clone() };
        Ok(BookEvent::PublicationPut(waiting))
    }

    fn take_effect(&self, name: &str, context: &Context) -> Result<BookEvent, BookRefusal> {
        let publication = self.publication_named(name)?;
        if publication.effective_at > context.now {
            return Err(BookRefusal::NotYet { name: name.to_owned() });
        }
        Ok(BookEvent::PublicationPut(Publication { in_effect: true, ..publication.clone() }))
    }

    fn publication_named(&self, name: &str) -> Result<&Publication, BookRefusal> {
        let unknown = || BookRefusal::UnknownPublication { name: name.to_owned() };
        self.publications.get(name).ok_or_else(unknown)
    }

    fn revoke_grant(&self, name: &str) -> Result<BookEvent, BookRefusal> {
        let name = name.to_owned();
        if !self.grants.contains_key(&name) {
            return Err(BookRefusal::UnknownGrant { name });
        }
        Ok(BookEvent::GrantRevoked { name })
    }

    fn end_contract(&self, channel: &Channel) -> Result<BookEvent, BookRefusal> {
        let channel = channel.clone();
        if !self.contracts.contains_key(&channel) {
            return Err(BookRefusal::UnknownContract { channel });
        }
        Ok(BookEvent::ContractEnded { channel })
    }

    /// A store's own price, if a grant of headquarters allows it.
    fn set_store_price(
        &self,
        store: StoreId,
        sku: SkuId,
        price: Money,
        context: &Context,
    ) -> Result<StorePrice, PriceRefusal> {
        let sold = self.known(sku)?;
        if sold.delisted {
            return Err(PriceRefusal::Delisted { sku });
        }
        let allowed =
            self.granted_range(store, sold).ok_or(PriceRefusal::NoGrant { store, sku })?;
        if !allowed.contains(price) {
            return Err(PriceRefusal::OutsideGrant { given: price, allowed });
        }
        Ok(StorePrice { store, sku, price, set_by: context.by, set_at: context.now })
    }

    fn check_may_delist(&self, store: StoreId, sku: SkuId) -> Result<(), PriceRefusal> {
        if self.may_delist(store, self.known(sku)?) {
            return Ok(());
        }
        Err(PriceRefusal::MayNotDelist { store, sku })
    }

    fn known(&self, sku: SkuId) -> Result<&Sku, PriceRefusal> {
        self.catalog.get(sku).ok_or(PriceRefusal::UnknownSku { sku })
    }
}
