//! What a store has, and for whom it is kept.
//!
//! The [`Inventory`] is sole writer of on-hand, reservations and stock movements. Its decisions
//! never promise more than is available to sell; observations may, and then every uncovered unit
//! is raised as a shortfall at once. It knows no prices, no people and no shelves.

mod command;

pub use command::*;
