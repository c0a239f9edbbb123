//! The price book as documents: the last event about each subject is one document.

use std::sync::{Arc, PoisonError};

use commerce::{BookCommand, BookEvent, BookSnapshot, Context, PriceBook, Sku};
use persistence::Journal;
use vocabulary::SkuId;

use super::directory::broken;
use super::{Author, Reference, documents, kinds};
use crate::error::Error;
use crate::wire::catalog::SkuBody;
use crate::wire::fault::Fault;

/// A SKU to be written under its id.
pub type SkuWrite = (SkuId, SkuBody);

/// Folds the newest event about every subject; the book's version counts all events ever.
pub(super) async fn load(journal: &Journal) -> Result<PriceBook, Error> {
    let mut book = PriceBook::default();
    let mut version = 0;
    for (_, count, event) in documents::all::<BookEvent>(journal, kinds::BOOK).await? {
        book.apply(&event);
        version += count;
    }
    let mut snapshot = BookSnapshot::from(book);
    snapshot.version = version;
    Ok(snapshot.into())
}

/// What an event is about: the next event about the same replaces it.
fn subject(event: &BookEvent) -> String {
    match event {
        BookEvent::SkuPut(sku) => format!("sku:{}", sku.id),
        BookEvent::CategoryPut(category) => format!("category:{}", category.code),
        BookEvent::CategoryRemoved { code } => format!("category:{code}"),
        BookEvent::ProductPut(product) => format!("product:{}", product.id),
        BookEvent::PublicationPut(publication) => format!("publication:{}", publication.name),
        BookEvent::PublicationEnded { name } => format!("publication:{name}"),
        BookEvent::GrantPut(grant) => format!("grant:{}", grant.name),
        BookEvent::GrantRevoked { name } => format!("grant:{name}"),
        BookEvent::StorePriceSet(price) => format!("store_price:{}:{}", price.store, price.sku),
        BookEvent::StorePriceCleared { store, sku } => format!("store_price:{store}:{sku}"),
        BookEvent::DelistedAtStore { store, sku } | BookEvent::RelistedAtStore { store, sku } => {
            format!("shelf:{store}:{sku}")
        }
        BookEvent::ContractPut(contract) => format!("contract:{}", contract.channel),
        BookEvent::ContractEnded { channel } => format!("contract:{channel}"),
        BookEvent::QuotePolicyPut(_) => "quote_policy".to_owned(),
        BookEvent::TaxRateAnnounced { class, change } => {
            format!("tax:{class:?}:{}", change.from.as_millis())
        }
    }
}

impl Reference {
    /// Carries out one command over the price book; says its new version.
    pub async fn change_book(&self, command: BookCommand, author: Author) -> Result<u64, Fault> {
        self.change(author, |_| Ok(vec![command])).await
    }

    /// The same of several, all or none.
    pub async fn change_book_by(
        &self,
        commands: Vec<BookCommand>,
        author: Author,
    ) -> Result<u64, Fault> {
        self.change(author, |_| Ok(commands)).await
    }

    /// Writes every command that the book takes; says its new version and, in their order, what
    /// became of each.
    pub async fn change_book_where_possible(
        &self,
        author: Author,
        commands: impl FnOnce(&PriceBook) -> Vec<Result<BookCommand, Fault>>,
    ) -> Result<(u64, Vec<Result<(), Fault>>), Fault> {
        let _writing = self.writing.lock().await;
        let mut book = PriceBook::clone(&self.book());
        let context = Context { now: author.at, by: author.by };
        let (mut drafts, mut outcomes) = (Vec::new(), Vec::new());
        for command in commands(&book) {
            let decided = command.and_then(|command| Ok(book.decide(&command, &context)?));
            outcomes.push(match decided {
                Ok(event) => {
                    book.apply(&event);
                    let draft =
                        documents::draft(kinds::BOOK, subject(&event), &event, None, author);
                    drafts.push(draft.map_err(broken)?);
                    Ok(())
                }
                Err(fault) => Err(fault),
            });
        }
        let version = book.version();
        if !drafts.is_empty() {
            self.journal.put_references(drafts).await?;
            *self.book.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(book);
        }
        Ok((version, outcomes))
    }

    /// Writes SKUs, all or none; says the book's new version.
    pub async fn put_skus(&self, skus: Vec<SkuWrite>, author: Author) -> Result<u64, Fault> {
        self.change(author, |book| {
            let commands = skus.into_iter().map(|(id, body)| {
                let current = book.catalog().get(id).map_or(0, |known: &Sku| known.version);
                body.sku(id, current).map(BookCommand::PutSku)
            });
            commands.collect()
        })
        .await
    }

    async fn change(
        &self,
        author: Author,
        commands: impl FnOnce(&PriceBook) -> Result<Vec<BookCommand>, Fault>,
    ) -> Result<u64, Fault> {
        let _writing = self.writing.lock().await;
        let mut book = PriceBook::clone(&self.book());
        let context = Context { now: author.at, by: author.by };
        let mut drafts = Vec::new();
        for command in commands(&book)? {
            let event = book.decide(&command, &context)?;
            book.apply(&event);
            let draft = documents::draft(kinds::BOOK, subject(&event), &event, None, author);
            drafts.push(draft.map_err(broken)?);
        }
        self.journal.put_references(drafts).await?;
        vocabulary::planted::kill_point("documents_recorded");
        let version = book.version();
        let mut known = self.book.write().unwrap_or_else(PoisonError::into_inner);
        *known = Arc::new(book);
        Ok(version)
    }
}

#[cfg(test)]
mod tests {
    use commerce::{Bearer, Channel, ChannelContract, Permille, TaxClass};
    use persistence::MemoryOptions;
    use vocabulary::{Money, PrincipalId, Timestamp};

    use super::*;

    fn author() -> Author {
        Author { by: PrincipalId::from_bits(1), at: Timestamp::from_millis(1) }
    }

    fn milk(price: i64) -> SkuBody {
        SkuBody {
            id: None,
            code: "MILK".into(),
            name: "牛奶".into(),
            name_en: None,
            category: "dairy".into(),
            barcode: None,
            tax_class: TaxClass::Standard,
            list_price_fen: Money::fen(price),
            weight_g: 500,
            temperature: Default::default(),
            keep_together: None,
            age_restricted: false,
            delisted: false,
            product: None,
            attributes: Default::default(),
            images: Vec::new(),
            version: None,
        }
    }

    #[tokio::test]
    async fn the_book_is_the_same_after_a_restart() {
        let journal = Journal::memory(MemoryOptions::default());
        let reference = Reference::load(journal.clone()).await.unwrap();
        let id = SkuId::from_bits(1);
        reference.put_skus(vec![(id, milk(500))], author()).await.unwrap();
        reference.put_skus(vec![(id, milk(550))], author()).await.unwrap();
        let contract = ChannelContract {
            channel: Channel::new("partner").unwrap(),
            may_price: true,
            floor: Permille(900),
            bearer: Bearer::Platform,
        };
        let version =
            reference.change_book(BookCommand::PutContract(contract), author()).await.unwrap();
        assert_eq!(version, 3);
        let again = Reference::load(journal).await.unwrap();
        assert_eq!(*again.book(), *reference.book());
    }

    #[tokio::test]
    async fn one_bad_sku_of_a_list_changes_nothing() {
        let journal = Journal::memory(MemoryOptions::default());
        let reference = Reference::load(journal).await.unwrap();
        let (one, two) = (SkuId::from_bits(1), SkuId::from_bits(2));
        let refused = reference.put_skus(vec![(one, milk(500)), (two, milk(-1))], author()).await;
        assert!(refused.is_err());
        assert!(reference.book().catalog().is_empty());
    }
}
