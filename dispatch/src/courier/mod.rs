//! A courier: duty, what is offered, what is in hand and in which order it is driven.
//!
//! The courier is the sole writer of its offers: nobody else ends one. It never knows where it is
//! (positions are not journaled); it only knows whether it is still heard.

mod command;

use serde::{Deserialize, Serialize};

pub use command::*;

/// What a courier can take on, computed from duty, signal, offers and load.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Availability {
    OffDuty,
    OnBreak,
    Suspended,
    /// On duty with nothing to do.
    Idle,
    /// Nothing in hand, but an offer waits for an answer.
    Offered,
    Busy { load: u32, capacity: u32 },
    /// No slot left.
    Full,
    /// Not heard for too long: gets nothing new, keeps what it has.
    Stale,
}
