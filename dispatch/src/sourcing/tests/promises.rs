use super::*;

fn one_part(world: &World) -> PlanPart {
    world.plan().unwrap().parts.remove(0)
}

/// A store 1,000 m away: 1,400 m of streets at 5 m/s are 280 s.
fn a_kilometre_away() -> World {
    world(&["a 1000 milk=9"], "milk 1")
}

#[test]
fn a_promise_is_preparation_ride_services_and_slack() {
    let part = one_part(&a_kilometre_away());
    assert_eq!(part.ready_at, later(minutes(10)));
    let at_door = later(minutes(10) + (120 + 280 + 120) * 1_000);
    assert_eq!(part.promised_by, at_door.after(Seconds(600)));
    assert_eq!(part.promised_from, part.promised_by.before(Seconds(900)));
    assert_eq!(part.release_at, None);
    assert_eq!(part.distance, Some(Meters(1_000)));
}

#[test]
fn a_busy_store_needs_longer() {
    let busy = a_kilometre_away().store("a", |row| {
        row.open_orders = 4;
        row.extra_prep = Seconds::minutes(15);
    });
    assert_eq!(one_part(&busy).ready_at, later(minutes(10 + 4 + 15)));
}

#[test]
fn the_window_never_begins_before_the_goods_are_ready() {
    let wide = a_kilometre_away().policy(|policy| policy.promise_window_s = 7_200);
    let part = one_part(&wide);
    assert_eq!(part.promised_from, part.ready_at);
}

#[test]
fn a_later_wish_moves_the_whole_chain() {
    let now = one_part(&a_kilometre_away());
    let wanted = later(minutes(180));
    let then = one_part(&a_kilometre_away().request(|request| request.wanted_at = Some(wanted)));
    assert_eq!(then.promised_from, wanted);
    assert_eq!(then.promised_by, wanted.after(Seconds(900)));
    let wait = wanted.as_millis() - now.promised_from.as_millis();
    assert_eq!(then.release_at, Some(later(wait)));
    assert_eq!(then.ready_at.as_millis() - now.ready_at.as_millis(), wait);
}

#[test]
fn a_wish_that_cannot_be_met_is_promised_as_soon_as_can_be() {
    let soon = a_kilometre_away().request(|request| request.wanted_at = Some(later(minutes(5))));
    assert_eq!(one_part(&soon), one_part(&a_kilometre_away()));
}

#[test]
fn a_pickup_is_promised_from_when_it_is_packed() {
    let pickup = a_kilometre_away().request(|request| {
        request.mode = FulfillmentMode::Pickup;
        request.pinned = Some(store_named("a"));
        request.destination = None;
    });
    let part = one_part(&pickup);
    assert_eq!((part.ready_at, part.promised_from), (later(minutes(10)), later(minutes(10))));
    assert_eq!(part.promised_by, later(minutes(25)));
    let later_on = pickup.request(|request| request.wanted_at = Some(later(minutes(60))));
    let part = one_part(&later_on);
    assert_eq!((part.ready_at, part.release_at), (later(minutes(60)), Some(later(minutes(50)))));
}

#[test]
fn every_part_of_a_split_has_its_own_promise() {
    let plan = world(&["a 100 milk=1", "b 4000 rice=1"], "milk 1, rice 1").plan().unwrap();
    assert!(plan.parts[0].promised_by < plan.parts[1].promised_by);
    assert_eq!(plan.parts[0].ready_at, plan.parts[1].ready_at);
}
