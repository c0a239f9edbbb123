//! Latency by percentile: the tail drawn as wide as the body.

use std::collections::BTreeMap;

use super::super::latency::{Latency, Percentiles};
use super::super::words;
use super::axes::{Frame, Scale};
use super::markup::{Drawing, Page, both, escape, legend, through};

const SIZE: (f64, f64) = (560.0, 270.0);
/// Kinds of request drawn; there are so many colours.
const KINDS: usize = 6;

/// The share of slower requests runs from one to a hundred-thousandth, each ten times as rare one
/// step to the right; both axes are logarithmic.
pub(super) fn draw(page: &mut Page, latencies: &BTreeMap<String, Latency>) {
    let kinds: Vec<(&String, &Latency)> =
        latencies.iter().filter(|(_, latency)| latency.response.count > 0).take(KINDS).collect();
    let curves = || kinds.iter().flat_map(|(_, latency)| [&latency.service, &latency.response]);
    let most_requests = curves().map(|percentiles| percentiles.count).max().unwrap_or(0);
    let Some(least) = curves().map(|p| p.min_us).filter(|us| *us > 0).min() else { return };
    let most = curves().map(|percentiles| percentiles.max_us).max().unwrap_or(least);
    let rarest = (most_requests as f64).log10().clamp(2.0, 5.0);
    let mut drawing = Drawing::new(SIZE.0, SIZE.1, words::PERCENTILES);
    let frame = Frame::of(SIZE.0, SIZE.1);
    let y = frame.latency_axis(&mut drawing, least as f64, most as f64);
    let x = Scale::linear(0.0, rarest, frame.left, frame.right);
    let ticks = [
        (0.301, "50 %"),
        (1.0, "90 %"),
        (2.0, "99 %"),
        (3.0, "99.9 %"),
        (4.0, "99.99 %"),
        (5.0, "99.999 %"),
    ];
    for (rarity, label) in ticks.into_iter().filter(|(rarity, _)| *rarity <= rarest) {
        drawing.line("rule", (x.at(rarity), frame.top), (x.at(rarity), frame.bottom));
        let anchor = if x.at(rarity) > frame.right - 20.0 { "end" } else { "middle" };
        drawing.text("", (x.at(rarity), frame.bottom + 19.0), anchor, label);
    }
    let mut keys = Vec::new();
    for (position, (kind, latency)) in kinds.iter().enumerate() {
        let color = format!("s{}", (position + 1) % KINDS + 1);
        let service = curve(&latency.service, rarest, &x, &y);
        drawing.path(&format!("line dashed {color}"), &service);
        drawing.path(&format!("line {color}"), &curve(&latency.response, rarest, &x, &y));
        keys.push((color, escape(kind)));
    }
    keys.push(("dash s1".to_owned(), both(words::SERVICE)));
    page.figure(words::PERCENTILES, &legend(keys), drawing);
}

fn curve(percentiles: &Percentiles, rarest: f64, x: &Scale, y: &Scale) -> String {
    let points = percentiles.curve.iter().map(|(percent, us)| {
        let slower = 1.0 - percent / 100.0;
        let rarity = if slower > 0.0 { -slower.log10() } else { rarest };
        (rarity, *us as f64)
    });
    through(
        points.filter(|(rarity, _)| *rarity <= rarest).map(|(rarity, us)| (x.at(rarity), y.at(us))),
    )
}
