//! How long shoppers waited.

use super::super::format::{count, share, span};
use super::super::summary::Journey;
use super::super::words;
use super::axes::{Frame, Scale, nice_step};
use super::markup::{Drawing, Page};

const SIZE: (f64, f64) = (560.0, 270.0);
/// Bars a reader can still tell apart.
const BARS: usize = 48;

/// Click-to-door by minutes, with the median, the 90th percentile and the target.
pub(super) fn click_to_door(page: &mut Page, journey: &Journey) {
    let spread = &journey.click_to_door;
    if spread.count == 0 {
        return;
    }
    let minutes_a_bar = [1, 2, 3, 5, 10]
        .into_iter()
        .find(|minutes| spread.by_minute.len() / minutes <= BARS)
        .unwrap_or(10);
    let bars: Vec<u64> =
        spread.by_minute.chunks(minutes_a_bar).map(|chunk| chunk.iter().sum()).collect();
    let last_minute = (bars.len() * minutes_a_bar) as f64;
    let mut drawing = Drawing::new(SIZE.0, SIZE.1, words::CLICK_TO_DOOR);
    let frame = Frame { top: 52.0, ..Frame::of(SIZE.0, SIZE.1) };
    let most = bars.iter().copied().max().unwrap_or(0);
    let y = frame.count_axis(&mut drawing, most as f64);
    let x = Scale::linear(0.0, last_minute, frame.left, frame.right);
    minute_axis(&mut drawing, &frame, &x, last_minute);
    let width = x.at(minutes_a_bar as f64) - x.at(0.0);
    for (position, bar) in bars.iter().enumerate() {
        let from = position * minutes_a_bar;
        let until = from + minutes_a_bar;
        let story = format!("{from}–{until} min: {} ({})", count(*bar), share(*bar, spread.count));
        let top = y.at(*bar as f64);
        let corner = (x.at(from as f64) + 0.5, top);
        drawing.rect("fill s2", corner, (width - 1.0, frame.bottom - top), &story);
    }
    let marks = [
        (Some(spread.p50_s), "mark-line", words::MEDIAN.zh.to_owned() + " p50"),
        (Some(spread.p90_s), "mark-line", "p90".to_owned()),
        (journey.target_s, "target-line", format!("{} {}", words::TARGET.zh, words::TARGET.en)),
    ];
    for (row, (seconds, class, name)) in marks.into_iter().enumerate() {
        if let Some(seconds) = seconds {
            let at = (x.at(seconds / 60.0), 13.0 + 15.0 * row as f64);
            drawing.line(class, (at.0, at.1 + 3.0), (at.0, frame.bottom));
            let anchor = if at.0 > frame.right - 130.0 { "end" } else { "start" };
            let nudge = if anchor == "end" { -5.0 } else { 5.0 };
            drawing.text(
                "strong",
                (at.0 + nudge, at.1),
                anchor,
                &format!("{name} {}", span(seconds)),
            );
        }
    }
    page.figure(words::CLICK_TO_DOOR, "", drawing);
}

fn minute_axis(drawing: &mut Drawing, frame: &Frame, x: &Scale, last_minute: f64) {
    let step = nice_step(last_minute / 9.0).max(1.0);
    let mut tick = 0.0;
    while tick <= last_minute {
        drawing.line("rule", (x.at(tick), frame.bottom), (x.at(tick), frame.bottom + 4.0));
        drawing.text("", (x.at(tick), frame.bottom + 19.0), "middle", &format!("{tick} min"));
        tick += step;
    }
}
