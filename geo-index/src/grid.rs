//! Couriers that move all the time.

use std::hash::Hash;

use rustc_hash::FxHashMap;
use vocabulary::{Meters, Place};

use crate::distance::{
    Direction, chord_squared, chord_squared_under, direction, longest_chord_squared, over_ground,
};
use crate::lattice::{Lattice, Square};
use crate::shortlist::{Shortlist, nearest_first};

/// A grid of squares over a city that takes position pings and says who is near right now.
///
/// A move costs a hash look-up and, when it leaves its square, two list edits; nothing is rebuilt.
/// Answers are exact: squares are searched ring by ring until no unseen one could hold anything
/// nearer. What is beyond the grid's reach is kept in one list that every question reads, so a few
/// strays cost little and a wrong position loses nobody.
#[derive(Debug, Clone)]
pub struct MovingGrid<Id> {
    lattice: Lattice,
    slots: FxHashMap<Id, usize>,
    objects: Vec<Object<Id>>,
    /// Slots by square; the last list is of those out of reach.
    cells: Vec<Vec<usize>>,
}

#[derive(Debug, Clone)]
struct Object<Id> {
    id: Id,
    place: Place,
    direction: Direction,
    cell: usize,
    /// Where in its cell's list this object stands.
    at: usize,
}

impl<Id: Copy + Ord + Hash> MovingGrid<Id> {
    /// Squares of `square` metres, as far as `reach` metres north, south, east and west of
    /// `centre`. Very many squares are made fewer and larger.
    ///
    /// A square should hold a few couriers where they are dense: 250 m suits a city.
    pub fn new(centre: Place, reach: Meters, square: Meters) -> Self {
        let lattice = Lattice::new(centre, reach, square);
        let cells = vec![Vec::new(); lattice.len() + 1];
        Self { lattice, slots: FxHashMap::default(), objects: Vec::new(), cells }
    }

    /// Puts `id` at `place`, wherever it was before.
    pub fn upsert(&mut self, id: Id, place: Place) {
        let cell = self.cell_of(place);
        let direction = direction(place);
        if let Some(&slot) = self.slots.get(&id) {
            let Some(object) = self.objects.get_mut(slot) else { return };
            object.place = place;
            object.direction = direction;
            if object.cell != cell {
                self.leave(slot);
                self.enter(slot, cell);
            }
            return;
        }
        let slot = self.objects.len();
        self.slots.insert(id, slot);
        self.objects.push(Object { id, place, direction, cell, at: 0 });
        self.enter(slot, cell);
    }

    /// Forgets `id`; says where it was.
    pub fn remove(&mut self, id: Id) -> Option<Place> {
        let slot = self.slots.remove(&id)?;
        self.leave(slot);
        let gone = self.objects.swap_remove(slot);
        // The last object has taken the free slot: whoever knows it by number must hear.
        if let Some(moved) = self.objects.get(slot) {
            self.slots.insert(moved.id, slot);
            let entry = self.cells.get_mut(moved.cell).and_then(|list| list.get_mut(moved.at));
            if let Some(entry) = entry {
                *entry = slot;
            }
        }
        Some(gone.place)
    }

    pub fn position(&self, id: Id) -> Option<Place> {
        self.slots.get(&id).and_then(|&slot| self.objects.get(slot)).map(|object| object.place)
    }

    pub fn len(&self) -> usize {
        self.objects.len()
    }

    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// The `k` nearest that `predicate` lets in, nearest first, ties to the smaller id.
    ///
    /// `predicate` is asked at most once per id, in no promised order, and only of those that
    /// would enter the answer so far.
    pub fn nearest(
        &self,
        place: Place,
        k: usize,
        mut predicate: impl FnMut(Id) -> bool,
    ) -> Vec<(Id, Meters)> {
        let from = direction(place);
        let mut shortlist = Shortlist::new(k);
        let mut offer = |shortlist: &mut Shortlist<Id>, object: &Object<Id>| {
            shortlist.offer(object.id, chord_squared(from, object.direction), &mut predicate);
        };
        let Some(middle) = self.lattice.square(place) else {
            self.objects.iter().for_each(|object| offer(&mut shortlist, object));
            return shortlist.into_answer();
        };
        self.in_cell(self.lattice.len()).for_each(|object| offer(&mut shortlist, object));
        for ring in 0.. {
            let shortest = self.lattice.shortest(place, middle, ring);
            if chord_squared_under(shortest) > shortlist.reach() {
                break;
            }
            if self.is_cheaper_to_scan(ring) {
                let rest =
                    self.objects.iter().filter(|object| self.is_beyond(object, middle, ring));
                rest.for_each(|object| offer(&mut shortlist, object));
                break;
            }
            self.in_ring(middle, ring).for_each(|object| offer(&mut shortlist, object));
        }
        shortlist.into_answer()
    }

    /// All at most `radius` away, nearest first, ties to the smaller id.
    pub fn within(&self, place: Place, radius: Meters) -> Vec<(Id, Meters)> {
        let from = direction(place);
        let reach = longest_chord_squared(radius);
        let mut answer = Vec::new();
        let mut offer = |object: &Object<Id>| {
            let chord = chord_squared(from, object.direction);
            if chord <= reach {
                answer.push((object.id, over_ground(chord)));
            }
        };
        let rings = self
            .lattice
            .square(place)
            .map(|middle| (middle, self.lattice.rings_within(place, middle, radius)))
            .filter(|&(_, rings)| !self.is_cheaper_to_scan(rings));
        if let Some((middle, rings)) = rings {
            self.in_cell(self.lattice.len()).for_each(&mut offer);
            (0..rings).for_each(|ring| self.in_ring(middle, ring).for_each(&mut offer));
        } else {
            self.objects.iter().for_each(&mut offer);
        }
        answer.retain(|&(_, metres)| metres <= radius);
        nearest_first(&mut answer);
        answer
    }

    /// Whether the squares up to this ring are more than everybody there is.
    fn is_cheaper_to_scan(&self, ring: usize) -> bool {
        let across = 2 * ring + 1;
        across * across > self.objects.len() + 64
    }

    fn is_beyond(&self, object: &Object<Id>, middle: Square, ring: usize) -> bool {
        self.lattice.square_at(object.cell).is_some_and(|square| middle.rings_to(square) >= ring)
    }

    fn in_ring(&self, middle: Square, ring: usize) -> impl Iterator<Item = &Object<Id>> {
        self.lattice.ring(middle, ring).flat_map(|cell| self.in_cell(cell))
    }

    fn in_cell(&self, cell: usize) -> impl Iterator<Item = &Object<Id>> {
        self.cells.get(cell).into_iter().flatten().filter_map(|&slot| self.objects.get(slot))
    }

    fn cell_of(&self, place: Place) -> usize {
        self.lattice.square(place).map_or(self.lattice.len(), |square| self.lattice.index(square))
    }

    fn leave(&mut self, slot: usize) {
        let Some((cell, at)) = self.objects.get(slot).map(|object| (object.cell, object.at)) else {
            return;
        };
        let Some(list) = self.cells.get_mut(cell) else { return };
        debug_assert_eq!(list.get(at), Some(&slot), "an object stands where it says");
        list.swap_remove(at);
        if let Some(moved) = list.get(at).and_then(|&moved| self.objects.get_mut(moved)) {
            moved.at = at;
        }
    }

    fn enter(&mut self, slot: usize, cell: usize) {
        let Some(list) = self.cells.get_mut(cell) else { return };
        let Some(object) = self.objects.get_mut(slot) else { return };
        object.cell = cell;
        object.at = list.len();
        list.push(slot);
    }
}

#[cfg(test)]
mod tests;
