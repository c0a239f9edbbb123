use super::*;

fn pending() -> Play {
    Play::pending(basket(&[(1, 3)]), plan(&[(1, &[(1, 3)])]))
}

#[test]
fn the_stores_get_to_work_when_the_money_is_secured() {
    let mut play = pending();
    let secured = play.paid(PaymentProgress::Secured);
    let told = play.tell(secured.clone()).unwrap();
    told.expect("payment_secured order_opened fulfillment_requested", "commit:1 assign:1");
    play.nothing(secured);
    play.tell(play.paid(PaymentProgress::Captured)).unwrap().expect("payment_captured", "");
    play.nothing(play.paid(PaymentProgress::Captured));
}

#[test]
fn nobody_pays_in_time() {
    let mut play = pending();
    let due = OrderCommand::TimerFired(Timer::PaymentDue);
    play.nothing(due.clone());
    play.wait(900);
    let told = play.tell(due.clone()).unwrap();
    told.expect("fulfillment_cancelled order_expired", "release:1 void");
    assert_eq!(play.order.status_text(), "expired");
    play.nothing(due);
    assert!(!play.order.is_live());
}

#[test]
fn money_that_comes_after_the_end_goes_back() {
    let mut play = pending().after(900);
    play.tell(OrderCommand::TimerFired(Timer::PaymentDue)).unwrap();
    let secured = play.tell(play.paid(PaymentProgress::Secured)).unwrap();
    secured.expect("late_payment", "void");
    let captured = play.tell(play.paid(PaymentProgress::Captured)).unwrap();
    captured.expect("late_payment refund_decided", "refund:301");
    play.nothing(play.paid(PaymentProgress::Captured));
    assert!(play.order.is_live(), "until the refund is confirmed");
    let refund = play.order.refunds[0].refund;
    let amount = Money::fen(301);
    let told = play.tell(OrderCommand::ConfirmRefund { refund, amount }).unwrap();
    told.expect("refund_confirmed", "");
    play.nothing(OrderCommand::ConfirmRefund { refund, amount });
    assert!(!play.order.is_live());
    assert_eq!(play.order.payment_status(), PaymentRollup::Refunded);
}

#[test]
fn a_declined_card_may_be_tried_again_until_the_payment_is_due() {
    let mut play = pending();
    play.tell(play.paid(PaymentProgress::Failed)).unwrap().expect("payment_failed", "");
    play.nothing(play.paid(PaymentProgress::Failed));
    assert_eq!(play.order.status_text(), "pending_payment");
    play.tell(play.paid(PaymentProgress::Secured)).unwrap();
    assert_eq!(play.order.status_text(), "open");
}

#[test]
fn an_authorisation_that_falls_through_stops_the_stores() {
    let mut play = pending();
    play.tell(play.paid(PaymentProgress::Secured)).unwrap();
    play.tell(play.paid(PaymentProgress::Failed))
        .unwrap()
        .expect("payment_failed fulfillment_cancelled order_cancelled", "cancel:1 release:1 void");
}

#[test]
fn another_payment_is_not_ours() {
    let mut play = pending();
    let payment = PaymentId::from_bits(77);
    let progress = PaymentProgress::Secured;
    let stray = OrderCommand::AcceptPayment { payment, progress };
    assert_eq!(play.refuses(stray), "payment_unknown");
    let stray = OrderCommand::ConfirmRefund { refund: payment, amount: Money::ZERO };
    assert_eq!(play.refuses(stray), "refund_unknown");
}

#[test]
fn cash_is_captured_for_what_arrived_when_the_order_completes() {
    let place =
        PlaceOrder { payment_method: PaymentMethod::CashOnDelivery, ..basket(&[(1, 3), (2, 1)]) };
    let mut play = Play::open(place, plan(&[(1, &[(1, 3), (2, 1)])]));
    play.tell(play.report(0, FulfillmentProgress::ShortPicked { lines: units(&[(2, 1)]) }))
        .unwrap();
    let gone = play.tell(play.sourced(Err(unfillable()))).unwrap();
    gone.expect("lines_unfillable refund_decided", "");
    play.tell(play.accepts(0)).unwrap();
    play.offer(1, &[1]);
    play.tell(play.grant(1, 1)).unwrap();
    play.tell(play.hands_over(0, 1)).unwrap();
    let told = play.tell(play.step(1, 1, delivered())).unwrap();
    told.expect(
        "delivery_delivered fulfillment_completed order_completed refund_waived",
        "follow:1 complete:1 capture:301",
    );
}

#[test]
fn a_channel_that_holds_the_money_is_asked_to_give_back() {
    let place = PlaceOrder { payment_method: PaymentMethod::ChannelPaid, ..basket(&[(1, 3)]) };
    let mut play = Play::pending(place, plan(&[(1, &[(1, 3)])]));
    play.tell(play.paid(PaymentProgress::Secured)).unwrap();
    let told = play.tell(cancel(CancelReason::StoreRequest)).unwrap();
    told.expect(
        "fulfillment_cancelled order_cancelled refund_decided",
        "cancel:1 release:1 refund:301",
    );
}

#[test]
fn a_review_holds_the_order_between_payment_and_stores() {
    let mut play = pending();
    let review = OrderCommand::Suspend { reason: HoldReason::Review };
    play.tell(review.clone()).unwrap().expect("suspension_noted", "");
    play.nothing(review.clone());
    let paid = play.tell(play.paid(PaymentProgress::Captured)).unwrap();
    paid.expect("payment_captured order_suspended", "commit:1");
    assert_eq!(play.order.status_text(), "on_hold");
    play.nothing(review.clone());
    let told = play.tell(OrderCommand::Release).unwrap();
    told.expect("order_opened fulfillment_requested", "assign:1");
    play.nothing(OrderCommand::Release);
    assert_eq!(play.refuses(review), "order_state");
}

#[test]
fn a_review_that_was_lifted_before_the_payment_holds_nothing() {
    let mut play = pending();
    play.tell(OrderCommand::Suspend { reason: HoldReason::Presale }).unwrap();
    play.tell(OrderCommand::Release).unwrap().expect("suspension_lifted", "");
    play.tell(play.paid(PaymentProgress::Secured)).unwrap();
    assert_eq!(play.order.status_text(), "open");
}

#[test]
fn a_failed_review_gives_the_money_back() {
    let mut play = pending();
    play.tell(OrderCommand::Suspend { reason: HoldReason::Review }).unwrap();
    play.tell(play.paid(PaymentProgress::Captured)).unwrap();
    let told = play.tell(cancel(CancelReason::ReviewFailed)).unwrap();
    told.expect("fulfillment_cancelled order_cancelled refund_decided", "release:1 refund:301");
}

#[test]
fn who_cancels_pays_the_late_fee_only_as_a_shopper_after_acceptance() {
    let cases = [(By::Shopper(OrderId::from_bits(1)), true, 251), (STAFF, true, 301)];
    let early = [(By::Shopper(OrderId::from_bits(1)), false, 301)];
    for (by, accepted, refund) in cases.into_iter().chain(early) {
        let mut play = if accepted { Play::accepted() } else { Play::simple() };
        play.policy.late_cancel_fee_fen = 50;
        play.by = by;
        let told = play.order.cancel_fee(&play.policy);
        assert_eq!(told, Some(Money::fen(if accepted { 50 } else { 0 })), "told before");
        play.tell(cancel(CancelReason::ShopperRequest)).unwrap();
        assert_eq!(play.order.cancel_fee(&play.policy), None, "it is cancelled");
        assert_eq!(play.refunded_fen(), refund, "{by} after acceptance: {accepted}");
        play.nothing(cancel(CancelReason::ShopperRequest));
    }
}

#[test]
fn cancelling_calls_off_everything_that_is_under_way() {
    let mut play = Play::assigned();
    play.tell(cancel(CancelReason::ShopperRequest)).unwrap().expect(
        "fulfillment_cancelled delivery_cancelled order_cancelled refund_decided",
        "withdraw:1 cancel:1 release:1 refund:301",
    );
    assert_eq!(play.order.pool_rows(), []);
}

#[test]
fn an_order_that_left_the_store_or_is_over_cannot_be_cancelled() {
    let reason = CancelReason::ShopperRequest;
    for mut play in [Play::picked_up(), Play::delivered(), pending_expired(), placing()] {
        assert_eq!(play.refuses(cancel(reason)), "order_state");
    }
}

fn pending_expired() -> Play {
    let mut play = pending().after(900);
    play.tell(OrderCommand::TimerFired(Timer::PaymentDue)).unwrap();
    play
}

fn placing() -> Play {
    Play::placed(basket(&[(1, 3)]), plan(&[(1, &[(1, 3)])]))
}
