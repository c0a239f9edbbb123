//! What the binary can do, one verb a file. Each ends with an [`Outcome`] or says why it could not
//! begin; nothing here decides what people do.

mod actors;
mod console;
mod output;

use clap::{Parser, Subcommand};

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
    /// Plays a whole partition in this process under paused time, thousands of times faster
    Actors(actors::ActorsArguments),
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
}

impl CommandError {
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) | Self::File { .. } => 1,
            Self::Unreachable(_) => Outcome::Unreachable.exit_code(),
        }
    }
}

/// Does what the command line says.
pub fn run(arguments: Arguments) -> Result<Outcome, CommandError> {
    match arguments.command {
        Command::Actors(arguments) => actors::run(&arguments),
    }
}
