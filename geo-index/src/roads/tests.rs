//! A small town in both forms of file.

use proptest::prelude::*;
use vocabulary::{Meters, Place, Seconds, Timestamp};

use super::{RoadClass, RoadError, RoadMap, RoadNetwork, overview, tiles};
use crate::distance::distance;
use crate::testing::place;
use crate::travel::{StraightLine, Travel, TravelMode, TravelTime};

const NOON: Timestamp = Timestamp::from_millis(43_200_000);

type Street = (Vec<i64>, Vec<(&'static str, &'static str)>);

/// Places by number, and ways over them with their tags.
struct Town {
    nodes: Vec<(i64, Place)>,
    ways: Vec<Street>,
}

/// A square of four streets, a kilometre a side: 1 north-west, 2 north-east, 3 south-east, 4
/// south-west. The northern one goes east only. A dead end leads out of 3, a street on its own lies
/// far away, and a motorway crosses.
fn town() -> Town {
    let degree = 1_000.0 / 111_195.08;
    let at = |east: f64, north: f64| place(north * degree, 114.0 + east * degree);
    Town {
        nodes: vec![
            (1, at(0.0, 1.0)),
            (2, at(1.0, 1.0)),
            (3, at(1.0, 0.0)),
            (4, at(0.0, 0.0)),
            (5, at(0.5, 1.0)),
            (6, at(2.0, 0.0)),
            (7, at(0.0, 6.0)),
            (8, at(1.0, 6.0)),
            (9, at(-0.3, 0.0)),
            (10, at(-0.3, 1.0)),
        ],
        ways: vec![
            (vec![1, 5, 2], vec![("highway", "primary"), ("name", "北街"), ("oneway", "yes")]),
            (vec![2, 3], vec![("highway", "residential")]),
            (vec![3, 4], vec![("highway", "secondary"), ("name", "南街")]),
            (vec![4, 1], vec![("highway", "residential")]),
            (vec![3, 6], vec![("highway", "service")]),
            (vec![7, 8], vec![("highway", "residential")]),
            (vec![4, 9, 10, 1], vec![("highway", "motorway"), ("oneway", "no")]),
            (vec![1, 2, 3, 4, 1], vec![("building", "yes")]),
        ],
    }
}

impl Town {
    fn geojson(&self) -> Vec<u8> {
        let known = |node| self.nodes.iter().find(|(id, _)| id == node).unwrap().1;
        let features = self.ways.iter().map(|(nodes, tags)| {
            let line: Vec<_> = nodes
                .iter()
                .map(|node| [known(node).longitude(), known(node).latitude()])
                .collect();
            let tags: std::collections::BTreeMap<_, _> = tags.iter().copied().collect();
            serde_json::json!({
                "type": "Feature", "properties": tags,
                "geometry": { "type": "LineString", "coordinates": line },
            })
        });
        let features: Vec<_> = features.collect();
        serde_json::to_vec(&serde_json::json!({"type": "FeatureCollection", "features": features}))
            .unwrap()
    }

    /// OSM PBF by hand: one header and one block of plain nodes and ways, not compressed.
    fn pbf(&self) -> Vec<u8> {
        let mut words = vec![String::new()];
        let mut word = |text: &str| {
            let known = words.iter().position(|word| word == text);
            known.unwrap_or_else(|| {
                words.push(text.to_owned());
                words.len() - 1
            }) as u64
        };
        let mut ways = Vec::new();
        for ((nodes, tags), id) in self.ways.iter().zip(100..) {
            let mut way = field(1, id);
            way.extend(bytes(
                2,
                &tags.iter().flat_map(|(name, _)| varint(word(name))).collect::<Vec<_>>(),
            ));
            way.extend(bytes(
                3,
                &tags.iter().flat_map(|(_, value)| varint(word(value))).collect::<Vec<_>>(),
            ));
            let before = std::iter::once(&0).chain(nodes);
            let steps =
                nodes.iter().zip(before).flat_map(|(node, before)| varint(zigzag(node - before)));
            way.extend(bytes(8, &steps.collect::<Vec<_>>()));
            ways.extend(bytes(3, &way));
        }
        let mut nodes = Vec::new();
        for (id, place) in &self.nodes {
            let step = |degrees: f64| zigzag((degrees * 1e7).round() as i64);
            let mut node = field(1, zigzag(*id));
            node.extend(field(8, step(place.latitude())));
            node.extend(field(9, step(place.longitude())));
            nodes.extend(bytes(1, &node));
        }
        let table: Vec<u8> = words.iter().flat_map(|word| bytes(1, word.as_bytes())).collect();
        // Ways before nodes, as no file should be and some are.
        let mut block = bytes(1, &table);
        block.extend(bytes(2, &ways));
        block.extend(bytes(2, &nodes));
        let header: Vec<u8> = bytes(4, b"OsmSchema-V0.6");
        [blob("OSMHeader", &header), blob("OSMData", &block)].concat()
    }
}

fn varint(mut number: u64) -> Vec<u8> {
    let mut out = Vec::new();
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
    out
}

fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)) as u64
}

fn field(number: u64, value: u64) -> Vec<u8> {
    [varint(number << 3), varint(value)].concat()
}

fn bytes(number: u64, content: &[u8]) -> Vec<u8> {
    [&varint((number << 3) | 2)[..], &varint(content.len() as u64), content].concat()
}

fn blob(kind: &str, content: &[u8]) -> Vec<u8> {
    let blob = [bytes(1, content), field(2, content.len() as u64)].concat();
    let header = [bytes(1, kind.as_bytes()), field(3, blob.len() as u64)].concat();
    [&(header.len() as u32).to_be_bytes()[..], &header, &blob].concat()
}

fn network() -> RoadNetwork {
    RoadNetwork::of(&RoadMap::read(&town().pbf()).unwrap(), StraightLine::default()).unwrap()
}

fn node(number: i64) -> Place {
    town().nodes.into_iter().find(|(id, _)| *id == number).unwrap().1
}

#[test]
fn both_forms_of_file_tell_of_the_same_streets() {
    let (one, other) =
        (RoadMap::read(&town().pbf()).unwrap(), RoadMap::read(&town().geojson()).unwrap());
    assert_eq!((one.way_count(), other.way_count()), (7, 7));
    for (way, same) in one.ways.iter().zip(&other.ways) {
        assert_eq!((way.class, &way.name), (same.class, &same.name));
        for (a, b) in one.line(way).zip(other.line(same)) {
            assert_eq!(distance(a, b), Meters(0));
        }
    }
    let (least, most) = one.bounds().unwrap();
    assert!(least.latitude() < 0.001 && most.latitude() > 0.05);
    for mode in super::map::MODES {
        let [one, other] = [&one, &other]
            .map(|map| RoadNetwork::of(map, StraightLine::default()).unwrap())
            .map(|roads| roads.travel(node(2), node(4), mode, NOON));
        assert_eq!(one, other);
    }
}

#[test]
fn a_street_that_leaps_to_another_country_is_left_out() {
    let to = |end: &str| {
        let line = format!(r#"{{"type":"LineString","coordinates":[[114.0,30.0],{end}]}}"#);
        let street = format!(r#"{{"properties":{{"class":"primary"}},"geometry":{line}}}"#);
        format!(r#"{{"type":"FeatureCollection","features":[{street}]}}"#)
    };
    assert_eq!(RoadMap::read(to("[-114.0,-30.0]").as_bytes()), Err(RoadError::Empty));
    assert_eq!(RoadMap::read(to("[115.5,31.5]").as_bytes()).unwrap().way_count(), 1);
}

#[test]
fn what_is_no_road_file_is_refused() {
    assert!(matches!(RoadMap::read(b"streets"), Err(RoadError::Format(_))));
    assert!(matches!(RoadMap::read(b"{\"features\": 1}"), Err(RoadError::Format(_))));
    assert_eq!(RoadMap::read(b" {\"features\": []}"), Err(RoadError::Empty));
    assert_eq!(RoadMap::read(b""), Err(RoadError::Empty));
    let whole = town().pbf();
    for length in [3, 40, whole.len() - 1] {
        assert!(RoadMap::read(&whole[..length]).is_err(), "{length}");
    }
}

#[test]
fn one_way_streets_hold_for_riders_and_not_for_walkers() {
    let roads = network();
    let ride = |from, to| roads.travel(node(from), node(to), TravelMode::Ebike, NOON);
    // A kilometre at 18 km/h.
    assert_eq!(ride(1, 2), Travel { distance: Meters(1_000), time: Seconds(200) });
    assert_eq!(ride(2, 1), Travel { distance: Meters(3_000), time: Seconds(600) });
    let walk = |from, to| roads.travel(node(from), node(to), TravelMode::Walk, NOON);
    assert_eq!(walk(2, 1).distance, Meters(1_000));
    assert_eq!(walk(2, 1), walk(1, 2));
    assert_eq!(ride(3, 3), Travel::default());
}

#[test]
fn the_motorway_is_for_cars_alone() {
    let roads = network();
    let trip = |mode| roads.travel(node(9), node(10), mode, NOON);
    assert_eq!(trip(TravelMode::Car), Travel { distance: Meters(1_000), time: Seconds(52) });
    // Others come from the square's western side, 300 metres away at either end.
    assert_eq!(trip(TravelMode::Bicycle).distance, Meters(1_600));
}

#[test]
fn a_place_beside_a_street_is_joined_to_it() {
    let roads = network();
    let degree = 1.0 / 111_195.08;
    // 200 metres east along the southern street and 40 off it, and 300 from the other end.
    let (a, b) = (place(40.0 * degree, 114.0 + 200.0 * degree), place(0.0, 114.0 + 700.0 * degree));
    let there = roads.travel(a, b, TravelMode::Ebike, NOON);
    assert_eq!(there, Travel { distance: Meters(540), time: Seconds(108) });
    assert_eq!(roads.travel(b, a, TravelMode::Ebike, NOON), there);
    // Against the one-way street the way round is three kilometres; a few steps are walked instead.
    let on = |metres: f64| place(node(1).latitude(), 114.0 + metres * degree);
    let back = roads.travel(on(600.0), on(500.0), TravelMode::Ebike, NOON);
    let steps = StraightLine::default().travel(on(600.0), on(500.0), TravelMode::Walk, NOON);
    assert_eq!(back, steps);
    let far = roads.travel(on(600.0), on(400.0), TravelMode::Ebike, NOON);
    assert_eq!(far.distance, Meters(3_800));
}

#[test]
fn where_the_map_says_nothing_the_straight_line_does() {
    let (roads, line) = (network(), StraightLine::default());
    let far = place(1.0, 115.0);
    let trip = roads.travel(node(1), far, TravelMode::Car, NOON);
    assert_eq!(trip, line.travel(node(1), far, TravelMode::Car, NOON));
    // The street on its own is no part of the network, and it is five kilometres to the next.
    let alone = roads.travel(node(7), node(1), TravelMode::Ebike, NOON);
    assert_eq!(alone, line.travel(node(7), node(1), TravelMode::Ebike, NOON));
}

#[test]
fn maps_get_the_main_streets_at_once_and_all_in_tiles() {
    let map = RoadMap::read(&town().pbf()).unwrap();
    let main = overview(&map);
    assert_eq!(main.len(), 3);
    assert!(main.iter().all(|line| line.class <= RoadClass::Secondary && line.points.len() >= 2));
    let tiles = tiles(&map, 16);
    let drawn: f64 = tiles.values().flatten().map(|line| metres(&line.points)).sum();
    let whole: f64 = map.ways.iter().map(|way| metres(&map.line(way).collect::<Vec<_>>())).sum();
    assert!(tiles.len() > 10 && (drawn - whole).abs() < 1.0, "{drawn} of {whole}");
    assert!(tiles.values().flatten().any(|line| line.name == "南街"));
}

fn metres(line: &[Place]) -> f64 {
    line.windows(2).map(|pair| crate::distance::metres_between(pair[0], pair[1])).sum()
}

proptest! {
    #[test]
    fn a_table_says_what_single_questions_say(
        from in prop::collection::vec((-0.01..0.02_f64, 113.99..114.02_f64), 1..6),
        to in prop::collection::vec((-0.01..0.02_f64, 113.99..114.02_f64), 1..6),
    ) {
        thread_local! { static ROADS: RoadNetwork = network(); }
        let places = |all: Vec<(f64, f64)>| all.into_iter().map(|(a, b)| place(a, b)).collect::<Vec<_>>();
        let (from, to) = (places(from), places(to));
        ROADS.with(|roads| {
            for mode in super::map::MODES {
                let table = roads.table(&from, &to, mode, NOON);
                for (i, &a) in from.iter().enumerate() {
                    for (j, &b) in to.iter().enumerate() {
                        prop_assert_eq!(table.get(i, j), Some(roads.travel(a, b, mode, NOON)));
                    }
                }
            }
            Ok(())
        })?;
    }
}

fn changed(mut bytes: Vec<u8>, edits: &[(prop::sample::Index, u8, u8)]) -> Vec<u8> {
    for (place, kind, byte) in edits {
        if bytes.is_empty() {
            return bytes;
        }
        let at = place.index(bytes.len());
        match kind % 4 {
            0 => bytes[at] = *byte,
            1 => bytes.insert(at, *byte),
            2 => drop(bytes.remove(at)),
            _ => bytes.truncate(at),
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_broken_file_is_refused_or_read(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), any::<u8>()), 1..12),
        noise in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let (pbf, geojson) = (town().pbf(), town().geojson());
        for bytes in [changed(pbf, &edits), changed(geojson, &edits), noise] {
            if let Ok(map) = RoadMap::read(&bytes) {
                prop_assert!(map.way_count() > 0);
                let _ = (map.bounds(), RoadNetwork::of(&map, StraightLine::default()).is_ok());
            }
        }
    }
}
