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
    spots: FxHashMap<Id, Spot>,
    /// Objects by square; the last list is of those out of reach.
    cells: Vec<Vec<Object<Id>>>,
}

/// Where an object is kept: its cell, and its index there.
#[derive(Debug, Clone, Copy)]
struct Spot {
    cell: usize,
    at: usize,
}

#[derive(Debug, Clone, Copy)]
struct Object<Id> {
    id: Id,
    place: Place,
    direction: Direction,
}

impl<Id: Copy + Ord + Hash> MovingGrid<Id> {
    /// Squares of `square` metres, as far as `reach` metres north, south, east and west of
    /// `centre`. Very many squares are made fewer and larger.
    ///
    /// Choose the reach generously: every question reads all who are beyond it. A square should
    /// hold a few couriers where they are dense: 250 to 500 m suit a city.
    pub fn new(centre: Place, reach: Meters, square: Meters) -> Self {
        let lattice = Lattice::new(centre, reach, square);
        let cells = vec![Vec::new(); lattice.len() + 1];
        Self { lattice, spots: FxHashMap::default(), cells }
    }

    /// Puts `id` at `place`, wherever it was before.
    pub fn upsert(&mut self, id: Id, place: Place) {
        let object = Object { id, place, direction: direction(place) };
        let cell = self.cell_of(place);
        match self.spots.get(&id) {
            Some(&spot) if spot.cell == cell => {
                if let Some(kept) = self.cells.get_mut(cell).and_then(|list| list.get_mut(spot.at))
                {
                    *kept = object;
                }
            }
            Some(&spot) => {
                self.take(spot);
                self.put(object, cell);
            }
            None => self.put(object, cell),
        }
    }

    /// Forgets `id`; says where it was.
    pub fn remove(&mut self, id: Id) -> Option<Place> {
        let spot = self.spots.remove(&id)?;
        self.take(spot).map(|object| object.place)
    }

    pub fn position(&self, id: Id) -> Option<Place> {
        self.spots.get(&id).and_then(|&spot| self.object(spot)).map(|object| object.place)
    }

    pub fn len(&self) -> usize {
        self.spots.len()
    }

    pub fn is_empty(&self) -> bool {
        self.spots.is_empty()
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
            let chord = chord_squared(from, object.direction);
            if chord <= shortlist.reach() {
                shortlist.offer(object.id, chord, &mut predicate);
            }
        };
        let Some(middle) = self.lattice.square(place) else {
            self.everybody().for_each(|(_, object)| offer(&mut shortlist, object));
            return shortlist.into_answer();
        };
        for object in self.out_of_reach() {
            offer(&mut shortlist, object);
        }
        for ring in 0.. {
            let shortest = self.lattice.shortest(place, middle, ring);
            if chord_squared_under(shortest) > shortlist.reach() {
                break;
            }
            if self.is_cheaper_to_scan(ring) {
                self.everybody()
                    .filter(|&(spot, _)| self.is_unseen(spot, middle, ring))
                    .for_each(|(_, object)| offer(&mut shortlist, object));
                break;
            }
            for cell in self.lattice.ring(middle, ring) {
                for object in self.in_cell(cell) {
                    offer(&mut shortlist, object);
                }
            }
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
            self.out_of_reach().iter().for_each(&mut offer);
            for cell in (0..rings).flat_map(|ring| self.lattice.ring(middle, ring)) {
                self.in_cell(cell).iter().for_each(&mut offer);
            }
        } else {
            self.everybody().for_each(|(_, object)| offer(object));
        }
        answer.retain(|&(_, metres)| metres <= radius);
        nearest_first(&mut answer);
        answer
    }

    /// Whether the squares up to this ring are more than everybody there is.
    fn is_cheaper_to_scan(&self, ring: usize) -> bool {
        let across = 2 * ring + 1;
        across * across > self.len() + 64
    }

    /// Whether a spot is in this ring of squares or beyond it; not so for those out of reach, who
    /// are seen first.
    fn is_unseen(&self, spot: Spot, middle: Square, ring: usize) -> bool {
        self.lattice.square_at(spot.cell).is_some_and(|square| middle.rings_to(square) >= ring)
    }

    /// In no order to rely on.
    fn everybody(&self) -> impl Iterator<Item = (Spot, &Object<Id>)> {
        self.spots.values().filter_map(|&spot| self.object(spot).map(|object| (spot, object)))
    }

    fn out_of_reach(&self) -> &[Object<Id>] {
        self.in_cell(self.lattice.len())
    }

    fn in_cell(&self, cell: usize) -> &[Object<Id>] {
        self.cells.get(cell).map_or(&[], Vec::as_slice)
    }

    fn object(&self, spot: Spot) -> Option<&Object<Id>> {
        self.in_cell(spot.cell).get(spot.at)
    }

    fn cell_of(&self, place: Place) -> usize {
        self.lattice.square(place).map_or(self.lattice.len(), |square| self.lattice.index(square))
    }

    fn put(&mut self, object: Object<Id>, cell: usize) {
        let Some(list) = self.cells.get_mut(cell) else { return };
        self.spots.insert(object.id, Spot { cell, at: list.len() });
        list.push(object);
    }

    /// Takes an object out of its cell. The last one there moves up and is told so.
    fn take(&mut self, spot: Spot) -> Option<Object<Id>> {
        let list = self.cells.get_mut(spot.cell)?;
        if spot.at >= list.len() {
            return None;
        }
        let taken = list.swap_remove(spot.at);
        if let Some(moved) = list.get(spot.at) {
            self.spots.insert(moved.id, spot);
        }
        Some(taken)
    }
}

#[cfg(test)]
mod tests;
