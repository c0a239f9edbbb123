//! What a run came to: a summary to fill in, thresholds that judge it, and three ways to show it:
//! a table for the terminal, JSON for machines, one self-contained HTML page for people.
//!
//! This room measures nothing and knows no wire: the shell that plays a run records, this room
//! adds up and draws. A summary that was never measured shows as such, never as zero.

mod books;
mod figures;
mod format;
mod happened;
mod html;
mod latency;
mod metric;
mod outcome;
mod sketch;
mod spread;
mod summary;
mod table;
mod threshold;
mod timeline;
mod width;
mod words;

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

pub use books::{BooksOfRun, HouseTotals, MemberBooks, MoneyBooks};
pub use happened::Happened;
pub use html::html;
pub use latency::{Latency, LatencyRecorder, Percentiles};
pub use outcome::Outcome;
pub use sketch::{MapSketch, SketchRoute, SketchStore, SketchStreet};
pub use spread::Spread;
pub use summary::{
    Ending, FleetUse, Funnel, Journey, ModeCounts, Modes, OfferCounts, OrderCounts, Referee,
    RunSummary, Sourcing, Traffic, VERSION, Violation,
};
pub use table::table;
pub use threshold::{Threshold, ThresholdError, ThresholdResult};
pub use timeline::{Moment, OrdersByState, Timeline};

/// The summary as JSON, for other programs. Its shape is told by its `version` field.
pub fn json(summary: &RunSummary) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(summary)
}
