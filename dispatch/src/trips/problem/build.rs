//! From the city's view to the question: who can be planned with, what waits, and all ways between.

use std::collections::{BTreeMap, BTreeSet};

use geo_index::{CourierIndex, TravelMode, TravelTime};
use vocabulary::{CourierId, DeliveryId, Meters, Place, StoreId, Timestamp};

use super::{Job, NEVER, Prices, Problem, Rider, Ways};
use crate::Policy;
use crate::courier::Availability;
use crate::eta::Itinerary;
use crate::trips::demand::Demand;
use crate::view::{CityView, CourierRow, DeliveryRow, TaskRow};

/// How many times the candidates are looked at by straight line before the soonest are chosen.
const SIEVE: usize = 8;

pub(super) fn build(
    view: &CityView,
    policy: &Policy,
    demand: &mut Demand,
    now: Timestamp,
) -> Problem {
    let mut builder = Builder::new(view, policy, now);
    builder.seat_everybody(demand);
    builder.take_the_pool(demand);
    builder.finish(demand)
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
            let from_demand = demand.courier_away(*courier, place, view, self.now);
            let ends_at = row.shift_ends_at.map_or(NEVER, |end| self.seconds_to(end));
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
            let since = self.seconds_to(bound.at);
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
        let since = self.seconds_to(end);
        Some(Seat { place: route.end(), free_at: since, stands_since: since, held: Vec::new() })
    }

    fn take_the_pool(&mut self, demand: &mut Demand) {
        let horizon = i64::from(self.policy.dispatch.trips.horizon_s);
        let view = self.view;
        for row in view.pool().values().filter(|row| row.forced.is_none()) {
            if self.seconds_to(row.ready_at) > horizon {
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
            ready_at: self.seconds_to(task.ready_at),
            from_demand: demand.door_away(task.delivery, task.dropoff, self.view, self.now),
            held_by: None,
            weight: task.weight.0,
            waiting_since: self.seconds_to(since),
            promised_by: self.seconds_to(task.promised_by),
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
    fn seconds_to(&self, at: Timestamp) -> i64 {
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
fn seconds_from(now: Timestamp, at: Timestamp) -> i64 {
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
