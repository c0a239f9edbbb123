//! Shortest ways along the streets, and points along a way.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use vocabulary::{Meters, Place};

use super::{StreetClass, StreetMap};
use crate::city::plane::{Plane, Spot};

/// Side of the squares stretches are filed under, in metres.
const SQUARE_M: f64 = 400.0;

/// Finds ways along a street map. Holds tables over the map; build it once.
#[derive(Debug, Clone)]
pub struct RoutePlanner {
    plane: Plane,
    junctions: Vec<Spot>,
    stretches: Vec<Stretch>,
    /// For each junction: the stretches that meet there.
    meeting: Vec<Vec<usize>>,
    squares: BTreeMap<(i32, i32), Vec<usize>>,
    /// How many squares away the farthest stretch of the city can be.
    farthest: i32,
}

#[derive(Debug, Clone, Copy)]
struct Stretch {
    from: usize,
    to: usize,
    a: Spot,
    b: Spot,
    /// Millimetres, stretched by how slow the street is; never below the straight line.
    cost: u64,
}

/// Where a point off the street joins it.
#[derive(Debug, Clone, Copy)]
struct Kerb {
    stretch: usize,
    share: f64,
    spot: Spot,
}

/// A way from one point to another along the streets.
#[derive(Debug, Clone)]
pub struct Route {
    plane: Plane,
    spots: Vec<Spot>,
    /// Metres ridden when each spot is reached; grows.
    ridden: Vec<f64>,
}

impl RoutePlanner {
    pub fn new(map: &StreetMap) -> Self {
        let plane = Plane::around(map.centre);
        let mut planner = Self {
            plane,
            junctions: map.junctions.iter().map(|place| plane.spot(*place)).collect(),
            stretches: Vec::with_capacity(map.blocks.len()),
            meeting: vec![Vec::new(); map.junctions.len()],
            squares: BTreeMap::new(),
            farthest: (2.5 * map.radius_m / SQUARE_M) as i32 + 2,
        };
        for block in &map.blocks {
            let class = map.streets.get(block.street as usize).map(|street| street.class);
            planner.add(block.from as usize, block.to as usize, slowness(class));
        }
        planner
    }

    fn add(&mut self, from: usize, to: usize, slowness: f64) {
        let (Some(a), Some(b)) = (self.junctions.get(from), self.junctions.get(to)) else { return };
        let cost = (a.distance(*b) * slowness * 1_000.0).ceil() as u64;
        let position = self.stretches.len();
        let stretch = Stretch { from, to, a: *a, b: *b, cost };
        self.stretches.push(stretch);
        for end in [from, to] {
            if let Some(meeting) = self.meeting.get_mut(end) {
                meeting.push(position);
            }
        }
        let (one, other) = (square(stretch.a), square(stretch.b));
        for column in one.0.min(other.0)..=one.0.max(other.0) {
            for row in one.1.min(other.1)..=one.1.max(other.1) {
                self.squares.entry((column, row)).or_default().push(position);
            }
        }
    }

    /// The quickest way. Between points far from every street it leads over the nearest one; in a
    /// map without streets it is the straight line.
    pub fn route(&self, from: Place, to: Place) -> Route {
        let (start, end) = (self.plane.spot(from), self.plane.spot(to));
        let mut spots = vec![start];
        if let (Some(leave), Some(arrive)) = (self.kerb(start), self.kerb(end)) {
            spots.push(leave.spot);
            spots.extend(self.between(leave, arrive));
            spots.push(arrive.spot);
        }
        spots.push(end);
        Route::new(self.plane, spots)
    }

    /// The nearest point of any street.
    fn kerb(&self, spot: Spot) -> Option<Kerb> {
        let home = square(spot);
        let mut best: Option<(f64, Kerb)> = None;
        for ring in 0..=self.farthest {
            let sure = f64::from(ring - 1) * SQUARE_M;
            if best.is_some_and(|(away, _)| away <= sure) {
                break;
            }
            for square in ring_of(home, ring) {
                for position in self.squares.get(&square).into_iter().flatten() {
                    let Some(stretch) = self.stretches.get(*position) else { continue };
                    let share = spot.nearest_share(stretch.a, stretch.b);
                    let foot = stretch.a.towards(stretch.b, share);
                    let away = foot.distance(spot);
                    if best.is_none_or(|(nearest, _)| away < nearest) {
                        best = Some((away, Kerb { stretch: *position, share, spot: foot }));
                    }
                }
            }
        }
        best.map(|(_, kerb)| kerb)
    }

    /// The junctions passed between two kerbs, by A* with the straight line as the promise.
    fn between(&self, leave: Kerb, arrive: Kerb) -> Vec<Spot> {
        let (Some(first), Some(last)) =
            (self.stretches.get(leave.stretch), self.stretches.get(arrive.stretch))
        else {
            return Vec::new();
        };
        if leave.stretch == arrive.stretch {
            return Vec::new();
        }
        let mut search = Search::new(self.junctions.len(), arrive.spot);
        search.reach(self, first.from, part(first.cost, leave.share), None);
        search.reach(self, first.to, part(first.cost, 1.0 - leave.share), None);
        let mut best: Option<(u64, usize)> = None;
        while let Some((promise, junction)) = search.pop() {
            if best.is_some_and(|(cost, _)| cost <= promise) {
                break;
            }
            let Some(so_far) = search.cost_of(junction) else { continue };
            for (end, rest) in [
                (last.from, part(last.cost, arrive.share)),
                (last.to, part(last.cost, 1.0 - arrive.share)),
            ] {
                if end == junction && best.is_none_or(|(cost, _)| so_far + rest < cost) {
                    best = Some((so_far + rest, junction));
                }
            }
            for position in self.meeting.get(junction).into_iter().flatten() {
                if let Some(stretch) = self.stretches.get(*position) {
                    let next = if stretch.from == junction { stretch.to } else { stretch.from };
                    search.reach(self, next, so_far + stretch.cost, Some(junction));
                }
            }
        }
        let passed = best.map(|(_, junction)| search.way_to(junction)).unwrap_or_default();
        passed.into_iter().filter_map(|junction| self.junctions.get(junction).copied()).collect()
    }
}

/// Riding a narrow street costs more than its metres.
fn slowness(class: Option<StreetClass>) -> f64 {
    match class {
        Some(StreetClass::Ring | StreetClass::Avenue) => 1.0,
        Some(StreetClass::Street) | None => 1.1,
        Some(StreetClass::Lane) => 1.3,
    }
}

fn part(cost: u64, share: f64) -> u64 {
    (cost as f64 * share).round() as u64
}

fn square(spot: Spot) -> (i32, i32) {
    ((spot.x / SQUARE_M).floor() as i32, (spot.y / SQUARE_M).floor() as i32)
}

/// The squares exactly `ring` steps away from one.
fn ring_of(home: (i32, i32), ring: i32) -> impl Iterator<Item = (i32, i32)> {
    (-ring..=ring).flat_map(move |column| {
        let step = if column.abs() == ring { 1 } else { (2 * ring).max(1) };
        (-ring..=ring)
            .step_by(step as usize)
            .map(move |row| (home.0.saturating_add(column), home.1.saturating_add(row)))
    })
}

/// The open list of one search.
struct Search {
    goal: Spot,
    reached: Vec<Option<(u64, Option<usize>)>>,
    open: BinaryHeap<Reverse<(u64, u64, usize)>>,
}

impl Search {
    fn new(junction_count: usize, goal: Spot) -> Self {
        Self { goal, reached: vec![None; junction_count], open: BinaryHeap::new() }
    }

    fn cost_of(&self, junction: usize) -> Option<u64> {
        self.reached.get(junction).copied().flatten().map(|(cost, _)| cost)
    }

    fn reach(&mut self, planner: &RoutePlanner, junction: usize, cost: u64, from: Option<usize>) {
        let Some(slot) = self.reached.get_mut(junction) else { return };
        if slot.is_some_and(|(known, _)| known <= cost) {
            return;
        }
        *slot = Some((cost, from));
        let straight = planner.junctions.get(junction).map_or(0.0, |spot| spot.distance(self.goal));
        let promise = cost + (straight * 1_000.0) as u64;
        self.open.push(Reverse((promise, cost, junction)));
    }

    /// The next junction worth looking at, with the least any way through it can cost.
    fn pop(&mut self) -> Option<(u64, usize)> {
        while let Some(Reverse((promise, cost, junction))) = self.open.pop() {
            if self.cost_of(junction) == Some(cost) {
                return Some((promise, junction));
            }
        }
        None
    }

    fn way_to(&self, junction: usize) -> Vec<usize> {
        let mut way = vec![junction];
        let mut here = junction;
        while let Some((_, Some(before))) = self.reached.get(here).copied().flatten() {
            way.push(before);
            here = before;
        }
        way.reverse();
        way
    }
}

impl Route {
    fn new(plane: Plane, spots: Vec<Spot>) -> Self {
        let mut ridden = Vec::with_capacity(spots.len());
        let mut total = 0.0;
        let mut before: Option<Spot> = None;
        for spot in &spots {
            total += before.map_or(0.0, |before| before.distance(*spot));
            ridden.push(total);
            before = Some(*spot);
        }
        Self { plane, spots, ridden }
    }

    /// Length over ground, door to door.
    pub fn length(&self) -> Meters {
        Meters::from_f64(self.length_m())
    }

    /// Length in metres, not rounded.
    pub fn length_m(&self) -> f64 {
        self.ridden.last().copied().unwrap_or_default()
    }

    /// Where a rider stands after so many metres; the end once they exceed the length.
    pub fn after(&self, metres: f64) -> Place {
        let next = self.ridden.partition_point(|ridden| *ridden <= metres.max(0.0));
        let reached = next.saturating_sub(1);
        let (Some(a), Some(from)) = (self.spots.get(reached), self.ridden.get(reached)) else {
            return self.plane.place(Spot::default());
        };
        match (self.spots.get(next), self.ridden.get(next)) {
            (Some(b), Some(until)) if until > from => {
                self.plane.place(a.towards(*b, (metres.max(0.0) - from) / (until - from)))
            }
            _ => self.plane.place(*a),
        }
    }

    /// The way as a polyline.
    pub fn places(&self) -> Vec<Place> {
        self.spots.iter().map(|spot| self.plane.place(*spot)).collect()
    }
}

#[cfg(test)]
mod tests {
    use vocabulary::Chance;

    use super::*;

    fn city() -> (StreetMap, RoutePlanner) {
        let centre = Place::new(30.6, 114.3).unwrap();
        let map = StreetMap::lay_out(centre, 2_500.0, &mut Chance::from_seed(11));
        let planner = RoutePlanner::new(&map);
        (map, planner)
    }

    fn anywhere(planner: &RoutePlanner, chance: &mut Chance) -> Place {
        let mut metres = || (chance.unit() - 0.5) * 4_000.0;
        let spot = Spot::new(metres(), metres());
        planner.plane.place(spot)
    }

    /// Cost between two junctions by plain relaxation until nothing changes.
    fn oracle(planner: &RoutePlanner, from: usize) -> Vec<u64> {
        let mut costs = vec![u64::MAX; planner.junctions.len()];
        costs[from] = 0;
        let mut changed = true;
        while changed {
            changed = false;
            for stretch in &planner.stretches {
                for (a, b) in [(stretch.from, stretch.to), (stretch.to, stretch.from)] {
                    let through = costs[a].saturating_add(stretch.cost);
                    if through < costs[b] {
                        costs[b] = through;
                        changed = true;
                    }
                }
            }
        }
        costs
    }

    #[test]
    fn no_way_is_longer_than_the_cheapest_one() {
        let (map, planner) = city();
        let costs = oracle(&planner, 0);
        for goal in (1..map.junctions.len()).step_by(7) {
            let route = planner.route(map.junctions[0], map.junctions[goal]);
            let straight = planner.junctions[0].distance(planner.junctions[goal]);
            assert!(route.length_m() + 0.1 >= straight);
            assert!(route.length_m() * 1_000.0 <= costs[goal] as f64 + 200.0, "junction {goal}");
        }
    }

    #[test]
    fn a_rider_moves_evenly_from_start_to_end() {
        let (_, planner) = city();
        let mut chance = Chance::from_seed(4);
        for _ in 0..200 {
            let (from, to) = (anywhere(&planner, &mut chance), anywhere(&planner, &mut chance));
            let route = planner.route(from, to);
            let near = |place: Place, other: Place| {
                planner.plane.spot(place).distance(planner.plane.spot(other)) < 0.1
            };
            assert!(near(route.after(0.0), from) && near(route.after(1e9), to));
            let (mut before, mut metres) = (planner.plane.spot(from), 0.0);
            while metres < route.length_m() {
                metres += 40.0;
                let here = planner.plane.spot(route.after(metres));
                assert!(here.distance(before) < 40.1, "a rider jumped");
                before = here;
            }
        }
    }

    #[test]
    fn the_nearest_kerb_is_nearer_than_every_stretch() {
        let (_, planner) = city();
        let mut chance = Chance::from_seed(8);
        for _ in 0..200 {
            let spot = planner.plane.spot(anywhere(&planner, &mut chance));
            let found = planner.kerb(spot).unwrap().spot.distance(spot);
            let least = planner
                .stretches
                .iter()
                .map(|s| s.a.towards(s.b, spot.nearest_share(s.a, s.b)).distance(spot))
                .fold(f64::MAX, f64::min);
            assert!((found - least).abs() < 1e-6);
        }
    }
}
