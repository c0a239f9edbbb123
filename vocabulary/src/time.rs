//! Time as a value, and the only three ways to read it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::Seconds;

/// Milliseconds since the Unix epoch, UTC, as read from the room's [`Clock`].
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
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

/// A clock that runs `scale` times as fast as the wall (demo and tests), for ever or until it has
/// caught up with it.
#[derive(Debug, Clone)]
pub struct ScaledClock {
    began: Instant,
    began_at: Timestamp,
    scale: f64,
    /// How long it runs fast, in the wall's time; afterwards it runs at the wall's pace.
    fast_for: Option<Duration>,
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
        Self::starting_at(wall_time(), scale)
    }

    pub fn starting_at(began_at: Timestamp, scale: f64) -> Self {
        Self {
            began: Instant::now(),
            began_at,
            scale: scale.clamp(0.001, 10_000.0),
            fast_for: None,
        }
    }

    /// Starts `behind` the wall's time, runs `scale` times as fast until it has caught up, then
    /// keeps the wall's pace: how a demonstration gets its history without a later jump.
    pub fn catching_up(behind: Seconds, scale: f64) -> Self {
        let scale = scale.clamp(1.001, 10_000.0);
        let fast_for = Duration::from_secs_f64(f64::from(behind.0) / (scale - 1.0));
        let began_at = wall_time().before(behind);
        Self { fast_for: Some(fast_for), ..Self::starting_at(began_at, scale) }
    }

    /// A copy of somebody else's clock that reads `now` at this moment.
    pub fn following(now: Timestamp, scale: f64, fast_for: Option<Duration>) -> Self {
        Self { fast_for, ..Self::starting_at(now, scale) }
    }

    /// How fast it runs at this moment.
    pub fn scale(&self) -> f64 {
        let is_fast = self.fast_for.is_none_or(|fast_for| self.began.elapsed() < fast_for);
        if is_fast { self.scale } else { 1.0 }
    }

    /// How much longer it runs fast; `None` when for ever.
    pub fn fast_for(&self) -> Option<Duration> {
        self.fast_for.map(|fast_for| fast_for.saturating_sub(self.began.elapsed()))
    }

    /// Clock milliseconds that pass in this much wall time from the beginning.
    fn passed(&self, elapsed: Duration) -> f64 {
        let fast = self.fast_for.map_or(elapsed, |fast_for| elapsed.min(fast_for));
        let slow = elapsed.saturating_sub(fast);
        (fast.as_secs_f64() * self.scale + slow.as_secs_f64()) * 1_000.0
    }
}

fn wall_time() -> Timestamp {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(since_epoch.as_millis() as i64)
}

impl Clock for ScaledClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.began_at.0 + self.passed(self.began.elapsed()) as i64)
    }

    fn wait_until(&self, due: Timestamp) -> Duration {
        let span = (due.0 - self.began_at.0).max(0) as f64 / 1_000.0;
        let fast_span =
            self.fast_for.map_or(span, |fast_for| span.min(fast_for.as_secs_f64() * self.scale));
        let wall = fast_span / self.scale + (span - fast_span);
        Duration::from_secs_f64(wall).saturating_sub(self.began.elapsed())
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
    fn a_clock_that_caught_up_keeps_the_walls_pace() {
        let clock = ScaledClock {
            fast_for: Some(Duration::from_secs(10)),
            ..ScaledClock::starting_at(Timestamp(0), 61.0)
        };
        assert_eq!(clock.passed(Duration::from_secs(10)), 610_000.0);
        assert_eq!(clock.passed(Duration::from_secs(15)), 615_000.0);
        let wait = clock.wait_until(Timestamp(615_000)).as_secs_f64();
        assert!((14.9..=15.0).contains(&wait), "{wait}");
    }

    #[test]
    fn a_virtual_clock_never_turns_back() {
        let clock = VirtualClock::starting_at(Timestamp(10));
        clock.advance_to(Timestamp(20));
        clock.advance_to(Timestamp(5));
        assert_eq!(clock.now(), Timestamp(20));
    }
}
