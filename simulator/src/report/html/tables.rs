//! Every figure, in tables.

use super::super::figures;
use super::super::format::{clock, count, microseconds, share, span};
use super::super::latency::Percentiles;
use super::super::summary::RunSummary;
use super::super::words::{self, Words};
use super::markup::{Page, both, escape};

/// Violations a page lists; the JSON holds all that were kept.
const VIOLATIONS_SHOWN: usize = 100;

fn open(page: &mut Page, title: Words, heads: &[&str]) {
    page.add(&format!("<section class=\"card\"><h2>{}</h2>\n<table>", both(title)));
    if !heads.is_empty() {
        let cells: String = heads.iter().map(|head| format!("<th>{head}</th>")).collect();
        page.add(&format!("<tr><th></th>{cells}</tr>\n"));
    }
}

fn close(page: &mut Page) {
    page.add("</table></section>\n");
}

fn row(page: &mut Page, name: &str, cells: impl IntoIterator<Item = String>) {
    let cells: String = cells.into_iter().map(|cell| format!("<td>{cell}</td>")).collect();
    page.add(&format!("<tr><td>{name}</td>{cells}</tr>\n"));
}

pub(super) fn thresholds(page: &mut Page, summary: &RunSummary) {
    if summary.thresholds.is_empty() {
        return;
    }
    open(page, words::THRESHOLDS, &["实际 actual", "结果 result"]);
    for result in &summary.thresholds {
        let not_measured = || both(words::NOT_MEASURED);
        let actual = result.actual.as_deref().map_or_else(not_measured, escape);
        let verdict = if result.failed {
            "<span class=\"bad\">✗ 未达 failed</span>"
        } else {
            "<span class=\"good\">✓ 达标 held</span>"
        };
        let name = format!(
            "<span class=\"faint\">不得 fails if</span> <code>{}</code>",
            escape(&result.threshold)
        );
        row(page, &name, [actual, verdict.to_owned()]);
    }
    close(page);
}

pub(super) fn violations(page: &mut Page, summary: &RunSummary) {
    let referee = &summary.referee;
    if referee.violation_count == 0 {
        return;
    }
    page.add(&format!(
        "<section class=\"card\"><h2 class=\"bad\">{}</h2>\n<table>",
        both(words::VIOLATIONS)
    ));
    page.add(
        "<tr><th>时刻 at</th><th class=\"text\">规则 rule</th><th class=\"text\">对象 subject</th>\
         <th class=\"text\">详情 detail</th></tr>\n",
    );
    for violation in referee.violations.iter().take(VIOLATIONS_SHOWN) {
        page.add(&format!(
            "<tr><td>{}</td><td class=\"text\"><code>{}</code></td><td class=\"text wrap\">{}</td>\
             <td class=\"text wrap\">{}</td></tr>\n",
            clock(violation.at_s),
            escape(&violation.rule),
            escape(&violation.subject),
            escape(&violation.detail)
        ));
    }
    page.add("</table>");
    let shown = referee.violations.len().min(VIOLATIONS_SHOWN) as u64;
    let more = referee.violation_count.saturating_sub(shown);
    if more > 0 {
        page.add(&format!("<p class=\"faint\">另有 {0} 处 and {0} more</p>", count(more)));
    }
    page.add("</section>\n");
}

pub(super) fn stages(page: &mut Page, summary: &RunSummary) {
    open(
        page,
        words::JOURNEY,
        &["数量 count", "最短 min", "中位数 median", "p90", "p95", "最长 max"],
    );
    for (name, spread) in figures::stages(summary) {
        let spans = [spread.min_s, spread.p50_s, spread.p90_s, spread.p95_s, spread.max_s];
        let spans =
            spans.map(|seconds| if spread.count == 0 { "–".to_owned() } else { span(seconds) });
        row(page, &both(name), std::iter::once(count(spread.count)).chain(spans));
    }
    close(page);
}

pub(super) fn latencies(page: &mut Page, summary: &RunSummary) {
    if summary.latencies.is_empty() {
        return;
    }
    open(page, words::LATENCY, &["数量 count", "p50", "p90", "p99", "p99.9", "最长 max"]);
    for (kind, latency) in &summary.latencies {
        let kind = escape(kind);
        let name =
            format!("<code>{kind}</code> <span class=\"faint\">{}</span>", both(words::RESPONSE));
        row(page, &name, percentile_cells(&latency.response));
        let name =
            format!("<code>{kind}</code> <span class=\"faint\">{}</span>", both(words::SERVICE));
        row(page, &name, percentile_cells(&latency.service));
    }
    close(page);
}

fn percentile_cells(percentiles: &Percentiles) -> Vec<String> {
    let spans = [
        percentiles.p50_us,
        percentiles.p90_us,
        percentiles.p99_us,
        percentiles.p999_us,
        percentiles.max_us,
    ];
    std::iter::once(count(percentiles.count)).chain(spans.map(microseconds)).collect()
}

/// Orders, dispatch, traffic and the books side by side; the referee's two figures stand in the
/// verdict.
pub(super) fn counts(page: &mut Page, summary: &RunSummary) {
    page.add("<div class=\"thirds\">\n");
    let groups = figures::groups(summary);
    let shown = groups.len().saturating_sub(1);
    for group in groups.into_iter().take(shown) {
        open(page, group.title, &[]);
        for figure in group.figures {
            row(page, &both(figure.name), [figure.value, figure.share]);
        }
        close(page);
    }
    page.add("</div>\n");
}

pub(super) fn funnel(page: &mut Page, summary: &RunSummary) {
    if summary.funnel.placed == 0 {
        return;
    }
    page.add(&format!("<section class=\"card\"><h2>{}</h2>\n<table>", both(words::FUNNEL)));
    let placed = summary.funnel.placed;
    for (name, reached) in figures::funnel(summary) {
        let width = 100.0 * reached as f64 / placed as f64;
        page.add(&format!(
            "<tr><td>{}</td><td class=\"meter\"><div class=\"bar\" style=\"width:{width:.1}%\"></div></td>\
             <td>{}</td><td>{}</td></tr>\n",
            both(name),
            count(reached),
            share(reached, placed)
        ));
    }
    close(page);
}

pub(super) fn configuration(page: &mut Page, summary: &RunSummary) {
    if summary.configuration.is_empty() {
        return;
    }
    page.add(&format!("<section class=\"card\"><h2>{}</h2>\n<table>", both(words::CONFIGURATION)));
    for (name, value) in &summary.configuration {
        page.add(&format!(
            "<tr><td>{}</td><td class=\"wrap\"><code>{}</code></td></tr>\n",
            escape(name),
            escape(value)
        ));
    }
    close(page);
}
