//! The run's own book: what was sent, how long answers took, how far couriers rode.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;
use vocabulary::Place;

use crate::doors::Failure;
use crate::report::{Latency, LatencyRecorder, SketchRoute, Traffic};

/// Rides drawn on the report's map.
const ROUTES_KEPT: usize = 60;
/// Answers kept for comparing with the answer to the same key said again.
const ANSWERS_KEPT: usize = 50_000;

/// Longer than a restart may take, and than all the tries of one request.
const CUT_OFF_AFTER: Duration = Duration::from_secs(45);

#[derive(Default)]
pub struct Ledger {
    pub traffic: Traffic,
    pub latencies: BTreeMap<&'static str, LatencyRecorder>,
    /// All kinds together, since the last look.
    pub recent: LatencyRecorder,
    /// Turned away at placing, by code.
    pub refused: BTreeMap<String, u64>,
    /// Every no that was heard, by what was asked and the code.
    pub refusals: BTreeMap<(&'static str, String), u64>,
    pub ridden_m: f64,
    pub routes: Vec<SketchRoute>,
    /// Two different answers to one key.
    pub contradictions: Vec<String>,
    answers: BTreeMap<String, String>,
    /// The first and the last of the requests in a row that nobody answered.
    unanswered: Option<(Instant, Instant)>,
}

impl Ledger {
    /// One request came back, whatever it said.
    pub fn answered(&mut self, name: &'static str, took: Duration, answer: &Result<(), Failure>) {
        self.traffic.requests_sent += 1;
        self.latencies.entry(name).or_default().record(took, took);
        self.recent.record(took, took);
        if let Err(failure) = answer {
            *self.refusals.entry((name, failure.code.clone())).or_default() += 1;
            if failure.retryable {
                self.traffic.requests_failed += 1;
            }
        }
        match answer {
            Err(failure) if failure.code == "unreachable" => {
                let now = Instant::now();
                self.unanswered = Some((self.unanswered.map_or(now, |(first, _)| first), now));
            }
            Ok(()) | Err(_) => self.unanswered = None,
        }
    }

    /// Whether it looks as if the server were gone for good: people went on asking for longer than
    /// a restart takes, and nobody was answered.
    pub fn is_cut_off(&self) -> bool {
        self.unanswered.is_some_and(|(first, last)| last - first > CUT_OFF_AFTER)
    }

    /// The final answer to a key; a second one must say the same.
    pub fn hear(&mut self, key: &str, answer: &Result<(), Failure>) {
        let words = match answer {
            Ok(()) => "done",
            // Not an answer of the city.
            Err(failure) if failure.retryable => return,
            Err(failure) => failure.code.as_str(),
        };
        match self.answers.get(key) {
            Some(known) if known != words => {
                self.contradictions.push(format!("key {key}: first {known}, then {words}"));
            }
            Some(_) => {}
            None => {
                if self.answers.len() >= ANSWERS_KEPT {
                    self.answers.pop_first();
                }
                self.answers.insert(key.to_owned(), words.to_owned());
            }
        }
    }

    /// What was measured so far, by kind of request.
    pub fn latencies(&self) -> BTreeMap<String, Latency> {
        let kinds = self.latencies.iter();
        kinds.map(|(name, recorder)| ((*name).to_owned(), recorder.summary())).collect()
    }

    pub fn rode(&mut self, courier: &str, loaded: bool, metres: f64, places: Vec<Place>) {
        self.ridden_m += metres;
        if self.routes.len() < ROUTES_KEPT && metres > 0.0 {
            self.routes.push(SketchRoute { courier: courier.to_owned(), loaded, places });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_server_that_nobody_reaches_for_longer_than_a_restart_is_gone() {
        let mut ledger = Ledger::default();
        let unreachable = Err(Failure::retryable("unreachable", "nobody listens"));
        let mut ask = async |answer: &Result<(), Failure>| {
            tokio::time::advance(Duration::from_secs(20)).await;
            ledger.answered("accept", Duration::ZERO, answer);
            ledger.is_cut_off()
        };
        for _ in 0..3 {
            assert!(!ask(&unreachable).await);
        }
        assert!(!ask(&Ok(())).await, "it is back");
        for _ in 0..3 {
            assert!(!ask(&unreachable).await);
        }
        assert!(ask(&unreachable).await);
    }

    #[test]
    fn one_key_with_two_answers_is_a_contradiction() {
        let mut ledger = Ledger::default();
        ledger.hear("a", &Ok(()));
        ledger.hear("a", &Err(Failure::retryable("busy", "later")));
        ledger.hear("a", &Ok(()));
        assert!(ledger.contradictions.is_empty());
        ledger.hear("a", &Err(Failure::new("too_late", "gone")));
        assert_eq!(ledger.contradictions, ["key a: first done, then too_late"]);
    }
}
