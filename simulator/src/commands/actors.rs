//! `simulator actors`: a whole city and its members in this process, under paused time.

use std::fmt::Write as _;

use actors::ShadowReport;
use clap::{Args, ValueEnum};
use dispatch::policy::RoundPlanner;

use super::CommandError;
use super::city_play::CityPlay;
use super::console::Console;
use super::output::OutputArguments;
use super::town::CityArguments;
use crate::people::FaultMix;
use crate::report::Outcome;

/// A run fails by this when the command line names no threshold of its own.
const GOAL: &str = "delivered_of_paid<95%";
/// A play of whole days fails by this as well: its books prove nothing about what never occurred.
const EVERYTHING: &str = "kinds_seen<100%";

#[derive(Debug, Args)]
pub struct ActorsArguments {
    #[command(flatten)]
    city: CityArguments,
    /// Simulated hours in which orders come in, from midnight
    #[arg(long, default_value_t = 24)]
    hours: u32,
    /// The same in days; the books of each are closed when it is over, and every kind of business
    /// must have happened
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
    /// Plan every round by another planner as well, without effects, and say how it differs
    #[arg(long, value_name = "PLANNER")]
    shadow: Option<PlannerName>,
    #[command(flatten)]
    output: OutputArguments,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PlannerName {
    Greedy,
    Assignment,
    Trips,
}

impl From<PlannerName> for RoundPlanner {
    fn from(name: PlannerName) -> Self {
        match name {
            PlannerName::Greedy => Self::Greedy,
            PlannerName::Assignment => Self::Assignment,
            PlannerName::Trips => Self::Trips,
        }
    }
}

impl ActorsArguments {
    fn hours(&self) -> u32 {
        self.days.map_or(self.hours, |days| days.saturating_mul(24))
    }

    pub fn play(&self) -> CityPlay {
        CityPlay {
            city: self.city.clone(),
            hours: self.hours(),
            faults: self.faults.clone(),
            heals: self.heals,
            shadow: self.shadow.map(RoundPlanner::from),
        }
    }
}

pub fn run(arguments: &ActorsArguments) -> Result<Outcome, CommandError> {
    let usual: &[&str] = if arguments.days.is_some() { &[GOAL, EVERYTHING] } else { &[GOAL] };
    let thresholds = arguments.output.thresholds_or(usual)?;
    let play = arguments.play();
    let console = || Console::begin(u64::from(play.hours) * 60);
    let first = play.play(console())?;
    eprintln!("journal {}", first.digest);
    if let Some(report) = &first.shadow {
        eprint!("{}", in_words(report));
    }
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

/// What both expect is told of the deliveries that both would have offered in the same round.
fn in_words(report: &ShadowReport) -> String {
    let sum = report.difference;
    let both = (sum.alike + sum.to_another).max(1) as f64;
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(
        text,
        "shadow: {} of {} rounds apart; offers to the same courier {}, to another {}, only live {}, \
         only shadow {}",
        sum.rounds_apart, sum.rounds, sum.alike, sum.to_another, sum.only_live, sum.only_shadow
    );
    for (name, of) in [("live", sum.live), ("shadow", sum.shadow)] {
        let minutes = |seconds: u64| seconds as f64 / 60.0 / both;
        let _ = writeln!(
            text,
            "  {name:<6} pick-up in {:.2} min, at the door in {:.2} min, promises at risk {}",
            minutes(of.until_pickup_s),
            minutes(of.until_dropoff_s),
            of.at_risk
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::city_play::Played;

    fn morning(shadow: Option<RoundPlanner>) -> Played {
        let city = CityArguments {
            seed: 3,
            stores: Some(4),
            couriers: Some(8),
            skus: Some(20),
            orders_per_day: 240,
            is_awake: false,
        };
        let play = CityPlay { city, hours: 10, faults: FaultMix::none(), heals: false, shadow };
        play.play(Console::begin(u64::MAX)).unwrap()
    }

    #[test]
    fn a_shadow_is_counted_and_leaves_no_trace() {
        let (alone, beside) = (morning(None), morning(Some(RoundPlanner::Greedy)));
        assert_eq!(alone.shadow, None);
        let report = beside.shadow.unwrap();
        assert!(report.difference.rounds > 10, "{report:?}");
        assert!(report.difference.alike > 0, "{report:?}");
        assert_eq!(alone.digest, beside.digest, "it changed what happened");
    }
}
