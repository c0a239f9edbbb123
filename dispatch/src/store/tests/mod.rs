//! A desk to try commands on, the table of a fulfillment order's life, stories and random walks.

mod front;
mod life;
mod stories;
mod walk;

use std::collections::BTreeMap;

use geo_index::ServiceArea;
use vocabulary::{
    CourierId, FulfillmentOrderId, MerchantId, Meters, OrderId, Place, ReservationId, Seconds,
    SkuId, StoreId, Timestamp,
};

use super::*;
use crate::hours::OpeningHours;
use crate::inventory::{InventoryCommand, ReleaseReason};
use crate::order::line::LineUnits;
use crate::order::{FulfillmentMode, FulfillmentProgress, OrderCommand, Recipient};
use crate::{By, Context, Decision, Effect, Machine, Message, Policy, Refusal, Timer};

const STORE: StoreId = StoreId::from_bits(1);
const MILK: SkuId = SkuId::from_bits(10);
const RICE: SkuId = SkuId::from_bits(11);
const COURIER: CourierId = CourierId::from_bits(50);
const CODE: &str = "042137";
const PREP: Seconds = Seconds(600);
const PREP_PER_OPEN_ORDER: Seconds = Seconds(60);

fn order(number: u128) -> OrderId {
    OrderId::from_bits(100 + number)
}

fn share(number: u128) -> FulfillmentOrderId {
    FulfillmentOrderId::from_bits(300 + number)
}

fn reservation(number: u128) -> ReservationId {
    ReservationId::from_bits(200 + number)
}

fn units(line: u16, sku: SkuId, units: u32) -> LineUnits {
    LineUnits { line, sku, units }
}

fn settings() -> StoreSettings {
    let place = Place::new(31.23, 121.47).unwrap();
    StoreSettings {
        name: "巷口小馆".into(),
        merchant: MerchantId::from_bits(1),
        place,
        area: ServiceArea::Radius { center: place, radius: Meters(3_000) },
        hours: OpeningHours::always("Asia/Shanghai").unwrap(),
        modes: vec![FulfillmentMode::Delivery, FulfillmentMode::Pickup, FulfillmentMode::Express],
        prep_time: PREP,
        prep_per_open_order: PREP_PER_OPEN_ORDER,
        capacity_per_window: 10,
        auto_accept: false,
        version: 1,
    }
}

/// A store with its journal, its rows as the shell would write them, and a clock.
struct Desk {
    store: Store,
    now: Timestamp,
    policy: Policy,
    journal: Vec<(String, Timestamp)>,
    rows: BTreeMap<StoreRow, String>,
}

impl Desk {
    fn unconfigured() -> Self {
        Self {
            store: Store::new(STORE),
            now: Timestamp::from_millis(1_790_000_000_000),
            policy: Policy::default(),
            journal: Vec::new(),
            rows: BTreeMap::new(),
        }
    }

    fn open() -> Self {
        Self::with(settings())
    }

    fn with(settings: StoreSettings) -> Self {
        let mut desk = Self::unconfigured();
        desk.tell(StoreCommand::Configure(Box::new(settings)));
        desk
    }

    fn wait(&mut self, span: Seconds) {
        self.now = self.now.after(span);
    }

    fn try_to(&mut self, command: StoreCommand) -> Result<Decision<StoreEvent>, Refusal> {
        let context = Context { now: self.now, policy: &self.policy, by: By::Partition };
        let decision = self.store.decide(&command, &context)?;
        for event in &decision.events {
            self.record(event);
        }
        Ok(decision)
    }

    fn tell(&mut self, command: StoreCommand) -> Decision<StoreEvent> {
        self.try_to(command).unwrap()
    }

    /// What the shell does: write the event, apply it, write the rows it touched.
    fn record(&mut self, event: &StoreEvent) {
        let text = serde_json::to_string(event).unwrap();
        assert!(text.starts_with(&format!(r#"{{"kind":"{}""#, event.kind())), "{text}");
        assert_eq!(&serde_json::from_str::<StoreEvent>(&text).unwrap(), event);
        self.journal.push((text, self.now));
        self.store.apply(event, self.now);
        for row in Store::touched(event) {
            let text = match row {
                StoreRow::Settings => serde_json::to_string(self.store.settings().unwrap()),
                StoreRow::Front => serde_json::to_string(self.store.front()),
                StoreRow::FulfillmentOrder(id) => {
                    serde_json::to_string(self.store.fulfillment_order(id).unwrap())
                }
            };
            self.rows.insert(row, text.unwrap());
        }
    }

    /// The store as a restart would find it.
    fn recovered(&self) -> Store {
        let (mut settings, mut front, mut shares) = (None, StoreFront::default(), Vec::new());
        for (row, text) in &self.rows {
            match row {
                StoreRow::Settings => settings = Some(serde_json::from_str(text).unwrap()),
                StoreRow::Front => front = serde_json::from_str(text).unwrap(),
                StoreRow::FulfillmentOrder(id) => {
                    shares.push((*id, serde_json::from_str(text).unwrap()));
                }
            }
        }
        Store::restore(STORE, settings, front, shares)
    }

    fn replayed(&self) -> Store {
        let mut store = Store::new(STORE);
        for (text, at) in &self.journal {
            store.apply(&serde_json::from_str(text).unwrap(), *at);
        }
        store
    }

    /// Three bottles of milk and two bags of rice, promised within the hour.
    fn wish(&self, number: u128, mode: FulfillmentMode) -> AssignFulfillment {
        let line =
            |line, sku, units| FulfillmentLine { line, sku, name: "鲜牛奶".into(), units };
        let has_code = mode == FulfillmentMode::Pickup;
        AssignFulfillment {
            fulfillment_order: share(number),
            order: order(number),
            reservation: reservation(number),
            mode,
            lines: vec![line(1, MILK, 3), line(2, RICE, 2)],
            promised_by: self.now.after(Seconds::minutes(60)),
            release_at: None,
            pickup_code_hash: has_code.then(|| pickup_code::hash(order(number), CODE)),
        }
    }

    fn assign(&mut self, number: u128, mode: FulfillmentMode) -> Decision<StoreEvent> {
        let wish = self.wish(number, mode);
        self.tell(StoreCommand::Assign(Box::new(wish)))
    }

    fn accept(&mut self, number: u128) -> Decision<StoreEvent> {
        let fulfillment_order = share(number);
        self.tell(StoreCommand::Accept { fulfillment_order, ready_in: None })
    }

    fn hand_over(&mut self, number: u128, to: HandOverTo) -> Result<Decision<StoreEvent>, Refusal> {
        self.try_to(StoreCommand::HandOver { fulfillment_order: share(number), to })
    }

    fn fire(&mut self, timer: Timer) -> Decision<StoreEvent> {
        self.tell(StoreCommand::TimerFired(timer))
    }

    fn get(&self, number: u128) -> &FulfillmentOrder {
        self.store.fulfillment_order(share(number)).unwrap()
    }

    fn status(&self, number: u128) -> &'static str {
        self.get(number).status_text()
    }
}

fn kinds(decision: &Decision<StoreEvent>) -> Vec<&'static str> {
    decision.events.iter().map(StoreEvent::kind).collect()
}

/// What the order hears.
fn reports(decision: &Decision<StoreEvent>) -> Vec<FulfillmentProgress> {
    let reports = decision.effects.iter().filter_map(|effect| match effect {
        Effect::Tell(Message::Order(_, command)) => match &**command {
            OrderCommand::ReportFulfillment { progress, .. } => Some(progress.clone()),
            other => panic!("a store only reports to orders, not {other:?}"),
        },
        _ => None,
    });
    reports.collect()
}

/// What the inventory hears.
fn stock_words(decision: &Decision<StoreEvent>) -> Vec<InventoryCommand> {
    let commands = decision.effects.iter().filter_map(|effect| match effect {
        Effect::Tell(Message::Inventory(store, command)) => {
            assert_eq!(*store, STORE);
            Some((**command).clone())
        }
        _ => None,
    });
    commands.collect()
}

fn armed(decision: &Decision<StoreEvent>) -> Vec<(Timer, Timestamp)> {
    let arms = decision.effects.iter().filter_map(|effect| match effect {
        Effect::Arm { timer, due } => Some((*timer, *due)),
        _ => None,
    });
    arms.collect()
}

fn to_courier() -> HandOverTo {
    HandOverTo::Courier { courier: COURIER }
}

fn to_shopper(code: &str) -> HandOverTo {
    HandOverTo::Shopper { code: code.into() }
}

fn to_carrier() -> HandOverTo {
    HandOverTo::Carrier { carrier: "顺丰".into(), tracking_number: "SF1".into() }
}
