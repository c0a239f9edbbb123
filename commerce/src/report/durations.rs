//! How long things took, exactly: every duration is counted, none is estimated.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Durations in whole seconds and how often each was seen.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Durations(BTreeMap<u32, u32>);

impl Durations {
    pub fn add(&mut self, seconds: u32) {
        *self.0.entry(seconds).or_default() += 1;
    }

    pub fn merge(&mut self, other: &Self) {
        for (seconds, count) in &other.0 {
            *self.0.entry(*seconds).or_default() += count;
        }
    }

    pub fn count(&self) -> u64 {
        self.0.values().map(|count| u64::from(*count)).sum()
    }

    /// The smallest duration that at least so many thousandths of all are not above; `None` where
    /// nothing was seen.
    pub fn permille(&self, permille: u32) -> Option<u32> {
        let rank = (self.count() * u64::from(permille)).div_ceil(1_000).max(1);
        let mut seen = 0;
        self.0.iter().find_map(|(seconds, count)| {
            seen += u64::from(*count);
            (seen >= rank).then_some(*seconds)
        })
    }

    pub fn median(&self) -> Option<u32> {
        self.permille(500)
    }

    pub fn p90(&self) -> Option<u32> {
        self.permille(900)
    }
}
