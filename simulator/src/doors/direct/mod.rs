//! The door into a partition on this very thread: no wire, no server, and time that jumps to the
//! next thing to do. Equal seeds give equal journals.
//!
//! A basket is priced here as a checkout prices it; nothing else is decided.

mod basket;
mod message;
mod screens;
mod views;

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use actors::{
    CommandError, Conflict, Idempotency, Partition, PartitionConfig, PartitionHandle, PlaceRequest,
    RuntimeClock, Submission, Topic,
};
use dispatch::courier::{CourierCommand, CourierSettings};
use dispatch::hours::OpeningHours;
use dispatch::inventory::{InventoryCommand, Observation};
use dispatch::store::{StoreCommand, StoreSettings};
use dispatch::transfer::{TransferCommand, TransferLine};
use dispatch::{By, Message, Policy};
use geo_index::{StraightLine, TravelMode, TravelTime};
use persistence::{Journal, MemoryOptions, PartitionId};
use tokio::sync::mpsc;
use vocabulary::{
    Chance, Clock, CourierId, IdSource, OrderId, PersonId, Place, QuoteId, Seconds, SkuId, Slot,
    StoreId, Timestamp, TransferId,
};

use self::basket::{Buyer, PriceList};
use self::screens::Screens;
use super::keys::fingerprint;
use super::{
    Act, BoardView, CourierView, Doors, Failure, OrderView, Ping, Placement, Receipt, Seat, Watched,
};
use crate::feed::RawEvent;
use crate::town::{StoreSetup, Town, TravelSetup};

const PARTITION: PartitionId = PartitionId(0);
/// Rows of the feed a call.
const PAGE: u32 = 2_000;
/// Commands that may wait at the partition's border; the whole town fits.
const INTAKE: usize = 65_536;

/// How a partition of this process is set up.
pub struct DirectConfig {
    pub seed: u64,
    pub center: Place,
    pub travel: TravelSetup,
    pub policy: Policy,
    pub begins_at: Timestamp,
}

/// A partition and everything its people need. Lives as long as its thread's System.
pub struct Direct {
    handle: PartitionHandle,
    journal: Journal,
    clock: Arc<dyn Clock>,
    screens: Rc<Screens>,
    state: RefCell<State>,
}

struct State {
    ids: IdSource,
    chance: Chance,
    prices: PriceList,
    commands: u128,
}

impl Direct {
    /// Starts a partition with a journal in memory on the current thread. Call it inside an actix
    /// System whose time is paused.
    pub fn start(config: DirectConfig) -> Self {
        let journal = Journal::memory(MemoryOptions { history: true });
        let clock: Arc<dyn Clock> = Arc::new(RuntimeClock::starting_at(config.begins_at));
        let travel = straight_line(config.travel);
        let (outlet, outputs) = mpsc::channel(1_024);
        let partition = Partition::start_here(
            PartitionConfig {
                id: PARTITION,
                owner: "simulator".to_owned(),
                url: "in this process".to_owned(),
                center: config.center,
                travel: Arc::new(move || Box::new(travel) as Box<dyn TravelTime>),
                policy: config.policy,
                clock: Arc::clone(&clock),
                intake_capacity: INTAKE,
                keys_for: Seconds::minutes(30),
                pairs_in_place: usize::MAX,
                above: Default::default(),
            },
            journal.clone(),
            outlet,
        );
        let screens = Rc::new(Screens::new(partition.handle.clone()));
        tokio::task::spawn_local(Rc::clone(&screens).follow(outputs));
        let mut chance = Chance::from_seed(config.seed);
        let ids = IdSource::new(Slot::default(), chance.fork(1));
        let state = State { ids, chance, prices: PriceList::default(), commands: 0 };
        Self { handle: partition.handle, journal, clock, screens, state: RefCell::new(state) }
    }

    /// SHA-256 over every event so far, as hexadecimal digits.
    pub async fn digest(&self) -> Result<String, Failure> {
        let digest = self.journal.journal_digest(PARTITION).await;
        let digest = digest.map_err(|error| Failure::new("journal", error.to_string()))?;
        Ok(digest.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Records what is pending, then ends the partition.
    pub async fn close(&self) {
        self.handle.drain().await;
    }

    pub fn set_policy(&self, policy: Policy) -> Result<(), Failure> {
        self.handle.set_policy(policy).map_err(failure)
    }

    fn submission(&self, seat: Seat, key: &str, body: &str) -> Submission {
        let mut state = self.state.borrow_mut();
        state.commands += 1;
        let keys = if key.is_empty() {
            Vec::new()
        } else {
            vec![Idempotency {
                scope: format!("{seat:?}"),
                key: key.to_owned(),
                body_hash: fingerprint(body),
                conflict: Conflict::IdempotencyKey,
            }]
        };
        Submission { by: message::by(seat), command: state.commands, trace: state.commands, keys }
    }

    async fn tell(&self, message: Message) -> Result<(), Failure> {
        let submission = self.submission(Seat::Headquarters, "", "");
        self.handle.command(submission, message).await.map(drop).map_err(failure)
    }

    async fn furnish_store(&self, setup: &StoreSetup) -> Result<(), Failure> {
        let settings = StoreCommand::Configure(Box::new(settings_of(setup)?));
        self.tell(Message::Store(setup.id, Box::new(settings))).await?;
        for stock in &setup.stock {
            let initial = Observation::Adjusted {
                sku: stock.sku,
                delta: i64::from(stock.on_hand),
                reason: "initial".to_owned(),
            };
            let mut commands = vec![
                InventoryCommand::Observe(initial),
                InventoryCommand::SetListed { sku: stock.sku, listed: true },
            ];
            if stock.safety_stock > 0 {
                let (sku, units) = (stock.sku, stock.safety_stock);
                commands.push(InventoryCommand::SetSafetyStock { sku, units });
            }
            for command in commands {
                self.tell(Message::Inventory(setup.id, Box::new(command))).await?;
            }
        }
        Ok(())
    }
}

impl Doors for Direct {
    fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock)
    }

    async fn furnish(&self, town: &Town) -> Result<(), Failure> {
        self.state.borrow_mut().prices = PriceList::of(town)?;
        for store in &town.stores {
            self.furnish_store(store).await?;
        }
        for setup in &town.couriers {
            let settings = CourierSettings {
                display_name: setup.name.clone(),
                mode: setup.mode,
                capacity: setup.capacity,
                max_weight: setup.max_weight,
                home: Some(setup.home),
                version: 1,
            };
            let command = CourierCommand::Configure(Box::new(settings));
            self.tell(Message::Courier(setup.id, Box::new(command))).await?;
        }
        Ok(())
    }

    async fn place(&self, placement: &Placement) -> Result<Receipt, Failure> {
        let now = self.clock.now();
        let (id, order, code) = {
            let state = &mut *self.state.borrow_mut();
            let id: OrderId = state.ids.next(now);
            let (quote, person): (QuoteId, PersonId) = (state.ids.next(now), state.ids.next(now));
            let code = format!("{:06}", state.chance.below(1_000_000));
            let buyer = Buyer { order: id, quote, shopper: person, code: &code };
            let order = state.prices.checkout(placement, &buyer, now)?;
            (id, order, code)
        };
        let is_pickup = order.pickup_code_hash.is_some();
        let mut submission =
            self.submission(Seat::Headquarters, &placement.key, &format!("{placement:?}"));
        submission.by = By::Shopper(id);
        let request = PlaceRequest { id, order, persons: Vec::new() };
        let placed = self.handle.place(submission, request).await.map_err(failure)?;
        Ok(Receipt {
            order: placed.order,
            payment: placed.payment,
            payable: placed.payable,
            parts: placed.parts.iter().map(|part| (part.fulfillment_order, part.store)).collect(),
            pickup_code: is_pickup.then_some(code),
        })
    }

    async fn act(&self, act: &Act) -> Result<(), Failure> {
        let submission = self.submission(act.seat, &act.key, &format!("{:?}", act.deed));
        let done = self.handle.command(submission, message::of(&act.deed)).await;
        done.map(drop).map_err(failure)
    }

    async fn send_goods(
        &self,
        from: StoreId,
        to: StoreId,
        (sku, units): (SkuId, u32),
        _key: &str,
    ) -> Result<TransferId, Failure> {
        let now = self.clock.now();
        let id: TransferId = self.state.borrow_mut().ids.next(now);
        let lines = vec![TransferLine { sku, units }];
        for command in [TransferCommand::Draft { to, lines, note: None }, TransferCommand::Ready] {
            self.tell(message::transfer(from, id, command)).await?;
        }
        Ok(id)
    }

    async fn positions(&self, courier: CourierId, pings: Vec<Ping>) {
        let pings = pings.iter().map(|ping| actors::Ping { place: ping.place, at: ping.at });
        // A dropped position is followed by the next one.
        let _ = self.handle.positions(courier, pings.collect());
    }

    async fn order(&self, order: OrderId) -> Result<OrderView, Failure> {
        self.handle.read_order(order, views::order).await.map_err(failure)
    }

    fn answers_take_time(&self) -> bool {
        false
    }

    fn disconnect(&self, _seat: Seat, _lasts: std::time::Duration) {}

    fn watch_order(&self, order: OrderId) -> Watched<OrderView> {
        self.screens.order(Topic::Order(order))
    }

    fn watch_board(&self, store: StoreId) -> Watched<BoardView> {
        self.screens.board(Topic::Board(store))
    }

    fn watch_courier(&self, courier: CourierId) -> Watched<CourierView> {
        self.screens.courier(Topic::Courier(courier))
    }

    async fn feed(&self, after: u64) -> Result<Vec<RawEvent>, Failure> {
        let rows = self.journal.feed(PARTITION, after, PAGE).await;
        let rows = rows.map_err(|error| Failure::new("journal", error.to_string()))?;
        Ok(rows
            .into_iter()
            .map(|row| RawEvent {
                seq: row.seq,
                entity_kind: row.entity_kind.into_owned(),
                entity: OrderId::from_bits(row.entity).to_string(),
                entity_seq: row.entity_seq,
                at_ms: row.at.as_millis(),
                kind: row.kind.into_owned(),
                payload: row.payload,
            })
            .collect())
    }
}

fn settings_of(setup: &StoreSetup) -> Result<StoreSettings, Failure> {
    let hours = OpeningHours::try_from(setup.hours.clone())
        .map_err(|error| Failure::new("hours", error.to_string()))?;
    Ok(StoreSettings {
        name: setup.name.clone(),
        merchant: setup.merchant,
        place: setup.place,
        area: setup.area.clone(),
        hours,
        modes: setup.modes.clone(),
        prep_time: setup.prep_time,
        prep_per_open_order: setup.prep_per_open_order,
        capacity_per_window: setup.capacity_per_window,
        auto_accept: setup.auto_accept,
        version: 1,
    })
}

/// The town's streets as the core guesses them; nonsense falls back to the usual guess.
fn straight_line(travel: TravelSetup) -> StraightLine {
    let usual = StraightLine::default();
    let speed = |mode| match mode {
        TravelMode::Ebike => travel.ebike_metres_per_second,
        TravelMode::Walk | TravelMode::Bicycle | TravelMode::Car => usual.metres_per_second(mode),
    };
    StraightLine::new(travel.detour_factor, speed).unwrap_or(usual)
}

fn failure(error: CommandError) -> Failure {
    let message = error.to_string();
    match error {
        CommandError::Refused(refusal) => Failure::new(refusal.code(), message),
        CommandError::Declined(refusal) => Failure::new(refusal.code(), message),
        CommandError::Unknown { .. } => Failure::new("not_found", message),
        CommandError::Conflict(_) => Failure::new("conflict", message),
        CommandError::Busy => Failure::retryable("busy", message),
        CommandError::Unavailable => Failure::retryable("unavailable", message),
        CommandError::NotOwner { .. } => Failure::retryable("not_owner", message),
        CommandError::Internal => Failure::new("internal", message),
        CommandError::Quarantined => Failure::new("quarantined", message),
    }
}
