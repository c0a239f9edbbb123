//! Which stores fulfil an order: hard filters, then fewest splits, then the policy's score.
//!
//! [`plan`] reads a [`crate::view::CityView`] and proposes; the inventories that are asked to hold
//! decide. It reserves nothing and remembers nothing: equal questions about equal views get equal
//! answers, and every answer names the stores that were looked at and why each lost.

mod answer;
mod assign;
mod basket;
mod budget;
mod candidate;
mod contest;
mod deal;
mod door;
mod farther;
mod filters;
mod greedy;
mod mask;
mod plan;
mod planner;
mod promise;
mod question;
mod ranks;
mod reach;
mod refuse;
mod request;
mod score;
mod split;
#[cfg(test)]
mod tests;
mod wide;

pub use door::check_door;
pub use plan::{
    CandidateVerdict, LostBecause, PlanPart, SearchKind, SourcingPlan, SourcingRecord, Surveyed,
};
pub use planner::{plan, survey};
pub use request::{SourcingLine, SourcingPurpose, SourcingRequest};
