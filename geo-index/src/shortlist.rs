//! The best few of a search, ordered by whole metres and then by id.

use std::collections::BinaryHeap;

use vocabulary::Meters;

use crate::distance::{longest_chord_squared, over_ground};

/// Keeps the `size` nearest of what it is offered, and says when to stop looking.
pub(crate) struct Shortlist<Id> {
    size: usize,
    worst_first: BinaryHeap<(Meters, Id)>,
    reach: f64,
}

impl<Id: Copy + Ord> Shortlist<Id> {
    pub(crate) fn new(size: usize) -> Self {
        let reach = if size == 0 { f64::NEG_INFINITY } else { f64::INFINITY };
        Self { size, worst_first: BinaryHeap::new(), reach }
    }

    /// Nothing with a longer squared chord than this can enter any more.
    pub(crate) fn reach(&self) -> f64 {
        self.reach
    }

    /// Takes a candidate if it is among the best and welcome. Asks `welcome` last: it may be dear.
    pub(crate) fn offer(&mut self, id: Id, chord_squared: f64, welcome: impl FnOnce(Id) -> bool) {
        if chord_squared > self.reach {
            return;
        }
        let candidate = (over_ground(chord_squared), id);
        if !self.is_full() {
            if welcome(id) {
                self.worst_first.push(candidate);
                self.pull_in();
            }
            return;
        }
        if self.worst_first.peek().is_some_and(|worst| candidate < *worst) && welcome(id) {
            if let Some(mut worst) = self.worst_first.peek_mut() {
                *worst = candidate;
            }
            self.pull_in();
        }
    }

    /// Lets the reach follow the worst, once there are enough to have one.
    fn pull_in(&mut self) {
        if !self.is_full() {
            return;
        }
        if let Some(&(worst, _)) = self.worst_first.peek() {
            self.reach = longest_chord_squared(worst);
        }
    }

    pub(crate) fn into_answer(self) -> Vec<(Id, Meters)> {
        self.worst_first.into_sorted_vec().into_iter().map(|(metres, id)| (id, metres)).collect()
    }

    fn is_full(&self) -> bool {
        self.worst_first.len() >= self.size
    }
}

/// Puts an answer in the order of every answer here: nearest first, ties to the smaller id.
pub(crate) fn nearest_first<Id: Copy + Ord>(answer: &mut [(Id, Meters)]) {
    answer.sort_unstable_by_key(|&(id, metres)| (metres, id));
}
