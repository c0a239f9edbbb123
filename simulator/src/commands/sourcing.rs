//! `simulator sourcing`: baskets answered by the planner, by two known rules, and exactly.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use dispatch::Policy;

use super::CommandError;
use crate::report::Outcome;
use crate::sourcing::{Figures, Play, Terms, Way, play, table};

#[derive(Debug, Args)]
pub struct SourcingArguments {
    /// Stores of the city, one to the square kilometre
    #[arg(long, default_value_t = 400, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    stores: u32,
    /// Baskets asked, one after another
    #[arg(long, default_value_t = 20_000)]
    baskets: u64,
    /// The seed of city and baskets
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Products of the chain
    #[arg(long, default_value_t = 400, value_parser = clap::value_parser!(u32).range(20..=100_000))]
    skus: u32,
    /// Lines of the largest basket
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=200))]
    lines: u32,
    /// Shelves are filled again after so many baskets for each store
    #[arg(long, default_value_t = 50, value_name = "BASKETS")]
    baskets_a_day: u32,
    /// Sourcing knobs (a city policy's `sourcing` as JSON) instead of the built-in ones
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Most stores of one order, for every way, instead of the policy's
    #[arg(long, value_name = "STORES")]
    max_splits: Option<u32>,
    /// Answer by this only; may be given again
    #[arg(long = "way", value_name = "WAY")]
    ways: Vec<WayName>,
    /// Solve every so many baskets of the planner exactly as well (built with --features exact)
    #[arg(long, default_value_t = 0, value_name = "BASKETS")]
    exact_every: u64,
    /// Write the figures as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum WayName {
    /// The planner that a running city uses
    Planner,
    /// Each line down the list of stores by distance
    Distance,
    /// One near store, one in reach, then partial allocation by proximity
    Rules,
}

impl From<WayName> for Way {
    fn from(name: WayName) -> Self {
        match name {
            WayName::Planner => Self::Planner,
            WayName::Distance => Self::Distance,
            WayName::Rules => Self::Rules,
        }
    }
}

pub fn run(arguments: &SourcingArguments) -> Result<Outcome, CommandError> {
    if arguments.exact_every > 0 && !cfg!(feature = "exact") {
        return Err(CommandError::Usage(
            "--exact-every needs a solver: build the simulator with --features exact".to_owned(),
        ));
    }
    let named: Vec<Way> = arguments.ways.iter().map(|name| Way::from(*name)).collect();
    let ways = if named.is_empty() { Way::ALL.to_vec() } else { named };
    let what = Play {
        terms: Terms { stores: arguments.stores, skus: arguments.skus, seed: arguments.seed },
        baskets: arguments.baskets,
        baskets_a_day: u64::from(arguments.stores) * u64::from(arguments.baskets_a_day),
        lines: 1..=arguments.lines,
        policy: policy(arguments)?,
        exact_every: arguments.exact_every,
        beside: ways.len() > 1,
    };
    let played = ways.into_iter().map(|way| {
        eprintln!("{}", way.name());
        play(&what, way).map_err(|error| CommandError::Usage(error.to_string()))
    });
    let figures: Vec<Figures> = played.collect::<Result<_, _>>()?;
    print!("{}", table(&figures));
    if let Some(path) = &arguments.json {
        let text = serde_json::to_string_pretty(&figures)
            .map_err(|error| CommandError::Usage(error.to_string()))?;
        std::fs::write(path, text).map_err(|source| file_error(path, source))?;
    }
    let is_right = figures.iter().all(|way| way.wrong == 0);
    Ok(if is_right { Outcome::Passed } else { Outcome::RulesBroken })
}

fn policy(arguments: &SourcingArguments) -> Result<Policy, CommandError> {
    let mut policy = Policy::default();
    if let Some(path) = &arguments.policy {
        let text = std::fs::read_to_string(path).map_err(|source| file_error(path, source))?;
        policy.sourcing = serde_json::from_str(&text)
            .map_err(|error| CommandError::Usage(format!("{}: {error}", path.display())))?;
    }
    if let Some(most) = arguments.max_splits {
        policy.sourcing.max_splits = most;
    }
    Ok(policy)
}

fn file_error(path: &Path, source: std::io::Error) -> CommandError {
    CommandError::File { what: path.display().to_string(), source }
}
