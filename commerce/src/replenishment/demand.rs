//! What was asked for on each day.

use serde::{Deserialize, Serialize};

/// Days since 1 January 1970, as a store's calendar counts them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Day(pub i32);

impl Day {
    /// 0 is Monday. The first of January 1970 was a Thursday.
    pub fn weekday(self) -> usize {
        usize::try_from(self.0.saturating_add(3).rem_euclid(7)).unwrap_or(0)
    }

    pub fn after(self, days: usize) -> Self {
        Self(self.0.saturating_add(i32::try_from(days).unwrap_or(i32::MAX)))
    }
}

/// Units of one SKU that left one store for good, a number for each day from the first on: a day
/// without demand is a zero and not a gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemandHistory {
    pub first_day: Day,
    pub units: Vec<u32>,
}

impl DemandHistory {
    pub fn is_empty(&self) -> bool {
        self.units.is_empty()
    }

    /// The last so many days.
    pub fn recent(&self, days: usize) -> Self {
        let skipped = self.units.len().saturating_sub(days);
        let units = self.units.get(skipped..).unwrap_or_default().to_vec();
        Self { first_day: self.first_day.after(skipped), units }
    }

    /// The first so many days.
    pub fn until(&self, days: usize) -> Self {
        let units = self.units.get(..days.min(self.units.len())).unwrap_or_default().to_vec();
        Self { first_day: self.first_day, units }
    }

    /// The day after the last.
    pub fn next_day(&self) -> Day {
        self.first_day.after(self.units.len())
    }

    /// Each day with its units.
    pub fn days(&self) -> impl Iterator<Item = (Day, f64)> + '_ {
        let days = self.units.iter().enumerate();
        days.map(|(index, units)| (self.first_day.after(index), f64::from(*units)))
    }

    pub fn mean(&self) -> f64 {
        let count = self.units.len().max(1) as f64;
        self.units.iter().map(|units| f64::from(*units)).sum::<f64>() / count
    }
}
