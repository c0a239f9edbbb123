//! What a planner answers, with its reasons.

use serde::{Deserialize, Serialize};
use vocabulary::{FulfillmentOrderId, Meters, Place, StoreId, Timestamp};

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
    #[serde(default, skip_serializing_if = "Option::is_none")]
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

/// Two dozen of these are kept with every order, so they are written as arrays without names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "Verdict", into = "Verdict")]
pub struct CandidateVerdict {
    pub store: StoreId,
    pub distance: Option<Meters>,
    /// `None` for the chosen.
    pub lost: Option<LostBecause>,
}

/// What one store could do alone, for people who choose by hand.
#[derive(Debug, Clone, PartialEq)]
pub struct Surveyed {
    /// Lost to nobody: `None` for whoever could give everything.
    pub verdict: CandidateVerdict,
    /// The end of the window it could promise, when it could give everything.
    pub promised_by: Option<Timestamp>,
}

type Verdict = (StoreId, Option<Meters>, Option<LostBecause>);

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
    /// The order is spread over as many stores as it may be.
    TooManyStores {
        most: u32,
    },
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

/// One planning as it is kept with the order: question, answer, reasons. What the chosen stores do
/// stands in the order's parts; here are only their names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourcingRecord {
    pub at: Timestamp,
    pub purpose: SourcingPurpose,
    /// The parts that it led to; none when no store was found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chosen: Vec<FulfillmentOrderId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<SearchKind>,
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub because: Box<[CandidateVerdict]>,
    /// Why there was no plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unfillable: Option<Box<str>>,
}

impl From<Verdict> for CandidateVerdict {
    fn from((store, distance, lost): Verdict) -> Self {
        Self { store, distance, lost }
    }
}

impl From<CandidateVerdict> for Verdict {
    fn from(verdict: CandidateVerdict) -> Self {
        (verdict.store, verdict.distance, verdict.lost)
    }
}

impl SourcingRecord {
    /// A planning that led to these parts.
    pub fn planned(
        at: Timestamp,
        purpose: SourcingPurpose,
        plan: &SourcingPlan,
        chosen: impl IntoIterator<Item = FulfillmentOrderId>,
    ) -> Self {
        Self {
            at,
            purpose,
            chosen: chosen.into_iter().collect(),
            search: Some(plan.search),
            because: plan.because.as_slice().into(),
            unfillable: None,
        }
    }

    /// A planning that found nobody.
    pub fn unfillable(at: Timestamp, purpose: SourcingPurpose, because: &str) -> Self {
        let unfillable = Some(because.into());
        Self { at, purpose, chosen: Vec::new(), search: None, because: Box::default(), unfillable }
    }
}
