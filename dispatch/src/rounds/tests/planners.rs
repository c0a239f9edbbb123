//! The other planners behind the same question: the greedy floor and trips.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::policy::{DispatchPolicy, RoundPlanner};

fn by(planner: RoundPlanner) -> Policy {
    Policy {
        dispatch: DispatchPolicy { planner, ..DispatchPolicy::default() },
        ..Policy::default()
    }
}

fn round_by(planner: RoundPlanner, view: &CityView) -> Round {
    plan_round(view, &by(planner), at(0))
}

fn check_by(
    planner: RoundPlanner,
    couriers: Vec<(u32, i32, CourierRow)>,
    waiting: Vec<DeliveryRow>,
    expect: &[(u128, u128)],
) {
    let round = round_by(planner, &city(couriers, waiting));
    assert_eq!(asked(&round), expect, "{round:#?}");
}

#[test]
fn greedy_serves_the_first_first_whatever_it_costs_the_second() {
    let couriers = vec![(1, 5, idle()), (2, 20, idle())];
    let waiting = vec![wanted(1, 12, 30), wanted(2, 0, 30)];
    check_by(RoundPlanner::Greedy, couriers.clone(), waiting.clone(), &[(1, 1), (2, 2)]);
    check_by(RoundPlanner::Trips, couriers, waiting, &[(1, 2), (2, 1)]);
}

#[test]
fn trips_bring_two_deliveries_of_one_store_along_one_way() {
    let couriers = vec![(1, 0, idle()), (2, 90, idle())];
    check_by(
        RoundPlanner::Trips,
        couriers,
        vec![wanted(1, 0, 20), wanted(2, 0, 21)],
        &[(1, 1), (2, 1)],
    );
}

#[test]
fn a_second_trip_is_planned_and_nobody_is_asked_about_it_yet() {
    let round = round_by(
        RoundPlanner::Trips,
        &city(vec![(1, 0, idle())], vec![wanted(1, 0, 20), wanted(2, 40, 60)]),
    );
    assert_eq!(asked(&round), [(1, 1)]);
    let [(second, Unserved::TooEarly { look_from })] = round.unserved[..] else {
        panic!("{round:?}")
    };
    assert_eq!(second, delivery_id(2));
    // Done with the first door after 20 steps and two services; asked about it five minutes before.
    assert_eq!(look_from, at(120 + 400 + 120 - 300));
}

#[test]
fn nobody_is_asked_long_before_the_goods_are_ready() {
    let late = DeliveryRow { ready_at: at(1_200), ..wanted(1, 10, 20) };
    let round = round_by(RoundPlanner::Trips, &city(vec![(1, 0, idle())], vec![late]));
    let leave_at = 1_200 - 200 - i64::from(Policy::default().dispatch.trips.leave_early_s);
    let look_from = at(leave_at - 300);
    assert_eq!(round.unserved, [(delivery_id(1), Unserved::TooEarly { look_from })]);
}

#[test]
fn beyond_the_horizon_nothing_is_planned() {
    let late = DeliveryRow { ready_at: at(9_000), ..wanted(1, 10, 20) };
    let round = round_by(RoundPlanner::Trips, &city(vec![(1, 0, idle())], vec![late]));
    let horizon = i64::from(Policy::default().dispatch.trips.horizon_s);
    let look_from = at(9_000 - horizon);
    assert_eq!(round.unserved, [(delivery_id(1), Unserved::TooEarly { look_from })]);
}

#[test]
fn what_is_on_the_way_to_a_store_takes_more_from_there() {
    let busy = carrying(vec![in_hand(7, 10, 30)]);
    let couriers = vec![(1, 0, busy), (2, -60, idle())];
    check_by(RoundPlanner::Trips, couriers, vec![wanted(8, 10, 29)], &[(8, 1)]);
}

#[test]
fn a_persons_word_binds_trips_too() {
    let steered = DeliveryRow { excluded: BTreeSet::from([courier_id(1)]), ..wanted(1, 0, 9) };
    let couriers = || vec![(1, 0, idle()), (2, 30, idle())];
    check_by(RoundPlanner::Trips, couriers(), vec![steered], &[(1, 2)]);
    let pinned = DeliveryRow { pinned: Some((courier_id(2), at(60))), ..wanted(1, 0, 9) };
    check_by(RoundPlanner::Trips, couriers(), vec![pinned], &[(1, 2)]);
    let away = DeliveryRow { pinned: Some((courier_id(9), at(60))), ..wanted(1, 0, 9) };
    let round = round_by(RoundPlanner::Trips, &city(couriers(), vec![away]));
    let why = Unserved::ChosenUnavailable { courier: courier_id(9) };
    assert_eq!(round.unserved, [(delivery_id(1), why)]);
    let forced = DeliveryRow { forced: Some(courier_id(2)), ..wanted(1, 0, 9) };
    let round = round_by(RoundPlanner::Trips, &city(couriers(), vec![forced]));
    assert_eq!(asked(&round), [(1, 2)]);
    assert!(round.offerings[0].forced);
}

#[test]
fn a_decliner_is_left_alone_and_a_bag_has_its_limits() {
    let cooling = CourierRow { cool_downs: BTreeMap::from([(delivery_id(1), at(60))]), ..idle() };
    let couriers = vec![(1, 0, cooling), (2, 30, idle())];
    check_by(RoundPlanner::Trips, couriers, vec![wanted(1, 0, 9)], &[(1, 2)]);
    let heavy = DeliveryRow { weight: Grams(3_000), ..wanted(1, 0, 9) };
    let other = DeliveryRow { weight: Grams(3_000), ..wanted(2, 0, 9) };
    let couriers = vec![(1, 0, idle()), (2, 5, idle())];
    let round = round_by(RoundPlanner::Trips, &city(couriers, vec![heavy, other]));
    let couriers: BTreeSet<u128> = asked(&round).into_iter().map(|(_, courier)| courier).collect();
    assert_eq!(couriers.len(), 2, "{round:#?}");
}

#[test]
fn equal_memories_give_equal_rounds() {
    let view = city(vec![(1, 0, idle()), (2, 30, idle())], vec![wanted(1, 0, 9), wanted(2, 40, 9)]);
    let mut one = Rounds::default();
    one.plan(&view, &by(RoundPlanner::Trips), at(0));
    let mut other = one.clone();
    let policy = by(RoundPlanner::Trips);
    assert_eq!(one.plan(&view, &policy, at(5)), other.plan(&view, &policy, at(5)));
}

fn any_wanted(n: u32) -> impl Strategy<Value = DeliveryRow> {
    (0..40_i32, 0..40_i32, -600..5_000_i64, 500..6_000_u32).prop_map(
        move |(from, to, ready, weight)| DeliveryRow {
            ready_at: at(ready),
            weight: Grams(weight),
            ..wanted(n, from, to)
        },
    )
}

proptest! {
    #[test]
    fn trips_hear_of_every_delivery_and_never_overload(
        steps in vec((0..40_i32, 0..4_u32, 0..3_u32), 0..6),
        waiting in (0..12_u32).prop_flat_map(|n| (1..=n).map(any_wanted).collect::<Vec<_>>()),
    ) {
        let couriers: Vec<_> = (1..).zip(&steps).map(|(n, (place, capacity, live_offers))| {
            (n, *place, CourierRow { capacity: *capacity, live_offers: *live_offers, ..idle() })
        }).collect();
        let view = city(couriers.clone(), waiting.clone());
        let round = round_by(RoundPlanner::Trips, &view);
        let mut heard_of: Vec<_> = round.unserved.iter().map(|(delivery, _)| *delivery).collect();
        heard_of.extend(round.offerings.iter().map(|offering| offering.delivery));
        heard_of.sort_unstable();
        let all: Vec<_> = waiting.iter().map(|row| row.delivery).collect();
        prop_assert_eq!(heard_of, all, "each delivery is offered or has a reason");
        for (n, _, row) in &couriers {
            let mine: Vec<u128> = asked(&round).into_iter()
                .filter(|(_, courier)| *courier == u128::from(*n))
                .map(|(delivery, _)| delivery)
                .collect();
            prop_assert!(mine.is_empty() || mine.len() as u32 + row.live_offers <= row.capacity);
            let carried: u32 = waiting.iter()
                .filter(|row| mine.contains(&row.delivery.bits()))
                .map(|row| row.weight.0)
                .sum();
            prop_assert!(carried <= row.max_weight.0);
        }
    }
}
