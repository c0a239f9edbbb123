//! The run over time.

use serde::{Deserialize, Serialize};

/// Equally spaced looks at a run.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Timeline {
    /// Simulated seconds between two moments.
    pub step_s: u32,
    pub moments: Vec<Moment>,
}

/// One look.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Moment {
    /// Simulated seconds since the run began.
    pub at_s: u32,
    pub orders: OrdersByState,
    pub couriers_on_duty: u32,
    /// With at least one delivery.
    pub couriers_busy: u32,
    /// Of the requests answered during the step before; `None` when there were none.
    pub p50_us: Option<u64>,
    pub p99_us: Option<u64>,
}

/// How many open orders stand where. An order split over stores counts where its slowest part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct OrdersByState {
    /// Placed and not paid, or held for review.
    pub pending: u32,
    /// Waiting for a store's word, or being packed.
    pub at_store: u32,
    /// Packed, and no courier is there yet.
    pub waiting_for_courier: u32,
    pub on_the_way: u32,
    /// Packed for a shopper who has not come yet.
    pub waiting_for_shopper: u32,
    /// Taking an unusual way: escalated, failed at the door, on its way back.
    pub in_trouble: u32,
}

impl OrdersByState {
    /// In the order they are stacked.
    pub fn counts(&self) -> [u32; 6] {
        [
            self.pending,
            self.at_store,
            self.waiting_for_courier,
            self.on_the_way,
            self.waiting_for_shopper,
            self.in_trouble,
        ]
    }

    pub fn total(&self) -> u32 {
        self.counts().iter().sum()
    }
}

impl Timeline {
    /// At most `most` moments, evenly picked, the last one always among them.
    pub(super) fn thinned(&self, most: usize) -> Vec<&Moment> {
        let every = self.moments.len().div_ceil(most.max(2) - 1).max(1);
        let last = self.moments.len().saturating_sub(1);
        self.moments
            .iter()
            .enumerate()
            .filter(|(position, _)| position % every == 0 || *position == last)
            .map(|(_, moment)| moment)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thinning_keeps_both_ends() {
        let moments = (0..1_441).map(|minute| Moment { at_s: minute * 60, ..Moment::default() });
        let timeline = Timeline { step_s: 60, moments: moments.collect() };
        let thin = timeline.thinned(100);
        assert!(thin.len() <= 101, "{}", thin.len());
        assert_eq!((thin[0].at_s, thin.last().unwrap().at_s), (0, 86_400));
        assert!(Timeline::default().thinned(100).is_empty());
    }
}
