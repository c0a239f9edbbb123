//! Whether a store takes orders now, as people and its screen say.

use serde::{Deserialize, Serialize};
use vocabulary::{Seconds, Timestamp};

/// A store's present willingness. Closing by the clock is not here: it is asked of
/// [`crate::hours::OpeningHours`] for the time that matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "status")]
pub enum StoreStatus {
    #[default]
    Open,
    /// Takes nothing new; without an end until somebody reopens it.
    Paused { until: Option<Timestamp> },
    /// Takes orders and needs longer for each.
    Rush { extra_prep: Seconds, until: Option<Timestamp> },
    /// The board's screen does not acknowledge: nobody would see a new order.
    Offline,
}

/// What people at the store chose, whatever its screen does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "status")]
pub enum Trading {
    #[default]
    Open,
    Paused {
        until: Option<Timestamp>,
    },
    Rush {
        extra_prep: Seconds,
        until: Option<Timestamp>,
    },
}

impl StoreStatus {
    /// Whether sourcing may choose the store.
    pub fn takes_orders(self) -> bool {
        match self {
            StoreStatus::Open | StoreStatus::Rush { .. } => true,
            StoreStatus::Paused { .. } | StoreStatus::Offline => false,
        }
    }

    pub fn text(self) -> &'static str {
        match self {
            StoreStatus::Open => "open",
            StoreStatus::Paused { .. } => "paused",
            StoreStatus::Rush { .. } => "rush",
            StoreStatus::Offline => "offline",
        }
    }
}

impl Trading {
    /// When it ends by itself.
    pub fn until(self) -> Option<Timestamp> {
        match self {
            Trading::Open => None,
            Trading::Paused { until } | Trading::Rush { until, .. } => until,
        }
    }

    pub fn extra_prep(self) -> Seconds {
        match self {
            Trading::Open | Trading::Paused { .. } => Seconds::ZERO,
            Trading::Rush { extra_prep, .. } => extra_prep,
        }
    }

    /// What the city sees. A paused store stays paused behind a dark screen.
    pub fn seen_with(self, screen_online: bool) -> StoreStatus {
        match (self, screen_online) {
            (Trading::Paused { until }, _) => StoreStatus::Paused { until },
            (Trading::Open | Trading::Rush { .. }, false) => StoreStatus::Offline,
            (Trading::Open, true) => StoreStatus::Open,
            (Trading::Rush { extra_prep, until }, true) => StoreStatus::Rush { extra_prep, until },
        }
    }
}
