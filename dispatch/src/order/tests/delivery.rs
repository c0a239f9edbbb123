use super::*;
use crate::inventory::Observation;
use crate::order::delivery::SteeringOrder;

#[test]
fn one_accept_wins_the_attempt_and_the_others_are_told() {
    let mut play = Play::accepted();
    let offered = play.tell(play.offers(1, &[1, 2, 3])).unwrap();
    offered.expect("delivery_offered", "make_offer:1 make_offer:2 make_offer:3");
    play.tell(play.closes(1, 3, OfferEnd::Expired)).unwrap().expect("offer_closed", "");
    let granted = play.tell(play.grant(1, 2)).unwrap();
    granted.expect("delivery_assigned", "granted:2 expect:1 withdraw:1");
    play.tell(play.grant(1, 2)).unwrap().expect("", "granted:2");
    play.tell(play.grant(1, 1)).unwrap().expect("", "refused:1");
    play.nothing(play.closes(1, 1, OfferEnd::Withdrawn));
    let assignment = play.delivery().assignment().unwrap();
    assert_eq!(&*assignment.because, "courier 2 is near");
    assert_eq!(play.order.pool_rows(), []);
}

#[test]
fn an_attempt_is_offered_once() {
    let mut play = Play::accepted();
    assert_eq!(play.refuses(play.offers(2, &[1])), "attempt_over");
    play.offer(1, &[1]);
    assert_eq!(play.refuses(play.offers(1, &[2])), "attempt_over");
    assert_eq!(play.refuses(play.offers(2, &[2])), "delivery_state");
    play.nothing(play.closes(1, 2, OfferEnd::Expired));
}

#[test]
fn without_a_taker_it_goes_back_to_the_pool_and_a_person_is_called_in_the_end() {
    let mut play = Play::accepted();
    play.policy.dispatch.escalate_after_rounds = 2;
    assert_eq!(play.order.pool_rows()[0].attempt, 1);
    for (attempt, events) in [
        (1, "offer_closed offers_exhausted"),
        (2, "offer_closed offers_exhausted delivery_escalated"),
        (3, "offer_closed offers_exhausted"),
    ] {
        play.offer(attempt, &[1]);
        let declined = OfferEnd::Declined(DeclineReason::TooFar);
        let told = play.tell(play.closes(attempt, 1, declined)).unwrap();
        told.expect(events, "");
    }
    let row = &play.order.pool_rows()[0];
    assert_eq!((row.attempt, row.rounds), (4, 3));
    assert!(play.order.needs_attention());
}

#[test]
fn a_person_is_called_when_the_wait_is_too_long() {
    let mut play = Play::accepted();
    let due = OrderCommand::TimerFired(Timer::DeliveryEscalation(play.delivery_id()));
    play.nothing(due.clone());
    play.now = play.delivery().escalate_at;
    play.tell(due.clone()).unwrap().expect("delivery_escalated", "");
    play.nothing(due.clone());
    play.offer(1, &[1]);
    play.tell(play.grant(1, 1)).unwrap();
    play.nothing(due);
}

#[test]
fn steps_may_be_skipped_but_never_taken_back() {
    let mut play = Play::assigned();
    let told = play.tell(play.step(1, 1, DeliveryStep::ArrivedAtPickup)).unwrap();
    told.expect("delivery_advanced", "follow:1 meet:1");
    play.nothing(play.step(1, 1, DeliveryStep::ArrivedAtPickup));
    play.nothing(play.step(1, 1, DeliveryStep::EnRouteToPickup));
    let early = play.step(1, 1, DeliveryStep::EnRouteToDropoff);
    assert_eq!(play.refuses(early), "delivery_state");
    assert_eq!(play.refuses(play.step(1, 1, delivered())), "delivery_state");
    play.tell(play.hands_over(0, 1))
        .unwrap()
        .expect("fulfillment_handed_over delivery_picked_up", "follow:1");
    play.nothing(play.hands_over(0, 1));
    play.nothing(play.step(1, 1, DeliveryStep::ArrivedAtPickup));
    play.tell(play.step(1, 1, DeliveryStep::ArrivedAtDropoff)).unwrap();
    play.tell(play.step(1, 1, delivered()))
        .unwrap()
        .expect("delivery_delivered fulfillment_completed order_completed", "follow:1 complete:1");
    play.nothing(play.step(1, 1, delivered()));
    assert!(!play.order.is_live());
}

#[test]
fn only_its_courier_moves_a_delivery() {
    let mut play = Play::picked_up();
    assert_eq!(play.refuses(play.step(1, 2, delivered())), "attempt_over");
    assert_eq!(play.refuses(play.step(2, 1, delivered())), "attempt_over");
    play.by = By::Courier(courier(2));
    assert_eq!(play.refuses(play.step(1, 1, delivered())), "attempt_over");
    play.by = By::Courier(courier(1));
    let proof = ProofOfDelivery::Signature { picture: PersonId::from_bits(77) };
    let unsigned = play.step(1, 1, DeliveryStep::Delivered { proof });
    assert_eq!(play.refuses(unsigned), "proof_missing");
}

#[test]
fn a_courier_who_cannot_go_on_is_replaced_and_not_asked_again() {
    let mut play = Play::assigned();
    let drop = |play: &Play, attempt, reason| OrderCommand::DropDelivery {
        delivery: play.delivery_id(),
        attempt,
        reason,
    };
    let dropped_out = drop(&play, 1, DropReason::CourierDroppedOut);
    play.tell(dropped_out.clone())
        .unwrap()
        .expect("delivery_dropped", "arm:escalation withdraw:1 expect_nobody:1");
    assert_eq!(play.refuses(dropped_out.clone()), "attempt_over");
    play.by = By::Partition;
    play.nothing(dropped_out);
    let row = &play.order.pool_rows()[0];
    assert_eq!((row.attempt, row.excluded.contains(&courier(1))), (2, true));
    play.offer(2, &[1, 2]);
    play.tell(play.grant(2, 2)).unwrap();
    play.tell(drop(&play, 2, DropReason::CourierLost)).unwrap();
    assert!(!play.order.pool_rows()[0].excluded.contains(&courier(2)));
    assert_eq!(play.refuses(play.step(1, 1, DeliveryStep::ArrivedAtPickup)), "attempt_over");
}

#[test]
fn what_is_on_board_cannot_be_dropped() {
    let mut play = Play::picked_up();
    let delivery = play.delivery_id();
    let reason = DropReason::ReassignedByHand;
    let drop = OrderCommand::DropDelivery { delivery, attempt: 1, reason };
    assert_eq!(play.refuses(drop), "delivery_state");
}

#[test]
fn the_books_follow_the_hands_the_goods_left_in() {
    let mut play = Play::assigned();
    let (delivery, reason) = (play.delivery_id(), DropReason::CourierLost);
    play.tell(OrderCommand::DropDelivery { delivery, attempt: 1, reason }).unwrap();
    play.offer(2, &[2]);
    play.tell(play.hands_over(0, 1)).unwrap().expect(
        "fulfillment_handed_over delivery_assigned delivery_picked_up",
        "withdraw:2 make_offer:1 granted:1 expect:1 follow:1",
    );
    play.tell(play.step(3, 1, delivered())).unwrap();
    assert_eq!(play.order.status_text(), "completed");
}

fn fail(play: &Play, reason: FailureReason) -> OrderCommand {
    let delivery = play.delivery_id();
    OrderCommand::FailDelivery { delivery, attempt: 1, courier: courier(1), reason }
}

#[test]
fn a_closed_door_is_tried_again_and_then_the_goods_come_back() {
    let mut play = Play::picked_up();
    let failed = play.tell(fail(&play, FailureReason::NobodyHome)).unwrap();
    failed.expect("delivery_failed", "arm:retry");
    play.nothing(fail(&play, FailureReason::NobodyHome));
    let retry = OrderCommand::TimerFired(Timer::DeliveryRetry(play.delivery_id()));
    play.nothing(retry.clone());
    assert!(
        play.order
            .resume(play.now)
            .iter()
            .any(|effect| matches!(effect, Effect::Arm { timer: Timer::DeliveryRetry(_), .. }))
    );
    play.wait(300);
    play.tell(retry).unwrap().expect("delivery_retried", "follow:1");
    let again = play.tell(fail(&play, FailureReason::NobodyHome)).unwrap();
    again.expect("delivery_failed delivery_returning", "follow:1");
    let delivery = play.delivery_id();
    play.tell(OrderCommand::ReceiveBack { delivery, condition: None }).unwrap().expect(
        "delivery_returned fulfillment_returned refund_decided order_cancelled",
        "follow:1 take_back:1 observe:1 refund:301",
    );
    play.nothing(OrderCommand::ReceiveBack { delivery, condition: None });
    assert_eq!(play.order.delivery_status(), DeliveryRollup::Incident);
}

#[test]
fn refused_goods_come_back_at_once() {
    let mut play = Play::picked_up();
    let told = play.tell(fail(&play, FailureReason::Refused)).unwrap();
    told.expect("delivery_failed delivery_returning", "follow:1");
}

#[test]
fn goods_that_come_back_damaged_are_not_sold_again() {
    let good = Some(ReturnCondition::Good);
    let damaged = Some(ReturnCondition::Damaged);
    for (reason, word, is_sellable) in [
        (FailureReason::Refused, None, true),
        (FailureReason::Refused, damaged, false),
        (FailureReason::Damaged, None, false),
        (FailureReason::Damaged, damaged, false),
        // Only the bag was torn: the store has looked inside.
        (FailureReason::Damaged, good, true),
    ] {
        let mut play = Play::picked_up();
        play.tell(fail(&play, reason)).unwrap();
        let delivery = play.delivery_id();
        play.tell(OrderCommand::ReceiveBack { delivery, condition: word }).unwrap();
        let observed: Vec<_> = play.effects.iter().filter_map(came_back).collect();
        assert_eq!(observed, [is_sellable], "{reason:?} {word:?}");
    }
}

/// Whether goods that came back may be sold again, if the effect is about some.
pub(super) fn came_back(effect: &Effect) -> Option<bool> {
    let Effect::Tell(Message::Inventory(_, command)) = effect else { return None };
    match **command {
        InventoryCommand::Observe(Observation::CameBack { sellable, .. }) => Some(sellable),
        _ => None,
    }
}

/// Rows and journals were written that kept neither why it came back nor how.
#[test]
fn a_return_recorded_without_its_condition_was_of_good_goods() {
    let id = DeliveryId::from_bits(7);
    let text = format!(r#"{{"kind":"delivery_returned","delivery":"{id}"}}"#);
    let event: OrderEvent = serde_json::from_str(&text).unwrap();
    let condition = ReturnCondition::Good;
    assert_eq!(event, OrderEvent::DeliveryReturned { delivery: id, condition });
    assert_eq!(serde_json::to_string(&event).unwrap(), text);
    let mut play = Play::picked_up();
    play.tell(fail(&play, FailureReason::Damaged)).unwrap();
    let mut row = serde_json::to_value(play.delivery()).unwrap();
    row["status"].as_object_mut().unwrap().remove("because").unwrap();
    let read: Delivery = serde_json::from_value(row).unwrap();
    assert_eq!(read.failed_because(), None);
}

#[test]
fn a_dispatcher_decides_about_a_failure_before_its_retry() {
    let resolve = |play: &Play, retry| {
        let delivery = play.delivery_id();
        OrderCommand::ResolveFailure { delivery, retry }
    };
    let mut play = Play::picked_up();
    assert_eq!(play.refuses(resolve(&play, true)), "delivery_state");
    play.tell(fail(&play, FailureReason::AddressWrong)).unwrap();
    play.tell(resolve(&play, true)).unwrap().expect("delivery_retried", "follow:1");
    let mut other = Play::picked_up();
    other.tell(fail(&other, FailureReason::Accident)).unwrap();
    other.tell(resolve(&other, false)).unwrap().expect("delivery_returning", "follow:1");
    other.nothing(resolve(&other, false));
    assert_eq!(other.refuses(resolve(&other, true)), "delivery_state");
}

#[test]
fn somebody_opens_after_all() {
    let mut play = Play::picked_up();
    play.tell(fail(&play, FailureReason::NobodyHome)).unwrap();
    let told = play.tell(play.step(1, 1, delivered())).unwrap();
    assert!(told.events.starts_with("delivery_retried delivery_delivered"), "{}", told.events);
}

#[test]
fn lost_goods_are_paid_back() {
    let mut play = Play::picked_up();
    let delivery = play.delivery_id();
    play.tell(OrderCommand::ReportLost { delivery }).unwrap().expect(
        "delivery_lost fulfillment_lost refund_decided order_cancelled",
        "follow:1 complete:1 refund:301",
    );
    play.nothing(OrderCommand::ReportLost { delivery });
    let mut early = Play::assigned();
    let delivery = early.delivery_id();
    assert_eq!(early.refuses(OrderCommand::ReportLost { delivery }), "delivery_state");
    assert_eq!(
        early.refuses(OrderCommand::ReceiveBack { delivery, condition: None }),
        "delivery_state"
    );
}

fn steer(play: &Play, steer: Steer) -> OrderCommand {
    let delivery = play.delivery_id();
    OrderCommand::SteerDelivery { delivery, steer, reason: "shopper asked".to_owned() }
}

#[test]
fn a_forced_courier_is_asked_alone_and_once() {
    let mut play = Play::accepted();
    play.offer(1, &[1]);
    let force = steer(&play, Steer::Force { courier: courier(2) });
    play.tell(force).unwrap().expect("delivery_steered offers_withdrawn", "withdraw:1");
    assert_eq!(play.order.pool_rows()[0].forced, Some(courier(2)));
    play.offer(2, &[2]);
    let Some(Effect::Tell(Message::Courier(_, command))) = play.effects.last() else {
        panic!("nobody was asked")
    };
    assert!(matches!(&**command, CourierCommand::MakeOffer(offer) if offer.forced));
    play.tell(play.closes(2, 2, OfferEnd::NotOffered)).unwrap();
    assert_eq!(play.order.pool_rows()[0].forced, None, "the ranking goes on without them");
    assert!(play.delivery().steering.is_none());
}

#[test]
fn excluded_couriers_are_left_out_and_pins_have_an_end() {
    let mut play = Play::accepted();
    play.tell(steer(&play, Steer::Exclude { courier: courier(1) })).unwrap();
    play.nothing(play.offers(1, &[1]));
    play.tell(play.offers(1, &[1, 2])).unwrap().expect("delivery_offered", "make_offer:2");
    play.tell(play.closes(1, 2, OfferEnd::Expired)).unwrap();
    let pin = Steer::Pin { courier: courier(1), for_at_most: Seconds(60) };
    play.tell(steer(&play, pin)).unwrap();
    let row = &play.order.pool_rows()[0];
    assert_eq!(row.pinned, Some((courier(1), play.now.after(Seconds(60)))));
    assert!(row.excluded.is_empty(), "who is pinned is not excluded");
    play.tell(steer(&play, Steer::Clear)).unwrap();
    assert!(play.delivery().steering.is_none());
}

#[test]
fn an_excluded_courier_loses_its_offer_and_the_others_keep_theirs() {
    let mut play = Play::accepted();
    play.offer(1, &[1, 2]);
    let exclude = |play: &Play, n| steer(play, Steer::Exclude { courier: courier(n) });
    play.tell(exclude(&play, 1)).unwrap().expect("delivery_steered offer_closed", "withdraw:1");
    play.tell(play.grant(1, 1)).unwrap().expect("", "refused:1");
    assert_eq!(play.delivery().status.text(), "offering");
    play.tell(exclude(&play, 2)).unwrap().expect("delivery_steered offers_withdrawn", "withdraw:2");
    let row = &play.order.pool_rows()[0];
    assert_eq!((row.attempt, row.rounds), (2, 0), "what was taken back by hand is no round");

    play.offer(2, &[3, 4]);
    play.tell(exclude(&play, 1)).unwrap().expect("delivery_steered", "");
    play.tell(play.grant(2, 3))
        .unwrap()
        .expect("delivery_assigned", "granted:3 expect:1 withdraw:4");
}

/// Journals were written in which an excluded courier kept its offer.
#[test]
fn an_excluded_courier_is_not_granted_an_offer_left_open() {
    let mut play = Play::accepted();
    play.offer(1, &[1, 2]);
    let steering = SteeringOrder::Exclude { courier: courier(1) };
    let delivery = play.delivery_id();
    let event = OrderEvent::DeliverySteered { delivery, steering, reason: "shopper asked".into() };
    play.order.apply(&event, play.now);
    play.tell(play.grant(1, 1)).unwrap().expect("offer_closed", "withdraw:1");
    play.tell(play.grant(1, 2)).unwrap().expect("delivery_assigned", "granted:2 expect:1");
}

#[test]
fn steering_needs_a_reason_and_a_delivery_that_waits() {
    let mut play = Play::accepted();
    let delivery = play.delivery_id();
    let unreasoned =
        OrderCommand::SteerDelivery { delivery, steer: Steer::Clear, reason: " ".to_owned() };
    assert_eq!(play.refuses(unreasoned), "reason_missing");
    let mut assigned = Play::assigned();
    assert_eq!(assigned.refuses(steer(&assigned, Steer::Clear)), "delivery_state");
    let stray = OrderCommand::ReportLost { delivery: DeliveryId::from_bits(3) };
    assert_eq!(assigned.refuses(stray), "delivery_unknown");
}

#[test]
fn offers_of_different_deliveries_and_attempts_have_different_names() {
    let mut names = std::collections::BTreeSet::new();
    let mut play = Play::open(basket(&[(1, 2)]), plan(&[(1, &[(1, 1)]), (2, &[(1, 1)])]));
    for n in 0..2 {
        play.tell(play.accepts(n)).unwrap();
        for attempt in 1..=3 {
            play.offer(attempt, &[1, 2]);
            for who in [1, 2] {
                names.insert(play.offer_of(attempt, who));
                play.tell(play.closes(attempt, who, OfferEnd::Expired)).unwrap();
            }
        }
    }
    assert_eq!(names.len(), 12);
}
