//! The squares of a [`MovingGrid`](crate::MovingGrid): which one a place is in, which lie in a
//! ring around it, and how far away everything beyond a ring must be.

use vocabulary::{Meters, Place};

use crate::angle::sine_and_cosine;
use crate::distance::EARTH_RADIUS;
use crate::projection::Projection;

/// Wider than this in longitude (radians), a flat map says too little about distance; that only
/// happens within a reach or so of a pole.
const WIDEST: f64 = 1.0;

/// A map on which rough distances say less than this is none.
const MOST_DOUBT: f64 = 0.5;

/// What single precision may get wrong about a distance on the flat map, in metres: each of four
/// coordinates is off by half a unit in the last place of the widest map.
const ROUNDING: f64 = 0.5;

/// Squares in a row at most: some 70 MB of empty cells.
const MOST_IN_A_ROW: u32 = 800;

/// A chequered square of flat metres around a centre, `side` squares wide and high.
#[derive(Debug, Clone)]
pub(crate) struct Lattice {
    projection: Projection,
    reach: f64,
    square: f64,
    side: usize,
    /// Times the cosine of a place's latitude: how many true metres a flat metre to the east of
    /// that place is worth at least. See [`View::shortest`].
    east_factor: f64,
    /// Times the cosine of a place's latitude: what the square of a flat metre to the east of that
    /// place is worth, in the middle of the map's latitudes.
    east_worth: f64,
    /// By which part a rough distance may be wrong. The haversine of an angle is a quarter of its
    /// square but for the square of the map's width, what a metre to the east is worth differs
    /// from the middle by the cosine, and single precision counts to seven digits.
    doubt: f64,
}

/// One square by column (from the west) and row (from the south).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Square {
    column: usize,
    row: usize,
}

impl Square {
    /// The ring of squares around this one that `other` is in: 0 is the square itself.
    pub(crate) fn rings_to(self, other: Self) -> usize {
        self.column.abs_diff(other.column).max(self.row.abs_diff(other.row))
    }
}

impl Lattice {
    pub(crate) fn new(centre: Place, reach: Meters, square: Meters) -> Self {
        let projection = Projection::new(centre);
        let wide = 2.0 * f64::from(reach.0);
        let smallest = (wide / f64::from(MOST_IN_A_ROW)).max(1.0);
        let square = f64::from(square.0).max(smallest);
        let (_, centre_cosine) = sine_and_cosine(centre.latitude());
        let wide_in_radians = wide / EARTH_RADIUS / centre_cosine;
        let (smallest, largest) = cosines(centre.latitude(), wide / 2.0);
        let middle_cosine = (largest + smallest) / 2.0;
        let doubt = largest / middle_cosine - 1.0 + wide_in_radians.powi(2) + 1e-6;
        let is_flat_enough = wide > 0.0 && wide_in_radians <= WIDEST && doubt <= MOST_DOUBT;
        Self {
            projection,
            reach: wide / 2.0,
            square,
            side: if is_flat_enough { (wide / square).ceil() as usize } else { 0 },
            east_factor: wide_in_radians.sin() / wide_in_radians / centre_cosine,
            east_worth: middle_cosine / centre_cosine.powi(2),
            doubt,
        }
    }

    /// How many squares there are; their indexes are below this.
    pub(crate) fn len(&self) -> usize {
        self.side * self.side
    }

    pub(crate) fn index(&self, square: Square) -> usize {
        square.row * self.side + square.column
    }

    /// The square of an index; none for what lies outside.
    pub(crate) fn square_at(&self, index: usize) -> Option<Square> {
        let row = index.checked_div(self.side)?;
        (row < self.side).then_some(Square { column: index % self.side, row })
    }

    /// Hands out the indexes of the squares in a ring around one, row by row.
    pub(crate) fn each_in_ring(&self, middle: Square, ring: usize, mut take: impl FnMut(usize)) {
        let last = self.side - 1;
        let (west, east) = (middle.column.saturating_sub(ring), (middle.column + ring).min(last));
        for row in middle.row.saturating_sub(ring)..=(middle.row + ring).min(last) {
            let start = row * self.side;
            if row.abs_diff(middle.row) == ring {
                (west..=east).for_each(|column| take(start + column));
                continue;
            }
            if let Some(column) = middle.column.checked_sub(ring) {
                take(start + column);
            }
            if middle.column + ring <= last {
                take(start + middle.column + ring);
            }
        }
    }

    /// Where a place is on the flat map, if it is within reach.
    pub(crate) fn locate(&self, place: Place) -> Option<(Square, FlatPlace)> {
        let (x, y) = self.projection.to_xy(place);
        let (column, row) = ((x + self.reach) / self.square, (y + self.reach) / self.square);
        let inside = 0.0..self.side as f64;
        (inside.contains(&column) && inside.contains(&row)).then_some((
            Square { column: column as usize, row: row as usize },
            FlatPlace { east: x as f32, north: y as f32 },
        ))
    }

    /// How the squares look from a place, if it is within reach.
    pub(crate) fn view(&self, place: Place) -> Option<View> {
        let (middle, from) = self.locate(place)?;
        let (x, y) = self.projection.to_xy(place);
        let inside = |offset: f64, at: usize| {
            let into = offset + self.reach - at as f64 * self.square;
            into.min(self.square - into)
        };
        let margin = inside(x, middle.column).min(inside(y, middle.row));
        let (_, cosine) = sine_and_cosine(place.latitude());
        let factor = (cosine * self.east_factor).min(1.0);
        Some(View {
            middle,
            margin: margin * factor - 0.001,
            square: self.square * factor,
            from,
            east: (cosine * self.east_worth) as f32,
            doubt: self.doubt,
        })
    }
}

/// Metres east and north of the centre, to some millimetres: enough to leave out who is far.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FlatPlace {
    east: f32,
    north: f32,
}

/// A place among the squares.
pub(crate) struct View {
    /// The square it is in.
    pub(crate) middle: Square,
    /// True metres to the nearest edge of that square, at least.
    margin: f64,
    /// True metres across a square, at least.
    square: f64,
    from: FlatPlace,
    /// What a squared flat metre to the east is worth here.
    east: f32,
    /// See [`Lattice::doubt`].
    doubt: f64,
}

impl View {
    /// Metres over ground to the nearest possible thing in this ring of squares or beyond it,
    /// never too many.
    ///
    /// To the north and south the flat map tells the truth. To the east and west, a point at
    /// latitude φ is at least R·asin(cos φ · sin λ) from everything λ away in longitude, and
    /// sin λ is at least λ times its value for the whole width. A millimetre is taken off for the
    /// rounding of all this.
    pub(crate) fn shortest(&self, ring: usize) -> f64 {
        match ring.checked_sub(1) {
            None => 0.0,
            Some(between) => between as f64 * self.square + self.margin,
        }
    }

    /// The square of about how many metres it is to there; [`View::roughly_at_most`] says how sure.
    pub(crate) fn roughly_squared(&self, there: FlatPlace) -> f32 {
        let (east, north) = (there.east - self.from.east, there.north - self.from.north);
        east * east * self.east + north * north
    }

    /// No place that is at most so many metres away over ground is roughly farther, squared.
    pub(crate) fn roughly_at_most(&self, metres: f64) -> f32 {
        let most = (metres + ROUNDING) / (1.0 - self.doubt);
        (most * most * (1.0 + f64::from(f32::EPSILON))) as f32
    }

    /// How many rings to look at so that nothing at most `radius` away is missed.
    pub(crate) fn rings_within(&self, radius: Meters) -> usize {
        let more = (f64::from(radius.0) + 1.0 - self.margin) / self.square;
        if more < 0.0 { 1 } else { (more as usize).saturating_add(2) }
    }
}

/// The smallest and the largest cosine of the latitudes so many metres around one.
fn cosines(latitude: f64, metres: f64) -> (f64, f64) {
    let half = (metres / EARTH_RADIUS).to_degrees();
    let cosine = |latitude: f64| sine_and_cosine(latitude.clamp(-90.0, 90.0)).1;
    let (south, north) = (cosine(latitude - half), cosine(latitude + half));
    let largest = if latitude.abs() <= half { 1.0 } else { south.max(north) };
    (south.min(north), largest)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::testing::place;

    #[test]
    fn rings_cover_every_square_once() {
        let lattice = Lattice::new(place(31.2, 121.4), Meters(1_000), Meters(150));
        assert_eq!(lattice.len(), 14 * 14);
        for index in [0, 13, 90, 14 * 14 - 1] {
            let middle = lattice.square_at(index).unwrap();
            assert_eq!(lattice.index(middle), index);
            let mut seen = BTreeSet::new();
            for ring in 0..14 {
                lattice.each_in_ring(middle, ring, |other| {
                    assert_eq!(middle.rings_to(lattice.square_at(other).unwrap()), ring);
                    assert!(seen.insert(other));
                });
            }
            assert_eq!(seen.len(), lattice.len());
        }
        assert_eq!(lattice.square_at(14 * 14), None);
    }

    #[test]
    fn a_lattice_at_a_pole_or_of_no_size_has_no_squares() {
        for (centre, reach) in [(place(90.0, 0.0), 40_000), (place(0.0, 0.0), 0)] {
            let lattice = Lattice::new(centre, Meters(reach), Meters(250));
            assert_eq!((lattice.len(), lattice.locate(centre).is_none()), (0, true));
            assert_eq!(lattice.square_at(0), None);
        }
    }

    #[test]
    fn a_huge_reach_makes_squares_larger_not_more() {
        let lattice = Lattice::new(place(0.0, 0.0), Meters(2_000_000), Meters(1));
        assert_eq!(lattice.len(), 800 * 800);
    }
}
