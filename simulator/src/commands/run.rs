//! `simulator run`: plays the city's people against a server, over the wire.

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::{Duration, Instant};

use clap::Args;
use vocabulary::{Chance, Timestamp};

use super::CommandError;
use super::console::Console;
use super::output::OutputArguments;
use super::target::{TargetArguments, interrupted, on_this_thread, unreachable, write_down};
use super::town::CityArguments;
use super::{span, visitor};
use crate::bots::{Shared, Stage, run_shopper};
use crate::city::{Demand, RoutePlanner};
use crate::doors::wire::Wire;
use crate::people::FaultMix;
use crate::play::{Cast, Watchers, close_books, last_look, watch};
use crate::report::{Ending, Outcome, RunSummary};
use crate::town::second_of_day;

/// At night a demonstration still has something to show: never fewer orders than this share of the
/// day's mean.
const LEAST_DEMAND: f64 = 0.5;
/// Looks at a run of known length.
const LOOKS: f64 = 120.0;

#[derive(Debug, Args)]
pub struct RunArguments {
    #[command(flatten)]
    target: TargetArguments,
    #[command(flatten)]
    city: CityArguments,
    /// End after so much time of the wall's clock; without it, at Ctrl-C
    #[arg(long = "for", value_name = "SPAN", value_parser = span::parse)]
    lasts: Option<Duration>,
    /// End as soon as the server's clock no longer runs fast
    #[arg(long)]
    fast: bool,
    /// Times as many orders as the city usually has
    #[arg(long, default_value_t = 1.0)]
    rate: f64,
    /// How much goes wrong: none, calm, rough, or odds such as store_late=0.2,no_show=0.1
    #[arg(long, default_value = "calm")]
    faults: FaultMix,
    /// Every client writes down what it says and hears, a file each, for `simulator check`
    #[arg(long, value_name = "DIR")]
    clients: Option<PathBuf>,
    #[command(flatten)]
    output: OutputArguments,
}

pub fn run(arguments: &RunArguments) -> Result<Outcome, CommandError> {
    if !(0.0..=10_000.0).contains(&arguments.rate) {
        return Err(CommandError::Usage("--rate must be 0 to 10000".to_owned()));
    }
    let thresholds = arguments.output.thresholds()?;
    let summary = on_this_thread(play(arguments))?;
    arguments.output.publish(summary, &thresholds)
}

async fn play(arguments: &RunArguments) -> Result<RunSummary, CommandError> {
    let wire = arguments.target.connect().await?;
    write_down(&wire, arguments.clients.as_deref())?;
    let city = arguments.city.as_seeded(&wire).await?;
    let cast = Rc::new(city.cast(&arguments.faults));
    wire.admit(&cast.town).await?;
    let (scale, ends_in) = (wire.scale(), ends_in(arguments, &wire));
    let ways = RoutePlanner::new(&cast.city.streets);
    let name = format!(
        "run-{}-{}",
        arguments.city.seed,
        crate::doors::Doors::clock(&wire).now().as_millis()
    );
    let stage = Rc::new(Stage::new(wire, ways, name));
    let began = stage.now();
    let step_s = ends_in.map_or(5.0, |span| span.as_secs_f64() * scale / LOOKS).clamp(1.0, 60.0);
    let watchers = Rc::new(RefCell::new(Watchers::at_pace(began, scale, step_s as u32)));
    cast.enter(&stage);
    visitor::welcome(&stage, &cast, &arguments.target.server).await;
    let console = Rc::new(Console::begin(ends_in.map_or(0, |span| span.as_secs())));
    let wall = Instant::now();
    let told = Rc::clone(&console);
    let looking = watch(Rc::clone(&stage), Rc::clone(&watchers), move |tally| {
        let seconds = wall.elapsed().as_secs();
        let (placed, done) = (tally.placed_count(), tally.delivered_count());
        let open = tally.open_count();
        told.tell(seconds, &format!("{seconds} s · {placed} orders · {done} done · {open} open"));
    });
    let watching = tokio::task::spawn_local(looking);
    tokio::task::spawn_local(demand(Rc::clone(&stage), Rc::clone(&cast), arguments.rate));
    let ending = wait(&stage, ends_in).await;
    console.end();
    last_look(&stage, &watchers, watching).await;
    close_books(&stage, &watchers).await;
    stage.doors.close_log();
    let mut summary = cast.summary(if arguments.fast { "run --fast" } else { "run" });
    summary.ending = ending;
    close((arguments, &city), &cast, &stage, &watchers, began, &mut summary);
    summary.wall_s = wall.elapsed().as_secs_f64();
    Ok(summary)
}

/// How long by the wall's clock; `None` for ever.
fn ends_in(arguments: &RunArguments, wire: &Wire) -> Option<Duration> {
    let fast_for = if arguments.fast { wire.fast_for() } else { None };
    match (arguments.lasts, fast_for) {
        (Some(lasts), Some(fast_for)) => Some(lasts.min(fast_for)),
        (lasts, fast_for) => lasts.or(fast_for),
    }
}

/// A server that is gone for longer than the retries last ends the run by itself.
async fn wait(stage: &Shared<Wire>, ends_in: Option<Duration>) -> Ending {
    let span = async {
        match ends_in {
            Some(span) => tokio::time::sleep(span).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        biased;
        () = interrupted() => Ending::Interrupted,
        () = span => Ending::Completed,
        ending = unreachable(stage) => ending,
    }
}

/// Shoppers come one after another, more at the meals: a Poisson process at the hour's rate.
async fn demand(stage: Shared<Wire>, cast: Rc<Cast>, rate: f64) {
    let demand = Demand::new(&cast.city);
    let mut chance = Chance::from_seed(cast.seed).fork(stage.now().as_millis().unsigned_abs());
    let mean = f64::from(cast.city.spec.orders_per_day) / 24.0;
    let mut due = stage.now();
    loop {
        let second = second_of_day(due);
        let per_hour = demand.rate_at(f64::from(second)).max(mean * LEAST_DEMAND) * rate;
        let wait_s = -(1.0 - chance.unit()).ln() / (per_hour / 3_600.0).max(1e-9);
        due = Timestamp::from_millis(due.as_millis() + (wait_s.min(3_600.0) * 1_000.0) as i64);
        stage.sleep_until(due).await;
        if wait_s > 3_600.0 {
            continue;
        }
        let at_ms = u64::from(second_of_day(due)) * 1_000;
        let Some(intent) = demand.intent(at_ms, &mut chance) else { continue };
        if let Some(errand) = cast.errand(&intent, stage.key(), &mut chance) {
            tokio::task::spawn_local(run_shopper(Rc::clone(&stage), errand));
        }
    }
}

fn close(
    (arguments, city): (&RunArguments, &CityArguments),
    cast: &Cast,
    stage: &Shared<Wire>,
    watchers: &Rc<RefCell<Watchers>>,
    began: Timestamp,
    summary: &mut RunSummary,
) {
    let mut watchers = watchers.borrow_mut();
    watchers.sum_up(stage, summary);
    cast.size_stores(&watchers.tally, summary);
    summary.latencies = stage.ledger.borrow().latencies();
    summary.simulated_s = f64::from(stage.now().since(began).0);
    for (name, value) in city.settings() {
        summary.configuration.insert(name.to_owned(), value);
    }
    summary.configuration.insert("rate".to_owned(), arguments.rate.to_string());
}
