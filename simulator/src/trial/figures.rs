//! The metrics of a played day, as the public evaluator defines them.

use serde::Serialize;

use super::play::Trial;
use super::solution::{Served, Stand};
use crate::mdrp::{Day, DayCourier};

/// In place of its click-to-door time, an order that was never brought counts this many minutes:
/// twice the format's maximum, so that dropping a late order never pays.
const UNDELIVERED_MINUTES: f64 = 180.0;

/// Times in minutes, pay in the format's own money. Means are over delivered orders only, except
/// `score`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figures {
    pub day: String,
    pub orders: usize,
    pub delivered: usize,
    pub undelivered_pct: f64,
    /// Mean minutes to the door over all orders, 180 for each that was not delivered.
    pub score: f64,
    pub click_to_door: Spread,
    pub click_to_door_overage: Spread,
    pub ready_to_door: Spread,
    pub ready_to_pickup: Spread,
    pub cost_per_order: f64,
    pub within_target_pct: f64,
    pub orders_per_bundle: f64,
    pub utilization: f64,
    /// Milliseconds of processor time on this machine.
    pub slowest_decision_ms: f64,
    pub decisions: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Spread {
    pub mean: f64,
    pub p50: f64,
    pub p90: f64,
    pub max: f64,
}

impl Figures {
    pub fn of(name: &str, day: &Day, trial: &Trial) -> Self {
        let target = f64::from(day.parameters.target_click_to_door_minutes);
        let served = &trial.solution.served;
        let brought: Vec<_> = day
            .orders
            .iter()
            .zip(served)
            .filter_map(|(order, served)| Some((order, (*served)?)))
            .collect();
        let minutes = |from: u32, until: u32| f64::from(until) - f64::from(from);
        let doors: Vec<f64> = brought
            .iter()
            .map(|(order, served)| minutes(order.placed_minute, served.dropoff_minute))
            .collect();
        let over = |value: &f64| (value - target).max(0.0);
        let of_ready = |until: fn(&Served) -> u32| {
            let each =
                brought.iter().map(|(order, served)| minutes(order.ready_minute, until(served)));
            Spread::of(each.collect())
        };
        let undelivered = day.orders.len() - brought.len();
        let all = day.orders.len().max(1) as f64;
        let within = doors.iter().filter(|value| **value <= target).count();
        let bundles = trial.solution.assignments.len().max(1) as f64;
        Self {
            day: name.to_owned(),
            orders: day.orders.len(),
            delivered: brought.len(),
            undelivered_pct: 100.0 * undelivered as f64 / all,
            score: (doors.iter().sum::<f64>() + UNDELIVERED_MINUTES * undelivered as f64) / all,
            click_to_door_overage: Spread::of(doors.iter().map(over).collect()),
            within_target_pct: 100.0 * within as f64 / doors.len().max(1) as f64,
            click_to_door: Spread::of(doors),
            ready_to_door: of_ready(|served| served.dropoff_minute),
            ready_to_pickup: of_ready(|served| served.pickup_minute),
            cost_per_order: pay(day, trial) / brought.len().max(1) as f64,
            orders_per_bundle: brought.len() as f64 / bundles,
            utilization: utilization(day, trial),
            slowest_decision_ms: trial.slowest_decision.as_secs_f64() * 1_000.0,
            decisions: trial.decisions,
        }
    }
}

impl Spread {
    fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
        let max = values.last().copied().unwrap_or_default();
        Self { mean, p50: quantile(&values, 0.5), p90: quantile(&values, 0.9), max }
    }
}

/// Between two neighbours the straight line counts.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let position = share * sorted.len().saturating_sub(1) as f64;
    let (below, part) = (position.floor(), position.fract());
    let at = |index: usize| sorted.get(index).copied();
    let low = at(below as usize).unwrap_or_default();
    let high = at(below as usize + 1).unwrap_or(low);
    low + part * (high - low)
}

/// A courier earns by order, and by the hour at least.
fn pay(day: &Day, trial: &Trial) -> f64 {
    let parameters = &day.parameters;
    let of_courier = |(index, courier): (usize, &DayCourier)| {
        let served = trial.solution.served.iter().flatten();
        let orders = served.filter(|served| served.courier == index).count() as f64;
        let hours = f64::from(courier.off_minute - courier.on_minute) / 60.0;
        (orders * parameters.pay_per_order).max(hours * parameters.guaranteed_pay_per_hour)
    };
    day.couriers.iter().enumerate().map(of_courier).sum()
}

/// Mean share of the shift spent on the way and in services.
fn utilization(day: &Day, trial: &Trial) -> f64 {
    let mut busy = vec![0_u32; day.couriers.len()];
    let mut note = |courier: usize, minutes: u32| {
        if let Some(sum) = busy.get_mut(courier) {
            *sum += minutes;
        }
    };
    for step in &trial.solution.moves {
        let spot = |stand: Stand| stand.spot(day, step.courier);
        note(step.courier, day.travel_minutes(spot(step.from), spot(step.to)));
    }
    let (pickup, dropoff) =
        (day.parameters.pickup_service_minutes, day.parameters.dropoff_service_minutes);
    for assignment in &trial.solution.assignments {
        note(assignment.courier, pickup + dropoff * assignment.orders.len() as u32);
    }
    let share = |(courier, busy): (&DayCourier, u32)| {
        f64::from(busy) / f64::from(courier.off_minute - courier.on_minute)
    };
    day.couriers.iter().zip(busy).map(share).sum::<f64>() / day.couriers.len().max(1) as f64
}
