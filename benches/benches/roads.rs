//! How quick is travel along real streets, and what does it change?
//!
//! Workload: the central roads of Shenzhen as OSM has them, a file that is not part of this
//! repository: `PAIDAN_TRIAL_DATA` names the folder that holds `osm-cn-cities`; without it the bench
//! says so and ends. Asked by e-bike between random places of the inner city: trips whose places were
//! never asked before, a table of 200 × 200 fresh places, and a dispatch round of 200 deliveries and
//! 300 couriers. Units: microseconds a trip, milliseconds a table and a round. Floor in the same run:
//! the straight line. Too slow: p99 of 100 µs a trip, 150 ms a table, 50 ms a round.

use std::collections::{BTreeMap, BTreeSet};
use std::hint::black_box;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use dispatch::Policy;
use dispatch::courier::Availability;
use dispatch::rounds::plan_round;
use dispatch::view::{CityView, CourierRow, DeliveryRow};
use geo_index::{RoadMap, RoadNetwork, StraightLine, Travel, TravelMode, TravelTable, TravelTime};
use paidan_benches::{ask, median, must, runs, table};
use vocabulary::{
    Chance, CourierId, DeliveryId, FulfillmentOrderId, Grams, OrderId, Place, Seconds, StoreId,
    Timestamp,
};

const TRIPS: usize = 20_000;
const TABLE: usize = 200;
const DELIVERIES: u128 = 200;
const COURIERS: u128 = 300;
const STORES: u64 = 60;
const NOW: Timestamp = Timestamp::from_millis(1_795_000_000_000);
const MODE: TravelMode = TravelMode::Ebike;

fn main() {
    ask(
        "How quick is travel along real streets, and what does it change?",
        "central Shenzhen, e-bike, places within 5 km of its middle",
    );
    let Some(path) = road_file() else {
        println!(
            "skipped: PAIDAN_TRIAL_DATA names no folder with osm-cn-cities/shenzhen-roads.osm.pbf"
        );
        return;
    };
    let bytes = must("the road file", std::fs::read(path));
    let began = Instant::now();
    let map = must("the road file", RoadMap::read(&bytes));
    let read_ms = began.elapsed().as_secs_f64() * 1e3;
    let began = Instant::now();
    let roads = must("a network", RoadNetwork::of(&map, StraightLine::default()));
    let prepared_ms = began.elapsed().as_secs_f64() * 1e3;
    println!("{} ways read in {read_ms:.0} ms, prepared in {prepared_ms:.0} ms:", map.way_count());
    for figures in roads.figures() {
        println!("- {figures:?}");
    }
    println!();
    let line = StraightLine::default();
    let rows = [speeds("straight line", &line), speeds("roads", &roads)];
    table(&["travel", "trip p50 µs", "p99 µs", "asked again p50 µs", "200 × 200 ms"], &rows);
    agree(&roads);
    difference(&roads, &line);
    rounds(Arc::new(roads));
}

fn road_file() -> Option<PathBuf> {
    let folder = PathBuf::from(std::env::var_os("PAIDAN_TRIAL_DATA")?);
    let path = folder.join("osm-cn-cities/shenzhen-roads.osm.pbf");
    path.exists().then_some(path)
}

fn speeds(name: &str, travel: &dyn TravelTime) -> Vec<String> {
    let (mut p50, mut p99, mut again, mut tables) = (vec![], vec![], vec![], vec![]);
    for run in 0..runs() as u64 {
        let mut chance = Chance::from_seed(1_000 + run);
        let pairs: Vec<_> = (0..TRIPS).map(|_| (inner(&mut chance), inner(&mut chance))).collect();
        let mut took: Vec<f64> = pairs.iter().map(|&(a, b)| micros(travel, a, b)).collect();
        took.sort_by(f64::total_cmp);
        p50.push(at(&took, 50));
        p99.push(at(&took, 99));
        let few: Vec<_> = pairs.iter().take(400).collect();
        let known = |_| few.iter().map(|&&(a, b)| micros(travel, a, b)).collect::<Vec<_>>();
        let mut took: Vec<f64> = (0..20).flat_map(known).skip(few.len()).collect();
        took.sort_by(f64::total_cmp);
        again.push(at(&took, 50));
        let mut places = || (0..TABLE).map(|_| inner(&mut chance)).collect::<Vec<_>>();
        let (from, to) = (places(), places());
        let began = Instant::now();
        black_box(travel.table(&from, &to, MODE, NOW));
        tables.push(began.elapsed().as_secs_f64() * 1e3);
    }
    let text = |values| format!("{:.2}", median(values));
    vec![name.to_owned(), text(p50), text(p99), text(again), text(tables)]
}

fn micros(travel: &dyn TravelTime, a: Place, b: Place) -> f64 {
    let began = Instant::now();
    black_box(travel.travel(a, b, MODE, NOW));
    began.elapsed().as_secs_f64() * 1e6
}

fn at(sorted: &[f64], percent: usize) -> f64 {
    sorted.get(sorted.len() * percent / 100).copied().unwrap_or(f64::NAN)
}

/// A table and single trips are the same answers.
fn agree(roads: &RoadNetwork) {
    let mut chance = Chance::from_seed(7);
    let places: Vec<_> = (0..60).map(|_| inner(&mut chance)).collect();
    let all = roads.table(&places, &places, MODE, NOW);
    for (i, &a) in places.iter().enumerate() {
        for (j, &b) in places.iter().enumerate() {
            assert_eq!(all.get(i, j), Some(roads.travel(a, b, MODE, NOW)), "{a:?} to {b:?}");
        }
    }
}

/// How far the straight line's times are from the streets'.
fn difference(roads: &RoadNetwork, line: &StraightLine) {
    let mut chance = Chance::from_seed(11);
    let ratio = |_| {
        let (a, b) = (inner(&mut chance), inner(&mut chance));
        let by = |travel: &dyn TravelTime| f64::from(travel.travel(a, b, MODE, NOW).time.0.max(1));
        by(roads) / by(line)
    };
    let mut ratios: Vec<f64> = (0..4_000).map(ratio).collect();
    ratios.sort_by(f64::total_cmp);
    let [p10, p50, p90] = [10, 50, 90].map(|percent| at(&ratios, percent));
    println!("time by road over time by straight line: p10 {p10:.2}, p50 {p50:.2}, p90 {p90:.2}\n");
}

/// One round with each, and what becomes of it on the streets.
fn rounds(roads: Arc<RoadNetwork>) {
    let line: Arc<dyn TravelTime> = Arc::new(StraightLine::default());
    let (mut straight_ms, mut road_ms, mut moved) = (vec![], vec![], vec![]);
    let (mut straight_s, mut road_s) = (vec![], vec![]);
    for seed in 0..runs() as u64 {
        let plan = |travel: Arc<dyn TravelTime>| {
            let city = city(seed, travel);
            let began = Instant::now();
            let round = plan_round(&city, &Policy::default(), NOW);
            let took = began.elapsed().as_secs_f64() * 1e3;
            let first = |offering: &dispatch::rounds::Offering| {
                let proposal = offering.proposals.first()?;
                let from = city.position(proposal.courier)?.0;
                let to = city.pool().get(&offering.delivery)?.pickup;
                Some((offering.delivery, (proposal.courier, roads.travel(from, to, MODE, NOW))))
            };
            let chosen: BTreeMap<_, _> = round.offerings.iter().filter_map(first).collect();
            (took, chosen)
        };
        let (took, by_line) = plan(Arc::clone(&line));
        straight_ms.push(took);
        let (took, by_road) = plan(Arc::clone(&roads) as Arc<dyn TravelTime>);
        road_ms.push(took);
        let both = by_road.iter().filter_map(|(id, road)| Some((road, by_line.get(id)?)));
        let changed = both.clone().filter(|(road, line)| road.0 != line.0).count();
        moved.push(changed as f64 / both.clone().count().max(1) as f64);
        let mean = |times: Vec<u32>| {
            times.iter().copied().map(f64::from).sum::<f64>() / times.len().max(1) as f64
        };
        straight_s.push(mean(both.clone().map(|(_, (_, trip))| trip.time.0).collect()));
        road_s.push(mean(both.map(|((_, trip), _)| trip.time.0).collect()));
    }
    let text = |values: Vec<f64>| format!("{:.2}", median(values));
    let whole = |values: Vec<f64>| format!("{:.0}", median(values));
    let row = |name: &str, ms, s| vec![name.to_owned(), text(ms), whole(s)];
    table(
        &["round planned with", "round ms", "mean seconds by road to the store"],
        &[row("straight line", straight_ms, straight_s), row("roads", road_ms, road_s)],
    );
    println!("couriers that differ: {:.0} % of the deliveries\n", 100.0 * median(moved));
}

/// The network, shared by the cities of all runs.
struct Over(Arc<dyn TravelTime>);

impl TravelTime for Over {
    fn travel(&self, from: Place, to: Place, mode: TravelMode, at: Timestamp) -> Travel {
        self.0.travel(from, to, mode, at)
    }

    fn table(&self, from: &[Place], to: &[Place], mode: TravelMode, at: Timestamp) -> TravelTable {
        self.0.table(from, to, mode, at)
    }
}

fn city(seed: u64, travel: Arc<dyn TravelTime>) -> CityView {
    let mut chance = Chance::from_seed(seed);
    let stores: Vec<Place> = (0..STORES).map(|_| inner(&mut chance)).collect();
    let mut view = CityView::new(center(), Box::new(Over(travel)));
    for number in 1..=DELIVERIES {
        view.put_delivery(waiting(number, &stores, &mut chance));
    }
    for number in 1..=COURIERS {
        let courier = CourierId::from_bits(number);
        view.put_courier(courier, idle());
        view.move_courier(courier, inner(&mut chance), NOW);
    }
    view
}

fn waiting(number: u128, stores: &[Place], chance: &mut Chance) -> DeliveryRow {
    let store = chance.below(STORES);
    DeliveryRow {
        order: OrderId::from_bits(number),
        delivery: DeliveryId::from_bits(number),
        fulfillment_order: FulfillmentOrderId::from_bits(number),
        attempt: 1,
        store: StoreId::from_bits(u128::from(store) + 1),
        pickup: stores.get(store as usize).copied().unwrap_or_else(center),
        dropoff: inner(chance),
        weight: Grams(2_000),
        ready_at: NOW,
        promised_by: NOW.after(Seconds(2_700)),
        waiting_since: NOW,
        rounds: 0,
        excluded: BTreeSet::new(),
        pinned: None,
        forced: None,
    }
}

fn idle() -> CourierRow {
    CourierRow {
        mode: MODE,
        capacity: 5,
        max_weight: Grams(30_000),
        availability: Availability::Idle,
        shift_ends_at: None,
        tasks: Vec::new(),
        stops: Vec::new(),
        offered: Vec::new(),
        live_offers: 0,
        cool_downs: BTreeMap::new(),
    }
}

/// Futian and eastern Nanshan.
fn center() -> Place {
    Place::wrapped(22.5425, 114.024)
}

/// Somewhere in a square of ten kilometres.
fn inner(chance: &mut Chance) -> Place {
    let (north, east) = (chance.unit() - 0.5, chance.unit() - 0.5);
    let latitude = center().latitude() + north * 10_000.0 / 111_195.0;
    Place::wrapped(latitude, center().longitude() + east * 10_000.0 / 102_700.0)
}
