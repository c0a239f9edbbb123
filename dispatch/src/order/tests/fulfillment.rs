use super::*;
use crate::store::RejectReason;

fn whole(reason: RejectReason) -> FulfillmentProgress {
    FulfillmentProgress::Rejected { lines: Vec::new(), whole: true, reason }
}

fn some(lines: &[(LineNumber, u32)]) -> FulfillmentProgress {
    FulfillmentProgress::Rejected {
        lines: units(lines),
        whole: false,
        reason: RejectReason::NotInStock,
    }
}

#[test]
fn the_order_follows_its_store_step_by_step() {
    let mut play = Play::simple();
    let ready_at = play.now.after(Seconds(300));
    let steps = [
        (FulfillmentProgress::Scheduled { release_at: ready_at }, "fulfillment_scheduled"),
        (FulfillmentProgress::Assigned, "fulfillment_assigned"),
        (FulfillmentProgress::Accepted { ready_at }, "fulfillment_accepted delivery_created"),
        (FulfillmentProgress::PickingStarted, "picking_started"),
        (FulfillmentProgress::OnHold, "fulfillment_suspended"),
        (FulfillmentProgress::Resumed { ready_at: None }, "fulfillment_resumed"),
        (FulfillmentProgress::Ready, "fulfillment_ready"),
    ];
    for (progress, events) in steps {
        assert_eq!(play.tell(play.report(0, progress.clone())).unwrap().events, events);
        play.nothing(play.report(0, progress));
    }
    play.nothing(play.report(0, FulfillmentProgress::Assigned));
    assert_eq!(play.part_status(0), "ready");
}

#[test]
fn nobody_is_sent_for_a_share_on_hold_and_it_goes_on_with_its_new_time() {
    let mut play = Play::accepted();
    play.offer(1, &[1, 2]);
    let hold = play.report(0, FulfillmentProgress::OnHold);
    play.tell(hold)
        .unwrap()
        .expect("fulfillment_suspended offers_withdrawn", "withdraw:1 withdraw:2");
    assert_eq!(play.order.pool_rows(), []);
    play.nothing(play.offers(2, &[3]));

    play.wait(500);
    let ready_at = play.now.after(Seconds(600));
    let resumed = play.report(0, FulfillmentProgress::Resumed { ready_at: Some(ready_at) });
    play.tell(resumed).unwrap().expect("fulfillment_resumed", "");
    let row = &play.order.pool_rows()[0];
    assert_eq!((row.attempt, row.ready_at), (2, ready_at));
}

/// Journals were written whose word for going on carried no time.
#[test]
fn a_resumption_recorded_without_its_time_keeps_the_one_known() {
    let mut play = Play::accepted();
    let known = play.order.parts[0].ready_at;
    play.tell(play.report(0, FulfillmentProgress::OnHold)).unwrap();
    let id = play.fulfillment(0);
    let text = format!(r#"{{"kind":"fulfillment_resumed","fulfillment_order":"{id}"}}"#);
    let event: OrderEvent = serde_json::from_str(&text).unwrap();
    assert_eq!(event, OrderEvent::FulfillmentResumed { fulfillment_order: id, ready_at: None });
    assert_eq!(serde_json::to_string(&event).unwrap(), text, "nothing new is written for it");
    play.order.apply(&event, play.now);
    assert_eq!((play.part_status(0), play.order.parts[0].ready_at), ("accepted", known));
}

#[test]
fn a_store_that_needs_longer_says_so_again() {
    let mut play = Play::accepted();
    play.wait(60);
    play.tell(play.accepts(0)).unwrap().expect("fulfillment_accepted", "");
    assert_eq!(play.order.parts[0].ready_at, play.now.after(Seconds(600)));
    assert_eq!(play.order.deliveries.len(), 1);
}

#[test]
fn reports_about_what_no_store_was_told_of_are_refused() {
    let mut play = Play::pending(basket(&[(1, 3)]), plan(&[(1, &[(1, 3)])]));
    assert_eq!(play.refuses(play.accepts(0)), "fulfillment_state");
    assert_eq!(play.refuses(play.hands_over(0, 1)), "fulfillment_state");
    let fulfillment_order = FulfillmentOrderId::from_bits(5);
    let progress = FulfillmentProgress::Assigned;
    let stray = OrderCommand::ReportFulfillment { fulfillment_order, progress };
    assert_eq!(play.refuses(stray), "fulfillment_order_unknown");
}

#[test]
fn a_rejected_share_goes_to_another_store_without_the_first() {
    let mut play = Play::accepted();
    let rejected = play.tell(play.report(0, whole(RejectReason::TooBusy))).unwrap();
    rejected.expect("lines_short delivery_cancelled sourcing_asked", "source:resourcing");
    assert_eq!(play.part_status(0), "rejected");
    let Some(Effect::Source(request)) = play.effects.last() else { panic!("nothing was asked") };
    assert!(request.excluded.contains(&store(1)));
    play.nothing(play.report(0, whole(RejectReason::TooBusy)));

    play.tell(play.sourced(Ok(plan(&[(2, &[(1, 3)])]))))
        .unwrap()
        .expect("lines_resourced", "hold:2");
    let held = play.tell(play.held(1)).unwrap();
    held.expect("stock_held fulfillment_requested", "commit:2 assign:2");
    play.tell(play.accepts(1))
        .unwrap()
        .expect("fulfillment_accepted delivery_created", "arm:escalation");
}

#[test]
fn short_picked_units_are_sourced_again_and_the_rest_goes_on() {
    let mut play = Play::accepted();
    let short = FulfillmentProgress::ShortPicked { lines: units(&[(1, 1)]) };
    play.tell(play.report(0, short))
        .unwrap()
        .expect("lines_short sourcing_asked", "source:resourcing");
    assert_eq!(play.order.parts[0].lines, units(&[(1, 2)]));
    play.tell(play.sourced(Ok(plan(&[(2, &[(1, 1)])])))).unwrap();
    play.tell(play.lacking(1)).unwrap().expect("hold_refused sourcing_asked", "source:resourcing");
    let Some(Effect::Source(request)) = play.effects.last() else { panic!("nothing was asked") };
    assert_eq!(request.excluded.len(), 2);
    let none = play.tell(play.sourced(Err(unfillable()))).unwrap();
    none.expect("lines_unfillable refund_decided", "refund:101");
    assert_eq!(play.order.status_text(), "open", "two units are still coming");
}

#[test]
fn units_nobody_can_do_cost_nothing_and_an_order_without_units_is_cancelled() {
    let mut play = Play::simple();
    play.tell(play.report(0, some(&[(1, 2)]))).unwrap();
    play.tell(play.sourced(Err(unfillable()))).unwrap();
    assert_eq!(play.refunded_fen(), 201, "the first two unit shares");
    play.tell(play.report(0, whole(RejectReason::NotInStock))).unwrap();
    let told = play.tell(play.sourced(Err(unfillable()))).unwrap();
    told.expect("lines_unfillable refund_decided order_cancelled", "refund:100");
    assert_eq!(play.refunded_fen(), 301);
    assert!(matches!(
        play.order.status,
        OrderStatus::Cancelled { reason: CancelReason::Unfillable, .. }
    ));
}

#[test]
fn sourcing_again_has_an_end() {
    let mut play = Play::simple();
    play.policy.sourcing.max_resourcing = 1;
    play.tell(play.report(0, whole(RejectReason::TooBusy))).unwrap();
    play.tell(play.sourced(Ok(plan(&[(2, &[(1, 3)])])))).unwrap();
    play.tell(play.lacking(1))
        .unwrap()
        .expect("hold_refused lines_unfillable refund_decided order_cancelled", "refund:301");
}

#[test]
fn a_plan_that_does_not_cover_what_was_asked_is_no_plan() {
    let mut play = Play::simple();
    play.tell(play.report(0, some(&[(1, 2)]))).unwrap();
    let told = play.tell(play.sourced(Ok(plan(&[(2, &[(1, 1)])])))).unwrap();
    told.expect("lines_unfillable refund_decided", "refund:201");
}

#[test]
fn units_that_an_observation_left_uncovered_are_taken_off_the_board() {
    let shortfall = |play: &Play, n| OrderCommand::CoverShortfall {
        reservation: play.reservation(0),
        lines: units(&[(1, n)]),
    };
    let mut play = Play::accepted();
    play.tell(shortfall(&play, 1))
        .unwrap()
        .expect("lines_short sourcing_asked", "remove_lines:1 source:resourcing");
    play.tell(shortfall(&play, 9)).unwrap().expect(
        "lines_short delivery_cancelled sourcing_asked",
        "release:1 cancel:1 source:resourcing",
    );
    play.nothing(shortfall(&play, 1));

    let mut unpaid = Play::pending(basket(&[(1, 3)]), plan(&[(1, &[(1, 3)])]));
    unpaid
        .tell(shortfall(&unpaid, 3))
        .unwrap()
        .expect("lines_short sourcing_asked", "release:1 source:resourcing");
    unpaid.tell(unpaid.sourced(Ok(plan(&[(2, &[(1, 3)])])))).unwrap();
    unpaid.tell(unpaid.held(1)).unwrap().expect("stock_held", "");
    let paid = unpaid.tell(unpaid.paid(PaymentProgress::Secured)).unwrap();
    paid.expect("payment_secured order_opened fulfillment_requested", "commit:2 assign:2");
}

#[test]
fn money_owed_before_the_payment_goes_back_once_it_came_in() {
    let mut play = Play::pending(basket(&[(1, 3)]), plan(&[(1, &[(1, 3)])]));
    let lines = units(&[(1, 1)]);
    let reservation = play.reservation(0);
    play.tell(OrderCommand::CoverShortfall { reservation, lines }).unwrap();
    let told = play.tell(play.sourced(Err(unfillable()))).unwrap();
    told.expect("lines_unfillable refund_decided", "");
    let paid = play.tell(play.paid(PaymentProgress::Captured)).unwrap();
    paid.expect(
        "payment_captured order_opened fulfillment_requested",
        "refund:101 commit:1 assign:1",
    );
}

fn pickup() -> Play {
    let place = PlaceOrder {
        mode: FulfillmentMode::Pickup,
        destination: None,
        pickup_code_hash: Some([7; 32]),
        ..basket(&[(1, 3)])
    };
    let mut play = Play::open(place, plan(&[(1, &[(1, 3)])]));
    play.tell(play.accepts(0)).unwrap().expect("fulfillment_accepted", "");
    play.tell(play.report(0, FulfillmentProgress::Ready)).unwrap();
    play
}

#[test]
fn a_pickup_ends_at_the_counter() {
    let mut play = pickup();
    let to = Recipient::Shopper;
    play.tell(play.report(0, FulfillmentProgress::HandedOver { to }))
        .unwrap()
        .expect("fulfillment_handed_over fulfillment_completed order_completed", "complete:1");
    play.nothing(play.report(0, FulfillmentProgress::Completed));
    assert_eq!(play.order.visible_stage(), Some(VisibleStage::Delivered));
}

#[test]
fn a_pickup_nobody_comes_for_is_cancelled_and_paid_back() {
    let mut play = pickup();
    play.tell(play.report(0, FulfillmentProgress::NoShow))
        .unwrap()
        .expect("fulfillment_cancelled refund_decided order_cancelled", "release:1 refund:301");
    assert!(matches!(
        play.order.status,
        OrderStatus::Cancelled { reason: CancelReason::NoShow, .. }
    ));
}
