use super::*;
use crate::order::{Order, OrderStatus, Part, PartStatus};
use vocabulary::{FulfillmentOrderId, ReservationId};

/// An open order of one share at a store 300 m from its door, promised for an hour from now.
fn order_at_near() -> Order {
    let mut order = Order::new(OrderId::from_bits(1));
    order.status = OrderStatus::Open;
    std::sync::Arc::make_mut(&mut order.terms).mode = FulfillmentMode::Delivery;
    order.destination = Some(door());
    order.parts.push(Part {
        fulfillment_order: FulfillmentOrderId::from_bits(1),
        reservation: ReservationId::from_bits(1),
        store: store_named("near"),
        place: row_at(300).settings.place,
        lines: Vec::new(),
        distance: Some(Meters(300)),
        ready_at: TEN_O_CLOCK.after(Seconds::minutes(10)),
        promised_from: TEN_O_CLOCK.after(Seconds::minutes(30)),
        promised_by: TEN_O_CLOCK.after(Seconds::minutes(60)),
        release_at: None,
        status: PartStatus::Accepted,
    });
    order
}

fn asks(order: &Order, metres: u32, now: Timestamp) -> Result<(), &'static str> {
    let world = world(&["near 300 milk=5"], "milk 1");
    let door = row_at(metres).settings.place;
    let answer = check_door(order, door, &world.view(), &world.policy, now);
    answer.map_err(|refusal| refusal.code())
}

#[test]
fn a_door_in_reach_and_in_time_is_fine() {
    assert_eq!(asks(&order_at_near(), 1_000, TEN_O_CLOCK), Ok(()));
}

#[test]
fn a_door_outside_the_stores_area_is_refused() {
    assert_eq!(asks(&order_at_near(), 90_000, TEN_O_CLOCK), Err("door_out_of_reach"));
    let mut moved = order_at_near();
    moved.parts[0].status = PartStatus::Rejected;
    assert_eq!(asks(&moved, 90_000, TEN_O_CLOCK), Ok(()), "that store has nothing to do with it");
}

#[test]
fn a_door_that_breaks_the_promise_is_refused_unless_it_is_no_farther() {
    let mut hurried = order_at_near();
    hurried.parts[0].promised_by = hurried.parts[0].ready_at;
    assert_eq!(asks(&hurried, 2_000, TEN_O_CLOCK), Err("door_breaks_promise"));
    assert_eq!(asks(&hurried, 300, TEN_O_CLOCK), Ok(()), "late already, but not by this");
}

#[test]
fn express_is_bound_by_the_carriers_radius_only() {
    let mut express = order_at_near();
    std::sync::Arc::make_mut(&mut express.terms).mode = FulfillmentMode::Express;
    express.parts[0].promised_by = TEN_O_CLOCK;
    assert_eq!(asks(&express, 20_000, TEN_O_CLOCK), Ok(()));
    assert_eq!(asks(&express, 2_000_000, TEN_O_CLOCK), Err("door_out_of_reach"));
}
