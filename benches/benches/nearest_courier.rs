//! How long does it take to move a courier and to find the 16 nearest, against looking at all?
//!
//! Workload: couriers uniform over 40 × 40 km; a move of about 50 m, then the 16 nearest to a
//! uniform place. Floor: a linear scan with the same distance, keeping the best 16. Unit:
//! microseconds an operation. Too slow: a query above a tenth of the scan at 10,000 couriers.

use std::hint::black_box;
use std::time::Instant;

use geo_index::{MovingGrid, distance};
use paidan_benches::{ask, median, runs, table};
use vocabulary::{Chance, Meters, Place};

const NEAREST: usize = 16;
const MOVES: usize = 200_000;
const QUERIES: usize = 20_000;
const SCANS: usize = 100;

fn main() {
    ask(
        "How fast is the nearest courier found while all of them move?",
        "uniform over 40 × 40 km, 16 nearest; floor: linear scan over all positions",
    );
    let rows: Vec<Vec<String>> = [2_000usize, 10_000].into_iter().map(measure).collect();
    table(&["couriers", "move µs", "16 nearest µs", "scan µs", "scan / query"], &rows);
}

fn measure(count: usize) -> Vec<String> {
    let (mut moves, mut queries, mut scans) = (Vec::new(), Vec::new(), Vec::new());
    for run in 0..runs() {
        let mut chance = Chance::from_seed(run as u64);
        let mut places: Vec<Place> = (0..count).map(|_| anywhere(&mut chance)).collect();
        let mut grid = MovingGrid::new(center(), Meters(40_000), Meters(500));
        for (courier, place) in places.iter().enumerate() {
            grid.upsert(courier as u32, *place);
        }
        let steps: Vec<(u32, Place)> = (0..MOVES)
            .map(|_| {
                let courier = chance.below(count as u64) as usize;
                let place = nearby(places.get(courier).copied(), &mut chance);
                if let Some(known) = places.get_mut(courier) {
                    *known = place;
                }
                (courier as u32, place)
            })
            .collect();
        moves.push(per_operation(MOVES, || {
            for (courier, place) in &steps {
                grid.upsert(*courier, *place);
            }
        }));
        let asked: Vec<Place> = (0..QUERIES).map(|_| anywhere(&mut chance)).collect();
        queries.push(per_operation(QUERIES, || {
            for place in &asked {
                black_box(grid.nearest(*place, NEAREST, |_| true));
            }
        }));
        scans.push(per_operation(SCANS, || {
            for place in asked.iter().take(SCANS) {
                black_box(scan(&places, *place));
            }
        }));
    }
    let (moved, query, scan) = (median(moves), median(queries), median(scans));
    vec![
        count.to_string(),
        format!("{moved:.3}"),
        format!("{query:.2}"),
        format!("{scan:.1}"),
        format!("{:.0}", scan / query),
    ]
}

fn per_operation(count: usize, work: impl FnOnce()) -> f64 {
    let began = Instant::now();
    work();
    began.elapsed().as_secs_f64() * 1e6 / count as f64
}

fn scan(places: &[Place], from: Place) -> Vec<(Meters, usize)> {
    let mut all: Vec<(Meters, usize)> = places
        .iter()
        .enumerate()
        .map(|(courier, place)| (distance(from, *place), courier))
        .collect();
    if all.len() > NEAREST {
        all.select_nth_unstable(NEAREST);
        all.truncate(NEAREST);
    }
    all.sort_unstable();
    all
}

fn center() -> Place {
    Place::wrapped(30.6, 114.3)
}

fn anywhere(chance: &mut Chance) -> Place {
    let (north, east) = (chance.unit() - 0.5, chance.unit() - 0.5);
    Place::wrapped(30.6 + north * 40_000.0 / 111_195.0, 114.3 + east * 40_000.0 / 95_700.0)
}

fn nearby(place: Option<Place>, chance: &mut Chance) -> Place {
    let place = place.unwrap_or_else(center);
    let mut step = || (chance.unit() - 0.5) * 100.0 / 100_000.0;
    Place::wrapped(place.latitude() + step(), place.longitude() + step())
}
