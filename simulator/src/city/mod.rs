//! A made-up Chinese city: streets, stores, goods, couriers, shoppers and their wishes, all drawn
//! from one seed. Equal specs give equal cities.
//!
//! This room never talks to a server and never learns what became of an order. Names, brands and
//! telephone numbers are invented; nothing here is a real firm, street directory or person.

mod catalog;
mod couriers;
mod demand;
mod districts;
pub(crate) mod draws;
mod goods;
mod plane;
mod shoppers;
mod stores;
mod streets;
mod words;

use serde::{Deserialize, Serialize};
use vocabulary::{Chance, Place, Seconds};

pub use catalog::{Sku, SkuNumber, TaxRate, Temperature, barcode, check_digit};
pub use couriers::{Courier, CourierNumber, Shift, Vehicle};
pub use demand::{BasketLine, Demand, OrderIntent, Reach};
pub use districts::{Crowd, District, DistrictKind, Housing};
pub use draws::{Weighted, normal};
pub use plane::{Plane, Spot};
pub use shoppers::{Shopper, ShopperNumber};
pub use stores::{Hours, Merchant, PackingSpeed, Region, Shelf, Store, StoreFormat, StoreNumber};
pub use streets::{Address, Block, River, Route, RoutePlanner, Street, StreetClass, StreetMap};

const DAY_S: u32 = 86_400;
/// Parts of the day in which the couriers of a city without a night take turns.
const TURNS: u32 = 8;

/// What to generate. The default is a city of twelve kilometres with 60 stores, 400 SKUs, 300
/// couriers and some 5,000 orders a day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CitySpec {
    pub seed: u64,
    pub stores: u32,
    pub skus: u32,
    pub couriers: u32,
    /// Mean number of orders a day.
    pub orders_per_day: u32,
    /// It has no night: see [`City::wake`].
    pub is_awake: bool,
    pub center: Place,
    /// From the centre to the last street, in metres.
    pub radius_m: f64,
}

/// A generated city, as data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct City {
    pub spec: CitySpec,
    pub name: String,
    pub streets: StreetMap,
    pub districts: Vec<District>,
    pub regions: Vec<Region>,
    pub merchants: Vec<Merchant>,
    pub skus: Vec<Sku>,
    pub stores: Vec<Store>,
    pub couriers: Vec<Courier>,
    pub shoppers: Vec<Shopper>,
}

/// A point of the Yangtze plain, far enough from every border of a map projection.
fn default_center() -> Place {
    Place::new(30.60, 114.30).unwrap_or_else(|_| unreachable!("a constant point on the earth"))
}

impl Default for CitySpec {
    fn default() -> Self {
        Self {
            seed: 1,
            stores: 60,
            skus: 400,
            couriers: 300,
            orders_per_day: 5_200,
            is_awake: false,
            center: default_center(),
            radius_m: 6_000.0,
        }
    }
}

impl City {
    /// Draws the city. Each part has a chance of its own, so that asking for one more store does
    /// not move a street or rename a shopper.
    pub fn generate(spec: &CitySpec) -> Self {
        let mut root = Chance::from_seed(spec.seed);
        let mut part = |label: u64| root.fork(label);
        let streets = StreetMap::lay_out(spec.center, spec.radius_m, &mut part(1));
        let districts = districts::found(&streets, &mut part(2));
        let housing = Housing::new(&streets, &districts);
        let plane = Plane::around(spec.center);
        let skus = catalog::stock_up(spec.skus as usize, &mut part(3));
        let stores = stores::open(
            spec.stores as usize,
            &housing,
            &plane,
            spec.radius_m,
            &skus,
            &mut part(4),
        );
        let couriers = couriers::hire(spec.couriers as usize, &housing, &mut part(5));
        let shopper_count = (spec.orders_per_day / 2).clamp(50, 5_000) as usize;
        let shoppers = shoppers::move_in(shopper_count, &housing, &mut part(6));
        let mut city = Self {
            spec: spec.clone(),
            name: "禾城".to_owned(),
            districts,
            regions: stores::regions(),
            merchants: stores::merchants(),
            skus,
            stores,
            couriers,
            shoppers,
            streets,
        };
        if spec.is_awake {
            city.wake();
        }
        city
    }

    /// Stores that never close, couriers who take turns around the clock, orders at the same rate at
    /// every hour ([`Demand`](demand::Demand)): a city to show or to test does not depend on when
    /// somebody looks.
    fn wake(&mut self) {
        for store in &mut self.stores {
            store.hours = stores::Hours::ALL_DAY;
        }
        for courier in &mut self.couriers {
            let later = Seconds(DAY_S / TURNS * (courier.number.0 % TURNS));
            courier.shifts = courier.shifts.iter().map(|shift| shift.later(later)).collect();
            courier.shifts.sort_by_key(|shift| shift.begins);
        }
    }

    pub fn store(&self, number: StoreNumber) -> Option<&Store> {
        self.stores.get(number.0 as usize)
    }

    pub fn sku(&self, number: SkuNumber) -> Option<&Sku> {
        self.skus.get(number.0 as usize)
    }

    pub fn courier(&self, number: CourierNumber) -> Option<&Courier> {
        self.couriers.get(number.0 as usize)
    }

    pub fn shopper(&self, number: ShopperNumber) -> Option<&Shopper> {
        self.shoppers.get(number.0 as usize)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::hash::{DefaultHasher, Hash, Hasher};

    use super::*;

    fn digest(spec: &CitySpec) -> u64 {
        let text = serde_json::to_string(&City::generate(spec)).unwrap();
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        hasher.finish()
    }

    fn on_duty(city: &City, second: u32) -> usize {
        let on_duty = |shift: &&Shift| {
            (shift.begins.0..shift.ends.0).contains(&second)
                || (shift.begins.0..shift.ends.0).contains(&(second + DAY_S))
        };
        city.couriers.iter().flat_map(|courier| &courier.shifts).filter(on_duty).count()
    }

    fn spec(seed: u64) -> CitySpec {
        CitySpec { seed, ..CitySpec::default() }
    }

    #[test]
    fn equal_seeds_give_equal_cities_and_other_seeds_others() {
        assert_eq!(digest(&spec(7)), digest(&spec(7)));
        assert_ne!(digest(&spec(7)), digest(&spec(8)));
    }

    #[test]
    fn a_city_survives_being_written_and_read() {
        let city = City::generate(&spec(2));
        let text = serde_json::to_string(&city).unwrap();
        assert!(serde_json::from_str::<City>(&text).unwrap() == city, "the copy differs");
    }

    #[test]
    fn the_default_city_has_what_the_demo_needs() {
        let city = City::generate(&spec(1));
        let counts = (city.stores.len(), city.skus.len(), city.couriers.len());
        assert_eq!(counts, (60, 400, 300));
        let names: BTreeSet<&str> = city.stores.iter().map(|store| store.name.as_str()).collect();
        assert_eq!(names.len(), 60, "store names are unique");
        assert!(city.stores.iter().all(|store| store.shelves.len() > 150));
        assert!(city.couriers.iter().all(|courier| !courier.shifts.is_empty()));
        let plane = Plane::around(city.spec.center);
        let inside = |place: Place| plane.spot(place).distance(Spot::default()) < 6_200.0;
        assert!(city.stores.iter().all(|store| inside(store.place())));
        assert!(city.shoppers.iter().all(|shopper| inside(shopper.home.place)));
    }

    #[test]
    fn one_more_store_moves_no_street_and_renames_no_shopper() {
        let small = City::generate(&spec(5));
        let large = City::generate(&CitySpec { stores: 61, ..spec(5) });
        assert!(small.streets == large.streets, "streets moved");
        assert!(small.shoppers == large.shoppers, "shoppers changed");
        assert!(small.stores[..] == large.stores[..60], "stores changed");
    }

    #[test]
    fn a_city_that_is_awake_has_open_stores_and_couriers_at_every_hour() {
        let city = City::generate(&CitySpec { is_awake: true, ..spec(1) });
        for hour in 0..24 {
            let second = hour * 3_600;
            assert!(city.stores.iter().all(|store| store.hours.include(Seconds(second))), "{hour}");
            let on_duty = on_duty(&city, second);
            assert!((80..180).contains(&on_duty), "{on_duty} at {hour}");
        }
        let asleep = City::generate(&spec(1));
        let works = |city: &City| -> u32 {
            let shifts = city.couriers.iter().flat_map(|courier| &courier.shifts);
            shifts.map(|shift| shift.lasts().0).sum()
        };
        assert_eq!(works(&city), works(&asleep), "nobody works longer");
    }

    #[test]
    fn at_both_meals_most_couriers_are_on_duty_and_at_night_some() {
        let city = City::generate(&spec(1));
        let on_duty = |hour: u32| on_duty(&city, hour * 3_600);
        assert!(on_duty(12) > 180 && on_duty(19) > 180, "{} {}", on_duty(12), on_duty(19));
        assert!((5..60).contains(&on_duty(3)), "{}", on_duty(3));
    }
}
