//! What a planner answers, with its reasons.

use serde::{Deserialize, Serialize};
use vocabulary::{Meters, Place, StoreId, Timestamp};

use super::SourcingPurpose;
use crate::order::line::LineUnits;

/// Which store takes which units. The parts always sum to what was asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourcingPlan {
    pub parts: Vec<PlanPart>,
    pub search: SearchKind,
    /// The stores looked at, nearest first, and why each lost; kept with the order. Short when
    /// the search ended with the nearest store that has everything.
    pub because: Vec<CandidateVerdict>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanPart {
    pub store: StoreId,
    /// Where the goods are picked up.
    pub place: Place,
    pub lines: Vec<LineUnits>,
    /// Store to door; absent for pickup.
    pub distance: Option<Meters>,
    /// Predicted end of packing.
    pub ready_at: Timestamp,
    /// The window promised for this part.
    pub promised_from: Timestamp,
    pub promised_by: Timestamp,
    /// Set when the store should start later (wanted at a later time).
    pub release_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SearchKind {
    /// Proven fewest splits and best score among the candidates.
    Exact,
    /// Too many candidates, or too much to search: a good cover, not proven to be the best.
    Greedy,
    /// One store was given.
    Pinned,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CandidateVerdict {
    pub store: StoreId,
    pub distance: Option<Meters>,
    /// `None` for the chosen.
    pub lost: Option<LostBecause>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "reason")]
pub enum LostBecause {
    Excluded,
    ModeNotOffered,
    OutsideServiceArea,
    /// Not open when it would have to work.
    Closed {
        opens_at: Option<Timestamp>,
    },
    Paused,
    ScreenOffline,
    NoneListed,
    NotEnoughStock {
        lines_covered: u32,
        lines_wanted: u32,
    },
    CapacityFull,
    /// Could take part, but every plan with it needs more stores than the chosen one.
    MoreSplits,
    /// The best plan with it has as few stores and a worse score, or an equal one from farther away.
    WorseScore {
        score: f64,
        best: f64,
    },
    /// Farther away than a store that gives everything, where the nearest wins.
    NotLookedAt,
}

/// One planning as it is kept with the order: question, answer, reasons.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourcingRecord {
    pub at: Timestamp,
    pub purpose: SourcingPurpose,
    pub plan: Option<SourcingPlan>,
    /// Why there was no plan.
    pub unfillable: Option<String>,
}
