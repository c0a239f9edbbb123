//! The best few of a search, ordered by whole metres and then by id.

use vocabulary::Meters;

use crate::distance::{longest_chord_squared, over_ground};

/// Room made beforehand: most questions are for a handful.
const MOST_AT_ONCE: usize = 64;

/// Keeps the `size` nearest of what it is offered, and says when to stop looking.
///
/// Candidates gather unsorted and are cut down to the best when there are twice too many: cheaper
/// than a heap, because the arcsine that tells whole metres is asked only of those that stay.
pub(crate) struct Shortlist<Id> {
    size: usize,
    radius: Meters,
    /// With their chords squared.
    candidates: Vec<(f64, Id)>,
    reach: f64,
}

impl<Id: Copy + Ord> Shortlist<Id> {
    pub(crate) fn new(size: usize) -> Self {
        Self::within(size, Meters(u32::MAX))
    }

    /// Of those at most `radius` away.
    pub(crate) fn within(size: usize, radius: Meters) -> Self {
        let reach = if size == 0 { f64::NEG_INFINITY } else { longest_chord_squared(radius) };
        let room = size.saturating_mul(2).min(MOST_AT_ONCE);
        Self { size, radius, candidates: Vec::with_capacity(room), reach }
    }

    /// Nothing with a longer squared chord than this can enter any more.
    pub(crate) fn reach(&self) -> f64 {
        self.reach
    }

    /// The same in metres over ground, or a little more; none while everybody may enter.
    pub(crate) fn reach_in_metres(&self) -> Option<f64> {
        (self.reach < f64::INFINITY).then(|| f64::from(over_ground(self.reach).0) + 1.0)
    }

    /// Takes a candidate that is within reach and welcome. Asks `welcome` last: it may be dear.
    pub(crate) fn offer(&mut self, id: Id, chord_squared: f64, welcome: impl FnOnce(Id) -> bool) {
        if chord_squared > self.reach || !welcome(id) {
            return;
        }
        self.candidates.push((chord_squared, id));
        let count = self.candidates.len();
        if count == self.size || count >= self.size.saturating_mul(2) {
            self.pull_in();
        }
    }

    /// Lets the reach follow the worst that stays, once there are enough to have one, and forgets
    /// who is beyond it. Those level with the worst to the metre stay: their ids will say.
    pub(crate) fn pull_in(&mut self) {
        let Some(last) = self.size.checked_sub(1) else { return };
        if self.candidates.len() < self.size {
            return;
        }
        let (_, worst, _) =
            self.candidates.select_nth_unstable_by(last, |(a, _), (b, _)| a.total_cmp(b));
        let reach = longest_chord_squared(over_ground(worst.0));
        if reach < self.reach {
            self.reach = reach;
        }
        self.candidates.retain(|(chord, _)| *chord <= reach);
    }

    pub(crate) fn into_answer(mut self) -> Vec<(Id, Meters)> {
        self.pull_in();
        let radius = self.radius;
        let metres = |(chord, id)| (id, over_ground(chord));
        let mut answer: Vec<(Id, Meters)> =
            self.candidates.into_iter().map(metres).filter(|(_, far)| *far <= radius).collect();
        nearest_first(&mut answer);
        answer.truncate(self.size);
        answer
    }
}

/// Puts an answer in the order of every answer here: nearest first, ties to the smaller id.
pub(crate) fn nearest_first<Id: Copy + Ord>(answer: &mut [(Id, Meters)]) {
    answer.sort_unstable_by_key(|&(id, metres)| (metres, id));
}
