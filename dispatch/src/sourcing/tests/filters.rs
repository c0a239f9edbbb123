use super::*;
use crate::store::StoreFront;

const TWO: [&str; 2] = ["near 300 milk=5", "far 900 milk=5"];

/// The near store fails one filter, so the far one serves and the reason is kept.
#[track_caller]
fn passes_over_the_near_one(world: &World, lost: &LostBecause) {
    world.check("far: milk 2");
    world.check_lost("near", lost);
    let named = world.clone().request(|request| request.pinned = Some(store_named("near")));
    assert!(named.plan().is_err(), "named, it fails the same filter");
}

#[test]
fn stores_that_gave_it_back_are_not_asked_again() {
    let world = world(&TWO, "milk 2").request(|request| {
        request.excluded.insert(store_named("near"));
    });
    passes_over_the_near_one(&world, &LostBecause::Excluded);
}

#[test]
fn a_store_must_offer_the_mode() {
    let world = world(&TWO, "milk 2")
        .settings("near", |settings| settings.modes = vec![FulfillmentMode::Pickup]);
    passes_over_the_near_one(&world, &LostBecause::ModeNotOffered);
}

#[test]
fn only_open_and_rushing_stores_take_orders() {
    let with = |status| world(&TWO, "milk 2").store("near", move |row| row.status = status);
    passes_over_the_near_one(&with(StoreStatus::Paused { until: None }), &LostBecause::Paused);
    passes_over_the_near_one(&with(StoreStatus::Offline), &LostBecause::ScreenOffline);
    let rush = StoreStatus::Rush { extra_prep: Seconds::minutes(20), until: None };
    with(rush).check("near: milk 2");
}

#[test]
fn a_door_outside_the_area_is_not_served() {
    let small = |settings: &mut StoreSettings| {
        settings.area = ServiceArea::Radius { center: settings.place, radius: Meters(200) };
    };
    let world = world(&TWO, "milk 2").settings("near", small);
    let plan = world.check("far: milk 2");
    assert_eq!(plan.because.len(), 1, "a store that does not deliver there is not looked at");
    let named = world.clone().request(|request| request.pinned = Some(store_named("near")));
    named
        .check_refused("no store can fulfil this basket: the named store does not serve this door");
    let express = world.request(|request| request.mode = FulfillmentMode::Express);
    express.check("near: milk 2");
}

#[test]
fn express_comes_from_within_the_radius() {
    let world = world(&["near 300 milk=1", "far 900 milk=5"], "milk 2")
        .request(|request| request.mode = FulfillmentMode::Express);
    world.check("far: milk 2");
    let within = world.policy(|policy| policy.sourcing.express_radius_m = 800);
    within.check_refused(
        "no store can fulfil this basket: stores in reach lack line 1 (2 wanted, 1 there)",
    );
}

#[test]
fn a_store_without_the_goods_is_told_from_one_that_does_not_list_them() {
    let world = world(&["near 300 milk=1", "other 400 tea=9", "far 900 milk=5"], "milk 2, milk 1");
    world.check("far: milk 2, milk 1");
    world.check_lost("near", &LostBecause::NotEnoughStock { lines_covered: 0, lines_wanted: 2 });
    world.check_lost("other", &LostBecause::NoneListed);
}

#[test]
fn the_lines_a_store_could_have_given_are_counted() {
    let world =
        world(&["near 300 milk=5 tea=1", "far 900 milk=5 tea=5 rice=5"], "milk 1, rice 1, tea 2");
    world.check_lost("near", &LostBecause::NotEnoughStock { lines_covered: 1, lines_wanted: 3 });
}

#[test]
fn a_store_must_be_open_while_it_works() {
    let world =
        world(&TWO, "milk 2").settings("near", |settings| settings.hours = open("10:30", "21:00"));
    let opens_at = Some(later(minutes(30)));
    passes_over_the_near_one(&world, &LostBecause::Closed { opens_at });
    // At 20:31 the last order of the day is half an hour over.
    let evening = |minute: i64| later(minutes(10 * 60 + minute));
    world.clone().at(evening(29)).check("near: milk 2");
    world.clone().at(evening(31)).check("far: milk 2");
    // Wanted at noon, it is asked to work in the morning's open hours.
    world.request(|request| request.wanted_at = Some(later(minutes(120)))).check("near: milk 2");
}

#[test]
fn a_store_promises_no_more_than_its_capacity_in_a_window() {
    let world = world(&TWO, "milk 2");
    let by = world.check("near: milk 2").parts[0].promised_by;
    let window = StoreFront::window_of(by, Seconds(world.policy.capacity_window_s));
    let with = |window, promised| {
        world.clone().store("near", move |row| {
            row.promised.insert(window, promised);
        })
    };
    with(window, 19).check("near: milk 2");
    passes_over_the_near_one(&with(window, 20), &LostBecause::CapacityFull);
    with(window.after(Seconds(900)), 20).check("near: milk 2");
}

#[test]
fn a_named_store_is_the_only_one_asked() {
    let world = world(&TWO, "milk 2").request(|request| request.pinned = Some(store_named("far")));
    let plan = world.check("far: milk 2");
    assert_eq!(plan.search, SearchKind::Pinned);
    assert_eq!(plan.because.len(), 1);
    let pickup = world.request(|request| request.mode = FulfillmentMode::Pickup);
    assert_eq!(pickup.check("far: milk 2").parts[0].distance, None);
}

#[test]
fn whoever_chooses_by_hand_sees_what_each_store_could_do() {
    let world = world(&["a 100 milk=1", "b 200 milk=5", "c 300 milk=5", "d 400 milk=5"], "milk 2")
        .store("b", |row| row.status = StoreStatus::Offline);
    let verdicts = survey(&world.request, &world.view(), &world.policy, world.now).unwrap();
    let promised: Vec<_> = verdicts.iter().map(|one| one.promised_by.is_some()).collect();
    assert_eq!(promised, [false, false, true, true]);
    let lost: Vec<_> = verdicts.into_iter().map(|one| one.verdict.lost).collect();
    let short = LostBecause::NotEnoughStock { lines_covered: 0, lines_wanted: 1 };
    assert_eq!(lost, [Some(short), Some(LostBecause::ScreenOffline), None, None]);
}

#[test]
fn whoever_chooses_by_hand_is_shown_the_farther_when_nobody_near_can() {
    let world = world(&["a 100 milk=1", "b 200 milk=1", "c 300 milk=5"], "milk 2");
    let surveyed = |ring| {
        let mut world = world.clone();
        world.policy.sourcing.max_candidates = ring;
        let found = survey(&world.request, &world.view(), &world.policy, world.now).unwrap();
        found.into_iter().map(|one| one.verdict.lost.is_none()).collect::<Vec<_>>()
    };
    assert_eq!(surveyed(2), [false, false, true]);
    assert_eq!(surveyed(3), [false, false, true]);
}

#[test]
fn a_pickup_can_be_moved_to_the_stores_around_its_own() {
    let world = world(&["a 100 milk=1", "b 200 milk=5"], "milk 2").request(|request| {
        request.pinned = Some(store_named("a"));
        request.mode = FulfillmentMode::Pickup;
        request.destination = None;
    });
    let found = survey(&world.request, &world.view(), &world.policy, world.now).unwrap();
    let can: Vec<_> = found.iter().map(|one| one.verdict.lost.is_none()).collect();
    assert_eq!(can, [false, true]);
    assert!(found.iter().all(|one| one.verdict.distance.is_none()));
}
