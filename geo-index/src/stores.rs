//! The stores of a city and where they deliver.

use std::collections::BTreeMap;

use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use vocabulary::{Meters, Place};

use crate::area::{Frame, ServiceArea, longitudes_of};
use crate::distance::{Direction, chord_squared, direction, over_ground};
use crate::points::Points;
use crate::shortlist::nearest_first;

/// Two bulk-loaded R-trees: of stores, and of the frames of their service areas. Built anew when
/// a store or an area changes, which is rare.
#[derive(Debug, Clone)]
pub struct StoreIndex<Id> {
    stores: BTreeMap<Id, Kept>,
    points: Points<Id>,
    frames: RTree<GeomWithData<Rectangle<[f64; 2]>, Id>>,
}

#[derive(Debug, Clone)]
struct Kept {
    place: Place,
    area: ServiceArea,
    /// Of the place, and of a circle's centre: asking how far they are needs no angles.
    toward: Direction,
    toward_center: Option<Direction>,
}

impl<Id: Copy + Ord> StoreIndex<Id> {
    /// Of an id given twice the last place and area count.
    pub fn build(stores: impl IntoIterator<Item = (Id, Place, ServiceArea)>) -> Self {
        let stores: BTreeMap<_, _> =
            stores.into_iter().map(|(id, place, area)| (id, Kept::new(place, area))).collect();
        let points = Points::build(stores.iter().map(|(&id, store)| (id, store.place)));
        let frames = stores.iter().flat_map(|(&id, store)| {
            store
                .area
                .frames()
                .into_iter()
                .map(move |frame| GeomWithData::new(rectangle(frame), id))
        });
        let frames = RTree::bulk_load(frames.collect());
        Self { stores, points, frames }
    }

    /// The `k` nearest that `predicate` lets in, nearest first, ties to the smaller id.
    ///
    /// Asks nothing about service areas. `predicate` is asked at most once per store, and only of
    /// those near enough to matter.
    pub fn nearest(
        &self,
        place: Place,
        k: usize,
        predicate: impl FnMut(Id) -> bool,
    ) -> Vec<(Id, Meters)> {
        self.points.nearest(place, k, predicate)
    }

    /// All stores at most `radius` away, nearest first, ties to the smaller id.
    pub fn within(&self, place: Place, radius: Meters) -> Vec<(Id, Meters)> {
        self.points.within(place, radius)
    }

    /// All stores that deliver to `place`, nearest first, ties to the smaller id.
    pub fn covering(&self, place: Place) -> Vec<(Id, Meters)> {
        let door = direction(place);
        let mut answer: Vec<_> = longitudes_of(place)
            .flat_map(|longitude| {
                let point = AABB::from_point([longitude, place.latitude()]);
                self.frames.locate_in_envelope_intersecting(point)
            })
            .filter_map(|frame| self.stores.get(&frame.data).map(|store| (frame.data, store)))
            .filter(|(_, store)| store.covers(place, door))
            .map(|(id, store)| (id, over_ground(chord_squared(door, store.toward))))
            .collect();
        nearest_first(&mut answer);
        // A circle on the antimeridian has two frames.
        answer.dedup();
        answer
    }

    /// Whether this store delivers to `place`. No for a store that is not here.
    pub fn covers(&self, id: Id, place: Place) -> bool {
        self.area(id).is_some_and(|area| area.contains(place))
    }

    pub fn place(&self, id: Id) -> Option<Place> {
        self.stores.get(&id).map(|store| store.place)
    }

    pub fn area(&self, id: Id) -> Option<&ServiceArea> {
        self.stores.get(&id).map(|store| &store.area)
    }

    pub fn len(&self) -> usize {
        self.stores.len()
    }

    pub fn is_empty(&self) -> bool {
        self.stores.is_empty()
    }
}

impl Kept {
    fn new(place: Place, area: ServiceArea) -> Self {
        let toward_center = match &area {
            ServiceArea::Radius { center, .. } => Some(direction(*center)),
            ServiceArea::Polygon(_) => None,
        };
        Self { place, area, toward: direction(place), toward_center }
    }

    fn covers(&self, door: Place, toward_door: Direction) -> bool {
        match (&self.area, self.toward_center) {
            (ServiceArea::Radius { radius, .. }, Some(center)) => {
                over_ground(chord_squared(center, toward_door)) <= *radius
            }
            (area, _) => area.contains(door),
        }
    }
}

fn rectangle(frame: Frame) -> Rectangle<[f64; 2]> {
    Rectangle::from_corners([frame.west, frame.south], [frame.east, frame.north])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::{brute_nearest, brute_within, crowded_place, place};

    fn around(center: Place, radius: u32) -> ServiceArea {
        ServiceArea::Radius { center, radius: Meters(radius) }
    }

    /// A diamond of so many degrees, cut off at the antimeridian.
    fn diamond(center: Place, reach: f64) -> ServiceArea {
        let (x, y) = (center.longitude(), center.latitude());
        let west = [(x - reach).max(-180.0), y];
        let east = [(x + reach).min(180.0), y];
        let south = [x, (y - reach).max(-90.0)];
        let north = [x, (y + reach).min(90.0)];
        ServiceArea::polygon(&[vec![west, south, east, north, west]]).unwrap()
    }

    fn areas() -> impl Strategy<Value = (Place, ServiceArea)> {
        (crowded_place(), crowded_place(), 0..30_000_u32, 0.01..0.3_f64, 0..3_u8).prop_map(
            |(store, center, radius, reach, kind)| match kind {
                0 => (store, around(store, radius)),
                1 => (store, around(center, radius)),
                _ => (store, diamond(center, reach)),
            },
        )
    }

    #[test]
    fn covering_stores_come_nearest_first_then_by_id() {
        let door = place(31.2, 121.4);
        let near = place(31.2, 121.41);
        let far = place(31.2, 121.45);
        let index = StoreIndex::build([
            (9_u32, near, around(near, 3_000)),
            (3, near, around(near, 3_000)),
            (1, far, around(far, 6_000)),
            (5, far, around(far, 1_000)),
        ]);
        let ids: Vec<_> = index.covering(door).into_iter().map(|(id, _)| id).collect();
        assert_eq!(ids, [3, 9, 1]);
        assert!(index.covers(1, door) && !index.covers(5, door) && !index.covers(77, door));
    }

    #[test]
    fn a_store_by_the_antimeridian_serves_both_sides_of_it_once() {
        let store = place(-17.0, 179.99);
        let index = StoreIndex::build([(1_u32, store, around(store, 5_000))]);
        for door in [179.97, 180.0, -180.0, -179.98] {
            assert_eq!(index.covering(place(-17.0, door)).len(), 1, "{door}");
        }
        assert!(index.covering(place(-17.0, -179.9)).is_empty());
    }

    #[test]
    fn a_store_at_a_pole_serves_all_longitudes() {
        let store = place(89.99, 0.0);
        let index = StoreIndex::build([(1_u32, store, around(store, 5_000))]);
        assert_eq!(index.covering(place(89.99, 180.0)).len(), 1);
        assert_eq!(index.covering(place(89.98, -90.0)).len(), 1);
        assert!(index.covering(place(89.9, 0.0)).is_empty());
    }

    #[test]
    fn a_store_given_twice_is_where_it_was_said_last() {
        let (old, new) = (place(31.0, 121.0), place(31.1, 121.0));
        let index =
            StoreIndex::build([(1_u32, old, around(old, 1_000)), (1, new, around(new, 1_000))]);
        assert_eq!((index.len(), index.place(1)), (1, Some(new)));
        assert!(index.covering(old).is_empty());
    }

    proptest! {
        #[test]
        fn answers_are_those_of_a_linear_scan(
            stores in proptest::collection::vec(areas(), 0..120),
            doors in proptest::collection::vec(crowded_place(), 1..10),
            k in 0..12_usize,
            radius in 0..50_000_u32,
        ) {
            let stores: Vec<_> =
                (0_u32..).zip(stores).map(|(id, (place, area))| (id, place, area)).collect();
            let points: Vec<_> = stores.iter().map(|&(id, place, _)| (id, place)).collect();
            let index = StoreIndex::build(stores.clone());
            for door in doors {
                let open = |id: u32| id % 3 == 1;
                let serves = |id: u32| stores[id as usize].2.contains(door);
                prop_assert_eq!(index.nearest(door, k, open), brute_nearest(&points, door, k, open));
                prop_assert_eq!(
                    index.within(door, Meters(radius)),
                    brute_within(&points, door, Meters(radius))
                );
                prop_assert_eq!(
                    index.covering(door),
                    brute_nearest(&points, door, usize::MAX, serves)
                );
            }
        }
    }
}
