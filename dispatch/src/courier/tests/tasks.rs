//! Routes: what is driven in which order, and how deliveries leave them.

use super::*;
use crate::order::{DeliveryStep, ProofOfDelivery};
use StopKind::*;

fn step(step: DeliveryStep) -> TaskStep {
    TaskStep::Step(step)
}

#[test]
fn a_delivery_from_first_to_last_step() {
    let mut desk = Desk::on_duty(1);
    desk.takes(1);
    for quiet in [DeliveryStep::EnRouteToPickup, DeliveryStep::ArrivedAtPickup] {
        assert_eq!(desk.follows(1, step(quiet)), Vec::<&str>::new(), "it is the next stop anyway");
    }
    assert_eq!(desk.follows(1, TaskStep::PickedUp), ["task_picked_up"]);
    assert_eq!(desk.follows(1, TaskStep::PickedUp), Vec::<&str>::new());
    assert_eq!(desk.route(), [(1, Dropoff)]);
    let proof = ProofOfDelivery::HandedToPerson;
    assert_eq!(desk.follows(1, step(DeliveryStep::Delivered { proof })), ["task_done"]);
    assert_eq!(desk.follows(1, TaskStep::Done), Vec::<&str>::new());
    assert_eq!(desk.courier.availability(), Availability::Idle);
    assert!(desk.route().is_empty());
}

#[test]
fn goods_that_nobody_took_go_back_to_their_store() {
    let mut desk = Desk::on_duty(1);
    desk.takes(1);
    desk.follows(1, TaskStep::PickedUp);
    assert_eq!(desk.follows(1, TaskStep::Returning), ["task_returning"]);
    assert_eq!(desk.follows(1, TaskStep::Returning), Vec::<&str>::new());
    assert_eq!(desk.route(), [(1, Return)]);
    assert_eq!(desk.courier.stops()[0].place, made(1, 1).pickup);
    assert_eq!(desk.follows(1, TaskStep::Done), ["task_done"]);
}

#[test]
fn a_new_delivery_on_the_way_joins_where_it_costs_least() {
    let mut desk = Desk::on_duty(3);
    let far = super::MakeOffer { dropoff: milestone(90), ..made(1, 1) };
    desk.does(CourierCommand::MakeOffer(Box::new(far)));
    desk.does(CourierCommand::AcceptOffer { offer: offer(1, 1) });
    desk.does(CourierCommand::Granted { offer: offer(1, 1) });
    desk.takes(4);
    assert_eq!(desk.route(), [(1, Pickup), (4, Pickup), (4, Dropoff), (1, Dropoff)]);
    let order: Vec<_> = desk.courier.tasks().iter().map(|task| task.delivery.bits()).collect();
    assert_eq!(order, [4, 1], "in the order in which they are finished");
}

#[test]
fn a_promise_that_is_carried_is_worth_more_than_a_short_way() {
    let mut desk = Desk::on_duty(3);
    let urgent = super::MakeOffer { dropoff: milestone(90), promised_by: at(2_800), ..made(1, 1) };
    desk.does(CourierCommand::MakeOffer(Box::new(urgent)));
    desk.does(CourierCommand::AcceptOffer { offer: offer(1, 1) });
    desk.does(CourierCommand::Granted { offer: offer(1, 1) });
    desk.takes(4);
    assert_eq!(desk.route(), [(1, Pickup), (1, Dropoff), (4, Pickup), (4, Dropoff)]);
}

#[test]
fn the_courier_may_drive_in_another_order() {
    let mut desk = Desk::on_duty(3);
    desk.takes(1);
    desk.takes(4);
    assert_eq!(desk.route(), [(1, Pickup), (1, Dropoff), (4, Pickup), (4, Dropoff)]);
    assert_eq!(desk.follows(4, step(DeliveryStep::EnRouteToPickup)), ["stop_chosen"]);
    assert_eq!(desk.route(), [(4, Pickup), (1, Pickup), (1, Dropoff), (4, Dropoff)]);
    assert_eq!(desk.follows(4, step(DeliveryStep::ArrivedAtPickup)), Vec::<&str>::new());
}

#[test]
fn another_attempt_is_not_this_couriers() {
    let mut desk = Desk::on_duty(1);
    desk.takes(1);
    let (delivery, step) = (delivery(1), TaskStep::PickedUp);
    let stranger = CourierCommand::FollowDelivery { delivery, attempt: 2, step };
    assert_eq!(desk.does(stranger), (vec![], vec![]));
}

#[test]
fn what_was_taken_away_is_not_offered_again_at_once() {
    let mut desk = Desk::on_duty(2);
    desk.takes(1);
    desk.does(CourierCommand::Withdraw { delivery: delivery(1), attempt: 1 });
    let again = CourierCommand::MakeOffer(Box::new(made(1, 2)));
    assert_eq!(desk.does(again.clone()).0, Vec::<&str>::new());
    desk.now = i64::from(desk.policy.dispatch.decline_cooldown_s);
    assert_eq!(desk.does(again).0, ["offer_made"]);
}
