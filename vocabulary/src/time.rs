//! Time as a value, and the only three ways to read it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::Seconds;

/// Milliseconds since the Unix epoch, UTC, as read from the room's [`Clock`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    pub const fn from_millis(milliseconds: i64) -> Self {
        Self(milliseconds)
    }

    pub const fn as_millis(self) -> i64 {
        self.0
    }

    pub fn after(self, span: Seconds) -> Self {
        Self(self.0.saturating_add(span.as_millis()))
    }

    pub fn before(self, span: Seconds) -> Self {
        Self(self.0.saturating_sub(span.as_millis()))
    }

    /// Whole seconds from `earlier` to here; zero when `earlier` is later.
    pub fn since(self, earlier: Self) -> Seconds {
        let span = self.0.saturating_sub(earlier.0).max(0) / 1_000;
        Seconds(u32::try_from(span).unwrap_or(u32::MAX))
    }
}

/// Where "now" comes from, and how long a span of the clock's time takes in the timers' time.
///
/// Decisions never hold a clock: they are handed a [`Timestamp`].
pub trait Clock: Send + Sync + 'static {
    fn now(&self) -> Timestamp;

    /// How long to wait, in the runtime's own time, until `due`. Zero when it has passed.
    fn wait_until(&self, due: Timestamp) -> Duration;
}

/// The machine's wall clock, read once and carried on by the monotonic clock, so that a step of
/// the wall clock neither fires nor holds back a timer.
#[derive(Debug, Clone)]
pub struct SystemClock(ScaledClock);

/// A clock that starts at the wall's time and runs `scale` times as fast (demo and tests).
#[derive(Debug, Clone)]
pub struct ScaledClock {
    began: Instant,
    began_at: Timestamp,
    scale: f64,
}

/// A clock that is set by hand. In the paused stage the shell moves it with the runtime's time.
#[derive(Debug, Clone, Default)]
pub struct VirtualClock(Arc<AtomicI64>);

impl Default for SystemClock {
    fn default() -> Self {
        Self(ScaledClock::new(1.0))
    }
}

impl ScaledClock {
    /// Scales outside 0.001 to 10,000 are pulled to the nearer bound.
    pub fn new(scale: f64) -> Self {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self::starting_at(Timestamp(since_epoch.as_millis() as i64), scale)
    }

    pub fn starting_at(began_at: Timestamp, scale: f64) -> Self {
        Self { began: Instant::now(), began_at, scale: scale.clamp(0.001, 10_000.0) }
    }

    pub fn scale(&self) -> f64 {
        self.scale
    }
}

impl Clock for ScaledClock {
    fn now(&self) -> Timestamp {
        let passed = self.began.elapsed().as_secs_f64() * self.scale * 1_000.0;
        Timestamp(self.began_at.0 + passed as i64)
    }

    fn wait_until(&self, due: Timestamp) -> Duration {
        let span = (due.0 - self.now().0).max(0) as f64;
        Duration::from_secs_f64(span / 1_000.0 / self.scale)
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        self.0.now()
    }

    fn wait_until(&self, due: Timestamp) -> Duration {
        self.0.wait_until(due)
    }
}

impl VirtualClock {
    pub fn starting_at(now: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(now.0)))
    }

    /// Moves to `now`; never back.
    pub fn advance_to(&self, now: Timestamp) {
        self.0.fetch_max(now.0, Ordering::Relaxed);
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::Relaxed))
    }

    fn wait_until(&self, due: Timestamp) -> Duration {
        Duration::from_millis((due.0 - self.now().0).max(0) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_never_go_below_zero() {
        let (early, late) = (Timestamp(1_000), Timestamp(62_500));
        assert_eq!(late.since(early), Seconds(61));
        assert_eq!(early.since(late), Seconds::ZERO);
    }

    #[test]
    fn a_scaled_clock_shortens_waits_by_its_scale() {
        let clock = ScaledClock::starting_at(Timestamp(0), 60.0);
        let wait = clock.wait_until(Timestamp(60_000));
        assert!(wait <= Duration::from_secs(1) && wait > Duration::from_millis(900), "{wait:?}");
    }

    #[test]
    fn a_virtual_clock_never_turns_back() {
        let clock = VirtualClock::starting_at(Timestamp(10));
        clock.advance_to(Timestamp(20));
        clock.advance_to(Timestamp(5));
        assert_eq!(clock.now(), Timestamp(20));
    }
}
