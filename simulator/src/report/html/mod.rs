//! The summary as one HTML page that needs nothing else: no script, no request, no font. It can be
//! mailed, kept and read in ten years.
//!
//! The verdict comes first, then what broke, then how the run went over time, then every figure.

mod axes;
mod histogram;
mod map;
mod markup;
mod over_time;
mod percentile_plot;
mod tables;

use super::figures;
use super::format::{count, percent, share, span};
use super::outcome::Outcome;
use super::summary::RunSummary;
use super::words::{self, Words};
use markup::{Page, both, escape};

const STYLE: &str = include_str!("style.css");

/// The page, complete.
pub fn html(summary: &RunSummary) -> String {
    let mut page = Page::new();
    page.add("<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\"/>\n");
    page.add("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n");
    page.add(&format!("<title>派单模拟报告 · {}</title>\n", escape(&summary.title)));
    page.add(&format!("<style>\n{STYLE}</style>\n</head>\n<body>\n"));
    verdict(&mut page, summary);
    page.add("<main>\n");
    tiles(&mut page, summary);
    tables::thresholds(&mut page, summary);
    tables::violations(&mut page, summary);
    charts(&mut page, summary);
    tables::stages(&mut page, summary);
    tables::latencies(&mut page, summary);
    tables::counts(&mut page, summary);
    page.add("<div class=\"grid\">\n");
    if let Some(sketch) = &summary.map {
        map::draw(&mut page, sketch);
    }
    page.add("<div class=\"stack\">\n");
    tables::funnel(&mut page, summary);
    tables::configuration(&mut page, summary);
    page.add("</div>\n</div>\n</main>\n");
    page.add(&format!(
        "<footer>派单 Paidan · simulator report, version {} · seed {}</footer>\n</body>\n</html>\n",
        summary.version, summary.seed
    ));
    page.finish()
}

fn verdict(page: &mut Page, summary: &RunSummary) {
    let outcome = summary.outcome();
    let (class, mark) = match outcome {
        Outcome::Passed => ("pass", "✓"),
        Outcome::ThresholdsFailed | Outcome::Interrupted => ("warn", "!"),
        Outcome::RulesBroken | Outcome::Unreachable => ("fail", "✗"),
    };
    let words = figures::verdict(outcome);
    let (pace_zh, pace_en) = figures::pace(summary);
    page.add(&format!(
        "<header class=\"{class}\"><div class=\"mark\" aria-hidden=\"true\">{mark}</div><div>\n\
         <h1>{} <span class=\"en\">{}</span></h1>\n\
         <p class=\"what\">{} · seed {} · {pace_zh} <span class=\"en\">{pace_en}</span></p>\n",
        words.zh,
        words.en,
        escape(&summary.title),
        summary.seed
    ));
    for (zh, en) in figures::reasons(summary) {
        page.add(&format!("<p>{} <span class=\"en\">{}</span></p>\n", escape(&zh), escape(&en)));
    }
    page.add("</div></header>\n");
}

/// The eight figures people ask for first.
fn tiles(page: &mut Page, summary: &RunSummary) {
    let (orders, journey, offers) = (&summary.orders, &summary.journey, &summary.offers);
    let door = &journey.click_to_door;
    let measured = |seconds: f64| if door.count == 0 { "–".to_owned() } else { span(seconds) };
    let arrived = orders.delivered + orders.picked_up;
    let tiles: [(Words, String, String); 8] = [
        (
            words::FULFILLED_OF_PAID,
            share(orders.fulfilled(), orders.paid()),
            format!("{} / {}", count(orders.fulfilled()), count(orders.paid())),
        ),
        (words::CLICK_TO_DOOR, measured(door.p50_s), both_text(words::MEDIAN)),
        (words::CLICK_TO_DOOR, measured(door.p90_s), "p90".to_owned()),
        (
            words::ON_TIME,
            share(orders.on_time(), arrived),
            format!("{} {}", count(orders.late), both_text(words::LATE)),
        ),
        (
            words::OFFER_ACCEPTANCE,
            share(offers.accepted, offers.made),
            format!("{} {}", count(offers.made), both_text(words::OFFERS_MADE)),
        ),
        (
            words::UTILIZATION,
            summary.fleet.utilization().map_or("–".to_owned(), percent),
            format!("{} {}", count(summary.fleet.couriers), both_text(words::FLEET)),
        ),
        (
            words::REQUESTS_FAILED,
            count(summary.traffic.requests_failed),
            format!("/ {} {}", count(summary.traffic.requests_sent), both_text(words::REQUESTS)),
        ),
        (
            words::VIOLATIONS,
            count(summary.referee.violation_count),
            format!("/ {} {}", count(summary.referee.checks), both_text(words::CHECKS)),
        ),
    ];
    page.add("<section class=\"tiles\">\n");
    for (name, value, note) in tiles {
        page.add(&format!(
            "<div class=\"tile\"><div class=\"name\">{}</div><div class=\"value\">{value}</div>\
             <div class=\"note\">{note}</div></div>\n",
            both(name)
        ));
    }
    page.add("</section>\n");
}

fn both_text(words: Words) -> String {
    format!("{} {}", words.zh, words.en)
}

fn charts(page: &mut Page, summary: &RunSummary) {
    over_time::open_orders(page, &summary.timeline);
    page.add("<div class=\"grid\">\n");
    histogram::click_to_door(page, &summary.journey);
    percentile_plot::draw(page, &summary.latencies);
    over_time::couriers(page, &summary.timeline);
    over_time::latency(page, &summary.timeline);
    page.add("</div>\n");
}
