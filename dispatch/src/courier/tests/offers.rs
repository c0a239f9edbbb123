//! Offers from the first ring to the last word.

use super::*;
use crate::order::{DeclineReason, DropReason, OfferEnd};
use CourierCommand::*;

fn accept(n: u32) -> CourierCommand {
    AcceptOffer { offer: offer(n, 1) }
}

fn decline(n: u32) -> CourierCommand {
    DeclineOffer { offer: offer(n, 1), reason: DeclineReason::TooFar }
}

fn make(n: u32) -> CourierCommand {
    MakeOffer(Box::new(made(n, 1)))
}

fn force(n: u32) -> CourierCommand {
    MakeOffer(Box::new(super::MakeOffer { forced: true, ..made(n, 1) }))
}

fn closed(n: u32, why: OfferEnd) -> Vec<OrderCommand> {
    let (delivery, offer) = (delivery(n), offer(n, 1));
    vec![OrderCommand::CloseOffer { delivery, attempt: 1, offer, courier: ME, why }]
}

#[test]
fn an_accept_reserves_a_slot_and_asks_for_the_grant() {
    let mut desk = Desk::on_duty(1);
    let (events, effects) = desk.does(make(1));
    let expires_at = at(i64::from(desk.policy.dispatch.offer_expires_after_s));
    assert_eq!(events, ["offer_made"]);
    assert_eq!(armed(&effects), [(Timer::OfferExpiry(offer(1, 1)), expires_at)]);
    assert_eq!(desk.courier.availability(), Availability::Offered);

    let (events, effects) = desk.does(accept(1));
    let asked = OrderCommand::GrantOffer {
        delivery: delivery(1),
        attempt: 1,
        offer: offer(1, 1),
        courier: ME,
    };
    assert_eq!((events, told(&effects)), (vec!["offer_accepted"], vec![asked.clone()]));
    assert_eq!(desk.courier.availability(), Availability::Full);
    assert_eq!(told(&desk.courier.resume(at(1))), [asked], "asked again after a restart");
    assert_eq!(desk.does(accept(1)), (vec![], vec![]), "a second tap");

    assert_eq!(desk.does(Granted { offer: offer(1, 1) }).0, ["offer_granted"]);
    assert_eq!(desk.does(Granted { offer: offer(1, 1) }), (vec![], vec![]));
    assert_eq!(desk.does(accept(1)), (vec![], vec![]), "a late second tap");
    assert_eq!(desk.route(), [(1, StopKind::Pickup), (1, StopKind::Dropoff)]);
    assert_eq!(desk.courier.outcome(offer(1, 1)), Some(OfferOutcome::Granted));
}

#[test]
fn a_lost_race_frees_the_slot() {
    let mut desk = Desk::on_duty(1);
    desk.does(make(1));
    desk.does(accept(1));
    assert_eq!(desk.does(Refused { offer: offer(1, 1) }).0, ["offer_too_late"]);
    assert_eq!(desk.courier.availability(), Availability::Idle);
    assert_eq!(desk.tries(accept(1)), Err(Refusal::TooLate));
    desk.does(make(2));
    assert_eq!(desk.does(accept(2)).0, ["offer_accepted"]);
}

#[test]
fn a_decliner_is_left_alone_for_a_while() {
    let mut desk = Desk::on_duty(2);
    desk.does(make(1));
    let (events, effects) = desk.does(decline(1));
    assert_eq!(events, ["offer_declined"]);
    assert_eq!(told(&effects), closed(1, OfferEnd::Declined(DeclineReason::TooFar)));
    assert_eq!(desk.does(decline(1)), (vec![], vec![]));
    assert_eq!(desk.tries(accept(1)), Err(Refusal::OfferClosed));

    let again = super::MakeOffer { offer: offer(1, 2), attempt: 2, ..made(1, 2) };
    let (events, effects) = desk.does(MakeOffer(Box::new(again.clone())));
    assert_eq!(events, Vec::<&str>::new());
    assert!(matches!(
        told(&effects)[..],
        [OrderCommand::CloseOffer { why: OfferEnd::NotOffered, .. }]
    ));
    desk.now = i64::from(desk.policy.dispatch.decline_cooldown_s);
    assert_eq!(desk.does(MakeOffer(Box::new(again))).0, ["offer_made"]);
}

#[test]
fn an_offer_runs_out_once_and_only_after_its_time() {
    let mut desk = Desk::on_duty(2);
    desk.does(make(1));
    let due = i64::from(desk.policy.dispatch.offer_expires_after_s);
    let timer = Timer::OfferExpiry(offer(1, 1));
    desk.now = due - 1;
    assert_eq!(armed(&desk.does(TimerFired(timer)).1), [(timer, at(due))]);
    desk.now = due;
    assert_eq!(
        desk.tries(accept(1)),
        Err(Refusal::OfferClosed),
        "before its timer, after its time"
    );
    let (events, effects) = desk.does(TimerFired(timer));
    assert_eq!((events, told(&effects)), (vec!["offer_expired"], closed(1, OfferEnd::Expired)));
    assert_eq!(desk.does(TimerFired(timer)), (vec![], vec![]));
    assert_eq!(desk.tries(decline(1)), Err(Refusal::OfferClosed));
    assert_eq!(told(&desk.does(make(1)).1), closed(1, OfferEnd::Expired), "told again");
}

#[test]
fn an_accepted_offer_outlives_its_timer() {
    let mut desk = Desk::on_duty(2);
    desk.does(make(1));
    desk.does(accept(1));
    desk.now = 10_000;
    assert_eq!(desk.does(TimerFired(Timer::OfferExpiry(offer(1, 1)))), (vec![], vec![]));
    assert_eq!(desk.tries(decline(1)), Err(Refusal::OfferClosed));
}

#[test]
fn the_delivery_is_gone() {
    let mut desk = Desk::on_duty(2);
    desk.does(make(1));
    let other_attempt = Withdraw { delivery: delivery(1), attempt: 2 };
    assert_eq!(desk.does(other_attempt), (vec![], vec![]));
    let gone = Withdraw { delivery: delivery(1), attempt: 1 };
    assert_eq!(desk.does(gone.clone()).0, ["offer_withdrawn"]);
    assert_eq!(desk.does(gone), (vec![], vec![]));
    assert_eq!(desk.tries(accept(1)), Err(Refusal::OfferClosed));
}

#[test]
fn who_cannot_take_it_is_not_asked() {
    let heavy = super::MakeOffer { weight: Grams(10_001), ..made(3, 1) };
    type Prepare = fn(&mut Desk);
    let table: [(&str, Prepare, CourierCommand); 7] = [
        ("off duty", |desk| drop(desk.does(GoOffDuty)), make(3)),
        ("on break", |desk| drop(desk.does(TakeBreak)), make(3)),
        ("suspended", |desk| drop(desk.does(Suspend)), make(3)),
        ("too heavy", |_| {}, MakeOffer(Box::new(heavy))),
        ("at the limit of offers", |desk| [1, 2].iter().for_each(|n| desk.offered(*n)), make(3)),
        ("full, even by hand", |desk| [1, 2].iter().for_each(|n| desk.takes(*n)), force(3)),
        (
            "stale",
            |desk| {
                desk.now = 120;
                desk.does(TimerFired(Timer::Stale));
            },
            make(3),
        ),
    ];
    for (label, prepare, command) in table {
        let mut desk = Desk::on_duty(2);
        prepare(&mut desk);
        let (events, effects) = desk.does(command);
        assert!(events.is_empty(), "{label}: {events:?}");
        assert_eq!(told(&effects), closed(3, OfferEnd::NotOffered), "{label}");
    }
}

#[test]
fn a_hand_overrides_silence_limit_and_cool_down() {
    let mut desk = Desk::on_duty(4);
    desk.offered(3);
    desk.does(decline(3));
    desk.offered(1);
    desk.offered(2);
    desk.now = 120;
    desk.does(TimerFired(Timer::Stale));
    let forced = super::MakeOffer { forced: true, ..made(3, 2) };
    assert_eq!(desk.does(MakeOffer(Box::new(forced))).0, ["offer_made"]);
    let (events, _) = desk.does(AcceptOffer { offer: offer(3, 2) });
    assert_eq!(events, ["heard", "offer_accepted"], "a tap is a sign of life");
}

#[test]
fn two_pending_offers_for_one_slot_give_one_accept() {
    let mut desk = Desk::on_duty(1);
    desk.offered(1);
    desk.offered(2);
    desk.does(accept(1));
    assert_eq!(
        desk.tries(accept(2)),
        Err(Refusal::CourierUnavailable { availability: "full".into() })
    );
}

#[test]
fn an_offer_is_only_its_couriers_to_answer() {
    let mut desk = Desk::on_duty(1);
    desk.offered(1);
    for by in [By::Courier(CourierId::from_bits(8)), By::Shopper(OrderId::from_bits(1))] {
        desk.by = by;
        assert_eq!(desk.tries(accept(1)), Err(Refusal::OfferUnknown));
        assert_eq!(desk.tries(decline(1)), Err(Refusal::OfferUnknown));
    }
    desk.by = By::Courier(ME);
    assert_eq!(desk.tries(accept(9)), Err(Refusal::OfferUnknown));
}

#[test]
fn a_grant_to_who_has_left_is_handed_back() {
    let mut desk = Desk::on_duty(2);
    desk.offered(1);
    desk.does(accept(1));
    desk.does(Suspend);
    let (events, effects) = desk.does(Granted { offer: offer(1, 1) });
    assert_eq!(events, ["offer_granted"]);
    let reason = DropReason::CourierDroppedOut;
    let handed_back = OrderCommand::DropDelivery { delivery: delivery(1), attempt: 1, reason };
    assert_eq!(told(&effects), [handed_back]);
}

#[test]
fn nobody_is_granted_what_it_did_not_accept() {
    let mut desk = Desk::on_duty(2);
    desk.offered(1);
    assert_eq!(desk.does(Granted { offer: offer(1, 1) }), (vec![], vec![]));
    assert_eq!(desk.does(Refused { offer: offer(1, 1) }), (vec![], vec![]));
    assert_eq!(desk.does(Granted { offer: offer(9, 1) }), (vec![], vec![]));
}

#[test]
fn planners_see_what_open_offers_would_add() {
    let mut desk = Desk::on_duty(3);
    desk.takes(1);
    desk.offered(2);
    let row = desk.courier.row().unwrap();
    assert_eq!(row.availability, Availability::Busy { load: 1, capacity: 3 });
    assert_eq!((row.live_offers, row.tasks.len(), row.stops.len()), (1, 1, 2));
    assert_eq!(row.offered[0].delivery, delivery(2));
}
