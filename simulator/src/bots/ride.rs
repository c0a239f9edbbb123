//! Where a courier is while it rides.

use std::time::Duration;

use vocabulary::{Place, Timestamp};

use crate::city::Route;

/// Standing somewhere, or on the way.
pub(super) enum Whereabouts {
    Standing(Place),
    Riding(Leg),
}

pub(super) struct Leg {
    pub way: Route,
    pub to: Place,
    pub left_at: Timestamp,
    pub metres_per_second: f64,
}

impl Leg {
    pub fn ridden_m(&self, now: Timestamp) -> f64 {
        let seconds = (now.as_millis() - self.left_at.as_millis()).max(0) as f64 / 1_000.0;
        (seconds * self.metres_per_second).min(self.way.length_m())
    }

    pub fn arrives_at(&self) -> Timestamp {
        let seconds = self.way.length_m() / self.metres_per_second.max(0.1);
        let span = Duration::from_secs_f64(seconds);
        let milliseconds = i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
        Timestamp::from_millis(self.left_at.as_millis().saturating_add(milliseconds + 1))
    }
}

impl Whereabouts {
    pub fn place(&self, now: Timestamp) -> Place {
        match self {
            Self::Standing(place) => *place,
            Self::Riding(leg) => leg.way.after(leg.ridden_m(now)),
        }
    }
}
