//! A store's business day: open while it lasts and until somebody closes it, then closed for ever.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vocabulary::{Money, PrincipalId, StoreId, Timestamp};

use super::Settlement;

/// A correction by hand: of the day it is posted to, or of an earlier day that is closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adjustment {
    pub store: StoreId,
    /// The open day it counts for.
    pub day: Date,
    /// The closed day it corrects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<Date>,
    /// To the merchant; negative takes from it.
    pub amount: Money,
    pub reason: String,
    pub by: PrincipalId,
    pub at: Timestamp,
    /// Under which key it was asked for: the same again is the same adjustment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Box<str>>,
}

/// The settlement as it was when the day was closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    pub settlement: Settlement,
    pub by: PrincipalId,
    pub at: Timestamp,
}

/// What is known of a day when something is asked of it.
#[derive(Debug, Clone, Copy)]
pub struct Period<'a> {
    pub day: Date,
    pub closed: Option<&'a Closed>,
    /// The store's date now.
    pub today: Date,
    /// Whether the books have been read up to a moment after the day's end.
    pub is_read: bool,
}

/// Why a day cannot be closed or adjusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettlementRefusal {
    #[error("{day} is not over at the store: close it from {} on", day.tomorrow().unwrap_or(*day))]
    DayNotOver { day: Date },
    #[error("the books of {day} are still being read: try again in a moment")]
    StillRead { day: Date },
    #[error("{day} is closed: adjust an open day and name {day} as the one it corrects")]
    DayClosed { day: Date },
    #[error("{day} is to come: adjust today or an earlier open day")]
    DayToCome { day: Date },
    #[error("{corrects} is not closed: adjust it itself")]
    NotClosed { corrects: Date },
}

impl Period<'_> {
    /// Whether it may be closed now. A day that is closed stays as it is, however often it is asked.
    pub fn close(&self) -> Result<(), SettlementRefusal> {
        let day = self.day;
        if self.day >= self.today {
            return Err(SettlementRefusal::DayNotOver { day });
        }
        if !self.is_read {
            return Err(SettlementRefusal::StillRead { day });
        }
        Ok(())
    }

    /// Whether it may be adjusted, to correct `corrected` where that is given.
    pub fn adjust(&self, corrected: Option<Period<'_>>) -> Result<(), SettlementRefusal> {
        let day = self.day;
        if self.closed.is_some() {
            return Err(SettlementRefusal::DayClosed { day });
        }
        if self.day > self.today {
            return Err(SettlementRefusal::DayToCome { day });
        }
        match corrected {
            Some(Period { day: corrects, closed: None, .. }) => {
                Err(SettlementRefusal::NotClosed { corrects })
            }
            Some(_) | None => Ok(()),
        }
    }
}
