//! 催单: the shopper asks where it is, and what the store answers.

use serde::{Deserialize, Serialize};
use vocabulary::{Seconds, Timestamp};

use super::Order;

/// How often the shopper has asked. Only orders that were asked about have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Reminders {
    pub count: u32,
    pub last_at: Timestamp,
    /// Before then asking again is refused.
    pub again_at: Timestamp,
    /// To the last one; absent until somebody says something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<ReminderAnswer>,
}

/// What a store says to a reminder: phrases only, so that nothing personal is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReminderAnswer {
    OnIt,
    FiveMinutes,
    TenMinutes,
    WaitingForCourier,
}

impl Order {
    /// How long the shopper must wait before asking again; zero where asking is free.
    pub fn reminder_wait(&self, now: Timestamp) -> Seconds {
        let next = self.reminders.as_ref().map_or(now, |known| known.again_at);
        let left = next.as_millis().saturating_sub(now.as_millis()).max(0);
        Seconds(u32::try_from(left.saturating_add(999) / 1_000).unwrap_or(u32::MAX))
    }
}
