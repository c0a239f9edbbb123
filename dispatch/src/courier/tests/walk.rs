//! Random walks, judged by an automaton that knows only the events.

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::order::{DeclineReason, DeliveryStep};

const CAPACITY: u32 = 2;

/// What an outsider knows of an offer.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Seen {
    Pending,
    Accepted,
    Over,
}

/// Judges a history event by event, sharing nothing with the machine.
#[derive(Debug, Default)]
struct Judge {
    offers: BTreeMap<OfferId, (Seen, DeliveryId)>,
    /// Picked up or not.
    tasks: BTreeMap<DeliveryId, bool>,
    is_on_duty: bool,
}

impl Judge {
    fn count(&self, seen: Seen) -> usize {
        self.offers.values().filter(|(state, _)| *state == seen).count()
    }

    fn turn(&mut self, offer: OfferId, from: &[Seen], to: Seen) -> DeliveryId {
        let (state, delivery) = self.offers.get_mut(&offer).expect("the offer was made");
        assert!(from.contains(state), "{offer} goes from {state:?} to {to:?}");
        *state = to;
        *delivery
    }

    fn hear(&mut self, event: &CourierEvent, limit: usize) {
        use Seen::*;
        match event {
            CourierEvent::Configured { .. }
            | CourierEvent::Heard { .. }
            | CourierEvent::WentStale { .. }
            | CourierEvent::WasLost
            | CourierEvent::StopChosen { .. }
            | CourierEvent::Reinstated => {}
            CourierEvent::WentOnDuty { .. } => self.is_on_duty = true,
            CourierEvent::TookBreak | CourierEvent::Suspended => self.is_on_duty = false,
            CourierEvent::WentOffDuty => {
                self.is_on_duty = false;
                assert!(self.tasks.values().all(|on_board| !on_board), "left with goods");
            }
            CourierEvent::OfferMade { offer, .. } => {
                assert!(self.is_on_duty, "offered off duty");
                let live = self.count(Pending) + self.count(Accepted);
                assert!(offer.forced || live < limit, "{live} live offers already");
                let fresh = self.offers.insert(offer.offer, (Pending, offer.delivery));
                assert_eq!(fresh, None, "an offer is made once");
            }
            CourierEvent::OfferAccepted { offer, .. } => {
                self.turn(*offer, &[Pending], Accepted);
                let load = self.tasks.len() + self.count(Accepted);
                assert!(load <= CAPACITY as usize, "{load} slots of {CAPACITY} are taken");
            }
            CourierEvent::OfferDeclined { offer, .. }
            | CourierEvent::OfferExpired { offer, .. } => {
                self.turn(*offer, &[Pending], Over);
            }
            CourierEvent::OfferWithdrawn { offer, .. } => {
                self.turn(*offer, &[Pending, Accepted], Over);
            }
            CourierEvent::OfferTooLate { offer, .. } => {
                self.turn(*offer, &[Accepted], Over);
            }
            CourierEvent::OfferGranted { offer, .. } => {
                let delivery = self.turn(*offer, &[Accepted], Over);
                assert_eq!(self.tasks.insert(delivery, false), None, "in hand once");
            }
            CourierEvent::TaskPickedUp { delivery } => {
                assert_eq!(self.tasks.insert(*delivery, true), Some(false));
            }
            CourierEvent::TaskReturning { delivery } => {
                assert!(self.tasks.contains_key(delivery));
            }
            CourierEvent::TaskDone { delivery } | CourierEvent::TaskDropped { delivery, .. } => {
                assert!(self.tasks.remove(delivery).is_some());
            }
        }
    }
}

fn any_command() -> impl Strategy<Value = CourierCommand> {
    let offers = (1..5_u32, 1..4_u32);
    let id = offers.clone().prop_map(|(n, attempt)| offer(n, attempt));
    let step = prop_oneof![
        Just(TaskStep::PickedUp),
        Just(TaskStep::Returning),
        Just(TaskStep::Done),
        Just(TaskStep::Step(DeliveryStep::EnRouteToDropoff)),
    ];
    let make = (offers.clone(), any::<bool>()).prop_map(|((n, attempt), forced)| {
        CourierCommand::MakeOffer(Box::new(super::MakeOffer { forced, ..made(n, attempt) }))
    });
    prop_oneof![
        6 => make,
        5 => id.clone().prop_map(|offer| CourierCommand::AcceptOffer { offer }),
        1 => id.clone().prop_map(|offer| CourierCommand::DeclineOffer {
            offer,
            reason: DeclineReason::Other,
        }),
        5 => id.clone().prop_map(|offer| CourierCommand::Granted { offer }),
        1 => id.clone().prop_map(|offer| CourierCommand::Refused { offer }),
        2 => id.prop_map(|offer| CourierCommand::TimerFired(Timer::OfferExpiry(offer))),
        1 => offers.clone().prop_map(|(n, attempt)| CourierCommand::Withdraw {
            delivery: delivery(n),
            attempt,
        }),
        4 => (offers, step).prop_map(|((n, attempt), step)| CourierCommand::FollowDelivery {
            delivery: delivery(n),
            attempt,
            step,
        }),
        2 => Just(CourierCommand::GoOnDuty { shift_ends_at: None }),
        1 => Just(CourierCommand::TakeBreak),
        1 => Just(CourierCommand::GoOffDuty),
        1 => Just(CourierCommand::Suspend),
        1 => Just(CourierCommand::Reinstate),
        1 => Just(CourierCommand::Heard),
        1 => Just(CourierCommand::TimerFired(Timer::Stale)),
    ]
}

/// Everything that must hold of a state at any time.
fn judge_state(desk: &Desk, judge: &Judge) {
    let courier = &desk.courier;
    let in_hand: BTreeSet<_> = courier.tasks().iter().map(|task| task.delivery).collect();
    assert_eq!(in_hand, judge.tasks.keys().copied().collect());
    assert_eq!(courier.offers().len(), judge.count(Seen::Pending) + judge.count(Seen::Accepted));
    for task in courier.tasks() {
        let stops: Vec<_> = courier
            .stops()
            .iter()
            .filter(|stop| stop.delivery == task.delivery)
            .map(|stop| stop.kind)
            .collect();
        match (task.picked_up, &stops[..]) {
            (false, [StopKind::Pickup, StopKind::Dropoff | StopKind::Return])
            | (true, [StopKind::Dropoff | StopKind::Return]) => {}
            (picked_up, stops) => panic!("picked up: {picked_up}, stops: {stops:?}"),
        }
    }
    let timers = armed(&courier.resume(at(desk.now)));
    for (id, offer) in courier.offers() {
        match offer.state {
            OfferState::Pending { expires_at } => {
                assert!(timers.contains(&(Timer::OfferExpiry(*id), expires_at)));
            }
            OfferState::Accepted => {
                let asked = courier.ask_to_grant(*id, offer);
                assert!(courier.resume(at(desk.now)).contains(&asked));
            }
        }
    }
    let watches = timers.iter().any(|(timer, _)| *timer == Timer::Stale);
    assert_eq!(watches, matches!(courier.signal(), Signal::Fresh { .. } | Signal::Stale { .. }));
}

fn judge_memory(desk: &Desk) {
    let mut replayed = Courier::new(ME);
    for (event, then) in &desk.history {
        let text = serde_json::to_string(event).unwrap();
        assert!(text.starts_with(&format!("{{\"kind\":\"{}\"", event.kind())), "{text}");
        let read: CourierEvent = serde_json::from_str(&text).unwrap();
        assert_eq!(&read, event);
        replayed.apply(&read, *then);
    }
    assert_eq!(replayed, desk.courier, "history replays to the same state");
    let row = serde_json::to_string(&desk.courier).unwrap();
    assert_eq!(serde_json::from_str::<Courier>(&row).unwrap(), desk.courier);
}

proptest! {
    #[test]
    fn every_walk_is_a_path(steps in vec((any_command(), 0..40_i64), 1..120)) {
        let mut desk = Desk::on_duty(CAPACITY);
        let mut judge = Judge { is_on_duty: true, ..Judge::default() };
        let limit = desk.policy.dispatch.max_live_offers as usize;
        for (command, pause) in steps {
            desk.now += pause;
            let before = desk.courier.clone();
            let Ok(decision) = desk.tries(command.clone()) else {
                prop_assert_eq!(&before, &desk.courier, "a refusal changes nothing");
                continue;
            };
            for event in &decision.events {
                judge.hear(event, limit);
            }
            judge_state(&desk, &judge);
            let again = desk.asks(&command);
            if let (Ok(again), false) = (again, decision.events.is_empty()) {
                let offers_again = again.events.iter().any(|event| event.kind() == "offer_made");
                prop_assert!(!offers_again, "a repeated message offers nothing twice");
            }
        }
        judge_memory(&desk);
    }
}
