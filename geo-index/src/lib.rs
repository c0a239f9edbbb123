//! Who is near: stores and the areas they serve, couriers standing and moving, and how long a trip
//! takes.
//!
//! Everything lives in memory and is deterministic: equal contents give equal answers in equal
//! order, ties going to the smaller id. This room never does I/O, never reads a clock and never
//! decides who gets an order: it only says what is close.
//!
//! All distances are great circles on one sphere, rounded to whole metres before they are compared,
//! so lists are ordered by the very numbers they show. Nothing here breaks at the poles or where
//! longitude jumps from 180 to -180.

mod angle;
mod area;
mod cells;
mod couriers;
mod distance;
mod grid;
mod lattice;
mod points;
mod projection;
mod roads;
mod shortlist;
mod stores;
#[cfg(test)]
mod testing;
mod travel;

pub use area::{AreaError, Polygon, ServiceArea};
pub use cells::{Cell, CellError, Resolution, coarse, zone_cell};
pub use couriers::CourierIndex;
pub use distance::distance;
pub use grid::MovingGrid;
pub use projection::Projection;
pub use roads::{
    DrawnLine, RoadClass, RoadError, RoadFigures, RoadMap, RoadNetwork, Tile, overview, tiles,
};
pub use stores::StoreIndex;
pub use travel::{StraightLine, StraightLineError, Travel, TravelMode, TravelTable, TravelTime};
