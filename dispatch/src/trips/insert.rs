//! Where one more delivery fits best into a route.

use super::problem::{Job, Problem};
use super::route::{Load, Route};
use super::walk::Walk;

/// Ending nearer to the demand can make the last step cheaper than the way there: how far above
/// the limit a half-walked route may stand, in seconds of cost.
const RELIEF: f64 = 12_000.0;

/// A place in a route, and by how much the route's cost grows there.
#[derive(Clone, Copy)]
pub(super) struct Spot {
    pub more: f64,
    load: usize,
    /// Among the doors of that load; a trip of its own before it when there is none.
    door: Option<usize>,
}

impl Spot {
    pub fn fill<'a>(&self, route: &mut Route<'a>, job: &'a Job) {
        match self.door {
            None => route.loads.insert(self.load.min(route.loads.len()), Load::of(job)),
            Some(door) => {
                if let Some(load) = route.loads.get_mut(self.load) {
                    load.jobs.insert(door.min(load.jobs.len()), job);
                }
            }
        }
    }
}

/// The cheapest place for `job` in `route`, if it costs less than `limit`.
pub(super) fn best_spot(
    problem: &Problem,
    route: &Route<'_>,
    job: &Job,
    limit: f64,
) -> Option<Spot> {
    if !job.may_go_with(route.rider) {
        return None;
    }
    let prices = &problem.prices;
    let mut best: Option<Spot> = None;
    let mut walk = Walk::start(route.rider);
    for index in 0..=route.loads.len() {
        let rest = route.loads.get(index..).unwrap_or_default();
        let bound = |best: Option<Spot>| best.map_or(limit, |spot| spot.more);
        if index >= route.held() {
            let alone = walk.carry(job.store, std::iter::once(job), prices, |_, _| ());
            let dearest = route.cost + bound(best) + RELIEF;
            if let Some(cost) = alone.and_then(|walk| walk.finish(rest, prices, dearest)) {
                let more = cost - route.cost;
                if more < bound(best) {
                    best = Some(Spot { more, load: index, door: None });
                }
            }
        }
        let Some((load, after)) = rest.split_first() else { break };
        if load.store == job.store && route.rider.fits(load, job) {
            for door in 0..=load.jobs.len() {
                let before = load.jobs.iter().take(door).copied();
                let behind = load.jobs.iter().skip(door).copied();
                let jobs = before.chain(std::iter::once(job)).chain(behind);
                let dearest = route.cost + bound(best) + RELIEF;
                let cost = walk
                    .carry(load.store, jobs, prices, |_, _| ())
                    .and_then(|walk| walk.finish(after, prices, dearest));
                if let Some(more) = cost.map(|cost| cost - route.cost)
                    && more < bound(best)
                {
                    best = Some(Spot { more, load: index, door: Some(door) });
                }
            }
        }
        let Some(next) = walk.carry_load(load, prices) else { break };
        walk = next;
    }
    best
}
