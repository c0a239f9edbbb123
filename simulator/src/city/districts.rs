//! Where people live and work, and the houses that stand there.

use serde::{Deserialize, Serialize};
use vocabulary::{Chance, Place};

use super::draws::{NameBag, Weighted, between, one_of, within};
use super::plane::{Plane, Spot};
use super::streets::{Address, Block, StreetMap, house_number};
use super::words;

/// What a district is mostly made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DistrictKind {
    OldTown,
    Business,
    Residential,
    Campus,
    Industry,
}

/// A part of the city whose density falls off from its middle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct District {
    pub name: String,
    pub kind: DistrictKind,
    pub middle: Place,
    /// Distance at which the density has fallen to six tenths, in metres.
    pub spread_m: f64,
    /// People asleep there at night, relative to other districts.
    pub homes: f64,
    /// People working or studying there by day, relative to other districts.
    pub desks: f64,
}

impl DistrictKind {
    const ALL: [Self; 5] =
        [Self::OldTown, Self::Business, Self::Residential, Self::Campus, Self::Industry];

    /// Relative numbers of homes and desks.
    fn crowd(self) -> (f64, f64) {
        match self {
            Self::OldTown => (1.6, 0.8),
            Self::Business => (0.5, 3.0),
            Self::Residential => (2.2, 0.3),
            Self::Campus => (1.5, 1.2),
            Self::Industry => (0.4, 1.4),
        }
    }
}

pub(super) fn found(streets: &StreetMap, chance: &mut Chance) -> Vec<District> {
    let plane = Plane::around(streets.centre);
    let mut names = NameBag::new(&words::DISTRICTS, chance);
    (0..words::DISTRICTS.len())
        .map(|position| {
            let kind = match position {
                0 => DistrictKind::OldTown,
                1 => DistrictKind::Business,
                _ => {
                    one_of(&DistrictKind::ALL, chance).copied().unwrap_or(DistrictKind::Residential)
                }
            };
            let away = if position < 2 { 0.2 } else { 0.85 } * chance.unit().sqrt();
            let angle = within(0.0, std::f64::consts::TAU, chance);
            let radius = away * streets.radius_m;
            let (homes, desks) = kind.crowd();
            District {
                name: names.next(),
                kind,
                middle: plane.place(Spot::new(radius * angle.cos(), radius * angle.sin())),
                spread_m: (within(0.10, 0.22, chance) * streets.radius_m).round(),
                homes,
                desks,
            }
        })
        .collect()
}

/// Which crowd a house is drawn from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crowd {
    Homes,
    Desks,
}

/// Draws addresses where a crowd is.
#[derive(Debug, Clone)]
pub struct Housing<'a> {
    streets: &'a StreetMap,
    plane: Plane,
    homes: Weighted,
    desks: Weighted,
}

impl<'a> Housing<'a> {
    pub fn new(streets: &'a StreetMap, districts: &[District]) -> Self {
        let plane = Plane::around(streets.centre);
        let weigh = |crowd: Crowd| {
            Weighted::new(streets.blocks.iter().map(|block| {
                let middle =
                    streets.ends(block).map(|(a, b)| plane.spot(a).towards(plane.spot(b), 0.5));
                let density = middle.map_or(0.0, |spot| density(districts, &plane, crowd, spot));
                if block.bridge { 0.0 } else { density * block.length_m }
            }))
        };
        let (homes, desks) = (weigh(Crowd::Homes), weigh(Crowd::Desks));
        Self { streets, plane, homes, desks }
    }

    /// A door of the crowd; `None` only in a city without streets.
    pub fn door(&self, crowd: Crowd, chance: &mut Chance) -> Option<Address> {
        let (mut address, _) = self.house(crowd, within(18.0, 70.0, chance), chance)?;
        address.detail = match crowd {
            Crowd::Homes => format!(
                "{}栋{}单元{}{:02}室",
                between(1, 18, chance),
                between(1, 4, chance),
                between(1, 28, chance),
                between(1, 4, chance)
            ),
            Crowd::Desks => format!(
                "{}座{}层{:02}室",
                one_of(&['A', 'B', 'C'], chance).copied().unwrap_or('A'),
                between(2, 32, chance),
                between(1, 20, chance)
            ),
        };
        Some(address)
    }

    /// A shop's front on the street.
    pub(super) fn front(&self, crowd: Crowd, chance: &mut Chance) -> Option<Address> {
        self.house(crowd, 10.0, chance).map(|(address, _)| address)
    }

    fn house(&self, crowd: Crowd, set_back: f64, chance: &mut Chance) -> Option<(Address, &Block)> {
        let drawn = match crowd {
            Crowd::Homes => &self.homes,
            Crowd::Desks => &self.desks,
        };
        let block = self.streets.blocks.get(drawn.pick(chance)?)?;
        let (from, to) = self.streets.ends(block)?;
        let (a, b) = (self.plane.spot(from), self.plane.spot(to));
        let (share, left) = (within(0.05, 0.95, chance), chance.happens(0.5));
        let foot = a.towards(b, share);
        let side = if left { set_back } else { -set_back } / block.length_m.max(1.0);
        let spot = Spot::new(foot.x - (b.y - a.y) * side, foot.y + (b.x - a.x) * side);
        let street = self.streets.streets.get(block.street as usize)?;
        let address = Address {
            street: block.street,
            street_name: street.name.clone(),
            number: house_number(block.begins_at_m + share * block.length_m, left),
            detail: String::new(),
            place: self.plane.place(spot),
        };
        Some((address, block))
    }
}

/// How densely a crowd stands at a spot; a thin crowd is everywhere.
fn density(districts: &[District], plane: &Plane, crowd: Crowd, spot: Spot) -> f64 {
    let peaks: f64 = districts
        .iter()
        .map(|district| {
            let away = plane.spot(district.middle).distance(spot) / district.spread_m.max(1.0);
            let people = match crowd {
                Crowd::Homes => district.homes,
                Crowd::Desks => district.desks,
            };
            people * (-0.5 * away * away).exp()
        })
        .sum();
    0.06 + peaks
}
