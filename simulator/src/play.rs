//! Plays a run: sets everybody on the stage, lets time pass, reads the feed to the referee and the
//! book-keeper, and sums up at the end.
//!
//! It knows no door by name and judges nothing itself.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use dispatch::order::{FulfillmentMode, PaymentMethod};
use serde_json::Value;
use tokio::task::JoinHandle;
use vocabulary::{Chance, Seconds, SkuId, Timestamp};

use crate::bots::{
    CourierLife, Errand, Shared, Shelves, Shifts, Stage, StoreLife, run_counts, run_courier,
    run_forgetting, run_shopper, run_store, run_suppliers, run_till, run_transfers,
};
use crate::city::{City, OrderIntent, Reach};
use crate::doors::{Doors, Failure, Placement};
use crate::feed::Event;
use crate::house_books::{HouseBooks, totals};
use crate::people::Population;
use crate::people::member::is_member;
use crate::referee::Referee;
use crate::report::{BooksOfRun, Ending, HouseTotals, MapSketch, RunSummary};
use crate::tally::Tally;
use crate::town::Town;

/// Simulated seconds between two looks at the run.
pub const LOOK_EVERY: Seconds = Seconds(60);

/// How often the books are asked, and how long apart, before they are given up: a house keeps them
/// in its spare time.
const MOST_ASKS: u32 = 600;
const BETWEEN_ASKS: Duration = Duration::from_millis(200);
/// How often a member whose account differs from the ledger is asked before it counts.
const MOST_LOOKS: u32 = 25;

/// Chances of those who count begin here, behind those of the tills.
const COUNTS: u64 = 1 << 32;

/// Those who watch the run from outside.
pub struct Watchers {
    pub referee: Referee,
    pub tally: Tally,
    house: HouseBooks,
    /// What the house settled, once the books are closed.
    settled: Option<HouseTotals>,
    /// The last event that was read.
    after: u64,
    /// The same of the members' feed.
    members_after: u64,
    /// When the feed was last read to its end: what was recorded since is not known.
    read_at: Timestamp,
    /// Between two looks.
    step: Duration,
}

impl Watchers {
    /// Of a city in this process, where nothing is ever late.
    pub fn since(began: Timestamp) -> Self {
        Self::at_pace(began, 1.0, LOOK_EVERY.0)
    }

    /// Of a city whose time passes `scale` times as fast as the wall's, with so many seconds of
    /// the city's time between two looks.
    pub fn at_pace(began: Timestamp, scale: f64, step_s: u32) -> Self {
        let began_ms = began.as_millis();
        let (referee, tally) = (Referee::at_pace(began_ms, scale), Tally::new(began_ms, step_s));
        Self {
            referee,
            tally,
            house: HouseBooks::default(),
            settled: None,
            after: 0,
            members_after: 0,
            read_at: began,
            step: Duration::from_secs(u64::from(step_s.max(1))),
        }
    }

    /// The house keeps its books in this process, for the stores of a town.
    pub fn keep_books_of(&mut self, town: &Town) {
        self.house = HouseBooks::of(town);
    }

    /// Reads the feed up to its present end, and closes the days that are over in it.
    pub async fn catch_up<D: Doors>(&mut self, doors: &D) -> Result<(), Failure> {
        self.read_until(doors, u64::MAX).await?;
        self.house.close_days(self.read_at);
        self.read_members(doors).await
    }

    /// Reads what came after the books' last event, which may lie in the middle of what one command
    /// set in motion, and what members were told of it: endings are judged there.
    async fn read_to_the_end<D: Doors>(&mut self, doors: &D) -> Result<(), Failure> {
        self.read_until(doors, u64::MAX).await?;
        if doors.answers_take_time() {
            tokio::time::sleep(BETWEEN_ASKS).await;
        }
        self.read_members(doors).await
    }

    /// Reads the members' feed up to its present end.
    async fn read_members<D: Doors>(&mut self, doors: &D) -> Result<(), Failure> {
        loop {
            let rows = doors.members_feed(self.members_after).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            self.members_after = last.seq;
            for raw in rows {
                self.referee.see_member(&Event::read(raw));
            }
        }
    }

    /// Reads the feed up to an event, or to its present end.
    async fn read_until<D: Doors>(&mut self, doors: &D, until: u64) -> Result<(), Failure> {
        loop {
            let asked_at = doors.clock().now();
            let rows = doors.feed(self.after).await?;
            if rows.is_empty() {
                self.read_at = asked_at;
                return Ok(());
            }
            for raw in rows {
                if raw.seq > until {
                    return Ok(());
                }
                self.after = raw.seq;
                if !doors.answers_take_time() {
                    self.house.see(&raw);
                }
                let event = Event::read(raw);
                self.referee.see(&event);
                self.tally.see(&event);
            }
            tokio::task::yield_now().await;
        }
    }

    /// Holds what the house settles against the referee's own account, both up to the same event: a
    /// living city goes on meanwhile.
    async fn close_books<D: Doors>(&mut self, doors: &D) -> Result<(), Failure> {
        for _ in 0..MOST_ASKS {
            let now_ms = doors.clock().now().as_millis();
            let Some(settled) = doors.settlements().await? else {
                let rows = self.house.settlements();
                self.settle(&rows, now_ms);
                for day in self.house.reopened() {
                    self.referee.reopened(&day, now_ms);
                }
                return self.close_wallets(doors).await;
            };
            if settled.seq >= self.after {
                self.read_until(doors, settled.seq).await?;
                self.settle(&settled.rows, now_ms);
                return self.close_wallets(doors).await;
            }
            tokio::time::sleep(BETWEEN_ASKS).await;
        }
        Err(Failure::new("books_behind", "the books are far behind what is recorded"))
    }

    /// Holds what every member can spend against the members' ledgers. A living house goes on
    /// meanwhile, so whoever differs is asked again before it counts.
    async fn close_wallets<D: Doors>(&mut self, doors: &D) -> Result<(), Failure> {
        self.read_members(doors).await?;
        let mut left = self.referee.member_ids();
        let mut wrong = Vec::new();
        for _ in 0..MOST_LOOKS {
            let wallets = doors.wallets(&left).await?;
            self.read_members(doors).await?;
            wrong = self.referee.wallets(wallets);
            if wrong.is_empty() {
                return Ok(());
            }
            left = wrong.iter().map(|wallet| wallet.member).collect();
            tokio::time::sleep(BETWEEN_ASKS).await;
        }
        self.referee.wrong_wallets(&wrong);
        Ok(())
    }

    fn settle(&mut self, rows: &[Value], now_ms: i64) {
        self.referee.settled(rows, now_ms);
        self.settled = Some(totals(rows));
    }

    /// Judges what came in over sockets.
    pub fn listen<D: Doors>(&mut self, stage: &Stage<D>) {
        let heard = stage.doors.heard();
        let now_ms = stage.now().as_millis();
        for frame in &heard.frames {
            self.referee.pushed(frame, now_ms);
        }
        let traffic = &mut stage.ledger.borrow_mut().traffic;
        traffic.frames += heard.frame_count;
        traffic.sockets_opened += heard.sockets_opened;
        traffic.resets += heard.resets;
    }

    /// Sums up what feed and ledger tell.
    pub fn sum_up<D: Doors>(&mut self, stage: &Stage<D>, summary: &mut RunSummary) {
        let now_ms = stage.now().as_millis();
        self.referee.finish(self.read_at.as_millis());
        let books = self.referee.close(now_ms);
        summary.books = Some(BooksOfRun { house: self.settled, ..books });
        let ledger = stage.ledger.borrow();
        for what in &ledger.contradictions {
            self.referee.contradicted(what, now_ms);
        }
        summary.fleet.ridden_m = ledger.ridden_m;
        self.tally.fill(summary, now_ms);
        summary.orders.refused += ledger.refused.values().sum::<u64>();
        summary.traffic = ledger.traffic.clone();
        summary.traffic.gaps = self.referee.gap_count();
        summary.referee = self.referee.findings();
        if let Some(map) = &mut summary.map {
            map.routes.clone_from(&ledger.routes);
        }
    }
}

/// Everybody who lives in a generated city.
pub struct Cast {
    pub city: Rc<City>,
    pub town: Rc<Town>,
    pub people: Population,
    pub seed: u64,
}

impl Cast {
    /// Sets stores and couriers on the stage; they live until the thread's tasks are dropped.
    pub fn enter<D: Doors>(&self, stage: &Shared<D>) {
        let mut chance = Chance::from_seed(self.seed).fork(21);
        for ((setup, known), behavior) in
            self.town.stores.iter().zip(&self.city.stores).zip(&self.people.stores)
        {
            let life = StoreLife {
                store: setup.id,
                behavior: behavior.clone(),
                pickers: known.packing.pickers,
                ready_times: None,
                chance: chance.fork(u64::from(known.number.0)),
            };
            tokio::task::spawn_local(run_store(Rc::clone(stage), life));
        }
        let mut chance = Chance::from_seed(self.seed).fork(24);
        let shelves = Shelves::of(&self.town);
        for (number, own) in (0..).zip(&shelves) {
            let till = run_till(Rc::clone(stage), own.clone(), chance.fork(number));
            tokio::task::spawn_local(till);
            let counts = run_counts(Rc::clone(stage), own.clone(), chance.fork(COUNTS + number));
            tokio::task::spawn_local(counts);
        }
        tokio::task::spawn_local(run_suppliers(Rc::clone(stage), shelves.clone()));
        let phones = self.city.shoppers.iter().map(|shopper| &shopper.phone);
        let phones = phones.filter(|phone| is_member(phone)).cloned().collect();
        let forgetting = run_forgetting(Rc::clone(stage), phones, chance.fork(u64::MAX - 1));
        tokio::task::spawn_local(forgetting);
        tokio::task::spawn_local(run_transfers(Rc::clone(stage), shelves, chance.fork(u64::MAX)));
        let mut chance = Chance::from_seed(self.seed).fork(22);
        for ((setup, known), behavior) in
            self.town.couriers.iter().zip(&self.city.couriers).zip(&self.people.couriers)
        {
            let life = CourierLife {
                courier: setup.id,
                name: known.code.clone(),
                home: known.home,
                metres_per_second: known.metres_per_minute / 60.0,
                behavior: behavior.clone(),
                shifts: Shifts::Daily(known.shifts.clone()),
                chance: chance.fork(u64::from(known.number.0)),
            };
            tokio::task::spawn_local(run_courier(Rc::clone(stage), life));
        }
    }

    /// A wish as an errand; `None` when it names what the town does not know.
    pub fn errand(&self, intent: &OrderIntent, key: String, chance: &mut Chance) -> Option<Errand> {
        let shopper = self.city.shopper(intent.shopper)?;
        let sku = |line: &crate::city::BasketLine| -> Option<(SkuId, u32)> {
            Some((self.town.skus.get(line.sku.0 as usize)?.id, line.units))
        };
        let (mode, store, destination) = match intent.reach {
            Reach::Delivery => (FulfillmentMode::Delivery, None, Some(intent.door.place)),
            Reach::Express => (FulfillmentMode::Express, None, Some(intent.door.place)),
            Reach::Pickup { store } => {
                (FulfillmentMode::Pickup, Some(self.town.stores.get(store.0 as usize)?.id), None)
            }
        };
        let placement = Placement {
            key,
            name: shopper.name.clone(),
            phone: shopper.phone.clone(),
            address: intent.door.text(),
            mode,
            destination,
            lines: intent.lines.iter().map(sku).collect::<Option<Vec<_>>>()?,
            payment: if intent.cash_on_delivery {
                PaymentMethod::CashOnDelivery
            } else {
                PaymentMethod::Online
            },
            store,
            wanted_at: None,
        };
        Some(Errand { placement, plan: self.people.shoppers.plan(chance), ready: None })
    }

    /// Lets the intents of a day come true, each at its time after `midnight`.
    pub async fn shop<D: Doors>(
        &self,
        stage: &Shared<D>,
        midnight: Timestamp,
        intents: Vec<OrderIntent>,
        until: Timestamp,
    ) {
        let mut chance = Chance::from_seed(self.seed).fork(23);
        for intent in intents {
            let at = i64::try_from(intent.at_ms).unwrap_or(i64::MAX);
            let due = Timestamp::from_millis(midnight.as_millis().saturating_add(at));
            if due < stage.now() || due > until {
                continue;
            }
            stage.sleep_until(due).await;
            if let Some(errand) = self.errand(&intent, stage.key(), &mut chance) {
                tokio::task::spawn_local(run_shopper(Rc::clone(stage), errand));
            }
        }
    }

    /// The empty summary of a run of this cast.
    pub fn summary(&self, title: &str) -> RunSummary {
        let mut summary = RunSummary::new(title, self.seed);
        summary.map = Some(MapSketch::of(&self.city));
        summary.ending = Ending::Completed;
        summary
    }

    /// The stores of the map grow with what they packed.
    pub fn size_stores(&self, tally: &Tally, summary: &mut RunSummary) {
        let Some(map) = &mut summary.map else { return };
        for (drawn, setup) in map.stores.iter_mut().zip(&self.town.stores) {
            drawn.orders = tally.packed_by(&setup.id.to_string());
        }
    }
}

/// Reads the feed and takes a look at the run every so often, until the task is dropped.
pub async fn watch<D: Doors>(
    stage: Shared<D>,
    watchers: Rc<RefCell<Watchers>>,
    tell: impl Fn(&Tally),
) {
    let step = watchers.borrow().step;
    loop {
        stage.sleep(step).await;
        look(&stage, &watchers).await;
        tell(&watchers.borrow().tally);
    }
}

/// Ends the watching and takes a last look, so that nothing recorded by now is left out.
pub async fn last_look<D: Doors>(
    stage: &Shared<D>,
    watchers: &Rc<RefCell<Watchers>>,
    watching: JoinHandle<()>,
) {
    watching.abort();
    // It ends at its next wait, between two events; only then are the watchers free.
    let _ = watching.await;
    look(stage, watchers).await;
}

/// The books close, once everybody has gone home. They are left open where nobody answers.
#[expect(clippy::await_holding_refcell_ref, reason = "nobody else looks any more")]
pub async fn close_books<D: Doors>(stage: &Shared<D>, watchers: &Rc<RefCell<Watchers>>) {
    let mut watchers = watchers.borrow_mut();
    if let Err(failure) = watchers.close_books(&stage.doors).await {
        eprintln!("the books were not checked: {failure}");
    }
    if let Err(failure) = watchers.read_to_the_end(&stage.doors).await {
        eprintln!("what was recorded last was not looked at: {failure}");
    }
}

/// One look. Only one task looks at a time, so the watchers are never borrowed twice.
#[expect(clippy::await_holding_refcell_ref, reason = "one task looks, and nobody else borrows")]
async fn look<D: Doors>(stage: &Shared<D>, watchers: &Rc<RefCell<Watchers>>) {
    let mut watchers = watchers.borrow_mut();
    // A city that is away is caught up with at the next look.
    let _ = watchers.catch_up(&stage.doors).await;
    watchers.listen(stage);
    let latency = {
        let mut ledger = stage.ledger.borrow_mut();
        let now = ledger.recent.now();
        ledger.recent.reset();
        now.filter(|_| stage.doors.answers_take_time())
    };
    watchers.tally.look(stage.now().as_millis(), latency);
}
