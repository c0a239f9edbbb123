//! What was found, each rule and subject once.

use std::collections::{BTreeMap, BTreeSet};

use crate::feed::Event;
use crate::report::{Referee as Findings, Violation};

/// Violations kept word for word; the rest is counted.
const KEPT: usize = 100;

pub(super) struct Verdicts {
    began_ms: i64,
    findings: Findings,
    known: BTreeSet<(&'static str, String)>,
    /// How often each rule was held against something.
    looks: BTreeMap<&'static str, u64>,
}

impl Verdicts {
    pub fn new(began_ms: i64) -> Self {
        Self {
            began_ms,
            findings: Findings::default(),
            known: BTreeSet::new(),
            looks: BTreeMap::new(),
        }
    }

    /// Holds a rule against one event; the sentence is only made when it is broken.
    pub fn check(
        &mut self,
        holds: bool,
        rule: &'static str,
        event: &Event,
        subject: &str,
        why: impl FnOnce() -> String,
    ) {
        self.looked(rule);
        if !holds {
            let detail = format!("event {} ({}): {}", event.seq, event.kind, why());
            self.broken(rule, event.at_ms, subject, detail);
        }
    }

    /// Counts a look that found nothing wrong.
    pub fn looked(&mut self, rule: &'static str) {
        self.findings.checks += 1;
        *self.looks.entry(rule).or_default() += 1;
    }

    pub fn broken(&mut self, rule: &'static str, at_ms: i64, subject: &str, detail: String) {
        self.findings.violation_count += 1;
        let is_new = self.known.insert((rule, subject.to_owned()));
        if !is_new || self.findings.violations.len() >= KEPT {
            return;
        }
        let at_s = (at_ms - self.began_ms).max(0) / 1_000;
        self.findings.violations.push(Violation {
            rule: rule.to_owned(),
            at_s: u32::try_from(at_s).unwrap_or(u32::MAX),
            subject: subject.to_owned(),
            detail,
        });
    }

    pub fn looks(&self) -> &BTreeMap<&'static str, u64> {
        &self.looks
    }

    pub fn findings(&self) -> Findings {
        self.findings.clone()
    }
}
