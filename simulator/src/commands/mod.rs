//! What the binary can do, one verb a file. Each ends with an [`Outcome`] or says why it could not
//! begin; nothing here decides what people do.

mod actors;
mod check;
mod city_play;
mod console;
mod generate;
mod kept_plays;
mod mdrp;
mod output;
mod replay;
mod run;
mod script;
mod seed;
mod sourcing;
mod span;
mod swarm;
mod target;
mod town;
mod visitor;

use clap::{Parser, Subcommand};

use crate::checker::RowsError;
use crate::report::Outcome;

/// Plays the people of a city: shoppers, stores and couriers.
#[derive(Debug, Parser)]
#[command(name = "simulator", version)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Plays a whole city and its members in this process under paused time, much faster than life
    ///
    /// The books of every day are closed when it is over. Ends with 98 when a rule was broken or the
    /// books differ by a fen, with 99 when a --fail-if holds; without one, when couriers deliver less
    /// than 95 % of the paid orders.
    Actors(actors::ActorsArguments),
    /// Plays many small cities, each with troubles of its own draw, and names the seeds that break a rule
    ///
    /// A seed draws the city's size and the odds of every trouble, some of which never come. After the
    /// last order the troubles end, and within a day the city must come to rest. Every tenth seed is played twice:
    /// its journals must be equal. Ends with 98 when a rule was broken.
    Swarm(swarm::SwarmArguments),
    /// Fills a server with a generated city
    Seed(seed::SeedArguments),
    /// Plays the city's people against a server, over the wire
    Run(run::RunArguments),
    /// Plays a day of the public meal-delivery format against a server
    ///
    /// Couriers are entered as cars: of the server's assumptions about travel that one is nearest
    /// to the day's straight lines and its speed.
    Replay(replay::ReplayArguments),
    /// Writes a generated city's day in the public meal-delivery format
    Generate(generate::GenerateArguments),
    /// Plays published days through the planner in virtual time and judges what it decides
    ///
    /// The rules are the public format's; the planner is the one that a running city uses.
    Mdrp(mdrp::MdrpArguments),
    /// Answers made-up baskets by the city's own planner, by two rules that others use, and exactly
    ///
    /// Stock is taken as baskets are placed, so that each way lives with what it did. Ends with 98
    /// when the parts of an answer are not what was ordered, or more than the shelves held.
    Sourcing(sourcing::SourcingArguments),
    /// Plays a scenario and prints it with what happened
    Script(script::ScriptArguments),
    /// Looks at a database, and at what clients wrote down, for anything that may not be
    ///
    /// It only reads, and may be run beside a server. It fails with 98 when a rule is broken.
    Check(check::CheckArguments),
}

/// Why a command could not begin or go on.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    #[error("{0}")]
    Usage(String),
    #[error("{what}: {source}")]
    File {
        what: String,
        #[source]
        source: std::io::Error,
    },
    #[error("the target cannot be reached: {0}")]
    Unreachable(String),
    #[error(transparent)]
    Database(#[from] RowsError),
}

impl CommandError {
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Unreachable(_) | Self::Database(RowsError::Database { .. }) => {
                Outcome::Unreachable.exit_code()
            }
            Self::Usage(_)
            | Self::File { .. }
            | Self::Database(RowsError::Address(_) | RowsError::NoFile(_)) => 1,
        }
    }
}

/// Does what the command line says.
pub fn run(arguments: Arguments) -> Result<Outcome, CommandError> {
    match arguments.command {
        Command::Actors(arguments) => actors::run(&arguments),
        Command::Swarm(arguments) => swarm::run(&arguments),
        Command::Seed(arguments) => seed::run(&arguments),
        Command::Run(arguments) => run::run(&arguments),
        Command::Replay(arguments) => replay::run(&arguments),
        Command::Generate(arguments) => generate::run(&arguments),
        Command::Mdrp(arguments) => mdrp::run(&arguments),
        Command::Sourcing(arguments) => sourcing::run(&arguments),
        Command::Script(arguments) => script::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
    }
}
