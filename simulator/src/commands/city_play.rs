//! A generated city and its members in this process, under paused time: what `actors` plays once and
//! `swarm` many times.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use actors::ShadowReport;
use dispatch::Policy;
use dispatch::policy::{DispatchPolicy, RoundPlanner};
use vocabulary::{Seconds, Timestamp};

use super::CommandError;
use super::console::Console;
use super::town::CityArguments;
use crate::bots::Stage;
use crate::city::{self, Demand};
use crate::doors::direct::{Direct, DirectConfig};
use crate::doors::{Doors, Failure};
use crate::people::FaultMix;
use crate::play::{LOOK_EVERY, Watchers, close_books, last_look, watch};
use crate::report::RunSummary;
use crate::tally::Tally;
use crate::town::midnight_before;

/// A Monday in spring: every run begins at this local midnight.
const BEGINS: Timestamp = Timestamp::from_millis(1_772_380_800_000);
/// After the last order, until everything on its way has arrived.
const LONGEST_DRAIN: Seconds = Seconds(4 * 3_600);
/// After the last trouble, until nothing is stuck: every courier's shift comes round.
const LONGEST_HEALING: Seconds = Seconds(24 * 3_600);

/// What is played; the same figures always give the same journal.
#[derive(Debug, Clone)]
pub struct CityPlay {
    pub city: CityArguments,
    /// In which orders come in, from midnight.
    pub hours: u32,
    pub faults: FaultMix,
    /// After the last order nothing goes wrong with people any more, and then nothing may be left to
    /// do within a day.
    pub heals: bool,
    /// Plans every round beside the policy's own planner, without effects.
    pub shadow: Option<RoundPlanner>,
}

/// What one play came to.
pub struct Played {
    pub summary: RunSummary,
    /// Of the journal, as hexadecimal digits.
    pub digest: String,
    /// How the shadow differed, if there was one.
    pub shadow: Option<ShadowReport>,
}

impl CityPlay {
    /// Plays it on this thread: one System, one paused clock.
    pub fn play(&self, console: Console) -> Result<Played, CommandError> {
        let runtime = || {
            tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build()
        };
        // Building a current-thread runtime fails only without file descriptors: nothing would work.
        let system = actix::System::with_tokio_rt(|| {
            runtime().unwrap_or_else(|error| panic!("no runtime: {error}"))
        });
        let played = system.block_on(self.play_here(console));
        played.map_err(|failure| CommandError::Usage(failure.to_string()))
    }

    async fn play_here(&self, console: Console) -> Result<Played, Failure> {
        let wall = Instant::now();
        let cast = self.city.cast(&self.faults);
        let direct = Direct::start(DirectConfig {
            seed: self.city.seed,
            center: cast.town.center,
            travel: cast.town.travel,
            policy: self.policy(),
            begins_at: BEGINS,
        });
        direct.furnish(&cast.town).await?;
        let ways = city::RoutePlanner::new(&cast.city.streets);
        let stage = Rc::new(Stage::new(direct, ways, format!("actors-{}", self.city.seed)));
        let began = stage.now();
        let hours = self.hours;
        let ends = began.after(Seconds(hours * 3_600));
        let watchers = Rc::new(RefCell::new(Watchers::since(began)));
        watchers.borrow_mut().keep_books_of(&cast.town);
        let console = Rc::new(console);
        cast.enter(&stage);
        let told = (Rc::clone(&console), Rc::clone(&stage));
        let watching = tokio::task::spawn_local(watch(
            Rc::clone(&stage),
            Rc::clone(&watchers),
            move |tally| {
                let (console, stage) = &told;
                let minutes = u64::from(stage.now().since(began).0 / 60);
                let (placed, open) = (tally.placed_count(), tally.open_count());
                let message = format!(
                    "{} h {:02} · {placed} orders · {open} open",
                    minutes / 60,
                    minutes % 60
                );
                console.tell(minutes, &message);
            },
        ));
        let days = hours.div_ceil(24).max(1);
        let demand = Demand::new(&cast.city);
        for day in 0..days {
            let midnight = midnight_before(began).after(Seconds(day * 86_400));
            cast.shop(&stage, midnight, demand.day(day), ends).await;
        }
        stage.sleep_until(ends).await;
        if self.heals {
            stage.peace.begin();
            let last = ends.after(LONGEST_HEALING);
            drain(&stage, &watchers, last, |tally| !tally.is_at_rest()).await;
        } else {
            drain(&stage, &watchers, ends.after(LONGEST_DRAIN), Tally::is_busy).await;
        }
        last_look(&stage, &watchers, watching).await;
        if self.heals {
            let now_ms = stage.now().as_millis();
            let stuck: Vec<String> = watchers.borrow().tally.stuck(now_ms).collect();
            watchers.borrow_mut().referee.healed(&stuck, now_ms);
        }
        close_books(&stage, &watchers).await;
        console.end();
        let mut summary = cast.summary("actors");
        {
            let mut watchers = watchers.borrow_mut();
            watchers.sum_up(&stage, &mut summary);
            cast.size_stores(&watchers.tally, &mut summary);
        }
        summary.simulated_s = f64::from(stage.now().since(began).0);
        self.configure(&mut summary);
        let digest = stage.doors.digest().await?;
        summary.wall_s = wall.elapsed().as_secs_f64();
        let shadow = stage.doors.shadow().await?;
        Ok(Played { summary, digest, shadow })
    }

    fn policy(&self) -> Policy {
        let beside = |planner| Box::new(DispatchPolicy { planner, ..DispatchPolicy::default() });
        Policy { shadow: self.shadow.map(beside), ..Policy::default() }
    }

    fn configure(&self, summary: &mut RunSummary) {
        let hours = ("hours", self.hours.to_string());
        for (name, value) in self.city.settings().into_iter().chain([hours]) {
            summary.configuration.insert(name.to_owned(), value);
        }
    }
}

/// Waits until nobody has anything to do about an order, or long enough.
async fn drain<D: Doors>(
    stage: &crate::bots::Shared<D>,
    watchers: &Rc<RefCell<Watchers>>,
    last: Timestamp,
    is_busy: impl Fn(&Tally) -> bool,
) {
    // What came in at the last moment is known after the next look.
    stage.sleep(Duration::from_secs(2 * u64::from(LOOK_EVERY.0))).await;
    // A look that is under way counts as busy.
    let is_busy = || watchers.try_borrow().map_or(true, |watchers| is_busy(&watchers.tally));
    while stage.now() < last && is_busy() {
        stage.sleep(Duration::from_secs(60)).await;
    }
}
