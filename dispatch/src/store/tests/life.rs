//! Every verb in every state of a fulfillment order.

use super::*;

/// Rows are states, columns are verbs; a cell is the state afterwards, `-` when nothing happens,
/// `no` when it is refused. `taken` is handed over and `done` completed, to keep the table narrow.
const LIFE: &str = "
state accept reject start short_pick pack hand_over suspend resume cancel remove complete take_back sla release no_show
scheduled no no no no no no on_hold - cancelled scheduled no no - assigned -
assigned accepted rejected no no no no on_hold - cancelled assigned no no rejected - -
accepted - rejected picking picking ready taken on_hold - cancelled accepted no no - - -
picking no rejected - picking ready taken on_hold - cancelled picking no no - - -
ready no no no no - taken on_hold - cancelled ready no no - - -
on_hold no no no no no no - accepted cancelled on_hold no no - - -
taken no no no no no - no no no no done returned - - -
done no no no no no no no no - - - - - - -
returned no no no no no no no no - - - - - - -
rejected no - no no no no no no - - - - - - -
cancelled no no no no no no no no - - - - - - -
moved no no no no no no no no - - - - - - -
";

fn spelled(state: &str) -> &str {
    match state {
        "taken" => "handed_over",
        "done" => "completed",
        other => other,
    }
}

fn in_state(state: &str) -> Desk {
    let mut desk = Desk::open();
    let fulfillment_order = share(1);
    if state == "scheduled" {
        let mut wish = desk.wish(1, FulfillmentMode::Delivery);
        wish.release_at = Some(desk.now.after(Seconds::minutes(30)));
        desk.tell(StoreCommand::Assign(Box::new(wish)));
    } else {
        desk.assign(1, FulfillmentMode::Delivery);
    }
    let at = None;
    desk.tell(StoreCommand::ExpectCourier { fulfillment_order, courier: Some(COURIER), at });
    let steps: &[&str] = match state {
        "scheduled" | "assigned" => &[],
        "accepted" => &["accept"],
        "picking" => &["accept", "start"],
        "ready" => &["accept", "start", "pack"],
        "on_hold" => &["accept", "suspend"],
        "taken" => &["accept", "start", "pack", "hand_over"],
        "done" => &["accept", "hand_over", "complete"],
        "returned" => &["accept", "hand_over", "take_back"],
        "rejected" => &["reject"],
        "cancelled" => &["cancel"],
        "moved" => &["move"],
        other => panic!("no such state: {other}"),
    };
    for verb in steps {
        desk.tell(command(verb));
    }
    assert_eq!(desk.status(1), spelled(state));
    desk
}

fn command(verb: &str) -> StoreCommand {
    let fulfillment_order = share(1);
    let reason = RejectReason::NotInStock;
    let lines = vec![units(1, MILK, 1)];
    match verb {
        "accept" => StoreCommand::Accept { fulfillment_order, ready_in: None },
        "reject" => StoreCommand::Reject { fulfillment_order, lines: vec![], reason },
        "start" => StoreCommand::StartPicking { fulfillment_order },
        "short_pick" => StoreCommand::ShortPick { fulfillment_order, lines, reason },
        "pack" => StoreCommand::Pack { fulfillment_order },
        "hand_over" => StoreCommand::HandOver { fulfillment_order, to: to_courier() },
        "suspend" => StoreCommand::Suspend { fulfillment_order },
        "resume" => StoreCommand::Resume { fulfillment_order },
        "cancel" => StoreCommand::Cancel { fulfillment_order, moved: false },
        "move" => StoreCommand::Cancel { fulfillment_order, moved: true },
        "remove" => StoreCommand::RemoveLines { fulfillment_order, lines },
        "complete" => StoreCommand::Complete { fulfillment_order },
        "take_back" => StoreCommand::TakeBack { fulfillment_order },
        "sla" => StoreCommand::TimerFired(Timer::AcceptSla(fulfillment_order)),
        "release" => StoreCommand::TimerFired(Timer::Release(fulfillment_order)),
        "no_show" => StoreCommand::TimerFired(Timer::NoShow(fulfillment_order)),
        other => panic!("no such verb: {other}"),
    }
}

#[test]
fn a_fulfillment_order_lives_as_the_table_says() {
    let mut rows = LIFE.trim().lines().map(|row| row.split_whitespace().collect::<Vec<_>>());
    let verbs = rows.next().unwrap();
    for row in rows {
        assert_eq!(row.len(), verbs.len());
        for (verb, expected) in verbs.iter().zip(&row).skip(1) {
            let state = row[0];
            let mut desk = in_state(state);
            desk.wait(Seconds::minutes(45));
            let outcome = desk.try_to(command(verb));
            let after = match &outcome {
                Err(Refusal::FulfillmentState { status, .. }) => {
                    assert_eq!(status, spelled(state));
                    "no"
                }
                Err(other) => panic!("{state} {verb}: {other}"),
                Ok(decision) if decision.events.is_empty() => {
                    assert!(decision.effects.is_empty(), "{state} {verb}");
                    "-"
                }
                Ok(_) => desk.status(1),
            };
            assert_eq!(after, spelled(expected), "{state} {verb}");
            assert_eq!(desk.recovered(), desk.store, "{state} {verb}");
        }
    }
}

#[test]
fn an_unknown_fulfillment_order_is_refused_to_people_and_ignored_for_the_order() {
    let mut desk = Desk::open();
    for (verb, is_refused) in [
        ("accept", true),
        ("reject", true),
        ("start", true),
        ("short_pick", true),
        ("pack", true),
        ("hand_over", true),
        ("suspend", true),
        ("resume", true),
        ("cancel", false),
        ("remove", false),
        ("complete", false),
        ("take_back", false),
        ("sla", false),
        ("release", false),
        ("no_show", false),
    ] {
        let outcome = desk.try_to(command(verb));
        match is_refused {
            true => assert_eq!(outcome, Err(Refusal::FulfillmentOrderUnknown), "{verb}"),
            false => assert_eq!(outcome, Ok(Decision::nothing()), "{verb}"),
        }
    }
}

#[test]
fn early_timers_wait_for_their_time() {
    for (state, verb) in [("scheduled", "release"), ("assigned", "sla")] {
        let mut desk = in_state(state);
        let due = desk.store.resume(desk.now);
        let decision = desk.tell(command(verb));
        assert!(decision.events.is_empty(), "{verb}");
        assert_eq!(decision.effects, due, "{verb}");
    }
}

#[test]
fn only_ended_ones_leave_the_desk() {
    for (state, stays) in [
        ("assigned", true),
        ("taken", true),
        ("done", false),
        ("moved", false),
        ("rejected", false),
    ] {
        let mut desk = in_state(state);
        desk.store.retire(share(1));
        assert_eq!(desk.store.fulfillment_orders().contains_key(&share(1)), stays, "{state}");
    }
}
