//! What the reader has in memory: the books of recent days, and what is held for orders.

use std::collections::{BTreeMap, BTreeSet};

use commerce::ledger::{Balance, Posting};
use commerce::report::{DayBook, StockDay};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::{OrderId, StoreId, Timestamp};

use super::{ReadTo, Voices};

/// Money of an order that is neither earned nor kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenBalance {
    pub order: OrderId,
    pub store: StoreId,
    pub channel: Box<str>,
    pub balance: Balance,
    /// Nothing of the order is under way any more.
    pub is_over: bool,
    /// A refund is decided and not paid.
    pub refund_is_owed: bool,
    /// The last event that changed it.
    pub at: Timestamp,
}

/// The books in memory.
#[derive(Debug, Default)]
pub struct Shelf {
    /// Up to where everything here is complete, and no further.
    pub read_to: ReadTo,
    /// From this day on every day is here; older ones are read when they are asked for.
    pub since: Date,
    pub days: BTreeMap<(Date, StoreId), DayBook>,
    /// What each day did to a store's stock, and what the store has now.
    pub stock: BTreeMap<StoreId, BTreeMap<Date, StockDay>>,
    /// Days with an adjustment: they are settled also where nothing was sold.
    pub adjusted: BTreeSet<(Date, StoreId)>,
    pub balances: BTreeMap<OrderId, OpenBalance>,
    /// How stores and couriers were rated, and couriers' recent days.
    pub voices: Voices,
    /// Counts what is posted, for those who watch.
    pub posted: u64,
}

impl Shelf {
    pub fn post(&mut self, posting: &Posting) {
        let (day, store) = (posting.occasion.day, posting.occasion.store);
        self.posted += 1;
        if day >= self.since {
            self.days.entry((day, store)).or_default().post(posting);
        }
    }

    /// Forgets the days before `since`: their postings stay written.
    pub fn forget_before(&mut self, since: Date) {
        if since > self.since {
            self.since = since;
            self.days.retain(|(day, _), _| *day >= since);
            self.voices.forget_before(since);
        }
    }
}
