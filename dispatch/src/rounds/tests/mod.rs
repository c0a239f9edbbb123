//! Rounds over small cities: who is asked, who waits and why.

mod fair;
mod planners;

use std::collections::BTreeMap;

use geo_index::{Travel, TravelMode, TravelTime};
use vocabulary::{FulfillmentOrderId, Grams, Meters, Place, StoreId};

use super::*;
use crate::courier::{Availability, Insertion, Stop, StopKind, insert};
use crate::view::{CourierRow, TaskRow};

/// Milestones 111 m and 20 s apart, along one road.
struct Road;

impl TravelTime for Road {
    fn travel(&self, from: Place, to: Place, _: TravelMode, _: Timestamp) -> Travel {
        let steps = ((to.latitude() - from.latitude()) * 1_000.0).round().abs() as u32;
        Travel { distance: Meters(steps * 111), time: Seconds(steps * 20) }
    }
}

fn milestone(steps: i32) -> Place {
    Place::new(31.0 + f64::from(steps) * 0.001, 121.0).unwrap()
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(seconds * 1_000)
}

fn courier_id(n: u32) -> CourierId {
    CourierId::from_bits(u128::from(n))
}

fn delivery_id(n: u32) -> DeliveryId {
    DeliveryId::from_bits(u128::from(n))
}

/// An idle courier for up to three deliveries.
fn idle() -> CourierRow {
    CourierRow {
        mode: TravelMode::Ebike,
        capacity: 3,
        max_weight: Grams(5_000),
        availability: Availability::Idle,
        shift_ends_at: None,
        tasks: Vec::new(),
        stops: Vec::new(),
        offered: Vec::new(),
        live_offers: 0,
        cool_downs: BTreeMap::new(),
    }
}

/// A courier on its way to fetch and bring this.
fn carrying(tasks: Vec<TaskRow>) -> CourierRow {
    let mut stops: Vec<Stop> = Vec::new();
    for task in &tasks {
        insert(&mut stops, task, Insertion { pickup_stop: usize::MAX, dropoff_stop: usize::MAX });
    }
    let availability = Availability::Busy { load: 1, capacity: 3 };
    CourierRow { availability, tasks, stops, ..idle() }
}

/// From store `from` at that milestone to the door at `to`, ready now, promised in an hour.
fn wanted(n: u32, from: i32, to: i32) -> DeliveryRow {
    DeliveryRow {
        order: OrderId::from_bits(u128::from(n)),
        delivery: delivery_id(n),
        fulfillment_order: FulfillmentOrderId::from_bits(u128::from(n)),
        attempt: 1,
        store: StoreId::from_bits(1_000 + from.unsigned_abs() as u128),
        pickup: milestone(from),
        dropoff: milestone(to),
        weight: Grams(1_000),
        ready_at: at(0),
        promised_by: at(3_600),
        waiting_since: at(0),
        rounds: 0,
        excluded: BTreeSet::new(),
        pinned: None,
        forced: None,
    }
}

fn in_hand(n: u32, from: i32, to: i32) -> TaskRow {
    let row = wanted(n, from, to);
    TaskRow {
        delivery: row.delivery,
        order: row.order,
        attempt: 1,
        store: row.store,
        pickup: row.pickup,
        dropoff: row.dropoff,
        weight: row.weight,
        picked_up: false,
        ready_at: row.ready_at,
        promised_by: row.promised_by,
    }
}

/// Couriers by number with their milestones, all heard just now, and what waits.
fn city(couriers: Vec<(u32, i32, CourierRow)>, waiting: Vec<DeliveryRow>) -> CityView {
    let mut view = CityView::new(milestone(0), Box::new(Road));
    for (n, steps, row) in couriers {
        view.put_courier(courier_id(n), row);
        view.move_courier(courier_id(n), milestone(steps), at(0));
    }
    waiting.into_iter().for_each(|row| view.put_delivery(row));
    view
}

fn plan(view: &CityView) -> Round {
    plan_round(view, &Policy::default(), at(0))
}

/// Who is asked about what.
fn asked(round: &Round) -> Vec<(u128, u128)> {
    let pairs = round.offerings.iter().flat_map(|offering| {
        let delivery = offering.delivery.bits();
        offering.proposals.iter().map(move |proposal| (delivery, proposal.courier.bits()))
    });
    pairs.collect()
}

fn check(
    couriers: Vec<(u32, i32, CourierRow)>,
    waiting: Vec<DeliveryRow>,
    expect: &[(u128, u128)],
) {
    let round = plan(&city(couriers, waiting));
    assert_eq!(asked(&round), expect, "{round:#?}");
}

/// The one delivery waits for this reason.
fn waits(couriers: Vec<(u32, i32, CourierRow)>, delivery: DeliveryRow, expect: Unserved) {
    let id = delivery.delivery;
    let round = plan(&city(couriers, vec![delivery]));
    assert_eq!(round.unserved, [(id, expect)]);
    assert_eq!(round.offerings, []);
}

#[test]
fn an_empty_city_plans_an_empty_round() {
    assert_eq!(plan(&city(vec![], vec![])), Round { at: at(0), ..Round::default() });
}

#[test]
fn the_nearest_goes_and_the_offer_says_when_and_why() {
    let couriers = vec![(1, 8, idle()), (2, 3, idle()), (3, -9, idle())];
    let round = plan(&city(couriers, vec![wanted(1, 0, 10)]));
    let [Offering { proposals, forced: false, attempt: 1, .. }] = &round.offerings[..] else {
        panic!("{round:?}")
    };
    let proposal = &proposals[0];
    assert_eq!(proposal.courier, courier_id(2));
    assert_eq!(proposal.pickup_at, at(60));
    assert_eq!(proposal.dropoff_at, at(60 + 120 + 200 + 120));
    let reason = &proposal.because;
    assert!(
        reason.starts_with("idle, 334 m from the store, waits 0 s there, door 500 s"),
        "{reason}"
    );
    assert!(reason.contains("3 could come, "), "{reason}");
}

#[test]
fn one_round_is_one_assignment_not_first_come_first_served() {
    let couriers = vec![(1, 5, idle()), (2, 20, idle())];
    check(couriers, vec![wanted(1, 12, 30), wanted(2, 0, 30)], &[(1, 2), (2, 1)]);
}

#[test]
fn equal_couriers_go_by_id() {
    let couriers = vec![(3, 5, idle()), (2, 5, idle()), (4, 5, idle())];
    check(couriers, vec![wanted(2, 0, 9), wanted(1, 0, 9)], &[(1, 2), (2, 3)]);
}

#[test]
fn who_has_waited_longest_is_served_when_not_all_can_be() {
    let early = DeliveryRow { waiting_since: at(-300), ready_at: at(-300), ..wanted(2, 0, 11) };
    let round = plan(&city(vec![(1, 0, idle())], vec![wanted(1, 0, 10), early]));
    assert_eq!(asked(&round), [(2, 1)]);
    assert_eq!(round.unserved, [(delivery_id(1), Unserved::Outbid { candidates: 1 })]);
}

#[test]
fn who_cannot_be_asked() {
    let row = |change: fn(&mut CourierRow)| {
        let mut row = idle();
        change(&mut row);
        row
    };
    let full = [in_hand(7, 0, 1), in_hand(8, 0, 1), in_hand(9, 0, 1)];
    let table = [
        ("off duty", row(|row| row.availability = Availability::OffDuty)),
        ("on break", row(|row| row.availability = Availability::OnBreak)),
        ("suspended", row(|row| row.availability = Availability::Suspended)),
        ("stale", row(|row| row.availability = Availability::Stale)),
        ("full", row(|row| row.availability = Availability::Full)),
        ("no slot left", carrying(full.to_vec())),
        ("at the limit of offers", row(|row| row.live_offers = 2)),
        ("an open offer for the last slot", row(|row| (row.capacity, row.live_offers) = (1, 1))),
        ("too weak", row(|row| row.max_weight = Grams(999))),
        ("in a cool-down", row(|row| row.cool_downs = [(delivery_id(1), at(1))].into())),
    ];
    for (label, row) in table {
        let round = plan(&city(vec![(1, 0, row)], vec![wanted(1, 0, 10)]));
        assert_eq!(round.unserved, [(delivery_id(1), Unserved::NobodyNear)], "{label}");
    }
    let ending = row(|row| row.shift_ends_at = Some(at(59)));
    waits(vec![(1, 3, ending)], wanted(1, 0, 10), Unserved::NobodyFits { looked_at: 1 });
    let in_time = row(|row| row.shift_ends_at = Some(at(60)));
    check(vec![(1, 3, in_time)], vec![wanted(1, 0, 10)], &[(1, 1)]);
    let cooled = row(|row| row.cool_downs = [(delivery_id(1), at(0))].into());
    check(vec![(1, 0, cooled)], vec![wanted(1, 0, 10)], &[(1, 1)]);
    let excluded = DeliveryRow { excluded: [courier_id(1)].into(), ..wanted(1, 0, 10) };
    check(vec![(1, 0, idle()), (2, 9, idle())], vec![excluded], &[(1, 2)]);
}

#[test]
fn silence_and_unknown_places_keep_couriers_out() {
    let mut view = city(vec![], vec![wanted(1, 0, 10)]);
    view.put_courier(courier_id(1), idle());
    view.put_courier(courier_id(2), idle());
    let stale_after = i64::from(Policy::default().dispatch.stale_after_s);
    view.move_courier(courier_id(2), milestone(0), at(-stale_after));
    assert_eq!(plan(&view).unserved, [(delivery_id(1), Unserved::NobodyNear)]);
    view.move_courier(courier_id(2), milestone(0), at(1 - stale_after));
    assert_eq!(asked(&plan(&view)), [(1, 2)]);
}

#[test]
fn the_search_widens_with_rounds_and_with_waiting() {
    let policy = Policy::default().dispatch;
    let steps = |metres: u32| i32::try_from(metres / 111).unwrap();
    let far = || vec![(1, steps(policy.radius_m) + 5, idle())];
    waits(far(), wanted(1, 0, 10), Unserved::NobodyNear);
    check(far(), vec![DeliveryRow { rounds: 1, ..wanted(1, 0, 10) }], &[(1, 1)]);
    let one_offer_long = i64::from(policy.offer_expires_after_s);
    let waited = DeliveryRow { waiting_since: at(-one_offer_long), ..wanted(1, 0, 10) };
    check(far(), vec![waited], &[(1, 1)]);
    let at_the_edge = || vec![(1, steps(policy.max_radius_m) - 5, idle())];
    waits(at_the_edge(), DeliveryRow { rounds: 1, ..wanted(1, 0, 10) }, Unserved::NobodyNear);
    let escalated = DeliveryRow { rounds: policy.escalate_after_rounds, ..wanted(1, 0, 10) };
    check(at_the_edge(), vec![escalated], &[(1, 1)]);
    let beyond = vec![(1, steps(policy.max_radius_m) + 5, idle())];
    waits(beyond, DeliveryRow { rounds: 99, ..wanted(1, 0, 10) }, Unserved::NobodyNear);
}

#[test]
fn nobody_is_sent_to_wait_for_long() {
    let policy = Policy::default().dispatch;
    let (send, look) = (i64::from(policy.send_ahead_s), i64::from(policy.look_ahead_s));
    let later = |ready| DeliveryRow { ready_at: at(ready), ..wanted(1, 0, 10) };
    let near = || vec![(1, 3, idle())];
    check(near(), vec![later(send + 60)], &[(1, 1)]);
    waits(near(), later(send + 61), Unserved::TooEarly { look_from: at(1) });
    waits(near(), later(look + 61), Unserved::TooEarly { look_from: at(1) });
    waits(vec![], later(look + 100), Unserved::TooEarly { look_from: at(100) });
}

#[test]
fn somebody_far_is_not_sent_while_somebody_near_is_held_back() {
    let send_ahead = i64::from(Policy::default().dispatch.send_ahead_s);
    let later = DeliveryRow { ready_at: at(send_ahead + 100), ..wanted(1, 0, 10) };
    let couriers = vec![(1, 0, idle()), (2, 20, idle())];
    waits(couriers, later, Unserved::TooEarly { look_from: at(100) });
}

#[test]
fn goods_that_are_ready_are_fetched_before_goods_that_are_not() {
    let later = DeliveryRow { ready_at: at(850), ..wanted(1, 0, 10) };
    let couriers = vec![(1, 0, idle()), (2, 20, idle())];
    let round = plan(&city(couriers, vec![later, wanted(2, 5, 10)]));
    assert_eq!(asked(&round), [(2, 1)]);
    let look_from = at(850 - 300 - 400);
    assert_eq!(round.unserved, [(delivery_id(1), Unserved::TooEarly { look_from })]);
}

#[test]
fn a_courier_fetches_a_second_bag_from_the_store_it_goes_to() {
    let couriers = vec![(1, 2, carrying(vec![in_hand(9, 0, 30)])), (2, 25, idle())];
    check(couriers, vec![wanted(1, 0, 31)], &[(1, 1)]);
}

#[test]
fn a_courier_is_asked_about_what_starts_where_its_route_ends() {
    let policy = Policy::default().dispatch;
    assert!(policy.stack_radius_m > 13 * 111 && policy.stack_radius_m < 14 * 112);
    let busy = || vec![(1, 0, carrying(vec![in_hand(9, 0, 10)]))];
    check(busy(), vec![wanted(1, 23, 30)], &[(1, 1)]);
    waits(busy(), wanted(1, 24, 30), Unserved::NobodyNear);
}

#[test]
fn a_promise_on_board_is_not_broken_for_another_order() {
    let mut urgent = in_hand(9, 0, 30);
    urgent.promised_by = at(120 + 600 + 120);
    let couriers = |urgent| vec![(1, 0, carrying(vec![urgent]))];
    let same_store = DeliveryRow { promised_by: at(300), ..wanted(1, 0, 2) };
    let round = plan(&city(couriers(urgent.clone()), vec![same_store.clone()]));
    let dropoff_at = round.offerings[0].proposals[0].dropoff_at;
    assert!(dropoff_at > at(120 + 600 + 120), "it goes second, late as it may be: {round:?}");
    urgent.promised_by = at(3_600);
    let round = plan(&city(couriers(urgent), vec![same_store]));
    assert_eq!(round.offerings[0].proposals[0].dropoff_at, at(120 + 40 + 120));
}

#[test]
fn an_open_offer_counts_as_a_yes() {
    let mut asked_elsewhere = idle();
    asked_elsewhere.availability = Availability::Offered;
    asked_elsewhere.offered = vec![in_hand(9, -20, -60)];
    asked_elsewhere.live_offers = 1;
    check(vec![(1, 0, asked_elsewhere), (2, 15, idle())], vec![wanted(1, 0, 10)], &[(1, 2)]);
}

#[test]
fn a_hand_chooses_whoever_has_a_slot() {
    let forced = |n: u32| DeliveryRow { forced: Some(courier_id(n)), ..wanted(1, 0, 10) };
    let round = plan(&city(vec![(1, 0, idle()), (2, 300, idle())], vec![forced(2)]));
    assert_eq!(asked(&round), [(1, 2)]);
    assert!(round.offerings[0].forced);
    assert!(round.offerings[0].proposals[0].because.starts_with("chosen by hand; idle, "));

    let mut silent = idle();
    silent.availability = Availability::Stale;
    silent.cool_downs.insert(delivery_id(1), at(500));
    silent.live_offers = 2;
    check(vec![(2, 300, silent)], vec![forced(2)], &[(1, 2)]);

    let mut gone = idle();
    gone.availability = Availability::OffDuty;
    let unavailable = Unserved::ChosenUnavailable { courier: courier_id(2) };
    waits(vec![(1, 0, idle()), (2, 0, gone)], forced(2), unavailable);
    waits(vec![(1, 0, idle())], forced(2), unavailable);
}

#[test]
fn a_forced_courier_gets_nothing_else_in_that_round() {
    let forced = |n| DeliveryRow { forced: Some(courier_id(1)), ..wanted(n, 0, 10) };
    let couriers = vec![(1, 0, idle()), (2, 20, idle())];
    let round = plan(&city(couriers, vec![forced(1), forced(2), wanted(3, 0, 10)]));
    assert_eq!(asked(&round), [(1, 1), (3, 2)]);
    let unavailable = Unserved::ChosenUnavailable { courier: courier_id(1) };
    assert_eq!(round.unserved, [(delivery_id(2), unavailable)]);
}

#[test]
fn a_pin_holds_until_it_runs_out() {
    let pinned =
        |until| DeliveryRow { pinned: Some((courier_id(2), at(until))), ..wanted(1, 0, 10) };
    let couriers = || vec![(1, 0, idle()), (2, 90, idle())];
    check(couriers(), vec![pinned(1)], &[(1, 2)]);
    check(couriers(), vec![pinned(0)], &[(1, 1)]);
    let unavailable = Unserved::ChosenUnavailable { courier: courier_id(2) };
    waits(vec![(1, 0, idle())], pinned(1), unavailable);
}

#[test]
fn stops_of_a_return_are_driven_before_something_new_is_fetched() {
    let mut bringing_back = carrying(vec![in_hand(9, 0, 30)]);
    bringing_back.tasks[0].picked_up = true;
    bringing_back.stops =
        vec![Stop { delivery: delivery_id(9), kind: StopKind::Return, place: milestone(0) }];
    let round = plan(&city(vec![(1, 10, bringing_back)], vec![wanted(1, 5, 10)]));
    assert_eq!(round.offerings[0].proposals[0].pickup_at, at(200 + 120 + 100));
}
