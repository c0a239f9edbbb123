//! `simulator actors`: a whole city and its members in this process, under paused time.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use clap::Args;
use dispatch::Policy;
use vocabulary::{Seconds, Timestamp};

use super::CommandError;
use super::console::Console;
use super::output::OutputArguments;
use super::town::CityArguments;
use crate::bots::Stage;
use crate::city::{Demand, RoutePlanner};
use crate::doors::direct::{Direct, DirectConfig};
use crate::doors::{Doors, Failure};
use crate::people::FaultMix;
use crate::play::{Watchers, close_books, last_look, watch};
use crate::report::{Outcome, RunSummary};
use crate::town::midnight_before;

/// A Monday in spring: every run begins at this local midnight.
const BEGINS: Timestamp = Timestamp::from_millis(1_772_380_800_000);
/// After the last order, until everything on its way has arrived.
const LONGEST_DRAIN: Seconds = Seconds(4 * 3_600);

/// A run fails by this when the command line names no threshold of its own.
const GOAL: &str = "delivered_of_paid<95%";

#[derive(Debug, Args)]
pub struct ActorsArguments {
    #[command(flatten)]
    city: CityArguments,
    /// Simulated hours in which orders come in, from midnight
    #[arg(long, default_value_t = 24)]
    hours: u32,
    /// The same in days; the books of each are closed when it is over
    #[arg(long, conflicts_with = "hours")]
    days: Option<u32>,
    /// How much goes wrong: none, calm or rough
    #[arg(long, default_value = "calm")]
    faults: FaultMix,
    /// Play it twice and compare the journals' digests
    #[arg(long)]
    twice: bool,
    #[command(flatten)]
    output: OutputArguments,
}

impl ActorsArguments {
    fn hours(&self) -> u32 {
        self.days.map_or(self.hours, |days| days.saturating_mul(24))
    }
}

/// What one play came to.
struct Played {
    summary: RunSummary,
    digest: String,
}

pub fn run(arguments: &ActorsArguments) -> Result<Outcome, CommandError> {
    let thresholds = arguments.output.thresholds_or(&[GOAL])?;
    let first = play(arguments)?;
    eprintln!("journal {}", first.digest);
    if arguments.twice {
        let second = play(arguments)?;
        eprintln!("journal {}", second.digest);
        if first.digest != second.digest {
            eprintln!("error: the same seed gave two journals");
            arguments.output.publish(first.summary, &thresholds)?;
            return Ok(Outcome::RulesBroken);
        }
        eprintln!("equal seeds, equal journals");
    }
    arguments.output.publish(first.summary, &thresholds)
}

/// One thread, one System, one paused clock.
fn play(arguments: &ActorsArguments) -> Result<Played, CommandError> {
    let runtime =
        || tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
    // Building a current-thread runtime fails only without file descriptors: nothing would work.
    let system = actix::System::with_tokio_rt(|| {
        runtime().unwrap_or_else(|error| panic!("no runtime: {error}"))
    });
    let played = system.block_on(play_here(arguments));
    played.map_err(|failure| CommandError::Usage(failure.to_string()))
}

async fn play_here(arguments: &ActorsArguments) -> Result<Played, Failure> {
    let wall = Instant::now();
    let cast = arguments.city.cast(&arguments.faults);
    let direct = Direct::start(DirectConfig {
        seed: arguments.city.seed,
        center: cast.town.center,
        travel: cast.town.travel,
        policy: Policy::default(),
        begins_at: BEGINS,
    });
    direct.furnish(&cast.town).await?;
    let ways = RoutePlanner::new(&cast.city.streets);
    let stage = Rc::new(Stage::new(direct, ways, format!("actors-{}", arguments.city.seed)));
    let began = stage.now();
    let hours = arguments.hours();
    let ends = began.after(Seconds(hours * 3_600));
    let watchers = Rc::new(RefCell::new(Watchers::since(began)));
    watchers.borrow_mut().keep_books_of(&cast.town);
    let console = Rc::new(Console::begin(u64::from(hours) * 60));
    cast.enter(&stage);
    let told = (Rc::clone(&console), Rc::clone(&stage));
    let watching =
        tokio::task::spawn_local(watch(Rc::clone(&stage), Rc::clone(&watchers), move |tally| {
            let (console, stage) = &told;
            let minutes = u64::from(stage.now().since(began).0 / 60);
            let (placed, open) = (tally.placed_count(), tally.open_count());
            let message =
                format!("{} h {:02} · {placed} orders · {open} open", minutes / 60, minutes % 60);
            console.tell(minutes, &message);
        }));
    let days = hours.div_ceil(24).max(1);
    let demand = Demand::new(&cast.city);
    for day in 0..days {
        let midnight = midnight_before(began).after(Seconds(day * 86_400));
        cast.shop(&stage, midnight, demand.day(day), ends).await;
    }
    stage.sleep_until(ends).await;
    drain(&stage, &watchers, ends).await;
    last_look(&stage, &watchers, watching).await;
    close_books(&stage, &watchers).await;
    console.end();
    let mut summary = cast.summary("actors");
    {
        let mut watchers = watchers.borrow_mut();
        watchers.sum_up(&stage, &mut summary);
        cast.size_stores(&watchers.tally, &mut summary);
    }
    summary.simulated_s = f64::from(stage.now().since(began).0);
    configure(arguments, &mut summary);
    let digest = stage.doors.digest().await?;
    summary.wall_s = wall.elapsed().as_secs_f64();
    Ok(Played { summary, digest })
}

/// Waits until nobody has anything to do about an order, or long enough.
async fn drain<D: Doors>(
    stage: &crate::bots::Shared<D>,
    watchers: &Rc<RefCell<Watchers>>,
    ends: Timestamp,
) {
    let last = ends.after(LONGEST_DRAIN);
    // A look that is under way counts as busy.
    let is_busy = || watchers.try_borrow().map_or(true, |watchers| watchers.tally.is_busy());
    while stage.now() < last && is_busy() {
        stage.sleep(Duration::from_secs(60)).await;
    }
}

fn configure(arguments: &ActorsArguments, summary: &mut RunSummary) {
    let hours = ("hours", arguments.hours().to_string());
    for (name, value) in arguments.city.settings().into_iter().chain([hours]) {
        summary.configuration.insert(name.to_owned(), value);
    }
}
