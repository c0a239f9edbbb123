//! One store's desk: its face to the city, its board and the fulfillment orders on it.
//!
//! The [`Store`] is sole writer of its opening, its load and every fulfillment order until the
//! goods are handed over. It keeps no stock (the inventory does) and follows no courier.

mod command;
pub mod pickup_code;
mod status;

pub use command::*;
pub use status::StoreStatus;
