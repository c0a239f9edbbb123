//! The river that cuts the city in two.

use serde::{Deserialize, Serialize};
use vocabulary::{Chance, Place};

use crate::city::draws::within;
use crate::city::plane::{Plane, Spot};

/// A river as it is drawn: its middle line and its width.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct River {
    pub name: String,
    pub course: Vec<Place>,
    pub width_m: f64,
}

/// The winding course while streets are laid out: `x` of the middle as a function of `y`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Course {
    offset: f64,
    swing: f64,
    wave: f64,
    phase: f64,
    pub(super) half_width: f64,
}

impl Course {
    pub(super) fn draw(radius: f64, chance: &mut Chance) -> Self {
        let side = if chance.happens(0.5) { 1.0 } else { -1.0 };
        Self {
            offset: side * within(0.16, 0.30, chance) * radius,
            swing: within(0.05, 0.10, chance) * radius,
            wave: std::f64::consts::TAU / (radius * within(1.3, 2.0, chance)),
            phase: within(0.0, std::f64::consts::TAU, chance),
            half_width: (0.02 * radius).clamp(40.0, 140.0),
        }
    }

    fn middle(&self, y: f64) -> f64 {
        self.offset + self.swing * (self.wave * y + self.phase).sin()
    }

    /// True on the bank where `x` is larger.
    pub(super) fn is_east(&self, spot: Spot) -> bool {
        spot.x >= self.middle(spot.y)
    }

    /// The spot itself, or the point of its own bank where a road along the water runs.
    pub(super) fn ashore(&self, spot: Spot) -> Spot {
        let quay = self.half_width + 30.0;
        let away = spot.x - self.middle(spot.y);
        if away.abs() >= quay {
            return spot;
        }
        let side = if self.is_east(spot) { 1.0 } else { -1.0 };
        Spot::new(self.middle(spot.y) + side * quay, spot.y)
    }

    /// The drawn river, from one edge of the city to the other.
    pub(super) fn river(&self, radius: f64, plane: &Plane) -> River {
        const POINTS: i32 = 40;
        let course = (-POINTS..=POINTS)
            .map(|step| f64::from(step) / f64::from(POINTS) * radius)
            .map(|y| plane.place(Spot::new(self.middle(y), y)))
            .collect();
        River { name: "澄江".to_owned(), course, width_m: 2.0 * self.half_width }
    }
}
