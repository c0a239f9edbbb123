//! How long does one dispatch round hold the city's thread?
//!
//! Workload: 200 deliveries that wait, ready now, from 60 stores to doors within 4 km, and 300
//! couriers over 12 × 12 km; once all idle, once half of them with a delivery in hand. A round is
//! what the city does: candidates, bids, one assignment, words. Unit: milliseconds a round. Floors,
//! in the same run: our own solver on the 24 nearest of each delivery, and a dense Hungarian method
//! on the whole matrix of straight lines: the assignment alone, without candidates or predicted
//! times. Too slow: 50 ms, which is one part in a hundred of the thread when rounds are 5 s apart.

use std::collections::{BTreeMap, BTreeSet};
use std::hint::black_box;
use std::time::Instant;

use dispatch::Policy;
use dispatch::courier::{Availability, Insertion, Stop, insert};
use dispatch::rounds::assignment::{Row, assign};
use dispatch::rounds::plan_round;
use dispatch::view::{CityView, CourierRow, DeliveryRow, TaskRow};
use geo_index::{StraightLine, TravelMode, distance};
use paidan_benches::{ask, median, runs, table};
use pathfinding::matrix::Matrix;
use pathfinding::prelude::kuhn_munkres_min;
use vocabulary::{
    Chance, CourierId, DeliveryId, FulfillmentOrderId, Grams, OrderId, Place, Seconds, StoreId,
    Timestamp,
};

const DELIVERIES: u128 = 200;
const COURIERS: u128 = 300;
const STORES: u64 = 60;
const CITY_METERS: f64 = 12_000.0;
const DOOR_METERS: f64 = 8_000.0;
/// Rounds of one figure; the median of them is one run.
const ROUNDS: usize = 21;
const NOW: Timestamp = Timestamp::from_millis(1_795_000_000_000);

fn main() {
    ask(
        "How long does one dispatch round hold the city's thread?",
        "200 waiting deliveries, 300 couriers over 12 × 12 km, straight-line travel",
    );
    let rows = [("all idle", 0), ("half with one in hand", COURIERS / 2)].map(measure);
    table(&["couriers", "offered", "round ms", "own solver ms", "dense Hungarian ms"], &rows);
}

fn measure((name, busy): (&str, u128)) -> Vec<String> {
    let (mut rounds, mut solver, mut dense) = (Vec::new(), Vec::new(), Vec::new());
    let mut offered = 0;
    for run in 0..runs() {
        let city = city(run as u64, busy);
        let policy = Policy::default();
        offered = plan_round(&city, &policy, NOW).offerings.len();
        rounds.push(millis(|| drop(black_box(plan_round(&city, &policy, NOW)))));
        let costs = costs(&city);
        let near = nearest(&costs, policy.dispatch.candidates_per_delivery as usize);
        solver.push(millis(|| drop(black_box(assign(&near)))));
        let matrix = match Matrix::from_rows(costs) {
            Ok(matrix) => matrix,
            Err(error) => panic!("rows of one length: {error}"),
        };
        dense.push(millis(|| drop(black_box(kuhn_munkres_min(&matrix)))));
    }
    let text = |values| format!("{:.2}", median(values));
    vec![name.to_owned(), offered.to_string(), text(rounds), text(solver), text(dense)]
}

fn millis(mut work: impl FnMut()) -> f64 {
    let took = (0..ROUNDS).map(|_| {
        let began = Instant::now();
        work();
        began.elapsed().as_secs_f64() * 1e3
    });
    median(took.collect())
}

/// Metres from each courier to each delivery's store.
fn costs(city: &CityView) -> Vec<Vec<i64>> {
    let couriers: Vec<Place> =
        city.couriers().keys().filter_map(|id| Some(city.position(*id)?.0)).collect();
    let to = |pickup: Place| {
        couriers.iter().map(|place| i64::from(distance(*place, pickup).0)).collect()
    };
    city.pool().values().map(|delivery| to(delivery.pickup)).collect()
}

fn nearest(costs: &[Vec<i64>], count: usize) -> Vec<Row> {
    let row = |costs: &Vec<i64>| {
        let mut candidates: Vec<(usize, i64)> = costs.iter().copied().enumerate().collect();
        candidates.sort_unstable_by_key(|(courier, cost)| (*cost, *courier));
        candidates.truncate(count);
        Row { candidates, unassigned: 0 }
    };
    costs.iter().map(row).collect()
}

fn city(seed: u64, busy: u128) -> CityView {
    let mut chance = Chance::from_seed(seed);
    let stores: Vec<Place> =
        (0..STORES).map(|_| around(center(), CITY_METERS, &mut chance)).collect();
    let mut view = CityView::new(center(), Box::new(StraightLine::default()));
    for number in 1..=DELIVERIES {
        view.put_delivery(waiting(number, &stores, &mut chance));
    }
    for number in 1..=COURIERS {
        let courier = CourierId::from_bits(number);
        let row = if number <= busy {
            carrying(waiting(DELIVERIES + number, &stores, &mut chance))
        } else {
            idle()
        };
        view.put_courier(courier, row);
        view.move_courier(courier, around(center(), CITY_METERS, &mut chance), NOW);
    }
    view
}

fn waiting(number: u128, stores: &[Place], chance: &mut Chance) -> DeliveryRow {
    let store = chance.below(STORES);
    let pickup = stores.get(store as usize).copied().unwrap_or_else(center);
    DeliveryRow {
        order: OrderId::from_bits(number),
        delivery: DeliveryId::from_bits(number),
        fulfillment_order: FulfillmentOrderId::from_bits(number),
        attempt: 1,
        store: StoreId::from_bits(u128::from(store) + 1),
        pickup,
        dropoff: around(pickup, DOOR_METERS, chance),
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
        mode: TravelMode::Ebike,
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

/// On its way to fetch this.
fn carrying(delivery: DeliveryRow) -> CourierRow {
    let task = TaskRow::to_fetch(&delivery);
    let mut stops: Vec<Stop> = Vec::new();
    insert(&mut stops, &task, Insertion { pickup_stop: 0, dropoff_stop: 1 });
    let availability = Availability::Busy { load: 1, capacity: 5 };
    CourierRow { availability, tasks: vec![task], stops, ..idle() }
}

fn center() -> Place {
    Place::wrapped(30.6, 114.3)
}

/// Somewhere in a square of this side.
fn around(place: Place, side_meters: f64, chance: &mut Chance) -> Place {
    let (north, east) = (chance.unit() - 0.5, chance.unit() - 0.5);
    let latitude = place.latitude() + north * side_meters / 111_195.0;
    Place::wrapped(latitude, place.longitude() + east * side_meters / 95_700.0)
}
