//! The question a plan answers: riders, jobs, the ways between them, and what time costs.
//!
//! Everything is looked up once here, so that the search only adds numbers. Times are whole seconds
//! from the moment of planning.

use std::collections::{BTreeMap, BTreeSet};

use geo_index::{CourierIndex, TravelMode, TravelTime};
use vocabulary::{CourierId, DeliveryId, Meters, Place, StoreId, Timestamp};

use super::Plan;
use super::demand::Demand;
use super::route::Load;
use crate::Policy;
use crate::courier::Availability;
use crate::eta::Itinerary;
use crate::view::{CityView, CourierRow, DeliveryRow, TaskRow};

/// Beyond every shift.
const NEVER: i64 = i64::MAX / 4;
/// How many times the candidates are looked at by straight line before the soonest are chosen.
const SIEVE: usize = 8;

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
        let mut builder = Builder::new(view, policy, now);
        builder.seat_everybody(demand);
        builder.take_the_pool(demand);
        builder.finish(demand)
    }
}

struct Builder<'a> {
    view: &'a CityView,
    policy: &'a Policy,
    now: Timestamp,
    modes: Vec<TravelMode>,
    riders: Vec<Rider>,
    jobs: Vec<Job>,
    doors: Vec<Place>,
    stores: Vec<(StoreId, Place)>,
    store_of: BTreeMap<StoreId, usize>,
    not_yet: Vec<DeliveryId>,
}

impl<'a> Builder<'a> {
    fn new(view: &'a CityView, policy: &'a Policy, now: Timestamp) -> Self {
        Self {
            view,
            policy,
            now,
            modes: Vec::new(),
            riders: Vec::new(),
            jobs: Vec::new(),
            doors: Vec::new(),
            stores: Vec::new(),
            store_of: BTreeMap::new(),
            not_yet: Vec::new(),
        }
    }

    fn seat_everybody(&mut self, demand: &mut Demand) {
        let view = self.view;
        for (courier, row) in view.couriers() {
            let Some(seat) = self.seat(*courier, row) else { continue };
            let Seat { place, free_at, stands_since, held } = seat;
            let index = self.riders.len();
            let from_demand = demand.from_courier(*courier, place, view, self.now);
            let ends_at = row.shift_ends_at.map_or(NEVER, |end| self.from_now(end));
            let mode = self.mode(row.mode);
            self.riders.push(Rider {
                index,
                courier: *courier,
                mode,
                place,
                free_at: free_at.max(0),
                stands_since,
                stands_at: None,
                ends_at,
                is_on_duty: row.availability != Availability::OffDuty,
                from_demand,
                room: usize::try_from(row.capacity).unwrap_or(usize::MAX),
                max_weight: row.max_weight.0,
                to_store: Vec::new(),
            });
            for task in held {
                self.hold(task, index, demand);
            }
        }
    }

    /// Where and when a courier is free for something new, with what it has yet to fetch at the one
    /// store it is heading for. `None` for whoever cannot be planned with.
    fn seat(&self, courier: CourierId, row: &'a CourierRow) -> Option<Seat<'a>> {
        let bound = self.view.bound(courier);
        let plans = match row.availability {
            Availability::Idle
            | Availability::Offered
            | Availability::Busy { .. }
            | Availability::Full => true,
            // About to begin, at a known place and time.
            Availability::OffDuty => bound.is_some(),
            Availability::OnBreak | Availability::Suspended | Availability::Stale => false,
        };
        if !plans || row.shift_ends_at.is_some_and(|end| end < self.now) {
            return None;
        }
        if let Some(bound) = bound {
            let since = self.from_now(bound.at);
            let held = Vec::new();
            return Some(Seat { place: bound.place, free_at: since, stands_since: since, held });
        }
        let (place, heard_at) = self.view.position(courier)?;
        if self.now.since(heard_at).0 >= self.policy.dispatch.stale_after_s {
            return None;
        }
        let in_hand: Vec<&TaskRow> = row.tasks.iter().chain(&row.offered).collect();
        let store = in_hand.first().map(|task| task.store);
        if in_hand.iter().all(|task| !task.picked_up && Some(task.store) == store) {
            return Some(Seat { place, free_at: 0, stands_since: 0, held: in_hand });
        }
        let route = Itinerary::of_courier(row, place, self.view, self.policy, self.now);
        let end = route.visits().last().map_or(self.now, |visit| visit.leaves_at);
        let since = self.from_now(end);
        Some(Seat { place: route.end(), free_at: since, stands_since: since, held: Vec::new() })
    }

    fn take_the_pool(&mut self, demand: &mut Demand) {
        let horizon = i64::from(self.policy.dispatch.trips.horizon_s);
        let view = self.view;
        for row in view.pool().values().filter(|row| row.forced.is_none()) {
            if self.from_now(row.ready_at) > horizon {
                self.not_yet.push(row.delivery);
                continue;
            }
            let only = match row.pinned {
                Some((courier, until)) if self.now < until => Some(self.rider(courier)),
                Some(_) | None => None,
            };
            let barred = row.excluded.iter().filter_map(|courier| self.rider(*courier)).collect();
            let task = TaskRow::to_fetch(row);
            let mut job = self.job(&task, row.waiting_since, demand);
            // Pinned to somebody who is not here: nobody.
            job.only = only.map(|rider| rider.unwrap_or(usize::MAX));
            job.barred = barred;
            self.bar_the_cool(row, &mut job);
            self.push(job, row.dropoff);
        }
    }

    fn bar_the_cool(&self, row: &DeliveryRow, job: &mut Job) {
        for rider in &self.riders {
            let courier = self.view.courier(rider.courier);
            let until = courier.and_then(|courier| courier.cool_downs.get(&row.delivery));
            if until.is_some_and(|until| *until > self.now) {
                job.barred.insert(rider.index);
            }
        }
    }

    fn hold(&mut self, task: &TaskRow, rider: usize, demand: &mut Demand) {
        let mut job = self.job(task, self.now, demand);
        job.held_by = Some(rider);
        job.only = Some(rider);
        self.push(job, task.dropoff);
    }

    fn job(&mut self, task: &TaskRow, since: Timestamp, demand: &mut Demand) -> Job {
        let next = self.stores.len();
        let store = *self.store_of.entry(task.store).or_insert(next);
        if store == next {
            self.stores.push((task.store, task.pickup));
        }
        Job {
            index: 0,
            delivery: task.delivery,
            store,
            ready_at: self.from_now(task.ready_at),
            from_demand: demand.from_door(task.delivery, task.dropoff, self.view, self.now),
            held_by: None,
            weight: task.weight.0,
            waiting_since: self.from_now(since),
            promised_by: self.from_now(task.promised_by),
            only: None,
            barred: BTreeSet::new(),
            ways: Vec::new(),
            rank: 0,
        }
    }

    fn push(&mut self, mut job: Job, door: Place) {
        job.index = self.jobs.len();
        self.jobs.push(job);
        self.doors.push(door);
    }

    fn finish(mut self, demand: &Demand) -> Problem {
        self.find_ways();
        let places: Vec<Place> = self.stores.iter().map(|(_, place)| *place).collect();
        for rider in &mut self.riders {
            rider.stands_at = places.iter().position(|place| *place == rider.place);
        }
        let candidates = self.candidates(&places);
        Problem {
            now: self.now,
            candidates,
            prices: Prices::of(self.policy, demand.pressure()),
            riders: self.riders,
            jobs: self.jobs,
            stores: self.stores,
            not_yet: self.not_yet,
            sweeps: self.policy.dispatch.trips.sweeps,
        }
    }

    /// All ways that a trip can have, by mode.
    fn find_ways(&mut self) {
        let (travel, now) = (self.view.travel(), self.now);
        let places: Vec<Place> = self.stores.iter().map(|(_, place)| *place).collect();
        let mut of_store: Vec<Vec<usize>> = vec![Vec::new(); places.len()];
        for job in &mut self.jobs {
            if let Some(jobs) = of_store.get_mut(job.store) {
                job.rank = jobs.len();
                jobs.push(job.index);
            }
        }
        for mode in &self.modes {
            let away = times(travel, &self.doors, &places, *mode, now);
            for (job, to_store) in self.jobs.iter_mut().zip(away) {
                job.ways.push(Ways { to_store, ..Ways::default() });
            }
            for (place, jobs) in places.iter().zip(&of_store) {
                let doors: Vec<Place> =
                    jobs.iter().filter_map(|job| self.doors.get(*job)).copied().collect();
                let hauls = times(travel, &[*place], &doors, *mode, now);
                let hauls = hauls.into_iter().next().unwrap_or_default();
                let between = times(travel, &doors, &doors, *mode, now);
                for ((job, haul), to_door) in jobs.iter().zip(hauls).zip(between) {
                    let ways = self.jobs.get_mut(*job).and_then(|job| job.ways.last_mut());
                    if let Some(ways) = ways {
                        (ways.haul, ways.to_door) = (haul, to_door);
                    }
                }
            }
        }
        for rider in &mut self.riders {
            let Some(mode) = self.modes.get(rider.mode) else { continue };
            let row = times(travel, &[rider.place], &places, *mode, now);
            rider.to_store = row.into_iter().next().unwrap_or_default();
        }
    }

    fn candidates(&self, stores: &[Place]) -> Vec<Vec<usize>> {
        let most = usize::try_from(self.policy.dispatch.trips.candidates).unwrap_or(usize::MAX);
        let radius = Meters(self.policy.dispatch.max_radius_m);
        let near = CourierIndex::build(self.riders.iter().map(|rider| (rider.index, rider.place)));
        let soonest = |(store, place): (usize, &Place)| {
            let sieved = near.nearest(*place, most.saturating_mul(SIEVE), |_| true);
            let mut by_time: Vec<(i64, usize)> = sieved
                .into_iter()
                .filter(|(_, away)| *away <= radius)
                .filter_map(|(index, _)| self.riders.get(index))
                .map(|rider| (rider.free_at + rider.to_store(store), rider.index))
                .collect();
            by_time.sort_unstable();
            by_time.truncate(most);
            by_time.into_iter().map(|(_, index)| index).collect()
        };
        stores.iter().enumerate().map(soonest).collect()
    }

    fn mode(&mut self, mode: TravelMode) -> usize {
        self.modes.iter().position(|known| *known == mode).unwrap_or_else(|| {
            self.modes.push(mode);
            self.modes.len() - 1
        })
    }

    fn rider(&self, courier: CourierId) -> Option<usize> {
        self.riders.binary_search_by_key(&courier, |rider| rider.courier).ok()
    }

    /// Rounded up, so that nothing is planned before it can be.
    fn from_now(&self, at: Timestamp) -> i64 {
        seconds_from(self.now, at)
    }
}

struct Seat<'a> {
    place: Place,
    free_at: i64,
    stands_since: i64,
    held: Vec<&'a TaskRow>,
}

/// Whole seconds, negative for what has passed, rounded up.
pub(super) fn seconds_from(now: Timestamp, at: Timestamp) -> i64 {
    let span = at.as_millis().saturating_sub(now.as_millis());
    span.saturating_add(999).div_euclid(1_000).clamp(-NEVER, NEVER)
}

fn times(
    travel: &dyn TravelTime,
    from: &[Place],
    to: &[Place],
    mode: TravelMode,
    now: Timestamp,
) -> Vec<Vec<i64>> {
    let table = travel.table(from, to, mode, now);
    (0..from.len())
        .map(|origin| table.row(origin).iter().map(|trip| i64::from(trip.time.0)).collect())
        .collect()
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
