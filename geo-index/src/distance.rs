//! Great-circle distance, by way of the straight chord through the earth.
//!
//! A place is a direction from the centre of the earth. The chord between two directions grows
//! with the great circle between them, so a tree over directions finds what is nearest on the
//! sphere, with no seam at the antimeridian and no pinch at the poles.

use vocabulary::{Meters, Place};

use crate::angle::{arcsine, sine_and_cosine};

/// The mean radius of the earth in metres (IUGG). A sphere is within 0.6 % of the ellipsoid.
pub(crate) const EARTH_RADIUS: f64 = 6_371_008.8;

/// Metres over ground along the great circle, to the nearest metre.
pub fn distance(a: Place, b: Place) -> Meters {
    over_ground(chord_squared(direction(a), direction(b)))
}

/// The same without rounding, for lengths that are summed up.
pub(crate) fn metres_between(a: Place, b: Place) -> f64 {
    2.0 * arcsine(chord_squared(direction(a), direction(b)).sqrt() / 2.0) * EARTH_RADIUS
}

/// A vector of length 1 from the centre of the earth.
pub(crate) type Direction = [f64; 3];

pub(crate) fn direction(place: Place) -> Direction {
    let (sine, cosine) = sine_and_cosine(place.latitude());
    let (east_sine, east_cosine) = sine_and_cosine(place.longitude());
    [cosine * east_cosine, cosine * east_sine, sine]
}

/// The square of the chord, in earth radii: 0 for one place, 4 for antipodes.
pub(crate) fn chord_squared([ax, ay, az]: Direction, [bx, by, bz]: Direction) -> f64 {
    let (x, y, z) = (ax - bx, ay - by, az - bz);
    x * x + y * y + z * z
}

pub(crate) fn over_ground(chord_squared: f64) -> Meters {
    whole_metres(2.0 * arcsine(chord_squared.sqrt() / 2.0) * EARTH_RADIUS)
}

/// The square of the chord under a great circle of so many metres; more than any for a circle
/// that reaches the antipode.
pub(crate) fn chord_squared_under(metres: f64) -> f64 {
    let half_angle = metres / EARTH_RADIUS / 2.0;
    if half_angle >= std::f64::consts::FRAC_PI_2 {
        return f64::INFINITY;
    }
    let chord = 2.0 * sine_and_cosine(half_angle.to_degrees()).0;
    chord * chord
}

/// No two places at most `distance` apart have a longer chord, squared, than this. A little too
/// long, to be safe from rounding: who is exactly within is for [`over_ground`] to say.
pub(crate) fn longest_chord_squared(distance: Meters) -> f64 {
    chord_squared_under(f64::from(distance.0) + 0.501)
}

/// To the nearest metre. Negative and too large values stop at the ends of [`Meters`].
pub(crate) fn whole_metres(metres: f64) -> Meters {
    Meters((metres + 0.5) as u32)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::{any_place, place};

    /// The haversine formula, an independent way to the same number.
    fn haversine_metres(a: Place, b: Place) -> f64 {
        let north = (b.latitude() - a.latitude()).to_radians() / 2.0;
        let east = (b.longitude() - a.longitude()).to_radians() / 2.0;
        let product = a.latitude().to_radians().cos() * b.latitude().to_radians().cos();
        let h = north.sin().powi(2) + product * east.sin().powi(2);
        2.0 * EARTH_RADIUS * h.sqrt().min(1.0).asin()
    }

    #[test]
    fn known_distances() {
        let quarter = EARTH_RADIUS * std::f64::consts::FRAC_PI_2;
        assert_eq!(distance(place(0.0, 0.0), place(0.0, 90.0)), whole_metres(quarter));
        assert_eq!(distance(place(90.0, 0.0), place(-90.0, 77.0)), whole_metres(2.0 * quarter));
        assert_eq!(distance(place(31.0, 121.0), place(31.0, 121.0)), Meters(0));
        assert_eq!(distance(place(0.0, 180.0), place(0.0, -180.0)), Meters(0));
        assert_eq!(distance(place(90.0, 12.0), place(90.0, -170.0)), Meters(0));
        assert_eq!(distance(place(0.0, 179.999), place(0.0, -179.999)), Meters(222));
    }

    proptest! {
        #[test]
        fn agrees_with_haversine_and_either_direction(a in any_place(), b in any_place()) {
            let metres = f64::from(distance(a, b).0);
            prop_assert!((metres - haversine_metres(a, b)).abs() <= 0.7);
            prop_assert_eq!(distance(a, b), distance(b, a));
        }

        #[test]
        fn the_longest_chord_covers_its_distance(a in any_place(), b in any_place()) {
            let chord = chord_squared(direction(a), direction(b));
            prop_assert!(chord <= longest_chord_squared(over_ground(chord)));
        }
    }
}
