//! The short number that is called out and written on the bag.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// 1 to 999, counted anew each local day and again after 999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct BoardNumber {
    pub day: Date,
    pub number: u16,
}

impl BoardNumber {
    const LAST: u16 = 999;

    /// The number after `previous` on `day`.
    pub fn after(previous: Option<Self>, day: Date) -> Self {
        let number = match previous {
            Some(previous) if previous.day == day && previous.number < Self::LAST => {
                previous.number.saturating_add(1)
            }
            Some(_) | None => 1,
        };
        Self { day, number }
    }
}
