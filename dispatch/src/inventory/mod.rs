//! What a store has, and for whom it is kept.
//!
//! The [`Inventory`] is sole writer of on-hand, reservations and stock movements. Its decisions
//! never promise more than is available to sell; observations may, and then every uncovered unit
//! is raised as a shortfall at once. It knows no prices, no people and no shelves.

mod apply;
mod command;
mod event;
mod give_back;
mod hold;
mod low;
mod machine;
mod moving;
mod observe;
mod reservation;
mod stock;

pub use command::*;
pub use event::{InventoryEvent, movements};
pub use machine::{Inventory, InventoryRow};
pub use reservation::{Reservation, ReservationState};
pub use stock::StockLevel;

#[cfg(test)]
mod tests;
