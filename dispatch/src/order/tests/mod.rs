//! Orders played by hand: commands in, events and effects out, written as the words of the domain.

mod aftercare;
mod automaton;
mod change;
mod delivery;
mod express;
mod fulfillment;
mod moving;
mod payment;
mod placing;
mod returns;
mod rollup;
mod together;
mod uses;
mod walk;
mod words;

use vocabulary::{
    CourierId, DeliveryId, FulfillmentOrderId, Grams, Money, OfferId, OrderId, PersonId, Place,
    PrincipalId, Quantity, QuoteId, ReservationId, Seconds, SkuId, StoreId, Timestamp,
};

use super::*;
use crate::courier::CourierCommand;
use crate::inventory::{HoldRefusal, InventoryCommand};
use crate::payment::PaymentCommand;
use crate::sourcing::{PlanPart, SearchKind, SourcingPlan, SourcingPurpose};
use crate::store::StoreCommand;
use crate::{By, Message, Policy, Timer};
use words::{Told, effect_in_words};

pub const START: Timestamp = Timestamp::from_millis(1_795_000_000_000);
pub const STAFF: By = By::Principal(PrincipalId::from_bits(1));

pub fn store(n: u128) -> StoreId {
    StoreId::from_bits(100 + n)
}

pub fn courier(n: u128) -> CourierId {
    CourierId::from_bits(200 + n)
}

fn sku(line: LineNumber) -> SkuId {
    SkuId::from_bits(300 + u128::from(line))
}

/// Units of lines, as `(line, units)`.
pub fn units(lines: &[(LineNumber, u32)]) -> Vec<LineUnits> {
    let of = |(line, units): &(LineNumber, u32)| LineUnits {
        line: *line,
        sku: sku(*line),
        units: *units,
    };
    lines.iter().map(of).collect()
}

pub fn place_at(n: u32) -> Place {
    Place::new(31.2 + f64::from(n) / 1_000.0, 121.4).unwrap()
}

/// A plan as `(store, lines)`.
pub fn plan(parts: &[(u128, &[(LineNumber, u32)])]) -> SourcingPlan {
    let part = |(n, lines): &(u128, &[(LineNumber, u32)])| PlanPart {
        store: store(*n),
        place: place_at(*n as u32),
        lines: units(lines),
        distance: None,
        ready_at: START.after(Seconds(600)),
        promised_from: START.after(Seconds(1_800)),
        promised_by: START.after(Seconds(2_700)),
        release_at: None,
    };
    SourcingPlan {
        parts: parts.iter().map(part).collect(),
        search: SearchKind::Exact,
        because: Vec::new(),
    }
}

/// An order of these `(line, units)`; a unit of line n costs n yuan and a fen.
pub fn basket(lines: &[(LineNumber, u32)]) -> PlaceOrder {
    let discount = |source: &str, bearer: &str, fen| MoneyShare {
        source: source.into(),
        bearer: bearer.into(),
        amount: Money::fen(fen),
    };
    let line = |(line, units): &(LineNumber, u32)| OrderLine {
        line: *line,
        sku: sku(*line),
        name: "milk".into(),
        quantity: Quantity::new(*units).unwrap(),
        list_price: Money::fen(i64::from(*line) * 100 + 100),
        unit_price: Money::fen(i64::from(*line) * 100 + 100),
        price_source: "list_price".into(),
        shares: vec![
            discount("spend_and_save:c1", "hq", i64::from(*units) * 30),
            discount("spend_and_save:c1", "store", i64::from(*units) * 70 - 1),
        ],
        fees: Vec::new(),
        paid: Money::fen(i64::from(*line) * 100 * i64::from(*units) + 1),
        tax_class: "general".into(),
        tax_rate: 0,
        tax: Money::ZERO,
        weight: Grams(500),
        keep_together: None,
        age_restricted: false,
    };
    let lines: Vec<OrderLine> = lines.iter().map(line).collect();
    PlaceOrder {
        channel: "app".to_owned(),
        external_id: None,
        quote: QuoteId::from_bits(1),
        shopper: PersonId::from_bits(2),
        mode: FulfillmentMode::Delivery,
        destination: Some(place_at(50)),
        payable: lines.iter().map(|line| line.paid).sum(),
        lines,
        payment_method: PaymentMethod::Online,
        wanted_at: None,
        pinned_store: None,
        pickup_code_hash: None,
        uses: None,
    }
}

/// One order with nobody around it: tests say what the others answer.
pub struct Play {
    pub order: Order,
    pub now: Timestamp,
    pub policy: Policy,
    pub by: By,
    pub history: Vec<(Timestamp, OrderEvent)>,
    pub effects: Vec<Effect>,
}

impl Play {
    pub fn new() -> Self {
        let order = Order::new(OrderId::from_bits(0x19ab_3c00_0000_7000_8000_0000_0000_0001));
        Self {
            order,
            now: START,
            policy: Policy::default(),
            by: STAFF,
            history: Vec::new(),
            effects: Vec::new(),
        }
    }

    /// Placed and waiting for the stores' answers.
    pub fn placed(place: PlaceOrder, plan: SourcingPlan) -> Self {
        let mut play = Self::new();
        play.tell(OrderCommand::Place { order: Box::new(place), plan }).unwrap();
        play
    }

    /// All stores keep their units; the payment is awaited.
    pub fn pending(place: PlaceOrder, plan: SourcingPlan) -> Self {
        let mut play = Self::placed(place, plan);
        for n in 0..play.order.parts.len() {
            play.tell(play.held(n)).unwrap();
        }
        play
    }

    /// Paid, and on the stores' boards.
    pub fn open(place: PlaceOrder, plan: SourcingPlan) -> Self {
        let mut play = Self::pending(place, plan);
        let progress = match play.order.terms.payment_method {
            PaymentMethod::CashOnDelivery => PaymentProgress::Secured,
            PaymentMethod::Online | PaymentMethod::ChannelPaid => PaymentProgress::Captured,
        };
        play.tell(play.paid(progress)).unwrap();
        play
    }

    /// Three units of one line from store 1, by courier, paid online, open.
    pub fn simple() -> Self {
        Self::open(basket(&[(1, 3)]), plan(&[(1, &[(1, 3)])]))
    }

    /// The same, accepted: the delivery looks for a courier.
    pub fn accepted() -> Self {
        let mut play = Self::simple();
        play.tell(play.accepts(0)).unwrap();
        play
    }

    /// The same, granted to courier 1.
    pub fn assigned() -> Self {
        let mut play = Self::accepted();
        play.offer(1, &[1]);
        play.tell(play.grant(1, 1)).unwrap();
        play
    }

    /// The same, handed over.
    pub fn picked_up() -> Self {
        let mut play = Self::assigned();
        play.tell(play.hands_over(0, 1)).unwrap();
        play
    }

    /// The same, delivered and completed.
    pub fn delivered() -> Self {
        let mut play = Self::picked_up();
        play.tell(play.step(1, 1, delivered())).unwrap();
        play
    }

    /// Decides and folds; the answer is what happened and what is to be done, in words.
    pub fn tell(&mut self, command: OrderCommand) -> Result<Told, Refusal> {
        let context = Context { now: self.now, policy: &self.policy, by: self.by };
        let decision = self.order.decide(&command, &context)?;
        let events: Vec<_> = decision.events.iter().map(OrderEvent::kind).collect();
        let effects: Vec<_> = decision.effects.iter().map(effect_in_words).collect();
        for event in decision.events {
            self.order.apply(&event, self.now);
            self.history.push((self.now, event));
        }
        self.effects.extend(decision.effects);
        Ok(Told { events: events.join(" "), effects: effects.join(" ") })
    }

    /// The stable code of the refusal; the order must not have moved.
    pub fn refuses(&mut self, command: OrderCommand) -> &'static str {
        let before = self.order.clone();
        let refusal = self.tell(command).expect_err("this must be refused");
        assert_eq!(self.order, before);
        refusal.code()
    }

    pub fn nothing(&mut self, command: OrderCommand) {
        assert_eq!(self.tell(command), Ok(Told::default()));
    }

    pub fn after(mut self, seconds: u32) -> Self {
        self.now = self.now.after(Seconds(seconds));
        self
    }

    pub fn wait(&mut self, seconds: u32) {
        self.now = self.now.after(Seconds(seconds));
    }

    pub fn fulfillment(&self, n: usize) -> FulfillmentOrderId {
        self.order.parts[n].fulfillment_order
    }

    pub fn reservation(&self, n: usize) -> ReservationId {
        self.order.parts[n].reservation
    }

    pub fn held(&self, n: usize) -> OrderCommand {
        OrderCommand::AnswerHold { reservation: self.reservation(n), answer: Ok(()) }
    }

    pub fn lacking(&self, n: usize) -> OrderCommand {
        let refusal = HoldRefusal { sku: sku(1), available: 0, wanted: 1 };
        OrderCommand::AnswerHold { reservation: self.reservation(n), answer: Err(refusal) }
    }

    pub fn paid(&self, progress: PaymentProgress) -> OrderCommand {
        OrderCommand::AcceptPayment { payment: self.order.payment_id(), progress }
    }

    pub fn report(&self, n: usize, progress: FulfillmentProgress) -> OrderCommand {
        OrderCommand::ReportFulfillment { fulfillment_order: self.fulfillment(n), progress }
    }

    pub fn accepts(&self, n: usize) -> OrderCommand {
        let ready_at = self.now.after(Seconds(600));
        self.report(n, FulfillmentProgress::Accepted { ready_at })
    }

    pub fn hands_over(&self, n: usize, to: u128) -> OrderCommand {
        let to = Recipient::Courier { courier: courier(to) };
        self.report(n, FulfillmentProgress::HandedOver { to })
    }

    pub fn sourced(&self, answer: Result<SourcingPlan, Refusal>) -> OrderCommand {
        let request = self.order.requests.last().map_or(0, |open| open.request);
        OrderCommand::Sourced { request, plan: answer }
    }

    /// The last delivery.
    pub fn delivery(&self) -> &Delivery {
        self.order.deliveries.last().unwrap()
    }

    pub fn delivery_id(&self) -> DeliveryId {
        self.delivery().delivery
    }

    pub fn offers(&self, attempt: u32, couriers: &[u128]) -> OrderCommand {
        let proposal = |n: &u128| Proposal {
            courier: courier(*n),
            pickup_at: self.now.after(Seconds(300)),
            dropoff_at: self.now.after(Seconds(900)),
            because: format!("courier {n} is near"),
        };
        let proposals = couriers.iter().map(proposal).collect();
        OrderCommand::OfferDelivery { delivery: self.delivery_id(), attempt, proposals }
    }

    pub fn offer(&mut self, attempt: u32, couriers: &[u128]) {
        self.tell(self.offers(attempt, couriers)).unwrap();
    }

    /// The name of the offer that a courier has or had in an attempt.
    pub fn offer_of(&self, attempt: u32, n: u128) -> OfferId {
        let mut offers = self.history.iter().rev().filter_map(|(_, event)| match event {
            OrderEvent::DeliveryOffered { attempt: at, offers, .. } if *at == attempt => {
                offers.iter().find(|offer| offer.courier == courier(n))
            }
            _ => None,
        });
        offers.next().map_or(OfferId::from_bits(9), |offer| offer.offer)
    }

    pub fn grant(&self, attempt: u32, n: u128) -> OrderCommand {
        OrderCommand::GrantOffer {
            delivery: self.delivery_id(),
            attempt,
            offer: self.offer_of(attempt, n),
            courier: courier(n),
        }
    }

    pub fn closes(&self, attempt: u32, n: u128, why: OfferEnd) -> OrderCommand {
        OrderCommand::CloseOffer {
            delivery: self.delivery_id(),
            attempt,
            offer: self.offer_of(attempt, n),
            courier: courier(n),
            why,
        }
    }

    pub fn step(&self, attempt: u32, n: u128, step: DeliveryStep) -> OrderCommand {
        let delivery = self.delivery_id();
        OrderCommand::AdvanceDelivery { delivery, attempt, courier: courier(n), step }
    }

    pub fn part_status(&self, n: usize) -> &'static str {
        self.order.parts[n].status.text()
    }

    pub fn refunded_fen(&self) -> i64 {
        self.order.refunded().as_fen()
    }
}

pub fn delivered() -> DeliveryStep {
    DeliveryStep::Delivered { proof: ProofOfDelivery::HandedToPerson }
}

pub fn cancel(reason: CancelReason) -> OrderCommand {
    OrderCommand::Cancel { reason, note: None }
}

pub fn unfillable() -> Refusal {
    Refusal::Unfillable { summary: "no store has it".to_owned() }
}
