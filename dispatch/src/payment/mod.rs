//! One payment of an order, and what of it was given back.
//!
//! It never talks to a bank: it records the provider's verified word and what the order asks.

mod command;

pub use command::*;
