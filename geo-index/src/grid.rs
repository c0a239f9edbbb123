//! Couriers that move all the time.

use std::hash::{BuildHasher, Hash};

use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;
use smallvec::SmallVec;
use vocabulary::{Meters, Place};

use crate::distance::{chord_squared, direction, longest_chord_squared, over_ground};
use crate::lattice::{FlatPlace, Lattice};
use crate::shortlist::nearest_first;

mod search;

use search::Search;

/// A grid of squares over a city that takes position pings and says who is near right now.
///
/// A move costs a hash look-up and, when it leaves its square, two list edits; nothing is rebuilt.
/// A square keeps only where its objects are on a flat map, to twelve bytes each: that says who is
/// too far, and distances on the sphere are asked only of the few who are left. So answers are
/// exact: squares are searched ring by ring until no unseen one could hold anything nearer. What is
/// beyond the grid's reach is kept in one list that every question reads, so a few strays cost
/// little and a wrong position loses nobody.
#[derive(Debug, Clone)]
pub struct MovingGrid<Id> {
    lattice: Lattice,
    objects: Vec<Object<Id>>,
    /// Indexes of objects by their ids.
    by_id: HashTable<u32>,
    /// Who is in each square.
    cells: Vec<Cell>,
    /// Indexes of objects out of reach.
    strays: Vec<u32>,
}

#[derive(Debug, Clone, Copy)]
struct Object<Id> {
    id: Id,
    place: Place,
    /// The cell it is in ([`STRAYS`] for none), and its index there.
    cell: u32,
    at: u32,
}

/// Instead of a cell.
const STRAYS: u32 = u32::MAX;

/// An object as its cell knows it.
#[derive(Debug, Clone, Copy)]
struct Spot {
    flat: FlatPlace,
    object: u32,
}

/// The few of a square lie in the row of squares itself, without a second look-up: what a question
/// costs is the lines of memory that it touches.
type Cell = SmallVec<[Spot; 8]>;

impl<Id: Copy + Ord + Hash> MovingGrid<Id> {
    /// Squares of `square` metres, as far as `reach` metres north, south, east and west of
    /// `centre`. Very many squares are made fewer and larger.
    ///
    /// Choose the reach generously: every question reads all who are beyond it. A square should
    /// hold a few couriers where they are dense: 250 to 500 m suit a city.
    pub fn new(centre: Place, reach: Meters, square: Meters) -> Self {
        let lattice = Lattice::new(centre, reach, square);
        let cells = vec![Cell::new(); lattice.len()];
        Self { lattice, objects: Vec::new(), by_id: HashTable::new(), cells, strays: Vec::new() }
    }

    /// Puts `id` at `place`, wherever it was before.
    pub fn upsert(&mut self, id: Id, place: Place) {
        let (cell, flat) = match self.lattice.locate(place) {
            Some((square, flat)) => (self.lattice.index(square) as u32, Some(flat)),
            None => (STRAYS, None),
        };
        let Some(index) = self.index_of(id) else {
            return self.add(Object { id, place, cell, at: 0 }, flat);
        };
        let Some(object) = self.objects.get_mut(index as usize) else { return };
        object.place = place;
        let before = (object.cell, object.at);
        match flat {
            Some(flat) if before.0 == cell => {
                let list = self.cells.get_mut(cell as usize);
                if let Some(spot) = list.and_then(|list| list.get_mut(before.1 as usize)) {
                    spot.flat = flat;
                }
            }
            None if before.0 == STRAYS => {}
            Some(_) | None => {
                self.leave(before);
                self.enter(index, cell, flat);
            }
        }
    }

    /// Forgets `id`; says where it was.
    pub fn remove(&mut self, id: Id) -> Option<Place> {
        let objects = &self.objects;
        let is_it = |&index: &u32| objects.get(index as usize).is_some_and(|it| it.id == id);
        let (index, _) = self.by_id.find_entry(hash_of(&id), is_it).ok()?.remove();
        let gone = *self.object(index)?;
        self.leave((gone.cell, gone.at));
        self.objects.swap_remove(index as usize);
        self.renumber(index);
        Some(gone.place)
    }

    pub fn position(&self, id: Id) -> Option<Place> {
        self.index_of(id).and_then(|index| self.object(index)).map(|object| object.place)
    }

    pub fn len(&self) -> usize {
        self.objects.len()
    }

    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// The `k` nearest that `predicate` lets in, nearest first, ties to the smaller id.
    ///
    /// `predicate` is asked at most once per id, in no promised order, and not of those who are
    /// seen to be too far by then.
    pub fn nearest(
        &self,
        place: Place,
        k: usize,
        predicate: impl FnMut(Id) -> bool,
    ) -> Vec<(Id, Meters)> {
        self.nearest_within(place, k, Meters(u32::MAX), predicate)
    }

    /// The same of those at most `radius` away.
    pub fn nearest_within(
        &self,
        place: Place,
        k: usize,
        radius: Meters,
        predicate: impl FnMut(Id) -> bool,
    ) -> Vec<(Id, Meters)> {
        Search::new(self, place, k, radius, predicate).run()
    }

    /// All at most `radius` away, nearest first, ties to the smaller id.
    pub fn within(&self, place: Place, radius: Meters) -> Vec<(Id, Meters)> {
        let from = direction(place);
        let reach = longest_chord_squared(radius);
        let mut answer = Vec::new();
        let mut offer = |object: &Object<Id>| {
            let chord = chord_squared(from, direction(object.place));
            if chord <= reach {
                answer.push((object.id, over_ground(chord)));
            }
        };
        let view = self.lattice.view(place);
        let rings = view.as_ref().map(|view| (view, view.rings_within(radius)));
        if let Some((view, rings)) = rings.filter(|&(_, rings)| !self.is_cheaper_to_scan(rings)) {
            let roughly = view.roughly_at_most(f64::from(radius.0) + 1.0);
            self.strays.iter().filter_map(|&index| self.object(index)).for_each(&mut offer);
            for ring in 0..rings {
                self.lattice.each_in_ring(view.middle, ring, |cell| {
                    self.in_cell(cell)
                        .iter()
                        .filter(|spot| view.roughly_squared(spot.flat) <= roughly)
                        .filter_map(|spot| self.object(spot.object))
                        .for_each(&mut offer);
                });
            }
        } else {
            self.objects.iter().for_each(offer);
        }
        answer.retain(|&(_, metres)| metres <= radius);
        nearest_first(&mut answer);
        answer
    }

    /// Whether the squares up to this ring are more than everybody there is.
    fn is_cheaper_to_scan(&self, ring: usize) -> bool {
        let across = ring.saturating_mul(2).saturating_add(1);
        across.saturating_mul(across) > self.len() + 64
    }

    fn index_of(&self, id: Id) -> Option<u32> {
        let is_it = |&index: &u32| self.object(index).is_some_and(|object| object.id == id);
        self.by_id.find(hash_of(&id), is_it).copied()
    }

    fn object(&self, index: u32) -> Option<&Object<Id>> {
        self.objects.get(index as usize)
    }

    fn in_cell(&self, cell: usize) -> &[Spot] {
        self.cells.get(cell).map_or(&[], Cell::as_slice)
    }

    fn add(&mut self, object: Object<Id>, flat: Option<FlatPlace>) {
        let index = self.objects.len() as u32;
        self.objects.push(object);
        let objects = &self.objects;
        let hash = |&index: &u32| objects.get(index as usize).map_or(0, |it| hash_of(&it.id));
        self.by_id.insert_unique(hash_of(&object.id), index, hash);
        self.enter(index, object.cell, flat);
    }

    /// Puts an object into its cell, or among the strays.
    fn enter(&mut self, index: u32, cell: u32, flat: Option<FlatPlace>) {
        let at = match (flat, self.cells.get_mut(cell as usize)) {
            (Some(flat), Some(list)) => {
                list.push(Spot { flat, object: index });
                list.len() - 1
            }
            (_, None) | (None, _) => {
                self.strays.push(index);
                self.strays.len() - 1
            }
        };
        if let Some(object) = self.objects.get_mut(index as usize) {
            (object.cell, object.at) = (cell, at as u32);
        }
    }

    /// Takes an object out of its cell. The last one there moves up and is told so.
    fn leave(&mut self, (cell, at): (u32, u32)) {
        let moved = match self.cells.get_mut(cell as usize) {
            Some(list) => {
                list.swap_remove(at as usize);
                list.get(at as usize).map(|spot| spot.object)
            }
            None => {
                self.strays.swap_remove(at as usize);
                self.strays.get(at as usize).copied()
            }
        };
        if let Some(object) = moved.and_then(|index| self.objects.get_mut(index as usize)) {
            object.at = at;
        }
    }

    /// Tells the table and the cell of the object now at `index` that it is not the last any more.
    fn renumber(&mut self, index: u32) {
        let Some(&Object { id, cell, at, .. }) = self.object(index) else { return };
        let before = self.objects.len() as u32;
        if let Some(known) = self.by_id.find_mut(hash_of(&id), |&known| known == before) {
            *known = index;
        }
        match self.cells.get_mut(cell as usize) {
            Some(list) => {
                if let Some(spot) = list.get_mut(at as usize) {
                    spot.object = index;
                }
            }
            None => {
                if let Some(stray) = self.strays.get_mut(at as usize) {
                    *stray = index;
                }
            }
        }
    }
}

fn hash_of(id: &impl Hash) -> u64 {
    FxBuildHasher.hash_one(id)
}

#[cfg(test)]
mod tests;
