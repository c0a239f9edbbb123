//! Scales and axes.

use super::super::format::{clock, round_microseconds};
use super::markup::Drawing;

/// The inner box of a drawing that figures are plotted in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
}

/// Maps figures to a stretch of pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
    logarithmic: bool,
}

impl Scale {
    pub(super) fn linear(low: f64, high: f64, from: f64, to: f64) -> Self {
        let high = if high > low { high } else { low + 1.0 };
        Self { low, high, from, to, logarithmic: false }
    }

    /// Both bounds must be above zero.
    pub(super) fn logarithmic(low: f64, high: f64, from: f64, to: f64) -> Self {
        let (low, high) = (low.max(f64::MIN_POSITIVE).log10(), high.max(f64::MIN_POSITIVE).log10());
        Self { low, high: high.max(low + 0.1), from, to, logarithmic: true }
    }

    /// The pixel of a figure; figures beyond the bounds stay at them.
    pub(super) fn at(&self, figure: f64) -> f64 {
        let figure = if self.logarithmic { figure.max(f64::MIN_POSITIVE).log10() } else { figure };
        let share = ((figure - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        self.from + (self.to - self.from) * share
    }
}

impl Frame {
    /// Leaves room for labels on the left and below.
    pub(super) fn of(width: f64, height: f64) -> Self {
        Self { left: 62.0, right: width - 22.0, top: 12.0, bottom: height - 28.0 }
    }

    /// Counts from zero up, with their rules and labels.
    pub(super) fn count_axis(&self, drawing: &mut Drawing, most: f64) -> Scale {
        let step = nice_step(most.max(1.0) / 4.0).max(1.0);
        let top = (most.max(1.0) / step).ceil() * step;
        let scale = Scale::linear(0.0, top, self.bottom, self.top);
        let mut tick = 0.0;
        while tick <= top + step / 2.0 {
            self.rule(drawing, scale.at(tick), &super::count(tick as u64));
            tick += step;
        }
        scale
    }

    /// Microseconds on a logarithmic scale.
    pub(super) fn latency_axis(&self, drawing: &mut Drawing, least_us: f64, most_us: f64) -> Scale {
        let low = 10f64.powf(least_us.max(1.0).log10().floor());
        let high = 10f64.powf(most_us.max(low * 10.0).log10().ceil());
        let scale = Scale::logarithmic(low, high, self.bottom, self.top);
        let few = (high / low).log10() < 2.5;
        let mut decade = low;
        while decade <= high * 1.01 {
            for factor in [1.0, 2.0, 5.0] {
                let tick = decade * factor;
                if tick <= high * 1.01 && (few || factor == 1.0) {
                    self.rule(drawing, scale.at(tick), &round_microseconds(tick as u64));
                }
            }
            decade *= 10.0;
        }
        scale
    }

    fn rule(&self, drawing: &mut Drawing, y: f64, label: &str) {
        drawing.line("rule", (self.left, y), (self.right, y));
        drawing.text("", (self.left - 7.0, y + 4.0), "end", label);
    }

    /// Time since the run began, in seconds, labelled as hours and minutes.
    pub(super) fn time_axis(&self, drawing: &mut Drawing, last_s: u32) -> Scale {
        let scale = Scale::linear(0.0, f64::from(last_s.max(1)), self.left, self.right);
        let steps =
            [10, 30, 60, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 14_400, 21_600, 43_200];
        let most = if self.right - self.left > 800.0 { 14 } else { 8 };
        let step = steps.into_iter().find(|step| last_s / step <= most).unwrap_or(86_400);
        for tick in (0..=last_s).step_by(step as usize) {
            let x = scale.at(f64::from(tick));
            let label = if step < 60 { format!("{tick} s") } else { clock(tick) };
            drawing.line("rule", (x, self.bottom), (x, self.bottom + 4.0));
            drawing.text("", (x, self.bottom + 19.0), "middle", &label);
        }
        scale
    }
}

/// The smallest of 1, 2, 5 times a power of ten that is at least `rough`.
pub(super) fn nice_step(rough: f64) -> f64 {
    let power = 10f64.powf(rough.max(1e-9).log10().floor());
    [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|factor| factor * power)
        .find(|step| *step >= rough * 0.999_999)
        .unwrap_or(10.0 * power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round_numbers() {
        assert_eq!([0.3, 1.0, 3.0, 7.0, 230.0].map(nice_step), [0.5, 1.0, 5.0, 10.0, 500.0]);
    }

    #[test]
    fn scales_keep_to_their_pixels() {
        let scale = Scale::logarithmic(1.0, 100.0, 0.0, 10.0);
        assert_eq!([scale.at(0.0), scale.at(10.0), scale.at(1e9)], [0.0, 5.0, 10.0]);
        let flat = Scale::linear(3.0, 3.0, 0.0, 10.0);
        assert!(flat.at(3.0).is_finite());
    }
}
