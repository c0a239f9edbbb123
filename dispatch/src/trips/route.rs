//! One courier's trips while a plan is being made.

use super::problem::{Job, Prices, Rider};
use super::walk::Walk;

/// Jobs of one store, in the order of their doors.
#[derive(Clone)]
pub(super) struct Load<'a> {
    pub store: usize,
    pub jobs: Vec<&'a Job>,
}

/// A rider with what it would do, and what that costs.
#[derive(Clone)]
pub(super) struct Route<'a> {
    pub rider: &'a Rider,
    pub loads: Vec<Load<'a>>,
    pub cost: f64,
    /// The number of the change that last touched it.
    pub changed: u32,
}

impl<'a> Load<'a> {
    pub fn of(job: &'a Job) -> Self {
        Self { store: job.store, jobs: vec![job] }
    }

    /// This rider may carry all of it at once.
    pub fn is_for(&self, rider: &Rider) -> bool {
        self.jobs.iter().all(|job| job.may_go_with(rider)) && rider.can_carry(self)
    }

    /// In grams.
    pub fn weight(&self) -> u32 {
        self.jobs.iter().map(|job| job.weight).fold(0, u32::saturating_add)
    }

    /// Bound to a courier already.
    pub fn is_held(&self) -> bool {
        self.jobs.iter().any(|job| job.held_by.is_some())
    }
}

impl<'a> Route<'a> {
    pub fn new(rider: &'a Rider) -> Self {
        Self { rider, loads: Vec::new(), cost: 0.0, changed: 0 }
    }

    /// Trips that cannot be given to somebody else: the one under way.
    pub fn held(&self) -> usize {
        usize::from(self.loads.first().is_some_and(Load::is_held))
    }

    pub fn jobs(&self) -> impl Iterator<Item = &'a Job> {
        self.loads.iter().flat_map(|load| load.jobs.iter().copied())
    }

    /// Takes a job out; nothing happens where it is not.
    pub fn take(&mut self, job: &Job) {
        for load in &mut self.loads {
            load.jobs.retain(|other| other.index != job.index);
        }
        self.loads.retain(|load| !load.jobs.is_empty());
    }

    /// What the loads cost this rider; `None` when it cannot do them all.
    pub fn price(&self, prices: &Prices) -> Option<f64> {
        if self.loads.is_empty() {
            return Some(0.0);
        }
        Walk::start(self.rider).finish(&self.loads, prices, f64::INFINITY)
    }

    pub fn reprice(&mut self, prices: &Prices) {
        self.cost = self.price(prices).unwrap_or(f64::INFINITY);
    }
}
