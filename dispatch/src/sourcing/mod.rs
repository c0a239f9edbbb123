//! Which stores fulfil an order: hard filters, then fewest splits, then the policy's score.

mod plan;
mod request;

pub use plan::{CandidateVerdict, LostBecause, PlanPart, SearchKind, SourcingPlan, SourcingRecord};
pub use request::{SourcingLine, SourcingPurpose, SourcingRequest};
