//! The books: what was sold, given back, received and kept, to the fen.
//!
//! An [`Account`] follows one order through plain [`Fact`]s and answers each with the [`Entry`]s it
//! posts; a [`Posting`] is such an entry with when and where it counts, and never changes again.
//! Everything that reports, settles or is filed adds up postings. This room knows no events, no
//! zones and no storage: whoever follows the feed translates, and keeps what is posted.

mod account;
mod entry;
mod line;
#[cfg(test)]
mod tests;

pub use account::{Account, Balance, Calendar, Fact, OrderTerms, UnitsOfLine, Why};
pub use entry::{
    Discount, Entry, FeeAmount, Occasion, Posting, SaleLine, Served, Tender, TimesOfPart,
};
pub use line::{LineTerms, platform_fees};
