//! Plans for small cities along one road: a milestone is a minute's ride.

use std::collections::BTreeMap;

use geo_index::{Travel, TravelMode, TravelTime};
use vocabulary::{FulfillmentOrderId, Grams, Meters, OrderId};

use super::*;
use crate::courier::Availability;
use crate::policy::{DispatchPolicy, TripsPolicy};
use crate::view::{Bound, CourierRow, DeliveryRow};

struct Road;

impl TravelTime for Road {
    fn travel(&self, from: Place, to: Place, _: TravelMode, _: Timestamp) -> Travel {
        let steps = ((to.latitude() - from.latitude()) * 1_000.0).round().abs() as u32;
        Travel { distance: Meters(steps * 111), time: Seconds(steps * 60) }
    }
}

fn milestone(steps: i32) -> Place {
    Place::new(31.0 + f64::from(steps) * 0.001, 121.0).unwrap()
}

fn at(minute: i64) -> Timestamp {
    Timestamp::from_millis(minute * 60_000)
}

fn courier(n: u128) -> CourierId {
    CourierId::from_bits(n)
}

fn delivery(n: u128) -> DeliveryId {
    DeliveryId::from_bits(n)
}

/// From the store at `from` to the door at `to`, placed and ready at these minutes.
fn order(n: u128, from: i32, to: i32, placed: i64, ready: i64) -> DeliveryRow {
    DeliveryRow {
        order: OrderId::from_bits(n),
        delivery: delivery(n),
        fulfillment_order: FulfillmentOrderId::from_bits(n),
        attempt: 1,
        store: StoreId::from_bits(1_000 + from.unsigned_abs() as u128),
        pickup: milestone(from),
        dropoff: milestone(to),
        weight: Grams(0),
        ready_at: at(ready),
        promised_by: at(placed + 90),
        waiting_since: at(placed),
        rounds: 0,
        excluded: Default::default(),
        pinned: None,
        forced: None,
    }
}

/// Free at a milestone from that minute until the end of the shift.
struct Free(u128, i32, i64, i64);

fn city(couriers: &[Free], orders: &[DeliveryRow]) -> CityView {
    let mut view = CityView::new(milestone(0), Box::new(Road));
    for Free(n, steps, since, ends) in couriers {
        view.put_courier(
            courier(*n),
            CourierRow {
                mode: TravelMode::Ebike,
                capacity: 5,
                max_weight: Grams(1),
                availability: Availability::Idle,
                shift_ends_at: Some(at(*ends)),
                tasks: Vec::new(),
                stops: Vec::new(),
                offered: Vec::new(),
                live_offers: 0,
                cool_downs: BTreeMap::new(),
            },
        );
        view.bind_courier(courier(*n), Bound { place: milestone(*steps), at: at(*since) });
    }
    orders.iter().cloned().for_each(|row| view.put_delivery(row));
    view
}

/// Two minutes on either side of every hand-over.
fn policy() -> Policy {
    let trips = TripsPolicy {
        before_pickup_s: 120,
        after_dropoff_s: 120,
        leave_early_s: 0,
        ..TripsPolicy::default()
    };
    Policy {
        pickup_service_s: 240,
        dropoff_service_s: 240,
        dispatch: DispatchPolicy { trips, ..DispatchPolicy::default() },
        ..Policy::default()
    }
}

fn plan(view: &CityView, now: i64) -> Plan {
    Planner::default().plan(view, &policy(), at(now))
}

/// Deliveries by courier and trip.
fn ids(plan: &Plan) -> Vec<(u128, Vec<Vec<u128>>)> {
    let doors = |trip: &Trip| trip.doors.iter().map(|(delivery, _)| delivery.bits()).collect();
    let of = |(courier, trips): (&CourierId, &Vec<Trip>)| {
        (courier.bits(), trips.iter().map(doors).collect())
    };
    plan.trips.iter().map(of).collect()
}

#[test]
fn a_trip_by_hand() {
    let view = city(&[Free(1, 0, 10, 600)], &[order(1, 10, 15, 10, 30)]);
    let plan = plan(&view, 10);
    // Ten minutes there, two before the goods change hands at 30, two after, five to the door, two
    // until they change hands again.
    assert_eq!(
        plan.trips[&courier(1)],
        [Trip {
            store: StoreId::from_bits(1_010),
            free_at: at(10),
            leave_at: at(30 - 2 - 10),
            pickup_at: at(30),
            doors: vec![(delivery(1), at(30 + 2 + 5 + 2))],
        }]
    );
}

#[test]
fn who_stands_at_the_counter_has_used_some_of_the_service() {
    let waiting = city(&[Free(1, 10, 5, 600)], &[order(1, 10, 15, 0, 8)]);
    assert_eq!(plan(&waiting, 10).trips[&courier(1)][0].pickup_at, at(10));
    let arriving = city(&[Free(1, 10, 9, 600)], &[order(1, 10, 15, 0, 8)]);
    assert_eq!(plan(&arriving, 10).trips[&courier(1)][0].pickup_at, at(11));
}

#[test]
fn one_courier_serves_the_near_door_first_and_bundles_along_the_way() {
    let orders = [order(1, 0, 9, 0, 0), order(2, 0, 3, 0, 0), order(3, 0, 4, 0, 0)];
    assert_eq!(ids(&plan(&city(&[Free(1, 0, 0, 600)], &orders), 0)), [(1, vec![vec![2, 3, 1]])]);
}

#[test]
fn goods_of_two_stores_are_never_on_one_trip() {
    let orders = [order(1, 0, 9, 0, 0), order(2, 1, 9, 0, 0)];
    let plan = plan(&city(&[Free(1, 0, 0, 600)], &orders), 0);
    let trips = &plan.trips[&courier(1)];
    assert_eq!(trips.len(), 2);
    assert!(trips[1].free_at >= trips[0].doors[0].1);
}

#[test]
fn nothing_is_fetched_after_the_shift() {
    let orders = [order(1, 10, 12, 0, 0)];
    let early = plan(&city(&[Free(1, 0, 0, 11)], &orders), 0);
    assert_eq!((early.trips.len(), early.left_over), (0, vec![delivery(1)]));
    let just = plan(&city(&[Free(1, 0, 0, 12)], &orders), 0);
    assert_eq!(ids(&just), [(1, vec![vec![1]])]);
}

#[test]
fn the_whole_city_counts_not_the_first_come() {
    // Courier 1 is nearest to both stores; without it the far one would wait much longer.
    let couriers = [Free(1, 5, 0, 600), Free(2, 20, 0, 600)];
    let orders = [order(1, 12, 30, 0, 0), order(2, 0, 30, 0, 0)];
    assert_eq!(ids(&plan(&city(&couriers, &orders), 0)), [(1, vec![vec![2]]), (2, vec![vec![1]])]);
}

#[test]
fn a_plan_begins_with_the_one_before_and_forgets_what_is_gone() {
    let mut planner = Planner::default();
    let couriers = [Free(1, 0, 0, 600), Free(2, 50, 0, 600)];
    let mut view = city(&couriers, &[order(1, 0, 5, 0, 0), order(2, 50, 55, 0, 0)]);
    planner.plan(&view, &policy(), at(0));
    view.remove_delivery(delivery(1));
    view.bind_courier(courier(1), Bound { place: milestone(5), at: at(11) });
    view.put_delivery(order(3, 5, 9, 1, 5));
    let plan = planner.plan(&view, &policy(), at(1));
    assert_eq!(ids(&plan), [(1, vec![vec![3]]), (2, vec![vec![2]])]);
}

#[test]
fn an_idle_courier_is_sent_where_orders_come_from() {
    let mut planner = Planner::default();
    let busy: Vec<Free> = (2..6).map(|n| Free(n, 0, 0, 600)).collect();
    let mut view = city(&busy, &[]);
    view.put_courier(courier(1), view.courier(courier(2)).cloned().unwrap());
    view.bind_courier(courier(1), Bound { place: milestone(14), at: at(0) });
    for n in 1..5 {
        view.put_delivery(order(n, 0, 3, 0, 0));
    }
    let plan = planner.plan(&view, &policy(), at(0));
    let [advice] = plan.advice[..] else { panic!("{plan:?}") };
    assert_eq!((advice.courier, advice.store), (courier(1), StoreId::from_bits(1_000)));
    assert_eq!(advice.nearer_by, Seconds(14 * 60));
}

#[test]
fn off_duty_couriers_count_once_it_is_known_where_they_begin() {
    let mut view = city(&[Free(1, 0, 20, 600)], &[order(1, 0, 5, 0, 0)]);
    let row = view.courier(courier(1)).cloned().unwrap();
    view.put_courier(courier(1), CourierRow { availability: Availability::OffDuty, ..row });
    assert_eq!(plan(&view, 0).trips[&courier(1)][0].pickup_at, at(22));
    let row = view.courier(courier(1)).cloned().unwrap();
    view.remove_courier(courier(1));
    view.put_courier(courier(1), row);
    assert_eq!(plan(&view, 0).left_over, [delivery(1)]);
}
