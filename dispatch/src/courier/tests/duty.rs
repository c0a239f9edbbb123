//! Coming, going, breaks, suspension and silence.

use super::*;
use crate::order::{DeclineReason, DropReason, OfferEnd};
use CourierCommand::*;

const ON: CourierCommand = GoOnDuty { shift_ends_at: None };

#[test]
fn every_duty_hears_every_word() {
    let (off, on) = (Duty::OffDuty, Duty::OnDuty { shift_ends_at: None });
    let (pause, out) = (Duty::OnBreak { shift_ends_at: None }, Duty::Suspended);
    let went_on: &[&str] = &["went_on_duty", "heard"];
    let table: [(Duty, CourierCommand, Option<&[&str]>); 20] = [
        (off, ON, Some(went_on)),
        (off, TakeBreak, None),
        (off, GoOffDuty, Some(&[])),
        (off, Suspend, Some(&["suspended"])),
        (off, Reinstate, Some(&[])),
        (on, ON, Some(&[])),
        (on, TakeBreak, Some(&["took_break"])),
        (on, GoOffDuty, Some(&["went_off_duty"])),
        (on, Suspend, Some(&["suspended"])),
        (on, Reinstate, Some(&[])),
        (pause, ON, Some(went_on)),
        (pause, TakeBreak, Some(&[])),
        (pause, GoOffDuty, Some(&["went_off_duty"])),
        (pause, Suspend, Some(&["suspended"])),
        (pause, Reinstate, Some(&[])),
        (out, ON, None),
        (out, TakeBreak, None),
        (out, GoOffDuty, None),
        (out, Suspend, Some(&[])),
        (out, Reinstate, Some(&["reinstated"])),
    ];
    for (duty, command, expect) in table {
        let mut desk = Desk::on_duty(2);
        desk.courier.duty = duty;
        let label = format!("{duty:?} hears {command:?}");
        match (desk.tries(command), expect) {
            (Ok(decision), Some(kinds)) => {
                let events: Vec<_> = decision.events.iter().map(CourierEvent::kind).collect();
                assert_eq!(events, kinds, "{label}");
            }
            (Err(Refusal::CourierUnavailable { .. }), None) => {}
            (outcome, _) => panic!("{label}: {outcome:?}"),
        }
    }
}

#[test]
fn nobody_works_before_headquarters_knows_them() {
    let mut desk = Desk::unborn();
    assert!(matches!(desk.tries(ON), Err(Refusal::Invalid { .. })));
    assert_eq!(desk.courier.row(), None);
    assert!(!desk.courier.is_live());
    assert!(matches!(desk.tries(Configure(Box::new(settings(0)))), Err(Refusal::Invalid { .. })));
}

#[test]
fn an_older_snapshot_of_settings_changes_nothing() {
    let mut desk = Desk::on_duty(2);
    let newer = CourierSettings { version: 3, capacity: 4, ..settings(2) };
    assert_eq!(desk.does(Configure(Box::new(newer))).0, ["configured"]);
    let late = CourierSettings { version: 2, capacity: 9, ..settings(2) };
    assert_eq!(desk.does(Configure(Box::new(late))).0, Vec::<&str>::new());
    assert_eq!(desk.courier.settings().unwrap().capacity, 4);
}

#[test]
fn another_courier_cannot_end_my_shift() {
    let mut desk = Desk::on_duty(2);
    desk.by = By::Courier(CourierId::from_bits(8));
    assert!(matches!(desk.tries(GoOffDuty), Err(Refusal::Invalid { .. })));
}

#[test]
fn goods_on_board_keep_a_courier_on_duty() {
    let mut desk = Desk::on_duty(2);
    desk.takes(1);
    desk.follows(1, TaskStep::PickedUp);
    assert_eq!(desk.tries(GoOffDuty), Err(Refusal::CourierCarrying { carried: 1 }));
    desk.follows(1, TaskStep::Done);
    assert_eq!(desk.does(GoOffDuty).0, ["went_off_duty"]);
}

#[test]
fn who_leaves_gives_back_what_it_has_not_fetched() {
    let mut desk = Desk::on_duty(2);
    desk.takes(1);
    desk.offered(2);
    let (events, effects) = desk.does(GoOffDuty);
    assert_eq!(events, ["offer_declined", "went_off_duty"]);
    assert_eq!(
        told(&effects),
        [
            OrderCommand::CloseOffer {
                delivery: delivery(2),
                attempt: 1,
                offer: offer(2, 1),
                courier: ME,
                why: OfferEnd::Declined(DeclineReason::EndingShift),
            },
            OrderCommand::DropDelivery {
                delivery: delivery(1),
                attempt: 1,
                reason: DropReason::CourierDroppedOut,
            },
        ]
    );
    let (events, _) = desk.does(Withdraw { delivery: delivery(1), attempt: 1 });
    assert_eq!(events, ["task_dropped"]);
    assert!(desk.courier.tasks().is_empty() && desk.courier.stops().is_empty());
}

#[test]
fn a_suspended_courier_still_brings_what_it_carries() {
    let mut desk = Desk::on_duty(3);
    desk.takes(1);
    desk.takes(2);
    desk.follows(1, TaskStep::PickedUp);
    let (_, effects) = desk.does(Suspend);
    assert_eq!(
        told(&effects),
        [OrderCommand::DropDelivery {
            delivery: delivery(2),
            attempt: 1,
            reason: DropReason::ReassignedByHand,
        }]
    );
    assert_eq!(desk.courier.availability(), Availability::Suspended);
    assert_eq!(desk.follows(1, TaskStep::Done), ["task_done"]);
}

#[test]
fn silence_has_two_stages() {
    let mut desk = Desk::on_duty(2);
    desk.takes(1);
    desk.takes(2);
    desk.follows(1, TaskStep::PickedUp);
    let (stale_after, lost_after) = (
        i64::from(desk.policy.dispatch.stale_after_s),
        i64::from(desk.policy.dispatch.lost_after_s),
    );

    desk.now = stale_after - 1;
    let (events, effects) = desk.does(TimerFired(Timer::Stale));
    assert_eq!((events.len(), armed(&effects)), (0, vec![(Timer::Stale, at(stale_after))]));

    desk.now = stale_after;
    let (events, effects) = desk.does(TimerFired(Timer::Stale));
    assert_eq!(events, ["went_stale"]);
    assert_eq!(armed(&effects), [(Timer::Stale, at(lost_after))]);
    assert_eq!(desk.courier.availability(), Availability::Stale);

    desk.now = lost_after;
    let (events, effects) = desk.does(TimerFired(Timer::Stale));
    assert_eq!(events, ["was_lost"]);
    let dropped = OrderCommand::DropDelivery {
        delivery: delivery(2),
        attempt: 1,
        reason: DropReason::CourierLost,
    };
    assert_eq!(told(&effects), std::slice::from_ref(&dropped), "what is on board stays");
    assert_eq!(told(&desk.courier.resume(at(desk.now))), [dropped]);
    assert_eq!(desk.does(TimerFired(Timer::Stale)), (vec![], vec![]));

    let (events, effects) = desk.does(Heard);
    assert_eq!(events, ["heard"]);
    assert_eq!(armed(&effects), [(Timer::Stale, at(lost_after + stale_after))]);
    assert_eq!(desk.courier.availability(), Availability::Full);
    assert_eq!(desk.does(Heard), (vec![], vec![]));
}

#[test]
fn after_a_restart_everybody_gets_one_patience_to_be_heard() {
    let desk = Desk::on_duty(2);
    let patience = i64::from(desk.policy.dispatch.stale_after_s);
    assert_eq!(armed(&desk.courier.resume(at(10))), [(Timer::Stale, at(10 + patience))]);
    assert_eq!(armed(&desk.courier.resume(at(9_000))), [(Timer::Stale, at(9_000 + patience))]);
    assert_eq!(Courier::new(ME).resume(at(9_000)), []);
}

#[test]
fn nobody_listens_to_a_courier_off_duty() {
    let mut desk = Desk::on_duty(2);
    desk.does(GoOffDuty);
    assert_eq!(desk.does(Heard), (vec![], vec![]));
    assert_eq!(desk.does(TimerFired(Timer::Stale)), (vec![], vec![]));
    assert_eq!(desk.courier.resume(at(5)), []);
}

#[test]
fn timers_of_other_owners_mean_nothing_here() {
    let mut desk = Desk::on_duty(2);
    assert_eq!(desk.does(TimerFired(Timer::PaymentDue)), (vec![], vec![]));
}
