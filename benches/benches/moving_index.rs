//! How many moves and questions a second does the live index of couriers take on one core?
//!
//! Workload: 100,000 couriers uniform over 40 × 40 km. Updates: a random courier moves up to 30 m
//! on each axis. Questions: the ten nearest within 5 km of a random place, exact and sorted. Mix:
//! four updates, one question. Unit: operations a second. Floor, in the same run: a linear scan over
//! all positions, whose answers to some hundreds of the questions must be the index's. Peer, where
//! `PAIDAN_PEER_REDIS` names a Redis (`host:port`): the same work by GEOADD and GEOSEARCH, 64 in
//! flight, a first radius of 500 m and 5 km where it finds fewer than ten, which is its best form;
//! it is asked over a socket and the index is not. Too slow: 10 million updates, 600,000 questions
//! or 2 million mixed a second; 20 times the peer's mix, 30 times its questions.

use std::hint::black_box;
use std::time::{Duration, Instant};

use geo_index::{MovingGrid, distance};
use paidan_benches::{ask, medians, must, runs, table};
use redis::{Connection, Pipeline};
use vocabulary::{Chance, CourierId, Meters, Place};

const COURIERS: usize = 100_000;
const CITY_METERS: f64 = 40_000.0;
const STEP_METERS: f64 = 60.0;
const NEAREST: usize = 10;
const RADIUS: Meters = Meters(5_000);
const UPDATES: usize = 1_000_000;
const QUESTIONS: usize = 200_000;
/// A question after each so many updates of the mix.
const UPDATES_A_QUESTION: usize = 4;
const CHECKED: usize = 300;
const IN_FLIGHT: usize = 64;
const PEER_FOR: Duration = Duration::from_secs(3);

fn main() {
    ask(
        "How many moves and questions a second does the live index take on one core?",
        "100,000 couriers over 40 × 40 km; moves of up to 30 m an axis; the ten nearest within 5 km",
    );
    let city = Workload::new();
    let index = medians(runs(), || city.by_index());
    let scan = 1.0 / city.check_and_scan();
    let mut rows =
        vec![row("the index, in process", index), row("linear scan", [f64::NAN, scan, f64::NAN])];
    if let Ok(address) = std::env::var("PAIDAN_PEER_REDIS") {
        let peer = medians(runs(), || city.by_redis(&address));
        rows.push(row("Redis GEO, 64 in flight, 500 m first", peer));
        let ratios = index.into_iter().zip(peer).map(|(ours, theirs)| ours / theirs);
        let ratios = ratios.map(|ratio| format!("{ratio:.0} times"));
        rows.push(["the index / Redis".to_owned()].into_iter().chain(ratios).collect());
    }
    table(&["what", "updates/s", "questions/s", "mix/s"], &rows);
}

fn row(name: &str, figures: [f64; 3]) -> Vec<String> {
    let text = |figure: f64| if figure.is_nan() { String::new() } else { format!("{figure:.0}") };
    [name.to_owned()].into_iter().chain(figures.map(text)).collect()
}

/// The same for everybody.
struct Workload {
    start: Vec<Place>,
    moves: Vec<(usize, Place)>,
    asked: Vec<Place>,
}

impl Workload {
    fn new() -> Self {
        let mut chance = Chance::from_seed(7);
        let start: Vec<Place> = (0..COURIERS).map(|_| anywhere(&mut chance)).collect();
        let mut places = start.clone();
        let moves = (0..UPDATES)
            .map(|_| {
                let courier = chance.below(COURIERS as u64) as usize;
                let place = places.get(courier).copied().unwrap_or_else(center);
                let moved = offset(place, STEP_METERS, &mut chance);
                if let Some(place) = places.get_mut(courier) {
                    *place = moved;
                }
                (courier, moved)
            })
            .collect();
        let asked = (0..QUESTIONS).map(|_| anywhere(&mut chance)).collect();
        Self { start, moves, asked }
    }

    fn index(&self) -> MovingGrid<CourierId> {
        let mut grid = MovingGrid::new(center(), Meters(20_500), Meters(250));
        for (courier, place) in self.start.iter().enumerate() {
            grid.upsert(id(courier), *place);
        }
        grid
    }

    fn by_index(&self) -> [f64; 3] {
        let mut grid = self.index();
        let ask = |grid: &MovingGrid<CourierId>, place: Place| {
            black_box(grid.nearest_within(place, NEAREST, RADIUS, |_| true));
        };
        let updates = per_second(self.moves.len(), || {
            for (courier, place) in &self.moves {
                grid.upsert(id(*courier), *place);
            }
        });
        let questions = per_second(self.asked.len(), || {
            self.asked.iter().for_each(|place| ask(&grid, *place));
        });
        let rounds = self.moves.chunks(UPDATES_A_QUESTION).zip(&self.asked);
        let count = rounds.len() * (UPDATES_A_QUESTION + 1);
        let mix = per_second(count, || {
            for (moves, place) in rounds {
                moves.iter().for_each(|(courier, place)| grid.upsert(id(*courier), *place));
                ask(&grid, *place);
            }
        });
        [updates, questions, mix]
    }

    /// Seconds of a scan, whose answers are those of the index.
    fn check_and_scan(&self) -> f64 {
        let grid = self.index();
        let began = Instant::now();
        let expected: Vec<_> =
            self.asked.iter().take(CHECKED).map(|place| scan(&self.start, *place)).collect();
        let took = began.elapsed().as_secs_f64() / CHECKED as f64;
        for (place, expected) in self.asked.iter().zip(expected) {
            let found = grid.nearest_within(*place, NEAREST, RADIUS, |_| true);
            assert_eq!(found, expected, "the index is exact around {place:?}");
        }
        took
    }

    fn by_redis(&self, address: &str) -> [f64; 3] {
        let client = must("the peer's address", redis::Client::open(format!("redis://{address}")));
        let mut peer = must("the peer answers", client.get_connection());
        must("an empty peer", redis::cmd("FLUSHALL").exec(&mut peer));
        for couriers in (0..COURIERS).collect::<Vec<_>>().chunks(1_000) {
            let mut pipe = redis::pipe();
            for &courier in couriers {
                let place = self.start.get(courier).copied().unwrap_or_else(center);
                add(&mut pipe, courier, place);
            }
            must("the couriers", pipe.exec(&mut peer));
        }
        let updates = for_a_while(&self.moves, |moves| tell_and_ask(&mut peer, moves, &[]));
        let questions = for_a_while(&self.asked, |asked| tell_and_ask(&mut peer, &[], asked));
        // As many updates and questions in flight as in the mix.
        let mut asked = self.asked.chunks(IN_FLIGHT / UPDATES_A_QUESTION).cycle();
        let mix = for_a_while(&self.moves, |moves| {
            tell_and_ask(&mut peer, moves, asked.next().unwrap_or_default());
        });
        [updates, questions, mix * (1.0 + 1.0 / UPDATES_A_QUESTION as f64)]
    }
}

/// How many of these a second, 64 at a time.
fn for_a_while<T>(work: &[T], mut carry_out: impl FnMut(&[T])) -> f64 {
    let began = Instant::now();
    let mut done = 0;
    for some in work.chunks(IN_FLIGHT).cycle() {
        carry_out(some);
        done += some.len();
        if began.elapsed() > PEER_FOR {
            break;
        }
    }
    done as f64 / began.elapsed().as_secs_f64()
}

fn add(pipe: &mut Pipeline, courier: usize, place: Place) {
    let (longitude, latitude) = (place.longitude(), place.latitude());
    pipe.cmd("GEOADD").arg("couriers").arg(longitude).arg(latitude).arg(courier).ignore();
}

/// One pipeline of updates and questions within 500 m; those that found too few ask within 5 km.
fn tell_and_ask(peer: &mut Connection, moves: &[(usize, Place)], asked: &[Place]) {
    let mut pipe = redis::pipe();
    moves.iter().for_each(|(courier, place)| add(&mut pipe, *courier, *place));
    asked.iter().for_each(|place| search(&mut pipe, *place, 500));
    if asked.is_empty() {
        return must("updates", pipe.exec(peer));
    }
    let found: Vec<Vec<(String, f64)>> = must("the nearest", pipe.query(peer));
    let few = asked.iter().zip(&found).filter(|(_, found)| found.len() < NEAREST);
    let mut pipe = redis::pipe();
    few.for_each(|(place, _)| search(&mut pipe, *place, RADIUS.0));
    if !pipe.is_empty() {
        let found: Vec<Vec<(String, f64)>> = must("the nearest", pipe.query(peer));
        black_box(found);
    }
}

fn search(pipe: &mut Pipeline, place: Place, metres: u32) {
    let (longitude, latitude) = (place.longitude(), place.latitude());
    pipe.cmd("GEOSEARCH").arg("couriers").arg("FROMLONLAT").arg(longitude).arg(latitude);
    pipe.arg("BYRADIUS").arg(metres).arg("m").arg("ASC").arg("COUNT").arg(NEAREST);
    pipe.arg("WITHDIST");
}

fn per_second(count: usize, work: impl FnOnce()) -> f64 {
    let began = Instant::now();
    work();
    count as f64 / began.elapsed().as_secs_f64()
}

fn scan(places: &[Place], from: Place) -> Vec<(CourierId, Meters)> {
    let mut near: Vec<(Meters, CourierId)> = places
        .iter()
        .enumerate()
        .map(|(courier, place)| (distance(from, *place), id(courier)))
        .filter(|(metres, _)| *metres <= RADIUS)
        .collect();
    near.sort_unstable();
    near.truncate(NEAREST);
    near.into_iter().map(|(metres, courier)| (courier, metres)).collect()
}

/// As random as real ones look, so that the table of ids is spread as theirs.
fn id(courier: usize) -> CourierId {
    CourierId::from_bits(
        (courier as u128 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835),
    )
}

fn center() -> Place {
    Place::wrapped(30.6, 114.3)
}

fn anywhere(chance: &mut Chance) -> Place {
    offset(center(), CITY_METERS, chance)
}

/// Somewhere in a square of this side around a place.
fn offset(place: Place, side_meters: f64, chance: &mut Chance) -> Place {
    let (north, east) = (chance.unit() - 0.5, chance.unit() - 0.5);
    let latitude = place.latitude() + north * side_meters / 111_195.0;
    Place::wrapped(latitude, place.longitude() + east * side_meters / 95_700.0)
}
