//! The simulator's binary: reads the command line, does what it says, exits with the run's verdict.
//! Everything it does is the library's.

use std::process::ExitCode;

use clap::Parser;
use simulator::commands::{self, Arguments};

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(problem) => {
            // Help and version are no mistakes; both are printed where they belong.
            let _ = problem.print();
            return if problem.use_stderr() { ExitCode::from(1) } else { ExitCode::SUCCESS };
        }
    };
    let level = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("error"));
    tracing_subscriber::fmt().with_env_filter(level).with_writer(std::io::stderr).init();
    match commands::run(arguments) {
        Ok(outcome) => ExitCode::from(outcome.exit_code()),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}
