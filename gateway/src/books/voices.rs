//! How stores and couriers were rated, and what each courier's day came to: counted from the feed,
//! written together with how far that is.

use std::collections::BTreeMap;

use actors::Recorded;
use commerce::ledger::Calendar as _;
use dispatch::order::{Order, OrderEvent};
use jiff::civil::Date;
use persistence::EventRow;
use serde::{Deserialize, Serialize};
use vocabulary::{CourierId, DeliveryId, StoreId};

use super::StoreCalendar;

/// Stars that were given, counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Stars {
    /// Of one star, two, three, four, five.
    pub by_stars: [u64; 5],
}

/// Whom stars are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rated {
    Store(StoreId),
    Courier(CourierId),
}

/// What a courier did on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CourierDay {
    pub delivered: u64,
    pub on_time: u64,
    pub failed: u64,
}

/// Everything counted so far.
#[derive(Debug, Clone, Default)]
pub struct Voices {
    pub stars: BTreeMap<Rated, Stars>,
    pub days: BTreeMap<(Date, CourierId), CourierDay>,
}

/// What one event changed, newest count.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Voice {
    Stars { of: Rated, stars: Stars },
    Day { day: Date, courier: CourierId, did: CourierDay },
}

impl Stars {
    /// What is no star counts for nothing.
    pub fn add(&mut self, stars: u8) {
        let place = usize::from(stars).checked_sub(1);
        if let Some(count) = place.and_then(|place| self.by_stars.get_mut(place)) {
            *count = count.saturating_add(1);
        }
    }

    pub fn count(&self) -> u64 {
        self.by_stars.iter().sum()
    }

    /// 1.0 to 5.0; 0 where nobody rated.
    pub fn average(&self) -> f64 {
        let sum: u64 = self.by_stars.iter().zip(1..).map(|(count, stars)| count * stars).sum();
        match self.count() {
            0 => 0.0,
            count => sum as f64 / count as f64,
        }
    }
}

impl Voice {
    /// Under which key it is written.
    pub fn key(&self) -> String {
        match self {
            Self::Stars { of: Rated::Store(store), .. } => format!("stars/store/{store}"),
            Self::Stars { of: Rated::Courier(courier), .. } => format!("stars/courier/{courier}"),
            Self::Day { day, courier, .. } => format!("courier/{day}/{courier}"),
        }
    }
}

impl Voices {
    /// Takes up what was written, or what the reader counted on.
    pub(super) fn take(&mut self, voice: &Voice) {
        match voice {
            Voice::Stars { of, stars } => {
                self.stars.insert(*of, *stars);
            }
            Voice::Day { day, courier, did } => {
                self.days.insert((*day, *courier), *did);
            }
        }
    }

    /// Forgets couriers' days before `since`: they stay written.
    pub(super) fn forget_before(&mut self, since: Date) {
        self.days.retain(|(day, _), _| *day >= since);
    }

    /// One event of an order, as the order stands after it.
    pub(super) fn read(
        &mut self,
        told: &Recorded,
        row: &EventRow,
        order: &Order,
        calendar: &StoreCalendar,
    ) -> Vec<Voice> {
        let Recorded::Order(event) = told else { return Vec::new() };
        if let OrderEvent::OrderRated { stores, couriers, words } = &**event {
            let of_stores = stores.iter().map(|store| (Rated::Store(*store), words.store_stars));
            let by_couriers = words.courier_stars.into_iter().flat_map(|stars| {
                couriers.iter().map(move |courier| (Rated::Courier(*courier), stars))
            });
            return of_stores.chain(by_couriers).map(|(of, stars)| self.rated(of, stars)).collect();
        }
        let Some((delivery, courier, is_delivered)) = at_the_door(event) else {
            return Vec::new();
        };
        let Some((store, promised_by)) = door(order, delivery) else { return Vec::new() };
        let day = calendar.occasion(store, row.at).day;
        let is_on_time = row.at <= promised_by;
        vec![self.on(day, courier, |did| match is_delivered {
            true => {
                did.delivered += 1;
                did.on_time += u64::from(is_on_time);
            }
            false => did.failed += 1,
        })]
    }

    fn rated(&mut self, of: Rated, given: u8) -> Voice {
        let stars = self.stars.entry(of).or_default();
        stars.add(given);
        Voice::Stars { of, stars: *stars }
    }

    fn on(&mut self, day: Date, courier: CourierId, does: impl FnOnce(&mut CourierDay)) -> Voice {
        let did = self.days.entry((day, courier)).or_default();
        does(did);
        Voice::Day { day, courier, did: *did }
    }
}

/// A delivery's end at its door, or that nobody could take it.
fn at_the_door(event: &OrderEvent) -> Option<(DeliveryId, CourierId, bool)> {
    if let OrderEvent::DeliveryDelivered { delivery, courier, .. } = event {
        return Some((*delivery, *courier, true));
    }
    let OrderEvent::DeliveryFailed { delivery, courier, .. } = event else { return None };
    Some((*delivery, *courier, false))
}

/// The store a delivery comes from, and by when it was promised.
fn door(order: &Order, delivery: DeliveryId) -> Option<(StoreId, vocabulary::Timestamp)> {
    let delivery = order.delivery(delivery)?;
    let part = order.part(delivery.fulfillment_order)?;
    Some((part.store, part.promised_by))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_average_is_of_all_stars_that_were_given() {
        let mut stars = Stars::default();
        assert!(stars.average() == 0.0 && stars.count() == 0);
        for given in [5, 4, 4, 1, 0, 9] {
            stars.add(given);
        }
        assert_eq!((stars.count(), stars.by_stars), (4, [1, 0, 0, 2, 1]));
        assert!((stars.average() - 3.5).abs() < 1e-9);
    }
}
