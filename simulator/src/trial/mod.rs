//! Trials: published days of orders, played in virtual time through the planner that a running
//! city uses, under the rules of the public format.
//!
//! The rules are the format's (travel in whole minutes along straight lines, two minutes of service
//! on either side of every hand-over, goods of one restaurant at a time, nobody turned round on the
//! way, no pick-up after the shift); who does what is [`dispatch::trips`]' alone. Nothing is known
//! of an order before it is placed.
//!
//! This room never decides who gets an order, and its figures are no judge: solutions are written
//! for one who shares no code with it.

pub(crate) mod effort;
mod figures;
mod knowledge;
mod play;
mod rules;
mod solution;
mod table;

pub use figures::{Figures, Spread};
pub use knowledge::ReadyTimes;
pub use play::{Setting, Trial, play};
pub use solution::{Assignment, Move, Served, Solution};
pub use table::table;

#[cfg(test)]
mod tests;
