//! How a store behaves.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use vocabulary::Chance;

use super::delay::Delay;
use super::faults::FaultMix;
use super::{personal, tempo};
use crate::city::PackingSpeed;

/// One store's habits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoreBehavior {
    /// Nobody looks at the screen all day.
    pub unresponsive: bool,
    /// From the bell to the tap on accept.
    pub answers_after: Delay,
    pub reject_share: f64,
    /// Packing an order of one line; each further line adds `per_line`.
    pub per_order: Delay,
    pub per_line: Delay,
    pub late_share: f64,
    /// What a late order takes on top.
    pub late_by: Delay,
    /// For each line.
    pub short_pick_share: f64,
    /// Of the parcels that the store's carrier takes along.
    pub parcel_returned_share: f64,
}

/// Why a store refuses an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RejectReason {
    OutOfStock,
    TooBusy,
    ClosingSoon,
    EquipmentFailed,
}

/// What a store does about a new order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreAnswer {
    Accepts { after: Duration },
    Rejects { after: Duration, reason: RejectReason },
    Silence,
}

/// How packing an order goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packing {
    pub takes: Duration,
    /// Positions of the lines that come up short, in order.
    pub short: Vec<usize>,
}

impl StoreBehavior {
    pub fn draw(mix: &FaultMix, speed: PackingSpeed, chance: &mut Chance) -> Self {
        let tempo = tempo(chance);
        Self {
            unresponsive: chance.happens(mix.store_unresponsive),
            answers_after: Delay::around(18.0 * tempo, 0.7),
            reject_share: personal(mix.store_rejects, chance),
            per_order: Delay::around(f64::from(speed.per_order.0) * tempo, 0.35),
            per_line: Delay::around(f64::from(speed.per_line.0) * tempo, 0.35),
            late_share: personal(mix.store_late, chance),
            late_by: Delay::around(420.0, 0.5),
            short_pick_share: personal(mix.short_pick, chance),
            parcel_returned_share: personal(mix.parcel_returned, chance),
        }
    }

    /// The same people on a day on which nothing goes wrong.
    pub fn at_peace(&self) -> Self {
        Self {
            unresponsive: false,
            reject_share: 0.0,
            late_share: 0.0,
            short_pick_share: 0.0,
            parcel_returned_share: 0.0,
            ..self.clone()
        }
    }

    pub fn answer(&self, chance: &mut Chance) -> StoreAnswer {
        let after = self.answers_after.draw(chance);
        let rejects = chance.happens(self.reject_share);
        let reason = match chance.below(10) {
            0..=4 => RejectReason::OutOfStock,
            5..=7 => RejectReason::TooBusy,
            8 => RejectReason::ClosingSoon,
            _ => RejectReason::EquipmentFailed,
        };
        match (self.unresponsive, rejects) {
            (true, _) => StoreAnswer::Silence,
            (false, true) => StoreAnswer::Rejects { after, reason },
            (false, false) => StoreAnswer::Accepts { after },
        }
    }

    /// Packing an order of so many lines.
    pub fn pack(&self, line_count: usize, chance: &mut Chance) -> Packing {
        let mut takes = self.per_order.draw(chance);
        let mut short = Vec::new();
        for line in 0..line_count {
            takes += self.per_line.draw(chance);
            if chance.happens(self.short_pick_share) {
                short.push(line);
            }
        }
        if chance.happens(self.late_share) {
            takes += self.late_by.draw(chance);
        }
        Packing { takes, short }
    }
}
