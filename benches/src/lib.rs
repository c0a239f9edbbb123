//! What the benches share: percentiles, medians, a table, the machine they ran on.
//!
//! Every bench asks one question, names its workload and unit, and stands beside a floor measured
//! in the same run. Nothing here asserts a time: figures go to RESULTS.md with their commit.

pub mod bare;
pub mod city;
pub mod client;
pub mod durable;
pub mod pace;
pub mod role;
pub mod server;
pub mod shop;
pub mod sockets;

use std::fmt::{Display, Write};
use std::time::Duration;

use hdrhistogram::Histogram;
use mimalloc::MiMalloc;

/// The program's own: a server of the benches is the program's library in a process of theirs.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Latencies in microseconds up to a minute, with three digits.
pub struct Latencies(Histogram<u64>);

impl Default for Latencies {
    fn default() -> Self {
        #[expect(clippy::expect_used, reason = "constant bounds that the histogram accepts")]
        Self(Histogram::new_with_bounds(1, 60_000_000, 3).expect("bounds are in order"))
    }
}

impl Latencies {
    pub fn record(&mut self, took: Duration) {
        self.0.saturating_record(took.as_micros() as u64);
    }

    pub fn merge(&mut self, other: &Self) {
        // Both have the same bounds, so nothing can be out of range.
        let _ = self.0.add(&other.0);
    }

    pub fn millis(&self, percentile: f64) -> f64 {
        self.0.value_at_quantile(percentile / 100.0) as f64 / 1_000.0
    }

    pub fn count(&self) -> u64 {
        self.0.len()
    }
}

/// The value, or the end of the bench with a sentence: a bench has nobody to hand an error to.
#[track_caller]
pub fn must<T, E: Display>(what: &str, outcome: Result<T, E>) -> T {
    match outcome {
        Ok(value) => value,
        Err(error) => panic!("{what}: {error}"),
    }
}

/// A folder that goes away with the run.
pub fn folder() -> tempfile::TempDir {
    must("a folder for the run", tempfile::tempdir())
}

/// The load generator's own thread: one, so that the rest of the machine is the server's.
pub fn runtime() -> tokio::runtime::Runtime {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    must("a runtime", runtime)
}

/// The middle of an odd number of runs.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// `runs` results of one workload and their median.
pub fn medians<const N: usize>(runs: usize, mut run: impl FnMut() -> [f64; N]) -> [f64; N] {
    let results: Vec<[f64; N]> = (0..runs).map(|_| run()).collect();
    std::array::from_fn(|column| {
        median(results.iter().filter_map(|row| row.get(column).copied()).collect())
    })
}

/// How often each figure is taken: five, or as `RUNS` says.
pub fn runs() -> usize {
    std::env::var("RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(5)
}

/// The question and what it is asked of, as the head of a bench's output.
pub fn ask(question: &str, workload: &str) {
    println!("\n## {question}\n\n{workload}\n");
}

/// A table in Markdown, as it goes to RESULTS.md.
pub fn table(head: &[&str], rows: &[Vec<String>]) {
    let mut text = String::new();
    let _ = writeln!(text, "| {} |", head.join(" | "));
    let _ = writeln!(text, "|{}", " --- |".repeat(head.len()));
    for row in rows {
        let _ = writeln!(text, "| {} |", row.join(" | "));
    }
    println!("{text}");
}

/// Resident memory of this process in bytes (Linux), 0 elsewhere.
pub fn resident_bytes() -> u64 {
    resident_bytes_of("self")
}

/// Resident memory of another process.
pub fn resident_bytes_of(process: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kibibytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    kibibytes.unwrap_or(0) * 1_024
}
