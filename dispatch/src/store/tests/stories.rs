//! What each verb records, tells the order and the inventory, and arms.

use super::*;

fn at(desk: &Desk, seconds: u32) -> Timestamp {
    desk.now.after(Seconds(seconds))
}

#[test]
fn an_assignment_goes_on_the_board_and_waits_for_an_answer() {
    let mut desk = Desk::open();
    let decision = desk.assign(1, FulfillmentMode::Delivery);
    assert_eq!(reports(&decision), [FulfillmentProgress::Assigned]);
    let accept_by = at(&desk, desk.policy.accept_sla_s);
    assert_eq!(armed(&decision), [(Timer::AcceptSla(share(1)), accept_by)]);
    assert_eq!(desk.get(1).board.unwrap().number, 1);
    assert!(desk.assign(1, FulfillmentMode::Delivery).events.is_empty(), "told twice, done once");
    assert_eq!(desk.store.open_orders(), 1);
}

#[test]
fn accepting_says_when_it_will_be_ready() {
    let mut desk = Desk::open();
    for number in 1..=3 {
        desk.assign(number, FulfillmentMode::Delivery);
    }
    desk.tell(StoreCommand::Rush { extra_prep: Seconds(300), until: None });
    let ready_at = at(&desk, 600 + 2 * 60 + 300);
    assert_eq!(reports(&desk.accept(1)), [FulfillmentProgress::Accepted { ready_at }]);

    let ready_at = at(&desk, 90);
    let own_word =
        StoreCommand::Accept { fulfillment_order: share(2), ready_in: Some(Seconds(90)) };
    assert_eq!(reports(&desk.tell(own_word)), [FulfillmentProgress::Accepted { ready_at }]);

    let endless = Some(Seconds::minutes(24 * 60 + 1));
    let endless = StoreCommand::Accept { fulfillment_order: share(3), ready_in: endless };
    assert_eq!(desk.try_to(endless).unwrap_err().code(), "invalid");
}

#[test]
fn a_store_that_accepts_by_itself_reports_once_and_waits_for_nobody() {
    let mut desk = Desk::with(StoreSettings { auto_accept: true, ..settings() });
    let decision = desk.assign(1, FulfillmentMode::Delivery);
    assert_eq!(kinds(&decision), ["fulfillment_order_assigned", "fulfillment_order_accepted"]);
    let ready_at = at(&desk, PREP.0);
    assert_eq!(reports(&decision), [FulfillmentProgress::Accepted { ready_at }]);
    assert_eq!(armed(&decision), []);
}

#[test]
fn what_is_wanted_later_stays_off_the_board_until_then() {
    let mut desk = Desk::open();
    let mut wish = desk.wish(1, FulfillmentMode::Delivery);
    let release_at = at(&desk, 1_200);
    wish.release_at = Some(release_at);
    let decision = desk.tell(StoreCommand::Assign(Box::new(wish)));
    assert_eq!(reports(&decision), [FulfillmentProgress::Scheduled { release_at }]);
    assert_eq!(armed(&decision), [(Timer::Release(share(1)), release_at)]);
    assert_eq!((desk.get(1).board, desk.store.open_orders()), (None, 0));
    assert_eq!(desk.store.front().promised.values().sum::<u32>(), 1, "but its place is taken");

    desk.assign(2, FulfillmentMode::Delivery);
    desk.wait(Seconds(1_200));
    let decision = desk.fire(Timer::Release(share(1)));
    assert_eq!(kinds(&decision), ["fulfillment_order_released"]);
    assert_eq!(reports(&decision), [FulfillmentProgress::Assigned]);
    assert_eq!((desk.get(1).board.unwrap().number, desk.store.open_orders()), (2, 2));
    assert_eq!(desk.store.front().promised.values().sum::<u32>(), 2, "and taken once");
}

#[test]
fn nobody_answered_and_the_policy_decides() {
    for (accepts, status) in [(false, "rejected"), (true, "accepted")] {
        let mut desk = Desk::open();
        desk.policy.accept_on_timeout = accepts;
        desk.assign(1, FulfillmentMode::Delivery);
        desk.wait(Seconds(desk.policy.accept_sla_s));
        let decision = desk.fire(Timer::AcceptSla(share(1)));
        assert_eq!(desk.status(1), status);
        if !accepts {
            let reason = RejectReason::Timeout;
            let lines = vec![units(1, MILK, 3), units(2, RICE, 2)];
            let report = FulfillmentProgress::Rejected { lines, whole: true, reason };
            assert_eq!(reports(&decision), [report]);
        }
    }
}

#[test]
fn rejecting_gives_stock_back_with_its_reason_and_tells_the_order() {
    let reason = RejectReason::NotInStock;
    let why = ReleaseReason::Rejected(reason);
    let mut desk = Desk::open();
    desk.assign(1, FulfillmentMode::Delivery);
    let reject = |lines| StoreCommand::Reject { fulfillment_order: share(1), lines, reason };

    let lines = vec![units(1, MILK, 1)];
    let decision = desk.tell(reject(lines.clone()));
    let report = FulfillmentProgress::Rejected { lines: lines.clone(), whole: false, reason };
    assert_eq!(reports(&decision), [report]);
    let release =
        InventoryCommand::ReleaseLines { reservation: reservation(1), lines, reason: why };
    assert_eq!(stock_words(&decision), [release]);
    assert_eq!(desk.get(1).units(), [units(1, MILK, 2), units(2, RICE, 2)]);

    let rest = desk.get(1).units();
    let decision = desk.tell(reject(rest.clone()));
    let report = FulfillmentProgress::Rejected { lines: rest, whole: true, reason };
    assert_eq!(reports(&decision), [report]);
    let release = InventoryCommand::Release { reservation: reservation(1), reason: why };
    assert_eq!(stock_words(&decision), [release]);
    assert_eq!(desk.store.front().promised, BTreeMap::new(), "its place is free again");
}

#[test]
fn lines_that_are_not_here_are_refused() {
    let mut desk = Desk::open();
    desk.assign(1, FulfillmentMode::Delivery);
    for (lines, line) in [
        (vec![units(9, MILK, 1)], 9),
        (vec![units(1, RICE, 1)], 1),
        (vec![units(1, MILK, 4)], 1),
        (vec![units(1, MILK, 2), units(1, MILK, 2)], 1),
        (vec![units(2, RICE, 0)], 2),
    ] {
        let reason = RejectReason::Other;
        let reject = StoreCommand::Reject { fulfillment_order: share(1), lines, reason };
        assert_eq!(desk.try_to(reject), Err(Refusal::LineUnknown { line }));
    }
}

#[test]
fn a_short_pick_goes_on_with_the_rest() {
    let mut desk = Desk::open();
    desk.assign(1, FulfillmentMode::Delivery);
    desk.accept(1);
    let reason = RejectReason::Mismatch;
    let short = |lines| StoreCommand::ShortPick { fulfillment_order: share(1), lines, reason };
    let lines = vec![units(2, RICE, 2)];
    let decision = desk.tell(short(lines.clone()));
    assert_eq!(kinds(&decision), ["picking_started", "lines_short_picked"]);
    let expected =
        [FulfillmentProgress::PickingStarted, FulfillmentProgress::ShortPicked { lines }];
    assert_eq!(reports(&decision), expected);
    assert_eq!(desk.get(1).units(), [units(1, MILK, 3)]);
    assert_eq!(desk.try_to(short(vec![])).unwrap_err().code(), "invalid");

    let decision = desk.tell(short(vec![units(1, MILK, 3)]));
    assert_eq!(kinds(&decision), ["fulfillment_order_rejected"], "nothing is left to pick");
}

#[test]
fn forgotten_taps_are_caught_up_at_the_counter() {
    let mut desk = Desk::open();
    desk.assign(1, FulfillmentMode::Delivery);
    desk.accept(1);
    let fulfillment_order = share(1);
    let (courier, at) = (Some(COURIER), Some(desk.now));
    desk.tell(StoreCommand::ExpectCourier { fulfillment_order, courier, at });
    let decision = desk.hand_over(1, to_courier()).unwrap();
    assert_eq!(
        kinds(&decision),
        ["picking_started", "fulfillment_order_packed", "fulfillment_order_handed_over"]
    );
    let to = Recipient::Courier { courier: COURIER };
    assert_eq!(
        reports(&decision),
        [
            FulfillmentProgress::PickingStarted,
            FulfillmentProgress::Ready,
            FulfillmentProgress::HandedOver { to }
        ]
    );
    let consume = InventoryCommand::Consume { reservation: reservation(1) };
    assert_eq!(stock_words(&decision), [consume]);
}

#[test]
fn goods_go_into_the_expected_hands_only() {
    let mut desk = Desk::open();
    for (number, mode) in [
        (1, FulfillmentMode::Delivery),
        (2, FulfillmentMode::Pickup),
        (3, FulfillmentMode::Express),
    ] {
        desk.assign(number, mode);
        desk.accept(number);
    }
    assert_eq!(desk.hand_over(1, to_courier()).unwrap_err().code(), "courier_unavailable");
    let expect =
        |courier| StoreCommand::ExpectCourier { fulfillment_order: share(1), courier, at: None };
    desk.tell(expect(Some(CourierId::from_bits(51))));
    assert_eq!(desk.hand_over(1, to_courier()).unwrap_err().code(), "courier_unavailable");
    desk.tell(expect(Some(COURIER)));
    assert!(desk.tell(expect(Some(COURIER))).events.is_empty());
    desk.tell(expect(None));
    assert_eq!(desk.hand_over(1, to_courier()).unwrap_err().code(), "courier_unavailable");
    desk.tell(expect(Some(COURIER)));

    for (number, wrong) in [
        (1, to_shopper(CODE)),
        (1, to_carrier()),
        (2, to_courier()),
        (2, to_carrier()),
        (3, to_courier()),
        (3, to_shopper(CODE)),
        (3, HandOverTo::Carrier { carrier: " ".into(), tracking_number: "1".into() }),
        (3, HandOverTo::Carrier { carrier: "x".into(), tracking_number: "1".repeat(65) }),
    ] {
        assert_eq!(desk.hand_over(number, wrong).unwrap_err().code(), "invalid");
        assert_eq!(desk.status(number), "accepted", "a refusal changes nothing");
    }
    for (number, right) in [(1, to_courier()), (2, to_shopper(CODE)), (3, to_carrier())] {
        desk.hand_over(number, right).unwrap();
    }
    assert_eq!(
        [1, 2, 3].map(|number| desk.status(number)),
        ["handed_over", "completed", "handed_over"]
    );
}

#[test]
fn a_code_is_tried_a_few_times_and_then_locked_for_a_while() {
    let mut desk = Desk::open();
    desk.policy.code_tries = 3;
    desk.assign(1, FulfillmentMode::Pickup);
    desk.accept(1);
    assert_eq!(desk.hand_over(1, to_shopper(" ")), Err(Refusal::CodeMissing));
    for tries_left in [2, 1] {
        let decision = desk.hand_over(1, to_shopper("000000")).unwrap();
        assert_eq!(kinds(&decision), ["code_failed"]);
        assert_eq!(decision.refusal, Some(Refusal::CodeWrong { tries_left }));
    }
    let until = at(&desk, desk.policy.code_locked_for_s);
    let decision = desk.hand_over(1, to_shopper("000000")).unwrap();
    assert_eq!(decision.refusal, Some(Refusal::CodeLocked { until }));
    assert_eq!(desk.recovered(), desk.store, "a restart does not open the lock");

    let right = desk.hand_over(1, to_shopper(CODE));
    assert_eq!(right, Err(Refusal::CodeLocked { until }), "not even the right one now");
    desk.wait(Seconds(desk.policy.code_locked_for_s));
    let decision = desk.hand_over(1, to_shopper("111111")).unwrap();
    assert_eq!(decision.refusal, Some(Refusal::CodeWrong { tries_left: 2 }), "counted anew");
    let decision = desk.hand_over(1, to_shopper(CODE)).unwrap();
    assert_eq!(
        reports(&decision).last_chunk(),
        Some(&[
            FulfillmentProgress::HandedOver { to: Recipient::Shopper },
            FulfillmentProgress::Completed
        ])
    );
}

#[test]
fn a_pickup_without_a_code_on_record_goes_by_the_staffs_word() {
    let mut desk = Desk::open();
    let mut wish = desk.wish(1, FulfillmentMode::Pickup);
    wish.pickup_code_hash = None;
    desk.tell(StoreCommand::Assign(Box::new(wish)));
    desk.accept(1);
    assert!(desk.hand_over(1, to_shopper("")).is_ok());
}

#[test]
fn what_nobody_collects_goes_back_on_the_shelf() {
    let mut desk = Desk::open();
    desk.assign(1, FulfillmentMode::Pickup);
    desk.accept(1);
    let decision = desk.tell(StoreCommand::Pack { fulfillment_order: share(1) });
    let patience = Seconds(desk.policy.pickup_no_show_after_s);
    let no_show_at = desk.get(1).promised_by.after(patience);
    assert_eq!(
        armed(&decision),
        [(Timer::NoShow(share(1)), no_show_at)],
        "counted from the promise"
    );

    assert!(desk.fire(Timer::NoShow(share(1))).events.is_empty(), "too early");
    desk.wait(Seconds(patience.0 + 3_600));
    let decision = desk.fire(Timer::NoShow(share(1)));
    assert_eq!(reports(&decision), [FulfillmentProgress::NoShow]);
    let reason = ReleaseReason::NoShow;
    let release = InventoryCommand::Release { reservation: reservation(1), reason };
    assert_eq!(stock_words(&decision), [release]);
    assert_eq!(desk.status(1), "cancelled");
}

#[test]
fn a_held_order_stands_still_and_goes_on_with_as_much_time_as_it_had() {
    let mut desk = Desk::open();
    for number in 1..=3 {
        desk.assign(number, FulfillmentMode::Pickup);
    }
    desk.accept(2);
    desk.accept(3);
    desk.tell(StoreCommand::Pack { fulfillment_order: share(3) });
    let before: Vec<_> = (2..=3).map(|number| desk.get(number).state.clone()).collect();
    for number in 1..=3 {
        let fulfillment_order = share(number);
        let decision = desk.tell(StoreCommand::Suspend { fulfillment_order });
        assert_eq!(reports(&decision), [FulfillmentProgress::OnHold]);
    }
    assert_eq!((desk.store.open_orders(), desk.store.resume(desk.now).len()), (0, 0));
    desk.wait(Seconds(500));
    assert!(desk.fire(Timer::AcceptSla(share(1))).events.is_empty());
    for number in 1..=3 {
        let fulfillment_order = share(number);
        let decision = desk.tell(StoreCommand::Resume { fulfillment_order });
        let ready_at = desk.get(number).state.ready_at();
        assert_eq!(reports(&decision), [FulfillmentProgress::Resumed { ready_at }]);
        assert_eq!(ready_at.is_some(), number == 2, "only the accepted one has work to do");
    }
    let later = |instant: Timestamp| instant.after(Seconds(500));
    let accept_by = at(&desk, desk.policy.accept_sla_s);
    assert_eq!(desk.get(1).state, FulfillmentState::Assigned { accept_by });
    let expected = before.into_iter().map(|state| match state {
        FulfillmentState::Accepted { ready_at } => {
            FulfillmentState::Accepted { ready_at: later(ready_at) }
        }
        FulfillmentState::Ready { no_show_at } => {
            FulfillmentState::Ready { no_show_at: no_show_at.map(later) }
        }
        other => panic!("unexpected {other:?}"),
    });
    let after: Vec<_> = (2..=3).map(|number| desk.get(number).state.clone()).collect();
    assert_eq!(after, expected.collect::<Vec<_>>());
    assert_eq!(desk.store.resume(desk.now).len(), 2, "one answer and one shopper are awaited");
}

#[test]
fn taking_everything_off_ends_it() {
    let mut desk = Desk::open();
    desk.assign(1, FulfillmentMode::Delivery);
    let remove = |lines| StoreCommand::RemoveLines { fulfillment_order: share(1), lines };
    assert!(desk.tell(remove(vec![units(7, MILK, 1)])).events.is_empty());
    let decision = desk.tell(remove(vec![units(1, MILK, 9)]));
    assert_eq!(kinds(&decision), ["lines_removed"]);
    assert_eq!(desk.get(1).units(), [units(2, RICE, 2)]);
    let decision = desk.tell(remove(vec![units(2, RICE, 2)]));
    assert_eq!(kinds(&decision), ["fulfillment_order_cancelled"]);
    assert_eq!(
        desk.get(1).state,
        FulfillmentState::Cancelled { because: CancelledBecause::NothingLeft }
    );
}

#[test]
fn the_expected_courier_waits_at_the_counter_until_another_is_expected() {
    let mut desk = Desk::open();
    desk.assign(1, FulfillmentMode::Delivery);
    desk.accept(1);
    let fulfillment_order = share(1);
    let meet = |courier| StoreCommand::MeetCourier { fulfillment_order, courier };
    let expect = |courier, at| StoreCommand::ExpectCourier { fulfillment_order, courier, at };
    let arrived = |desk: &Desk| {
        let share = desk.store.fulfillment_order(fulfillment_order).unwrap();
        share.courier.as_deref().and_then(|known| known.arrived_at)
    };
    assert!(desk.tell(meet(COURIER)).events.is_empty(), "nobody is expected");
    let due = desk.now.after(Seconds(60));
    desk.tell(expect(Some(COURIER), Some(due)));
    let other = CourierId::from_bits(51);
    assert!(desk.tell(meet(other)).events.is_empty(), "somebody else came");
    assert_eq!(kinds(&desk.tell(meet(COURIER))), ["courier_arrived"]);
    assert_eq!(arrived(&desk), Some(desk.now));
    assert!(desk.tell(meet(COURIER)).events.is_empty(), "once");
    assert!(desk.tell(expect(Some(COURIER), Some(due))).events.is_empty(), "the same grant again");
    desk.tell(expect(Some(other), None));
    assert_eq!(arrived(&desk), None, "the other one is still on the way");
}
