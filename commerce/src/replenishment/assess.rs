//! How much of one SKU one store should have.

use serde::{Deserialize, Serialize};

use super::backtest::{self, Accuracy};
use super::forecast::Forecast;
use super::{DemandHistory, ReplenishmentPolicy};

/// What is expected of one SKU at one store, and what to keep of it because of that.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assessment {
    /// Units a day, over the days that were looked at.
    pub mean_per_day: f64,
    /// How far a day is off from what was expected of it (standard deviation), in units.
    pub deviation_per_day: f64,
    /// Expected of the days until new goods are there.
    pub lead_time_demand: f64,
    /// Kept for what is not expected.
    pub safety_stock: u32,
    /// At this many, with what is on its way, it is time to ask for more: the demand of the lead
    /// time and the safety stock.
    pub reorder_point: u32,
    /// What to have then: the reorder point and what the order shall last for.
    pub order_up_to: u32,
    /// Absent while there are too few days to judge by.
    pub accuracy: Option<Accuracy>,
}

/// `None` where too few days are known, or nothing was sold on them: nothing is to be said then.
pub fn assess(history: &DemandHistory, policy: &ReplenishmentPolicy) -> Option<Assessment> {
    let history = history.recent(policy.history_days as usize);
    if history.units.len() < backtest::FEWEST_DAYS || history.units.iter().all(|units| *units == 0)
    {
        return None;
    }
    let forecast = Forecast::of(&history);
    let (lead, cover) = (policy.lead_time_days as usize, policy.cover_days as usize);
    let lead_time_demand = forecast.over(0, lead);
    let safety = safety_stock(&forecast, lead, policy);
    let reorder_point = whole(lead_time_demand + safety);
    let order_up_to = whole(lead_time_demand + safety + forecast.over(lead, lead + cover));
    Some(Assessment {
        mean_per_day: history.mean(),
        deviation_per_day: forecast.deviation,
        lead_time_demand,
        safety_stock: whole(safety),
        reorder_point,
        order_up_to,
        accuracy: backtest::accuracy(&history, lead),
    })
}

/// Demand and lead time both vary: z · √(L·σ² + μ²·σ_L²).
fn safety_stock(forecast: &Forecast, lead: usize, policy: &ReplenishmentPolicy) -> f64 {
    let days = lead as f64;
    let mean = forecast.over(0, lead) / days;
    let of_demand = days * forecast.deviation * forecast.deviation;
    let of_lead_time = mean * mean * policy.lead_deviation_days().powi(2);
    policy.deviations() * (of_demand + of_lead_time).sqrt()
}

/// The next whole unit; a part of one cannot be kept.
fn whole(units: f64) -> u32 {
    // Sums of shares come out a breath above what they are.
    (units - 1e-9).ceil().clamp(0.0, f64::from(u32::MAX)) as u32
}
