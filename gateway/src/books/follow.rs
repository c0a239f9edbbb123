//! The reader: page after page of the feed, from where it stopped the last time.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use actors::{Followed, Recorded};
use commerce::ledger::Posting;
use commerce::report::StockDay;
use jiff::ToSpan;
use jiff::civil::Date;
use persistence::{EventRow, Journal, PartitionId, ReadModelQuery, ReadModelRow, ReadModelWrite};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use vocabulary::{Money, OrderId, PaymentId, StoreId, Timestamp};

use super::stock::{Stock, StockMove, WrittenDay};
use super::voices::{Voice, Voices};
use super::{
    Ask, Books, OpenBalance, READER, ReadTo, Shelf, StoreCalendar, move_key, posting_key,
    unreadable,
};
use crate::app::App;
use crate::error::Error;
use crate::reference::kinds;

/// Events of one page.
const PAGE: u32 = 500;
/// Rows of one page when the reader starts.
const ROWS: u32 = 2_000;
/// After a page the reader rests this many times as long as the page took: it works a tenth of one
/// core's time at most, however much there is to read.
const REST_FACTOR: u32 = 9;
/// Between two looks at a feed that has nothing new.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// Between two writings. What was read and not written is read again after a restart.
const WRITE_EVERY: Duration = Duration::from_secs(5);
/// Postings and movements that are written at once, whatever the time.
const WRITE_AT: usize = 2_000;
/// Days whose sums stay in memory.
const DAYS_KEPT: i64 = 40;
/// After something failed.
const AFTER_FAILURE: Duration = Duration::from_secs(2);

/// How far the rows of the reader tell.
const THROUGH: &str = "through";
const BALANCE: &str = "balance/";
const POSTING: &str = "posting/";
const STOCK: &str = "stock/";
const STARS: &str = "stars/";
const COURIER: &str = "courier/";

/// The reader's state beside what it shows on the shelf.
struct Reader {
    journal: Journal,
    partition: PartitionId,
    calendar: StoreCalendar,
    orders: BTreeMap<OrderId, Followed>,
    payments: BTreeMap<PaymentId, OrderId>,
    through: Through,
    /// Postings, and the balances that changed, since the last writing.
    unwritten: Vec<Posting>,
    stock: Stock,
    /// Days of stores' stock since the last look, newest figures.
    moved: BTreeMap<(Date, StoreId), WrittenDay>,
    /// What moved since the last writing.
    moves: Vec<StockMove>,
    voices: Voices,
    /// What was said and done since the last writing, by the key it is written under.
    voiced: BTreeMap<String, Voice>,
    /// Up to where it is written.
    written: u64,
    changed: BTreeMap<OrderId, Option<OpenBalance>>,
}

#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct Through {
    seq: u64,
    at: Timestamp,
}

impl Books {
    /// Follows the feed until the task is dropped. What fails is tried again from what is written.
    pub async fn follow(self: Arc<Self>, app: Arc<App>) {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(mut asked) = asked else { return };
        loop {
            let error = match self.read_on(&app, &mut asked).await {
                Ok(()) => return,
                Err(error) => error,
            };
            tracing::error!(%error, "the books cannot be kept: they are read again");
            tokio::time::sleep(AFTER_FAILURE).await;
        }
    }

    async fn read_on(&self, app: &App, asked: &mut mpsc::Receiver<Ask>) -> Result<(), Error> {
        let today = utc_date(app.now());
        let mut reader = Reader::open(self, today).await?;
        let mut written_at = Instant::now();
        loop {
            let began = Instant::now();
            let asked_at = app.now();
            let rows = self.journal.feed(self.partition, reader.through.seq, PAGE).await?;
            reader.calendar.refresh(&self.journal, app.reference.directory()).await?;
            let mut postings = Vec::new();
            for row in &rows {
                postings.extend(reader.read(row).await?);
            }
            if rows.is_empty() {
                reader.through.at = asked_at;
            }
            self.put_on_shelf(&reader, &postings, days_back(utc_date(asked_at)));
            reader.unwritten.extend(postings);
            let unwritten_count = reader.unwritten.len() + reader.moves.len();
            let is_due = written_at.elapsed() >= WRITE_EVERY || unwritten_count >= WRITE_AT;
            if is_due {
                reader.write().await?;
                written_at = Instant::now();
            }
            let rest = if rows.is_empty() { LOOK_EVERY } else { began.elapsed() * REST_FACTOR };
            tokio::select! {
                ask = asked.recv() => match ask {
                    Some(done) => {
                        reader.write().await?;
                        written_at = Instant::now();
                        // Nobody waits any more: then nobody needs to hear it.
                        let _ = done.send(());
                    }
                    None => return Ok(()),
                },
                () = tokio::time::sleep(rest) => {}
            }
        }
    }

    /// A page at once: whoever looks sees all of it or nothing.
    fn put_on_shelf(&self, reader: &Reader, postings: &[Posting], since: Date) {
        let read_to = ReadTo { seq: reader.through.seq, at: reader.through.at };
        let mut shelf = self.shelf_mut();
        shelf.read_to = read_to;
        shelf.forget_before(since);
        postings.iter().for_each(|posting| shelf.post(posting));
        for (order, balance) in &reader.changed {
            match balance {
                Some(balance) => shelf.balances.insert(*order, balance.clone()),
                None => shelf.balances.remove(order),
            };
        }
        for written in reader.moved.values() {
            let days = shelf.stock.entry(written.store).or_default();
            days.insert(written.day, written.stock);
        }
        reader.voiced.values().for_each(|voice| shelf.voices.take(voice));
        drop(shelf);
        self.read_to.send_replace(read_to);
    }
}

impl Reader {
    /// Takes up where the written rows end, and puts the recent days on the shelf.
    async fn open(books: &Books, today: Date) -> Result<Self, Error> {
        let (journal, partition) = (books.journal.clone(), books.partition);
        let mut through = Through::default();
        let mut balances = BTreeMap::new();
        let mut recent = Vec::new();
        for row in rows(&journal, partition, THROUGH_PAGE).await? {
            through = serde_json::from_str(&row.body).map_err(|e| unreadable(&row.key, e))?;
        }
        for row in rows(&journal, partition, BALANCE).await? {
            let balance: OpenBalance =
                serde_json::from_str(&row.body).map_err(|e| unreadable(&row.key, e))?;
            balances.insert(balance.order, balance);
        }
        let since = days_back(today);
        let mut stock = Stock::default();
        let mut days: BTreeMap<StoreId, BTreeMap<Date, StockDay>> = BTreeMap::new();
        for row in rows(&journal, partition, STOCK).await? {
            let written: WrittenDay =
                serde_json::from_str(&row.body).map_err(|e| unreadable(&row.key, e))?;
            stock.resume(&written);
            days.entry(written.store).or_default().insert(written.day, written.stock);
        }
        let mut voices = Voices::default();
        for row in rows(&journal, partition, STARS).await? {
            let voice: Voice =
                serde_json::from_str(&row.body).map_err(|e| unreadable(&row.key, e))?;
            voices.take(&voice);
        }
        for row in rows(&journal, partition, COURIER).await? {
            let voice: Voice =
                serde_json::from_str(&row.body).map_err(|e| unreadable(&row.key, e))?;
            voices.take(&voice);
        }
        voices.forget_before(since);
        let mut query = ReadModelQuery {
            after: format!("{POSTING}{since}/"),
            ..ReadModelQuery::beginning_with(READER, partition, POSTING, ROWS)
        };
        let adjusted = journal.references(kinds::ADJUSTMENTS).await?;
        let adjusted = adjusted.iter().filter_map(|row| {
            let (store, day) = row.id.split_once('/')?;
            Some((day.parse().ok()?, store.parse().ok()?))
        });
        let adjusted = adjusted.collect();
        *books.shelf_mut() = Shelf { since, adjusted, balances, ..Shelf::default() };
        books.shelf_mut().stock = days;
        books.shelf_mut().voices = voices.clone();
        loop {
            let page = journal.read_model(&query).await?;
            let Some(last) = page.last() else { break };
            query = query.after(&last.key);
            for row in page {
                let posting: Posting =
                    serde_json::from_str(&row.body).map_err(|e| unreadable(&row.key, e))?;
                recent.push(posting);
            }
            let mut shelf = books.shelf_mut();
            recent.drain(..).for_each(|posting| shelf.post(&posting));
        }
        Ok(Self {
            journal,
            partition,
            calendar: StoreCalendar::default(),
            orders: BTreeMap::new(),
            payments: BTreeMap::new(),
            through,
            unwritten: Vec::new(),
            stock,
            moved: BTreeMap::new(),
            moves: Vec::new(),
            voices,
            voiced: BTreeMap::new(),
            written: through.seq,
            changed: BTreeMap::new(),
        })
    }

    /// Takes one event in; says what is posted for it.
    async fn read(&mut self, row: &EventRow) -> Result<Vec<Posting>, Error> {
        self.through = Through { seq: row.seq, at: row.at };
        if row.entity_kind == "inventory" {
            if let Some((day, moved)) = self.stock.read(row, &self.calendar) {
                self.moved.insert((day.day, day.store), day);
                self.moves.push(moved);
            }
            return Ok(Vec::new());
        }
        let Some(told) = recorded(row)? else { return Ok(Vec::new()) };
        let Some(order) = self.order_of(row, &told).await? else { return Ok(Vec::new()) };
        if !self.orders.contains_key(&order) {
            let followed = self.follow_up(order, row.seq).await?;
            self.orders.insert(order, followed);
        }
        let Some(followed) = self.orders.get_mut(&order) else { return Ok(Vec::new()) };
        let postings = followed.apply(&told, row.seq, row.at, &self.calendar);
        for voice in self.voices.read(&told, row, followed.order(), &self.calendar) {
            self.voiced.insert(voice.key(), voice);
        }
        self.note_balance(order, row.at);
        Ok(postings)
    }

    fn note_balance(&mut self, order: OrderId, at: Timestamp) {
        let Some(followed) = self.orders.get(&order) else { return };
        let balance = followed.account().map(|account| OpenBalance {
            order,
            store: account.terms().home,
            channel: account.terms().channel.clone(),
            balance: *account.balance(),
            is_over: followed.order().status.is_over(),
            refund_is_owed: followed.order().money_is_in()
                && followed.order().refunds.iter().any(dispatch::order::Refund::is_open),
            at,
        });
        let open = balance.filter(|open| open.balance.held() != Money::ZERO);
        self.changed.insert(order, open);
        if followed.is_settled() {
            let payment = followed.order().payment_id();
            self.payments.remove(&payment);
            self.orders.remove(&order);
        }
    }

    /// Whose account an event is about.
    async fn order_of(
        &mut self,
        row: &EventRow,
        told: &Recorded,
    ) -> Result<Option<OrderId>, Error> {
        if matches!(told, Recorded::Order(_)) {
            return Ok(Some(OrderId::from_bits(row.entity)));
        }
        let payment = PaymentId::from_bits(row.entity);
        if let Some(order) = told.order() {
            self.payments.insert(payment, order);
        }
        if let Some(order) = self.payments.get(&payment) {
            return Ok(Some(*order));
        }
        let history = self.history("payment", payment.bits()).await?;
        let mut order = None;
        for row in &history {
            order = order.or(recorded(row)?.and_then(|told| told.order()));
        }
        if let Some(order) = order {
            self.payments.insert(payment, order);
        }
        Ok(order)
    }

    /// An order whose earlier events were read before this process, or so long ago that it was
    /// forgotten: folded again up to the event before `seq`.
    async fn follow_up(&self, order: OrderId, seq: u64) -> Result<Followed, Error> {
        let mut followed = Followed::new(order);
        let mut rows = self.history("order", order.bits()).await?;
        rows.extend(self.history("payment", followed.order().payment_id().bits()).await?);
        rows.sort_by_key(|row| row.seq);
        for row in rows.iter().filter(|row| row.seq < seq) {
            if let Some(told) = recorded(row)? {
                followed.apply(&told, row.seq, row.at, &self.calendar);
            }
        }
        Ok(followed)
    }

    async fn history(&self, kind: &str, entity: u128) -> Result<Vec<EventRow>, Error> {
        Ok(self.journal.entity_history(self.partition, kind, entity).await?)
    }

    /// Writes what was posted with how far that is.
    async fn write(&mut self) -> Result<(), Error> {
        if self.written == self.through.seq {
            return Ok(());
        }
        let mut puts = vec![written(THROUGH.to_owned(), &self.through)?];
        for day in self.moved.values() {
            puts.push(written(format!("{STOCK}{}/{}", day.day, day.store), day)?);
        }
        for moved in &self.moves {
            puts.push(written(move_key(moved), moved)?);
        }
        for (key, voice) in &self.voiced {
            puts.push(written(key.clone(), voice)?);
        }
        for posting in &self.unwritten {
            puts.push(written(posting_key(posting), posting)?);
        }
        let mut removals = Vec::new();
        for (order, balance) in &self.changed {
            let key = format!("{BALANCE}{order}");
            match balance {
                Some(balance) => puts.push(written(key, balance)?),
                None => removals.push(key),
            }
        }
        let partition = self.partition;
        let write = ReadModelWrite { reader: READER, partition, puts, removals };
        self.journal.put_read_model(write).await?;
        self.unwritten.clear();
        self.moved.clear();
        self.moves.clear();
        self.voiced.clear();
        self.written = self.through.seq;
        self.changed.clear();
        Ok(())
    }
}

/// A page that holds [`THROUGH`] alone.
const THROUGH_PAGE: &str = "throug";

/// Every row whose key begins so.
async fn rows(
    journal: &Journal,
    partition: PartitionId,
    prefix: &str,
) -> Result<Vec<ReadModelRow>, Error> {
    let mut query = ReadModelQuery::beginning_with(READER, partition, prefix, ROWS);
    let mut found = Vec::new();
    loop {
        let page = journal.read_model(&query).await?;
        let Some(last) = page.last() else { return Ok(found) };
        query = query.after(&last.key);
        found.extend(page);
    }
}

fn written<T: Serialize>(key: String, body: &T) -> Result<ReadModelRow, Error> {
    let body = serde_json::to_string(body)
        .map_err(|source| Error::Encode { what: "row of the books", source })?;
    Ok(ReadModelRow { key, body })
}

/// What an event says to the books. One that this build cannot read stops the reader: figures that
/// left it out would be wrong for ever.
fn recorded(row: &EventRow) -> Result<Option<Recorded>, Error> {
    Recorded::of(&row.entity_kind, &row.kind, &row.payload).map_err(|source| {
        let id = format!("{} of {:032x}", row.seq, row.entity);
        Error::Document { kind: "event", id, source }
    })
}

fn days_back(today: Date) -> Date {
    today.saturating_sub(DAYS_KEPT.days())
}

fn utc_date(at: Timestamp) -> Date {
    let utc = jiff::Timestamp::from_millisecond(at.as_millis()).unwrap_or_default();
    utc.to_zoned(jiff::tz::TimeZone::UTC).date()
}
