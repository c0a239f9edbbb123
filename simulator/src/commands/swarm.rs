//! `simulator swarm`: many small cities, each with troubles of its own.

use std::collections::BTreeSet;
use std::num::NonZero;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Instant;

use clap::Args;
use vocabulary::Chance;

use super::CommandError;
use super::city_play::CityPlay;
use super::console::Console;
use super::kept_plays;
use super::town::CityArguments;
use crate::people::FaultMix;
use crate::report::{Outcome, RunSummary};

/// Every so many seeds one is played twice.
const TWICE_EVERY: u64 = 10;
/// Plays that are spent on making one failing seed small.
const MOST_SHRINKS: u32 = 40;

#[derive(Debug, Args)]
pub struct SwarmArguments {
    /// How many seeds
    #[arg(long, default_value_t = 100)]
    seeds: u64,
    /// The first of them
    #[arg(long, default_value_t = 1)]
    from: u64,
    /// Plays of this file come first: one a line, as this command prints those that break a rule
    #[arg(long, value_name = "FILE")]
    kept: Option<PathBuf>,
    /// How many are played at once [default: one a core]
    #[arg(long)]
    threads: Option<NonZero<usize>>,
}

/// What the swarm came to.
#[derive(Default)]
struct Tally {
    kept: u64,
    seeds: u64,
    twice: u64,
    orders: u64,
    checks: u64,
    /// The smallest play found for each seed that broke a rule.
    failures: Vec<String>,
}

pub fn run(arguments: &SwarmArguments) -> Result<Outcome, CommandError> {
    let began = Instant::now();
    let kept = arguments.kept.as_deref().map(kept_plays::read).transpose()?.unwrap_or_default();
    let kept = kept.into_iter().map(|(line, play)| Turn::Kept(line, Box::new(play)));
    let last = arguments.from.saturating_add(arguments.seeds);
    let turns = Mutex::new(kept.chain((arguments.from..last).map(Turn::Seed)));
    let (tally, refusal) = (Mutex::new(Tally::default()), Mutex::new(None));
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    let threads = arguments.threads.map_or(cores, NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let next = turns.lock().ok().and_then(|mut turns| turns.next());
                    let Some(turn) = next else { return };
                    let told = turn.play();
                    let Ok(mut tally) = tally.lock() else { return };
                    match told {
                        Ok(played) => tally.count(played),
                        Err(error) => {
                            if let Ok(mut refusal) = refusal.lock() {
                                *refusal = Some(error);
                            }
                            return;
                        }
                    }
                }
            });
        }
    });
    if let Some(error) = refusal.into_inner().ok().flatten() {
        return Err(error);
    }
    let tally = tally.into_inner().unwrap_or_default();
    println!(
        "{} kept plays; {} seeds from {}, {} of them twice; {} orders, {} checks by the referee; \
         {:.0} s",
        tally.kept,
        tally.seeds,
        arguments.from,
        tally.twice,
        tally.orders,
        tally.checks,
        began.elapsed().as_secs_f64()
    );
    tally.failures.iter().for_each(|failure| println!("{failure}"));
    Ok(if tally.failures.is_empty() { Outcome::Passed } else { Outcome::RulesBroken })
}

/// What is played next.
enum Turn {
    /// A play that once broke a rule, and its line.
    Kept(String, Box<CityPlay>),
    Seed(u64),
}

/// What one play came to.
struct Told {
    is_kept: bool,
    is_twice: bool,
    orders: u64,
    checks: u64,
    failure: Option<String>,
}

impl Tally {
    fn count(&mut self, played: Told) {
        self.kept += u64::from(played.is_kept);
        self.seeds += u64::from(!played.is_kept);
        self.twice += u64::from(played.is_twice);
        self.orders += played.orders;
        self.checks += played.checks;
        if let Some(failure) = played.failure {
            eprintln!("{failure}");
            self.failures.push(failure);
        }
    }
}

impl Turn {
    fn play(self) -> Result<Told, CommandError> {
        match self {
            Self::Kept(line, play) => {
                let summary = play.play(Console::silent())?.summary;
                let rules: Vec<String> = rules_broken(&summary).into_iter().collect();
                let failure = (!rules.is_empty())
                    .then(|| format!("a kept play breaks {} again: {line}", rules.join(", ")));
                let (orders, checks) = (summary.orders.placed, summary.referee.checks);
                Ok(Told { is_kept: true, is_twice: false, orders, checks, failure })
            }
            Self::Seed(seed) => play_seed(seed),
        }
    }
}

fn play_seed(seed: u64) -> Result<Told, CommandError> {
    let play = drawn(seed);
    let first = play.play(Console::silent())?;
    let is_twice = seed.is_multiple_of(TWICE_EVERY);
    let is_equal = !is_twice || play.play(Console::silent())?.digest == first.digest;
    let rules = rules_broken(&first.summary);
    let failure = if !rules.is_empty() {
        let (small, rules) = shrunk(play, rules)?;
        let rules: Vec<String> = rules.into_iter().collect();
        Some(format!("seed {seed} breaks {}: {}", rules.join(", "), command_of(&small)))
    } else if is_equal {
        None
    } else {
        Some(format!("seed {seed} gave two journals: {} --twice", command_of(&play)))
    };
    let (orders, checks) = (first.summary.orders.placed, first.summary.referee.checks);
    Ok(Told { is_kept: false, is_twice, orders, checks, failure })
}

/// A seed's city, its day and its troubles.
fn drawn(seed: u64) -> CityPlay {
    let mut chance = Chance::from_seed(seed).fork(31);
    let mut between = |least: u64, most: u64| (least + chance.below(most - least + 1)) as u32;
    let city = CityArguments {
        seed,
        stores: Some(between(2, 6)),
        couriers: Some(between(2, 10)),
        skus: Some(between(8, 40)),
        orders_per_day: between(40, 240),
        is_awake: false,
    };
    let hours = between(10, 14);
    CityPlay { city, hours, faults: FaultMix::swarm(&mut chance), heals: true, shadow: None }
}

fn rules_broken(summary: &RunSummary) -> BTreeSet<String> {
    summary.referee.violations.iter().map(|violation| violation.rule.clone()).collect()
}

/// Makes a failing play smaller while it breaks one of the same rules: fewer troubles first, then
/// fewer hours, orders and stores.
fn shrunk(
    mut play: CityPlay,
    mut rules: BTreeSet<String>,
) -> Result<(CityPlay, BTreeSet<String>), CommandError> {
    let mut plays = 0;
    loop {
        let mut is_smaller = false;
        for smaller in smaller_than(&play) {
            if plays == MOST_SHRINKS {
                return Ok((play, rules));
            }
            plays += 1;
            let broken = rules_broken(&smaller.play(Console::silent())?.summary);
            if !broken.is_disjoint(&rules) {
                (play, rules, is_smaller) = (smaller, broken, true);
                break;
            }
        }
        if !is_smaller {
            return Ok((play, rules));
        }
    }
}

/// Plays with one thing less.
fn smaller_than(play: &CityPlay) -> Vec<CityPlay> {
    let odds = play.faults.odds();
    let is_on = |(_, odds): &(&String, &f64)| **odds > 0.0;
    let without = odds.iter().filter(is_on).filter_map(|(name, _)| {
        let mut fewer = odds.clone();
        fewer.insert(name.clone(), 0.0);
        Some(CityPlay { faults: FaultMix::of(fewer)?, ..play.clone() })
    });
    let mut smaller: Vec<CityPlay> = without.collect();
    let city = &play.city;
    let mut less = |hours: u32, orders: u32, stores: u32| {
        let city = CityArguments { orders_per_day: orders, stores: Some(stores), ..city.clone() };
        smaller.push(CityPlay { city, hours, ..play.clone() });
    };
    let (hours, orders, stores) = (play.hours, city.orders_per_day, city.stores.unwrap_or(1));
    if hours > 2 {
        less(hours - 2, orders, stores);
    }
    if orders > 10 {
        less(hours, orders / 2, stores);
    }
    if stores > 1 {
        less(hours, orders, stores - 1);
    }
    smaller
}

/// The line that plays it again.
fn command_of(play: &CityPlay) -> String {
    let city = &play.city;
    let count = |count: Option<u32>| count.unwrap_or_default();
    format!(
        "simulator actors --seed {} --stores {} --couriers {} --skus {} --orders-per-day {} --hours {} \
         --faults {} --heals",
        city.seed,
        count(city.stores),
        count(city.couriers),
        count(city.skus),
        city.orders_per_day,
        play.hours,
        play.faults,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_seeds_draw_equal_plays_and_the_line_names_all_of_it() {
        let (play, again) = (drawn(7), drawn(7));
        assert_eq!(command_of(&play), command_of(&again));
        assert_ne!(command_of(&play), command_of(&drawn(8)));
        let line = command_of(&play);
        let mix = line.split("--faults ").nth(1).and_then(|rest| rest.split(' ').next());
        assert_eq!(mix.unwrap().parse(), Ok(play.faults));
    }

    #[test]
    fn every_smaller_play_has_one_thing_less() {
        let play = drawn(7);
        let troubles =
            |play: &CityPlay| play.faults.odds().values().filter(|odds| **odds > 0.0).count();
        for smaller in smaller_than(&play) {
            let fewer = usize::from(troubles(&smaller) < troubles(&play))
                + usize::from(smaller.hours < play.hours)
                + usize::from(smaller.city.orders_per_day < play.city.orders_per_day)
                + usize::from(smaller.city.stores < play.city.stores);
            assert_eq!(fewer, 1);
        }
    }
}
