//! Hints between processes, by Redis: what was just said, and where somebody was last seen.
//!
//! Nothing here is the truth and nobody waits for it. A message may be lost, late, doubled, out of
//! order or somebody else's; whoever reads one checks it and asks the owner in doubt. Redis away is
//! a line in the log, once, and another when it is back.

mod listener;
mod place;
mod teller;
#[cfg(test)]
mod tests;

use std::time::Duration;

pub use listener::{Heard, Listener};
pub use teller::Teller;

use crate::{Error, Result};
use place::{Mouth, Place};

/// How long one step with Redis may take.
const PATIENCE: Duration = Duration::from_secs(2);
/// Before Redis is asked again, from the first failure to the last of many.
const PAUSES: [Duration; 4] = [
    Duration::from_millis(100),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(3),
];

/// A Redis that may be there.
#[derive(Clone)]
pub struct Hints {
    place: Place,
    /// The address without its password.
    shown: String,
}

impl Hints {
    /// `url` is `redis://…`, or `redis-cluster://…` with some of a cluster's nodes between commas;
    /// nothing is asked yet.
    pub fn open(url: &str) -> Result<Self> {
        let bad = || Error::BadHints { url: crate::without_secrets(url) };
        let place = Place::at(url).map_err(|_| bad())?;
        Ok(Self { place, shown: crate::without_secrets(url) })
    }

    /// What was remembered under a name, by field.
    pub async fn recall(&self, name: &str) -> Result<Vec<(String, String)>> {
        let asked = async { Mouth::open(&self.place).await?.recall(name).await };
        match tokio::time::timeout(PATIENCE, asked).await {
            Ok(Ok(pairs)) => Ok(pairs),
            Ok(Err(source)) => Err(Error::Hints { shown: self.shown.clone(), source }),
            Err(_) => Err(Error::HintsSilent { shown: self.shown.clone() }),
        }
    }
}

/// Says once that Redis is away, and once that it is back.
struct Standing {
    shown: String,
    failures: usize,
}

impl Standing {
    fn new(shown: String) -> Self {
        Self { shown, failures: 0 }
    }

    fn is_away(&self) -> bool {
        self.failures > 0
    }

    fn well(&mut self) {
        if self.failures > 0 {
            tracing::info!(redis = self.shown, "redis is back");
            self.failures = 0;
        }
    }

    /// Notes a failure; returns how long to leave Redis alone.
    fn failed(&mut self, error: &dyn std::fmt::Display) -> Duration {
        if self.failures == 0 {
            tracing::warn!(redis = self.shown, %error, "redis is away: other processes hear later");
        }
        let pause = PAUSES.get(self.failures).or(PAUSES.last()).copied();
        self.failures += 1;
        pause.unwrap_or(PATIENCE)
    }
}
