//! What the shopper said of an order afterwards, once.

use serde::{Deserialize, Serialize};
use vocabulary::{PersonId, Timestamp};

/// Stars are 1 to 5. Only rated orders have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rating {
    pub at: Timestamp,
    pub words: RatingWords,
}

/// The shopper's own part of a rating.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RatingWords {
    pub store_stars: u8,
    /// Absent where no courier of ours brought it, or where the shopper says nothing of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub courier_stars: Option<u8>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<RatingTag>,
    /// Where the written text lies sealed, with names and addresses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<PersonId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RatingTag {
    Fast,
    Polite,
    WellPacked,
    Fresh,
    Slow,
    Rude,
    BadlyPacked,
    NotFresh,
    ItemsMissing,
}

/// Most tags of one rating.
pub const MOST_TAGS: usize = 5;
