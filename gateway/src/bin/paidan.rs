//! The program `paidan`. Everything it does lives in the library.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// Orders are many small texts and rows, handed from thread to thread. SQLite's come from here too.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    gateway::program::run()
}
