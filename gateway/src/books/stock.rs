//! Movements of goods, and what they come to day by day.

use std::collections::BTreeMap;

use commerce::ledger::Calendar as _;
use commerce::report::StockDay;
use dispatch::inventory::{InventoryEvent, movements};
use jiff::civil::Date;
use persistence::EventRow;
use serde::{Deserialize, Serialize};
use vocabulary::{SkuId, StoreId, Timestamp};

use super::StoreCalendar;

/// The newest day of each store.
#[derive(Debug, Default)]
pub(super) struct Stock {
    newest: BTreeMap<StoreId, (Date, StockDay)>,
}

/// One day of one store, as it is written.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct WrittenDay {
    pub store: StoreId,
    pub day: Date,
    pub stock: StockDay,
}

/// What one event moved in one store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockMove {
    pub seq: u64,
    pub at: Timestamp,
    /// The store's own day, which it counts for.
    pub day: Date,
    pub store: StoreId,
    pub lines: Vec<MovedLine>,
}

/// Units of a SKU that came (more than zero) or left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovedLine {
    pub sku: SkuId,
    pub units: i64,
    /// As the stock ledger calls it.
    pub why: Box<str>,
}

impl MovedLine {
    /// Whether it left for good or came back from there: what turns count as sold.
    pub fn is_sale(&self) -> bool {
        is_sale(&self.why)
    }
}

fn is_sale(why: &str) -> bool {
    matches!(why, "consumed" | "sold_at_till" | "came_back")
}

impl Stock {
    /// Takes up where a store was; of several days the newest counts.
    pub fn resume(&mut self, written: &WrittenDay) {
        let newest = self.newest.entry(written.store).or_insert((written.day, written.stock));
        if written.day >= newest.0 {
            *newest = (written.day, written.stock);
        }
    }

    /// One event of an inventory; most move nothing.
    pub fn read(
        &mut self,
        row: &EventRow,
        calendar: &StoreCalendar,
    ) -> Option<(WrittenDay, StockMove)> {
        let moves = !matches!(
            row.kind.as_ref(),
            "units_held"
                | "reservation_committed"
                | "reservation_released"
                | "reservation_expired"
                | "units_released"
        );
        if !moves {
            return None;
        }
        let event: InventoryEvent = serde_json::from_str(&row.payload).ok()?;
        let moved = movements(&event);
        if moved.is_empty() {
            return None;
        }
        let store = StoreId::from_bits(row.entity);
        let day = calendar.occasion(store, row.at).day;
        let (last, stock) = self.newest.entry(store).or_insert((day, StockDay::default()));
        if day > *last {
            (*last, stock.sold) = (day, 0);
        }
        for (_, delta, why) in &moved {
            stock.closing += delta;
            if is_sale(why) {
                stock.sold -= delta;
            }
        }
        let line =
            |(sku, units, why): (SkuId, i64, &str)| MovedLine { sku, units, why: why.into() };
        let lines = moved.into_iter().map(line).collect();
        let (day, stock) = (*last, *stock);
        let moved = StockMove { seq: row.seq, at: row.at, day, store, lines };
        Some((WrittenDay { store, day, stock }, moved))
    }
}
