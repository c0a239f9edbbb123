//! A bulk-loaded R-tree of standing points: what the store and courier indexes share.

use rstar::RTree;
use rstar::primitives::GeomWithData;
use vocabulary::{Meters, Place};

use crate::distance::{Direction, chord_squared, direction, longest_chord_squared, over_ground};
use crate::shortlist::{Shortlist, nearest_first};

#[derive(Debug, Clone)]
pub(crate) struct Points<Id> {
    tree: RTree<GeomWithData<Direction, Id>>,
}

impl<Id: Copy + Ord> Points<Id> {
    pub(crate) fn build(points: impl Iterator<Item = (Id, Place)>) -> Self {
        let points = points.map(|(id, place)| GeomWithData::new(direction(place), id)).collect();
        Self { tree: RTree::bulk_load(points) }
    }

    pub(crate) fn nearest(
        &self,
        place: Place,
        k: usize,
        mut predicate: impl FnMut(Id) -> bool,
    ) -> Vec<(Id, Meters)> {
        let from = direction(place);
        let mut shortlist = Shortlist::new(k);
        for point in self.tree.nearest_neighbor_iter(from) {
            let chord = chord_squared(from, *point.geom());
            if chord > shortlist.reach() {
                break;
            }
            shortlist.offer(point.data, chord, &mut predicate);
        }
        shortlist.into_answer()
    }

    pub(crate) fn within(&self, place: Place, radius: Meters) -> Vec<(Id, Meters)> {
        let from = direction(place);
        // Antipodes are 4 apart: a longer reach than that finds no more.
        let reach = longest_chord_squared(radius).min(5.0);
        let mut answer: Vec<_> = self
            .tree
            .locate_within_distance(from, reach)
            .map(|point| (point.data, over_ground(chord_squared(from, *point.geom()))))
            .filter(|&(_, metres)| metres <= radius)
            .collect();
        nearest_first(&mut answer);
        answer
    }
}
