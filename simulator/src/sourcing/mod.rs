//! Sourcing measured: a made-up city of stores and its baskets, answered by the planner that a
//! running city uses, by two rules that users know from elsewhere, and by the exact optimum.
//!
//! Every way of answering has a city of its own, since each lives with the stock that it left. The
//! rules and the optimum are written anew from the documents' words: they share no code with the
//! planner, and neither does what checks the answers.

mod able;
mod answer;
mod baskets;
mod beside;
mod city;
#[cfg(feature = "exact")]
mod exact;
mod figures;
mod gap;
mod play;
mod rules;
mod shelves;
mod table;
#[cfg(test)]
mod tests;

pub use answer::{Answer, Share};
pub use baskets::{Asked, Baskets};
pub use beside::Beside;
pub use city::{City, Terms};
pub use figures::Figures;
pub use gap::Gap;
pub use play::{Play, Way, play};
pub use table::table;
