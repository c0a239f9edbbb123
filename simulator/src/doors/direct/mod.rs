//! The door into a city and its members' partition on this very thread: no wire, no server, and
//! time that jumps to the next thing to do. Equal seeds give equal journals.
//!
//! A basket is priced here as a checkout prices it; nothing else is decided.

mod basket;
mod club;
mod message;
mod screens;
mod views;

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use actors::{
    Above, CommandError, Conflict, Idempotency, Output, Partition, PartitionConfig,
    PartitionHandle, PlaceRequest, Road, RuntimeClock, ShadowReport, Submission, Topic,
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
    Chance, Clock, CourierId, IdSource, MemberId, OrderId, PersonId, Place, QuoteId, Seconds,
    SkuId, Slot, StoreId, Timestamp, TransferId,
};

use self::basket::{Buyer, PriceList};
use self::club::{Club, MEMBERS, Purse};
use self::screens::Screens;
use super::keys::fingerprint;
use super::{
    Act, BoardView, CourierView, Doors, Failure, OrderView, Ping, Placement, Receipt, Seat, Wallet,
    Watched, may_quote_again,
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
    club: Club,
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
        let road = Road::default();
        let start = |id, policy, outlet: mpsc::Sender<Vec<Output>>| {
            let config = PartitionConfig {
                id,
                owner: "simulator".to_owned(),
                url: "in this process".to_owned(),
                center: config.center,
                travel: Arc::new(move || Box::new(travel) as Box<dyn TravelTime>),
                policy,
                clock: Arc::clone(&clock),
                intake_capacity: INTAKE,
                keys_for: Seconds::minutes(30),
                pairs_in_place: usize::MAX,
                above: Above { road: road.clone(), ..Above::default() },
            };
            let handle = Partition::start_here(config, journal.clone(), outlet).handle;
            road.open(handle.clone());
            handle
        };
        let (outlet, outputs) = mpsc::channel(1_024);
        let handle = start(PARTITION, config.policy, outlet);
        let (outlet, nobody) = mpsc::channel(1_024);
        let members = start(MEMBERS, Policy::default(), outlet);
        tokio::task::spawn_local(unheard(nobody));
        let screens = Rc::new(Screens::new(handle.clone()));
        tokio::task::spawn_local(Rc::clone(&screens).follow(outputs));
        let mut chance = Chance::from_seed(config.seed);
        let ids = IdSource::new(Slot::default(), chance.fork(1));
        let club = Club::new(members, handle.clone(), chance.fork(2));
        let state = State { ids, chance, prices: PriceList::default(), commands: 0 };
        let state = RefCell::new(state);
        Self { handle, journal, clock, screens, club, state }
    }

    /// What a shadow policy would have done so far.
    pub async fn shadow(&self) -> Result<Option<ShadowReport>, Failure> {
        self.handle.read(|reader| reader.shadow()).await.map_err(failure)
    }

    /// SHA-256 over every event so far of the city, and of its members, as hexadecimal digits.
    pub async fn digest(&self) -> Result<String, Failure> {
        let mut text = String::new();
        for partition in [PARTITION, MEMBERS] {
            let digest = self.journal.journal_digest(partition).await;
            let digest = digest.map_err(|error| Failure::new("journal", error.to_string()))?;
            text.extend(digest.iter().map(|byte| format!("{byte:02x}")));
        }
        Ok(text)
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

    /// Prices, holds and places a basket with what is in the purse.
    async fn place_with(
        &self,
        placement: &Placement,
        purse: &Purse,
        key: &str,
    ) -> Result<Receipt, Failure> {
        let now = self.clock.now();
        let (quote, mut order, code) = {
            let state = &mut *self.state.borrow_mut();
            let id: OrderId = state.ids.next(now);
            let (quote, person): (QuoteId, PersonId) = (state.ids.next(now), state.ids.next(now));
            let code = format!("{:06}", state.chance.below(1_000_000));
            let quote = state.prices.quote(placement, purse, quote, now)?;
            let buyer = Buyer { order: id, shopper: person, code: &code };
            let order = basket::order(&quote, placement, &buyer);
            (quote, PlaceRequest { id, order, persons: Vec::new() }, code)
        };
        order.order.uses = self.club.hold(order.id, &quote, now).await.map_err(failure)?;
        let is_pickup = order.order.pickup_code_hash.is_some();
        let mut submission = self.submission(Seat::Headquarters, key, &format!("{placement:?}"));
        submission.by = By::Shopper(order.id);
        let placed = self.handle.place(submission, order).await.map_err(failure)?;
        Ok(Receipt {
            order: placed.order,
            payment: placed.payment,
            payable: placed.payable,
            parts: placed.parts.iter().map(|part| (part.fulfillment_order, part.store)).collect(),
            pickup_code: is_pickup.then_some(code),
        })
    }

    async fn rows(&self, partition: PartitionId, after: u64) -> Result<Vec<RawEvent>, Failure> {
        let rows = self.journal.feed(partition, after, PAGE).await;
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
        self.club.furnish(town).await?;
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
        let purse = self.club.purse(&placement.phone, self.clock.now()).await?;
        match self.place_with(placement, &purse, &placement.key).await {
            Err(failure) if may_quote_again(&failure.code) => {
                let purse = self.club.purse(&placement.phone, self.clock.now()).await?;
                let purse = Purse { spends: false, ..purse };
                self.place_with(placement, &purse, &format!("{}-again", placement.key)).await
            }
            answer => answer,
        }
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

    async fn shelves(&self, store: StoreId) -> Result<Vec<(SkuId, i64)>, Failure> {
        let read = move |reader: &actors::Reader<'_>| {
            reader.inventory(store, |inventory| {
                let levels = inventory.stock().iter();
                levels.map(|(sku, level)| (*sku, level.on_hand)).collect()
            })
        };
        let shelves = self.handle.read(read).await.map_err(failure)?;
        shelves.ok_or_else(|| Failure::new("not_found", "a store"))
    }

    async fn forget_member(&self, phone: &str) -> Result<(), Failure> {
        self.club.forget(phone).await
    }

    async fn wallets(&self, of: &[MemberId]) -> Result<Vec<Wallet>, Failure> {
        self.club.wallets(of, self.clock().now()).await
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
        self.rows(PARTITION, after).await
    }

    async fn members_feed(&self, after: u64) -> Result<Vec<RawEvent>, Failure> {
        self.rows(MEMBERS, after).await
    }
}

/// Nobody looks at a screen of members.
async fn unheard(mut outputs: mpsc::Receiver<Vec<Output>>) {
    while outputs.recv().await.is_some() {}
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
