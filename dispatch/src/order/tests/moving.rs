use super::automaton::check_sums;
use super::*;
use crate::store::RejectReason;

fn move_to(play: &Play, n: u128) -> OrderCommand {
    OrderCommand::MoveFulfillment {
        fulfillment_order: play.fulfillment(0),
        lines: Vec::new(),
        to: store(n),
        reason: "flooded street".to_owned(),
    }
}

fn asked() -> Play {
    let mut play = Play::assigned();
    play.tell(move_to(&play, 2)).unwrap().expect("move_asked sourcing_asked", "source:moving");
    play
}

#[test]
fn a_share_moves_in_one_step_after_the_new_store_keeps_it() {
    let mut play = asked();
    let Some(Effect::Source(request)) = play.effects.last() else { panic!("nothing was asked") };
    assert_eq!(request.pinned, Some(store(2)));
    let planned = play.tell(play.sourced(Ok(plan(&[(2, &[(1, 3)])])))).unwrap();
    planned.expect("move_planned", "hold:2");
    assert_eq!(play.part_status(0), "accepted", "the old store goes on meanwhile");
    assert_eq!(play.refuses(move_to(&play, 3)), "fulfillment_state");
    play.tell(play.held(1)).unwrap().expect(
        "fulfillment_moved delivery_cancelled fulfillment_requested",
        "withdraw:1 cancel:1 release:1 commit:2 assign:2",
    );
    assert_eq!((play.part_status(0), play.part_status(1)), ("moved", "requested"));
}

#[test]
fn a_store_that_cannot_take_it_leaves_the_old_part_untouched() {
    let mut no_plan = asked();
    no_plan.tell(no_plan.sourced(Err(unfillable()))).unwrap().expect("move_refused", "");
    let mut no_stock = asked();
    no_stock.tell(no_stock.sourced(Ok(plan(&[(2, &[(1, 3)])])))).unwrap();
    no_stock.tell(no_stock.lacking(1)).unwrap().expect("hold_refused move_refused", "");
    for mut play in [no_plan, no_stock] {
        assert_eq!(play.part_status(0), "accepted");
        play.tell(play.hands_over(0, 1)).unwrap();
        play.tell(play.step(1, 1, delivered())).unwrap();
        assert_eq!(play.order.status_text(), "completed");
    }
}

#[test]
fn a_part_that_left_while_the_new_store_was_asked_does_not_move() {
    let mut play = asked();
    play.tell(play.sourced(Ok(plan(&[(2, &[(1, 3)])])))).unwrap();
    play.tell(play.hands_over(0, 1)).unwrap();
    let told = play.tell(play.held(1)).unwrap();
    told.expect("fulfillment_cancelled move_refused", "release:2");
    play.tell(play.step(1, 1, delivered())).unwrap();
    assert_eq!(play.order.status_text(), "completed");
}

#[test]
fn moving_needs_a_reason_another_store_and_goods_that_are_still_there() {
    let mut play = Play::simple();
    assert_eq!(play.refuses(move_to(&play, 1)), "invalid");
    let unreasoned = OrderCommand::MoveFulfillment {
        fulfillment_order: play.fulfillment(0),
        lines: Vec::new(),
        to: store(2),
        reason: String::new(),
    };
    assert_eq!(play.refuses(unreasoned), "reason_missing");
    let mut gone = Play::picked_up();
    assert_eq!(gone.refuses(move_to(&gone, 2)), "fulfillment_state");
    let mut over = Play::delivered();
    assert_eq!(over.refuses(move_to(&over, 2)), "order_state");
}

fn move_lines(play: &Play, lines: &[(LineNumber, u32)], n: u128) -> OrderCommand {
    OrderCommand::MoveFulfillment {
        fulfillment_order: play.fulfillment(0),
        lines: units(lines),
        to: store(n),
        reason: "shelf collapsed".to_owned(),
    }
}

/// Three of line 1 and two of line 2 at store 1, granted to courier 1.
fn two_lines() -> Play {
    two_lines_of(basket(&[(1, 3), (2, 2)]))
}

fn two_lines_of(place: PlaceOrder) -> Play {
    let mut play = Play::open(place, plan(&[(1, &[(1, 3), (2, 2)])]));
    play.tell(play.accepts(0)).unwrap();
    play
}

#[test]
fn some_units_move_and_the_rest_keeps_its_state_its_courier_and_its_promise() {
    let mut play = two_lines();
    play.offer(1, &[1]);
    play.tell(play.grant(1, 1)).unwrap();
    let before = play.order.parts[0].clone();
    let asked = play.tell(move_lines(&play, &[(1, 1), (2, 2)], 2)).unwrap();
    asked.expect("move_asked sourcing_asked", "source:moving");
    assert!(play.history.iter().any(|(_, event)| matches!(
        event,
        OrderEvent::MoveAsked { lines, .. } if *lines == units(&[(1, 1), (2, 2)])
    )));
    play.tell(play.sourced(Ok(plan(&[(2, &[(1, 1), (2, 2)])]))))
        .unwrap()
        .expect("move_planned", "hold:2");
    assert_eq!(play.order.parts[0], before, "nothing leaves before it is kept elsewhere");
    play.tell(play.held(1)).unwrap().expect(
        "lines_moved fulfillment_requested",
        "remove_lines:1 release_lines:1 commit:2 assign:2",
    );
    assert_eq!(play.order.parts[0], Part { lines: units(&[(1, 2)]), ..before });
    assert_eq!(play.order.parts[1].lines, units(&[(1, 1), (2, 2)]));
    assert_eq!(play.delivery().courier(), Some(courier(1)));
    check_sums(&play.order);
}

#[test]
fn naming_every_unit_moves_the_share_itself() {
    let mut play = two_lines();
    play.tell(move_lines(&play, &[(2, 2), (1, 2), (1, 1)], 2)).unwrap();
    play.tell(play.sourced(Ok(plan(&[(2, &[(1, 3), (2, 2)])])))).unwrap();
    play.tell(play.held(1)).unwrap();
    assert_eq!((play.part_status(0), play.part_status(1)), ("moved", "requested"));
}

#[test]
fn units_that_are_missed_while_the_new_store_is_asked_do_not_move() {
    let mut play = two_lines();
    play.tell(move_lines(&play, &[(2, 2)], 2)).unwrap();
    play.tell(play.sourced(Ok(plan(&[(2, &[(2, 2)])])))).unwrap();
    let lines = units(&[(2, 1)]);
    play.tell(play.report(0, FulfillmentProgress::ShortPicked { lines })).unwrap();
    play.tell(play.held(1)).unwrap().expect("fulfillment_cancelled move_refused", "release:2");
    check_sums(&play.order);
}

#[test]
fn some_units_move_only_of_what_is_there_and_not_packed() {
    let mut play = two_lines();
    for lines in [&[(3, 1)][..], &[(1, 4)], &[(1, 2), (1, 2)]] {
        assert_eq!(play.refuses(move_lines(&play, lines, 2)), "line_unknown");
    }
    assert_eq!(play.refuses(move_lines(&play, &[(1, 0)], 2)), "invalid");
    play.tell(play.report(0, FulfillmentProgress::Ready)).unwrap();
    assert_eq!(play.refuses(move_lines(&play, &[(1, 1)], 2)), "fulfillment_state");
    play.tell(move_to(&play, 2)).unwrap();
}

#[test]
fn goods_that_travel_together_are_not_torn() {
    let mut place = basket(&[(1, 3), (2, 2), (3, 1)]);
    place.lines[0].keep_together = Some("tea set".into());
    place.lines[1].keep_together = Some("tea set".into());
    let mut play = Play::open(place, plan(&[(1, &[(1, 3), (2, 2), (3, 1)])]));
    for torn in [&[(1, 3)][..], &[(1, 1)], &[(1, 3), (2, 1)], &[(2, 2), (3, 1)]] {
        assert_eq!(play.refuses(move_lines(&play, torn, 2)), "kept_together");
    }
    play.tell(move_lines(&play, &[(1, 3), (2, 2)], 2)).unwrap();
}

#[test]
fn an_order_is_not_spread_over_more_stores_than_it_may_be() {
    let mut play = Play::open(basket(&[(1, 3), (2, 2)]), plan(&[(1, &[(1, 3)]), (2, &[(2, 2)])]));
    play.policy.sourcing.max_splits = 2;
    assert_eq!(play.refuses(move_lines(&play, &[(1, 1)], 3)), "too_many_stores");
    // All of it only changes places, and a store with a share of the order is not one more.
    play.tell(move_to(&play, 3)).unwrap().expect("move_asked sourcing_asked", "source:moving");
    play.tell(play.sourced(Err(unfillable()))).unwrap();
    play.tell(move_lines(&play, &[(1, 1)], 2)).unwrap();
}

#[test]
fn a_pickup_is_collected_at_one_store() {
    let place = PlaceOrder { mode: FulfillmentMode::Pickup, ..basket(&[(1, 3)]) };
    let mut play = Play::open(place, plan(&[(1, &[(1, 3)])]));
    assert_eq!(play.refuses(move_lines(&play, &[(1, 1)], 2)), "invalid");
    play.tell(move_lines(&play, &[(1, 3)], 2)).unwrap();
}

#[test]
fn what_moves_carries_its_own_part_of_the_money() {
    let mut play = two_lines();
    play.tell(move_lines(&play, &[(1, 1)], 2)).unwrap();
    play.tell(play.sourced(Ok(plan(&[(2, &[(1, 1)])])))).unwrap();
    play.tell(play.held(1)).unwrap();
    let lines = play.order.parts[1].lines.clone();
    let whole = FulfillmentProgress::Rejected { lines, whole: true, reason: RejectReason::TooBusy };
    play.tell(play.report(1, whole)).unwrap();
    play.tell(play.sourced(Err(unfillable()))).unwrap();
    // Of line 1 three units were paid with 301 fen: the first unit's share is 101.
    assert_eq!(play.refunded_fen(), 101);
    check_sums(&play.order);
}
