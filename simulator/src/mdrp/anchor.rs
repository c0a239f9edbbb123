//! Lays a day over a real place and a real hour.

use vocabulary::{Place, Seconds, Timestamp};

use super::Day;
use crate::city::{Plane, Spot};

/// The middle of the day's plane lies on a reference place; its minute 0 is a given moment.
#[derive(Debug, Clone, Copy)]
pub struct Anchor {
    plane: Plane,
    middle: Spot,
    begins: Timestamp,
}

impl Anchor {
    /// The middle is the median of all restaurants, where the day is dense: a far-off courier does
    /// not move the city.
    pub fn new(day: &Day, reference: Place, begins: Timestamp) -> Self {
        let median = |axis: fn(&Spot) -> f64| {
            let mut values: Vec<f64> =
                day.restaurants.iter().map(|place| axis(&place.at)).collect();
            values.sort_by(f64::total_cmp);
            values.get(values.len() / 2).copied().unwrap_or_default().round()
        };
        let middle = Spot::new(median(|spot| spot.x), median(|spot| spot.y));
        Self { plane: Plane::around(reference), middle, begins }
    }

    /// The real place under the middle of the day.
    pub fn reference(&self) -> Place {
        self.plane.place(Spot::default())
    }

    pub fn place(&self, spot: Spot) -> Place {
        self.plane.place(Spot::new(spot.x - self.middle.x, spot.y - self.middle.y))
    }

    pub fn spot(&self, place: Place) -> Spot {
        let spot = self.plane.spot(place);
        Spot::new(spot.x + self.middle.x, spot.y + self.middle.y)
    }

    pub fn at(&self, minute: u32) -> Timestamp {
        self.begins.after(Seconds::minutes(minute))
    }

    /// Minutes of the day at a moment, with their fraction; negative before the day begins.
    pub fn minute(&self, at: Timestamp) -> f64 {
        (at.as_millis() - self.begins.as_millis()) as f64 / 60_000.0
    }
}
