//! Every command in every state of a reservation.

use super::*;
use crate::Timer;

/// Rows are states, columns are commands; a cell is the state afterwards, `-` when nothing
/// happens, `no` when it is refused.
const LIFE: &str = "
    state      hold  commit     consume   release   release_lines  expiry
    unknown    held  no         -         -         -              -
    held       -     committed  no        released  released       expired
    committed  -     -          consumed  released  released       -
    consumed   -     -          -         -         -              -
    released   -     -          -         -         -              -
    expired    -     -          -         -         -              -
";

fn in_state(state: &str) -> Shelf {
    let mut shelf = Shelf::with(&[(MILK, 10)]);
    if state == "unknown" {
        return shelf;
    }
    shelf.hold(1, &[units(1, MILK, 3)]);
    match state {
        "held" => {}
        "committed" => drop(shelf.commit(1)),
        "consumed" => {
            shelf.commit(1);
            shelf.tell(InventoryCommand::Consume { reservation: reservation(1) });
        }
        "released" => {
            let reason = ReleaseReason::OrderCancelled;
            shelf.tell(InventoryCommand::Release { reservation: reservation(1), reason });
        }
        "expired" => {
            shelf.wait(HOLD_FOR);
            let timer = Timer::HoldExpiry(reservation(1));
            shelf.tell(InventoryCommand::TimerFired(timer));
        }
        other => panic!("no such state: {other}"),
    }
    shelf.wait(HOLD_FOR);
    assert_eq!(shelf.status(1), state);
    shelf
}

fn command(verb: &str, shelf: &Shelf) -> InventoryCommand {
    let reservation = reservation(1);
    let lines = vec![units(1, MILK, 3)];
    let reason = ReleaseReason::OrderCancelled;
    match verb {
        "hold" => {
            let expires_at = shelf.now.after(HOLD_FOR);
            InventoryCommand::Hold { reservation, order: order(1), lines, expires_at }
        }
        "commit" => InventoryCommand::Commit { reservation },
        "consume" => InventoryCommand::Consume { reservation },
        "release" => InventoryCommand::Release { reservation, reason },
        "release_lines" => InventoryCommand::ReleaseLines { reservation, lines, reason },
        "expiry" => InventoryCommand::TimerFired(Timer::HoldExpiry(reservation)),
        other => panic!("no such verb: {other}"),
    }
}

#[test]
fn a_reservation_lives_as_the_table_says() {
    let mut rows = LIFE.trim().lines().map(|row| row.split_whitespace().collect::<Vec<_>>());
    let verbs = rows.next().unwrap();
    for row in rows {
        for (verb, expected) in verbs.iter().zip(&row).skip(1) {
            let state = row[0];
            let mut shelf = in_state(state);
            let outcome = shelf.try_to(command(verb, &shelf));
            let after = match &outcome {
                Err(_) => "no",
                Ok(decision) if decision.events.is_empty() => "-",
                Ok(_) => shelf.status(1),
            };
            assert_eq!(after, *expected, "{state} {verb}");
            assert_eq!(shelf.recovered(), shelf.inventory, "{state} {verb}");
        }
    }
}

#[test]
fn a_repeated_hold_is_answered_again_while_it_lives() {
    for (state, answers) in [("held", 1), ("committed", 1), ("released", 0), ("expired", 0)] {
        let mut shelf = in_state(state);
        let decision = shelf.tell(command("hold", &shelf));
        assert_eq!(told(&decision).len(), answers, "{state}");
    }
}

#[test]
fn an_early_expiry_waits_for_its_time() {
    let mut shelf = Shelf::with(&[(MILK, 10)]);
    shelf.hold(1, &[units(1, MILK, 3)]);
    let due = shelf.now.after(HOLD_FOR);
    shelf.wait(Seconds(5));
    let timer = Timer::HoldExpiry(reservation(1));
    let decision = shelf.tell(InventoryCommand::TimerFired(timer));
    assert_eq!((decision.events.len(), decision.effects), (0, vec![Effect::Arm { timer, due }]));
}

#[test]
fn a_payment_that_beats_its_hold_too_late_is_covered_elsewhere() {
    let mut shelf = in_state("expired");
    let decision = shelf.commit(1);
    let lines = vec![units(1, MILK, 3)];
    let expected = OrderCommand::CoverShortfall { reservation: reservation(1), lines };
    assert_eq!(told(&decision), [expected]);
}

#[test]
fn only_ended_reservations_are_forgotten() {
    for (state, left) in [("held", 1), ("committed", 1), ("consumed", 0), ("released", 0)] {
        let mut shelf = in_state(state);
        shelf.inventory.retire(reservation(1));
        assert_eq!(shelf.inventory.reservations().len(), left, "{state}");
    }
}

#[test]
fn a_restart_arms_the_holds_again() {
    let mut shelf = Shelf::with(&[(MILK, 10)]);
    for number in 1..=3 {
        shelf.hold(number, &[units(1, MILK, 1)]);
    }
    shelf.commit(2);
    let due = shelf.now.after(HOLD_FOR);
    let arm = |number| Effect::Arm { timer: Timer::HoldExpiry(reservation(number)), due };
    assert_eq!(shelf.recovered().resume(shelf.now), [arm(1), arm(3)]);
}
