//! What the forecast would have got wrong: made again on past days with what was known then.

use serde::{Deserialize, Serialize};

use super::DemandHistory;
use super::forecast::Forecast;

/// Days on which a forecast is made again.
const ORIGINS: usize = 28;
/// Days that a forecast must have seen.
pub(super) const FEWEST_DAYS: usize = 14;

/// How far forecasts over the lead time were off, each made at a past day from the days before it
/// (rolling origin).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Accuracy {
    /// Sum of absolute errors over sum of what was sold: 0 is perfect, 1 as bad as expecting nothing.
    /// Absent where nothing was sold.
    pub wape: Option<f64>,
    /// Mean absolute error over that of "as on the same weekday a week before": below 1 it is better
    /// than that. Absent where every week was the same.
    pub mase: Option<f64>,
    /// Forecasts that were judged.
    pub forecast_count: u32,
}

/// `None` while there are too few days to judge by.
pub(super) fn accuracy(history: &DemandHistory, lead_days: usize) -> Option<Accuracy> {
    let days = history.units.len();
    let last = days.checked_sub(lead_days)?;
    let first = FEWEST_DAYS.max(last.saturating_sub(ORIGINS) + 1);
    let (mut off, mut sold, mut naive_off, mut judged) = (0.0, 0.0, 0.0, 0_u32);
    for origin in first..=last {
        let forecast = Forecast::of(&history.until(origin)).over(0, lead_days);
        let actual = sum(history, origin, lead_days);
        let week_before = (0..lead_days).map(|ahead| {
            // The newest same weekday that was known then.
            let weeks = ahead / 7 + 1;
            unit(history, origin + ahead - 7 * weeks)
        });
        off += (forecast - actual).abs();
        naive_off += (week_before.sum::<f64>() - actual).abs();
        sold += actual;
        judged += 1;
    }
    (judged > 0).then(|| Accuracy {
        wape: (sold > 0.0).then(|| off / sold),
        mase: (naive_off > 0.0).then(|| off / naive_off),
        forecast_count: judged,
    })
}

fn unit(history: &DemandHistory, index: usize) -> f64 {
    history.units.get(index).map_or(0.0, |units| f64::from(*units))
}

fn sum(history: &DemandHistory, from: usize, days: usize) -> f64 {
    (from..from + days).map(|index| unit(history, index)).sum()
}
