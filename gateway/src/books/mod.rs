//! The books of a city, kept by following the feed of its committed events from the outside.
//!
//! A reader follows the feed at its own pace and never slows an order: it works a tenth of the time
//! and rests the rest. It follows each order, keeps what is posted, and writes its postings together
//! with how far it has read, so that a restart goes on there and comes to the same figures. It
//! decides nothing about orders and is asked nothing by them.

mod calendar;
mod days;
mod follow;
mod live;
mod settle;
mod shelf;
mod statements;
mod stock;
mod voices;

use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use commerce::ledger::Posting;
use persistence::{Journal, PartitionId};
use tokio::sync::{Notify, mpsc, oneshot, watch};
use vocabulary::{StoreId, Timestamp};

pub use calendar::StoreCalendar;
pub use days::{Days, Span};
pub use live::Topics;
pub use settle::{AdjustDraft, SettledDay, local_today};
pub use shelf::{OpenBalance, Shelf};
pub use statements::ChannelStatement;
pub use stock::{MovedLine, StockMove};
pub use voices::{CourierDay, Rated, Stars, Voices};

use crate::error::Error;
use crate::wire::fault::{Code, Fault};

/// Under which name the rows of this reader are kept.
const READER: &str = "books";
/// Questions that may wait for the reader.
const ASKS: usize = 64;

/// How far the feed has been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReadTo {
    /// The last event that is in the books.
    pub seq: u64,
    /// Everything that happened before is in the books.
    pub at: Timestamp,
}

/// Asks the reader to write down what it has not written yet.
type Ask = oneshot::Sender<()>;

/// The books as the doors see them.
pub struct Books {
    journal: Journal,
    partition: PartitionId,
    shelf: RwLock<Shelf>,
    read_to: watch::Sender<ReadTo>,
    asks: mpsc::Sender<Ask>,
    /// The other end, until the reader starts.
    asked: Mutex<Option<mpsc::Receiver<Ask>>>,
    /// Who watches the day's figures, and what wakes the one who tells them.
    watched: Mutex<live::Watched>,
    woken: Notify,
    /// One writer of settlements at a time, so that what is judged is what is replaced.
    settling: tokio::sync::Mutex<()>,
}

impl Books {
    pub fn new(journal: Journal, partition: PartitionId) -> Arc<Self> {
        let (asks, asked) = mpsc::channel(ASKS);
        Arc::new(Self {
            journal,
            partition,
            shelf: RwLock::default(),
            read_to: watch::Sender::default(),
            asks,
            asked: Mutex::new(Some(asked)),
            watched: Mutex::default(),
            woken: Notify::new(),
            settling: tokio::sync::Mutex::default(),
        })
    }

    /// How far the feed has been read.
    pub fn read_to(&self) -> ReadTo {
        *self.read_to.borrow()
    }

    /// Told whenever more has been read.
    pub fn watch(&self) -> watch::Receiver<ReadTo> {
        self.read_to.subscribe()
    }

    /// Waits until the event is in the books.
    pub async fn has_read(&self, seq: u64) {
        let mut read_to = self.read_to.subscribe();
        // The sender lives as long as these books.
        let _ = read_to.wait_for(|read| read.seq >= seq).await;
    }

    /// Reads the shelf; nobody waits while it is held.
    pub fn shelf(&self) -> RwLockReadGuard<'_, Shelf> {
        self.shelf.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn shelf_mut(&self) -> RwLockWriteGuard<'_, Shelf> {
        self.shelf.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets the reader write down what it has; its rows then tell everything up to now.
    pub async fn write_down(&self) -> Result<(), Fault> {
        let (done, heard) = oneshot::channel();
        let away = || {
            let message = "the books are not being kept at the moment: try again in a moment";
            Fault::new(Code::BooksBehind, message).after(1_000)
        };
        self.asks.send(done).await.map_err(|_| away())?;
        heard.await.map_err(|_| away())
    }
}

/// Rows by day and store, in the order of the feed.
const POSTINGS: &str = "posting";
const MOVES: &str = "moved";

/// Where a posting is kept: by day, then store, in the order of the feed.
pub fn posting_key(posting: &Posting) -> String {
    let prefix = day_prefix(POSTINGS, posting.occasion.day, posting.occasion.store);
    format!("{prefix}{:020}/{:05}", posting.seq, posting.part)
}

/// The same of a movement.
pub fn move_key(moved: &StockMove) -> String {
    format!("{}{:020}", day_prefix(MOVES, moved.day, moved.store), moved.seq)
}

fn day_prefix(kind: &str, day: jiff::civil::Date, store: StoreId) -> String {
    format!("{kind}/{day}/{store}/")
}

fn unreadable(key: &str, source: serde_json::Error) -> Error {
    Error::Document { kind: "posting", id: key.to_owned(), source }
}
