//! The house's own books, kept in this process where no server keeps them: the very code that a
//! server follows its feed with, and the rules by which it closes a day, for the referee to hold
//! against its own account.

use std::collections::BTreeMap;

use actors::{Followed, Recorded};
use commerce::Permille;
use commerce::ledger::{Calendar, Occasion};
use commerce::report::DayBook;
use commerce::settlement::{Closed, Period, Settlement, SettlementPolicy};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use vocabulary::{MerchantId, OrderId, PrincipalId, StoreId, Timestamp};

use crate::feed::RawEvent;
use crate::report::HouseTotals;
use crate::town::{TIME_ZONE, Town};

/// What the platform takes of every order's goods.
const PLATFORM_FEE: Permille = Permille(50);

pub struct HouseBooks {
    calendar: Calendars,
    policy: SettlementPolicy,
    orders: BTreeMap<OrderId, Followed>,
    order_of: BTreeMap<String, OrderId>,
    days: BTreeMap<(Date, StoreId), DayBook>,
    closed: BTreeMap<(Date, StoreId), Closed>,
}

/// Every store counts by the calendar of the zone that all towns stand in.
struct Calendars {
    zone: TimeZone,
    merchants: BTreeMap<StoreId, MerchantId>,
}

impl Default for HouseBooks {
    fn default() -> Self {
        // A system without the zone's rules counts by its own.
        let zone = TimeZone::get(TIME_ZONE).unwrap_or(TimeZone::UTC);
        let policy =
            SettlementPolicy { other_channels: PLATFORM_FEE, ..SettlementPolicy::default() };
        Self {
            calendar: Calendars { zone, merchants: BTreeMap::new() },
            policy,
            orders: BTreeMap::new(),
            order_of: BTreeMap::new(),
            days: BTreeMap::new(),
            closed: BTreeMap::new(),
        }
    }
}

impl HouseBooks {
    /// Of a town whose stores belong to somebody.
    pub fn of(town: &Town) -> Self {
        let mut books = Self::default();
        books.calendar.merchants =
            town.stores.iter().map(|store| (store.id, store.merchant)).collect();
        books
    }

    pub fn see(&mut self, raw: &RawEvent) {
        // What cannot be read is missing in the figures, and the referee says so.
        let told = Recorded::of(&raw.entity_kind, &raw.kind, &raw.payload);
        let Ok(Some(recorded)) = told else { return };
        let order = match recorded.order() {
            Some(order) => {
                self.order_of.insert(raw.entity.clone(), order);
                Some(order)
            }
            None if raw.entity_kind == "order" => raw.entity.parse().ok(),
            None => self.order_of.get(&raw.entity).copied(),
        };
        let Some(order) = order else { return };
        let at = Timestamp::from_millis(raw.at_ms);
        let followed = self.orders.entry(order).or_insert_with(|| Followed::new(order));
        for posting in followed.apply(&recorded, raw.seq, at, &self.calendar) {
            let key = (posting.occasion.day, posting.occasion.store);
            self.days.entry(key).or_default().post(&posting);
        }
        if followed.is_settled() {
            followed.forget_order();
        }
    }

    /// Closes every day of every store that is over, everything up to now being read.
    pub fn close_days(&mut self, now: Timestamp) {
        let today = self.calendar.date(now);
        let open = self.days.keys().filter(|key| !self.closed.contains_key(key));
        let over: Vec<(Date, StoreId)> = open
            .filter(|(day, _)| {
                let period = Period { day: *day, closed: None, today, is_read: true };
                period.close().is_ok()
            })
            .copied()
            .collect();
        for key in over {
            let by = PrincipalId::from_bits(1);
            let settlement = self.settlement(key);
            self.closed.insert(key, Closed { settlement, by, at: now });
        }
    }

    /// Closed days whose postings came to something else afterwards.
    pub fn reopened(&self) -> Vec<String> {
        let changed =
            self.closed.iter().filter(|(key, closed)| self.settlement(**key) != closed.settlement);
        changed.map(|((day, store), _)| format!("{store} {day}")).collect()
    }

    fn settlement(&self, (day, store): (Date, StoreId)) -> Settlement {
        let merchant = self.calendar.merchant(store);
        match self.days.get(&(day, store)) {
            Some(book) => Settlement::of((store, merchant, day), book, &[], &self.policy),
            None => Settlement::of((store, merchant, day), &DayBook::default(), &[], &self.policy),
        }
    }

    /// What every store's days are settled for, as the server would show it: a closed day as it was
    /// closed, any other as it stands.
    pub fn settlements(&self) -> Vec<Value> {
        let settled = self.days.keys().map(|key| match self.closed.get(key) {
            Some(closed) => view(&closed.settlement, "closed"),
            None => view(&self.settlement(*key), "open"),
        });
        settled.collect()
    }
}

/// What days come to, of rows as the server shows them.
pub fn totals(rows: &[Value]) -> HouseTotals {
    let mut totals = HouseTotals::default();
    for row in rows {
        let fen = |field: &str| crate::feed::number(row, field);
        match crate::feed::text(row, "state") {
            "closed" => totals.days_closed += 1,
            _ => totals.days_open += 1,
        }
        totals.list_fen += fen("list_fen");
        totals.discounts_fen += fen("discounts_fen");
        totals.goods_fen += fen("goods_fen");
        totals.fees_fen += fen("delivery_fees_fen") + fen("packing_fees_fen");
        totals.platform_fee_fen += fen("platform_fee_fen");
        totals.payout_fen += fen("payout_fen");
    }
    totals
}

fn view(settled: &Settlement, state: &str) -> Value {
    json!({
        "state": state,
        "store": settled.store,
        "day": settled.day,
        "list_fen": settled.list,
        "discounts_fen": settled.discounts,
        "goods_fen": settled.goods,
        "hq_discounts_fen": settled.hq_discounts,
        "platform_discounts_fen": settled.platform_discounts,
        "delivery_fees_fen": settled.delivery_fees,
        "packing_fees_fen": settled.packing_fees,
        "merchant_fees_fen": settled.merchant_fees,
        "kept_fen": settled.kept,
        "adjustments_fen": settled.adjustments,
        "platform_fee_fen": settled.platform_fee,
        "payout_fen": settled.payout,
    })
}

impl Calendars {
    fn date(&self, at: Timestamp) -> Date {
        self.local(at).date()
    }

    fn local(&self, at: Timestamp) -> jiff::Zoned {
        let utc = jiff::Timestamp::from_millisecond(at.as_millis()).unwrap_or_default();
        utc.to_zoned(self.zone.clone())
    }

    fn merchant(&self, store: StoreId) -> MerchantId {
        self.merchants.get(&store).copied().unwrap_or(MerchantId::from_bits(0))
    }
}

impl Calendar for Calendars {
    fn occasion(&self, store: StoreId, at: Timestamp) -> Occasion {
        let local = self.local(at);
        let (day, hour) = (local.date(), local.hour().unsigned_abs());
        Occasion { at, day, hour, store, merchant: self.merchant(store) }
    }

    fn platform_fee(&self, _channel: &str, _placed_at: Timestamp) -> Permille {
        PLATFORM_FEE
    }
}
