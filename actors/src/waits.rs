//! Why deliveries wait: what the last round found for each that it asked nobody about.
//!
//! Told while it is true and never stored: the next round says it anew, also after a restart.

use std::collections::BTreeMap;

use dispatch::rounds::{Round, Unserved};
use vocabulary::{DeliveryId, Timestamp};

/// The last round's word on a delivery.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wait {
    /// When the round began.
    pub at: Timestamp,
    pub why: Unserved,
}

#[derive(Debug, Default)]
pub(crate) struct Waits {
    at: Timestamp,
    by_delivery: BTreeMap<DeliveryId, Unserved>,
}

impl Waits {
    pub fn after(round: &Round) -> Self {
        Self { at: round.at, by_delivery: round.unserved.iter().copied().collect() }
    }

    pub fn of(&self, delivery: DeliveryId) -> Option<Wait> {
        self.by_delivery.get(&delivery).map(|why| Wait { at: self.at, why: *why })
    }
}
