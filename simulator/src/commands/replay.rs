//! `simulator replay`: plays a day of the public meal-delivery format against a server.
//!
//! Every restaurant is a store with one SKU, pinned on its orders; it accepts at once and is ready
//! exactly when the day says. Couriers work their hours and ride straight lines at the day's speed.

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::{Duration, Instant};

use clap::Args;
use dispatch::order::{FulfillmentMode, PaymentMethod};
use serde_json::json;
use vocabulary::{Chance, Seconds, Timestamp};

use super::CommandError;
use super::console::Console;
use super::output::OutputArguments;
use super::target::{TargetArguments, interrupted, on_this_thread, unreachable, write_down};
use crate::bots::{
    CourierLife, Errand, ReadyTimes, Shared, Shifts, Stage, StoreLife, run_courier, run_shopper,
    run_store,
};
use crate::city::{CitySpec, PackingSpeed, River, RoutePlanner, StreetMap};
use crate::doors::wire::Wire;
use crate::doors::{Doors, Placement};
use crate::mdrp::{Anchor, Day, DayOrder};
use crate::people::{CourierBehavior, Delay, FaultMix, Payment, ShopperPlan, StoreBehavior};
use crate::play::{LOOK_EVERY, Watchers, close_books, last_look, watch};
use crate::report::{Ending, Outcome, RunSummary};
use crate::town::Town;

/// From connecting to the day's first minute.
const PRELUDE: Seconds = Seconds(60);
/// After the last order, until everything on its way has arrived.
const LONGEST_DRAIN: Seconds = Seconds(3 * 3_600);
const SHOPPERS_PHONE: &str = "19000000001";

#[derive(Debug, Args)]
pub struct ReplayArguments {
    /// Folder with orders.txt, restaurants.txt, couriers.txt and instance_parameters.txt
    folder: PathBuf,
    #[command(flatten)]
    target: TargetArguments,
    /// Only the orders of the first hours
    #[arg(long)]
    hours: Option<u32>,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Every client writes down what it says and hears, a file each, for `simulator check`
    #[arg(long, value_name = "DIR")]
    clients: Option<PathBuf>,
    #[command(flatten)]
    output: OutputArguments,
}

/// A day, laid over this server's time.
struct Replay {
    day: Day,
    anchor: Anchor,
    town: Town,
    /// Positions of the orders that are played, in order of time.
    orders: Vec<usize>,
    seed: u64,
}

pub fn run(arguments: &ReplayArguments) -> Result<Outcome, CommandError> {
    let thresholds = arguments.output.thresholds()?;
    let day =
        Day::read(&arguments.folder).map_err(|error| CommandError::Usage(error.to_string()))?;
    let summary = on_this_thread(play(arguments, day))?;
    arguments.output.publish(summary, &thresholds)
}

async fn play(arguments: &ReplayArguments, day: Day) -> Result<RunSummary, CommandError> {
    let wire = arguments.target.connect().await?;
    write_down(&wire, arguments.clients.as_deref())?;
    let replay = Replay::lay(day, arguments, wire.clock().now());
    wire.furnish(&replay.town).await?;
    wire.admit(&replay.town).await?;
    let service = |minutes: u32| json!(minutes * 60);
    let rules = &replay.day.parameters;
    wire.change_policy(&[
        ("/pickup_service_s", service(rules.pickup_service_minutes)),
        ("/dropoff_service_s", service(rules.dropoff_service_minutes)),
    ])
    .await?;
    let name = format!("replay-{}", wire.clock().now().as_millis());
    let stage = Rc::new(Stage::new(wire, straight_lines(&replay.town), name));
    let began = stage.now();
    let watchers =
        Rc::new(RefCell::new(Watchers::at_pace(began, stage.doors.scale(), LOOK_EVERY.0)));
    let console = Rc::new(Console::begin(replay.orders.len() as u64));
    let (wall, told) = (Instant::now(), Rc::clone(&console));
    let looking = watch(Rc::clone(&stage), Rc::clone(&watchers), move |tally| {
        let (placed, done) = (tally.placed_count(), tally.delivered_count());
        let open = tally.open_count();
        told.tell(done as u64, &format!("{placed} orders · {done} delivered · {open} open"));
    });
    let watching = tokio::task::spawn_local(looking);
    let ready_times = ReadyTimes::default();
    replay.enter(&stage, &ready_times);
    let ending = tokio::select! {
        biased;
        () = interrupted() => Ending::Interrupted,
        ending = unreachable(&stage) => ending,
        () = replay.shop(&stage, &ready_times, &watchers) => Ending::Completed,
    };
    console.end();
    last_look(&stage, &watchers, watching).await;
    close_books(&stage, &watchers).await;
    stage.doors.close_log();
    let mut summary = RunSummary::new("replay", arguments.seed);
    summary.ending = ending;
    watchers.borrow_mut().sum_up(&stage, &mut summary);
    let target = f64::from(replay.day.parameters.target_click_to_door_minutes) * 60.0;
    summary.journey.target_s = Some(target);
    summary.latencies = stage.ledger.borrow().latencies();
    summary.simulated_s = f64::from(stage.now().since(began).0);
    summary.wall_s = wall.elapsed().as_secs_f64();
    let day = arguments.folder.file_name().map(|name| name.to_string_lossy().into_owned());
    summary.configuration.insert("day".to_owned(), day.unwrap_or_default());
    summary.configuration.insert("time scale".to_owned(), stage.doors.scale().to_string());
    Ok(summary)
}

impl Replay {
    /// The day's first minute is in a moment from now.
    fn lay(day: Day, arguments: &ReplayArguments, now: Timestamp) -> Self {
        let first_order = day.orders.iter().map(|order| order.placed_minute).min().unwrap_or(0);
        let first_courier = day.couriers.iter().map(|courier| courier.on_minute).min();
        let first = first_courier.unwrap_or(first_order).min(first_order);
        let begins = now.after(PRELUDE).before(Seconds::minutes(first));
        let anchor = Anchor::new(&day, CitySpec::default().center, begins);
        let town = Town::of_day(&day, &anchor, arguments.seed ^ now.as_millis().unsigned_abs());
        let until =
            arguments.hours.map_or(u32::MAX, |hours| first_order.saturating_add(hours * 60));
        let mut orders: Vec<usize> = (0..day.orders.len()).collect();
        orders.retain(|position| placed(&day, *position).is_some_and(|minute| minute <= until));
        orders.sort_by_key(|position| placed(&day, *position));
        Self { day, anchor, town, orders, seed: arguments.seed }
    }

    fn enter(&self, stage: &Shared<Wire>, ready_times: &ReadyTimes) {
        let mut chance = Chance::from_seed(self.seed);
        let speed = PackingSpeed { per_order: Seconds(60), per_line: Seconds(10), pickers: 100 };
        for setup in &self.town.stores {
            let behavior = StoreBehavior::draw(&FaultMix::none(), speed, &mut chance);
            let life = StoreLife {
                store: setup.id,
                behavior,
                pickers: speed.pickers,
                ready_times: Some(Rc::clone(ready_times)),
                chance: chance.fork(1),
            };
            tokio::task::spawn_local(run_store(Rc::clone(stage), life));
        }
        let rules = &self.day.parameters;
        for (setup, known) in self.town.couriers.iter().zip(&self.day.couriers) {
            let drawn = CourierBehavior::draw(&FaultMix::none(), &mut chance);
            let exactly = |minutes: u32| Delay::around(f64::from(minutes) * 60.0, 0.0);
            let behavior = CourierBehavior {
                haste: 1.0,
                at_store: exactly(rules.pickup_service_minutes),
                at_door: exactly(rules.dropoff_service_minutes),
                ..drawn
            };
            let life = CourierLife {
                courier: setup.id,
                name: known.name.clone(),
                home: setup.home,
                metres_per_second: rules.metres_per_minute / 60.0,
                behavior,
                shifts: Shifts::Once(
                    self.anchor.at(known.on_minute),
                    self.anchor.at(known.off_minute),
                ),
                chance: chance.fork(2),
            };
            tokio::task::spawn_local(run_courier(Rc::clone(stage), life));
        }
    }

    /// Places every order at its minute, then waits until all have arrived.
    async fn shop(
        &self,
        stage: &Shared<Wire>,
        ready_times: &ReadyTimes,
        watchers: &Rc<RefCell<Watchers>>,
    ) {
        for position in &self.orders {
            let Some(order) = self.day.orders.get(*position) else { continue };
            let Some(errand) = self.errand(order, stage.key(), ready_times) else { continue };
            stage.sleep_until(self.anchor.at(order.placed_minute)).await;
            tokio::task::spawn_local(run_shopper(Rc::clone(stage), errand));
        }
        let last = stage.now().after(LONGEST_DRAIN);
        // Placing and paying the last one takes a moment.
        stage.sleep(Duration::from_secs(120)).await;
        while stage.now() < last && is_busy(watchers) {
            stage.sleep(Duration::from_secs(30)).await;
        }
    }

    fn errand(&self, order: &DayOrder, key: String, ready_times: &ReadyTimes) -> Option<Errand> {
        let meal = self.town.skus.get(order.restaurant)?;
        let store = self.town.stores.get(order.restaurant)?;
        let placement = Placement {
            key,
            name: order.name.clone(),
            phone: SHOPPERS_PHONE.to_owned(),
            address: order.name.clone(),
            mode: FulfillmentMode::Delivery,
            destination: Some(self.anchor.place(order.door)),
            lines: vec![(meal.id, 1)],
            payment: PaymentMethod::Online,
            store: Some(store.id),
            wanted_at: None,
        };
        let plan = ShopperPlan {
            payment: Payment::Pays { after: Duration::ZERO },
            cancels_after: None,
            collects_after: None,
            watches: false,
            disconnects: None,
            returns_after: None,
        };
        let ready = Some((Rc::clone(ready_times), self.anchor.at(order.ready_minute)));
        Some(Errand { placement, plan, ready })
    }
}

fn placed(day: &Day, position: usize) -> Option<u32> {
    day.orders.get(position).map(|order| order.placed_minute)
}

/// A look that is under way counts as busy.
fn is_busy(watchers: &Rc<RefCell<Watchers>>) -> bool {
    watchers.try_borrow().map_or(true, |watchers| watchers.tally.open_count() > 0)
}

/// A map without streets: every way is the straight line.
fn straight_lines(town: &Town) -> RoutePlanner {
    RoutePlanner::new(&StreetMap {
        centre: town.center,
        radius_m: 1.0,
        streets: Vec::new(),
        junctions: Vec::new(),
        blocks: Vec::new(),
        river: River { name: String::new(), course: Vec::new(), width_m: 0.0 },
    })
}
