//! The nearest few, ring by ring of squares.

use std::hash::Hash;

use smallvec::SmallVec;
use vocabulary::{Meters, Place};

use super::{MovingGrid, Object, Spot};
use crate::distance::{Direction, chord_squared, chord_squared_under, direction};
use crate::lattice::View;
use crate::shortlist::Shortlist;

/// One question in the making.
pub(super) struct Search<'g, Id, Welcome> {
    grid: &'g MovingGrid<Id>,
    place: Place,
    from: Direction,
    k: usize,
    welcome: Welcome,
    shortlist: Shortlist<Id>,
    /// Seen but not asked yet: roughly how far, squared, above the index of the object. Positive
    /// floating-point numbers are in the order of their bits.
    seen: Vec<u64>,
}

impl<'g, Id: Copy + Ord + Hash, Welcome: FnMut(Id) -> bool> Search<'g, Id, Welcome> {
    pub(super) fn new(
        grid: &'g MovingGrid<Id>,
        place: Place,
        k: usize,
        radius: Meters,
        welcome: Welcome,
    ) -> Self {
        let shortlist = Shortlist::within(k, radius);
        let seen = Vec::with_capacity(64);
        Self { grid, place, from: direction(place), k, welcome, shortlist, seen }
    }

    pub(super) fn run(mut self) -> Vec<(Id, Meters)> {
        let grid = self.grid;
        let Some(view) = grid.lattice.view(self.place) else {
            grid.objects.iter().for_each(|object| self.ask(object));
            return self.shortlist.into_answer();
        };
        for object in grid.strays.iter().filter_map(|&index| grid.object(index)) {
            self.ask(object);
        }
        for ring in 0.. {
            let horizon = view.shortest(ring);
            let chord = chord_squared_under(horizon);
            // Fewer than could be the answer are not worth a look yet.
            if self.seen.len() >= self.k || chord > self.shortlist.reach() {
                self.ask_nearest(&view, horizon);
            }
            if chord > self.shortlist.reach() {
                break;
            }
            if grid.is_cheaper_to_scan(ring) {
                self.ask_everybody_beyond(&view, ring);
                break;
            }
            grid.lattice.each_in_ring(view.middle, ring, |cell| {
                self.seen.extend(grid.in_cell(cell).iter().map(|spot| rough(&view, spot)));
            });
        }
        self.shortlist.into_answer()
    }

    /// Asks those seen, the nearest first, until nobody before `horizon` can be nearer than who is
    /// on the list. They may be thousands in a crowded square: so many are sorted as are needed.
    fn ask_nearest(&mut self, view: &View, horizon: f64) {
        let horizon = view.roughly_at_most(horizon);
        while !self.seen.is_empty() {
            let reach = self.shortlist.reach_in_metres().map(|metres| view.roughly_at_most(metres));
            let limit = reach.map_or(horizon, |reach| reach.min(horizon));
            let mut next = self.take_nearest();
            let beyond = next.partition_point(|&key| roughly_squared(key) <= limit);
            self.seen.extend(next.drain(beyond..));
            if next.is_empty() {
                return;
            }
            // All are fetched before the first is asked: they lie all over the memory, and so it
            // looks for them at once.
            let grid = self.grid;
            let objects: SmallVec<[Object<Id>; 16]> =
                next.iter().filter_map(|&key| grid.object(key as u32).copied()).collect();
            for object in &objects {
                self.ask(object);
            }
            self.shortlist.pull_in();
        }
    }

    /// As many of the nearest seen as could be the whole answer, in order.
    fn take_nearest(&mut self) -> Vec<u64> {
        let count = self.k.saturating_add(self.k / 4).saturating_add(2);
        let rest = self.seen.len().saturating_sub(count);
        if rest > 0 {
            self.seen.select_nth_unstable_by(rest, |a, b| b.cmp(a));
        }
        let mut next = self.seen.split_off(rest);
        next.sort_unstable();
        next
    }

    /// The squares left are more than the people: so it is people that are looked through.
    fn ask_everybody_beyond(&mut self, view: &View, ring: usize) {
        let grid = self.grid;
        let seen = std::mem::take(&mut self.seen);
        for object in seen.iter().filter_map(|&key| grid.object(key as u32)) {
            self.ask(object);
        }
        for object in &grid.objects {
            let square = grid.lattice.square_at(object.cell as usize);
            if square.is_some_and(|square| view.middle.rings_to(square) >= ring) {
                self.ask(object);
            }
        }
    }

    fn ask(&mut self, object: &Object<Id>) {
        let chord = chord_squared(self.from, direction(object.place));
        self.shortlist.offer(object.id, chord, &mut self.welcome);
    }
}

fn rough(view: &View, spot: &Spot) -> u64 {
    u64::from(view.roughly_squared(spot.flat).to_bits()) << 32 | u64::from(spot.object)
}

fn roughly_squared(key: u64) -> f32 {
    f32::from_bits((key >> 32) as u32)
}
