//! A rule beside the planner with equal service: the same baskets, the same stock, and only answers
//! that keep together what was to stay together.
//!
//! Ways that live with the stock that they left themselves cannot be told apart by what they refuse:
//! who cut a group or served the easy baskets has other shelves afterwards.

use dispatch::sourcing::SourcingRequest;
use serde::Serialize;

use super::answer::{self, Answer, Share, parted_groups};
use super::figures::share;

/// Sums over the baskets that were asked of both.
#[derive(Debug, Clone, Serialize)]
pub struct Beside {
    pub way: &'static str,
    /// Baskets that both fill as they were asked for, and what each needs for them.
    pub both: u64,
    pub parts: u64,
    pub other_parts: u64,
    pub metres: u64,
    pub other_metres: u64,
    pub only_planner: u64,
    pub only_other: u64,
    /// Baskets that neither fills.
    pub neither: u64,
    /// Of the other's answers, those that cut a group: not what was asked for.
    pub cut: u64,
}

impl Beside {
    pub(super) fn of(way: &'static str) -> Self {
        Self {
            way,
            both: 0,
            parts: 0,
            other_parts: 0,
            metres: 0,
            other_metres: 0,
            only_planner: 0,
            only_other: 0,
            neither: 0,
            cut: 0,
        }
    }

    pub(super) fn count(&mut self, request: &SourcingRequest, planner: &Answer, other: &Answer) {
        let as_asked = |shares: &&Vec<Share>| parted_groups(request, shares.as_slice()) == 0;
        self.cut += u64::from(other.as_ref().is_some_and(|shares| !as_asked(&shares)));
        match (planner.as_ref().filter(as_asked), other.as_ref().filter(as_asked)) {
            (Some(planner), Some(other)) => {
                self.both += 1;
                self.parts += planner.len() as u64;
                self.other_parts += other.len() as u64;
                self.metres += answer::metres(planner);
                self.other_metres += answer::metres(other);
            }
            (Some(_), None) => self.only_planner += 1,
            (None, Some(_)) => self.only_other += 1,
            (None, None) => self.neither += 1,
        }
    }

    /// The other's stores beyond the first, for each of the planner's.
    pub fn splits_ratio(&self) -> f64 {
        let beyond = |parts: u64| parts.saturating_sub(self.both);
        share(beyond(self.other_parts), beyond(self.parts))
    }

    pub fn metres_ratio(&self) -> f64 {
        share(self.other_metres, self.metres)
    }

    /// Baskets that the other leaves unfilled or cuts, for each that the planner does.
    pub fn refused_ratio(&self) -> f64 {
        share(self.neither + self.only_planner, self.neither + self.only_other)
    }
}
