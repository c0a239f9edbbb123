//! A furnished city in this process, and orders for it: what placement is measured on.

use std::sync::Arc;
use std::time::{Duration, Instant};

use actors::{
    Conflict, Idempotency, Output, Partition, PartitionConfig, PartitionHandle, PartitionState,
    PlaceRequest, Submission,
};
use dispatch::hours::OpeningHours;
use dispatch::inventory::{InventoryCommand, Observation};
use dispatch::order::{FeeShare, FulfillmentMode, OrderLine, PaymentMethod, PlaceOrder};
use dispatch::store::{StoreCommand, StoreSettings};
use dispatch::{By, Message, Policy};
use geo_index::{ServiceArea, StraightLine};
use persistence::{Journal, PartitionId};
use tokio::sync::mpsc;
use vocabulary::{
    Chance, Clock, Grams, IdSource, MerchantId, Meters, Money, OrderId, PersonId, Place,
    PrincipalId, Quantity, QuoteId, Seconds, SkuId, Slot, StoreId, SystemClock,
};

use crate::Latencies;

/// Stores in the city; even ones keep the first half of the SKUs, odd ones the second.
pub const STORES: u64 = 60;
pub const SKUS: u64 = 400;
/// Enough for any run: the bench is about placing, not about running out.
const ON_HAND: u32 = 100_000_000;

/// How many stores each order of the workload needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Workload {
    /// Three lines, two from one half of the SKUs and one from the other: a two-store hold.
    TwoStores,
    /// Three lines from one half, accepted by the store at once: one store, one delivery.
    OneStoreAccepted,
}

/// A partition on its own thread with a furnished city on it.
#[derive(Clone)]
pub struct Shop {
    pub handle: PartitionHandle,
    workload: Workload,
}

impl Shop {
    pub async fn open(journal: Journal, workload: Workload) -> Self {
        let shop = Self::start(journal, workload).await;
        shop.furnish().await;
        shop
    }

    /// The city as the journal has it, once it serves.
    pub async fn start(journal: Journal, workload: Workload) -> Self {
        let (outlet, mut outputs) = mpsc::channel::<Vec<Output>>(1_024);
        tokio::spawn(async move { while outputs.recv().await.is_some() {} });
        let config = PartitionConfig {
            id: PartitionId(1),
            owner: "bench".into(),
            url: "local".into(),
            center: center(),
            travel: Arc::new(|| Box::new(StraightLine::default())),
            policy: policy(),
            clock: Arc::new(SystemClock::default()),
            intake_capacity: 4_096,
            keys_for: Seconds(86_400),
            pairs_in_place: actors::PAIRS_A_MILLISECOND,
            above: Default::default(),
        };
        let Partition { handle, mut state } =
            match actors::start_thread(config, journal, outlet).await {
                Ok(partition) => partition,
                Err(error) => panic!("the partition does not start: {error}"),
            };
        if state.wait_for(|state| *state == PartitionState::Serving).await.is_err() {
            panic!("the partition ended before it served");
        }
        Self { handle, workload }
    }

    /// Stores side by side: each command waits for its commit, and commits are shared.
    async fn furnish(&self) {
        let stores = (0..STORES).map(|number| tokio::spawn(self.clone().furnish_store(number)));
        for store in stores.collect::<Vec<_>>() {
            if let Err(error) = store.await {
                panic!("a store cannot be furnished: {error}");
            }
        }
    }

    async fn furnish_store(self, number: u64) {
        let store = StoreId::from_bits(id(1, number));
        let settings = settings(number, self.workload == Workload::OneStoreAccepted);
        self.tell(Message::Store(store, Box::new(StoreCommand::Configure(settings)))).await;
        for sku in (0..SKUS).filter(|sku| (sku < &(SKUS / 2)) == number.is_multiple_of(2)) {
            let sku = sku_id(sku);
            let listed = InventoryCommand::SetListed { sku, listed: true };
            self.tell(Message::Inventory(store, Box::new(listed))).await;
            let counted = Observation::Counted { sku, on_hand: ON_HAND };
            let observed = InventoryCommand::Observe(counted);
            self.tell(Message::Inventory(store, Box::new(observed))).await;
        }
    }

    async fn tell(&self, message: Message) {
        let submission = Submission { by: by(), command: 0, trace: 0, keys: Vec::new() };
        if let Err(error) = self.handle.command(submission, message).await {
            panic!("the city cannot be furnished: {error}");
        }
    }

    /// Orders placed a second, and how long each took, with `in_flight` callers for `lasting`.
    pub async fn place_for(&self, in_flight: usize, lasting: Duration) -> (f64, Latencies) {
        let began = Instant::now();
        let end = began + lasting;
        let callers: Vec<_> = (0..in_flight as u64)
            .map(|caller| tokio::spawn(self.clone().place_until(caller, u64::MAX, end)))
            .collect();
        let latencies = gather(callers).await;
        (latencies.count() as f64 / began.elapsed().as_secs_f64(), latencies)
    }

    /// Places exactly `count` orders.
    pub async fn place_count(&self, count: u64, in_flight: u64) {
        let end = Instant::now() + Duration::from_secs(3_600);
        let callers: Vec<_> = (0..in_flight)
            .map(|caller| {
                let share = count / in_flight + u64::from(caller < count % in_flight);
                tokio::spawn(self.clone().place_until(caller, share, end))
            })
            .collect();
        gather(callers).await;
    }

    async fn place_until(self, caller: u64, most: u64, end: Instant) -> Latencies {
        let mut orders = Orders::new(caller, self.workload);
        let mut latencies = Latencies::default();
        while latencies.count() < most && Instant::now() < end {
            let (submission, request) = orders.next();
            let asked = Instant::now();
            if let Err(error) = self.handle.place(submission, request).await {
                panic!("an order was not placed: {error}");
            }
            latencies.record(asked.elapsed());
        }
        latencies
    }
}

async fn gather(callers: Vec<tokio::task::JoinHandle<Latencies>>) -> Latencies {
    let mut all = Latencies::default();
    for caller in callers {
        match caller.await {
            Ok(own) => all.merge(&own),
            Err(error) => panic!("a caller broke: {error}"),
        }
    }
    all
}

/// One caller's endless orders.
struct Orders {
    ids: IdSource,
    chance: Chance,
    clock: SystemClock,
    workload: Workload,
}

impl Orders {
    fn new(caller: u64, workload: Workload) -> Self {
        let mut chance = Chance::from_seed(caller ^ u64::from(std::process::id()) << 32);
        // Runs share one database: the birth of ids must differ between them.
        let seed = chance.next_u64() ^ Instant::now().elapsed().as_nanos() as u64;
        let ids = IdSource::new(Slot(1), Chance::from_seed(seed ^ nonce()));
        Self { ids, chance, clock: SystemClock::default(), workload }
    }

    fn next(&mut self) -> (Submission, PlaceRequest) {
        // Born now, as at the gateway: ids that grow with time land side by side in the file.
        let now = self.clock.now();
        let order: OrderId = self.ids.next(now);
        let halves = match self.workload {
            Workload::TwoStores => [0, 0, 1],
            Workload::OneStoreAccepted => [0, 0, 0],
        };
        let lines: Vec<OrderLine> =
            halves.iter().zip(1..).map(|(half, number)| self.line(*half, number)).collect();
        let east = (self.chance.unit() - 0.5) * 8_000.0;
        let place_order = PlaceOrder {
            channel: "app".into(),
            external_id: None,
            quote: self.ids.next::<QuoteId>(now),
            shopper: self.ids.next::<PersonId>(now),
            mode: FulfillmentMode::Delivery,
            destination: Some(east_of_center(east)),
            payable: lines.iter().map(|line| line.paid).sum(),
            lines,
            payment_method: match self.workload {
                Workload::TwoStores => PaymentMethod::Online,
                Workload::OneStoreAccepted => PaymentMethod::CashOnDelivery,
            },
            wanted_at: None,
            pinned_store: None,
            pickup_code_hash: None,
            uses: None,
        };
        let key = Idempotency {
            scope: "bench".into(),
            key: order.to_string(),
            body_hash: [7; 32],
            conflict: Conflict::IdempotencyKey,
        };
        let command = order.bits();
        let submission = Submission { by: by(), command, trace: command, keys: vec![key] };
        (submission, PlaceRequest { id: order, order: place_order, persons: Vec::new() })
    }

    fn line(&mut self, half: u64, number: u16) -> OrderLine {
        let sku =
            sku_id(half * (SKUS / 2) + self.chance.below(SKUS / 2 / 3) * 3 + u64::from(number) % 3);
        let price = Money::fen(1_290);
        OrderLine {
            line: number,
            sku,
            name: "鲜牛奶 950ml".into(),
            quantity: Quantity::new(1).unwrap_or_else(|_| unreachable!("one is a quantity")),
            list_price: price,
            unit_price: price,
            price_source: "list_price".into(),
            shares: Vec::new(),
            fees: vec![FeeShare {
                source: "delivery".into(),
                amount: Money::fen(200),
                tax_rate: 60,
                tax: Money::fen(11),
            }],
            paid: Money::fen(1_490),
            tax_class: "standard".into(),
            tax_rate: 130,
            tax: Money::fen(159),
            weight: Grams(980),
            keep_together: None,
            age_restricted: false,
        }
    }
}

fn nonce() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed)
}

fn policy() -> Policy {
    // Nothing expires and nobody is called while a bench runs.
    let mut policy =
        Policy { accept_sla_s: 86_400, payment_expires_after_s: 86_400, ..Policy::default() };
    policy.hold_expires_after_s = 86_400;
    policy.dispatch.escalate_after_s = 86_400;
    policy
}

fn by() -> By {
    By::Principal(PrincipalId::from_bits(id(9, 1)))
}

pub(crate) fn id(kind: u64, number: u64) -> u128 {
    (u128::from(kind) << 80) | (7 << 76) | (2 << 62) | u128::from(number)
}

pub(crate) fn sku_id(number: u64) -> SkuId {
    SkuId::from_bits(id(2, number))
}

fn center() -> Place {
    east_of_center(0.0)
}

/// Along the parallel of the city's center.
pub fn east_of_center(meters: f64) -> Place {
    Place::wrapped(30.6, 114.3 + meters / 95_800.0)
}

fn settings(number: u64, auto_accept: bool) -> Box<StoreSettings> {
    let place = east_of_center((number as f64 - STORES as f64 / 2.0) * 150.0);
    let hours = match OpeningHours::always("Asia/Shanghai") {
        Ok(hours) => hours,
        Err(error) => panic!("hours: {error}"),
    };
    Box::new(StoreSettings {
        name: format!("店 {number}"),
        merchant: MerchantId::from_bits(1),
        place,
        area: ServiceArea::Radius { center: place, radius: Meters(20_000) },
        hours,
        modes: vec![FulfillmentMode::Delivery],
        prep_time: Seconds(3_600 * 20),
        prep_per_open_order: Seconds(0),
        capacity_per_window: u32::MAX,
        auto_accept,
        version: 1,
    })
}
