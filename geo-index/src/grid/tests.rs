use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::couriers::CourierIndex;
use crate::testing::{crowd, crowded_place, place};

#[derive(Debug, Clone)]
enum Ping {
    At(u32, Place),
    Gone(u32),
}

fn pings() -> impl Strategy<Value = Vec<Ping>> {
    let id = || 0..60_u32;
    let ping = prop_oneof![
        6 => (id(), crowded_place()).prop_map(|(id, place)| Ping::At(id, place)),
        1 => id().prop_map(Ping::Gone),
    ];
    vec(ping, 0..400)
}

/// A grid somewhere that matters: a city, one across the antimeridian, one near a pole, one at it.
fn grids() -> impl Strategy<Value = MovingGrid<u32>> {
    let centres = [(31.2, 121.4), (0.0, 180.0), (0.0, -179.9), (88.0, 10.0), (90.0, 0.0)];
    (proptest::sample::select(centres.to_vec()), 0..60_000_u32, 0..5_000_u32).prop_map(
        |((latitude, longitude), reach, square)| {
            MovingGrid::new(
                place(latitude, longitude),
                Meters(reach),
                Meters(square.max(reach / 60)),
            )
        },
    )
}

proptest! {
    #[test]
    fn after_any_moves_the_grid_agrees_with_the_tree(
        mut grid in grids(),
        pings in pings(),
        queries in vec(crowded_place(), 1..8),
        k in 0..20_usize,
        radius in prop_oneof![0..3_000_u32, 0..100_000_u32, any::<u32>()],
    ) {
        let mut places = BTreeMap::new();
        for ping in pings {
            match ping {
                Ping::At(id, place) => {
                    grid.upsert(id, place);
                    places.insert(id, place);
                }
                Ping::Gone(id) => prop_assert_eq!(grid.remove(id), places.remove(&id)),
            }
        }
        prop_assert_eq!(grid.len(), places.len());
        for id in 0..60 {
            prop_assert_eq!(grid.position(id), places.get(&id).copied());
        }
        let tree = CourierIndex::build(places);
        for from in queries {
            let welcome = |id: u32| id % 4 != 1;
            prop_assert_eq!(grid.nearest(from, k, welcome), tree.nearest(from, k, welcome));
            prop_assert_eq!(grid.within(from, Meters(radius)), tree.within(from, Meters(radius)));
        }
    }

}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn a_large_crowd_is_searched_by_rings_and_still_exact(
        couriers in crowd(1_500..2_000),
        queries in vec(crowded_place(), 1..5),
        k in 1..40_usize,
        radius in 0..4_000_u32,
    ) {
        let mut grid = MovingGrid::new(place(31.2, 121.4), Meters(25_000), Meters(1_000));
        for &(id, place) in &couriers {
            grid.upsert(id, place);
        }
        let tree = CourierIndex::build(couriers);
        for from in queries {
            prop_assert_eq!(grid.nearest(from, k, |_| true), tree.nearest(from, k, |_| true));
            prop_assert_eq!(grid.within(from, Meters(radius)), tree.within(from, Meters(radius)));
        }
    }
}

#[test]
fn ties_go_to_the_smaller_id_whatever_happened_before() {
    let spot = place(31.2, 121.4);
    let mut grid = MovingGrid::new(spot, Meters(20_000), Meters(250));
    for id in (0..100_u32).rev() {
        grid.upsert(id, place(31.25, 121.45));
    }
    for id in (0..100).step_by(3).chain((0..100).step_by(2)) {
        grid.upsert(id, spot);
    }
    assert_eq!(grid.remove(0), Some(spot));
    let ids: Vec<_> = grid.nearest(spot, 5, |_| true).into_iter().map(|(id, _)| id).collect();
    assert_eq!(ids, [2, 3, 4, 6, 8]);
}

#[test]
fn nobody_is_asked_about_twice() {
    let mut grid = MovingGrid::new(place(31.2, 121.4), Meters(20_000), Meters(250));
    for id in 0..50_u32 {
        grid.upsert(id, place(31.2 + f64::from(id) * 0.003, 121.4));
    }
    grid.upsert(50, place(-31.0, 0.0));
    let mut asked = Vec::new();
    let answer = grid.nearest(place(31.2, 121.4), 10, |id| {
        asked.push(id);
        false
    });
    assert!(answer.is_empty());
    asked.sort_unstable();
    assert_eq!(asked, (0..=50).collect::<Vec<_>>());
}

#[test]
fn a_stray_far_outside_the_city_is_still_found() {
    let mut grid = MovingGrid::new(place(31.2, 121.4), Meters(20_000), Meters(250));
    grid.upsert(1_u32, place(-33.9, 151.2));
    assert_eq!(grid.nearest(place(31.2, 121.4), 1, |_| true).len(), 1);
    assert_eq!(grid.within(place(-33.9, 151.2), Meters(10)), [(1, Meters(0))]);
}
