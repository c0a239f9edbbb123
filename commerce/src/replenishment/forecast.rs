//! A level that follows the days, times what each weekday usually is of it.
//!
//! Simple exponential smoothing over demand without its weekly rhythm: the oldest method that
//! retailers still use for daily sales of one SKU at one store, where days are few, counts are small
//! and many are zero. What it would have got wrong is measured, not hoped (see the back-test).

use super::{Day, DemandHistory};

/// How fast the level may follow; the one that would have erred least is taken.
const SMOOTHINGS: [f64; 4] = [0.05, 0.1, 0.2, 0.4];
/// A weekday's own share counts as much as the week's after so many weeks.
const WEEKS_TO_BELIEVE: f64 = 4.0;

/// What is expected of the days after a history.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Forecast {
    level: f64,
    /// Of an ordinary day, from Monday on.
    rhythm: [f64; 7],
    from: Day,
    /// Of a day around its expectation, in units.
    pub deviation: f64,
}

impl Forecast {
    pub fn of(history: &DemandHistory) -> Self {
        let rhythm = rhythm_of(history);
        let tried = SMOOTHINGS.map(|smoothing| smooth(history, &rhythm, smoothing));
        let best = tried.into_iter().min_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((0.0, 0.0));
        let (level, squared_error) = best;
        let from = history.next_day();
        Self { level, rhythm, from, deviation: squared_error.max(0.0).sqrt() }
    }

    /// Of the day so many days after the history's next.
    pub fn day(&self, ahead: usize) -> f64 {
        self.level * share(&self.rhythm, self.from.after(ahead))
    }

    /// Of the days `from..until` after the history's next.
    pub fn over(&self, from: usize, until: usize) -> f64 {
        (from..until).map(|ahead| self.day(ahead)).sum()
    }
}

fn share(rhythm: &[f64; 7], day: Day) -> f64 {
    rhythm.get(day.weekday()).copied().unwrap_or(1.0)
}

/// What each weekday is of an ordinary day, pulled towards 1 while few weeks are known.
fn rhythm_of(history: &DemandHistory) -> [f64; 7] {
    let mean = history.mean();
    let mut rhythm = [1.0; 7];
    if mean <= 0.0 {
        return rhythm;
    }
    for (weekday, share) in rhythm.iter_mut().enumerate() {
        let same = history.days().filter(|(day, _)| day.weekday() == weekday);
        let (count, sum) = same.fold((0.0, 0.0), |(n, sum), (_, units)| (n + 1.0, sum + units));
        *share = (sum / mean + WEEKS_TO_BELIEVE) / (count + WEEKS_TO_BELIEVE);
    }
    rhythm
}

/// The level after the last day, and the mean square of what each day was off from the level before
/// it. The first week begins the level and is not judged.
fn smooth(history: &DemandHistory, rhythm: &[f64; 7], smoothing: f64) -> (f64, f64) {
    let mut level = history.until(7).mean();
    let (mut squares, mut judged) = (0.0, 0.0_f64);
    for (index, (day, units)) in history.days().enumerate() {
        let share = share(rhythm, day).max(0.05);
        if index >= 7 {
            let error = units - level * share;
            squares += error * error;
            judged += 1.0;
        }
        level += smoothing * (units / share - level);
    }
    (level, squares / judged.max(1.0))
}
