//! The run's own book: what was sent, how long answers took, how far couriers rode.

use std::collections::BTreeMap;
use std::time::Duration;

use vocabulary::Place;

use crate::doors::Failure;
use crate::report::{Latency, LatencyRecorder, SketchRoute, Traffic};

/// Rides drawn on the report's map.
const ROUTES_KEPT: usize = 60;
/// Answers kept for comparing with the answer to the same key said again.
const ANSWERS_KEPT: usize = 50_000;

/// A city of bots says so much in the half minute that a restart may take.
const CUT_OFF_AFTER: u64 = 2_000;

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
    /// Requests in a row that nobody answered.
    unanswered: u64,
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
            Err(failure) if failure.code == "unreachable" => self.unanswered += 1,
            Ok(()) | Err(_) => self.unanswered = 0,
        }
    }

    /// Whether it looks as if the server were gone for good: somebody gave up for each of the
    /// retries, and nobody was answered since.
    pub fn is_cut_off(&self) -> bool {
        self.unanswered > CUT_OFF_AFTER
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
