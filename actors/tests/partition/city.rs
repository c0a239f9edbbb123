//! A small city in one process: stores in a row, three SKUs, couriers on duty.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix::System;
use actors::{
    Above, Change, CommandError, Conflict, Idempotency, Metrics, Output, Partition,
    PartitionConfig, PartitionHandle, PartitionState, Ping, PlaceRequest, Placed, RuntimeClock,
    Submission, Topic,
};
use dispatch::courier::{CourierCommand, CourierSettings};
use dispatch::hours::OpeningHours;
use dispatch::inventory::{InventoryCommand, Observation};
use dispatch::order::{
    DeliveryStep, FulfillmentMode, OrderCommand, OrderLine, PaymentMethod, PlaceOrder,
    ProofOfDelivery,
};
use dispatch::store::{StoreCommand, StoreSettings, pickup_code};
use dispatch::{By, Message, Policy};
use geo_index::{ServiceArea, StraightLine, TravelMode};
use persistence::{Journal, MemoryOptions, PartitionId, Recovered, StateRow};
use tokio::sync::mpsc;
use vocabulary::{
    Clock, CourierId, Grams, MerchantId, Meters, Money, OfferId, OrderId, PersonId, Place,
    PrincipalId, Quantity, QuoteId, Seconds, SkuId, StoreId, Timestamp, VirtualClock,
};

pub const PICKUP_CODE: &str = "314159";
pub const NOON: Timestamp = Timestamp::from_millis(1_795_000_000_000);

pub struct City {
    journal: Journal,
    pub handle: PartitionHandle,
    heard: Rc<RefCell<Vec<String>>>,
    store_count: u32,
    clock: Arc<dyn Clock>,
}

/// What a partition starts from: its live rows, and what is beside them.
pub type Started = (Recovered, Vec<StateRow>);

/// Runs on one thread whose time stands still unless everybody waits.
pub fn on_paused_time<T>(test: impl Future<Output = T>) -> T {
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .unwrap()
    };
    System::with_tokio_rt(runtime).block_on(test)
}

/// In the city's own slot, 1.
fn id(kind: u64, number: u64) -> u128 {
    (u128::from(kind) << 80) | (7 << 76) | (2 << 62) | (1 << 58) | u128::from(number)
}

pub fn order_id(number: u64) -> OrderId {
    OrderId::from_bits(id(4, number))
}

pub fn store_id(number: u32) -> StoreId {
    StoreId::from_bits(id(1, u64::from(number)))
}

/// For how long keys are known.
pub const KEYS_FOR: Seconds = Seconds(86_400);

pub fn sku_id(number: usize) -> SkuId {
    SkuId::from_bits(id(2, number as u64))
}

fn place(east_m: f64) -> Place {
    Place::new(30.6, 114.3 + east_m / 95_800.0).unwrap()
}

impl City {
    pub async fn start(store_count: u32) -> Self {
        Self::start_with(store_count, usize::MAX).await
    }

    /// A city that plans every round on a thread of its own.
    pub async fn start_with_rounds_elsewhere(store_count: u32) -> Self {
        Self::start_with(store_count, 0).await
    }

    async fn start_with(store_count: u32, pairs: usize) -> Self {
        let journal = Journal::memory(MemoryOptions::default());
        let clock = Arc::new(RuntimeClock::starting_at(NOON));
        let city = Self::on(journal, store_count, clock, pairs, Above::default()).await;
        city.furnish().await;
        city
    }

    pub async fn on(
        journal: Journal,
        store_count: u32,
        clock: Arc<dyn Clock>,
        pairs_in_place: usize,
        above: Above,
    ) -> Self {
        let (outlet, mut outputs) = mpsc::channel::<Vec<Output>>(1_024);
        let heard = Rc::new(RefCell::new(Vec::new()));
        let ears = Rc::clone(&heard);
        actix::spawn(async move {
            while let Some(batch) = outputs.recv().await {
                ears.borrow_mut().extend(batch.iter().map(describe));
            }
        });
        let config = PartitionConfig {
            id: PartitionId(1),
            owner: "test".into(),
            url: "local".into(),
            center: place(0.0),
            travel: Arc::new(|| Box::new(StraightLine::default())),
            policy: Policy::default(),
            clock: Arc::clone(&clock),
            intake_capacity: 1_024,
            keys_for: KEYS_FOR,
            pairs_in_place,
            above,
        };
        let partition = Partition::start_here(config, journal.clone(), outlet);
        let mut state = partition.state.clone();
        state.wait_for(|state| *state == PartitionState::Serving).await.unwrap();
        Self { journal, handle: partition.handle, heard, store_count, clock }
    }

    /// A city of stores on a journal of its own, at a time that stands still: what happens in it is
    /// what it is told, and nothing else.
    pub async fn standing_still(journal: Journal, store_count: u32) -> Self {
        let clock = Arc::new(VirtualClock::starting_at(NOON));
        let city = Self::on(journal, store_count, clock, usize::MAX, Above::default()).await;
        city.furnish_stores().await;
        city
    }

    /// What is recorded, as it would be read after a restart.
    pub async fn recorded(&self) -> (Started, [u8; 32], String) {
        let partition = PartitionId(1);
        let recovered = self.journal.load(partition, Timestamp::default()).await.unwrap();
        let living = self.journal.living_states(partition).await.unwrap();
        let text = self.journal.dump(partition).await.unwrap();
        ((recovered, living), self.digest().await, text)
    }

    /// Drains this partition and starts another on the same journal.
    pub async fn restart(self) -> Self {
        self.handle.drain().await;
        Self::on(self.journal, self.store_count, self.clock, usize::MAX, Above::default()).await
    }

    /// A city that shares its journal, time and road with other partitions.
    pub async fn start_among_others(
        journal: Journal,
        store_count: u32,
        clock: RuntimeClock,
        above: Above,
    ) -> Self {
        let city = Self::on(journal, store_count, Arc::new(clock), usize::MAX, above).await;
        city.furnish().await;
        city
    }

    async fn furnish(&self) {
        self.furnish_stores().await;
        self.furnish_couriers().await;
    }

    async fn furnish_stores(&self) {
        for number in 0..self.store_count {
            let settings = StoreSettings {
                name: format!("store {number}"),
                merchant: MerchantId::from_bits(1),
                place: place(f64::from(number) * 800.0),
                area: ServiceArea::Radius {
                    center: place(f64::from(number) * 800.0),
                    radius: Meters(8_000),
                },
                hours: OpeningHours::always("Asia/Shanghai").unwrap(),
                modes: vec![
                    FulfillmentMode::Delivery,
                    FulfillmentMode::Pickup,
                    FulfillmentMode::Express,
                ],
                prep_time: Seconds(300),
                prep_per_open_order: Seconds(30),
                capacity_per_window: 100,
                auto_accept: false,
                version: 1,
            };
            let store = store_id(number);
            self.store(store, StoreCommand::Configure(Box::new(settings))).await.unwrap();
            for sku in 0..3 {
                let sku = sku_id(sku);
                let listed = InventoryCommand::SetListed { sku, listed: true };
                self.inventory(store, listed).await;
                let counted = Observation::Counted { sku, on_hand: 100 };
                self.inventory(store, InventoryCommand::Observe(counted)).await;
            }
        }
    }

    async fn furnish_couriers(&self) {
        for number in 0..3 {
            let courier = CourierId::from_bits(id(3, number));
            let settings = CourierSettings {
                display_name: format!("courier {number}"),
                mode: TravelMode::Ebike,
                capacity: 2,
                max_weight: Grams(20_000),
                home: None,
                version: 1,
            };
            self.courier(courier, CourierCommand::Configure(Box::new(settings))).await.unwrap();
            let on_duty = CourierCommand::GoOnDuty { shift_ends_at: None };
            self.courier(courier, on_duty).await.unwrap();
            let now = self.handle.read(|reader| reader.now()).await.unwrap();
            let at = place(200.0 + number as f64 * 300.0);
            assert!(self.handle.positions(courier, vec![Ping { place: at, at: now }]));
        }
    }

    pub fn submission(keys: Vec<Idempotency>) -> Submission {
        let by = By::Principal(PrincipalId::from_bits(7));
        Submission { by, command: 1, trace: 2, keys }
    }

    pub async fn command(&self, message: Message) -> Result<u64, CommandError> {
        self.handle.command(Self::submission(Vec::new()), message).await
    }

    pub async fn store(&self, store: StoreId, command: StoreCommand) -> Result<u64, CommandError> {
        self.command(Message::Store(store, Box::new(command))).await
    }

    async fn inventory(&self, store: StoreId, command: InventoryCommand) {
        self.command(Message::Inventory(store, Box::new(command))).await.unwrap();
    }

    async fn courier(
        &self,
        courier: CourierId,
        command: CourierCommand,
    ) -> Result<u64, CommandError> {
        self.command(Message::Courier(courier, Box::new(command))).await
    }

    pub async fn place(
        &self,
        lines: &[(usize, u32)],
        method: PaymentMethod,
        key: &str,
    ) -> Result<Placed, CommandError> {
        self.place_with(lines, method, key, |_| {}).await
    }

    /// A command under a key, and the sequence of its first answer.
    pub async fn pause_under(&self, key: &str, body: u8) -> Result<u64, CommandError> {
        let keys = vec![Idempotency {
            scope: "test".into(),
            key: key.into(),
            body_hash: [body; 32],
            conflict: Conflict::IdempotencyKey,
        }];
        let command = StoreCommand::Pause { until: None };
        let message = Message::Store(store_id(0), Box::new(command));
        self.handle.command(Self::submission(keys), message).await
    }

    pub async fn place_with(
        &self,
        lines: &[(usize, u32)],
        method: PaymentMethod,
        key: &str,
        change: impl FnOnce(&mut PlaceOrder),
    ) -> Result<Placed, CommandError> {
        let number = key.trim_start_matches('k').parse::<u64>().unwrap();
        let order = OrderId::from_bits(id(4, number));
        let lines: Vec<OrderLine> = lines.iter().zip(1..).map(line).collect();
        let mut place_order = PlaceOrder {
            channel: "app".into(),
            external_id: None,
            quote: QuoteId::from_bits(id(5, number)),
            shopper: PersonId::from_bits(id(6, number)),
            mode: FulfillmentMode::Delivery,
            destination: Some(place(500.0)),
            payable: lines.iter().map(|line| line.paid).sum(),
            lines,
            payment_method: method,
            wanted_at: None,
            pinned_store: None,
            pickup_code_hash: Some(pickup_code::hash(order, PICKUP_CODE)),
            uses: None,
        };
        change(&mut place_order);
        if place_order.mode == FulfillmentMode::Pickup {
            place_order.pinned_store = Some(store_id(0));
        }
        let body = place_order
            .lines
            .iter()
            .fold(0u8, |sum, line| sum.wrapping_mul(31).wrapping_add(line.quantity.get() as u8));
        let keys = vec![Idempotency {
            scope: "test".into(),
            key: key.into(),
            body_hash: [body; 32],
            conflict: Conflict::IdempotencyKey,
        }];
        let request = PlaceRequest { id: order, order: place_order, persons: Vec::new() };
        self.handle.place(Self::submission(keys), request).await
    }

    /// Waits, in the city's time, until some courier has an offer.
    pub async fn next_offer(&self) -> (CourierId, OfferId) {
        for _ in 0..600 {
            let offer = self.handle.read(|reader| {
                let mut found = None;
                reader.each_courier(|id, courier| {
                    found = found.or(courier.offers().keys().next().map(|offer| (id, *offer)));
                });
                found
            });
            if let Some(found) = offer.await.unwrap() {
                return found;
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        panic!("nobody was offered anything in ten minutes");
    }

    pub async fn accept(&self, courier: CourierId, offer: OfferId) -> Result<u64, CommandError> {
        self.courier(courier, CourierCommand::AcceptOffer { offer }).await
    }

    pub async fn deliver(&self, order: OrderId, courier: CourierId) -> Result<u64, CommandError> {
        let delivery = self
            .handle
            .read_order(order, |order| {
                let delivery = &order.deliveries[0];
                (delivery.delivery, delivery.attempt)
            })
            .await?;
        let step = DeliveryStep::Delivered { proof: ProofOfDelivery::HandedToPerson };
        let (delivery, attempt) = delivery;
        let command = OrderCommand::AdvanceDelivery { delivery, attempt, courier, step };
        self.command(Message::Order(order, Box::new(command))).await
    }

    pub async fn status(&self, order: OrderId) -> &'static str {
        self.handle.read_order(order, |order| order.status_text()).await.unwrap()
    }

    pub async fn stores_of(&self, order: OrderId) -> Vec<StoreId> {
        let stores =
            |order: &dispatch::order::Order| order.parts.iter().map(|part| part.store).collect();
        self.handle.read_order(order, stores).await.unwrap()
    }

    async fn level(&self, store: StoreId, sku: usize) -> (i64, u32) {
        self.handle
            .read(move |reader| {
                reader.inventory(store, |inventory| {
                    let level = inventory.level(sku_id(sku)).unwrap();
                    (level.on_hand, level.reserved)
                })
            })
            .await
            .unwrap()
            .unwrap()
    }

    pub async fn on_hand(&self, store: StoreId, sku: usize) -> i64 {
        self.level(store, sku).await.0
    }

    pub async fn reserved(&self, store: StoreId, sku: usize) -> u32 {
        self.level(store, sku).await.1
    }

    pub async fn reserved_everywhere(&self, sku: usize) -> u32 {
        let mut reserved = 0;
        for number in 0..self.store_count {
            reserved += self.reserved(store_id(number), sku).await;
        }
        reserved
    }

    /// Forgets the answers that are older than the keys' time.
    pub async fn forget_keys(&self) -> u64 {
        let now = self.handle.read(|reader| reader.now()).await.unwrap();
        self.handle.forget_keys(now.before(KEYS_FOR)).await.unwrap()
    }

    pub fn metrics(&self) -> &Metrics {
        self.handle.metrics()
    }

    pub async fn digest(&self) -> [u8; 32] {
        self.handle.read(|_| ()).await.unwrap();
        self.journal.journal_digest(PartitionId(1)).await.unwrap()
    }

    pub async fn listen(&self, topic: Topic) {
        self.handle.subscribe(1, topic).unwrap();
        self.handle.read(|_| ()).await.unwrap();
    }

    pub async fn heard(&self) -> Vec<String> {
        self.handle.read(|_| ()).await.unwrap();
        tokio::time::sleep(Duration::from_millis(1)).await;
        self.heard.borrow().clone()
    }

    /// Memory is the fold of the journal: orders replayed from their events equal the stored rows.
    pub async fn check_state_rows_are_the_fold_of_events(&self) {
        use dispatch::Machine;
        use dispatch::order::{Order, OrderEvent};
        self.handle.read(|_| ()).await.unwrap();
        let events = self.journal.feed(PartitionId(1), 0, 10_000).await.unwrap();
        let mut orders: BTreeMap<u128, Order> = BTreeMap::new();
        for row in events.iter().filter(|row| row.entity_kind == "order") {
            let order = orders
                .entry(row.entity)
                .or_insert_with(|| Order::new(OrderId::from_bits(row.entity)));
            let event: OrderEvent = serde_json::from_str(&row.payload).unwrap();
            order.apply(&event, row.at);
        }
        for (bits, folded) in orders {
            let id = OrderId::from_bits(bits);
            let kept = self.handle.read_order(id, Clone::clone).await.unwrap();
            assert_eq!(kept, folded);
        }
    }
}

fn line(((sku, units), number): (&(usize, u32), u16)) -> OrderLine {
    let price = Money::fen(1_250);
    let paid = price.checked_times(*units).unwrap();
    OrderLine {
        line: number,
        sku: sku_id(*sku),
        name: "milk".into(),
        quantity: Quantity::new(*units).unwrap(),
        list_price: price,
        unit_price: price,
        price_source: "list_price".into(),
        shares: Vec::new(),
        fees: Vec::new(),
        paid,
        tax_class: "standard".into(),
        tax_rate: 130,
        tax: Money::ZERO,
        weight: Grams(500),
        keep_together: None,
        age_restricted: false,
    }
}

fn describe(output: &Output) -> String {
    let of = |change: &Change| match change {
        Change::Board { fulfillment_orders, .. } => fulfillment_orders.len(),
        Change::Operations { orders } => orders.len(),
        Change::Order { .. }
        | Change::Courier { .. }
        | Change::Figures { .. }
        | Change::Position { .. } => 1,
    };
    match output {
        Output::Recovered { epoch } => format!("recovered {epoch}"),
        Output::Publish(publication) => {
            let kind = match publication.topic {
                Topic::Board(_) => "board",
                Topic::Order(_) => "order",
                Topic::Courier(_) => "courier",
                Topic::Operations => "operations",
                Topic::Reports | Topic::StoreReports(_) => "reports",
            };
            format!("{kind} of {}", of(&publication.change))
        }
        Output::Snapshot { change, .. } => format!("snapshot of {}", of(change)),
        Output::NoSuchTopic { .. } => "no such topic".into(),
    }
}
