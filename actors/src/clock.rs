//! A clock that follows the runtime's own time, so that paused time is the clock's time.

use std::time::Duration;

use tokio::time::Instant;
use vocabulary::{Clock, Timestamp};

/// Starts at a given time and passes with tokio's time: under a paused runtime a whole day of
/// timers fires in seconds and every reading is the same in every run.
#[derive(Debug, Clone)]
pub struct RuntimeClock {
    began: Instant,
    began_at: Timestamp,
}

impl RuntimeClock {
    /// Must be called inside the runtime whose time it shall follow.
    pub fn starting_at(began_at: Timestamp) -> Self {
        Self { began: Instant::now(), began_at }
    }
}

impl Clock for RuntimeClock {
    fn now(&self) -> Timestamp {
        let passed = self.began.elapsed().as_millis() as i64;
        Timestamp::from_millis(self.began_at.as_millis().saturating_add(passed))
    }

    fn wait_until(&self, due: Timestamp) -> Duration {
        let wait = due.as_millis().saturating_sub(self.now().as_millis());
        Duration::from_millis(u64::try_from(wait).unwrap_or(0))
    }
}
