//! A courier in every duty, with offers and tasks, and walked at random against an automaton.

mod duty;
mod offers;
mod tasks;
mod walk;

use vocabulary::{
    CourierId, DeliveryId, FulfillmentOrderId, Grams, OfferId, OrderId, Place, StoreId, Timestamp,
};

use super::*;
use crate::{Message, Policy};
use geo_index::TravelMode;

const ME: CourierId = CourierId::from_bits(7);

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(seconds * 1_000)
}

fn settings(capacity: u32) -> CourierSettings {
    CourierSettings {
        display_name: "小王".into(),
        mode: TravelMode::Ebike,
        capacity,
        max_weight: Grams(10_000),
        home: None,
        version: 1,
    }
}

/// Places on a line, a step is about 111 m.
fn milestone(steps: i32) -> Place {
    Place::new(31.0 + f64::from(steps) * 0.001, 121.0).unwrap()
}

/// Delivery `n` of store `n`, from milestone 10·n to 10·n + 5.
fn made(n: u32, attempt: u32) -> MakeOffer {
    let bits = u128::from(n);
    let far = i32::try_from(n).unwrap() * 10;
    MakeOffer {
        offer: offer(n, attempt),
        order: OrderId::from_bits(bits),
        delivery: DeliveryId::from_bits(bits),
        fulfillment_order: FulfillmentOrderId::from_bits(bits),
        attempt,
        store: StoreId::from_bits(bits),
        pickup: milestone(far),
        dropoff: milestone(far + 5),
        weight: Grams(1_000),
        ready_at: at(0),
        promised_by: at(100_000),
        pickup_at: at(0),
        dropoff_at: at(0),
        because: "nearest".into(),
        forced: false,
    }
}

fn offer(n: u32, attempt: u32) -> OfferId {
    OfferId::from_bits(u128::from(n) * 100 + u128::from(attempt))
}

fn delivery(n: u32) -> DeliveryId {
    DeliveryId::from_bits(u128::from(n))
}

/// A courier with the policy and the clock it is asked under.
#[derive(Clone)]
struct Desk {
    courier: Courier,
    policy: Policy,
    now: i64,
    by: By,
    history: Vec<(CourierEvent, Timestamp)>,
}

impl Desk {
    /// Configured for `capacity` deliveries and on duty since 0 s.
    fn on_duty(capacity: u32) -> Self {
        let mut desk = Self::unborn();
        desk.does(CourierCommand::Configure(Box::new(settings(capacity))));
        desk.does(CourierCommand::GoOnDuty { shift_ends_at: None });
        desk
    }

    fn unborn() -> Self {
        let courier = Courier::new(ME);
        let (by, history) = (By::Courier(ME), Vec::new());
        Self { courier, policy: Policy::default(), now: 0, by, history }
    }

    fn asks(&self, command: &CourierCommand) -> Result<Decision<CourierEvent>, Refusal> {
        let context = Context { now: at(self.now), policy: &self.policy, by: self.by };
        self.courier.decide(command, &context)
    }

    fn tries(&mut self, command: CourierCommand) -> Result<Decision<CourierEvent>, Refusal> {
        let decision = self.asks(&command)?;
        for event in &decision.events {
            self.courier.apply(event, at(self.now));
            self.history.push((event.clone(), at(self.now)));
        }
        Ok(decision)
    }

    /// The kinds of the events, for tables.
    fn does(&mut self, command: CourierCommand) -> (Vec<&'static str>, Vec<Effect>) {
        let decision = self.tries(command).unwrap();
        (decision.events.iter().map(CourierEvent::kind).collect(), decision.effects)
    }

    fn offered(&mut self, n: u32) {
        let (events, _) = self.does(CourierCommand::MakeOffer(Box::new(made(n, 1))));
        assert_eq!(events, ["offer_made"]);
    }

    /// Offered, accepted, granted.
    fn takes(&mut self, n: u32) {
        self.offered(n);
        let (events, _) = self.does(CourierCommand::AcceptOffer { offer: offer(n, 1) });
        assert_eq!(events, ["offer_accepted"]);
        let (events, _) = self.does(CourierCommand::Granted { offer: offer(n, 1) });
        assert_eq!(events, ["offer_granted"]);
    }

    fn follows(&mut self, n: u32, step: TaskStep) -> Vec<&'static str> {
        self.does(CourierCommand::FollowDelivery { delivery: delivery(n), attempt: 1, step }).0
    }

    fn route(&self) -> Vec<(u128, StopKind)> {
        self.courier.stops().iter().map(|stop| (stop.delivery.bits(), stop.kind)).collect()
    }
}

/// What orders are told, in order.
fn told(effects: &[Effect]) -> Vec<OrderCommand> {
    let of_order = |effect: &Effect| match effect {
        Effect::Tell(Message::Order(_, command)) => Some((**command).clone()),
        Effect::Tell(
            Message::Payment(..)
            | Message::Inventory(..)
            | Message::Store(..)
            | Message::Courier(..),
        )
        | Effect::Arm { .. }
        | Effect::Source(_)
        | Effect::Report(_) => None,
    };
    effects.iter().filter_map(of_order).collect()
}

fn armed(effects: &[Effect]) -> Vec<(Timer, Timestamp)> {
    let timer = |effect: &Effect| match effect {
        Effect::Arm { timer, due } => Some((*timer, *due)),
        Effect::Tell(_) | Effect::Source(_) | Effect::Report(_) => None,
    };
    effects.iter().filter_map(timer).collect()
}
