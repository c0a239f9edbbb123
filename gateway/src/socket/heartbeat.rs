//! Whether anybody is still at the other end.

use std::time::Duration;

/// Between two pings. A half-open socket is found in 45 seconds.
pub(crate) const HEARTBEAT: Duration = Duration::from_secs(20);
const MOST_UNANSWERED: u8 = 2;
/// The second unanswered ping is waited for by this part of a heartbeat.
const LAST_WAIT: u32 = 4;

/// Times are since the socket opened.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Heartbeat {
    every: Duration,
    due: Duration,
    unanswered: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Beat {
    Ping,
    Dead,
}

impl Heartbeat {
    pub fn new(every: Duration) -> Self {
        Self { every, due: every, unanswered: 0 }
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
        self.due = now + if is_last { self.every / LAST_WAIT } else { self.every };
        Beat::Ping
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_found_within_forty_five_seconds() {
        let mut heartbeat = Heartbeat::new(HEARTBEAT);
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
        let mut heartbeat = Heartbeat::new(HEARTBEAT);
        for _ in 0..100 {
            let first = heartbeat.due();
            assert_eq!(heartbeat.beat(first), Beat::Ping);
            let second = heartbeat.due();
            assert_eq!(heartbeat.beat(second), Beat::Ping);
            heartbeat.heard();
        }
    }
}
