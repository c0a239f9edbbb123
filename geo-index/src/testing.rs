//! What the tests share: places where things go wrong, and the linear scans that are right.

use proptest::collection::vec;
use proptest::prelude::*;
use vocabulary::{Meters, Place};

use crate::distance::distance;

pub(crate) fn place(latitude: f64, longitude: f64) -> Place {
    Place::new(latitude, longitude).unwrap()
}

pub(crate) fn any_place() -> impl Strategy<Value = Place> {
    (-90.0..=90.0_f64, -180.0..=180.0_f64)
        .prop_map(|(latitude, longitude)| place(latitude, longitude))
}

/// A city, a hot spot of exactly equal places, both sides of the antimeridian, a pole, and
/// somewhere else on earth.
pub(crate) fn crowded_place() -> impl Strategy<Value = Place> {
    let near = |latitude: f64, longitude: f64, spread: f64| {
        (-spread..spread, -spread..spread)
            .prop_map(move |(north, east)| Place::wrapped(latitude + north, longitude + east))
    };
    let lattice = (0..4_u8, 0..4_u8).prop_map(|(north, east)| {
        place(31.2 + f64::from(north) * 0.001, 121.4 + f64::from(east) * 0.001)
    });
    prop_oneof![
        5 => near(31.2, 121.4, 0.2),
        4 => lattice,
        2 => near(0.0, 180.0, 0.2),
        1 => near(89.9, 0.0, 0.1),
        1 => any_place(),
    ]
}

pub(crate) fn crowd(size: std::ops::Range<usize>) -> impl Strategy<Value = Vec<(u32, Place)>> {
    vec(crowded_place(), size).prop_map(|places| (0_u32..).zip(places).collect())
}

pub(crate) fn brute_nearest(
    all: &[(u32, Place)],
    from: Place,
    k: usize,
    predicate: impl Fn(u32) -> bool,
) -> Vec<(u32, Meters)> {
    let mut answer = brute_within(all, from, Meters(u32::MAX));
    answer.retain(|&(id, _)| predicate(id));
    answer.truncate(k);
    answer
}

pub(crate) fn brute_within(
    all: &[(u32, Place)],
    from: Place,
    radius: Meters,
) -> Vec<(u32, Meters)> {
    let mut answer: Vec<_> = all
        .iter()
        .map(|&(id, place)| (id, distance(from, place)))
        .filter(|&(_, metres)| metres <= radius)
        .collect();
    answer.sort_by_key(|&(id, metres)| (metres, id));
    answer
}
