//! Units that left each store for good, by day, folded from the feed.

use std::collections::BTreeMap;

use commerce::replenishment::{Day, DemandHistory};
use dispatch::hours::OpeningHours;
use dispatch::inventory::InventoryEvent;
use jiff::civil::Date;
use persistence::{EventRow, PartitionId};
use rustc_hash::FxHashMap;
use vocabulary::{SkuId, StoreId, Timestamp};

use crate::reference::Directory;

/// Days that are kept: the longest history a policy may ask for.
const MOST_DAYS: usize = 366;

/// Demand of every SKU at every store that ever sold it.
#[derive(Debug, Default)]
pub(super) struct DemandBook {
    /// The last event of each city that is folded in.
    after: BTreeMap<PartitionId, u64>,
    histories: FxHashMap<(StoreId, SkuId), DemandHistory>,
    /// The day up to which demand is known whole, and on which reorder points were last told.
    pub told_on: FxHashMap<StoreId, Day>,
}

/// The local day of a store at a moment.
pub(super) fn day_at(hours: &OpeningHours, at: Timestamp) -> Day {
    let epoch = Date::constant(1970, 1, 1);
    Day(hours.local_date(at).since(epoch).map_or(0, |span| span.get_days()))
}

impl DemandBook {
    pub fn read_up_to(&self, city: PartitionId) -> u64 {
        self.after.get(&city).copied().unwrap_or(0)
    }

    /// Takes in one event, in the order of its city's feed.
    pub fn fold(&mut self, city: PartitionId, row: &EventRow, directory: &Directory) {
        self.after.insert(city, row.seq);
        if row.entity_kind != "inventory" {
            return;
        }
        let tells_demand = matches!(row.kind.as_ref(), "reservation_consumed" | "sold_at_till");
        if !tells_demand {
            return;
        }
        let event = match serde_json::from_str::<InventoryEvent>(&row.payload) {
            Ok(event) => event,
            Err(error) => {
                tracing::error!(%error, seq = row.seq, "an event of the feed is not understood");
                return;
            }
        };
        let store = StoreId::from_bits(row.entity);
        let Some(record) = directory.store(store) else { return };
        let hours = &record.settings.hours;
        if let InventoryEvent::ReservationConsumed { lines, .. } = &event {
            let day = day_at(hours, row.at);
            lines.iter().for_each(|line| self.add((store, line.sku), day, line.units));
        }
        if let InventoryEvent::SoldAtTill { sku, units, sold_at, .. } = event {
            let day = day_at(hours, sold_at.unwrap_or(row.at));
            self.add((store, sku), day, units);
        }
    }

    fn add(&mut self, shelf: (StoreId, SkuId), day: Day, units: u32) {
        let begin = || DemandHistory { first_day: day, units: Vec::new() };
        let history = self.histories.entry(shelf).or_insert_with(begin);
        let place = day.0.saturating_sub(history.first_day.0);
        let Ok(place) = usize::try_from(place) else {
            return grow_back(history, day, units);
        };
        if place >= history.units.len() {
            history.units.resize(place + 1, 0);
        }
        if let Some(of_day) = history.units.get_mut(place) {
            *of_day = of_day.saturating_add(units);
        }
        if history.units.len() > 2 * MOST_DAYS {
            *history = history.recent(MOST_DAYS);
        }
    }

    /// Every history up to the day before `today`, days without demand at the end among it.
    pub fn whole_days(
        &self,
        today: impl Fn(StoreId) -> Option<Day>,
    ) -> Vec<((StoreId, SkuId), DemandHistory)> {
        let whole = self.histories.iter().filter_map(|(shelf, history)| {
            let days = today(shelf.0)?.0.saturating_sub(history.first_day.0);
            let mut units = history.units.clone();
            units.resize(usize::try_from(days).ok()?.min(4 * MOST_DAYS), 0);
            let history = DemandHistory { first_day: history.first_day, units };
            Some((*shelf, history.recent(MOST_DAYS)))
        });
        whole.collect()
    }

    pub fn history(&self, store: StoreId, sku: SkuId) -> Option<DemandHistory> {
        self.histories.get(&(store, sku)).map(|history| history.recent(MOST_DAYS))
    }
}

/// A sale that was told so late that it is older than all that is known.
fn grow_back(history: &mut DemandHistory, day: Day, units: u32) {
    let missing = usize::try_from(history.first_day.0.saturating_sub(day.0)).unwrap_or(usize::MAX);
    if missing > MOST_DAYS {
        return;
    }
    let mut grown = vec![0; missing];
    if let Some(first) = grown.first_mut() {
        *first = units;
    }
    grown.append(&mut history.units);
    *history = DemandHistory { first_day: day, units: grown };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_the_stores_own_and_late_words_find_their_day() {
        let hours = OpeningHours::always("Asia/Shanghai").unwrap();
        // 15:59 and 16:01 UTC stand on both sides of midnight in Wuhan.
        let at = |minutes: i64| Timestamp::from_millis(20_000 * 86_400_000 + minutes * 60_000);
        assert_eq!(day_at(&hours, at(15 * 60 + 59)), Day(20_000));
        assert_eq!(day_at(&hours, at(16 * 60 + 1)), Day(20_001));
        let shelf = (StoreId::from_bits(1), SkuId::from_bits(2));
        let mut book = DemandBook::default();
        for (day, units) in [(100, 3), (102, 4), (98, 5), (102, 1), (-900, 7)] {
            book.add(shelf, Day(day), units);
        }
        let days = book.whole_days(|_| Some(Day(104)));
        let expected = DemandHistory { first_day: Day(98), units: vec![5, 0, 3, 0, 5, 0] };
        assert_eq!(days, [(shelf, expected)]);
        let today = book.whole_days(|_| Some(Day(102)));
        assert_eq!(today[0].1.units, [5, 0, 3, 0], "today is not over");
    }
}
