//! A city for sourcing: stores around districts, where they deliver and when, and what is on their
//! shelves.
//!
//! One store to the square kilometre. Half of the stores stand around district centres. Service areas
//! are circles of 2 to 5 km; one store in five never closes, three are open from 07:00 to 23:00, one
//! from 09:00 to 21:00. A store promises 4 to 12 orders a quarter of an hour and packs in 5 to 15
//! minutes. Every night the shelves are filled again.

use std::collections::BTreeMap;
use std::sync::Arc;

use dispatch::Policy;
use dispatch::hours::{DayRange, HoursDocument, HoursError, OpeningHours, Week};
use dispatch::order::FulfillmentMode;
use dispatch::store::{StoreFront, StoreSettings, StoreStatus};
use dispatch::view::{CityView, StoreRow};
use geo_index::{ServiceArea, StraightLine};
use vocabulary::{Chance, MerchantId, Meters, Place, Seconds, SkuId, StoreId};

use super::answer::Share;
use super::shelves::Shelves;
use crate::city::draws::{between, normal, one_of, within};
use crate::city::{Plane, Spot};

const STORES_PER_DISTRICT: u32 = 40;
/// A door is drawn again when no store delivers there: nobody there could order.
const DOORS_TRIED: usize = 50;
/// What a shopper's door is off the store that it is drawn around.
const DOOR_SPREAD_M: f64 = 1_200.0;

/// What a city is drawn from.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    pub stores: u32,
    pub skus: u32,
    pub seed: u64,
}

/// The city as its planner sees it.
pub struct City {
    pub view: CityView,
    shelves: Shelves,
    plane: Plane,
    spots: Vec<Spot>,
}

impl City {
    /// Equal terms give equal cities. Fails only where the zone of the hours is unknown here.
    pub fn furnish(terms: &Terms) -> Result<Self, HoursError> {
        let mut chance = Chance::from_seed(terms.seed);
        let center = center();
        let plane = Plane::around(center);
        let spots = spots(terms, &mut chance.fork(1));
        let mut view = CityView::new(center, Box::new(StraightLine::default()));
        let hours = hours()?;
        let mut drawn = chance.fork(2);
        let rows = spots
            .iter()
            .zip(1..)
            .map(|(spot, number)| (store(number), row(plane.place(*spot), &hours, &mut drawn)));
        view.put_stores(rows.collect::<Vec<_>>());
        let shelves = Shelves::draw(terms, &mut chance.fork(3));
        shelves.open(&mut view);
        Ok(Self { view, shelves, plane, spots })
    }

    /// Fills every shelf and forgets what was promised the day before.
    pub fn sleep(&mut self) {
        self.shelves.fill(&mut self.view);
        let rows: Vec<(StoreId, StoreRow)> = self
            .view
            .stores()
            .iter()
            .filter(|(_, row)| !row.promised.is_empty())
            .map(|(store, row)| (*store, StoreRow { promised: BTreeMap::new(), ..row.clone() }))
            .collect();
        for (store, row) in rows {
            self.view.put_store(store, row);
        }
    }

    /// The goods leave the shelves, and the stores promise one order more.
    pub fn take(&mut self, shares: &[Share], policy: &Policy) {
        for share in shares {
            for line in &share.lines {
                let left = self.view.available(share.store, line.sku).unwrap_or(0);
                let left = left.saturating_sub(line.units);
                self.view.put_available(share.store, line.sku, Some(left));
            }
            let Some(row) = self.view.store(share.store) else { continue };
            let mut row = row.clone();
            let window =
                StoreFront::window_of(share.promised_by, Seconds(policy.capacity_window_s));
            *row.promised.entry(window).or_default() += 1;
            self.view.put_store(share.store, row);
        }
    }

    /// Where somebody lives: two in three around a store, the others anywhere. Some store delivers
    /// there.
    pub fn door(&self, chance: &mut Chance) -> Place {
        let side = side_m(self.spots.len() as u32);
        let mut door = self.plane.place(Spot::default());
        for _ in 0..DOORS_TRIED {
            let spot = match one_of(&self.spots, chance) {
                Some(near) if chance.happens(2.0 / 3.0) => Spot::new(
                    near.x + normal(chance) * DOOR_SPREAD_M,
                    near.y + normal(chance) * DOOR_SPREAD_M,
                ),
                Some(_) | None => anywhere(side, chance),
            };
            door = self.plane.place(spot);
            if !self.view.store_index().covering(door).is_empty() {
                break;
            }
        }
        door
    }
}

pub(super) fn store(number: u32) -> StoreId {
    StoreId::from_bits(u128::from(number))
}

pub(super) fn sku(number: u32) -> SkuId {
    SkuId::from_bits(u128::from(number) + 1)
}

fn center() -> Place {
    Place::new(31.23, 121.47).unwrap_or_else(|_| unreachable!("a constant point on the earth"))
}

/// One store to the square kilometre.
fn side_m(stores: u32) -> f64 {
    f64::from(stores.max(1)).sqrt() * 1_000.0
}

fn anywhere(side: f64, chance: &mut Chance) -> Spot {
    let half = side / 2.0;
    Spot::new(within(-half, half, chance), within(-half, half, chance))
}

fn spots(terms: &Terms, chance: &mut Chance) -> Vec<Spot> {
    let side = side_m(terms.stores);
    let districts = (terms.stores / STORES_PER_DISTRICT).max(3);
    let centers: Vec<Spot> = (0..districts).map(|_| anywhere(side, chance)).collect();
    let spread = side / f64::from(districts).sqrt() / 3.0;
    let mut one = || match one_of(&centers, chance) {
        Some(center) if chance.happens(0.5) => {
            Spot::new(center.x + normal(chance) * spread, center.y + normal(chance) * spread)
        }
        Some(_) | None => anywhere(side, chance),
    };
    (0..terms.stores).map(|_| one()).collect()
}

fn row(place: Place, hours: &[OpeningHours; 3], chance: &mut Chance) -> StoreRow {
    let [always, long, short] = hours;
    let hours = match chance.below(5) {
        0 => always,
        1..=3 => long,
        _ => short,
    };
    let settings = StoreSettings {
        name: String::new(),
        merchant: MerchantId::from_bits(1),
        place,
        area: ServiceArea::Radius { center: place, radius: Meters(between(2_000, 5_000, chance)) },
        hours: hours.clone(),
        modes: vec![FulfillmentMode::Delivery],
        prep_time: Seconds(between(300, 900, chance)),
        prep_per_open_order: Seconds(0),
        capacity_per_window: between(4, 12, chance),
        auto_accept: true,
        version: 1,
    };
    StoreRow {
        settings: Arc::new(settings),
        status: StoreStatus::Open,
        open_orders: 0,
        promised: BTreeMap::new(),
        extra_prep: Seconds(0),
    }
}

fn hours() -> Result<[OpeningHours; 3], HoursError> {
    let open = |open: &str, close: &str| {
        let range = DayRange { open: open.to_owned(), close: close.to_owned() };
        OpeningHours::try_from(HoursDocument {
            time_zone: "Asia/Shanghai".to_owned(),
            weekly: Week::every_day(&[range]),
            exceptions: BTreeMap::new(),
            cutoff_before_close: Seconds(0),
            closing_while_cooking_allowed: true,
        })
    };
    Ok([OpeningHours::always("Asia/Shanghai")?, open("07:00", "23:00")?, open("09:00", "21:00")?])
}
