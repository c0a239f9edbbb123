//! What headquarters wants of its stock.

use serde::{Deserialize, Serialize};

use crate::Permille;
use crate::invalid::Invalid;

/// Service level and times. Raw numbers end in their unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReplenishmentPolicy {
    /// How often the stock shall last until new goods are there, in thousandths: 500 to 999.
    pub service_level: Permille,
    /// From asking to having it on the shelf, 1 to 60 days.
    pub lead_time_days: u32,
    /// How much the lead time varies (standard deviation), in hundredths of a day, at most 3,000.
    pub lead_time_deviation_centidays: u32,
    /// What an order lasts beyond the lead time, 1 to 60 days.
    pub cover_days: u32,
    /// Days of demand that are looked at, 28 to 366.
    pub history_days: u32,
    /// Farthest store that goods are moved from.
    pub transfer_radius_m: u32,
    /// Whether stores' reorder points follow the forecast once a day; a point set by hand stays
    /// until then.
    pub sets_reorder_points: bool,
}

impl Default for ReplenishmentPolicy {
    /// A chain with deliveries on most days and a customer in twenty who may go without.
    fn default() -> Self {
        Self {
            service_level: Permille(950),
            lead_time_days: 2,
            lead_time_deviation_centidays: 50,
            cover_days: 5,
            history_days: 56,
            transfer_radius_m: 15_000,
            sets_reorder_points: true,
        }
    }
}

impl ReplenishmentPolicy {
    pub fn check(&self) -> Result<(), Invalid> {
        let bounds = [
            ("service_level", self.service_level.0, 500, 999),
            ("lead_time_days", self.lead_time_days, 1, 60),
            ("lead_time_deviation_centidays", self.lead_time_deviation_centidays, 0, 3_000),
            ("cover_days", self.cover_days, 1, 60),
            ("history_days", self.history_days, 28, 366),
            ("transfer_radius_m", self.transfer_radius_m, 0, 1_000_000),
        ];
        for (field, given, least, most) in bounds {
            if !(least..=most).contains(&given) {
                return Err(Invalid::value(field, given, format!("give {least} to {most}")));
            }
        }
        Ok(())
    }

    /// Standard deviations that cover the service level, from the normal distribution.
    pub(super) fn deviations(&self) -> f64 {
        distrs::Normal::ppf(f64::from(self.service_level.0) / 1_000.0, 0.0, 1.0)
    }

    pub(super) fn lead_deviation_days(&self) -> f64 {
        f64::from(self.lead_time_deviation_centidays) / 100.0
    }
}
