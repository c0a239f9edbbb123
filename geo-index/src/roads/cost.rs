//! What a stretch of road costs: its time, and its length beside it.

use vocabulary::{Meters, Seconds};

use crate::travel::Travel;

/// Milliseconds in the upper half, centimetres in the lower: one number that is added and compared,
/// the quicker way first and of two equally quick ones the shorter. So every search finds one and
/// the same answer, whichever way it looks for it.
///
/// A way may take 49 days and be 42,949 km long before a half runs over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(super) struct Cost(pub(super) u64);

impl Cost {
    pub(super) const ZERO: Self = Self(0);
    /// There is no way.
    pub(super) const NEVER: Self = Self(u64::MAX);

    /// So many metres at this speed.
    pub(super) fn of(metres: f64, metres_per_second: f64) -> Self {
        let centimetres = (metres * 100.0).round() as u32;
        let milliseconds = (metres / metres_per_second * 1_000.0).round() as u32;
        Self((u64::from(milliseconds) << 32) | u64::from(centimetres))
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The length to the nearest metre, the time rounded up: a promise should not be early.
    pub(super) fn travel(self) -> Travel {
        let milliseconds = (self.0 >> 32) as u32;
        let centimetres = self.0 as u32;
        Travel {
            distance: Meters(centimetres / 100 + u32::from(centimetres % 100 >= 50)),
            time: Seconds(milliseconds.div_ceil(1_000)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quicker_way_is_less_and_then_the_shorter() {
        let way = Cost::of(1_000.0, 5.0);
        assert_eq!(way.travel(), Travel { distance: Meters(1_000), time: Seconds(200) });
        assert!(Cost::of(900.0, 4.0) > way);
        assert!(Cost::of(500.0, 2.5) < way);
        let both = way.plus(Cost::of(0.6, 5.0));
        assert_eq!(both.travel(), Travel { distance: Meters(1_001), time: Seconds(201) });
        assert_eq!(way.plus(Cost::NEVER), Cost::NEVER);
    }
}
