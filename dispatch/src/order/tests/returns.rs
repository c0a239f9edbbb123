use super::*;

fn request(lines: &[(LineNumber, u32)]) -> OrderCommand {
    OrderCommand::RequestReturn { lines: units(lines), reason: "too sour".to_owned() }
}

fn decide(play: &Play, n: usize, approve: bool) -> OrderCommand {
    let return_id = play.order.returns[n].return_id;
    OrderCommand::DecideReturn { return_id, approve, note: None }
}

fn ship(play: &Play, n: usize) -> OrderCommand {
    OrderCommand::ShipReturn { return_id: play.order.returns[n].return_id }
}

fn receive(play: &Play, n: usize, condition: ReturnCondition) -> OrderCommand {
    OrderCommand::ReceiveReturn { return_id: play.order.returns[n].return_id, condition }
}

fn confirm(play: &Play, n: usize) -> OrderCommand {
    let Refund { refund, amount, .. } = play.order.refunds[n];
    OrderCommand::ConfirmRefund { refund, amount }
}

#[test]
fn a_return_ends_with_its_money() {
    let mut play = Play::delivered();
    play.tell(request(&[(1, 2)])).unwrap().expect("return_requested", "");
    assert!(play.order.is_live());
    assert_eq!(play.refuses(ship(&play, 0)), "return_state");
    play.tell(decide(&play, 0, true)).unwrap().expect("return_approved", "");
    play.nothing(decide(&play, 0, true));
    play.tell(ship(&play, 0)).unwrap().expect("return_shipped", "");
    play.tell(receive(&play, 0, ReturnCondition::Good))
        .unwrap()
        .expect("return_received refund_decided return_restocked", "observe:1 refund:201");
    play.nothing(receive(&play, 0, ReturnCondition::Good));
    let told = play.tell(confirm(&play, 0)).unwrap();
    told.expect("refund_confirmed return_refunded", "");
    assert_eq!(play.order.return_status(), ReturnRollup::Partial);
    assert_eq!(play.order.payment_status(), PaymentRollup::PartiallyRefunded);
    assert!(!play.order.is_live());
}

#[test]
fn brought_in_person_and_damaged_it_is_kept_aside() {
    let mut play = Play::delivered();
    play.tell(request(&[(1, 3)])).unwrap();
    assert_eq!(play.refuses(receive(&play, 0, ReturnCondition::Good)), "return_state");
    play.tell(decide(&play, 0, true)).unwrap();
    play.tell(receive(&play, 0, ReturnCondition::Damaged)).unwrap().expect(
        "return_shipped return_received refund_decided return_quarantined",
        "observe:1 refund:301",
    );
    assert_eq!(play.order.return_status(), ReturnRollup::Returned);
}

#[test]
fn a_unit_is_returned_at_most_once_unless_its_return_was_rejected() {
    let mut play = Play::delivered();
    play.tell(request(&[(1, 2)])).unwrap();
    assert_eq!(play.refuses(request(&[(1, 2)])), "line_unknown");
    assert_eq!(play.refuses(request(&[(2, 1)])), "line_unknown");
    assert_eq!(play.refuses(request(&[])), "invalid");
    play.tell(decide(&play, 0, false)).unwrap().expect("return_rejected", "");
    assert_eq!(play.refuses(decide(&play, 0, true)), "return_state");
    play.tell(request(&[(1, 3)])).unwrap();
}

#[test]
fn returns_are_for_completed_orders_within_their_window() {
    let mut open = Play::simple();
    assert_eq!(open.refuses(request(&[(1, 1)])), "order_state");
    let mut late = Play::delivered().after(7 * 86_400 + 1);
    assert_eq!(late.refuses(request(&[(1, 1)])), "return_window_closed");
    let return_id = vocabulary::ReturnId::from_bits(1);
    assert_eq!(late.refuses(OrderCommand::ShipReturn { return_id }), "return_unknown");
}

#[test]
fn goods_go_back_to_the_stores_they_came_from() {
    let place =
        PlaceOrder { mode: FulfillmentMode::Pickup, destination: None, ..basket(&[(1, 3)]) };
    let mut play = Play::open(place, plan(&[(1, &[(1, 2)]), (2, &[(1, 1)])]));
    for n in 0..2 {
        play.tell(play.accepts(n)).unwrap();
        let to = Recipient::Shopper;
        play.tell(play.report(n, FulfillmentProgress::HandedOver { to })).unwrap();
    }
    for (n, (count, observed)) in
        [(1, "observe:1 refund:101"), (2, "observe:1 observe:2 refund:200")].into_iter().enumerate()
    {
        play.tell(request(&[(1, count)])).unwrap();
        play.tell(decide(&play, n, true)).unwrap();
        let told = play.tell(receive(&play, n, ReturnCondition::Good)).unwrap();
        assert_eq!(told.effects, observed);
    }
}
