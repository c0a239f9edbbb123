use geo_index::{StraightLine, Travel, TravelMode, TravelTime};
use proptest::collection::vec;
use proptest::prelude::*;
use vocabulary::{CourierId, FulfillmentOrderId, Grams, OrderId, StoreId};

use super::*;
use crate::courier::{Insertion, insert};

/// A road of milestones, one minute apart for everybody.
struct Road;

impl TravelTime for Road {
    fn travel(&self, from: Place, to: Place, _: TravelMode, _: Timestamp) -> Travel {
        let steps = ((to.latitude() - from.latitude()) * 1_000.0).round().abs() as u32;
        Travel { distance: vocabulary::Meters(steps * 100), time: Seconds(steps * 60) }
    }
}

const MODE: TravelMode = TravelMode::Ebike;
const SERVICE: Service = Service { pickup: Seconds(120), dropoff: Seconds(60) };

fn milestone(steps: u32) -> Place {
    Place::new(31.0 + f64::from(steps) * 0.001, 121.0).unwrap()
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(seconds * 1_000)
}

/// Delivery `n` from one milestone to another, ready at `ready` seconds, promised by `promised`.
fn task(n: u128, from: u32, to: u32, ready: i64, promised: i64) -> TaskRow {
    TaskRow {
        delivery: DeliveryId::from_bits(n),
        order: OrderId::from_bits(n),
        attempt: 1,
        store: StoreId::from_bits(u128::from(from)),
        pickup: milestone(from),
        dropoff: milestone(to),
        weight: Grams(100),
        picked_up: false,
        ready_at: at(ready),
        promised_by: at(promised),
    }
}

fn route(tasks: &[TaskRow], places: &[Insertion]) -> Vec<Stop> {
    let mut stops = Vec::new();
    for (task, place) in tasks.iter().zip(places) {
        insert(&mut stops, task, *place);
    }
    stops
}

fn one_after_the_other(tasks: &[TaskRow]) -> Vec<Stop> {
    let end = Insertion { pickup_stop: usize::MAX, dropoff_stop: usize::MAX };
    route(tasks, &vec![end; tasks.len()])
}

fn policy() -> Policy {
    Policy { pickup_service_s: 120, dropoff_service_s: 60, ..Policy::default() }
}

fn eta(tasks: &[TaskRow], stops: &[Stop], n: u128, now: i64, heard: i64) -> Option<Eta> {
    let rider = Rider { place: milestone(0), heard_at: at(heard), mode: MODE, stops, tasks };
    to_the_door(&rider, DeliveryId::from_bits(n), &policy(), &Road, at(now))
}

#[test]
fn the_courier_waits_for_goods_that_are_not_ready() {
    let tasks = [task(1, 2, 5, 600, 9_000)];
    let eta = eta(&tasks, &one_after_the_other(&tasks), 1, 0, -10).unwrap();
    assert_eq!(eta.pickup_at, Some(at(600 + 120)));
    assert_eq!(eta.at, at(600 + 120 + 180 + 60));
    assert_eq!(eta.confidence, Confidence::Medium);
    assert_eq!(
        eta.parts,
        EtaParts {
            other_stops: Seconds(0),
            doors_before: 0,
            wait: Seconds(480),
            travel: Seconds(120 + 180),
            handover: Seconds(180),
            prep: Seconds(600),
            position_age: Seconds(10),
        }
    );
    assert_eq!(at(0).after(eta.parts.total()), eta.at);
}

#[test]
fn stops_before_yours_count() {
    let tasks = [task(1, 2, 5, 0, 9_000), task(2, 5, 8, 0, 9_000)];
    let second = eta(&tasks, &one_after_the_other(&tasks), 2, 0, 0).unwrap();
    assert_eq!(second.parts.other_stops, Seconds(120 + 120 + 180 + 60));
    assert_eq!(second.parts.doors_before, 1);
    assert_eq!(second.at, at(480 + 120 + 180 + 60));
    assert_eq!(at(0).after(second.parts.total()), second.at);
}

#[test]
fn goods_on_board_of_a_silent_courier_are_not_sure() {
    let mut tasks = [task(1, 2, 5, 0, 9_000)];
    tasks[0].picked_up = true;
    let stops =
        [Stop { delivery: tasks[0].delivery, kind: StopKind::Dropoff, place: tasks[0].dropoff }];
    let fresh = eta(&tasks, &stops, 1, 1_000, 1_000).unwrap();
    assert_eq!((fresh.pickup_at, fresh.confidence), (None, Confidence::High));
    assert_eq!(fresh.at, at(1_000 + 300 + 60));
    let silent = eta(&tasks, &stops, 1, 1_000, 0).unwrap();
    assert_eq!(silent.confidence, Confidence::Low);
    assert_eq!(eta(&tasks, &stops, 7, 0, 0), None);
}

#[test]
fn before_anybody_is_assigned_the_kitchen_is_all_we_know() {
    let row = DeliveryRow {
        order: OrderId::from_bits(1),
        delivery: DeliveryId::from_bits(1),
        fulfillment_order: FulfillmentOrderId::from_bits(1),
        attempt: 1,
        store: StoreId::from_bits(1),
        pickup: milestone(2),
        dropoff: milestone(5),
        weight: Grams(100),
        ready_at: at(600),
        promised_by: at(9_000),
        waiting_since: at(0),
        rounds: 0,
        excluded: Default::default(),
        pinned: None,
        forced: None,
    };
    let eta = unassigned(&row, &policy(), &Road, MODE, at(0));
    assert_eq!((eta.at, eta.confidence), (at(600 + 120 + 180 + 60), Confidence::Low));
    assert_eq!(at(0).after(eta.parts.total()), eta.at);
    let late = unassigned(&row, &policy(), &Road, MODE, at(5_000));
    assert_eq!(late.pickup_at, Some(at(5_120)));
}

#[test]
fn the_view_answers_for_couriers_it_has_heard() {
    let mut view = CityView::new(milestone(0), Box::new(StraightLine::default()));
    let courier = CourierId::from_bits(1);
    let tasks = vec![task(1, 2, 5, 0, 9_000)];
    let stops = one_after_the_other(&tasks);
    view.put_courier(
        courier,
        crate::view::CourierRow {
            mode: MODE,
            capacity: 3,
            max_weight: Grams(10_000),
            availability: crate::courier::Availability::Busy { load: 1, capacity: 3 },
            shift_ends_at: None,
            tasks,
            stops,
            offered: Vec::new(),
            live_offers: 0,
            cool_downs: Default::default(),
        },
    );
    let ask =
        |view: &CityView| on_the_way(view, &policy(), courier, DeliveryId::from_bits(1), at(5));
    assert_eq!(ask(&view), None);
    view.move_courier(courier, milestone(0), at(0));
    assert_eq!(ask(&view).unwrap().parts.position_age, Seconds(5));
}

#[test]
fn pickups_at_one_counter_are_one_service() {
    let tasks = [task(1, 2, 5, 0, 9_000), task(2, 2, 6, 300, 9_000)];
    let first = Insertion { pickup_stop: 0, dropoff_stop: 1 };
    let stops = route(&tasks, &[first, Insertion { pickup_stop: 1, dropoff_stop: 3 }]);
    let way = Itinerary::new(calls(&stops, &tasks), milestone(0), at(0), MODE, SERVICE, &Road);
    let left: Vec<_> = way.visits().iter().map(|visit| visit.leaves_at).collect();
    assert_eq!(left, [at(240), at(300), at(300 + 180 + 60), at(540 + 60 + 60)]);
    assert_eq!(way.done_at(DeliveryId::from_bits(2)), Some(at(660)));
    assert_eq!(way.end(), milestone(6));
}

#[test]
fn the_stop_a_courier_is_heading_for_stays_first() {
    let tasks = [task(1, 9, 10, 0, 90_000)];
    let stops = one_after_the_other(&tasks);
    let way = Itinerary::new(calls(&stops, &tasks), milestone(0), at(0), MODE, SERVICE, &Road);
    let near = way.best_insertion(&task(2, 1, 2, 0, 90_000));
    assert_eq!(near.insertion.pickup_stop, 2, "although it is passed on the way");
}

fn any_task(n: u128) -> impl Strategy<Value = TaskRow> {
    (0..20_u32, 0..20_u32, 0..2_000_i64, 0..6_000_i64)
        .prop_map(move |(from, to, ready, promised)| task(n, from, to, ready, promised))
}

fn any_route() -> impl Strategy<Value = (Vec<TaskRow>, Vec<Stop>)> {
    let tasks =
        (0..4_usize).prop_flat_map(|count| (1..=count as u128).map(any_task).collect::<Vec<_>>());
    (tasks, vec((0..8_usize, 0..8_usize), 4)).prop_map(|(tasks, places)| {
        let place = |(pickup_stop, dropoff_stop)| Insertion { pickup_stop, dropoff_stop };
        let places: Vec<_> = places.into_iter().map(place).collect();
        let stops = route(&tasks, &places);
        (tasks, stops)
    })
}

/// Seconds of everybody's time on a route: what the best place for one more is judged by.
fn walked(tasks: &[TaskRow], stops: &[Stop]) -> Vec<(DeliveryId, StopKind, Visit)> {
    let calls = calls(stops, tasks);
    let way = Itinerary::new(calls, milestone(3), at(100), MODE, SERVICE, &Road);
    let visits = way.calls().iter().zip(way.visits());
    visits.map(|(call, visit)| (call.delivery, call.kind, *visit)).collect()
}

proptest! {
    /// What an insertion says is what driving the new route from scratch gives, and nobody else's
    /// place in it breaks fewer promises.
    #[test]
    fn an_insertion_keeps_its_word((tasks, stops) in any_route(), new in any_task(9)) {
        let base = calls(&stops, &tasks);
        let way = Itinerary::new(base, milestone(3), at(100), MODE, SERVICE, &Road);
        let before = walked(&tasks, &stops);
        let addition = way.best_insertion(&new);
        let mut all = tasks.clone();
        all.push(new.clone());

        let broken_of = |place: Insertion| {
            let mut longer = stops.clone();
            insert(&mut longer, &new, place);
            let after = walked(&all, &longer);
            let late = |id: DeliveryId, excused: Timestamp| {
                let dropped = after
                    .iter()
                    .find(|(delivery, kind, _)| *delivery == id && *kind == StopKind::Dropoff);
                seconds_until(excused, dropped.unwrap().2.leaves_at).0
            };
            let carried: u32 = before
                .iter()
                .filter(|(_, kind, _)| *kind == StopKind::Dropoff)
                .map(|(id, _, visit)| {
                    let promised = tasks.iter().find(|task| task.delivery == *id).unwrap();
                    late(*id, promised.promised_by.max(visit.leaves_at))
                })
                .sum();
            let own = late(new.delivery, new.promised_by);
            (after.clone(), (carried, own))
        };

        let (after, broken) = broken_of(addition.insertion);
        let visit_of = |kind| {
            *after.iter().find(|(id, of, _)| *id == new.delivery && *of == kind).map(|(_, _, v)| v).unwrap()
        };
        prop_assert_eq!(addition.pickup, visit_of(StopKind::Pickup));
        prop_assert_eq!(addition.dropoff, visit_of(StopKind::Dropoff));
        prop_assert_eq!(addition.broken, Seconds(broken.0));
        let waits = |visits: &[(DeliveryId, StopKind, Visit)]| {
            visits.iter().map(|(_, _, visit)| i64::from(visit.wait.0)).sum::<i64>()
        };
        prop_assert_eq!(addition.wait_s, waits(&after) - waits(&before));

        for pickup_stop in stops.len().min(1)..=stops.len() {
            for dropoff_stop in pickup_stop + 1..=stops.len() + 1 {
                let other = broken_of(Insertion { pickup_stop, dropoff_stop });
                prop_assert!(broken <= other.1, "{pickup_stop} {dropoff_stop} breaks less");
            }
        }
    }
}
