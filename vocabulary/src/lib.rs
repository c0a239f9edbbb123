//! The words every crate of Paidan says: ids, money, measures, places, time and chance.
//!
//! This room knows no stores and no orders. It never does I/O; the one reading of the wall clock
//! in the whole workspace is [`SystemClock`].

mod chance;
mod ids;
mod measures;
mod money;
mod places;
pub mod planted;
mod time;

pub use chance::{Chance, Id, IdSource, derive};
pub use ids::*;
pub use measures::{Grams, Meters, Quantity, Seconds};
pub use money::{ApportionError, Money, MoneyOverflow, Units, apportion};
pub use places::{
    CoordinateSystem, Place, PlaceError, bd09_to_gcj02, gcj02_to_bd09, gcj02_to_wgs84,
    wgs84_to_gcj02,
};
pub use time::{Clock, ScaledClock, SystemClock, Timestamp, VirtualClock};
