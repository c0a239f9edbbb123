//! What a road file says: places, and the ways that join them.

use rustc_hash::FxHashMap;
use vocabulary::Place;

use crate::travel::TravelMode;

/// What kind of street a way is, after OSM's `highway`; a link counts as the road it leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RoadClass {
    Motorway,
    Trunk,
    Primary,
    Secondary,
    Tertiary,
    /// Residential and unclassified.
    Residential,
    LivingStreet,
    Service,
    Track,
    Cycleway,
    /// Footways, pedestrian streets and paths.
    Path,
    Steps,
}

impl RoadClass {
    /// Nothing for what nobody travels on, or not yet.
    pub fn of_highway(highway: &str) -> Option<Self> {
        Some(match highway.strip_suffix("_link").unwrap_or(highway) {
            "motorway" => Self::Motorway,
            "trunk" => Self::Trunk,
            "primary" => Self::Primary,
            "secondary" => Self::Secondary,
            "tertiary" => Self::Tertiary,
            "residential" | "unclassified" | "road" | "busway" => Self::Residential,
            "living_street" => Self::LivingStreet,
            "service" => Self::Service,
            "track" => Self::Track,
            "cycleway" => Self::Cycleway,
            "footway" | "pedestrian" | "path" | "bridleway" => Self::Path,
            "steps" => Self::Steps,
            _ => return None,
        })
    }

    /// The value of `highway` that maps draw it by.
    pub fn highway(self) -> &'static str {
        match self {
            Self::Motorway => "motorway",
            Self::Trunk => "trunk",
            Self::Primary => "primary",
            Self::Secondary => "secondary",
            Self::Tertiary => "tertiary",
            Self::Residential => "residential",
            Self::LivingStreet => "living_street",
            Self::Service => "service",
            Self::Track => "track",
            Self::Cycleway => "cycleway",
            Self::Path => "path",
            Self::Steps => "steps",
        }
    }

    /// Metres a second on a street of this class, or nothing where the mode may not go.
    ///
    /// Assumptions to start with, whole trips included: bicycles and scooters ride as fast as the
    /// straight line's default says, cars as city traffic with its lights lets them.
    fn metres_per_second(self, mode: TravelMode) -> Option<f64> {
        use TravelMode::{Bicycle, Car, Ebike, Walk};
        let kilometres_per_hour = match (self, mode) {
            (Self::Motorway, Car) => 70.0,
            (Self::Motorway, Walk | Bicycle | Ebike) => return None,
            (Self::Trunk, Car) => 45.0,
            (Self::Primary, Car) => 32.0,
            (Self::Secondary, Car) => 28.0,
            (Self::Tertiary, Car) => 24.0,
            (Self::Residential, Car) => 20.0,
            (Self::Service | Self::Track, Car) => 12.0,
            (Self::LivingStreet, Car) => 10.0,
            (Self::Cycleway | Self::Path | Self::Steps, Car) => return None,
            (Self::Steps, Bicycle | Ebike) => return None,
            // Ridden with care, or pushed.
            (Self::Path, Bicycle | Ebike) => 8.0,
            (Self::LivingStreet | Self::Track, Ebike) => 14.0,
            (Self::LivingStreet | Self::Track, Bicycle) => 11.0,
            (
                Self::Trunk
                | Self::Primary
                | Self::Secondary
                | Self::Tertiary
                | Self::Residential
                | Self::Service
                | Self::Cycleway,
                Ebike,
            ) => 18.0,
            (
                Self::Trunk
                | Self::Primary
                | Self::Secondary
                | Self::Tertiary
                | Self::Residential
                | Self::Service
                | Self::Cycleway,
                Bicycle,
            ) => 12.6,
            (
                Self::Trunk
                | Self::Primary
                | Self::Secondary
                | Self::Tertiary
                | Self::Residential
                | Self::LivingStreet
                | Self::Service
                | Self::Track
                | Self::Cycleway
                | Self::Path
                | Self::Steps,
                Walk,
            ) => 4.68,
        };
        Some(kilometres_per_hour / 3.6)
    }
}

pub(super) const MODES: [TravelMode; 4] =
    [TravelMode::Walk, TravelMode::Bicycle, TravelMode::Ebike, TravelMode::Car];

/// The tags of a way, asked by name.
pub trait Tags {
    fn tag(&self, name: &str) -> Option<&str>;

    fn is(&self, name: &str, values: &[&str]) -> bool {
        self.tag(name).is_some_and(|value| values.contains(&value))
    }
}

/// One street between two ends, as a line over nodes of its map.
#[derive(Debug, Clone, PartialEq)]
pub struct Way {
    pub class: RoadClass,
    /// Empty where it has none.
    pub name: String,
    /// At least two.
    pub(super) nodes: Vec<u32>,
    /// Kilometres an hour, where a sign says so.
    limit: Option<f64>,
    /// Bit `n` for the `n`th mode along the line, bit `n + 4` against it.
    open: u8,
}

impl Way {
    /// Nothing where the tags are of no street.
    fn of(tags: &impl Tags, nodes: Vec<u32>) -> Option<Self> {
        let class = RoadClass::of_highway(tags.tag("highway")?)?;
        if nodes.len() < 2 || tags.is("area", &["yes"]) {
            return None;
        }
        let name = tags.tag("name").unwrap_or_default().to_owned();
        let limit = tags.tag("maxspeed").and_then(kilometres_per_hour);
        Some(Self { class, name, nodes, limit, open: open(class, tags) })
    }

    /// How fast this mode goes along the line and against it; nothing where it may not.
    pub(super) fn speeds(&self, mode: TravelMode) -> (Option<f64>, Option<f64>) {
        let speed = self.class.metres_per_second(mode).map(|speed| match (mode, self.limit) {
            (TravelMode::Car, Some(limit)) => speed.min(limit / 3.6),
            (_, _) => speed,
        });
        let bit = bit_of(mode);
        (speed.filter(|_| self.open & bit != 0), speed.filter(|_| self.open & (bit << 4) != 0))
    }
}

fn bit_of(mode: TravelMode) -> u8 {
    match mode {
        TravelMode::Walk => 1,
        TravelMode::Bicycle => 2,
        TravelMode::Ebike => 4,
        TravelMode::Car => 8,
    }
}

/// Who may go which way. The word on one mode counts more than the word on all.
fn open(class: RoadClass, tags: &impl Tags) -> u8 {
    let no = ["no", "private"];
    let is_shut = tags.is("access", &no);
    let may = |names: &[&str], is_fit: bool| {
        let word = names.iter().find_map(|name| tags.tag(name));
        is_fit && word.map_or(!is_shut, |word| !no.contains(&word))
    };
    let is_fast = class == RoadClass::Motorway || tags.is("motorroad", &["yes"]);
    let mut along = 0;
    for (mode, names, is_fit) in [
        (TravelMode::Walk, &["foot"][..], !is_fast),
        (TravelMode::Bicycle, &["bicycle", "vehicle"], !is_fast),
        (TravelMode::Ebike, &["bicycle", "vehicle"], !is_fast),
        (TravelMode::Car, &["motorcar", "motor_vehicle", "vehicle"], true),
    ] {
        if may(names, is_fit) {
            along |= bit_of(mode);
        }
    }
    let walkers = along & bit_of(TravelMode::Walk);
    let riders = along & (bit_of(TravelMode::Bicycle) | bit_of(TravelMode::Ebike));
    let one_way = tags.tag("oneway");
    if matches!(one_way, Some("-1" | "reverse")) {
        return walkers | (along << 4);
    }
    let is_said = matches!(one_way, Some("yes" | "true" | "1"));
    let is_round = tags.is("junction", &["roundabout", "circular"]);
    let is_meant = one_way.is_none() && (is_round || class == RoadClass::Motorway);
    if !is_said && !is_meant {
        return along | (along << 4);
    }
    let against = if tags.is("oneway:bicycle", &["no"]) { walkers | riders } else { walkers };
    along | (against << 4)
}

fn kilometres_per_hour(text: &str) -> Option<f64> {
    let (number, factor) = match text.strip_suffix("mph") {
        Some(miles) => (miles, 1.609_344),
        None => (text.trim_end_matches("km/h"), 1.0),
    };
    let speed = number.trim().parse::<f64>().ok()? * factor;
    (5.0..=200.0).contains(&speed).then_some(speed)
}

/// Between two places of a way: 200 kilometres and more, straight through any desert.
const LONGEST_STRETCH_DEGREES: f64 = 2.0;

/// Why a road file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RoadError {
    #[error("the road file is neither OSM PBF nor GeoJSON: {0}")]
    Format(String),
    #[error(
        "the road file has no streets: it needs ways with a highway, or LineStrings with a class"
    )]
    Empty,
    #[error("the road file has more than {0} places")]
    Large(u32),
}

/// The streets of a file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RoadMap {
    pub(super) places: Vec<Place>,
    pub(super) ways: Vec<Way>,
}

impl RoadMap {
    /// Reads OSM PBF, or a GeoJSON FeatureCollection of LineStrings with OSM's tags as properties
    /// (`class` in place of `highway` too).
    #[cfg(feature = "road-files")]
    pub fn read(bytes: &[u8]) -> Result<Self, RoadError> {
        let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
        let map = if first == Some(&b'{') {
            super::geojson::read(bytes)?
        } else {
            super::pbf::read(bytes)?
        };
        if map.ways.is_empty() { Err(RoadError::Empty) } else { Ok(map) }
    }

    pub fn way_count(&self) -> usize {
        self.ways.len()
    }

    pub(super) fn place(&self, node: u32) -> Option<Place> {
        self.places.get(node as usize).copied()
    }

    /// The places of a way, in its order.
    pub(super) fn line<'a>(&'a self, way: &'a Way) -> impl Iterator<Item = Place> + 'a {
        way.nodes.iter().filter_map(|&node| self.place(node))
    }

    fn leaps(&self, way: &Way) -> bool {
        let is_far = |one: Place, other: Place| {
            let apart = [one.latitude() - other.latitude(), one.longitude() - other.longitude()];
            apart.into_iter().any(|degrees| degrees.abs() > LONGEST_STRETCH_DEGREES)
        };
        self.line(way).zip(self.line(way).skip(1)).any(|(one, other)| is_far(one, other))
    }

    /// South-west and north-east corners of all ways. A map over the antimeridian spans the earth.
    pub fn bounds(&self) -> Option<(Place, Place)> {
        let (mut least, mut most) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
        for place in self.ways.iter().flat_map(|way| self.line(way)) {
            let [south, west] = least;
            let [north, east] = most;
            least = [south.min(place.latitude()), west.min(place.longitude())];
            most = [north.max(place.latitude()), east.max(place.longitude())];
        }
        let corner = |[latitude, longitude]: [f64; 2]| Place::new(latitude, longitude).ok();
        Some((corner(least)?, corner(most)?))
    }
}

/// Gathers a map while its file is read: ways name nodes by the file's own keys.
#[derive(Debug)]
pub(super) struct Gathered<Key> {
    numbers: FxHashMap<Key, u32>,
    map: RoadMap,
    is_full: bool,
}

impl<Key: Copy + Eq + std::hash::Hash> Gathered<Key> {
    pub(super) fn new() -> Self {
        Self { numbers: FxHashMap::default(), map: RoadMap::default(), is_full: false }
    }

    /// A node that ways may name; the first place of a key counts.
    pub(super) fn node(&mut self, key: Key, place: Place) {
        let next = u32::try_from(self.map.places.len()).unwrap_or(u32::MAX);
        if next == u32::MAX {
            self.is_full = true;
        } else if let std::collections::hash_map::Entry::Vacant(free) = self.numbers.entry(key) {
            free.insert(next);
            self.map.places.push(place);
        }
    }

    /// Nodes that nobody knows are left out: an extract cuts ways at its edge. So is a way with a
    /// node in another country: drawn, it would lie in thousands of tiles.
    pub(super) fn way(&mut self, tags: &impl Tags, keys: impl Iterator<Item = Key>) {
        let known = keys.filter_map(|key| self.numbers.get(&key).copied());
        let mut nodes: Vec<u32> = known.collect();
        nodes.dedup();
        let way = Way::of(tags, nodes);
        self.map.ways.extend(way.filter(|way| !self.map.leaps(way)));
    }

    pub(super) fn finish(self) -> Result<RoadMap, RoadError> {
        if self.is_full { Err(RoadError::Large(u32::MAX)) } else { Ok(self.map) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Tags for &[(&str, &str)] {
        fn tag(&self, name: &str) -> Option<&str> {
            self.iter().find_map(|(known, value)| (*known == name).then_some(*value))
        }
    }

    fn both(tags: &[(&str, &str)], mode: TravelMode) -> (bool, bool) {
        let (along, against) = Way::of(&tags, vec![0, 1]).unwrap().speeds(mode);
        (along.is_some(), against.is_some())
    }

    #[test]
    fn signs_say_who_may_go_which_way() {
        use TravelMode::{Bicycle, Car, Ebike, Walk};
        let street = ("highway", "secondary");
        for (tags, mode, expected) in [
            (&[street][..], Car, (true, true)),
            (&[street, ("oneway", "yes")], Car, (true, false)),
            (&[street, ("oneway", "-1")], Ebike, (false, true)),
            (&[street, ("oneway", "yes")], Walk, (true, true)),
            (&[street, ("oneway", "yes"), ("oneway:bicycle", "no")], Bicycle, (true, true)),
            (&[street, ("oneway", "yes"), ("oneway:bicycle", "no")], Car, (true, false)),
            (&[street, ("junction", "roundabout")], Car, (true, false)),
            (&[street, ("access", "private")], Walk, (false, false)),
            (&[street, ("access", "no"), ("bicycle", "yes")], Ebike, (true, true)),
            (&[street, ("motor_vehicle", "no")], Car, (false, false)),
            (&[street, ("motor_vehicle", "no")], Ebike, (true, true)),
            (&[street, ("motorroad", "yes")], Walk, (false, false)),
            (&[("highway", "motorway")], Car, (true, false)),
            (&[("highway", "motorway_link")], Ebike, (false, false)),
            (&[("highway", "steps")], Walk, (true, true)),
            (&[("highway", "steps")], Bicycle, (false, false)),
            (&[("highway", "cycleway")], Car, (false, false)),
        ] {
            assert_eq!(both(tags, mode), expected, "{tags:?} {mode:?}");
        }
    }

    #[test]
    fn a_sign_slows_cars_and_what_is_no_street_is_left_out() {
        let speed = |limit| {
            let tags = [("highway", "trunk"), ("maxspeed", limit)];
            Way::of(&&tags[..], vec![0, 1]).unwrap().speeds(TravelMode::Car).0.unwrap() * 3.6
        };
        assert_eq!(speed("30").round(), 30.0);
        assert_eq!(speed("20 mph").round(), 32.0);
        for no_sign in ["80", "none", "1", "-5", ""] {
            assert_eq!(speed(no_sign).round(), 45.0, "{no_sign}");
        }
        for tags in [&[("highway", "construction")][..], &[("building", "yes")], &[]] {
            assert_eq!(Way::of(&tags, vec![0, 1]), None);
        }
        assert_eq!(Way::of(&&[("highway", "primary"), ("area", "yes")][..], vec![0, 1]), None);
        assert_eq!(Way::of(&&[("highway", "primary")][..], vec![0]), None);
    }
}
