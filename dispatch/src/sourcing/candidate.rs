//! A store that was looked at, and what came of it.

use geo_index::distance;
use vocabulary::{Meters, StoreId};

use super::basket::Shelf;
use super::promise::Promise;
use super::question::Question;
use super::{CandidateVerdict, LostBecause, filters, score};
use crate::view::StoreRow;

pub(super) struct Candidate<'a> {
    pub(super) store: StoreId,
    pub(super) row: &'a StoreRow,
    pub(super) distance: Option<Meters>,
    pub(super) shelf: Shelf,
    /// The hard filter it failed.
    pub(super) lost: Option<LostBecause>,
    /// Set once its hours and capacity were asked.
    pub(super) timing: Option<Timing>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Timing {
    pub(super) promise: Promise,
    /// The store's own share of a plan's score.
    pub(super) score: f64,
}

impl<'a> Candidate<'a> {
    /// Asks the cheap filters and the shelves. `None` for a store that the city does not know.
    pub(super) fn look_at(
        question: &Question<'a>,
        store: StoreId,
        distance: Option<Meters>,
    ) -> Option<Self> {
        let row = question.view.store(store)?;
        let unwilling = filters::unwilling(question, store, row, distance);
        let (shelf, lost) = match unwilling {
            Some(lost) => (Shelf::default(), Some(lost)),
            None => {
                let shelf = question.basket.shelf_of(store);
                let lost = filters::nothing_to_give(question, &shelf);
                (shelf, lost)
            }
        };
        Some(Self { store, row, distance, shelf, lost, timing: None })
    }

    /// The same for a store that was named, with its distance measured here.
    pub(super) fn named(question: &Question<'a>, store: StoreId) -> Option<Self> {
        let place = question.view.store(store)?.settings.place;
        let far = question.door().map(|door| distance(door, place));
        Self::look_at(question, store, far)
    }

    /// Asks hours and capacity, unless the store is out or was asked before.
    pub(super) fn check_timing(&mut self, question: &Question<'_>) {
        if self.lost.is_some() || self.timing.is_some() {
            return;
        }
        let Question { request, view, policy, now, .. } = *question;
        let promise = Promise::of(request, self.row, view, policy, now);
        self.lost = filters::untimely(question, self.row, &promise);
        let score = score::of_store(question, self.row, self.distance, &promise);
        self.timing = Some(Timing { promise, score });
    }

    /// Whether its shelves alone hold the whole basket.
    pub(super) fn has_everything(&self, question: &Question<'_>) -> bool {
        question.basket.is_all_on(&self.shelf)
    }

    /// The score of a plan that takes everything from here.
    pub(super) fn score_alone(&self, question: &Question<'_>) -> f64 {
        let wants = question.basket.wants().iter();
        let drawn =
            wants.map(|want| score::of_units(question, want.units, self.shelf.units_in(want.slot)));
        self.timing.map_or(0.0, |timing| timing.score) + drawn.sum::<f64>()
    }

    pub(super) fn verdict(&self, lost: Option<LostBecause>) -> CandidateVerdict {
        CandidateVerdict { store: self.store, distance: self.distance, lost }
    }
}
