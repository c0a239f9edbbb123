//! One program, several processes: a bench starts itself once more in another role.
//!
//! The child says one line when it is ready, works while its standard input is open, and ends with
//! it, so that nothing outlives a bench that was stopped.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

use crate::must;

const ROLE: &str = "PAIDAN_BENCH_ROLE";
const FOLDER: &str = "PAIDAN_BENCH_FOLDER";

/// What this process was started to be; nothing in the process that a person started.
pub fn of_this_process() -> Option<String> {
    std::env::var(ROLE).ok()
}

/// The folder a child was given.
pub fn folder_of_this_process() -> std::path::PathBuf {
    std::env::var_os(FOLDER).map(Into::into).unwrap_or_default()
}

/// Says the line that the parent waits for.
pub fn ready(line: &str) {
    let mut out = std::io::stdout();
    must("the parent listens", writeln!(out, "{line}").and_then(|()| out.flush()));
}

/// Lines of the parent, to be read on a thread of their own; they end when the parent does.
pub fn orders_of_the_parent() -> impl Iterator<Item = String> {
    std::io::stdin().lock().lines().map_while(Result::ok)
}

/// This program in another role.
pub struct Other {
    child: Child,
    orders: Option<ChildStdin>,
    /// What it said when it was ready.
    pub said: String,
}

impl Other {
    /// Starts it and waits until it is ready.
    pub fn start(role: &str, folder: &Path) -> Self {
        let program = must("the path of this program", std::env::current_exe());
        let child = Command::new(program)
            .env(ROLE, role)
            .env(FOLDER, folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let mut child = must("this program starts once more", child);
        let orders = child.stdin.take();
        let mut said = String::new();
        if let Some(out) = child.stdout.take() {
            must("the other process says it is ready", BufReader::new(out).read_line(&mut said));
        }
        let said = said.trim().to_owned();
        assert!(!said.is_empty(), "the other process, as {role}, ended before it was ready");
        Self { child, orders, said }
    }

    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// The pipe to it, for whoever gives the orders.
    pub fn orders(&mut self) -> ChildStdin {
        match self.orders.take() {
            Some(orders) => orders,
            None => panic!("somebody gives orders already"),
        }
    }
}

impl Drop for Other {
    /// At once: what a bench's server would still write down is of no use.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
