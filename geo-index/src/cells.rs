//! Hexagons that name a piece of the earth: zones, heat maps, and places blurred for privacy.
//!
//! A label, not an index: who is near is answered by the trees and the grid.

use std::fmt;
use std::str::FromStr;

use h3o::{CellIndex, LatLng};
use serde::{Deserialize, Serialize};
use vocabulary::Place;

/// A cell of the H3 system. Written as 15 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Cell(CellIndex);

/// How fine cells are, from 0 (a continent) to 15 (a square metre). Each step is about 7 times
/// finer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Resolution(h3o::Resolution);

/// Text or a number that names no cell.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CellError {
    #[error("a cell is 15 hexadecimal digits of the H3 system, not {0:?}")]
    Cell(String),
    #[error("a resolution is 0 to 15, not {0}")]
    Resolution(u8),
}

/// The cell that `place` is in.
pub fn zone_cell(place: Place, resolution: Resolution) -> Cell {
    // Only degrees that are no numbers are refused, and a place has none.
    let point = LatLng::new(place.latitude(), place.longitude()).unwrap_or_default();
    Cell(point.to_cell(resolution.0))
}

/// The centre of the [`Resolution::PRIVACY`] cell of `place`: what may be shown of an address to
/// somebody who need not know it. Equal for all places of one cell.
pub fn coarse(place: Place) -> Place {
    zone_cell(place, Resolution::PRIVACY).center()
}

impl Resolution {
    /// Dispatch zones: about 5 km², a district of a city.
    pub const ZONE: Self = Self(h3o::Resolution::Seven);
    /// Addresses shown coarsely: about 0.7 km², some 500 m to each side.
    pub const PRIVACY: Self = Self(h3o::Resolution::Eight);
    /// Demand and supply on a heat map: about 0.1 km², a few blocks.
    pub const HEAT: Self = Self(h3o::Resolution::Nine);

    pub fn new(number: u8) -> Result<Self, CellError> {
        h3o::Resolution::try_from(number).map(Self).map_err(|_| CellError::Resolution(number))
    }
}

impl TryFrom<u8> for Resolution {
    type Error = CellError;
    fn try_from(number: u8) -> Result<Self, CellError> {
        Self::new(number)
    }
}

impl From<Resolution> for u8 {
    fn from(resolution: Resolution) -> Self {
        resolution.0.into()
    }
}

impl Cell {
    pub fn resolution(self) -> Resolution {
        Resolution(self.0.resolution())
    }

    pub fn center(self) -> Place {
        place_of(LatLng::from(self.0))
    }

    /// The corners, anticlockwise, the first not repeated: mostly six.
    pub fn corners(self) -> Vec<Place> {
        self.0.boundary().iter().copied().map(place_of).collect()
    }

    /// The coarser cell this one belongs to; nothing when `resolution` is finer than its own.
    pub fn parent(self, resolution: Resolution) -> Option<Self> {
        self.0.parent(resolution.0).map(Self)
    }

    /// This cell and all at most `steps` away, in order of their names. There are about
    /// 3 · `steps`² of them.
    pub fn disk(self, steps: u8) -> Vec<Self> {
        let mut cells: Vec<Self> =
            self.0.grid_disk::<Vec<_>>(steps.into()).into_iter().map(Self).collect();
        cells.sort_unstable();
        cells
    }
}

fn place_of(point: LatLng) -> Place {
    Place::wrapped(point.lat(), point.lng())
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cell({self})")
    }
}

impl FromStr for Cell {
    type Err = CellError;
    fn from_str(text: &str) -> Result<Self, CellError> {
        text.parse().map(Self).map_err(|_| CellError::Cell(text.to_owned()))
    }
}

impl TryFrom<String> for Cell {
    type Error = CellError;
    fn try_from(text: String) -> Result<Self, CellError> {
        text.parse()
    }
}

impl From<Cell> for String {
    fn from(cell: Cell) -> Self {
        cell.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::distance::distance;
    use crate::testing::{any_place, place};

    #[test]
    fn a_cell_is_written_as_its_h3_name() {
        let cell = zone_cell(place(37.3615593, -122.0553238), Resolution::new(5).unwrap());
        assert_eq!(cell.to_string(), "85283473fffffff");
        assert_eq!("85283473fffffff".parse(), Ok(cell));
        let text = serde_json::to_string(&cell).unwrap();
        assert_eq!(text, "\"85283473fffffff\"");
        assert_eq!(serde_json::from_str::<Cell>(&text).unwrap(), cell);
        for wrong in ["", "0", "ffffffffffffffff", "杭州", "85283473fffffffff"] {
            assert!(wrong.parse::<Cell>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn resolutions_end_at_fifteen() {
        assert_eq!(Resolution::new(16), Err(CellError::Resolution(16)));
        assert_eq!(u8::from(Resolution::new(15).unwrap()), 15);
        assert!(Resolution::ZONE < Resolution::PRIVACY && Resolution::PRIVACY < Resolution::HEAT);
    }

    #[test]
    fn parents_are_coarser_and_disks_are_round() {
        let cell = zone_cell(place(31.2, 121.4), Resolution::HEAT);
        assert_eq!(cell.parent(Resolution::ZONE).unwrap().resolution(), Resolution::ZONE);
        assert_eq!(cell.parent(Resolution::new(10).unwrap()), None);
        assert_eq!(cell.corners().len(), 6);
        assert_eq!(cell.disk(0), [cell]);
        let disk = cell.disk(2);
        assert_eq!(disk.len(), 19);
        assert!(disk.is_sorted() && disk.contains(&cell));
    }

    proptest! {
        #[test]
        fn a_coarse_place_is_near_and_says_no_more_than_its_cell(place in any_place()) {
            let shown = coarse(place);
            prop_assert!(distance(place, shown).0 < 1_000);
            prop_assert_eq!(coarse(shown), shown);
            let cell = zone_cell(place, Resolution::PRIVACY);
            prop_assert_eq!(zone_cell(shown, Resolution::PRIVACY), cell);
            for corner in cell.corners() {
                prop_assert!(distance(corner, shown).0 < 1_000);
            }
        }
    }
}
