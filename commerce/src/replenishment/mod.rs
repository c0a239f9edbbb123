//! How much each store should have, and where to get it from: demand of past days, a forecast with
//! the error it would have made, a safety stock for a chosen service level, and a plan that moves
//! what others have too much of before it buys.
//!
//! It knows numbers of units per day and where they are; it orders nothing, and it decides the same
//! for the same days. Each rule has a worked example in docs/commerce.md, which its tests read.

mod assess;
mod backtest;
mod demand;
mod forecast;
mod plan;
mod policy;
#[cfg(test)]
mod tests;

pub use assess::{Assessment, assess};
pub use backtest::Accuracy;
pub use demand::{Day, DemandHistory};
pub use plan::{Need, Shelf, Suggestion, SupplySource, plan};
pub use policy::ReplenishmentPolicy;
