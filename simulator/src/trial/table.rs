//! The figures of many days as aligned plain text, and their means with equal weight.

use std::fmt::Write as _;

use super::figures::Figures;

type Column = (&'static str, fn(&Figures) -> f64);

const COLUMNS: [Column; 12] = [
    ("P", |day| day.score),
    ("undel %", |day| day.undelivered_pct),
    ("CtD", |day| day.click_to_door.mean),
    ("p90", |day| day.click_to_door.p90),
    ("overage", |day| day.click_to_door_overage.mean),
    ("<=40 %", |day| day.within_target_pct),
    ("RtP", |day| day.ready_to_pickup.mean),
    ("p90", |day| day.ready_to_pickup.p90),
    ("cost", |day| day.cost_per_order),
    ("bundle", |day| day.orders_per_bundle),
    ("util", |day| day.utilization),
    ("slow ms", |day| day.slowest_decision_ms),
];
const NAME: usize = 16;
const CELL: usize = 8;

/// One line a day, then the means and the slowest decision of all.
pub fn table(days: &[Figures]) -> String {
    let mut text = format!("{:<NAME$}", "day");
    // Writing to a String cannot fail, here and below.
    for (title, _) in COLUMNS {
        let _ = write!(text, "{title:>CELL$}");
    }
    text.push('\n');
    for day in days {
        line(&mut text, &day.day, |value| value(day));
    }
    let mean =
        |value: fn(&Figures) -> f64| days.iter().map(value).sum::<f64>() / days.len().max(1) as f64;
    line(&mut text, &format!("mean of {}", days.len()), mean);
    if let Some(slowest) = slowest(days) {
        let _ = writeln!(
            text,
            "slowest decision: {:.1} ms, on {} with {} orders",
            slowest.slowest_decision_ms, slowest.day, slowest.orders
        );
    }
    text
}

fn line(text: &mut String, name: &str, value: impl Fn(fn(&Figures) -> f64) -> f64) {
    let _ = write!(text, "{name:<NAME$}");
    for (_, of) in COLUMNS {
        let _ = write!(text, "{:>CELL$.3}", value(of));
    }
    text.push('\n');
}

fn slowest(days: &[Figures]) -> Option<&Figures> {
    days.iter().max_by(|one, other| one.slowest_decision_ms.total_cmp(&other.slowest_decision_ms))
}
