//! What a report's map shows.

use serde::{Deserialize, Serialize};
use vocabulary::Place;

use crate::city::{City, StreetClass};

/// Stores, streets and a sample of rides. No borders, no base map: nothing here needs a licence.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct MapSketch {
    pub streets: Vec<SketchStreet>,
    pub river: Vec<Place>,
    pub river_width_m: f64,
    pub stores: Vec<SketchStore>,
    pub routes: Vec<SketchRoute>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SketchStreet {
    /// Wide enough to be drawn strong.
    pub is_main: bool,
    pub from: Place,
    pub to: Place,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SketchStore {
    pub name: String,
    pub place: Place,
    /// Orders it packed; its dot grows with it.
    pub orders: u64,
}

/// One ride of one courier.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SketchRoute {
    pub courier: String,
    /// With goods on board, or on the way to collect them.
    pub loaded: bool,
    pub places: Vec<Place>,
}

impl MapSketch {
    /// The streets, river and stores of a generated city; add routes as couriers ride.
    pub fn of(city: &City) -> Self {
        let map = &city.streets;
        let streets = map.blocks.iter().filter_map(|block| {
            let (from, to) = map.ends(block)?;
            let is_main = match map.streets.get(block.street as usize)?.class {
                StreetClass::Ring | StreetClass::Avenue => true,
                StreetClass::Street | StreetClass::Lane => false,
            };
            Some(SketchStreet { is_main, from, to })
        });
        let stores = city.stores.iter().map(|store| SketchStore {
            name: store.name.clone(),
            place: store.place(),
            orders: 0,
        });
        Self {
            streets: streets.collect(),
            river: map.river.course.clone(),
            river_width_m: map.river.width_m,
            stores: stores.collect(),
            routes: Vec::new(),
        }
    }
}
