//! The program `simulator`. Everything it does lives in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    simulator::program::run()
}
