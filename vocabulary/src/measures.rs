//! Measures that carry their unit in the type.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Distance over ground, in metres, along a great circle unless a name says otherwise.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Meters(pub u32);

/// A span of time in whole seconds.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Seconds(pub u32);

/// Weight in grams.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Grams(pub u32);

/// A count of units of one SKU that somebody asks for: 1 to 9,999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Quantity(u32);

/// A quantity outside 1 to 9,999.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("quantity must be between 1 and {max}, not {given}", max = Quantity::MAX)]
pub struct QuantityOutOfRange {
    given: u32,
}

impl Quantity {
    pub const MAX: u32 = 9_999;

    pub fn new(units: u32) -> Result<Self, QuantityOutOfRange> {
        match units {
            1..=Self::MAX => Ok(Self(units)),
            given => Err(QuantityOutOfRange { given }),
        }
    }

    pub fn get(self) -> u32 {
        self.0
    }
}

impl TryFrom<u32> for Quantity {
    type Error = QuantityOutOfRange;
    fn try_from(units: u32) -> Result<Self, QuantityOutOfRange> {
        Self::new(units)
    }
}

impl From<Quantity> for u32 {
    fn from(quantity: Quantity) -> u32 {
        quantity.0
    }
}

impl Meters {
    /// Rounds to whole metres; negative and not-a-number become zero, too far becomes the maximum.
    pub fn from_f64(meters: f64) -> Self {
        Self(meters.round() as u32)
    }
}

impl Seconds {
    pub const ZERO: Self = Self(0);

    pub const fn minutes(minutes: u32) -> Self {
        Self(minutes.saturating_mul(60))
    }

    pub fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    pub fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    pub fn as_millis(self) -> i64 {
        i64::from(self.0) * 1_000
    }
}

impl fmt::Display for Meters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} m", self.0)
    }
}

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} s", self.0)
    }
}
