//! `simulator actors`: a whole city and its members in this process, under paused time.

use clap::Args;

use super::CommandError;
use super::city_play::CityPlay;
use super::console::Console;
use super::output::OutputArguments;
use super::town::CityArguments;
use crate::people::FaultMix;
use crate::report::Outcome;

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
    /// How much goes wrong: none, calm, rough, or odds such as store_late=0.2,no_show=0.1
    #[arg(long, default_value = "calm")]
    faults: FaultMix,
    /// After the last order nothing goes wrong any more, and the city must come to rest
    #[arg(long)]
    heals: bool,
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

pub fn run(arguments: &ActorsArguments) -> Result<Outcome, CommandError> {
    let thresholds = arguments.output.thresholds_or(&[GOAL])?;
    let play = CityPlay {
        city: arguments.city.clone(),
        hours: arguments.hours(),
        faults: arguments.faults.clone(),
        heals: arguments.heals,
    };
    let console = || Console::begin(u64::from(play.hours) * 60);
    let first = play.play(console())?;
    eprintln!("journal {}", first.digest);
    if arguments.twice {
        let second = play.play(console())?;
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
