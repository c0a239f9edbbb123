//! How long requests took, seen from both ends.

use std::time::Duration;

use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

/// Longer answers are counted as an hour.
const LONGEST_US: u64 = 3_600_000_000;
/// Where the curve of a percentile plot is read, in percent.
const CURVE: [f64; 22] = [
    0.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 85.0, 90.0, 92.5, 95.0, 97.5, 99.0, 99.5,
    99.75, 99.9, 99.95, 99.99, 99.999, 100.0,
];

/// Records one kind of request while a run lasts. Its size does not grow with the records.
#[derive(Debug, Clone)]
pub struct LatencyRecorder {
    service: Histogram<u64>,
    response: Histogram<u64>,
}

/// One kind of request, boiled down.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Latency {
    /// From the moment it was sent.
    pub service: Percentiles,
    /// From the moment it was meant to be sent: what a person would have waited. Differs from
    /// service time when the sender could not keep up.
    pub response: Percentiles,
}

/// In microseconds; read to three digits.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Percentiles {
    pub count: u64,
    pub min_us: u64,
    pub mean_us: f64,
    pub p50_us: u64,
    pub p90_us: u64,
    pub p95_us: u64,
    pub p99_us: u64,
    pub p999_us: u64,
    pub max_us: u64,
    /// Pairs of percent and microseconds, growing.
    pub curve: Vec<(f64, u64)>,
}

impl LatencyRecorder {
    pub fn new() -> Self {
        Self { service: histogram(), response: histogram() }
    }

    /// One answered request: how long after it was sent, and after it was meant to be sent.
    pub fn record(&mut self, service: Duration, response: Duration) {
        self.service.saturating_record(microseconds(service));
        self.response.saturating_record(microseconds(response.max(service)));
    }

    /// Takes over another recorder's records, as when several connections are summed up.
    pub fn merge(&mut self, other: &Self) {
        // Both have the same bounds, so adding cannot fail.
        let _ = self.service.add(&other.service);
        let _ = self.response.add(&other.response);
    }

    pub fn summary(&self) -> Latency {
        Latency { service: percentiles(&self.service), response: percentiles(&self.response) }
    }

    /// The median and the 99th percentile of response time in microseconds; `None` before the
    /// first record.
    pub fn now(&self) -> Option<(u64, u64)> {
        let measured = !self.response.is_empty();
        measured
            .then(|| (self.response.value_at_quantile(0.5), self.response.value_at_quantile(0.99)))
    }

    /// Forgets everything: for figures of one second or minute.
    pub fn reset(&mut self) {
        self.service.reset();
        self.response.reset();
    }
}

impl Default for LatencyRecorder {
    fn default() -> Self {
        Self::new()
    }
}

fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1, LONGEST_US, 3)
        .unwrap_or_else(|_| unreachable!("1 to an hour in three digits are sound bounds"))
}

fn microseconds(span: Duration) -> u64 {
    u64::try_from(span.as_micros()).unwrap_or(LONGEST_US).max(1)
}

fn percentiles(histogram: &Histogram<u64>) -> Percentiles {
    if histogram.is_empty() {
        return Percentiles::default();
    }
    let at = |share| histogram.value_at_quantile(share);
    Percentiles {
        count: histogram.len(),
        min_us: histogram.min(),
        mean_us: histogram.mean(),
        p50_us: at(0.5),
        p90_us: at(0.9),
        p95_us: at(0.95),
        p99_us: at(0.99),
        p999_us: at(0.999),
        max_us: histogram.max(),
        curve: CURVE
            .iter()
            .map(|percent| (*percent, histogram.value_at_percentile(*percent)))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn response_time_counts_the_wait_before_sending() {
        let mut recorder = LatencyRecorder::new();
        for milliseconds in 1..=100 {
            let service = Duration::from_millis(milliseconds);
            recorder.record(service, service + Duration::from_millis(500));
        }
        let latency = recorder.summary();
        assert_eq!(latency.service.count, 100);
        assert!(latency.service.p50_us.abs_diff(50_000) < 100);
        assert!(latency.response.p50_us.abs_diff(550_000) < 1_000);
        assert!(latency.service.curve.is_sorted_by_key(|(_, us)| *us));
    }

    #[test]
    fn recorders_add_up_and_start_again() {
        let (mut one, mut other) = (LatencyRecorder::new(), LatencyRecorder::default());
        other.record(Duration::from_hours(9), Duration::ZERO);
        one.merge(&other);
        assert_eq!(one.summary().response.count, 1);
        assert!(one.now().is_some());
        one.reset();
        assert_eq!((one.now(), one.summary().service), (None, Percentiles::default()));
    }
}
