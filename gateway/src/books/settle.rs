//! Settlements as documents: what is closed, what was adjusted, by whose rules.

use std::collections::BTreeSet;

use commerce::settlement::{Adjustment, Closed, Period, Settlement, SettlementPolicy};
use jiff::civil::Date;
use persistence::ReferenceDraft;
use serde::Serialize;
use serde::de::DeserializeOwned;
use vocabulary::{Money, StoreId, Timestamp};

use super::calendar::CHAIN;
use super::{Books, Days, ReadTo, Span};
use crate::app::App;
use crate::reference::{Author, Directory, StoreRecord, kinds};
use crate::wire::fault::Fault;

/// A store's day as it is settled now, or as it was when it was closed.
#[derive(Debug, Clone, PartialEq)]
pub struct SettledDay {
    pub settlement: Settlement,
    pub closed: Option<Closed>,
    pub adjustments: Vec<Adjustment>,
}

/// A correction that somebody asks for.
#[derive(Debug, Clone)]
pub struct AdjustDraft {
    pub store: StoreId,
    pub day: Date,
    pub corrects: Option<Date>,
    pub amount: Money,
    pub reason: String,
    /// The caller's own key: the same again is carried out once.
    pub key: Option<Box<str>>,
}

/// The store's date at a moment, by its present hours.
pub fn local_today(store: &StoreRecord, now: Timestamp) -> Date {
    store.settings.hours.local_date(now)
}

impl Books {
    pub async fn settlement_policy(&self) -> Result<SettlementPolicy, Fault> {
        Ok(self.document(kinds::SETTLEMENT_POLICY, CHAIN).await?.unwrap_or_default())
    }

    pub async fn put_settlement_policy(
        &self,
        policy: SettlementPolicy,
        author: Author,
    ) -> Result<SettlementPolicy, Fault> {
        policy.check()?;
        let _settling = self.settling.lock().await;
        let draft = draft(kinds::SETTLEMENT_POLICY, CHAIN.to_owned(), &policy, author)?;
        self.journal.put_reference(draft).await?;
        Ok(policy)
    }

    /// The settlements of the days and stores of a span, by day and store; of a store without sales
    /// only where something was adjusted or closed.
    pub async fn settlements(
        &self,
        directory: &Directory,
        span: &Span,
    ) -> Result<(ReadTo, Vec<SettledDay>), Fault> {
        let policy = self.settlement_policy().await?;
        let Days { read_to, books } = self.day_books(span).await?;
        let mut settled = Vec::with_capacity(books.len());
        for ((day, store), book) in &books {
            let merchant = directory.store(*store).map(|record| record.merchant);
            let merchant = merchant.unwrap_or(vocabulary::MerchantId::from_bits(0));
            let adjustments = self.adjustments(*store, *day).await?;
            let closed = self.closed(*store, *day).await?;
            let settlement = match &closed {
                Some(closed) => closed.settlement.clone(),
                None => Settlement::of((*store, merchant, *day), book, &adjustments, &policy),
            };
            settled.push(SettledDay { settlement, closed, adjustments });
        }
        Ok((read_to, settled))
    }

    /// Closes a day of some stores, all or none; those closed before stay as they are.
    pub async fn close_day(
        &self,
        app: &App,
        day: Date,
        stores: Option<BTreeSet<StoreId>>,
        author: Author,
    ) -> Result<(ReadTo, Vec<SettledDay>), Fault> {
        let _settling = self.settling.lock().await;
        let directory = app.reference.directory();
        let read_at = self.read_to().at;
        for record in directory.stores() {
            if stores.as_ref().is_some_and(|meant| !meant.contains(&record.id)) {
                continue;
            }
            let today = local_today(&record, author.at);
            let is_read = local_today(&record, read_at) > day;
            Period { day, closed: None, today, is_read }.close()?;
        }
        let span = Span { from: day, to: day, stores };
        let (read_to, mut settled) = self.settlements(directory, &span).await?;
        let mut drafts = Vec::new();
        for one in settled.iter_mut().filter(|one| one.closed.is_none()) {
            let Author { by, at } = author;
            let closed = Closed { settlement: one.settlement.clone(), by, at };
            let id = name_of(one.settlement.store, day);
            drafts.push(draft(kinds::SETTLEMENT, id, &closed, author)?);
            one.closed = Some(closed);
        }
        if !drafts.is_empty() {
            self.journal.put_references(drafts).await?;
        }
        Ok((read_to, settled))
    }

    /// Corrects an open day, or on an open day a closed one.
    pub async fn adjust(
        &self,
        record: &StoreRecord,
        asked: AdjustDraft,
        author: Author,
    ) -> Result<Adjustment, Fault> {
        let _settling = self.settling.lock().await;
        let AdjustDraft { store, day, corrects, amount, reason, key } = asked;
        let mut all = self.adjustments(store, day).await?;
        let is_same =
            |known: &&Adjustment| key.is_some() && known.key == key && known.by == author.by;
        if let Some(known) = all.iter().find(is_same) {
            return Ok(known.clone());
        }
        let today = local_today(record, author.at);
        let closed = self.closed(store, day).await?;
        let corrected = match corrects {
            Some(day) => Some((day, self.closed(store, day).await?)),
            None => None,
        };
        let period = |day, closed| Period { day, closed, today, is_read: true };
        let of_corrected = corrected.as_ref().map(|(day, closed)| period(*day, closed.as_ref()));
        period(day, closed.as_ref()).adjust(of_corrected)?;
        let Author { by, at } = author;
        let adjustment = Adjustment { store, day, corrects, amount, reason, by, at, key };
        all.push(adjustment.clone());
        let draft = draft(kinds::ADJUSTMENTS, name_of(store, day), &all, author)?;
        self.journal.put_reference(draft).await?;
        self.shelf_mut().adjusted.insert((day, store));
        Ok(adjustment)
    }

    async fn adjustments(&self, store: StoreId, day: Date) -> Result<Vec<Adjustment>, Fault> {
        let found = self.document(kinds::ADJUSTMENTS, &name_of(store, day)).await?;
        Ok(found.unwrap_or_default())
    }

    async fn closed(&self, store: StoreId, day: Date) -> Result<Option<Closed>, Fault> {
        self.document(kinds::SETTLEMENT, &name_of(store, day)).await
    }

    pub(super) async fn document<T: DeserializeOwned>(
        &self,
        kind: &str,
        id: &str,
    ) -> Result<Option<T>, Fault> {
        let Some(row) = self.journal.reference(kind, id).await? else { return Ok(None) };
        let read = serde_json::from_str(&row.body).map_err(|error| {
            tracing::error!(%error, kind, id, "a document of the books cannot be read");
            Fault::internal()
        })?;
        Ok(Some(read))
    }
}

fn name_of(store: StoreId, day: Date) -> String {
    format!("{store}/{day}")
}

pub(super) fn draft<T: Serialize>(
    kind: &str,
    id: String,
    body: &T,
    author: Author,
) -> Result<ReferenceDraft, Fault> {
    let body = serde_json::to_string(body).map_err(|error| {
        tracing::error!(%error, kind, "a document of the books cannot be written");
        Fault::internal()
    })?;
    Ok(ReferenceDraft {
        kind: kind.to_owned(),
        id,
        body,
        by: format!("principal:{}", author.by),
        at: author.at,
        effective: None,
        expected_version: None,
    })
}
