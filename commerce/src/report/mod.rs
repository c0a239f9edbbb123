//! What the postings of a day add up to, and the figures that are shown of it.
//!
//! A [`DayBook`] is the sum of one store's postings of one business day, by everything people ask
//! for. It only adds: the same postings in any order make the same book. No figure is stored
//! anywhere else, and none is computed in another way.

mod day_book;
mod durations;
mod figures;
mod stock;
#[cfg(test)]
mod tests;

pub use day_book::{DayBook, FeeKey, FeeSum, NO_TIER, Receipts, TaxKey, TaxSum};
pub use durations::Durations;
pub use figures::{Figures, Service};
pub use stock::{StockDay, Turns};
