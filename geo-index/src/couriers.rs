//! The couriers of one dispatch round, standing where they were when it began.

use std::collections::BTreeMap;

use vocabulary::{Meters, Place};

use crate::points::Points;

/// A bulk-loaded R-tree of eligible couriers: built for a round, asked, dropped.
///
/// For couriers that move between questions there is [`MovingGrid`](crate::MovingGrid).
#[derive(Debug, Clone)]
pub struct CourierIndex<Id> {
    places: BTreeMap<Id, Place>,
    points: Points<Id>,
}

impl<Id: Copy + Ord> CourierIndex<Id> {
    /// Of an id given twice the last place counts.
    pub fn build(couriers: impl IntoIterator<Item = (Id, Place)>) -> Self {
        let places: BTreeMap<_, _> = couriers.into_iter().collect();
        let points = Points::build(places.iter().map(|(&id, &place)| (id, place)));
        Self { places, points }
    }

    /// The `k` nearest that `predicate` lets in, nearest first, ties to the smaller id.
    ///
    /// `predicate` is asked at most once per courier, and only of those near enough to matter.
    pub fn nearest(
        &self,
        place: Place,
        k: usize,
        predicate: impl FnMut(Id) -> bool,
    ) -> Vec<(Id, Meters)> {
        self.points.nearest(place, k, predicate)
    }

    /// All at most `radius` away, nearest first, ties to the smaller id.
    pub fn within(&self, place: Place, radius: Meters) -> Vec<(Id, Meters)> {
        self.points.within(place, radius)
    }

    pub fn place(&self, id: Id) -> Option<Place> {
        self.places.get(&id).copied()
    }

    pub fn len(&self) -> usize {
        self.places.len()
    }

    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::testing::{brute_nearest, brute_within, crowd, place};

    #[test]
    fn ties_go_to_the_smaller_id_whatever_the_order_of_building() {
        let spot = place(31.2, 121.4);
        let forward = CourierIndex::build((0..50_u32).map(|id| (id, spot)));
        let backward = CourierIndex::build((0..50_u32).rev().map(|id| (id, spot)));
        let expect: Vec<_> = (0..5).map(|id| (id, Meters(0))).collect();
        assert_eq!(forward.nearest(spot, 5, |_| true), expect);
        assert_eq!(backward.nearest(spot, 5, |_| true), expect);
    }

    #[test]
    fn couriers_across_the_antimeridian_and_around_a_pole_are_near() {
        let couriers = CourierIndex::build([
            (1_u32, place(0.0, -179.99)),
            (2, place(0.0, 179.0)),
            (3, place(89.99, 10.0)),
            (4, place(89.0, -170.0)),
        ]);
        let ids = |from| -> Vec<u32> {
            couriers.nearest(from, 2, |_| true).into_iter().map(|(id, _)| id).collect()
        };
        assert_eq!(ids(place(0.0, 179.99)), [1, 2]);
        assert_eq!(ids(place(89.99, -170.0)), [3, 4]);
    }

    #[test]
    fn an_empty_round_and_a_wish_for_none_have_empty_answers() {
        let nobody = CourierIndex::<u32>::build([]);
        assert!(nobody.is_empty());
        assert!(nobody.nearest(place(0.0, 0.0), 3, |_| true).is_empty());
        let one = CourierIndex::build([(1_u32, place(0.0, 0.0))]);
        assert!(one.nearest(place(0.0, 0.0), 0, |_| true).is_empty());
        assert_eq!(one.within(place(0.0, 180.0), Meters(u32::MAX)).len(), 1);
    }

    proptest! {
        #[test]
        fn answers_are_those_of_a_linear_scan(
            couriers in crowd(0..200),
            queries in vec(crate::testing::crowded_place(), 1..6),
            k in 0..20_usize,
            radius in 0..60_000_u32,
        ) {
            let index = CourierIndex::build(couriers.clone());
            for from in queries {
                let odd = |id: u32| id % 2 == 1;
                prop_assert_eq!(
                    index.nearest(from, k, odd),
                    brute_nearest(&couriers, from, k, odd)
                );
                prop_assert_eq!(
                    index.within(from, Meters(radius)),
                    brute_within(&couriers, from, Meters(radius))
                );
            }
        }
    }
}
