//! Flat metres around one place.

use vocabulary::Place;

use crate::distance::EARTH_RADIUS;

/// Local equirectangular metres around a reference place: x to the east, y to the north.
///
/// Good for a city: lengths to the north are true, lengths to the east are true at the reference's
/// latitude and off by the ratio of cosines elsewhere. East goes the short way round the earth, so
/// a city on the antimeridian is one piece. At a pole itself, east means nothing and x is 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Projection {
    reference: Place,
    metres_per_degree_north: f64,
    metres_per_degree_east: f64,
}

impl Projection {
    pub fn new(reference: Place) -> Self {
        let metres_per_degree_north = EARTH_RADIUS.to_radians();
        let at_pole = reference.latitude().abs() >= 90.0;
        let shrink = if at_pole { 0.0 } else { reference.latitude().to_radians().cos() };
        Self {
            reference,
            metres_per_degree_north,
            metres_per_degree_east: metres_per_degree_north * shrink,
        }
    }

    pub fn reference(&self) -> Place {
        self.reference
    }

    /// Metres east and north of the reference.
    pub fn to_xy(&self, place: Place) -> (f64, f64) {
        let north = place.latitude() - self.reference.latitude();
        let east = short_way_round(place.longitude() - self.reference.longitude());
        (east * self.metres_per_degree_east, north * self.metres_per_degree_north)
    }

    /// The place so many metres east and north of the reference. North stops at the poles.
    pub fn from_xy(&self, (x, y): (f64, f64)) -> Place {
        let east =
            if self.metres_per_degree_east > 0.0 { x / self.metres_per_degree_east } else { 0.0 };
        Place::wrapped(
            self.reference.latitude() + y / self.metres_per_degree_north,
            self.reference.longitude() + east,
        )
    }
}

/// Degrees to the east from -180 up to, not including, 180.
fn short_way_round(degrees: f64) -> f64 {
    if degrees >= 180.0 {
        degrees - 360.0
    } else if degrees < -180.0 {
        degrees + 360.0
    } else {
        degrees
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use vocabulary::Meters;

    use super::*;
    use crate::distance::distance;
    use crate::testing::place;

    #[test]
    fn a_city_on_the_antimeridian_is_one_piece() {
        let projection = Projection::new(place(-17.0, 179.95));
        let (x, y) = projection.to_xy(place(-17.0, -179.95));
        assert!((x - 10_633.0).abs() < 5.0, "{x}");
        assert_eq!(y, 0.0);
        let back = projection.from_xy((x, y));
        assert_eq!(distance(back, place(-17.0, -179.95)), Meters(0));
    }

    #[test]
    fn a_pole_is_no_trouble() {
        let projection = Projection::new(place(90.0, 0.0));
        assert_eq!(projection.to_xy(place(90.0, 90.0)), (0.0, 0.0));
        assert_eq!(projection.from_xy((500.0, 500.0)), place(90.0, 0.0));
    }

    proptest! {
        #[test]
        fn there_and_back_is_the_same_place_and_lengths_are_right(
            latitude in -80.0..80.0_f64,
            longitude in -180.0..=180.0_f64,
            x in -20_000.0..20_000.0_f64,
            y in -20_000.0..20_000.0_f64,
        ) {
            let reference = place(latitude, longitude);
            let projection = Projection::new(reference);
            let there = projection.from_xy((x, y));
            let (x_again, y_again) = projection.to_xy(there);
            prop_assert!((x - x_again).abs() < 1e-6 && (y - y_again).abs() < 1e-6);
            let flat = x.hypot(y);
            let round = f64::from(distance(reference, there).0);
            prop_assert!((flat - round).abs() <= 1.0 + 0.015 * flat, "{flat} {round}");
        }
    }
}
