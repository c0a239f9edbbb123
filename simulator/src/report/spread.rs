//! A list of measured spans, boiled down.

use serde::{Deserialize, Serialize};

/// The last minute a histogram tells apart; longer spans are counted with it.
const LAST_MINUTE: usize = 180;

/// How a measured span of time was spread, in seconds. All zero when nothing was measured: look at
/// `count` first.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Spread {
    pub count: u64,
    pub min_s: f64,
    pub mean_s: f64,
    pub p50_s: f64,
    pub p90_s: f64,
    pub p95_s: f64,
    pub p99_s: f64,
    pub max_s: f64,
    /// How many spans fell into each whole minute; the last entry holds all longer ones.
    pub by_minute: Vec<u64>,
}

impl Spread {
    /// Of spans in seconds, in any order. A quantile between two spans lies on the line between.
    pub fn of(spans: impl IntoIterator<Item = f64>) -> Self {
        let mut spans: Vec<f64> = spans.into_iter().filter(|span| span.is_finite()).collect();
        spans.sort_by(f64::total_cmp);
        let (Some(min), Some(max)) = (spans.first(), spans.last()) else { return Self::default() };
        let at = |share| quantile(&spans, share);
        Self {
            count: spans.len() as u64,
            min_s: *min,
            mean_s: spans.iter().sum::<f64>() / spans.len() as f64,
            p50_s: at(0.5),
            p90_s: at(0.9),
            p95_s: at(0.95),
            p99_s: at(0.99),
            max_s: *max,
            by_minute: by_minute(&spans),
        }
    }
}

fn quantile(sorted: &[f64], share: f64) -> f64 {
    let mark = share * sorted.len().saturating_sub(1) as f64;
    let (position, rest) = (mark as usize, mark.fract());
    let low = sorted.get(position).copied().unwrap_or_default();
    let high = sorted.get(position + 1).copied().unwrap_or(low);
    low + (high - low) * rest
}

fn by_minute(sorted: &[f64]) -> Vec<u64> {
    let minute = |span: f64| ((span.max(0.0) / 60.0) as usize).min(LAST_MINUTE);
    let longest = sorted.last().map_or(0, |span| minute(*span));
    let mut counts = vec![0; longest + 1];
    for span in sorted {
        if let Some(count) = counts.get_mut(minute(*span)) {
            *count += 1;
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_lie_between_the_spans_around_them() {
        let spread = Spread::of([240.0, 60.0, 120.0, 180.0]);
        assert_eq!((spread.count, spread.min_s, spread.max_s), (4, 60.0, 240.0));
        assert_eq!((spread.mean_s, spread.p50_s, spread.p90_s), (150.0, 150.0, 222.0));
        assert_eq!(spread.by_minute, [0, 1, 1, 1, 1]);
    }

    #[test]
    fn nothing_measured_is_all_zero_and_very_long_spans_share_the_last_minute() {
        assert_eq!(Spread::of([]), Spread::default());
        let spread = Spread::of([1e6, 2e6]);
        assert_eq!((spread.by_minute.len(), spread.by_minute[180]), (181, 2));
    }
}
