use super::*;

fn move_to(play: &Play, n: u128) -> OrderCommand {
    OrderCommand::MoveFulfillment {
        fulfillment_order: play.fulfillment(0),
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
        to: store(2),
        reason: String::new(),
    };
    assert_eq!(play.refuses(unreasoned), "reason_missing");
    let mut gone = Play::picked_up();
    assert_eq!(gone.refuses(move_to(&gone, 2)), "fulfillment_state");
    let mut over = Play::delivered();
    assert_eq!(over.refuses(move_to(&over, 2)), "order_state");
}
