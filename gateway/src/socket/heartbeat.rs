//! Whether anybody is still at the other end.

use std::time::Duration;

/// Between two pings.
pub(crate) const HEARTBEAT: Duration = Duration::from_secs(20);
/// How long the second unanswered ping is waited for: a half-open socket is found in 45 seconds.
const LAST_WAIT: Duration = Duration::from_secs(5);
const MOST_UNANSWERED: u8 = 2;

/// Times are since the socket opened.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Heartbeat {
    due: Duration,
    unanswered: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Beat {
    Ping,
    Dead,
}

impl Heartbeat {
    pub fn new() -> Self {
        Self { due: HEARTBEAT, unanswered: 0 }
    }

    /// When to beat next.
    pub fn due(&self) -> Duration {
        self.due
    }

    /// Any frame at all says that somebody is there.
    pub fn heard(&mut self) {
        self.unanswered = 0;
    }

    pub fn beat(&mut self, now: Duration) -> Beat {
        if self.unanswered >= MOST_UNANSWERED {
            return Beat::Dead;
        }
        self.unanswered += 1;
        let is_last = self.unanswered == MOST_UNANSWERED;
        self.due = now + if is_last { LAST_WAIT } else { HEARTBEAT };
        Beat::Ping
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_found_within_forty_five_seconds() {
        let mut heartbeat = Heartbeat::new();
        let mut pings = Vec::new();
        let dead_at = loop {
            let now = heartbeat.due();
            match heartbeat.beat(now) {
                Beat::Ping => pings.push(now.as_secs()),
                Beat::Dead => break now,
            }
        };
        assert_eq!(pings, [20, 40]);
        assert_eq!(dead_at, Duration::from_secs(45));
    }

    #[test]
    fn an_answer_to_either_ping_is_enough() {
        let mut heartbeat = Heartbeat::new();
        for _ in 0..100 {
            let first = heartbeat.due();
            assert_eq!(heartbeat.beat(first), Beat::Ping);
            let second = heartbeat.due();
            assert_eq!(heartbeat.beat(second), Beat::Ping);
            heartbeat.heard();
        }
    }
}
