//! The streets: a map that can be drawn and addressed, and a planner that rides along it.
//!
//! No traffic, no one-way streets, no traffic lights: riding speed is the rider's affair.

mod geojson;
mod layout;
mod names;
mod planner;
mod river;

use serde::{Deserialize, Serialize};
use vocabulary::{Chance, Place};

pub use planner::{Route, RoutePlanner};
pub use river::River;

/// How wide and quick a street is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StreetClass {
    /// Circles the centre; crosses the river.
    Ring,
    /// Runs through the city; crosses the river.
    Avenue,
    /// Between the avenues; ends at the bank.
    Street,
    /// Short and slow.
    Lane,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Street {
    pub name: String,
    pub class: StreetClass,
}

/// A stretch of one street between two junctions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Block {
    /// Position of one end among the junctions.
    pub from: u32,
    /// Position of the other end.
    pub to: u32,
    /// Position of its street among the streets.
    pub street: u32,
    pub length_m: f64,
    /// Metres of the street before this stretch; house numbers grow with it.
    pub begins_at_m: f64,
    pub bridge: bool,
}

/// All streets of a city, as data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StreetMap {
    pub centre: Place,
    pub radius_m: f64,
    pub streets: Vec<Street>,
    pub junctions: Vec<Place>,
    pub blocks: Vec<Block>,
    pub river: River,
}

/// A house on a street.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Address {
    /// Position of the street among the streets.
    pub street: u32,
    pub street_name: String,
    pub number: u32,
    /// Building, stair and flat, or the office; empty for a shop on the street.
    pub detail: String,
    pub place: Place,
}

impl Address {
    /// The address as a courier reads it.
    pub fn text(&self) -> String {
        format!("{}{}号{}", self.street_name, self.number, self.detail)
    }
}

impl StreetMap {
    /// Lays out the streets within `radius_m` metres of `centre`.
    pub fn lay_out(centre: Place, radius_m: f64, chance: &mut Chance) -> Self {
        layout::lay_out(centre, radius_m, chance)
    }

    /// The two ends of a stretch.
    pub fn ends(&self, block: &Block) -> Option<(Place, Place)> {
        let from = self.junctions.get(block.from as usize)?;
        Some((*from, *self.junctions.get(block.to as usize)?))
    }
}

/// Metres of street that belong to one house.
const FRONTAGE_M: f64 = 24.0;

/// The number of the house `along_m` metres down the street: odd on the left, even on the right.
pub(crate) fn house_number(along_m: f64, left: bool) -> u32 {
    2 * (along_m / FRONTAGE_M) as u32 + if left { 1 } else { 2 }
}
