//! Making a plan good: first everything gets a place, then places are exchanged while that helps.

use std::collections::BTreeMap;

use vocabulary::{CourierId, DeliveryId, Seconds, Timestamp};

use super::insert::best_spot;
use super::problem::{Job, Problem};
use super::route::{Load, Route};
use super::walk::Walk;
use super::{Plan, Trip};

/// Less is no gain: sums of seconds in another order differ in their last digits.
const NOTHING: f64 = 1e-6;
/// As in [`super::insert`]: how much dearer half an exchange may look than the whole.
const RELIEF: f64 = 18_000.0;

pub(super) struct Search<'a> {
    problem: &'a Problem,
    /// By rider.
    routes: Vec<Route<'a>>,
    /// By job: the rider that would do it.
    rider_of: Vec<Option<usize>>,
    /// By job, those that can move, soonest ready first.
    order: Vec<&'a Job>,
    /// The change up to which two riders were last compared; the smaller index first.
    compared: Vec<BTreeMap<usize, u32>>,
    changes: u32,
}

impl<'a> Search<'a> {
    /// Begins with what is under way and with what is left of the plan before.
    pub fn new(problem: &'a Problem, before: &BTreeMap<CourierId, Vec<Vec<DeliveryId>>>) -> Self {
        let mut order: Vec<&Job> =
            problem.jobs.iter().filter(|job| job.held_by.is_none()).collect();
        order.sort_by_key(|job| (job.ready_at, job.delivery));
        let mut search = Self {
            problem,
            routes: problem.riders.iter().map(Route::new).collect(),
            rider_of: vec![None; problem.jobs.len()],
            order,
            compared: vec![BTreeMap::new(); problem.riders.len()],
            changes: 1,
        };
        search.hold();
        search.remember(before);
        search
    }

    fn hold(&mut self) {
        for job in &self.problem.jobs {
            let Some(rider) = job.held_by else { continue };
            let Some(route) = self.routes.get_mut(rider) else { continue };
            match route.loads.first_mut() {
                Some(load) => load.jobs.push(job),
                None => route.loads.push(Load::of(job)),
            }
            note(&mut self.rider_of, job, Some(rider));
        }
    }

    fn remember(&mut self, before: &BTreeMap<CourierId, Vec<Vec<DeliveryId>>>) {
        let free = &self.order;
        let by_id: BTreeMap<DeliveryId, &Job> =
            free.iter().map(|job| (job.delivery, *job)).collect();
        for route in &mut self.routes {
            for load in before.get(&route.rider.courier).into_iter().flatten() {
                let jobs: Vec<&Job> = load
                    .iter()
                    .filter_map(|delivery| by_id.get(delivery).copied())
                    .filter(|job| job.may_go_with(route.rider))
                    .collect();
                let Some(first) = jobs.first() else { continue };
                route.loads.push(Load { store: first.store, jobs });
            }
            // The world has moved on: what no longer fits into the shift is placed anew.
            while route.loads.len() > route.held() && route.price(&self.problem.prices).is_none() {
                route.loads.pop();
            }
            route.reprice(&self.problem.prices);
            for job in route.jobs() {
                note(&mut self.rider_of, job, Some(route.rider.index));
            }
        }
    }

    /// Gives every job that has no place its cheapest one.
    pub fn fill(&mut self) {
        for job in self.order.clone() {
            if self.rider_of(job).is_none() {
                self.place(job, self.problem.prices.unserved);
            }
        }
    }

    /// Moves single jobs and exchanges ends of routes until nothing gets better, or the sweeps are
    /// used up.
    pub fn improve(&mut self) {
        for _ in 0..self.problem.sweeps {
            let before = self.changes;
            for job in self.order.clone() {
                self.reconsider(job);
            }
            for rider in 0..self.routes.len() {
                self.exchange_with_others(rider);
            }
            if self.changes == before {
                return;
            }
        }
    }

    fn rider_of(&self, job: &Job) -> Option<usize> {
        self.rider_of.get(job.index).copied().flatten()
    }

    /// The cheapest place among the candidates of its store, if it costs less than `limit`.
    fn place(&mut self, job: &'a Job, limit: f64) -> bool {
        let mut best = None;
        let mut bound = limit;
        for rider in self.problem.candidates.get(job.store).into_iter().flatten() {
            let Some(route) = self.routes.get(*rider) else { continue };
            if let Some(spot) = best_spot(self.problem, route, job, bound) {
                bound = spot.more;
                best = Some((*rider, spot));
            }
        }
        let Some((rider, spot)) = best else { return false };
        let Some(route) = self.routes.get_mut(rider) else { return false };
        spot.fill(route, job);
        note(&mut self.rider_of, job, Some(rider));
        self.touch(rider);
        true
    }

    fn reconsider(&mut self, job: &'a Job) {
        let Some(rider) = self.rider_of(job) else {
            self.place(job, self.problem.prices.unserved);
            return;
        };
        let Some(route) = self.routes.get_mut(rider) else { return };
        let (loads, cost) = (route.loads.clone(), route.cost);
        route.take(job);
        route.reprice(&self.problem.prices);
        let gain = cost - route.cost;
        if self.place(job, gain - NOTHING) {
            if let Some(route) = self.routes.get_mut(rider) {
                route.changed = self.changes;
            }
        } else if let Some(route) = self.routes.get_mut(rider) {
            (route.loads, route.cost) = (loads, cost);
        }
    }

    /// Everybody who could fetch one of this rider's loads is compared with it.
    fn exchange_with_others(&mut self, rider: usize) {
        let Some(route) = self.routes.get(rider) else { return };
        let stores = route.loads.iter().filter_map(|load| self.problem.candidates.get(load.store));
        let mut others: Vec<usize> = stores.flatten().copied().collect();
        others.sort_unstable();
        others.dedup();
        for other in others {
            if other != rider && self.is_news(rider, other) {
                self.exchange(rider, other);
            }
        }
    }

    /// Neither has changed since they were last compared.
    fn is_news(&mut self, one: usize, other: usize) -> bool {
        let changed = |rider: usize| self.routes.get(rider).map_or(0, |route| route.changed);
        let last = changed(one).max(changed(other));
        let changes = self.changes;
        let Some(compared) = self.compared.get_mut(one.min(other)) else { return false };
        compared.insert(one.max(other), changes).is_none_or(|seen| seen < last)
    }

    /// The ends of two routes change hands, cut where that saves most.
    fn exchange(&mut self, one: usize, other: usize) {
        let Some(cut) = self.best_cut(one, other) else { return };
        let Some(route) = self.routes.get_mut(one) else { return };
        let end = route.loads.split_off(cut.one.min(route.loads.len()));
        let Some(route) = self.routes.get_mut(other) else { return };
        let other_end = route.loads.split_off(cut.other.min(route.loads.len()));
        route.loads.extend(end);
        if let Some(route) = self.routes.get_mut(one) {
            route.loads.extend(other_end);
        }
        for rider in [one, other] {
            self.touch(rider);
            for job in self.routes.get(rider).into_iter().flat_map(Route::jobs) {
                note(&mut self.rider_of, job, Some(rider));
            }
        }
    }

    fn best_cut(&self, one: usize, other: usize) -> Option<Cut> {
        let (a, b) = (self.routes.get(one)?, self.routes.get(other)?);
        let prices = &self.problem.prices;
        let together = a.cost + b.cost;
        let mut best: Option<Cut> = None;
        let mut walk_a = Some(Walk::start(a.rider));
        for i in 0..=a.loads.len() {
            let Some(at_a) = walk_a else { break };
            let rest_a = a.loads.get(i..).unwrap_or_default();
            let mut walk_b = Some(Walk::start(b.rider));
            for j in 0..=b.loads.len() {
                let Some(at_b) = walk_b else { break };
                let rest_b = b.loads.get(j..).unwrap_or_default();
                let may =
                    i >= a.held() && j >= b.held() && (i < a.loads.len() || j < b.loads.len());
                if may && all_may(rest_a, b) && all_may(rest_b, a) {
                    let limit = together + best.map_or(-NOTHING, |cut| cut.saved);
                    let cost_a = end(i == 0, at_a, rest_b, prices, limit + RELIEF);
                    let cost_b =
                        cost_a.and_then(|_| end(j == 0, at_b, rest_a, prices, limit + RELIEF));
                    if let (Some(cost_a), Some(cost_b)) = (cost_a, cost_b)
                        && cost_a + cost_b < limit
                    {
                        best = Some(Cut { one: i, other: j, saved: cost_a + cost_b - together });
                    }
                }
                walk_b = rest_b.first().and_then(|load| at_b.carry_load(load, prices));
            }
            walk_a = rest_a.first().and_then(|load| at_a.carry_load(load, prices));
        }
        best
    }

    fn touch(&mut self, rider: usize) {
        self.changes += 1;
        if let Some(route) = self.routes.get_mut(rider) {
            route.reprice(&self.problem.prices);
            route.changed = self.changes;
        }
    }

    /// For the next plan to begin with.
    pub fn remembered(&self) -> BTreeMap<CourierId, Vec<Vec<DeliveryId>>> {
        let loads = |route: &Route<'_>| {
            let ids = |load: &Load<'_>| load.jobs.iter().map(|job| job.delivery).collect();
            route.loads.iter().map(ids).collect()
        };
        let routes = self.routes.iter().filter(|route| !route.loads.is_empty());
        routes.map(|route| (route.rider.courier, loads(route))).collect()
    }

    pub fn plan(&self) -> Plan {
        let left_over = self.order.iter().filter(|job| self.rider_of(job).is_none());
        let mut left_over: Vec<DeliveryId> = left_over.map(|job| job.delivery).collect();
        left_over.sort_unstable();
        let routes = self.routes.iter().filter(|route| !route.loads.is_empty());
        Plan {
            at: self.problem.now,
            trips: routes.map(|route| (route.rider.courier, self.trips(route))).collect(),
            left_over,
            not_yet: self.problem.not_yet.clone(),
            advice: Vec::new(),
        }
    }

    fn trips(&self, route: &Route<'a>) -> Vec<Trip> {
        let prices = &self.problem.prices;
        let mut walk = Walk::start(route.rider);
        let mut trips = Vec::new();
        for load in &route.loads {
            let ready = load.jobs.iter().map(|job| job.ready_at).max().unwrap_or_default();
            let call = walk.call(load.store, ready, prices);
            let leave_at = ready - prices.before_pickup - call.travel - prices.early;
            let free_at = self.at(walk.at);
            let mut doors = Vec::new();
            let jobs = load.jobs.iter().copied();
            let told = |job: &Job, at| doors.push((job.delivery, self.at(at)));
            let (Some(next), Some((store, _))) =
                (walk.carry(load.store, jobs, prices, told), self.problem.stores.get(load.store))
            else {
                break;
            };
            walk = next;
            let (leave_at, pickup_at) = (self.at(leave_at), self.at(call.pickup));
            trips.push(Trip { store: *store, free_at, leave_at, pickup_at, doors });
        }
        trips
    }

    fn at(&self, seconds: i64) -> Timestamp {
        let now = self.problem.now;
        match u32::try_from(seconds) {
            Ok(ahead) => now.after(Seconds(ahead)),
            Err(_) => now.before(Seconds(u32::try_from(-seconds).unwrap_or(u32::MAX))),
        }
    }
}

/// Where two routes are cut: the first loads of their ends.
#[derive(Clone, Copy)]
struct Cut {
    one: usize,
    other: usize,
    /// Negative.
    saved: f64,
}

/// What a route costs that goes on from here with these loads.
fn end<'a>(
    is_start: bool,
    walk: Walk<'a>,
    loads: &[Load<'a>],
    prices: &super::problem::Prices,
    limit: f64,
) -> Option<f64> {
    if is_start && loads.is_empty() { Some(0.0) } else { walk.finish(loads, prices, limit) }
}

fn all_may(loads: &[Load<'_>], route: &Route<'_>) -> bool {
    loads.iter().all(|load| load.is_for(route.rider))
}

fn note(rider_of: &mut [Option<usize>], job: &Job, rider: Option<usize>) {
    if let Some(place) = rider_of.get_mut(job.index) {
        *place = rider;
    }
}
