//! How often one principal may ask.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustc_hash::FxHashMap;

/// Principals remembered before those that are quiet are forgotten.
const REMEMBERED: usize = 65_536;

/// A token bucket per principal, kept as one number each: when the bucket would be full again.
#[derive(Debug)]
pub struct RateLimiter {
    began: Instant,
    /// Microseconds since `began` at which the bucket is full.
    full_at: Mutex<FxHashMap<u128, u64>>,
}

impl RateLimiter {
    pub fn new() -> Self {
        Self { began: Instant::now(), full_at: Mutex::default() }
    }

    /// Takes one of `per_second`, with `burst` saved up; otherwise says how long to wait.
    pub fn take(&self, principal: u128, per_second: f64, burst: u32) -> Result<(), Duration> {
        let now = self.began.elapsed().as_micros() as u64;
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        if full_at.len() >= REMEMBERED {
            full_at.retain(|_, at| *at > now);
        }
        take(full_at.entry(principal).or_insert(now), now, per_second, burst)
    }

    /// Gives back one that was taken: it turned out not to count.
    pub fn give_back(&self, principal: u128, per_second: f64) {
        let each = (1_000_000.0 / per_second.max(0.001)) as u64;
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = full_at.get_mut(&principal) {
            *at = at.saturating_sub(each);
        }
    }
}

impl Default for RateLimiter {
    fn default() -> Self {
        Self::new()
    }
}

pub(crate) fn take(
    full_at: &mut u64,
    now: u64,
    per_second: f64,
    burst: u32,
) -> Result<(), Duration> {
    let each = (1_000_000.0 / per_second.max(0.001)) as u64;
    let reserve = each.saturating_mul(u64::from(burst.max(1)));
    let next = (*full_at).max(now).saturating_add(each);
    let ahead = next - now;
    if ahead > reserve {
        return Err(Duration::from_micros(ahead - reserve));
    }
    *full_at = next;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_let_through_and_then_the_rate_holds() {
        let mut full_at = 0;
        let at = |milliseconds: u64| milliseconds * 1_000;
        for _ in 0..5 {
            assert_eq!(take(&mut full_at, at(0), 10.0, 5), Ok(()));
        }
        assert_eq!(take(&mut full_at, at(0), 10.0, 5), Err(Duration::from_millis(100)));
        assert_eq!(take(&mut full_at, at(99), 10.0, 5), Err(Duration::from_millis(1)));
        assert_eq!(take(&mut full_at, at(100), 10.0, 5), Ok(()));
        assert!(take(&mut full_at, at(100), 10.0, 5).is_err());
    }

    #[test]
    fn principals_do_not_spend_each_others() {
        let limiter = RateLimiter::new();
        assert!(limiter.take(1, 0.001, 1).is_ok());
        assert!(limiter.take(1, 0.001, 1).is_err());
        assert!(limiter.take(2, 0.001, 1).is_ok());
    }
}
