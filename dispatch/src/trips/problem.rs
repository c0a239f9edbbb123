//! The question a plan answers: riders, jobs, the ways between them, and what time costs.
//!
//! Everything is looked up once here, so that the search only adds numbers. Times are whole seconds
//! from the moment of planning.

mod build;

use std::collections::BTreeSet;

use vocabulary::{CourierId, DeliveryId, Place, StoreId, Timestamp};

use super::Plan;
use super::demand::Demand;
use super::route::Load;
use crate::Policy;
use crate::view::CityView;

/// Beyond every shift.
const NEVER: i64 = i64::MAX / 4;

pub(super) struct Problem {
    pub now: Timestamp,
    /// By courier.
    pub riders: Vec<Rider>,
    /// Held ones first, then the pool by delivery.
    pub jobs: Vec<Job>,
    pub stores: Vec<(StoreId, Place)>,
    /// By store: riders, soonest there first.
    pub candidates: Vec<Vec<usize>>,
    pub prices: Prices,
    pub not_yet: Vec<DeliveryId>,
    /// Of whoever plans: sweeps of improvement at most.
    pub sweeps: u32,
}

/// What a second of somebody's time costs, and how long services take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Prices {
    pub before_pickup: i64,
    pub after_pickup: i64,
    pub pickup_service: i64,
    pub before_dropoff: i64,
    pub dropoff_service: i64,
    /// How much earlier than needed a rider sets out.
    pub early: i64,
    pub late: f64,
    /// Of a second's work at the present load of the city.
    pub minute: f64,
    /// Of a second's way from the last door to the demand, at the present load.
    pub ending: f64,
    /// No delivery is given up unless it would make others wait this much longer.
    pub unserved: f64,
}

/// A courier from when it can do something new.
pub(super) struct Rider {
    pub index: usize,
    pub courier: CourierId,
    /// Position among the modes of this problem.
    pub mode: usize,
    pub place: Place,
    pub free_at: i64,
    /// Since when it stands, or will stand, where it is free.
    pub stands_since: i64,
    pub stands_at: Option<usize>,
    pub ends_at: i64,
    pub is_on_duty: bool,
    pub from_demand: f64,
    /// Deliveries and grams on one trip.
    room: usize,
    max_weight: u32,
    to_store: Vec<i64>,
}

/// A delivery as the search sees it.
pub(super) struct Job {
    pub index: usize,
    pub delivery: DeliveryId,
    pub store: usize,
    pub ready_at: i64,
    pub from_demand: f64,
    /// The rider that has it and still can take more from the same store.
    pub held_by: Option<usize>,
    pub weight: u32,
    waiting_since: i64,
    promised_by: i64,
    only: Option<usize>,
    barred: BTreeSet<usize>,
    /// By mode.
    ways: Vec<Ways>,
    /// Its position among the jobs of its store.
    rank: usize,
}

/// From a store to a job's door and on from there.
#[derive(Default, Clone)]
struct Ways {
    haul: i64,
    to_store: Vec<i64>,
    /// By rank of the other job of the same store.
    to_door: Vec<i64>,
}

impl Rider {
    pub fn to_store(&self, store: usize) -> i64 {
        self.to_store.get(store).copied().unwrap_or(NEVER)
    }

    /// On duty, standing free, and without a trip in this plan.
    pub fn is_idle(&self, plan: &Plan) -> bool {
        self.is_on_duty && self.stands_since <= 0 && !plan.trips.contains_key(&self.courier)
    }

    /// One trip takes no more than the courier may have in hand.
    pub fn fits(&self, load: &Load<'_>, job: &Job) -> bool {
        load.jobs.len() < self.room && load.weight().saturating_add(job.weight) <= self.max_weight
    }

    pub fn can_carry(&self, load: &Load<'_>) -> bool {
        load.jobs.len() <= self.room && load.weight() <= self.max_weight
    }
}

impl Job {
    pub fn to_store(&self, store: usize, mode: usize) -> i64 {
        self.ways.get(mode).and_then(|ways| ways.to_store.get(store).copied()).unwrap_or(NEVER)
    }

    pub fn to_door(&self, other: &Job, mode: usize) -> i64 {
        self.ways.get(mode).and_then(|ways| ways.to_door.get(other.rank).copied()).unwrap_or(NEVER)
    }

    pub fn haul(&self, mode: usize) -> i64 {
        self.ways.get(mode).map_or(NEVER, |ways| ways.haul)
    }

    /// A shopper's seconds until the door, and weighed those beyond what was promised.
    pub fn cost(&self, dropoff: i64, prices: &Prices) -> f64 {
        let waited = (dropoff - self.waiting_since) as f64;
        let late = (dropoff - self.promised_by).max(0) as f64;
        waited + prices.late * late
    }

    pub fn may_go_with(&self, rider: &Rider) -> bool {
        self.only.is_none_or(|only| only == rider.index)
            && !self.barred.contains(&rider.index)
            && self.weight <= rider.max_weight
            && rider.room > 0
    }
}

impl Problem {
    pub fn of(view: &CityView, policy: &Policy, demand: &mut Demand, now: Timestamp) -> Self {
        build::build(view, policy, demand, now)
    }
}

impl Prices {
    fn of(policy: &Policy, pressure: f64) -> Self {
        let trips = &policy.dispatch.trips;
        let (pickup, dropoff) =
            (i64::from(policy.pickup_service_s), i64::from(policy.dropoff_service_s));
        let before_pickup = i64::from(trips.before_pickup_s).min(pickup);
        let after_dropoff = i64::from(trips.after_dropoff_s).min(dropoff);
        Self {
            before_pickup,
            after_pickup: pickup - before_pickup,
            pickup_service: pickup,
            before_dropoff: dropoff - after_dropoff,
            dropoff_service: dropoff,
            early: i64::from(trips.leave_early_s),
            late: policy.dispatch.late_weight,
            minute: trips.work_price * pressure,
            ending: trips.ending_price * pressure,
            unserved: f64::from(trips.unserved_s),
        }
    }
}
