//! Which street a place lies on.

use rstar::RTree;
use rstar::primitives::{GeomWithData, Line};
use vocabulary::Place;

use super::graph::Graph;
use super::map::RoadMap;
use crate::projection::Projection;

/// A place on a stretch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Spot {
    pub(super) stretch: u32,
    /// From the stretch's beginning.
    pub(super) metres_along: f64,
    /// From the place to the stretch, across whatever lies between.
    pub(super) gap_metres: f64,
}

/// One straight piece of a stretch.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Piece {
    stretch: u32,
    metres_before: f64,
}

/// All straight pieces of all stretches, on the plane around the map's middle.
#[derive(Debug, Clone)]
pub(super) struct Snapper {
    projection: Projection,
    pieces: RTree<GeomWithData<Line<[f64; 2]>, Piece>>,
}

impl Snapper {
    pub(super) fn of(map: &RoadMap, graph: &Graph, middle: Place) -> Self {
        let projection = Projection::new(middle);
        let mut pieces = Vec::new();
        for (stretch, number) in graph.stretches.iter().zip(0..) {
            let nodes = stretch.nodes.iter().filter_map(|&node| map.place(node));
            let points: Vec<_> =
                nodes.map(|place| <[f64; 2]>::from(projection.to_xy(place))).collect();
            let mut metres_before = 0.0;
            for (&from, &to) in points.iter().zip(points.iter().skip(1)) {
                let piece = Piece { stretch: number, metres_before };
                pieces.push(GeomWithData::new(Line::new(from, to), piece));
                metres_before += length(from, to);
            }
        }
        Self { projection, pieces: RTree::bulk_load(pieces) }
    }

    /// The nearest spot on a stretch that is let in, if one is within reach.
    pub(super) fn nearest(
        &self,
        place: Place,
        reach_metres: f64,
        lets_in: impl Fn(u32) -> bool,
    ) -> Option<Spot> {
        let point = <[f64; 2]>::from(self.projection.to_xy(place));
        let near = self.pieces.nearest_neighbor_iter_with_distance_2(point);
        let mut near = near.take_while(|(_, square)| *square <= reach_metres * reach_metres);
        let (piece, square) = near.find(|(piece, _)| lets_in(piece.data.stretch))?;
        let Line { from, to } = *piece.geom();
        Some(Spot {
            stretch: piece.data.stretch,
            metres_along: piece.data.metres_before + along(from, to, point),
            gap_metres: square.sqrt(),
        })
    }
}

fn length([ax, ay]: [f64; 2], [bx, by]: [f64; 2]) -> f64 {
    (bx - ax).hypot(by - ay)
}

/// How far along the line the foot of the point lies.
fn along(from: [f64; 2], to: [f64; 2], point: [f64; 2]) -> f64 {
    let whole = length(from, to);
    if whole == 0.0 {
        return 0.0;
    }
    let ([ax, ay], [bx, by], [px, py]) = (from, to, point);
    let part = ((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / whole;
    part.clamp(0.0, whole)
}
