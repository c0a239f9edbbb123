//! The sums of any days: recent ones from the shelf, older ones from what is written.

use std::collections::{BTreeMap, BTreeSet};

use commerce::ledger::Posting;
use commerce::report::DayBook;
use jiff::civil::Date;
use persistence::{ReadModelQuery, ReadModelRow};
use vocabulary::StoreId;

use super::{Books, MOVES, POSTINGS, READER, ReadTo, StockMove, day_prefix, unreadable};
use crate::error::Error;
use crate::wire::fault::Fault;

/// Rows that are read at a time.
const PAGE: u32 = 1_000;

/// Days, both ends among them, of some stores.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    pub from: Date,
    pub to: Date,
    /// `None` says all.
    pub stores: Option<BTreeSet<StoreId>>,
}

/// Day books, with the last event that is in them.
#[derive(Debug, Clone, PartialEq)]
pub struct Days {
    pub read_to: ReadTo,
    pub books: Vec<((Date, StoreId), DayBook)>,
}

impl Span {
    fn has(&self, day: Date, store: StoreId) -> bool {
        (self.from..=self.to).contains(&day)
            && self.stores.as_ref().is_none_or(|stores| stores.contains(&store))
    }
}

impl Books {
    /// Every day book of a span, by day and store, and up to which event they tell.
    pub async fn day_books(&self, span: &Span) -> Result<Days, Fault> {
        let (read_to, since, mut found) = {
            let shelf = self.shelf();
            let days = shelf.days.iter().filter(|((day, store), _)| span.has(*day, *store));
            let days = days.map(|(key, book)| (*key, book.clone()));
            let adjusted = shelf.adjusted.iter().filter(|(day, store)| span.has(*day, *store));
            let mut found: BTreeMap<_, _> =
                adjusted.map(|key| (*key, DayBook::default())).collect();
            found.extend(days);
            (shelf.read_to, shelf.since, found)
        };
        if span.from < since {
            let older = Span { to: span.to.min(before(since)), ..span.clone() };
            self.each_posting(&older, None, &mut |posting| {
                let key = (posting.occasion.day, posting.occasion.store);
                found.entry(key).or_default().post(&posting);
                true
            })
            .await?;
        }
        Ok(Days { read_to, books: found.into_iter().collect() })
    }

    /// The sum of a span.
    pub async fn sum_of(&self, span: &Span) -> Result<(ReadTo, DayBook), Fault> {
        let Days { read_to, books } = self.day_books(span).await?;
        let mut sum = DayBook::default();
        books.iter().for_each(|(_, book)| sum.merge(book));
        Ok((read_to, sum))
    }

    /// Shows every posting of a span after the key `after`, by day, store and time, for as long as
    /// `visit` wants more.
    pub async fn each_posting(
        &self,
        span: &Span,
        after: Option<&str>,
        visit: &mut (dyn FnMut(Posting) -> bool + Send),
    ) -> Result<(), Fault> {
        let mut read = |row: &ReadModelRow| {
            let posting: Posting =
                serde_json::from_str(&row.body).map_err(|e| told(&row.key, e))?;
            let is_meant = span.has(posting.occasion.day, posting.occasion.store);
            Ok(!is_meant || visit(posting))
        };
        self.each_row(POSTINGS, span, after, &mut read).await
    }

    /// The same of what moved in the stores.
    pub async fn each_move(
        &self,
        span: &Span,
        after: Option<&str>,
        visit: &mut (dyn FnMut(StockMove) -> bool + Send),
    ) -> Result<(), Fault> {
        let mut read = |row: &ReadModelRow| {
            let moved: StockMove =
                serde_json::from_str(&row.body).map_err(|e| told(&row.key, e))?;
            Ok(!span.has(moved.day, moved.store) || visit(moved))
        };
        self.each_row(MOVES, span, after, &mut read).await
    }

    async fn each_row(
        &self,
        kind: &str,
        span: &Span,
        after: Option<&str>,
        visit: &mut (dyn FnMut(&ReadModelRow) -> Result<bool, Fault> + Send),
    ) -> Result<(), Fault> {
        self.write_down().await?;
        // One store is one range a day; several are all ranges, with the others left out.
        let days: Vec<(String, String)> = match span.stores.as_ref().filter(|s| s.len() == 1) {
            Some(stores) => span
                .from
                .series(jiff::Span::new().days(1))
                .take_while(|day| *day <= span.to)
                .flat_map(|day| stores.iter().map(move |store| day_prefix(kind, day, *store)))
                .map(|prefix| (prefix.clone(), format!("{prefix}{}", char::MAX)))
                .collect(),
            None => vec![(format!("{kind}/{}/", span.from), format!("{kind}/{}0", span.to))],
        };
        for (from, until) in days {
            let from = after.filter(|after| **after > *from).map_or(from, str::to_owned);
            let (reader, partition) = (READER, self.partition);
            let mut query = ReadModelQuery { reader, partition, after: from, until, limit: PAGE };
            loop {
                let page = self.journal.read_model(&query).await?;
                let Some(last) = page.last() else { break };
                query = query.after(&last.key);
                for row in &page {
                    if !visit(row)? {
                        return Ok(());
                    }
                }
            }
        }
        Ok(())
    }
}

fn told(key: &str, source: serde_json::Error) -> Fault {
    let error: Error = unreadable(key, source);
    tracing::error!(%error, "a row of the books cannot be read");
    Fault::internal()
}

fn before(day: Date) -> Date {
    day.yesterday().unwrap_or(day)
}
