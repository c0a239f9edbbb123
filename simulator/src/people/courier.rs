//! How a courier behaves, and what the courier's telephone does to commands and positions.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use vocabulary::{Chance, Place};

use super::delay::{Delay, Spells};
use super::faults::FaultMix;
use super::{personal, tempo};
use crate::city::{Plane, Spot, normal};

/// One courier's habits and telephone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CourierBehavior {
    /// From the ring of an offer to the tap.
    pub answers_after: Delay,
    pub decline_share: f64,
    pub silent_share: f64,
    /// Deliveries given up before they are collected.
    pub drop_share: f64,
    /// Parking, walking in and taking over the bag, once the bag is ready.
    pub at_store: Delay,
    /// From the street to the door and back.
    pub at_door: Delay,
    pub door_unanswered_share: f64,
    /// Riding speed as a share of the vehicle's.
    pub haste: f64,
    /// Spells without a network.
    pub phone_lost: Spells,
    pub gps_error_m: f64,
    pub gps_outlier_share: f64,
    pub duplicate_share: f64,
    pub reorder_share: f64,
}

/// Why a courier turns an offer down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeclineReason {
    TooFar,
    TooHeavy,
    WrongDirection,
    StoreTooSlow,
    Battery,
    EndingShift,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CourierAnswer {
    Accepts { after: Duration },
    Declines { after: Duration, reason: DeclineReason },
    Silence,
}

/// What becomes of one command on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passage {
    Once,
    /// It is sent again after a while, unchanged.
    Twice {
        again_after: Duration,
    },
    /// It leaves late, so that a later command may overtake it.
    HeldBack {
        by: Duration,
    },
}

impl CourierBehavior {
    pub fn draw(mix: &FaultMix, chance: &mut Chance) -> Self {
        let tempo = tempo(chance);
        Self {
            answers_after: Delay::around(7.0 * tempo, 0.6),
            decline_share: personal(mix.courier_declines, chance),
            silent_share: personal(mix.courier_silent, chance),
            drop_share: personal(mix.courier_drops, chance),
            at_store: Delay::around(75.0 * tempo, 0.4),
            at_door: Delay::around(110.0 * tempo, 0.45),
            door_unanswered_share: mix.door_unanswered,
            haste: (1.0 / tempo).clamp(0.75, 1.2),
            phone_lost: Spells {
                per_hour: personal(mix.phone_lost_per_hour, chance),
                lasts: Delay::around(100.0, 0.8),
            },
            gps_error_m: mix.gps_error_m,
            gps_outlier_share: mix.gps_outlier,
            duplicate_share: personal(mix.duplicate, chance),
            reorder_share: personal(mix.reorder, chance),
        }
    }

    /// The same courier on a day on which nothing goes wrong.
    pub fn at_peace(&self) -> Self {
        Self {
            decline_share: 0.0,
            silent_share: 0.0,
            drop_share: 0.0,
            door_unanswered_share: 0.0,
            phone_lost: Spells { per_hour: 0.0, ..self.phone_lost },
            duplicate_share: 0.0,
            reorder_share: 0.0,
            ..self.clone()
        }
    }

    /// What the courier does about an offer whose pickup is so many metres away. A far one is
    /// declined three times as often as one round the corner.
    pub fn answer(&self, pickup_away_m: f64, chance: &mut Chance) -> CourierAnswer {
        let after = self.answers_after.draw(chance);
        let reluctance = (0.5 + pickup_away_m / 2_500.0).min(1.5);
        let draw = chance.unit();
        let declines = (self.decline_share * reluctance).min(1.0);
        let reason = match chance.below(10) {
            _ if pickup_away_m > 2_500.0 => DeclineReason::TooFar,
            0..=2 => DeclineReason::WrongDirection,
            3..=4 => DeclineReason::StoreTooSlow,
            5..=6 => DeclineReason::TooHeavy,
            7..=8 => DeclineReason::Battery,
            _ => DeclineReason::EndingShift,
        };
        if draw < declines {
            CourierAnswer::Declines { after, reason }
        } else if draw < declines + self.silent_share {
            CourierAnswer::Silence
        } else {
            CourierAnswer::Accepts { after }
        }
    }

    /// True when the courier gives a delivery up before collecting it.
    pub fn drops_delivery(&self, chance: &mut Chance) -> bool {
        chance.happens(self.drop_share)
    }

    /// True when nobody opens the door.
    pub fn finds_door_closed(&self, chance: &mut Chance) -> bool {
        chance.happens(self.door_unanswered_share)
    }

    /// The position the telephone reports: near the truth, or rarely half a kilometre off.
    pub fn reported(&self, truth: Place, chance: &mut Chance) -> Place {
        let (east, north) = (normal(chance), normal(chance));
        let outlier = chance.happens(self.gps_outlier_share);
        let error = if outlier { 500.0 } else { self.gps_error_m };
        if error <= 0.0 {
            return truth;
        }
        Plane::around(truth).place(Spot::new(error * east, error * north))
    }

    pub fn passage(&self, chance: &mut Chance) -> Passage {
        let draw = chance.unit();
        let wait = Duration::from_millis(200 + chance.below(4_000));
        if draw < self.duplicate_share {
            Passage::Twice { again_after: wait }
        } else if draw < self.duplicate_share + self.reorder_share {
            Passage::HeldBack { by: wait }
        } else {
            Passage::Once
        }
    }
}
