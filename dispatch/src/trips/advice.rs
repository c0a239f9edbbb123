//! Where couriers without a trip had better wait: near the stores that have been busy, not all at
//! the same.

use std::collections::BTreeMap;

use vocabulary::{Seconds, StoreId};

use super::demand::Demand;
use super::problem::{Problem, Rider};
use super::{Advice, Plan};
use crate::Policy;
use crate::view::CityView;

/// A courier at a store with this much of a recent order is well placed.
const BUSY_ENOUGH: f64 = 0.3;
/// Nobody is moved shortly before the shift ends.
const LAST_MOVE_S: i64 = 1_200;

pub(super) fn advise(
    problem: &Problem,
    plan: &Plan,
    demand: &mut Demand,
    view: &CityView,
    policy: &Policy,
) -> Vec<Advice> {
    let trips = &policy.dispatch.trips;
    if trips.move_gain_s == 0 {
        return Vec::new();
    }
    let hot: Vec<_> = demand.hot_stores().collect();
    let waiting = problem.riders.iter().filter(|rider| !plan.trips.contains_key(&rider.courier));
    let mut waiting_at: BTreeMap<StoreId, f64> = BTreeMap::new();
    for rider in waiting {
        if let Some((store, _)) = hot.iter().find(|(_, place)| *place == rider.place) {
            *waiting_at.entry(*store).or_default() += 1.0;
        }
    }
    let mut advice = Vec::new();
    for rider in problem.riders.iter().filter(|rider| may_move(rider, plan)) {
        let stands_at = hot.iter().find(|(_, place)| *place == rider.place);
        if stands_at.is_some_and(|(store, _)| demand.heat(*store) > BUSY_ENOUGH) {
            continue;
        }
        let Some(mode) = view.courier(rider.courier).map(|row| row.mode) else { continue };
        let mut best = None;
        let mut most = f64::from(trips.move_gain_s);
        for (store, place) in &hot {
            let way = view.travel().travel(rider.place, *place, mode, problem.now).time;
            if way.0 > trips.move_reach_s {
                continue;
            }
            let nearer = rider.from_demand - demand.store_away(*store, *place, view, problem.now);
            let crowd = waiting_at.get(store).copied().unwrap_or_default();
            let gain =
                nearer - f64::from(trips.crowd_s) * crowd - trips.move_price * f64::from(way.0);
            if gain > most {
                most = gain;
                best = Some((*store, *place, nearer));
            }
        }
        if let Some((store, place, nearer)) = best {
            *waiting_at.entry(store).or_default() += 1.0;
            let nearer_by = Seconds(nearer.max(0.0) as u32);
            advice.push(Advice { courier: rider.courier, store, place, nearer_by });
        }
    }
    advice
}

fn may_move(rider: &Rider, plan: &Plan) -> bool {
    rider.is_idle(plan) && rider.ends_at > LAST_MOVE_S
}
