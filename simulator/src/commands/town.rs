//! Which city is meant: the same figures always mean the same one.

use std::rc::Rc;

use clap::Args;

use crate::city::{City, CitySpec};
use crate::people::{FaultMix, Population};
use crate::play::Cast;
use crate::town::Town;

#[derive(Debug, Args)]
pub struct CityArguments {
    /// Draws the city and its people
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    #[arg(long, default_value_t = 60)]
    pub stores: u32,
    #[arg(long, default_value_t = 300)]
    pub couriers: u32,
    #[arg(long, default_value_t = 400)]
    pub skus: u32,
    /// Mean number of orders a day
    #[arg(long, default_value_t = 5_000)]
    pub orders_per_day: u32,
}

impl CityArguments {
    pub fn city(&self) -> City {
        City::generate(&CitySpec {
            seed: self.seed,
            stores: self.stores,
            skus: self.skus,
            couriers: self.couriers,
            orders_per_day: self.orders_per_day,
            ..CitySpec::default()
        })
    }

    pub fn cast(&self, faults: &FaultMix) -> Cast {
        let city = self.city();
        let people = Population::draw(&city, faults, self.seed);
        Cast { town: Rc::new(Town::of_city(&city)), city: Rc::new(city), people, seed: self.seed }
    }

    /// What shaped the run, for its report.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("stores", self.stores.to_string()),
            ("couriers", self.couriers.to_string()),
            ("skus", self.skus.to_string()),
            ("orders a day", self.orders_per_day.to_string()),
        ]
    }
}
