//! The program `simulator`: reads the command line, does what it says, exits with the verdict.

use std::process::ExitCode;

use clap::Parser;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

use crate::commands::{self, Arguments};

/// Everything from the command line to the exit code.
pub fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(problem) => {
            // Help and version are no mistakes; both are printed where they belong.
            let _ = problem.print();
            return if problem.use_stderr() { ExitCode::from(1) } else { ExitCode::SUCCESS };
        }
    };
    let asked = std::env::var("RUST_LOG").ok().and_then(|text| text.parse::<Targets>().ok());
    let levels = asked.unwrap_or_else(|| Targets::new().with_default(LevelFilter::ERROR));
    let log = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    tracing_subscriber::registry().with(log.with_filter(levels)).init();
    match commands::run(arguments) {
        Ok(outcome) => ExitCode::from(outcome.exit_code()),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}
