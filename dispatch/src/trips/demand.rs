//! What the orders so far say about those to come: where they start, and how busy the couriers are.
//!
//! Only orders that have been placed are looked at.

use std::collections::BTreeMap;

use geo_index::{TravelMode, TravelTime};
use vocabulary::{CourierId, DeliveryId, Place, Seconds, StoreId, Timestamp};

use super::Plan;
use super::problem::Problem;
use crate::Policy;
use crate::view::CityView;

/// How far it is from a place to the next orders is worked out anew after this long.
const FRESH_FOR: Seconds = Seconds(900);
/// Of so many orders to come, a courier is taken to fetch the nearest.
const CHOICE: i32 = 4;
/// How quickly the pressure follows the present share of idle couriers.
const SETTLES_IN_S: f64 = 300.0;
/// A store with less of a recent order than this is not counted on.
const FORGOTTEN: f64 = 0.05;
/// Couriers mostly ride; a planner that compares places needs one measure.
const MODE: TravelMode = TravelMode::Ebike;

/// Learnt from round to round.
#[derive(Debug, Clone, Default)]
pub(super) struct Demand {
    stores: BTreeMap<StoreId, Heat>,
    /// Sum of all heat.
    total: f64,
    learnt_at: Option<Timestamp>,
    doors: BTreeMap<DeliveryId, Away>,
    couriers: BTreeMap<CourierId, Away>,
    at_store: BTreeMap<StoreId, Away>,
    pressure: f64,
    /// Seconds since the round before.
    step_s: f64,
}

/// Recent orders of a store, older ones counting less.
#[derive(Debug, Clone, Copy)]
struct Heat {
    place: Place,
    orders: f64,
}

/// How far it is from a place to the next order, in seconds of travel, and when that was worked out.
#[derive(Debug, Clone, Copy)]
struct Away {
    place: Place,
    seconds: f64,
    at: Timestamp,
}

impl Demand {
    /// Counts deliveries that were not there in the round before.
    pub fn learn(&mut self, view: &CityView, policy: &Policy, now: Timestamp) {
        let passed = now.since(self.learnt_at.unwrap_or(now));
        self.step_s = f64::from(passed.0);
        self.learnt_at = Some(now);
        let remembered = f64::from(policy.dispatch.trips.demand_memory_s.max(1));
        let kept = (1.0 - self.step_s / remembered).max(0.0);
        for heat in self.stores.values_mut() {
            heat.orders *= kept;
        }
        for row in view.pool().values().filter(|row| !self.doors.contains_key(&row.delivery)) {
            let new = Heat { place: row.pickup, orders: 0.0 };
            self.stores.entry(row.store).or_insert(new).orders += 1.0;
        }
        self.total = self.stores.values().map(|heat| heat.orders).sum();
        self.doors.retain(|delivery, _| view.pool().contains_key(delivery));
        self.couriers.retain(|courier, _| view.couriers().contains_key(courier));
        for row in view.pool().values() {
            self.door_away(row.delivery, row.dropoff, view, now);
        }
    }

    /// Between 0, when more couriers stand idle than the policy calls spare, and 1, when none does.
    pub fn pressure(&self) -> f64 {
        self.pressure
    }

    /// Recent orders of a store; one placed now counts 1.
    pub fn heat(&self, store: StoreId) -> f64 {
        self.stores.get(&store).map_or(0.0, |heat| heat.orders)
    }

    pub fn hot_stores(&self) -> impl Iterator<Item = (StoreId, Place)> {
        let hot = self.stores.iter().filter(|(_, heat)| heat.orders > FORGOTTEN);
        hot.map(|(store, heat)| (*store, heat.place))
    }

    pub fn door_away(
        &mut self,
        delivery: DeliveryId,
        place: Place,
        view: &CityView,
        now: Timestamp,
    ) -> f64 {
        let known = self.doors.get(&delivery).copied();
        let away = self.renewed(known, place, view, now);
        self.doors.insert(delivery, away);
        away.seconds
    }

    pub fn courier_away(
        &mut self,
        courier: CourierId,
        place: Place,
        view: &CityView,
        now: Timestamp,
    ) -> f64 {
        let known = self.couriers.get(&courier).copied();
        let away = self.renewed(known, place, view, now);
        self.couriers.insert(courier, away);
        away.seconds
    }

    pub fn store_away(
        &mut self,
        store: StoreId,
        place: Place,
        view: &CityView,
        now: Timestamp,
    ) -> f64 {
        let known = self.at_store.get(&store).copied();
        let away = self.renewed(known, place, view, now);
        self.at_store.insert(store, away);
        away.seconds
    }

    fn renewed(&self, known: Option<Away>, place: Place, view: &CityView, now: Timestamp) -> Away {
        known.filter(|away| away.place == place && now.since(away.at) < FRESH_FOR).unwrap_or_else(
            || Away { place, seconds: self.away(place, view.travel(), now), at: now },
        )
    }

    /// Expected travel to the nearest of the next few orders, if they come as the recent ones did.
    fn away(&self, place: Place, travel: &dyn TravelTime, now: Timestamp) -> f64 {
        if self.total <= 0.0 {
            return 0.0;
        }
        let hot = self.stores.values().filter(|heat| heat.orders > FORGOTTEN);
        let mut near: Vec<(Seconds, f64)> = hot
            .map(|heat| (travel.travel(place, heat.place, MODE, now).time, heat.orders))
            .collect();
        near.sort_by_key(|(time, _)| *time);
        // The chance that none of the next orders starts nearer than this.
        let farther = |share: f64| (0..CHOICE).fold(1.0, |product, _| product * share.max(0.0));
        let (mut left, mut expected) = (1.0, 0.0);
        for (time, orders) in near {
            let share = orders / self.total;
            expected += (farther(left) - farther(left - share)) * f64::from(time.0);
            left -= share;
        }
        expected
    }

    /// Follows the share of couriers on duty that have nothing to do.
    pub fn note_idle(&mut self, problem: &Problem, plan: &Plan, policy: &Policy) {
        let on_duty = problem.riders.iter().filter(|rider| rider.is_on_duty).count();
        let idle = problem.riders.iter().filter(|rider| rider.is_idle(plan)).count();
        let share = idle as f64 / on_duty.max(1) as f64;
        let spare = policy.dispatch.trips.spare_share.max(f64::EPSILON);
        let present = (1.0 - share / spare).max(0.0);
        self.pressure += (present - self.pressure) * (self.step_s / SETTLES_IN_S).min(1.0);
    }
}
