//! One store's desk: its face to the city, its board and the fulfillment orders on it.
//!
//! The [`Store`] is sole writer of its opening, its load and every fulfillment order until the
//! goods are handed over. It keeps no stock (the inventory does) and follows no courier.

mod apply;
mod assign;
mod board;
mod command;
mod event;
mod front;
mod fulfillment;
mod hand_over;
mod lines;
mod machine;
mod pack;
pub mod pickup_code;
mod status;
mod steer;

pub use board::BoardNumber;
pub use command::*;
pub use event::{CancelledBecause, StoreEvent};
pub use front::StoreFront;
pub use fulfillment::{ExpectedCourier, FulfillmentOrder, FulfillmentState, Reminded};
pub use machine::{Store, StoreRow};
pub use pickup_code::PickupCode;
pub use status::{StoreStatus, Trading};

#[cfg(test)]
mod tests;
