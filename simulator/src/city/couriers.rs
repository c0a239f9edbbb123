//! The couriers and their shifts.

use serde::{Deserialize, Serialize};
use vocabulary::{Chance, Grams, Place, Seconds};

use super::DAY_S;
use super::districts::{Crowd, Housing};
use super::draws::{between, within};
use super::words::{Line, person, phone};

/// Position of a courier among the city's couriers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CourierNumber(pub u32);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Vehicle {
    /// 电动自行车
    Ebike,
    /// 三轮车: slower, carries more.
    Tricycle,
}

/// A stretch of duty, in seconds after local midnight. `ends` passes 86,400 for a night shift.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shift {
    pub begins: Seconds,
    pub ends: Seconds,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Courier {
    pub number: CourierNumber,
    /// The fleet's own code, such as `C001`.
    pub code: String,
    pub name: String,
    pub phone: String,
    pub vehicle: Vehicle,
    /// Deliveries carried at once.
    pub capacity: u32,
    pub carries: Grams,
    /// Metres per minute on a free avenue.
    pub metres_per_minute: f64,
    /// Where the day begins and where breaks are spent.
    pub home: Place,
    /// In order; they do not overlap.
    pub shifts: Vec<Shift>,
}

impl Shift {
    fn hours(begins: f64, ends: f64) -> Self {
        let seconds = |hours: f64| Seconds((hours * 3_600.0).round() as u32);
        Self { begins: seconds(begins), ends: seconds(ends) }
    }

    /// The same stretch so much later in the day; past midnight it begins a day earlier.
    pub(super) fn later(self, by: Seconds) -> Self {
        let begins = (self.begins.0 + by.0) % DAY_S;
        Self { begins: Seconds(begins), ends: Seconds(begins + self.lasts().0) }
    }

    pub fn lasts(self) -> Seconds {
        self.ends.saturating_sub(self.begins)
    }
}

pub(super) fn hire(count: usize, housing: &Housing<'_>, chance: &mut Chance) -> Vec<Courier> {
    (0..count)
        .map_while(|position| {
            let home = housing.door(Crowd::Homes, chance)?.place;
            let vehicle = if chance.happens(0.96) { Vehicle::Ebike } else { Vehicle::Tricycle };
            let (capacity, carries, speed) = match vehicle {
                Vehicle::Ebike => (between(4, 6, chance), 30_000, within(290.0, 350.0, chance)),
                Vehicle::Tricycle => {
                    (between(8, 12, chance), 150_000, within(220.0, 260.0, chance))
                }
            };
            Some(Courier {
                number: CourierNumber(position as u32),
                code: format!("C{:03}", position + 1),
                name: person(chance),
                phone: phone(Line::Courier, position),
                vehicle,
                capacity,
                carries: Grams(carries),
                metres_per_minute: speed.round(),
                home,
                shifts: shifts(chance),
            })
        })
        .collect()
}

/// Most couriers work both meals and rest between; some take one long stretch or the night.
fn shifts(chance: &mut Chance) -> Vec<Shift> {
    let late = f64::from(between(0, 6, chance)) * 0.25;
    match chance.below(100) {
        0..=54 => vec![Shift::hours(9.5 + late, 14.0), Shift::hours(16.0 + late, 21.5)],
        55..=72 => vec![Shift::hours(6.0 + late, 14.5)],
        73..=93 => vec![Shift::hours(13.5 + late, 23.0)],
        _ => vec![Shift::hours(21.0 + late, 30.0)],
    }
}
