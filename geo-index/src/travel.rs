//! How long a trip takes, asked through one face so that a road network can replace the guess.

use serde::{Deserialize, Serialize};
use vocabulary::{Meters, Place, Seconds, Timestamp};

use crate::distance::{Direction, chord_squared, direction, over_ground, whole_metres};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TravelMode {
    Walk,
    Bicycle,
    Ebike,
    Car,
}

/// What a trip costs: the way along the streets and the time it takes, without any waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Travel {
    #[serde(rename = "distance_m")]
    pub distance: Meters,
    #[serde(rename = "time_s")]
    pub time: Seconds,
}

/// Says how far and how long a trip is. Equal questions get equal answers.
pub trait TravelTime: Send + Sync {
    /// The trip of somebody who leaves at `at`.
    fn travel(&self, from: Place, to: Place, mode: TravelMode, at: Timestamp) -> Travel;

    /// Every trip from each of `from` to each of `to`. Equal to asking one by one; an engine
    /// that knows a quicker way overrides this.
    fn table(&self, from: &[Place], to: &[Place], mode: TravelMode, at: Timestamp) -> TravelTable {
        TravelTable::fill(from, to, |&from, &to| self.travel(from, to, mode, at))
    }
}

/// Trips by index of origin and destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TravelTable {
    width: usize,
    trips: Vec<Travel>,
}

impl TravelTable {
    pub fn fill<A, B>(from: &[A], to: &[B], mut travel: impl FnMut(&A, &B) -> Travel) -> Self {
        let mut trips = Vec::with_capacity(from.len() * to.len());
        for origin in from {
            trips.extend(to.iter().map(|destination| travel(origin, destination)));
        }
        Self { width: to.len(), trips }
    }

    /// Nothing when either index is out of range.
    pub fn get(&self, from: usize, to: usize) -> Option<Travel> {
        if to >= self.width {
            return None;
        }
        self.trips.get(from.checked_mul(self.width)?.checked_add(to)?).copied()
    }

    /// The trips of one origin to all destinations; empty when it is out of range.
    pub fn row(&self, from: usize) -> &[Travel] {
        let start = from.saturating_mul(self.width);
        self.trips.get(start..start.saturating_add(self.width)).unwrap_or_default()
    }
}

/// Travel without a map: the great circle, stretched by a factor, at one speed per mode.
///
/// The same at all hours and in both directions. The default figures are assumptions to start
/// with; a chain should set its own from its couriers' tracks.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Assumptions", into = "Assumptions")]
pub struct StraightLine(Assumptions);

/// What a [`StraightLine`] refuses to believe.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum StraightLineError {
    #[error("the detour factor must be from 1 to 10, not {0}")]
    Detour(f64),
    #[error("the speed of {mode:?} must be from 0.1 to 50 m/s, not {metres_per_second}")]
    Speed { mode: TravelMode, metres_per_second: f64 },
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Assumptions {
    /// Metres along the streets per metre of straight line.
    detour_factor: f64,
    walk_m_per_s: f64,
    bicycle_m_per_s: f64,
    ebike_m_per_s: f64,
    car_m_per_s: f64,
}

impl StraightLine {
    /// `metres_per_second` is asked for the speed of each mode.
    pub fn new(
        detour_factor: f64,
        metres_per_second: impl Fn(TravelMode) -> f64,
    ) -> Result<Self, StraightLineError> {
        Self::try_from(Assumptions {
            detour_factor,
            walk_m_per_s: metres_per_second(TravelMode::Walk),
            bicycle_m_per_s: metres_per_second(TravelMode::Bicycle),
            ebike_m_per_s: metres_per_second(TravelMode::Ebike),
            car_m_per_s: metres_per_second(TravelMode::Car),
        })
    }

    pub fn metres_per_second(&self, mode: TravelMode) -> f64 {
        self.0.metres_per_second(mode)
    }

    /// The way is to the nearest metre, the time is rounded up: a promise should not be early.
    fn trip(&self, from: Direction, to: Direction, mode: TravelMode) -> Travel {
        let straight = over_ground(chord_squared(from, to));
        let distance = whole_metres(f64::from(straight.0) * self.0.detour_factor);
        let time = (f64::from(distance.0) / self.metres_per_second(mode)).ceil();
        Travel { distance, time: Seconds(time as u32) }
    }
}

impl Assumptions {
    fn metres_per_second(&self, mode: TravelMode) -> f64 {
        match mode {
            TravelMode::Walk => self.walk_m_per_s,
            TravelMode::Bicycle => self.bicycle_m_per_s,
            TravelMode::Ebike => self.ebike_m_per_s,
            TravelMode::Car => self.car_m_per_s,
        }
    }
}

impl Default for StraightLine {
    fn default() -> Self {
        Self(Assumptions {
            detour_factor: 1.4,
            walk_m_per_s: 1.3,
            bicycle_m_per_s: 3.5,
            ebike_m_per_s: 5.0,
            car_m_per_s: 6.0,
        })
    }
}

impl TryFrom<Assumptions> for StraightLine {
    type Error = StraightLineError;
    fn try_from(assumed: Assumptions) -> Result<Self, StraightLineError> {
        if !(1.0..=10.0).contains(&assumed.detour_factor) {
            return Err(StraightLineError::Detour(assumed.detour_factor));
        }
        for mode in [TravelMode::Walk, TravelMode::Bicycle, TravelMode::Ebike, TravelMode::Car] {
            let metres_per_second = assumed.metres_per_second(mode);
            if !(0.1..=50.0).contains(&metres_per_second) {
                return Err(StraightLineError::Speed { mode, metres_per_second });
            }
        }
        Ok(Self(assumed))
    }
}

impl From<StraightLine> for Assumptions {
    fn from(line: StraightLine) -> Self {
        line.0
    }
}

impl TravelTime for StraightLine {
    fn travel(&self, from: Place, to: Place, mode: TravelMode, _at: Timestamp) -> Travel {
        self.trip(direction(from), direction(to), mode)
    }

    /// Turns each place into a direction once instead of once per pair.
    fn table(&self, from: &[Place], to: &[Place], mode: TravelMode, _at: Timestamp) -> TravelTable {
        let from: Vec<_> = from.iter().copied().map(direction).collect();
        let to: Vec<_> = to.iter().copied().map(direction).collect();
        TravelTable::fill(&from, &to, |&from, &to| self.trip(from, to, mode))
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::distance::distance;
    use crate::testing::{any_place, place};

    const NOON: Timestamp = Timestamp::from_millis(43_200_000);

    /// The table of the trait, not the quicker one of [`StraightLine`].
    struct OneByOne(StraightLine);

    impl TravelTime for OneByOne {
        fn travel(&self, from: Place, to: Place, mode: TravelMode, at: Timestamp) -> Travel {
            self.0.travel(from, to, mode, at)
        }
    }

    #[test]
    fn a_trip_is_the_stretched_line_at_the_speed_of_its_mode() {
        let line = StraightLine::new(1.5, |mode| match mode {
            TravelMode::Walk => 1.0,
            TravelMode::Bicycle => 2.0,
            TravelMode::Ebike => 4.0,
            TravelMode::Car => 8.0,
        });
        let line: &dyn TravelTime = &line.unwrap();
        let (store, door) = (place(31.0, 121.0), place(31.01, 121.0));
        assert_eq!(distance(store, door), Meters(1_112));
        let trip = |mode| line.travel(store, door, mode, NOON);
        assert_eq!(
            trip(TravelMode::Walk),
            Travel { distance: Meters(1_668), time: Seconds(1_668) }
        );
        assert_eq!(trip(TravelMode::Bicycle).time, Seconds(834));
        assert_eq!(trip(TravelMode::Ebike).time, Seconds(417));
        assert_eq!(trip(TravelMode::Car).time, Seconds(209));
        assert_eq!(line.travel(door, door, TravelMode::Car, NOON), Travel::default());
    }

    #[test]
    fn figures_nobody_could_mean_are_refused() {
        for factor in [0.9, 11.0, f64::NAN, f64::INFINITY] {
            assert!(matches!(
                StraightLine::new(factor, |_| 5.0),
                Err(StraightLineError::Detour(_))
            ));
        }
        for speed in [0.0, -1.0, 51.0, f64::NAN] {
            assert!(matches!(
                StraightLine::new(1.4, |_| speed),
                Err(StraightLineError::Speed { mode: TravelMode::Walk, .. })
            ));
        }
        let text = serde_json::to_string(&StraightLine::default()).unwrap();
        assert_eq!(serde_json::from_str::<StraightLine>(&text).unwrap(), StraightLine::default());
        assert!(serde_json::from_str::<StraightLine>(&text.replace("1.4", "0.4")).is_err());
    }

    #[test]
    fn a_table_answers_only_for_what_was_asked() {
        let places = [place(0.0, 0.0), place(0.0, 1.0), place(1.0, 0.0)];
        let line = StraightLine::default();
        let table = line.table(&places, &places[..2], TravelMode::Ebike, NOON);
        assert_eq!(table.row(2).len(), 2);
        assert_eq!(table.get(2, 1), table.row(2).last().copied());
        assert_eq!(table.get(0, 2), None);
        assert_eq!(table.get(3, 0), None);
        assert!(table.row(3).is_empty());
    }

    proptest! {
        #[test]
        fn a_table_says_what_single_questions_say(
            from in vec(any_place(), 0..8),
            to in vec(any_place(), 0..8),
        ) {
            let line = StraightLine::default();
            let table = line.table(&from, &to, TravelMode::Car, NOON);
            prop_assert_eq!(&table, &OneByOne(line).table(&from, &to, TravelMode::Car, NOON));
            for (i, &origin) in from.iter().enumerate() {
                for (j, &destination) in to.iter().enumerate() {
                    let single = line.travel(origin, destination, TravelMode::Car, NOON);
                    prop_assert_eq!(table.get(i, j), Some(single));
                    prop_assert_eq!(
                        single,
                        line.travel(destination, origin, TravelMode::Car, NOON)
                    );
                }
            }
        }
    }
}
