use super::*;

const TWO_STORES: &[(u128, &[(LineNumber, u32)])] = &[(1, &[(1, 2)]), (2, &[(2, 1)])];

fn split() -> Play {
    Play::placed(basket(&[(1, 2), (2, 1)]), plan(TWO_STORES))
}

#[test]
fn an_order_waits_for_its_payment_once_every_store_keeps_its_units() {
    let mut play = Play::new();
    let place =
        OrderCommand::Place { order: Box::new(basket(&[(1, 2), (2, 1)])), plan: plan(TWO_STORES) };
    play.tell(place.clone()).unwrap().expect("order_placed", "hold:1 hold:2");
    assert_eq!(play.order.status_text(), "placing");
    play.tell(play.held(0)).unwrap().expect("stock_held", "");
    play.nothing(play.held(0));
    let last = play.tell(play.held(1)).unwrap();
    last.expect("stock_held holds_confirmed", "arm:payment create_payment");
    assert_eq!(play.order.status_text(), "pending_payment");
    assert_eq!(play.refuses(place), "already_placed");
}

#[test]
fn one_refused_hold_gives_up_the_whole_plan_and_plans_once_more() {
    let mut play = split();
    play.tell(play.held(0)).unwrap();
    let refused = play.tell(play.lacking(1)).unwrap();
    refused.expect("hold_refused sourcing_asked", "release:1 source:hold_refused");
    let Some(Effect::Source(request)) = play.effects.last() else { panic!("nothing was asked") };
    assert_eq!(request.excluded.iter().collect::<Vec<_>>(), [&store(2)]);
    assert_eq!(request.lines.len(), 2, "all lines are planned again");

    let again = play.sourced(Ok(plan(&[(3, &[(1, 2), (2, 1)])])));
    play.tell(again.clone()).unwrap().expect("order_replanned", "hold:3");
    play.nothing(again);
    let held = play.tell(play.held(2)).unwrap();
    held.expect("stock_held holds_confirmed", "arm:payment create_payment");
}

#[test]
fn a_second_refused_hold_refuses_the_order_and_releases_what_is_held() {
    let mut play = split();
    play.tell(play.lacking(1)).unwrap();
    play.tell(play.sourced(Ok(plan(&[(3, &[(1, 2)]), (4, &[(2, 1)])])))).unwrap();
    play.tell(play.held(2)).unwrap();
    let refused = play.tell(play.lacking(3)).unwrap();
    refused.expect("hold_refused order_refused", "release:3");
    assert_eq!(play.order.status_text(), "refused");
    assert!(!play.order.is_live());
}

#[test]
fn an_answer_that_comes_after_its_plan_was_given_up_is_let_go() {
    let mut play = split();
    play.tell(play.lacking(0)).unwrap();
    play.tell(play.held(1)).unwrap().expect("", "release:2");
    play.nothing(play.lacking(1));
}

#[test]
fn an_order_that_no_other_store_can_do_is_refused() {
    let mut play = split();
    play.tell(play.lacking(0)).unwrap();
    play.tell(play.sourced(Err(unfillable()))).unwrap().expect("order_refused", "");
    assert_eq!(play.order.status_text(), "refused");
}

#[test]
fn an_order_found_half_way_after_a_crash_is_refused() {
    let mut play = split();
    play.tell(play.held(0)).unwrap();
    let effects = play.order.resume(play.now);
    let due = OrderCommand::TimerFired(Timer::PaymentDue);
    assert_eq!(effects, [Effect::order(play.order.id, due.clone())]);
    play.tell(due).unwrap().expect("order_refused", "release:1 release:2");
}

#[test]
fn stock_that_vanishes_while_placing_counts_as_a_refused_hold() {
    let mut play = split();
    play.tell(play.held(0)).unwrap();
    let (reservation, lines) = (play.reservation(0), units(&[(1, 1)]));
    let told = play.tell(OrderCommand::CoverShortfall { reservation, lines }).unwrap();
    told.expect("hold_refused sourcing_asked", "release:1 release:2 source:hold_refused");
}

#[test]
fn what_does_not_add_up_is_not_placed() {
    let good = || basket(&[(1, 2)]);
    let whole = || plan(&[(1, &[(1, 2)])]);
    let cases: Vec<(&str, PlaceOrder, SourcingPlan)> = vec![
        ("invalid", PlaceOrder { lines: Vec::new(), payable: Money::ZERO, ..good() }, whole()),
        ("amount_mismatch", PlaceOrder { payable: Money::fen(1), ..good() }, whole()),
        ("invalid", PlaceOrder { destination: None, ..good() }, whole()),
        ("invalid", good(), plan(&[(1, &[(1, 1)])])),
        ("invalid", good(), plan(&[(1, &[(1, 2)]), (2, &[])])),
        ("invalid", basket(&[(1, 1), (1, 1)]), plan(&[(1, &[(1, 2)])])),
    ];
    for (code, order, plan) in cases {
        let order = Box::new(order);
        assert_eq!(Play::new().refuses(OrderCommand::Place { order, plan }), code);
    }
}

#[test]
fn nothing_can_be_asked_of_an_order_that_was_never_placed() {
    let mut play = Play::new();
    assert_eq!(play.refuses(cancel(CancelReason::ShopperRequest)), "order_unknown");
    assert_eq!(play.refuses(OrderCommand::Release), "order_unknown");
    assert_eq!(play.order.resume(START), []);
}
