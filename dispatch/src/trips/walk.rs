//! The arithmetic of a plan: a rider goes from load to load, and every step has its time and cost.
//!
//! Times are whole seconds from the moment of planning, costs are seconds of people's time.

use super::problem::{Job, Prices, Rider};
use super::route::Load;

/// How far a rider has come.
#[derive(Clone, Copy)]
pub(super) struct Walk<'a> {
    rider: &'a Rider,
    /// Free to go on.
    pub at: i64,
    /// The door it stands at; where the rider begins when there is none.
    door: Option<&'a Job>,
    pub cost: f64,
}

/// When the goods of one load change hands.
#[derive(Clone, Copy)]
pub(super) struct Call {
    pub travel: i64,
    pub pickup: i64,
}

impl<'a> Walk<'a> {
    pub fn start(rider: &'a Rider) -> Self {
        Self { rider, at: rider.free_at, door: None, cost: 0.0 }
    }

    /// The way to a store's counter and the time there, for goods that are ready at `ready`.
    pub fn call(&self, store: usize, ready: i64, prices: &Prices) -> Call {
        let travel = match self.door {
            Some(job) => job.to_store(store, self.rider.mode),
            None => self.rider.to_store(store),
        };
        // Whoever stands at the counter has used some of the service already.
        let stands_since = self.door.is_none().then_some(self.rider.stands_since);
        let arrives = match stands_since {
            Some(since) if self.rider.stands_at == Some(store) => since,
            Some(_) | None => self.at + travel,
        };
        let pickup = (arrives + prices.before_pickup).max(self.at).max(ready);
        Call { travel, pickup }
    }

    /// One load, its jobs in this order, to its last door; `None` when it cannot be fetched before
    /// the shift ends. Each hand-over at a door is told to `told`.
    pub fn carry(
        mut self,
        store: usize,
        jobs: impl Iterator<Item = &'a Job> + Clone,
        prices: &Prices,
        mut told: impl FnMut(&'a Job, i64),
    ) -> Option<Self> {
        let ready = jobs.clone().map(|job| job.ready_at).max().unwrap_or(i64::MIN);
        let call = self.call(store, ready, prices);
        if call.pickup > self.rider.ends_at {
            return None;
        }
        let mut busy = call.travel + prices.pickup_service;
        self.at = call.pickup + prices.after_pickup;
        let mut last: Option<&Job> = None;
        for job in jobs {
            let travel = match last {
                Some(last) => last.to_door(job, self.rider.mode),
                None => job.haul(self.rider.mode),
            };
            let dropoff = self.at + travel + prices.before_dropoff;
            told(job, dropoff);
            self.cost += job.cost(dropoff, prices);
            self.at += travel + prices.dropoff_service;
            busy += travel + prices.dropoff_service;
            last = Some(job);
        }
        self.door = last;
        self.cost += prices.minute * busy as f64;
        Some(self)
    }

    pub fn carry_load(self, load: &Load<'a>, prices: &Prices) -> Option<Self> {
        self.carry(load.store, load.jobs.iter().copied(), prices, |_, _| ())
    }

    /// The cost of going on with these loads to the end; `None` when it cannot be done, or costs
    /// more than `limit` on the way.
    pub fn finish(mut self, loads: &[Load<'a>], prices: &Prices, limit: f64) -> Option<f64> {
        for load in loads {
            if self.cost > limit {
                return None;
            }
            self = self.carry_load(load, prices)?;
        }
        Some(self.cost + self.ending(prices))
    }

    /// Ending far from where orders are expected costs the way back, as long as the shift lasts.
    fn ending(&self, prices: &Prices) -> f64 {
        let Some(door) = self.door else { return 0.0 };
        let left = self.rider.ends_at - self.at;
        if left <= 0 {
            return 0.0;
        }
        prices.ending * (door.from_demand - self.rider.from_demand).min(left as f64)
    }
}
