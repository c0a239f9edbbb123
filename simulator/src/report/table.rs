//! The summary as aligned plain text for a terminal.

use std::fmt::Write as _;

use super::figures::{self, Group};
use super::format::{count, microseconds, span};
use super::latency::Percentiles;
use super::outcome::Outcome;
use super::spread::Spread;
use super::summary::RunSummary;
use super::width::{columns, left, right};
use super::words::{self, Words};

const LABEL: usize = 34;
const CELL: usize = 11;
/// Violations shown; the page and the JSON hold more.
const VIOLATIONS_SHOWN: usize = 10;

/// Plain text in rows of at most 100 columns; only sentences run longer. No colours: it may go into
/// a file.
pub fn table(summary: &RunSummary) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail, here and below.
    let _ = write_all(&mut text, summary);
    text
}

fn write_all(text: &mut String, summary: &RunSummary) -> std::fmt::Result {
    write_verdict(text, summary)?;
    for group in figures::groups(summary) {
        write_group(text, &group)?;
    }
    write_stages(text, summary)?;
    write_latencies(text, summary)?;
    write_thresholds(text, summary)?;
    write_violations(text, summary)
}

fn write_verdict(text: &mut String, summary: &RunSummary) -> std::fmt::Result {
    let outcome = summary.outcome();
    let mark = if outcome == Outcome::Passed { "✓" } else { "✗" };
    let verdict = figures::verdict(outcome);
    let title = format!("{} · seed {}", summary.title, summary.seed);
    writeln!(text, "{mark} {} {} · {title}", verdict.zh, verdict.en)?;
    let (zh, en) = figures::pace(summary);
    writeln!(text, "  {zh} · {en}")?;
    for (zh, en) in figures::reasons(summary) {
        writeln!(text, "  {zh} {en}")?;
    }
    Ok(())
}

fn write_group(text: &mut String, group: &Group) -> std::fmt::Result {
    writeln!(text, "\n{}", both(group.title))?;
    for figure in &group.figures {
        let value = right(&figure.value, CELL);
        let line =
            format!("  {}{value}{}", left(&both(figure.name), LABEL), right(&figure.share, CELL));
        writeln!(text, "{}", line.trim_end())?;
    }
    Ok(())
}

fn write_stages(text: &mut String, summary: &RunSummary) -> std::fmt::Result {
    write_header(text, words::JOURNEY, &["count", "min", "median", "p90", "p95", "max"])?;
    for (name, spread) in figures::stages(summary) {
        write_row(text, &both(name), &stage_cells(spread))?;
    }
    Ok(())
}

fn stage_cells(spread: &Spread) -> Vec<String> {
    if spread.count == 0 {
        return vec!["0".to_owned(), "–".to_owned()];
    }
    let spans = [spread.min_s, spread.p50_s, spread.p90_s, spread.p95_s, spread.max_s];
    std::iter::once(count(spread.count)).chain(spans.map(span)).collect()
}

fn write_latencies(text: &mut String, summary: &RunSummary) -> std::fmt::Result {
    if summary.latencies.is_empty() {
        return Ok(());
    }
    write_header(text, words::LATENCY, &["count", "p50", "p90", "p99", "p99.9", "max"])?;
    for (kind, latency) in &summary.latencies {
        write_row(text, kind, &latency_cells(&latency.response))?;
        // Service time is worth a line only where the sender fell behind.
        if latency.service.p99_us * 11 / 10 < latency.response.p99_us {
            write_row(text, &format!("  {kind}, service"), &latency_cells(&latency.service))?;
        }
    }
    Ok(())
}

fn latency_cells(percentiles: &Percentiles) -> Vec<String> {
    let spans = [
        percentiles.p50_us,
        percentiles.p90_us,
        percentiles.p99_us,
        percentiles.p999_us,
        percentiles.max_us,
    ];
    std::iter::once(count(percentiles.count)).chain(spans.map(microseconds)).collect()
}

fn write_thresholds(text: &mut String, summary: &RunSummary) -> std::fmt::Result {
    if summary.thresholds.is_empty() {
        return Ok(());
    }
    writeln!(text, "\n{} (a run fails if)", both(words::THRESHOLDS))?;
    for result in &summary.thresholds {
        let mark = if result.failed { "✗" } else { "✓" };
        let actual = result.actual.as_deref().unwrap_or(words::NOT_MEASURED.en);
        writeln!(text, "{mark} {}{}", left(&result.threshold, LABEL), right(actual, CELL))?;
    }
    Ok(())
}

fn write_violations(text: &mut String, summary: &RunSummary) -> std::fmt::Result {
    let referee = &summary.referee;
    if referee.violation_count == 0 {
        return Ok(());
    }
    writeln!(text, "\n{}", both(words::VIOLATIONS))?;
    for violation in referee.violations.iter().take(VIOLATIONS_SHOWN) {
        let at = super::format::clock(violation.at_s);
        writeln!(text, "✗ {at} {} {}: {}", violation.rule, violation.subject, violation.detail)?;
    }
    let shown = referee.violations.len().min(VIOLATIONS_SHOWN) as u64;
    let more = referee.violation_count.saturating_sub(shown);
    if more > 0 {
        writeln!(text, "  and {} more", count(more))?;
    }
    Ok(())
}

fn write_header(text: &mut String, title: Words, cells: &[&str]) -> std::fmt::Result {
    let cells: String = cells.iter().map(|cell| right(cell, CELL)).collect();
    writeln!(text, "\n{}{cells}", left(&both(title), LABEL))
}

fn write_row(text: &mut String, label: &str, cells: &[String]) -> std::fmt::Result {
    let cells: String = cells.iter().map(|cell| right(cell, CELL)).collect();
    writeln!(text, "  {}{cells}", left(label, LABEL.saturating_sub(2)))
}

/// `已送达 delivered`.
fn both(words: Words) -> String {
    let text = format!("{} {}", words.zh, words.en);
    debug_assert!(columns(&text) <= 60, "headings are short");
    text
}
