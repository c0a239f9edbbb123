//! Metres on a flat sheet laid over the city's centre.

use geo_index::Projection;
use serde::{Deserialize, Serialize};
use vocabulary::Place;

/// Degrees are kept to seven decimals, a centimetre on the ground, so that files stay readable.
const DEGREE_STEPS: f64 = 1e7;

/// A point of the sheet: metres east (`x`) and north (`y`) of the centre.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Spot {
    pub x: f64,
    pub y: f64,
}

/// Maps between degrees and the sheet: geo-index's projection, with degrees rounded.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plane(Projection);

impl Spot {
    pub fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }

    /// Straight-line distance in metres.
    pub fn distance(self, other: Self) -> f64 {
        (self.x - other.x).hypot(self.y - other.y)
    }

    /// The point `share` (0 to 1) of the way to `other`.
    pub fn towards(self, other: Self, share: f64) -> Self {
        Self { x: self.x + (other.x - self.x) * share, y: self.y + (other.y - self.y) * share }
    }

    /// The share of the way from `a` to `b` at which the segment comes closest to here.
    pub fn nearest_share(self, a: Self, b: Self) -> f64 {
        let (dx, dy) = (b.x - a.x, b.y - a.y);
        let squared = dx * dx + dy * dy;
        if squared == 0.0 {
            return 0.0;
        }
        (((self.x - a.x) * dx + (self.y - a.y) * dy) / squared).clamp(0.0, 1.0)
    }
}

impl Plane {
    pub fn around(centre: Place) -> Self {
        Self(Projection::new(centre))
    }

    pub fn place(&self, spot: Spot) -> Place {
        let exact = self.0.from_xy((spot.x, spot.y));
        Place::new(rounded(exact.latitude()), rounded(exact.longitude())).unwrap_or(exact)
    }

    pub fn spot(&self, place: Place) -> Spot {
        let (x, y) = self.0.to_xy(place);
        Spot { x, y }
    }
}

fn rounded(degrees: f64) -> f64 {
    (degrees * DEGREE_STEPS).round() / DEGREE_STEPS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spot_comes_back_within_two_centimetres() {
        let plane = Plane::around(Place::new(30.6, 114.3).unwrap());
        for (x, y) in [(0.0, 0.0), (5_999.0, -12.5), (-8_000.0, 8_000.0)] {
            let spot = Spot::new(x, y);
            assert!(plane.spot(plane.place(spot)).distance(spot) < 0.02);
        }
    }

    #[test]
    fn the_nearest_point_of_a_segment_stays_on_it() {
        let (a, b) = (Spot::new(0.0, 0.0), Spot::new(10.0, 0.0));
        assert_eq!(Spot::new(4.0, 3.0).nearest_share(a, b), 0.4);
        assert_eq!(Spot::new(-5.0, 3.0).nearest_share(a, b), 0.0);
        assert_eq!(Spot::new(3.0, 3.0).nearest_share(a, a), 0.0);
    }
}
