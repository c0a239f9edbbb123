//! Streets as they are: read from a road file, drawn on maps, and ridden along.
//!
//! A [`RoadMap`] is what a file says of its streets. A [`RoadNetwork`] is made from it for routing:
//! of the largest part in which every junction is reached from every other, one hierarchy of
//! shortcuts for each way of travelling. Both are pure: bytes come in, nothing is read from disk.
//! Turn restrictions, traffic lights and the hour are not known here; times are what an empty street
//! of its class allows.

mod contraction;
mod cost;
mod drawn;
#[cfg(feature = "road-files")]
mod geojson;
mod graph;
mod hierarchy;
mod known;
#[cfg_attr(not(feature = "road-files"), allow(dead_code, reason = "only files fill a map"))]
mod map;
mod network;
#[cfg(feature = "road-files")]
mod pbf;
mod snap;
#[cfg(test)]
#[cfg(feature = "road-files")]
mod tests;

pub use drawn::{DrawnLine, Tile, overview, tiles};
pub use map::{RoadClass, RoadError, RoadMap};
pub use network::{RoadFigures, RoadNetwork};
