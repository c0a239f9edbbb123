//! One order among real stores, inventories, couriers and its payment: every message is carried to
//! its owner in order, as the partition does, and timers fire when their time comes.

mod stories;
mod walk;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use geo_index::{ServiceArea, TravelMode};
use vocabulary::{MerchantId, Meters};

use super::*;
use crate::courier::{Courier, CourierSettings};
use crate::hours::OpeningHours;
use crate::inventory::{Inventory, Observation};
use crate::payment::Payment;
use crate::sourcing::SourcingRequest;
use crate::store::{HandOverTo, Store, StoreSettings};

const CODE: &str = "042137";
const STORES: u128 = 4;
const COURIERS: u128 = 3;

struct Town {
    now: Timestamp,
    policy: Policy,
    order: Order,
    payment: Payment,
    stores: BTreeMap<StoreId, Store>,
    inventories: BTreeMap<StoreId, Inventory>,
    couriers: BTreeMap<CourierId, Courier>,
    timers: BTreeSet<(Timestamp, Owner, Timer)>,
    /// What owners refused each other: said aloud, because protocols must not rely on it.
    refused: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Owner {
    Order,
    Payment,
    Inventory(StoreId),
    Store(StoreId),
    Courier(CourierId),
}

impl Town {
    /// Each store has ten of both products; everybody is at work.
    fn new() -> Self {
        let id = Play::new().order.id;
        let order = Order::new(id);
        let payment = Payment::new(order.payment_id());
        let mut town = Self {
            now: START,
            policy: Policy::default(),
            order,
            payment,
            stores: (1..=STORES).map(|n| (store(n), Store::new(store(n)))).collect(),
            inventories: (1..=STORES).map(|n| (store(n), Inventory::new(store(n)))).collect(),
            couriers: (0..COURIERS).map(|n| (courier(n), Courier::new(courier(n)))).collect(),
            timers: BTreeSet::new(),
            refused: Vec::new(),
        };
        for n in 1..=STORES {
            town.at_store(n, StoreCommand::Configure(Box::new(settings(n)))).unwrap();
            for line in [1, 2] {
                let sku = sku(line);
                town.at_inventory(n, InventoryCommand::SetListed { sku, listed: true });
                town.at_inventory(n, InventoryCommand::Observe(counted(sku, 10)));
            }
        }
        for n in 0..COURIERS {
            town.by_courier(n, CourierCommand::Configure(Box::new(rider()))).unwrap();
            town.by_courier(n, CourierCommand::Heard).unwrap();
            let shift = CourierCommand::GoOnDuty { shift_ends_at: None };
            town.by_courier(n, shift).unwrap();
        }
        assert_eq!(town.refused, Vec::<String>::new());
        town
    }

    fn place(&mut self, order: PlaceOrder, plan: SourcingPlan) {
        self.order(OrderCommand::Place { order: Box::new(order), plan }).unwrap();
    }

    fn order(&mut self, command: OrderCommand) -> Result<(), Refusal> {
        let id = self.order.id;
        self.run(Message::Order(id, Box::new(command)), STAFF)
    }

    fn at_store(&mut self, n: u128, command: StoreCommand) -> Result<(), Refusal> {
        self.run(Message::Store(store(n), Box::new(command)), STAFF)
    }

    fn at_inventory(&mut self, n: u128, command: InventoryCommand) {
        self.run(Message::Inventory(store(n), Box::new(command)), STAFF).unwrap();
    }

    fn by_courier(&mut self, n: u128, command: CourierCommand) -> Result<(), Refusal> {
        self.run(Message::Courier(courier(n), Box::new(command)), By::Courier(courier(n)))
    }

    fn pay(&mut self) {
        let amount = self.order.payable();
        let command =
            PaymentCommand::Capture { amount, provider_reference: Some("bank-1".to_owned()) };
        let id = self.order.payment_id();
        self.run(Message::Payment(id, Box::new(command)), By::Provider).unwrap();
    }

    /// One command and everything that follows from it. Only the first may be refused to anybody.
    fn run(&mut self, message: Message, by: By) -> Result<(), Refusal> {
        let mut waiting = VecDeque::new();
        let first = self.hand_over(message, by, &mut waiting);
        while let Some(message) = waiting.pop_front() {
            let said = format!("{message:?}");
            if let Err(refusal) = self.hand_over(message, By::Partition, &mut waiting) {
                self.refused.push(format!("{refusal}: {said}"));
            }
        }
        first
    }

    fn hand_over(
        &mut self,
        message: Message,
        by: By,
        waiting: &mut VecDeque<Message>,
    ) -> Result<(), Refusal> {
        let context = Context { now: self.now, policy: &self.policy, by };
        let (owner, effects) = match message {
            Message::Order(id, command) => {
                assert_eq!(id, self.order.id);
                (Owner::Order, step(&mut self.order, &command, &context)?)
            }
            Message::Payment(id, command) => {
                assert_eq!(id, self.order.payment_id());
                (Owner::Payment, step(&mut self.payment, &command, &context)?)
            }
            Message::Inventory(id, command) => {
                let inventory = self.inventories.get_mut(&id).unwrap();
                (Owner::Inventory(id), step(inventory, &command, &context)?)
            }
            Message::Store(id, command) => {
                let store = self.stores.get_mut(&id).unwrap();
                (Owner::Store(id), step(store, &command, &context)?)
            }
            Message::Courier(id, command) => {
                let courier = self.couriers.get_mut(&id).unwrap();
                (Owner::Courier(id), step(courier, &command, &context)?)
            }
        };
        for effect in effects {
            match effect {
                Effect::Tell(message) => waiting.push_back(message),
                Effect::Arm { timer, due } => {
                    self.timers.insert((due, owner, timer));
                }
                Effect::Source(request) => {
                    let plan = self.find_store(&request);
                    let answer = OrderCommand::Sourced { request: request.request, plan };
                    waiting.push_back(Message::Order(self.order.id, Box::new(answer)));
                }
                // Whoever owns what is used hears of it elsewhere.
                Effect::Report(_) => {}
            }
        }
        Ok(())
    }

    /// The first store that has all of it.
    fn find_store(&self, request: &SourcingRequest) -> Result<SourcingPlan, Refusal> {
        let lines: Vec<_> = request.lines.iter().map(|line| (line.line, line.units)).collect();
        let has_all = |inventory: &Inventory| {
            lines.iter().all(|(line, units)| inventory.available(sku(*line)) >= Some(*units))
        };
        let allowed = self.inventories.iter().filter(|(id, inventory)| {
            !request.excluded.contains(id)
                && request.pinned.is_none_or(|pinned| pinned == **id)
                && has_all(inventory)
        });
        let found = allowed.map(|(id, _)| id.bits() - 100).next();
        found.map(|n| plan(&[(n, &lines)])).ok_or_else(unfillable)
    }

    /// Time passes; every timer that comes due fires at its time.
    fn wait(&mut self, seconds: u32) {
        let until = self.now.after(Seconds(seconds));
        while let Some((due, owner, timer)) = self.timers.first().copied() {
            if due > until {
                break;
            }
            self.timers.remove(&(due, owner, timer));
            self.now = self.now.max(due);
            let message = match owner {
                Owner::Order => {
                    Message::Order(self.order.id, Box::new(OrderCommand::TimerFired(timer)))
                }
                Owner::Payment => {
                    let id = self.order.payment_id();
                    Message::Payment(id, Box::new(PaymentCommand::TimerFired(timer)))
                }
                Owner::Inventory(id) => {
                    Message::Inventory(id, Box::new(InventoryCommand::TimerFired(timer)))
                }
                Owner::Store(id) => Message::Store(id, Box::new(StoreCommand::TimerFired(timer))),
                Owner::Courier(id) => {
                    Message::Courier(id, Box::new(CourierCommand::TimerFired(timer)))
                }
            };
            self.run(message, By::Timer).unwrap();
        }
        self.now = until;
    }

    /// The zone asks these couriers about everything that waits.
    fn offer_round(&mut self, couriers: &[u128]) {
        for row in self.order.pool_rows() {
            let proposal = |n: &u128| Proposal {
                courier: courier(*n),
                pickup_at: self.now,
                dropoff_at: self.now,
                because: "near".to_owned(),
            };
            let proposals = couriers.iter().map(proposal).collect();
            let (delivery, attempt) = (row.delivery, row.attempt);
            self.order(OrderCommand::OfferDelivery { delivery, attempt, proposals }).unwrap();
        }
    }

    fn accept_offer(&mut self, n: u128) -> Result<(), Refusal> {
        let offer = self.couriers[&courier(n)].offers().keys().next().copied();
        let offer = offer.ok_or(Refusal::OfferUnknown)?;
        self.by_courier(n, CourierCommand::AcceptOffer { offer })
    }

    fn part(&self, n: usize) -> (u128, FulfillmentOrderId) {
        let part = &self.order.parts[n];
        (part.store.bits() - 100, part.fulfillment_order)
    }

    fn accept_part(&mut self, n: usize) {
        let (at, fulfillment_order) = self.part(n);
        self.at_store(at, StoreCommand::Accept { fulfillment_order, ready_in: None }).unwrap();
    }

    fn hand_to_courier(&mut self, n: usize, who: u128) -> Result<(), Refusal> {
        let (at, fulfillment_order) = self.part(n);
        let to = HandOverTo::Courier { courier: courier(who) };
        self.at_store(at, StoreCommand::HandOver { fulfillment_order, to })
    }

    fn advance(&mut self, n: usize, step: DeliveryStep) -> Result<(), Refusal> {
        let delivery = &self.order.deliveries[n];
        let (id, attempt) = (delivery.delivery, delivery.attempt);
        let courier = delivery.courier().unwrap_or(courier(0));
        self.order(OrderCommand::AdvanceDelivery { delivery: id, attempt, courier, step })
    }

    fn on_hand(&self, n: u128, line: LineNumber) -> i64 {
        self.inventories[&store(n)].level(sku(line)).unwrap().on_hand
    }

    /// What is still kept for the order anywhere.
    fn reserved(&self) -> u32 {
        let all = self.inventories.values().flat_map(|inventory| inventory.reservations().values());
        let live = all.filter(|reservation| reservation.is_live());
        live.flat_map(|reservation| reservation.lines.iter()).map(|line| line.units).sum()
    }

    /// An order that is over has let go of stock, boards, couriers and money.
    #[track_caller]
    fn nobody_keeps_anything_of_it(&self) {
        assert!(self.order.status.is_over(), "{}", self.order.status_text());
        assert_eq!(self.reserved(), 0, "stock is still kept");
        for store in self.stores.values() {
            for share in store.fulfillment_orders().values() {
                assert!(share.state.is_over(), "a board still shows {}", share.status_text());
            }
        }
        for courier in self.couriers.values() {
            assert!(courier.tasks().is_empty(), "a courier still has it in hand");
            assert!(courier.offers().is_empty(), "a courier is still asked");
        }
        let kept = self.payment.refundable();
        // Nobody charged a late fee here, so an order without goods costs nothing.
        let owed = match self.order.status {
            OrderStatus::Completed { .. } => self.order.net_payable(),
            _ => Money::ZERO,
        };
        if self.payment.captured() > Money::ZERO {
            assert_eq!(kept, owed, "the payment kept another amount than the order says");
        }
    }
}

fn step<M: Machine>(
    machine: &mut M,
    command: &M::Command,
    context: &Context<'_>,
) -> Result<Vec<Effect>, Refusal> {
    let decision = machine.decide(command, context)?;
    for event in &decision.events {
        machine.apply(event, context.now);
    }
    Ok(decision.effects)
}

fn settings(n: u128) -> StoreSettings {
    let place = place_at(n as u32);
    StoreSettings {
        name: format!("第{n}店"),
        merchant: MerchantId::from_bits(1),
        place,
        area: ServiceArea::Radius { center: place, radius: Meters(9_000) },
        hours: OpeningHours::always("Asia/Shanghai").unwrap(),
        modes: vec![FulfillmentMode::Delivery, FulfillmentMode::Pickup, FulfillmentMode::Express],
        prep_time: Seconds(600),
        prep_per_open_order: Seconds(60),
        capacity_per_window: 10,
        auto_accept: false,
        version: 1,
    }
}

fn rider() -> CourierSettings {
    CourierSettings {
        display_name: "小王".to_owned(),
        mode: TravelMode::Ebike,
        capacity: 3,
        max_weight: Grams(20_000),
        home: None,
        version: 1,
    }
}

fn counted(sku: SkuId, on_hand: u32) -> Observation {
    Observation::Counted { sku, on_hand }
}
