//! How people behave: stores, couriers and shoppers with their habits and their troubles, as data
//! drawn from a seed.
//!
//! A behaviour only answers "what would this person do now, and how long would it take". It never
//! acts: the shell that plays the run sends the commands.

mod courier;
mod delay;
mod faults;
mod habit;
pub mod member;
mod shopper;
mod store;

use serde::{Deserialize, Serialize};
use vocabulary::Chance;

pub use courier::{CourierAnswer, CourierBehavior, DeclineReason, Passage};
pub use delay::{Delay, Spell, Spells};
pub use faults::{FaultMix, UnknownFaultMix};
pub use habit::{Habit, Peace};
pub use shopper::{Payment, ShopperBehavior, ShopperPlan};
pub use store::{Packing, RejectReason, StoreAnswer, StoreBehavior};

use crate::city::{City, normal};

/// Everybody's habits: stores and couriers in the order of the city's own lists.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Population {
    pub stores: Vec<StoreBehavior>,
    pub couriers: Vec<CourierBehavior>,
    pub shoppers: ShopperBehavior,
}

impl Population {
    /// Draws everybody's habits. Equal seeds give equal people.
    pub fn draw(city: &City, mix: &FaultMix, seed: u64) -> Self {
        let mut root = Chance::from_seed(seed);
        let (mut stores, mut couriers) = (root.fork(1), root.fork(2));
        Self {
            stores: city
                .stores
                .iter()
                .map(|store| StoreBehavior::draw(mix, store.packing, &mut stores))
                .collect(),
            couriers: city
                .couriers
                .iter()
                .map(|_| CourierBehavior::draw(mix, &mut couriers))
                .collect(),
            shoppers: ShopperBehavior::draw(mix),
        }
    }
}

/// How slow a person is: around 1, most between 0.7 and 1.4.
fn tempo(chance: &mut Chance) -> f64 {
    (0.2 * normal(chance)).exp().clamp(0.6, 1.8)
}

/// One person's own odds: some are twice as bad as the mean, some hardly ever fail.
fn personal(mean: f64, chance: &mut Chance) -> f64 {
    mean * 2.0 * chance.unit()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::city::CitySpec;

    fn population(mix: &FaultMix, seed: u64) -> Population {
        let city = City::generate(&CitySpec { orders_per_day: 100, ..CitySpec::default() });
        Population::draw(&city, mix, seed)
    }

    #[test]
    fn equal_seeds_give_equal_people() {
        let mix = FaultMix::rough();
        assert!(population(&mix, 4) == population(&mix, 4));
        assert!(population(&mix, 4) != population(&mix, 5));
    }

    #[test]
    fn without_faults_everybody_does_what_was_agreed() {
        let people = population(&FaultMix::none(), 1);
        let mut chance = Chance::from_seed(9);
        for store in &people.stores {
            assert!(matches!(store.answer(&mut chance), StoreAnswer::Accepts { .. }));
            assert!(store.pack(4, &mut chance).short.is_empty());
        }
        let here = vocabulary::Place::new(30.6, 114.3).unwrap();
        for courier in &people.couriers {
            assert!(matches!(courier.answer(9_000.0, &mut chance), CourierAnswer::Accepts { .. }));
            assert_eq!(courier.passage(&mut chance), Passage::Once);
            assert_eq!(courier.reported(here, &mut chance), here);
            assert_eq!(courier.phone_lost.next(&mut chance), None);
        }
        let plan = people.shoppers.plan(&mut chance);
        assert!(matches!(plan.payment, Payment::Pays { .. }));
        assert!(plan.cancels_after.is_none() && plan.collects_after.is_some());
    }

    #[test]
    fn rough_people_fail_about_as_often_as_the_mix_says() {
        let mix = FaultMix::rough();
        let people = population(&mix, 1);
        let mut chance = Chance::from_seed(6);
        let (mut declines, mut silences, mut doubles, mut tries) = (0.0, 0.0, 0.0, 0.0);
        for courier in people.couriers.iter().cycle().take(30_000) {
            tries += 1.0;
            match courier.answer(1_250.0, &mut chance) {
                CourierAnswer::Declines { .. } => declines += 1.0,
                CourierAnswer::Silence => silences += 1.0,
                CourierAnswer::Accepts { .. } => {}
            }
            if let Passage::Twice { .. } = courier.passage(&mut chance) {
                doubles += 1.0;
            }
        }
        for (counted, expected) in [
            (declines, mix.courier_declines),
            (silences, mix.courier_silent),
            (doubles, mix.duplicate),
        ] {
            let share: f64 = counted / tries;
            assert!((share / expected - 1.0).abs() < 0.2, "{share} instead of {expected}");
        }
    }
}
