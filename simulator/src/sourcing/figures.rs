//! What one way of answering came to.

use std::time::Duration;

use hdrhistogram::Histogram;
use serde::Serialize;

use super::beside::Beside;
use super::gap::Gap;

/// An answer that takes a minute counts as one.
const LONGEST_NANOS: u64 = 60_000_000_000;

/// Sums over all baskets; ratios are taken of them.
#[derive(Debug, Clone, Serialize)]
pub struct Figures {
    pub way: &'static str,
    pub baskets: u64,
    pub lines: u64,
    pub placed: u64,
    /// Stores of the placed.
    pub parts: u64,
    /// Store to door, of all parts of the placed.
    pub metres: u64,
    pub refused: u64,
    /// Lines of the refused.
    pub refused_lines: u64,
    /// Keep-together groups that came from several stores.
    pub parted_groups: u64,
    /// Answers whose parts were not what was ordered, or more than there was.
    pub wrong: u64,
    /// The first of these, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_wrong: Option<String>,
    pub p50_micros: f64,
    pub p99_micros: f64,
    pub slowest_micros: f64,
    /// The rules, asked the planner's baskets with the planner's stock.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub beside: Vec<Beside>,
    /// Beside the exact optimum, by how freely lines may be parted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<Gap>,
}

impl Figures {
    pub(super) fn of(way: &'static str) -> Self {
        Self {
            way,
            baskets: 0,
            lines: 0,
            placed: 0,
            parts: 0,
            metres: 0,
            refused: 0,
            refused_lines: 0,
            parted_groups: 0,
            wrong: 0,
            first_wrong: None,
            p50_micros: 0.0,
            p99_micros: 0.0,
            slowest_micros: 0.0,
            beside: Vec::new(),
            gaps: Vec::new(),
        }
    }

    pub fn parts_per_order(&self) -> f64 {
        share(self.parts, self.placed)
    }

    pub fn kilometres_per_order(&self) -> f64 {
        share(self.metres, self.placed) / 1_000.0
    }

    pub fn refused_lines_per_order(&self) -> f64 {
        share(self.refused_lines, self.baskets)
    }

    pub fn refused_pct(&self) -> f64 {
        share(self.refused, self.baskets) * 100.0
    }
}

pub(super) fn share(part: u64, whole: u64) -> f64 {
    part as f64 / whole.max(1) as f64
}

/// How long answers took, in nanoseconds of processor time.
pub(super) struct Efforts(Option<Histogram<u64>>);

impl Efforts {
    pub(super) fn new() -> Self {
        // The bounds are in order, so there always is one.
        Self(Histogram::new_with_bounds(1, LONGEST_NANOS, 3).ok())
    }

    pub(super) fn record(&mut self, took: Duration) {
        if let Some(histogram) = &mut self.0 {
            histogram.saturating_record(took.as_nanos() as u64);
        }
    }

    /// Microseconds.
    pub(super) fn at(&self, quantile: f64) -> f64 {
        self.0.as_ref().map_or(0.0, |all| all.value_at_quantile(quantile) as f64 / 1e3)
    }
}
