//! The squares of a [`MovingGrid`](crate::MovingGrid): which one a place is in, which lie in a
//! ring around it, and how far away everything beyond a ring must be.

use vocabulary::{Meters, Place};

use crate::distance::EARTH_RADIUS;
use crate::projection::Projection;

/// Wider than this in longitude (radians), a flat map says too little about distance; that only
/// happens within a reach or so of a pole.
const WIDEST: f64 = 1.0;

/// Squares in a row at most: some 15 MB of empty cell lists.
const MOST_IN_A_ROW: u32 = 800;

/// A chequered square of flat metres around a centre, `side` squares wide and high.
#[derive(Debug, Clone)]
pub(crate) struct Lattice {
    projection: Projection,
    reach: f64,
    square: f64,
    side: usize,
    /// Times the cosine of a place's latitude: how many true metres a flat metre to the east of
    /// that place is worth at least. See [`Lattice::shortest`].
    east_factor: f64,
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
        let shrink = centre.latitude().to_radians().cos();
        let wide_in_radians = wide / EARTH_RADIUS / shrink;
        let is_flat_enough = wide > 0.0 && wide_in_radians <= WIDEST;
        Self {
            projection,
            reach: wide / 2.0,
            square,
            side: if is_flat_enough { (wide / square).ceil() as usize } else { 0 },
            east_factor: wide_in_radians.sin() / wide_in_radians / shrink,
        }
    }

    /// How many squares there are; their indexes are below this.
    pub(crate) fn len(&self) -> usize {
        self.side * self.side
    }

    /// The square of a place, if it is within reach.
    pub(crate) fn square(&self, place: Place) -> Option<Square> {
        let (x, y) = self.projection.to_xy(place);
        let (column, row) = ((x + self.reach) / self.square, (y + self.reach) / self.square);
        let inside = 0.0..self.side as f64;
        (inside.contains(&column) && inside.contains(&row))
            .then_some(Square { column: column as usize, row: row as usize })
    }

    pub(crate) fn index(&self, square: Square) -> usize {
        square.row * self.side + square.column
    }

    /// The square of an index; none for what lies outside.
    pub(crate) fn square_at(&self, index: usize) -> Option<Square> {
        let row = index.checked_div(self.side)?;
        (row < self.side).then_some(Square { column: index % self.side, row })
    }

    /// The indexes of the squares in a ring around one.
    pub(crate) fn ring(&self, middle: Square, ring: usize) -> impl Iterator<Item = usize> {
        let side = self.side;
        let span = move |at: usize, step: usize| {
            // Counted from `ring` below `at`, so that nothing goes below zero.
            (0..=2 * ring)
                .step_by(step)
                .filter_map(move |up| (at + up).checked_sub(ring))
                .filter(move |&at| at < side)
        };
        span(middle.row, 1).flat_map(move |row| {
            let is_edge = row.abs_diff(middle.row) == ring;
            span(middle.column, if is_edge { 1 } else { 2 * ring })
                .map(move |column| row * side + column)
        })
    }

    /// Metres over ground to the nearest possible thing in this ring around `place`'s square or
    /// beyond it, never too many.
    ///
    /// To the north and south the flat map tells the truth. To the east and west, a point at
    /// latitude φ is at least R·asin(cos φ · sin λ) from everything λ away in longitude, and
    /// sin λ is at least λ times its value for the whole width.
    pub(crate) fn shortest(&self, place: Place, square: Square, ring: usize) -> f64 {
        let Some(between) = ring.checked_sub(1) else { return 0.0 };
        let (x, y) = self.projection.to_xy(place);
        let inside = |offset: f64, at: usize| {
            let into = offset + self.reach - at as f64 * self.square;
            into.min(self.square - into)
        };
        let margin = inside(x, square.column).min(inside(y, square.row));
        let flat = between as f64 * self.square + margin;
        let factor = (place.latitude().to_radians().cos() * self.east_factor).min(1.0);
        // A millimetre for the rounding of all this.
        flat * factor - 0.001
    }

    /// How many rings to look at so that nothing at most `radius` away is missed.
    pub(crate) fn rings_within(&self, place: Place, square: Square, radius: Meters) -> usize {
        let enough = |&ring: &usize| self.shortest(place, square, ring) > f64::from(radius.0) + 1.0;
        (1..self.side).find(enough).unwrap_or(self.side)
    }
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
                for other in lattice.ring(middle, ring) {
                    assert_eq!(middle.rings_to(lattice.square_at(other).unwrap()), ring);
                    assert!(seen.insert(other));
                }
            }
            assert_eq!(seen.len(), lattice.len());
        }
        assert_eq!(lattice.square_at(14 * 14), None);
    }

    #[test]
    fn a_lattice_at_a_pole_or_of_no_size_has_no_squares() {
        for (centre, reach) in [(place(90.0, 0.0), 40_000), (place(0.0, 0.0), 0)] {
            let lattice = Lattice::new(centre, Meters(reach), Meters(250));
            assert_eq!((lattice.len(), lattice.square(centre)), (0, None));
            assert_eq!(lattice.square_at(0), None);
        }
    }

    #[test]
    fn a_huge_reach_makes_squares_larger_not_more() {
        let lattice = Lattice::new(place(0.0, 0.0), Meters(2_000_000), Meters(1));
        assert_eq!(lattice.len(), 800 * 800);
    }
}
