//! What a merchant is paid for a business day of one of its stores, and whether others count the same.
//!
//! A [`Settlement`] is worked out of the day's book and its adjustments; once the day is closed it
//! is frozen, and only an adjustment of a later, open day can correct it. A [`Filing`] says what tax
//! is due of the same books. [`reconcile`] holds a channel's statement against them and names every
//! difference. This room pays nobody and files nothing.

mod filing;
mod period;
mod policy;
mod reconcile;
mod statement;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod worked;

pub use filing::{FilingRow, Taxed, filing};
pub use period::{Adjustment, Closed, Period, SettlementRefusal};
pub use policy::{Party, SettlementPolicy};
pub use reconcile::{Claim, Difference, Reconciliation, Record, reconcile};
pub use statement::Settlement;
