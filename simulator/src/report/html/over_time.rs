//! The run over time: open orders, couriers, latency.

use super::super::format::{clock, count, microseconds};
use super::super::timeline::{Moment, Timeline};
use super::super::words::{self, Words};
use super::axes::{Frame, Scale};
use super::markup::{Drawing, Page, both, legend, through};

const WIDE: (f64, f64) = (1_120.0, 290.0);
const HALF: (f64, f64) = (560.0, 270.0);

/// Open orders stacked by state; states nobody was ever in are left out.
pub(super) fn open_orders(page: &mut Page, timeline: &Timeline) {
    let moments = timeline.thinned(240);
    let most = moments.iter().map(|moment| moment.orders.total()).max().unwrap_or(0);
    let Some(last) = moments.last() else { return };
    let mut drawing = Drawing::new(WIDE.0, WIDE.1, words::OPEN_ORDERS);
    let frame = Frame::of(WIDE.0, WIDE.1);
    let y = frame.count_axis(&mut drawing, f64::from(most));
    let x = frame.time_axis(&mut drawing, last.at_s);
    let mut floors = vec![0u32; moments.len()];
    let mut keys = Vec::new();
    for (position, name) in words::STATES.into_iter().enumerate() {
        let counts: Vec<u32> = moments.iter().map(|moment| state(moment, position)).collect();
        if counts.iter().all(|count| *count == 0) {
            continue;
        }
        let tops: Vec<u32> =
            floors.iter().zip(&counts).map(|(floor, count)| floor + count).collect();
        let color = format!("s{}", position + 1);
        drawing.path(&format!("fill {color}"), &band(&moments, &floors, &tops, &x, &y));
        keys.push((color, both(name)));
        floors = tops;
    }
    hover(&mut drawing, &frame, &moments, &x, |moment| {
        let states = words::STATES.into_iter().enumerate().map(|(position, name)| {
            format!("\n{} {}: {}", name.zh, name.en, count(u64::from(state(moment, position))))
        });
        states.collect()
    });
    page.figure(words::OPEN_ORDERS, &legend(keys), drawing);
}

fn state(moment: &Moment, position: usize) -> u32 {
    moment.orders.counts().get(position).copied().unwrap_or_default()
}

/// The area between two lines.
fn band(moments: &[&Moment], floors: &[u32], tops: &[u32], x: &Scale, y: &Scale) -> String {
    let point = |(moment, height): (&&Moment, &u32)| {
        (x.at(f64::from(moment.at_s)), y.at(f64::from(*height)))
    };
    let upper = moments.iter().zip(tops).map(point);
    let lower = moments.iter().zip(floors).rev().map(point);
    format!("{}Z", through(upper.chain(lower)))
}

pub(super) fn couriers(page: &mut Page, timeline: &Timeline) {
    let moments = timeline.thinned(240);
    let most = moments.iter().map(|moment| moment.couriers_on_duty.max(moment.couriers_busy)).max();
    let (Some(last), Some(most @ 1..)) = (moments.last(), most) else { return };
    let mut drawing = Drawing::new(HALF.0, HALF.1, words::COURIERS);
    let frame = Frame::of(HALF.0, HALF.1);
    let y = frame.count_axis(&mut drawing, f64::from(most));
    let x = frame.time_axis(&mut drawing, last.at_s);
    let busy: Vec<u32> = moments.iter().map(|moment| moment.couriers_busy).collect();
    drawing.path("fill s4", &band(&moments, &vec![0; busy.len()], &busy, &x, &y));
    let on_duty = moments
        .iter()
        .map(|moment| (x.at(f64::from(moment.at_s)), y.at(f64::from(moment.couriers_on_duty))));
    drawing.path("line s2", &through(on_duty));
    hover(&mut drawing, &frame, &moments, &x, |moment| {
        let pair = |name: Words, figure: u32| format!("\n{} {}: {figure}", name.zh, name.en);
        pair(words::ON_DUTY, moment.couriers_on_duty) + &pair(words::BUSY, moment.couriers_busy)
    });
    let keys = [("s2", words::ON_DUTY), ("s4", words::BUSY)];
    let keys = keys.map(|(color, name)| (color.to_owned(), both(name)));
    page.figure(words::COURIERS, &legend(keys), drawing);
}

pub(super) fn latency(page: &mut Page, timeline: &Timeline) {
    let moments = timeline.thinned(240);
    let Some(last) = moments.last() else { return };
    let measured = || moments.iter().flat_map(|moment| [moment.p50_us, moment.p99_us]).flatten();
    let (Some(least), Some(most)) = (measured().min(), measured().max()) else { return };
    let mut drawing = Drawing::new(HALF.0, HALF.1, words::LATENCY_OVER_TIME);
    let frame = Frame::of(HALF.0, HALF.1);
    let y = frame.latency_axis(&mut drawing, least as f64, most as f64);
    let x = frame.time_axis(&mut drawing, last.at_s);
    for (color, read) in [("s2", p50 as fn(&Moment) -> Option<u64>), ("s3", p99)] {
        // A pause in measuring is a gap in the line.
        for run in moments.split(|moment| read(moment).is_none()) {
            let points = run.iter().filter_map(|moment| {
                Some((x.at(f64::from(moment.at_s)), y.at(read(moment)? as f64)))
            });
            let data = through(points);
            if !data.is_empty() {
                drawing.path(&format!("line {color}"), &data);
            }
        }
    }
    hover(&mut drawing, &frame, &moments, &x, |moment| {
        let figure = |value: Option<u64>| value.map_or("–".to_owned(), microseconds);
        format!("\np50: {}\np99: {}", figure(moment.p50_us), figure(moment.p99_us))
    });
    let keys = [("s2", "p50"), ("s3", "p99")];
    let keys = keys.map(|(color, name)| (color.to_owned(), name.to_owned()));
    page.figure(words::LATENCY_OVER_TIME, &legend(keys), drawing);
}

fn p50(moment: &Moment) -> Option<u64> {
    moment.p50_us
}

fn p99(moment: &Moment) -> Option<u64> {
    moment.p99_us
}

/// An invisible stripe for each moment that tells its figures when pointed at.
fn hover(
    drawing: &mut Drawing,
    frame: &Frame,
    moments: &[&Moment],
    x: &Scale,
    tell: impl Fn(&Moment) -> String,
) {
    let width = (frame.right - frame.left) / moments.len().max(2).saturating_sub(1) as f64;
    for moment in moments {
        let left = x.at(f64::from(moment.at_s)) - width / 2.0;
        let story = format!("{}{}", clock(moment.at_s), tell(moment));
        drawing.rect("hit", (left, frame.top), (width, frame.bottom - frame.top), &story);
    }
}
