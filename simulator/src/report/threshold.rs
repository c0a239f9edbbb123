//! Limits a run is held against, as they are written on the command line: `delivered<95%`,
//! `click_to_door.p50>45min`, `dispatch.p99>50ms`. A threshold says when the run **fails**.

use serde::{Deserialize, Serialize};

use super::format;
use super::metric::{Count, Metric, Stage, Statistic};
use super::summary::RunSummary;

/// When a run fails.
#[derive(Debug, Clone, PartialEq)]
pub struct Threshold {
    text: String,
    metric: Metric,
    comparison: Comparison,
    limit: Limit,
}

/// What came of one threshold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThresholdResult {
    /// As it was written.
    pub threshold: String,
    /// The figure of the run; `None` when it was never measured, which fails: a run that measured
    /// nothing must not pass.
    pub actual: Option<String>,
    pub failed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Less,
    AtMost,
    Greater,
    AtLeast,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Limit {
    /// 0.95 for 95 %.
    Share(f64),
    Count(f64),
    Seconds(f64),
}

/// Why a threshold cannot be read. Each says what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ThresholdError {
    #[error("threshold {0:?} has no comparison; write for example 'delivered<95%'")]
    NoComparison(String),
    #[error(
        "threshold {threshold:?}: {value:?} is no limit; write a number with %, us, ms, s, min or h, or a plain count"
    )]
    NoLimit { threshold: String, value: String },
    #[error(
        "threshold {threshold:?}: no figure is called {name:?}; use one of {known}; \
         a stage ({stages}) such as click_to_door.p50; or a request such as place_order.p99"
    )]
    UnknownFigure { threshold: String, name: String, known: String, stages: String },
    #[error("threshold {threshold:?}: {name:?} is no statistic; use one of {known}")]
    UnknownStatistic { threshold: String, name: String, known: String },
    #[error("threshold {threshold:?}: {figure} is {kind}; {cure}")]
    WrongUnit { threshold: String, figure: String, kind: &'static str, cure: &'static str },
}

impl Threshold {
    /// Reads `figure comparison limit`; blanks do not matter.
    pub fn parse(text: &str) -> Result<Self, ThresholdError> {
        let bare: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
        let (name, comparison, value) =
            split(&bare).ok_or_else(|| ThresholdError::NoComparison(text.to_owned()))?;
        let metric = read_metric(text, name)?;
        let limit = read_limit(value).ok_or_else(|| ThresholdError::NoLimit {
            threshold: text.to_owned(),
            value: value.to_owned(),
        })?;
        let wrong = |kind, cure| {
            let (threshold, figure) = (text.to_owned(), name.to_owned());
            Err(ThresholdError::WrongUnit { threshold, figure, kind, cure })
        };
        match (&metric, limit) {
            (Metric::Count(_), Limit::Seconds(_)) => {
                wrong("a count or a share", "write a plain number or %")
            }
            (Metric::Count(Count::Utilization), Limit::Count(_)) => {
                wrong("a share", "write a number with %")
            }
            (Metric::Stage(..) | Metric::Latency { .. }, Limit::Share(_) | Limit::Count(_)) => {
                wrong("a time", "write a number with us, ms, s, min or h")
            }
            (Metric::Count(_), Limit::Share(_) | Limit::Count(_))
            | (Metric::Stage(..) | Metric::Latency { .. }, Limit::Seconds(_)) => {
                Ok(Self { text: text.trim().to_owned(), metric, comparison, limit })
            }
        }
    }

    /// Holds a run against the threshold.
    pub fn check(&self, summary: &RunSummary) -> ThresholdResult {
        let measured = self.read(summary);
        let failed = match (measured, self.limit) {
            (None, _) => true,
            (Some(actual), Limit::Share(limit) | Limit::Count(limit) | Limit::Seconds(limit)) => {
                self.comparison.holds(actual, limit)
            }
        };
        let actual = measured.map(|actual| match self.limit {
            Limit::Share(_) => format::percent(actual),
            Limit::Count(_) => format::count(actual as u64),
            Limit::Seconds(_) => format::span(actual),
        });
        ThresholdResult { threshold: self.text.clone(), actual, failed }
    }

    /// The figure in the unit of the limit.
    fn read(&self, summary: &RunSummary) -> Option<f64> {
        match &self.metric {
            Metric::Count(count) => {
                let share = count.read(summary);
                match self.limit {
                    Limit::Share(_) => (share.of > 0.0).then(|| share.count / share.of),
                    Limit::Count(_) | Limit::Seconds(_) => Some(share.count),
                }
            }
            Metric::Stage(stage, statistic) => statistic.of_spread(stage.read(summary)),
            Metric::Latency { kind, service, statistic } => {
                let latency = summary.latencies.get(kind)?;
                let side = if *service { &latency.service } else { &latency.response };
                statistic.of_percentiles(side)
            }
        }
    }
}

impl Comparison {
    fn holds(self, actual: f64, limit: f64) -> bool {
        match self {
            Self::Less => actual < limit,
            Self::AtMost => actual <= limit,
            Self::Greater => actual > limit,
            Self::AtLeast => actual >= limit,
        }
    }
}

fn split(text: &str) -> Option<(&str, Comparison, &str)> {
    let signs = [
        ("<=", Comparison::AtMost),
        (">=", Comparison::AtLeast),
        ("<", Comparison::Less),
        (">", Comparison::Greater),
    ];
    signs.into_iter().find_map(|(sign, comparison)| {
        text.split_once(sign).map(|(name, value)| (name, comparison, value))
    })
}

fn read_metric(threshold: &str, name: &str) -> Result<Metric, ThresholdError> {
    let Some((kind, statistic)) = name.rsplit_once('.') else {
        return Count::named(name).map(Metric::Count).ok_or_else(|| {
            ThresholdError::UnknownFigure {
                threshold: threshold.to_owned(),
                name: name.to_owned(),
                known: Count::NAMES.join(", "),
                stages: Stage::NAMES.join(", "),
            }
        });
    };
    let statistic =
        Statistic::named(statistic).ok_or_else(|| ThresholdError::UnknownStatistic {
            threshold: threshold.to_owned(),
            name: statistic.to_owned(),
            known: Statistic::NAMES.join(", "),
        })?;
    if let Some(stage) = Stage::named(kind) {
        return Ok(Metric::Stage(stage, statistic));
    }
    let (kind, service) = match kind.strip_suffix(".service") {
        Some(kind) => (kind, true),
        None => (kind, false),
    };
    Ok(Metric::Latency { kind: kind.to_owned(), service, statistic })
}

fn read_limit(value: &str) -> Option<Limit> {
    let unit_at = value.find(|letter: char| !letter.is_ascii_digit() && letter != '.');
    let (digits, unit) = value.split_at_checked(unit_at.unwrap_or(value.len()))?;
    let number: f64 = digits.parse().ok()?;
    match unit {
        "" => Some(Limit::Count(number)),
        "%" => Some(Limit::Share(number / 100.0)),
        "us" | "µs" => Some(Limit::Seconds(number / 1e6)),
        "ms" => Some(Limit::Seconds(number / 1e3)),
        "s" => Some(Limit::Seconds(number)),
        "min" => Some(Limit::Seconds(number * 60.0)),
        "h" => Some(Limit::Seconds(number * 3_600.0)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    fn check(text: &str) -> (Option<String>, bool) {
        let result = Threshold::parse(text).unwrap().check(&sample::summary());
        (result.actual, result.failed)
    }

    #[test]
    fn a_run_is_held_against_shares_counts_stages_and_requests() {
        let expect = |text, actual: &str, failed| {
            assert_eq!(check(text), (Some(actual.to_owned()), failed), "{text}");
        };
        expect("delivered<95%", "82.0 %", true);
        expect("fulfilled < 95 %", "95.5 %", false);
        expect("delivered_of_paid<95%", "97.6 %", false);
        expect("fulfilled_of_paid<99%", "97.2 %", true);
        expect("violations>0", "0", false);
        expect("placed>=5000", "5,000", true);
        expect("click_to_door.p50>45min", "31.5 min", false);
        expect("click_to_door.p90>30min", "47.5 min", true);
        expect("place_order.p99>5ms", "7.93 ms", true);
        expect("place_order.service.p50<=900us", "1.50 ms", false);
        expect("utilization>50%", "61.0 %", true);
    }

    #[test]
    fn what_was_never_measured_fails() {
        assert_eq!(check("brew_tea.p99>1h"), (None, true));
        let empty = RunSummary::new("empty", 1);
        let result = Threshold::parse("delivered<1%").unwrap().check(&empty);
        assert_eq!((result.actual, result.failed), (None, true));
    }

    #[test]
    fn a_threshold_that_cannot_be_read_says_what_to_write() {
        let refusal = |text| Threshold::parse(text).unwrap_err().to_string();
        assert!(refusal("delivered").contains("has no comparison; write for example"));
        assert!(refusal("delivered<many").contains("\"many\" is no limit; write a number with %"));
        assert!(refusal("delivered<5parsec").contains("is no limit"));
        assert!(refusal("happy>3").contains("no figure is called \"happy\"; use one of placed,"));
        assert!(refusal("dispatch.p42>1s").contains("\"p42\" is no statistic; use one of min,"));
        assert!(refusal("dispatch.p99>50").contains("is a time; write a number with us, ms"));
        assert!(refusal("delivered<3min").contains("is a count or a share; write a plain number"));
        assert!(refusal("utilization<3").contains("is a share; write a number with %"));
        assert!(refusal("delivered<").contains("is no limit"));
    }
}
