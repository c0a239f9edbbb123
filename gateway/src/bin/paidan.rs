//! The program `paidan`. Everything it does lives in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    gateway::program::run()
}
