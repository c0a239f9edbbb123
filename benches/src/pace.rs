//! A steady beat, whatever becomes of what it starts: the clock of open loops.
//!
//! It beats on a thread of its own, because the runtime's timers know whole milliseconds only and
//! would add theirs to every latency.

use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Calls `beat` with each number and its intended time, so many times a second. Late beats follow
/// at once: none is left out.
pub fn beat_on_a_thread(
    per_second: u32,
    count: usize,
    mut beat: impl FnMut(usize, Instant) + Send + 'static,
) -> JoinHandle<()> {
    std::thread::spawn(move || {
        let began = Instant::now() + Duration::from_millis(5);
        for number in 0..count {
            let intended = began + Duration::from_secs_f64(number as f64 / f64::from(per_second));
            std::thread::sleep(intended.saturating_duration_since(Instant::now()));
            beat(number, intended);
        }
    })
}
