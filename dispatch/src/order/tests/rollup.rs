use super::*;

#[test]
fn the_four_visible_stages_follow_the_part_that_is_furthest_behind() {
    let mut play = Play::open(basket(&[(1, 2)]), plan(&[(1, &[(1, 1)]), (2, &[(1, 1)])]));
    assert_eq!(play.order.visible_stage(), None);
    play.tell(play.accepts(0)).unwrap();
    assert_eq!(play.order.visible_stage(), None, "the other store has not answered");
    play.offer(1, &[1]);
    play.tell(play.grant(1, 1)).unwrap();
    play.tell(play.hands_over(0, 1)).unwrap();
    play.tell(play.accepts(1)).unwrap();
    assert_eq!(play.order.visible_stage(), Some(VisibleStage::Accepted));
    assert_eq!(play.order.fulfillment_status(), FulfillmentRollup::Partial);
    assert_eq!(play.order.delivery_status(), DeliveryRollup::Waiting);
}

#[test]
fn one_delivery_passes_all_stages() {
    let mut play = Play::picked_up();
    assert_eq!(play.order.visible_stage(), Some(VisibleStage::HandedOver));
    assert_eq!(play.order.fulfillment_status(), FulfillmentRollup::Fulfilled);
    play.tell(play.step(1, 1, DeliveryStep::EnRouteToDropoff)).unwrap();
    assert_eq!(play.order.visible_stage(), Some(VisibleStage::OnTheWay));
    assert_eq!(play.order.delivery_status(), DeliveryRollup::OnTheWay);
    play.tell(play.step(1, 1, delivered())).unwrap();
    assert_eq!(play.order.visible_stage(), Some(VisibleStage::Delivered));
    assert_eq!(play.order.delivery_status(), DeliveryRollup::Delivered);
    assert_eq!(play.order.payment_status(), PaymentRollup::Captured);
}

#[test]
fn a_cancelled_order_has_no_stage() {
    let mut play = Play::assigned();
    play.tell(cancel(CancelReason::Headquarters)).unwrap();
    assert_eq!(play.order.visible_stage(), None);
    assert_eq!(play.order.fulfillment_status(), FulfillmentRollup::Unfulfilled);
    assert_eq!(play.order.delivery_status(), DeliveryRollup::None);
}

#[test]
fn every_status_word_has_its_own_place_in_the_pool() {
    let play = Play::accepted();
    let row = &play.order.pool_rows()[0];
    assert_eq!((row.store, row.pickup), (store(1), place_at(1)));
    assert_eq!((row.dropoff, row.weight), (place_at(50), Grams(1_500)));
    assert_eq!(play.order.delivery_ids().collect::<Vec<_>>(), [row.delivery]);
}

#[test]
fn what_waits_is_armed_and_asked_again_after_a_restart() {
    let words = |play: &Play| {
        let effects = play.order.resume(play.now);
        effects.iter().map(effect_in_words).collect::<Vec<_>>().join(" ")
    };
    let pending = Play::pending(basket(&[(1, 3)]), plan(&[(1, &[(1, 3)])]));
    assert_eq!(words(&pending), "arm:payment");
    assert_eq!(words(&Play::simple()), "assign:1");
    assert_eq!(words(&Play::accepted()), "arm:escalation");
    assert_eq!(words(&Play::assigned()), "");
    assert_eq!(words(&Play::delivered()), "");
    let mut cancelled = Play::simple();
    cancelled.tell(cancel(CancelReason::Headquarters)).unwrap();
    assert_eq!(words(&cancelled), "refund:301");
    let mut moving = Play::accepted();
    let move_it = OrderCommand::MoveFulfillment {
        lines: Vec::new(),
        fulfillment_order: moving.fulfillment(0),
        to: store(2),
        reason: "flood".to_owned(),
    };
    moving.tell(move_it).unwrap();
    assert_eq!(words(&moving), "source:moving arm:escalation");
    moving.tell(moving.sourced(Ok(plan(&[(2, &[(1, 3)])])))).unwrap();
    assert_eq!(words(&moving), "hold:2 arm:escalation");
}
