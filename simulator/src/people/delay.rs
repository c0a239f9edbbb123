//! How long people take.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use vocabulary::Chance;

use crate::city::normal;

/// A lognormal span: half the draws fall below the median, a few take many times as long.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Delay {
    pub median_s: f64,
    /// Standard deviation of the logarithm; 0 makes every draw the median.
    pub spread: f64,
    pub least_s: f64,
    pub most_s: f64,
}

impl Delay {
    /// Draws stay between a fifth of the median and twenty times it.
    pub fn around(median_s: f64, spread: f64) -> Self {
        Self { median_s, spread, least_s: 0.2 * median_s, most_s: 20.0 * median_s }
    }

    pub fn draw(&self, chance: &mut Chance) -> Duration {
        let seconds = self.median_s * (self.spread * normal(chance)).exp();
        Duration::from_secs_f64(seconds.max(self.least_s).min(self.most_s).max(0.0))
    }

    /// The same shape, so many times as long: one person is slower than another.
    pub fn times(&self, factor: f64) -> Self {
        Self {
            median_s: self.median_s * factor,
            least_s: self.least_s * factor,
            most_s: self.most_s * factor,
            ..*self
        }
    }
}

/// Things that come up again and again with nothing to remember between them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Spells {
    /// Mean number an hour; 0 for never.
    pub per_hour: f64,
    pub lasts: Delay,
}

/// The next spell: it begins after a while and lasts a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spell {
    pub begins_after: Duration,
    pub lasts: Duration,
}

impl Spells {
    /// `None` when there are none at all.
    pub fn next(&self, chance: &mut Chance) -> Option<Spell> {
        if self.per_hour <= 0.0 {
            return None;
        }
        let hours = -(1.0 - chance.unit()).ln() / self.per_hour;
        let begins_after = Duration::from_secs_f64((hours * 3_600.0).min(604_800.0));
        Some(Spell { begins_after, lasts: self.lasts.draw(chance) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_the_draws_fall_below_the_median_and_none_beyond_the_bounds() {
        let delay = Delay::around(60.0, 0.5);
        let mut chance = Chance::from_seed(2);
        let draws: Vec<f64> = (0..10_000).map(|_| delay.draw(&mut chance).as_secs_f64()).collect();
        let below = draws.iter().filter(|seconds| **seconds < 60.0).count();
        assert!((4_800..5_200).contains(&below), "{below}");
        assert!(draws.iter().all(|seconds| (12.0..=1_200.0).contains(seconds)));
    }

    #[test]
    fn spells_come_as_often_as_said() {
        let spells = Spells { per_hour: 2.0, lasts: Delay::around(30.0, 0.0) };
        let mut chance = Chance::from_seed(3);
        let waits: Vec<f64> = (0..5_000)
            .filter_map(|_| spells.next(&mut chance))
            .map(|spell| spell.begins_after.as_secs_f64())
            .collect();
        let mean = waits.iter().sum::<f64>() / waits.len() as f64;
        assert!((1_700.0..1_900.0).contains(&mean), "{mean}");
        let never = Spells { per_hour: 0.0, ..spells };
        assert_eq!(never.next(&mut chance), None);
    }
}
