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
