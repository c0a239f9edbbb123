//! Who wants what, when and where: a day's orders, or one at a time for a load generator.

use serde::{Deserialize, Serialize};
use vocabulary::{Chance, Seconds};

use super::catalog::{self, SkuNumber, Temperature};
use super::draws::{Weighted, between, one_of};
use super::plane::Plane;
use super::shoppers::{Shopper, ShopperNumber};
use super::stores::{Store, StoreNumber};
use super::streets::Address;
use super::{City, Spot};

/// Relative number of orders around each full hour: two meals, a quiet night.
const HOURS: [f64; 24] = [
    0.5, 0.3, 0.2, 0.15, 0.15, 0.3, 0.9, 1.8, 2.4, 2.6, 4.0, 8.2, 9.0, 5.4, 3.2, 3.0, 3.6, 6.4,
    9.4, 8.6, 5.6, 4.2, 2.6, 1.2,
];
const DAY_S: f64 = 86_400.0;

/// How the goods are to reach the shopper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "mode")]
pub enum Reach {
    /// A courier brings them.
    Delivery,
    /// The shopper collects them here.
    Pickup { store: StoreNumber },
    /// A carrier brings a parcel.
    Express,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BasketLine {
    pub sku: SkuNumber,
    pub units: u32,
}

/// An order a shopper is about to place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrderIntent {
    /// Milliseconds after local midnight.
    pub at_ms: u64,
    pub shopper: ShopperNumber,
    pub door: Address,
    pub reach: Reach,
    /// One to six lines, no SKU twice.
    pub lines: Vec<BasketLine>,
    /// Paid at the door instead of before.
    pub cash_on_delivery: bool,
    pub note: String,
}

/// Draws orders of one city. Holds tables over the city; build it once.
pub struct Demand<'a> {
    city: &'a City,
    plane: Plane,
    catalog: Weighted,
    parcels: Weighted,
    /// For each store: its shelves by popularity.
    shelves: Vec<Weighted>,
    spots: Vec<Spot>,
}

impl<'a> Demand<'a> {
    pub fn new(city: &'a City) -> Self {
        let plane = Plane::around(city.spec.center);
        let popularity =
            |sku: SkuNumber| city.skus.get(sku.0 as usize).map_or(0.0, |sku| sku.popularity);
        Self {
            city,
            plane,
            catalog: Weighted::new(city.skus.iter().map(|sku| sku.popularity)),
            parcels: Weighted::new(city.skus.iter().map(|sku| match sku.temperature {
                Temperature::Ambient => sku.popularity,
                Temperature::Chilled | Temperature::Frozen => 0.0,
            })),
            shelves: city
                .stores
                .iter()
                .map(|store| Weighted::new(store.shelves.iter().map(|shelf| popularity(shelf.sku))))
                .collect(),
            spots: city.stores.iter().map(|store| plane.spot(store.place())).collect(),
        }
    }

    /// Orders an hour expected at so many seconds after local midnight; days repeat.
    pub fn rate_at(&self, second: f64) -> f64 {
        f64::from(self.city.spec.orders_per_day) * self.relative_rate(second)
            / HOURS.iter().sum::<f64>()
    }

    /// The orders of a day in order of time: a Poisson process whose rate follows the meals.
    /// Equal days of equal cities are equal; different days differ.
    pub fn day(&self, day: u32) -> Vec<OrderIntent> {
        let mut chance = Chance::from_seed(self.city.spec.seed).fork(u64::from(day) + 1_000);
        let busiest = HOURS.iter().copied().fold(0.0, f64::max);
        let per_second = f64::from(self.city.spec.orders_per_day) * busiest
            / HOURS.iter().sum::<f64>()
            / 3_600.0;
        let mut orders = Vec::new();
        if per_second <= 0.0 {
            return orders;
        }
        let mut second = 0.0;
        loop {
            second += -(1.0 - chance.unit()).ln() / per_second;
            if second >= DAY_S {
                break;
            }
            // Thinning: draw at the busiest rate, keep what the hour's rate allows.
            if chance.happens(self.relative_rate(second) / busiest) {
                orders.extend(self.intent((second * 1_000.0) as u64, &mut chance));
            }
        }
        orders
    }

    /// A city that never sleeps wants the same at every hour.
    fn relative_rate(&self, second: f64) -> f64 {
        if self.city.spec.is_awake {
            HOURS.iter().sum::<f64>() / HOURS.len() as f64
        } else {
            relative_rate(second)
        }
    }

    /// One order at so many milliseconds after local midnight; `None` only in a city without
    /// shoppers or SKUs.
    pub fn intent(&self, at_ms: u64, chance: &mut Chance) -> Option<OrderIntent> {
        let shopper = one_of(&self.city.shoppers, chance)?;
        let hour = (at_ms / 3_600_000 % 24) as u32;
        let door = door_at(shopper, hour, chance);
        let second = Seconds((at_ms / 1_000 % 86_400) as u32);
        let near = self.nearest_open(door, second, |_| true);
        let mut reach = match chance.below(100) {
            0..=84 => Reach::Delivery,
            85..=96 => self
                .nearest_open(door, second, |store| store.has_pickup())
                .map_or(Reach::Delivery, |(_, store)| Reach::Pickup { store: store.number }),
            _ => Reach::Express,
        };
        let lines = self.basket(reach, near.map(|(position, _)| position), chance);
        if near.is_none() && reach == Reach::Delivery {
            reach = Reach::Express;
        }
        Some(OrderIntent {
            at_ms,
            shopper: shopper.number,
            door: door.clone(),
            reach,
            lines,
            cash_on_delivery: reach == Reach::Delivery && chance.happens(0.04),
            note: catalog::note(chance),
        })
    }

    fn nearest_open(
        &self,
        door: &Address,
        second: Seconds,
        fits: impl Fn(&Store) -> bool,
    ) -> Option<(usize, &'a Store)> {
        let here = self.plane.spot(door.place);
        self.spots
            .iter()
            .zip(&self.city.stores)
            .enumerate()
            .filter(|(_, (_, store))| store.hours.include(second) && fits(store))
            .min_by(|(_, (a, _)), (_, (b, _))| a.distance(here).total_cmp(&b.distance(here)))
            .map(|(position, (_, store))| (position, store))
    }

    /// Most people order what the store round the corner has; one in seven orders anything, and
    /// that is where splits come from.
    fn basket(&self, reach: Reach, near: Option<usize>, chance: &mut Chance) -> Vec<BasketLine> {
        let store = match reach {
            Reach::Pickup { store } => Some(store.0 as usize),
            Reach::Delivery => near.filter(|_| !chance.happens(0.14)),
            Reach::Express => None,
        };
        let wanted =
            Weighted::new([0.30, 0.26, 0.19, 0.12, 0.08, 0.05]).pick(chance).unwrap_or(0) + 1;
        let mut lines: Vec<BasketLine> = Vec::with_capacity(wanted);
        for _ in 0..wanted * 4 {
            let Some(sku) = self.draw_sku(reach, store, chance) else { break };
            if lines.len() < wanted && lines.iter().all(|line| line.sku != sku) {
                lines.push(BasketLine { sku, units: units(chance) });
            }
        }
        lines
    }

    fn draw_sku(
        &self,
        reach: Reach,
        store: Option<usize>,
        chance: &mut Chance,
    ) -> Option<SkuNumber> {
        if let Some(store) = store {
            let shelf = self.shelves.get(store)?.pick(chance)?;
            return self.city.stores.get(store)?.shelves.get(shelf).map(|shelf| shelf.sku);
        }
        let table = match reach {
            Reach::Express => &self.parcels,
            Reach::Delivery | Reach::Pickup { .. } => &self.catalog,
        };
        table.pick(chance).map(|position| SkuNumber(position as u32))
    }
}

/// Between two hours the rate runs straight from one to the other.
fn relative_rate(second: f64) -> f64 {
    let hours = second.rem_euclid(DAY_S) / 3_600.0;
    let at = |hour: usize| HOURS.get(hour % HOURS.len()).copied().unwrap_or_default();
    let (hour, share) = (hours as usize, hours.fract());
    at(hour) * (1.0 - share) + at(hour + 1) * share
}

fn door_at<'a>(shopper: &'a Shopper, hour: u32, chance: &mut Chance) -> &'a Address {
    let at_desk = if (9..18).contains(&hour) { 0.75 } else { 0.05 };
    match &shopper.desk {
        Some(desk) if chance.happens(at_desk) => desk,
        Some(_) | None => &shopper.home,
    }
}

fn units(chance: &mut Chance) -> u32 {
    match chance.below(100) {
        0..=69 => 1,
        70..=92 => 2,
        _ => between(3, 5, chance),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::city::CitySpec;

    fn city() -> City {
        City::generate(&CitySpec { seed: 21, orders_per_day: 4_000, ..CitySpec::default() })
    }

    #[test]
    fn a_day_has_about_the_orders_asked_for_and_two_peaks() {
        let city = city();
        let orders = Demand::new(&city).day(0);
        assert!((3_700..4_300).contains(&orders.len()), "{} orders", orders.len());
        let between = |from: u64, until: u64| {
            orders.iter().filter(|o| (from..until).contains(&(o.at_ms / 3_600_000))).count()
        };
        assert!(between(11, 13) > 2 * between(14, 16));
        assert!(between(18, 20) > 2 * between(14, 16));
        assert!(between(2, 4) < 60);
        assert!(orders.is_sorted_by_key(|order| order.at_ms));
    }

    #[test]
    fn baskets_and_modes_come_in_the_shares_of_the_trade() {
        let city = city();
        let orders = Demand::new(&city).day(3);
        let share = |fits: &dyn Fn(&OrderIntent) -> bool| {
            orders.iter().filter(|order| fits(order)).count() as f64 / orders.len() as f64
        };
        assert!((0.82..0.88).contains(&share(&|order| order.reach == Reach::Delivery)));
        assert!((0.10..0.14).contains(&share(&|o| matches!(o.reach, Reach::Pickup { .. }))));
        assert!(orders.iter().all(|order| (1..=6).contains(&order.lines.len())));
        let one_store = share(&|order| {
            city.stores.iter().any(|store| {
                order.lines.iter().all(|line| store.on_hand(line.sku) >= Some(line.units))
            })
        });
        assert!(one_store > 0.95, "{one_store}");
    }

    #[test]
    fn days_repeat_exactly_and_differ_from_each_other() {
        let city = city();
        let demand = Demand::new(&city);
        assert!(demand.day(1) == demand.day(1));
        assert!(demand.day(1) != demand.day(2));
    }

    #[test]
    fn a_pickup_basket_is_on_the_shelves_of_its_store() {
        let city = city();
        for order in Demand::new(&city).day(0) {
            if let Reach::Pickup { store } = order.reach {
                let store = city.store(store).unwrap();
                assert!(store.hours.include(Seconds((order.at_ms / 1_000) as u32)));
                assert!(order.lines.iter().all(|line| store.on_hand(line.sku).is_some()));
            }
        }
    }
}
