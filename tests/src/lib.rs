//! What the tests of the whole system share: starting a server, speaking to it, reading what it did.
//!
//! The tests themselves stand in `tests/tests`, one file per question. This room never decides
//! anything a crate of the product decides: it looks from outside. It is empty without the
//! feature `whole-system`, so that tidy can run before anything heavy is built.

#![cfg(feature = "whole-system")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

#[path = "../../persistence/tests/cache/mod.rs"]
pub mod cache;
pub mod check;
pub mod city;
pub mod client;
#[path = "../../persistence/tests/cluster/mod.rs"]
pub mod cluster;
pub mod disk;
pub mod server;
pub mod shopping;
pub mod socket;
pub mod town;

/// How often a fault is played, in lots: so many times, or as often as `PAIDAN_ROUNDS` says. Each lot
/// has a city of its own, which is looked at whole at its end: a city that went on for thousands of
/// rounds would be mostly its own past. The number of the lot, and its rounds.
pub fn lots(size: u64) -> impl Iterator<Item = (u64, u64)> {
    let told = std::env::var("PAIDAN_ROUNDS").ok();
    let count: u64 = told.map_or(size, |rounds| rounds.parse().expect("PAIDAN_ROUNDS is a number"));
    (0..count.div_ceil(size)).map(move |lot| (lot, size.min(count - lot * size)))
}
