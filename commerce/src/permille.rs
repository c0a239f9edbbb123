//! Thousandths.

use std::fmt;

use serde::{Deserialize, Serialize};
use vocabulary::Money;

/// Thousandths of something: 130 is 13 %, 1,000 is all of it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Permille(pub u32);

impl Permille {
    pub const WHOLE: Self = Self(1_000);

    /// The least whole fen that is not below this part of `amount`.
    pub(crate) fn lowest_of(self, amount: Money) -> Money {
        let parts = self.parts_of(amount);
        saturated(parts.div_euclid(1_000) + i128::from(parts.rem_euclid(1_000) > 0))
    }

    /// The most whole fen that is not above this part of `amount`.
    pub(crate) fn highest_of(self, amount: Money) -> Money {
        saturated(self.parts_of(amount).div_euclid(1_000))
    }

    fn parts_of(self, amount: Money) -> i128 {
        i128::from(amount.as_fen()) * i128::from(self.0)
    }
}

/// Prices are bounded far below this; a bound beyond 64 bits bounds nothing either way.
fn saturated(fen: i128) -> Money {
    let bound = if fen < 0 { i64::MIN } else { i64::MAX };
    Money::fen(i64::try_from(fen).unwrap_or(bound))
}

impl fmt::Display for Permille {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0 / 10, self.0 % 10) {
            (percent, 0) => write!(f, "{percent} %"),
            (percent, tenth) => write!(f, "{percent}.{tenth} %"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_round_into_the_allowed_side() {
        let list = Money::fen(999);
        assert_eq!(Permille(850).lowest_of(list), Money::fen(850), "849.15 is too low");
        assert_eq!(Permille(850).highest_of(list), Money::fen(849));
        assert_eq!(Permille::WHOLE.lowest_of(list), list);
        assert_eq!(Permille::WHOLE.highest_of(list), list);
    }

    #[test]
    fn thousandths_read_as_percent() {
        assert_eq!(Permille(130).to_string(), "13 %");
        assert_eq!(Permille(5).to_string(), "0.5 %");
    }
}
