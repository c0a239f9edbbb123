use super::*;

fn change(remove: &[(LineNumber, u32)], destination: Option<Place>) -> OrderCommand {
    let change = ProposedChange { remove: units(remove), destination };
    OrderCommand::ProposeChange { change }
}

fn confirm(play: &Play) -> OrderCommand {
    let change = play.order.proposed_change.as_ref().map(|change| change.change);
    OrderCommand::ConfirmChange { change: change.unwrap_or(vocabulary::ChangeId::from_bits(1)) }
}

#[test]
fn units_are_taken_off_and_paid_back_once_confirmed() {
    let mut play = Play::accepted();
    play.tell(change(&[(1, 1)], None)).unwrap().expect("change_proposed", "");
    assert_eq!(play.refunded_fen(), 0);
    play.tell(confirm(&play)).unwrap().expect(
        "change_confirmed lines_removed refund_decided",
        "remove_lines:1 release_lines:1 refund:101",
    );
    assert_eq!(play.order.parts[0].lines, units(&[(1, 2)]));
    assert_eq!(play.refuses(confirm(&play)), "change_unknown");
}

#[test]
fn the_part_with_the_least_work_done_loses_its_units_first() {
    let mut play = Play::open(basket(&[(1, 3)]), plan(&[(1, &[(1, 2)]), (2, &[(1, 1)])]));
    play.tell(play.accepts(0)).unwrap();
    play.tell(change(&[(1, 2)], None)).unwrap();
    play.tell(confirm(&play)).unwrap().expect(
        "change_confirmed lines_removed lines_removed refund_decided",
        "cancel:2 release:2 remove_lines:1 release_lines:1 refund:201",
    );
    assert_eq!((play.part_status(0), play.part_status(1)), ("accepted", "cancelled"));
}

#[test]
fn a_change_must_leave_something_and_name_what_is_there() {
    let mut play = Play::simple();
    assert_eq!(play.refuses(change(&[], None)), "invalid");
    assert_eq!(play.refuses(change(&[(1, 3)], None)), "invalid");
    assert_eq!(play.refuses(change(&[(1, 4)], None)), "line_unknown");
    assert_eq!(play.refuses(change(&[(2, 1)], None)), "line_unknown");
}

#[test]
fn what_became_impossible_after_the_proposal_is_refused_at_the_confirmation() {
    let mut play = Play::accepted();
    play.tell(change(&[(1, 1)], None)).unwrap();
    play.tell(play.report(0, FulfillmentProgress::Ready)).unwrap();
    assert_eq!(play.refuses(confirm(&play)), "line_unknown");
}

#[test]
fn a_change_is_only_for_open_orders() {
    for mut play in [Play::delivered(), Play::pending(basket(&[(1, 3)]), plan(&[(1, &[(1, 3)])]))] {
        assert_eq!(play.refuses(change(&[(1, 1)], None)), "order_state");
    }
}

#[test]
fn another_door_recalls_the_offers_to_the_old_one() {
    let door = Some(place_at(60));
    let mut play = Play::accepted();
    play.offer(1, &[1]);
    play.tell(change(&[], door)).unwrap();
    play.tell(confirm(&play)).unwrap().expect("change_confirmed offers_withdrawn", "withdraw:1");
    assert_eq!(play.order.pool_rows()[0].dropoff, place_at(60));
    assert_eq!(play.order.terms.destination, Some(place_at(50)), "what was agreed stays known");
}

#[test]
fn the_door_stays_once_a_courier_knows_it() {
    let door = Some(place_at(60));
    assert_eq!(Play::assigned().refuses(change(&[], door)), "delivery_state");
    assert_eq!(Play::picked_up().refuses(change(&[], door)), "order_state");
}
