//! Draws the street network: a bent lattice, rings that swallow the junctions near them, diagonals
//! from the centre, and a river that only rings, avenues and diagonals cross.

use std::collections::BTreeMap;

use vocabulary::{Chance, Place};

use super::names::StreetNames;
use super::river::Course;
use super::{Block, Street, StreetClass, StreetMap};
use crate::city::draws::within;
use crate::city::plane::{Plane, Spot};

/// Metres between neighbouring streets.
const SPACING_M: f64 = 320.0;
/// Every so many lattice lines one is an avenue.
const AVENUE_EVERY: i32 = 4;
/// How many stretches of ordinary streets were never built.
const MISSING_SHARE: f64 = 0.07;
/// The rings, as shares of the city's radius.
const RINGS: [f64; 2] = [0.36, 0.72];

type Cell = (i32, i32);

struct Draft {
    radius: f64,
    reach: i32,
    river: Course,
    spots: BTreeMap<Cell, Spot>,
    /// Which ring a junction was drawn onto.
    on_ring: BTreeMap<Cell, usize>,
    /// With the metres laid so far.
    streets: Vec<(Street, f64)>,
    links: Vec<Link>,
}

struct Link {
    from: Cell,
    to: Cell,
    street: usize,
    length: f64,
    begins_at: f64,
    bridge: bool,
}

pub(super) fn lay_out(centre: Place, radius: f64, chance: &mut Chance) -> StreetMap {
    let mut names = StreetNames::new(chance);
    let mut draft = Draft {
        radius,
        reach: (radius / SPACING_M).ceil() as i32,
        river: Course::draw(radius, chance),
        spots: BTreeMap::new(),
        on_ring: BTreeMap::new(),
        streets: Vec::new(),
        links: Vec::new(),
    };
    draft.place_junctions(chance);
    draft.draw_rings();
    draft.draw_diagonals();
    for line in -draft.reach..=draft.reach {
        draft.draw_line(line, Heading::East, &mut names, chance);
    }
    for line in -draft.reach..=draft.reach {
        draft.draw_line(line, Heading::North, &mut names, chance);
    }
    draft.finish(centre)
}

#[derive(Clone, Copy)]
enum Heading {
    East,
    North,
}

impl Heading {
    fn cell(self, line: i32, step: i32) -> Cell {
        match self {
            Self::East => (step, line),
            Self::North => (line, step),
        }
    }

    fn halves(self) -> (&'static str, &'static str) {
        match self {
            Self::East => ("西", "东"),
            Self::North => ("南", "北"),
        }
    }
}

impl Draft {
    fn place_junctions(&mut self, chance: &mut Chance) {
        let bend = within(60.0, 140.0, chance);
        let wave = std::f64::consts::TAU / (self.radius * within(0.9, 1.6, chance));
        let phase = within(0.0, std::f64::consts::TAU, chance);
        for i in -self.reach..=self.reach {
            for j in -self.reach..=self.reach {
                let (x, y) = (f64::from(i) * SPACING_M, f64::from(j) * SPACING_M);
                let jitter = 0.09 * SPACING_M;
                let spot = Spot::new(
                    x + bend * (wave * y + phase).sin() + within(-jitter, jitter, chance),
                    y + bend * (wave * x - phase).cos() + within(-jitter, jitter, chance),
                );
                if spot.distance(Spot::default()) > self.radius {
                    continue;
                }
                let spot = self.onto_ring((i, j), spot);
                self.spots.insert((i, j), self.river.ashore(spot));
            }
        }
    }

    /// A junction within half a spacing of a ring moves onto it, so that no lattice line crosses
    /// a ring without a junction.
    fn onto_ring(&mut self, cell: Cell, spot: Spot) -> Spot {
        let away = spot.distance(Spot::default());
        let reach = if cell.0.abs() == cell.1.abs() { 0.75 } else { 0.56 } * SPACING_M;
        for (position, share) in RINGS.iter().enumerate() {
            let ring = share * self.radius;
            if ring < 2.0 * SPACING_M {
                continue;
            }
            if away > 0.0 && (away - ring).abs() <= reach {
                self.on_ring.insert(cell, position);
                return Spot::new(spot.x * ring / away, spot.y * ring / away);
            }
        }
        spot
    }

    fn draw_rings(&mut self) {
        for position in 0..RINGS.len() {
            let street = self.add_street(StreetNames::ring(position), StreetClass::Ring);
            let mut around: Vec<(f64, Cell)> = self
                .on_ring
                .iter()
                .filter(|(_, ring)| **ring == position)
                .filter_map(|(cell, _)| {
                    self.spots.get(cell).map(|spot| (spot.y.atan2(spot.x), *cell))
                })
                .collect();
            around.sort_by(|a, b| a.0.total_cmp(&b.0));
            let cells: Vec<Cell> = around.into_iter().map(|(_, cell)| cell).collect();
            for (from, to) in cells.iter().zip(cells.iter().cycle().skip(1)) {
                self.link(*from, *to, street);
            }
        }
    }

    fn draw_diagonals(&mut self) {
        for (position, (east, north)) in [(1, 1), (1, -1)].into_iter().enumerate() {
            let street = self.add_street(StreetNames::diagonal(position), StreetClass::Avenue);
            for step in -self.reach..self.reach {
                let from = (step * east, step * north);
                let to = ((step + 1) * east, (step + 1) * north);
                self.link_unless_chord(from, to, street);
            }
        }
    }

    fn draw_line(
        &mut self,
        line: i32,
        heading: Heading,
        names: &mut StreetNames,
        chance: &mut Chance,
    ) {
        let is_avenue = line.rem_euclid(AVENUE_EVERY) == 0;
        let (near, far) = if is_avenue {
            let (near, far) = names.avenue(heading.halves(), chance);
            let near = self.add_street(near, StreetClass::Avenue);
            (near, self.add_street(far, StreetClass::Avenue))
        } else {
            let (name, class) = names.street(chance);
            let street = self.add_street(name, class);
            (street, street)
        };
        for step in -self.reach..self.reach {
            let street = if step < 0 { near } else { far };
            if is_avenue || !chance.happens(MISSING_SHARE) {
                let (from, to) = (heading.cell(line, step), heading.cell(line, step + 1));
                self.link_unless_chord(from, to, street);
            }
        }
    }

    /// The street of this name, made once: the halves of an avenue may share one.
    fn add_street(&mut self, name: String, class: StreetClass) -> usize {
        match self.streets.last() {
            Some((last, _)) if last.name == name => self.streets.len() - 1,
            Some(_) | None => {
                self.streets.push((Street { name, class }, 0.0));
                self.streets.len() - 1
            }
        }
    }

    /// Two junctions of one ring are joined by the ring itself.
    fn link_unless_chord(&mut self, from: Cell, to: Cell, street: usize) {
        let rings = (self.on_ring.get(&from), self.on_ring.get(&to));
        if !matches!(rings, (Some(one), Some(other)) if one == other) {
            self.link(from, to, street);
        }
    }

    fn link(&mut self, from: Cell, to: Cell, street: usize) {
        let (Some(a), Some(b)) = (self.spots.get(&from), self.spots.get(&to)) else { return };
        let Some((Street { class, .. }, laid)) = self.streets.get_mut(street) else { return };
        let bridge = self.river.is_east(*a) != self.river.is_east(*b);
        let crosses = match class {
            StreetClass::Ring | StreetClass::Avenue => true,
            StreetClass::Street | StreetClass::Lane => false,
        };
        let length = a.distance(*b);
        if (bridge && !crosses) || length < 5.0 {
            return;
        }
        let begins_at = *laid;
        *laid += length;
        self.links.push(Link { from, to, street, length, begins_at, bridge });
    }

    /// Keeps the largest connected part and numbers what is left.
    fn finish(self, centre: Place) -> StreetMap {
        let plane = Plane::around(centre);
        let kept = largest_part(&self.links);
        let mut map = StreetMap {
            centre,
            radius_m: self.radius,
            streets: Vec::new(),
            junctions: Vec::new(),
            blocks: Vec::new(),
            river: self.river.river(self.radius, &plane),
        };
        let mut junctions: BTreeMap<Cell, u32> = BTreeMap::new();
        for (cell, spot) in self.spots.iter().filter(|(cell, _)| kept.contains_key(cell)) {
            junctions.insert(*cell, map.junctions.len() as u32);
            map.junctions.push(plane.place(*spot));
        }
        let mut streets: BTreeMap<usize, u32> = BTreeMap::new();
        for link in &self.links {
            let (Some(from), Some(to)) = (junctions.get(&link.from), junctions.get(&link.to))
            else {
                continue;
            };
            let street = *streets.entry(link.street).or_insert_with(|| {
                map.streets.extend(self.streets.get(link.street).map(|(street, _)| street.clone()));
                map.streets.len() as u32 - 1
            });
            map.blocks.push(Block {
                from: *from,
                to: *to,
                street,
                length_m: centimetres(link.length),
                begins_at_m: centimetres(link.begins_at),
                bridge: link.bridge,
            });
        }
        map
    }
}

fn centimetres(metres: f64) -> f64 {
    (metres * 100.0).round() / 100.0
}

/// The cells of the largest connected part.
fn largest_part(links: &[Link]) -> BTreeMap<Cell, ()> {
    let mut neighbours: BTreeMap<Cell, Vec<Cell>> = BTreeMap::new();
    for link in links {
        neighbours.entry(link.from).or_default().push(link.to);
        neighbours.entry(link.to).or_default().push(link.from);
    }
    let mut seen: BTreeMap<Cell, ()> = BTreeMap::new();
    let mut largest = BTreeMap::new();
    for start in neighbours.keys() {
        if seen.contains_key(start) {
            continue;
        }
        let mut part = BTreeMap::from([(*start, ())]);
        let mut open = vec![*start];
        while let Some(cell) = open.pop() {
            for next in neighbours.get(&cell).into_iter().flatten() {
                if part.insert(*next, ()).is_none() {
                    open.push(*next);
                }
            }
        }
        seen.extend(part.iter());
        if part.len() > largest.len() {
            largest = part;
        }
    }
    largest
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn map(seed: u64) -> StreetMap {
        let centre = Place::new(30.6, 114.3).unwrap();
        lay_out(centre, 6_000.0, &mut Chance::from_seed(seed))
    }

    #[test]
    fn every_seed_gives_a_connected_city_with_bridges() {
        for seed in 0..20 {
            let map = map(seed);
            let bridges = map.blocks.iter().filter(|block| block.bridge).count();
            assert!(map.junctions.len() > 800, "seed {seed}: {} junctions", map.junctions.len());
            assert!((4..40).contains(&bridges), "seed {seed}: {bridges} bridges");
            let longest = map.blocks.iter().map(|block| block.length_m).fold(0.0, f64::max);
            assert!(longest < 1_000.0, "seed {seed}: a stretch of {longest} m");
        }
    }

    #[test]
    fn street_names_are_unique() {
        let map = map(3);
        let names: BTreeSet<&str> = map.streets.iter().map(|street| street.name.as_str()).collect();
        assert_eq!(names.len(), map.streets.len());
        assert!(names.contains("一环路"));
    }

    #[test]
    fn a_village_still_has_streets() {
        let centre = Place::new(30.6, 114.3).unwrap();
        let map = lay_out(centre, 800.0, &mut Chance::from_seed(1));
        assert!(map.blocks.len() > 4, "{} stretches", map.blocks.len());
    }
}
