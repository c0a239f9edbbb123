//! Travel along the streets.

use std::sync::Arc as Shared;

use vocabulary::{Place, Timestamp};

use super::contraction::Arc;
use super::cost::Cost;
use super::graph::{Graph, largest_part};
use super::hierarchy::{Ends, Hierarchy, way};
use super::known::Known;
use super::map::{MODES, RoadError, RoadMap};
use super::snap::{Snapper, Spot};
use crate::distance::metres_between;
use crate::travel::{StraightLine, Travel, TravelMode, TravelTable, TravelTime};

/// A place farther than this from every street is none of this map's: the straight line answers.
const REACH_METRES: f64 = 1_000.0;
/// Two places this near are joined on foot where that is quicker than the way round by the streets.
const STEPS_METRES: f64 = 150.0;
/// Nearer to a stretch's end than this is at its end.
const AT_END_METRES: f64 = 0.05;

/// Quickest ways over the streets of a map, the same at all hours.
///
/// A place is joined to the nearest street of the largest part that its mode may use, and the gap is
/// crossed at the straight line's speed. One-way streets hold for all but walkers. Between places
/// that are off the map, or of a mode without a street, the straight line's word counts.
#[derive(Debug)]
pub struct RoadNetwork {
    line: StraightLine,
    snapper: Snapper,
    graph: Graph,
    modes: [ModeRoads; 4],
    known: Known,
}

/// What is different for each mode.
#[derive(Debug)]
struct ModeRoads {
    hierarchy: Hierarchy,
    /// By stretch; nothing along and against where it is shut or outside the largest part.
    speeds: Vec<Speeds>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Speeds {
    along: Option<f64>,
    against: Option<f64>,
}

/// How large a network is, for whoever prepared it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoadFigures {
    pub mode: TravelMode,
    /// In the largest part in which each is reached from each.
    pub junctions: usize,
    /// Streets and shortcuts, each direction by itself.
    pub arcs: usize,
}

/// A place with its half of every trip from and to it: which junctions it reaches on the way up the
/// hierarchy, and which reach it on the way down.
#[derive(Debug)]
pub(super) struct Joined {
    place: Place,
    spot: Option<Spot>,
    above: Box<[Arc]>,
    below: Box<[Arc]>,
}

impl RoadNetwork {
    /// Takes about as long as the map is large: a city takes a moment, a province minutes.
    pub fn of(map: &RoadMap, line: StraightLine) -> Result<Self, RoadError> {
        let (south_west, north_east) = map.bounds().ok_or(RoadError::Empty)?;
        let middle = Place::wrapped(
            f64::midpoint(south_west.latitude(), north_east.latitude()),
            f64::midpoint(south_west.longitude(), north_east.longitude()),
        );
        let graph = Graph::of(map);
        let modes = MODES.map(|mode| ModeRoads::of(map, &graph, mode));
        let snapper = Snapper::of(map, &graph, middle);
        Ok(Self { line, snapper, graph, modes, known: Known::default() })
    }

    pub fn figures(&self) -> impl Iterator<Item = RoadFigures> + '_ {
        MODES.iter().zip(&self.modes).map(|(&mode, roads)| RoadFigures {
            mode,
            junctions: roads.junctions(&self.graph),
            arcs: roads.hierarchy.arc_count(),
        })
    }

    fn roads(&self, mode: TravelMode) -> &ModeRoads {
        let [walk, bicycle, ebike, car] = &self.modes;
        match mode {
            TravelMode::Walk => walk,
            TravelMode::Bicycle => bicycle,
            TravelMode::Ebike => ebike,
            TravelMode::Car => car,
        }
    }

    /// Stores, doors and couriers are asked about many times over within one round.
    fn join(&self, place: Place, mode: TravelMode) -> Shared<Joined> {
        self.known.get_or(place, mode, || {
            let roads = self.roads(mode);
            let is_open = |stretch| roads.speeds_of(stretch) != Speeds::default();
            let spot = self.snapper.nearest(place, REACH_METRES, is_open);
            let (out, into) = spot.map(|spot| self.ends(&spot, roads)).unwrap_or_default();
            let (above, below) = (roads.hierarchy.above(&out), roads.hierarchy.below(&into));
            Joined { place, spot, above, below }
        })
    }

    /// Over which junctions a trip from the spot goes on, and one to it comes.
    fn ends(&self, spot: &Spot, roads: &ModeRoads) -> (Ends, Ends) {
        let (mut out, mut into) = (Ends::new(), Ends::new());
        let Some(stretch) = self.graph.stretches.get(spot.stretch as usize) else {
            return (out, into);
        };
        let (before, after) = (spot.metres_along, (stretch.metres - spot.metres_along).max(0.0));
        let at_end = match (before < AT_END_METRES, after < AT_END_METRES) {
            (true, _) => Some(stretch.from),
            (false, true) => Some(stretch.to),
            (false, false) => None,
        };
        if let Some(junction) = at_end {
            out.push((junction, Cost::ZERO));
            into.push((junction, Cost::ZERO));
            return (out, into);
        }
        let Speeds { along, against } = roads.speeds_of(spot.stretch);
        if let Some(speed) = along {
            out.push((stretch.to, Cost::of(after, speed)));
            into.push((stretch.from, Cost::of(before, speed)));
        }
        if let Some(speed) = against {
            out.push((stretch.from, Cost::of(before, speed)));
            into.push((stretch.to, Cost::of(after, speed)));
        }
        (out, into)
    }

    /// The trip, once it is known what the streets between the junctions cost.
    fn trip(
        &self,
        from: &Joined,
        to: &Joined,
        mode: TravelMode,
        over: Cost,
        at: Timestamp,
    ) -> Travel {
        let straight = || self.line.travel(from.place, to.place, mode, at);
        let (Some(a), Some(b)) = (&from.spot, &to.spot) else { return straight() };
        let ridden = over.min(self.within(a, b, self.roads(mode)));
        let by_street = if ridden == Cost::NEVER {
            straight()
        } else {
            let speed = self.line.metres_per_second(mode);
            ridden.plus(Cost::of(a.gap_metres + b.gap_metres, speed)).travel()
        };
        if metres_between(from.place, to.place) > STEPS_METRES {
            return by_street;
        }
        let on_foot = self.line.travel(from.place, to.place, TravelMode::Walk, at);
        let key = |travel: &Travel| (travel.time, travel.distance);
        std::cmp::min_by_key(by_street, on_foot, key)
    }

    /// Between two spots of one stretch, without leaving it.
    fn within(&self, a: &Spot, b: &Spot, roads: &ModeRoads) -> Cost {
        if a.stretch != b.stretch {
            return Cost::NEVER;
        }
        let metres = b.metres_along - a.metres_along;
        let Speeds { along, against } = roads.speeds_of(a.stretch);
        let speed = if metres >= 0.0 { along } else { against };
        speed.map_or(Cost::NEVER, |speed| Cost::of(metres.abs(), speed))
    }
}

impl ModeRoads {
    fn of(map: &RoadMap, graph: &Graph, mode: TravelMode) -> Self {
        let speeds = graph.stretches.iter().map(|stretch| {
            let way = map.ways.get(stretch.way as usize);
            let (along, against) = way.map(|way| way.speeds(mode)).unwrap_or_default();
            Speeds { along, against }
        });
        let mut speeds: Vec<_> = speeds.collect();
        let joins: Vec<_> = arcs(graph, &speeds).map(|(from, to, _)| (from, to)).collect();
        let is_in = largest_part(graph.junctions, &joins);
        let within = |junction: u32| is_in.get(junction as usize).copied().unwrap_or_default();
        for (stretch, speeds) in graph.stretches.iter().zip(&mut speeds) {
            if !within(stretch.from) || !within(stretch.to) {
                *speeds = Speeds::default();
            }
        }
        let hierarchy = Hierarchy::of(graph.junctions, arcs(graph, &speeds));
        Self { hierarchy, speeds }
    }

    fn speeds_of(&self, stretch: u32) -> Speeds {
        self.speeds.get(stretch as usize).copied().unwrap_or_default()
    }

    fn junctions(&self, graph: &Graph) -> usize {
        let open = graph.stretches.iter().zip(&self.speeds);
        let open = open.filter(|(_, speeds)| **speeds != Speeds::default());
        let ends = open.flat_map(|(stretch, _)| [stretch.from, stretch.to]);
        ends.collect::<rustc_hash::FxHashSet<_>>().len()
    }
}

fn arcs<'a>(graph: &'a Graph, speeds: &'a [Speeds]) -> impl Iterator<Item = (u32, u32, Cost)> + 'a {
    graph.stretches.iter().zip(speeds).flat_map(|(stretch, speeds)| {
        let cost = |speed| Cost::of(stretch.metres, speed);
        let along = speeds.along.map(|speed| (stretch.from, stretch.to, cost(speed)));
        let against = speeds.against.map(|speed| (stretch.to, stretch.from, cost(speed)));
        [along, against].into_iter().flatten()
    })
}

impl TravelTime for RoadNetwork {
    fn travel(&self, from: Place, to: Place, mode: TravelMode, at: Timestamp) -> Travel {
        let (from, to) = (self.join(from, mode), self.join(to, mode));
        self.trip(&from, &to, mode, way(&from.above, &to.below), at)
    }

    /// Every place climbs the hierarchy once, instead of once for each pair.
    fn table(&self, from: &[Place], to: &[Place], mode: TravelMode, at: Timestamp) -> TravelTable {
        let join = |places: &[Place]| {
            places.iter().map(|&place| self.join(place, mode)).collect::<Vec<_>>()
        };
        let (from, to) = (join(from), join(to));
        let above: Vec<_> = from.iter().map(|joined| joined.above.as_ref()).collect();
        let below: Vec<_> = to.iter().map(|joined| joined.below.as_ref()).collect();
        let mut over = self.roads(mode).hierarchy.ways(&above, &below).into_iter();
        TravelTable::fill(&from, &to, |from, to| {
            self.trip(from, to, mode, over.next().unwrap_or(Cost::NEVER), at)
        })
    }
}
