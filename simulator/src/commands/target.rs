//! The server that a command talks to, and the thread it talks from.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use tokio::task::LocalSet;

use super::CommandError;
use crate::bots::Stage;
use crate::doors::Failure;
use crate::doors::wire::{Target, Wire};
use crate::report::Ending;

#[derive(Debug, Args)]
pub struct TargetArguments {
    /// Address of the server
    #[arg(long, env = "PAIDAN_SERVER", default_value = "http://127.0.0.1:7878")]
    pub server: String,
    /// File with headquarters' token, as the server's first start wrote it
    #[arg(long, env = "PAIDAN_TOKEN_FILE", value_name = "FILE")]
    pub token_file: PathBuf,
    /// Needed for a server that is not this machine: load tests belong on your own hosts
    #[arg(long)]
    pub i_own_this_host: bool,
}

impl TargetArguments {
    pub async fn connect(&self) -> Result<Wire, CommandError> {
        let target = Target::parse(&self.server).map_err(CommandError::Usage)?;
        if !target.is_loopback() && !self.i_own_this_host {
            let message = format!(
                "{} is not this machine: add --i-own-this-host if it is yours to load",
                self.server
            );
            return Err(CommandError::Usage(message));
        }
        let token = std::fs::read_to_string(&self.token_file).map_err(|source| {
            CommandError::File { what: self.token_file.display().to_string(), source }
        })?;
        Ok(Wire::connect(target, token.trim().to_owned()).await?)
    }
}

impl From<Failure> for CommandError {
    /// Before a run begins: nobody answered, or the answer was no.
    fn from(failure: Failure) -> Self {
        if failure.retryable {
            Self::Unreachable(failure.to_string())
        } else {
            Self::Usage(format!("the server says no: {failure}"))
        }
    }
}

/// Clients write down what they say and hear, where a folder is named.
pub fn write_down(wire: &Wire, folder: Option<&Path>) -> Result<(), CommandError> {
    let Some(folder) = folder else { return Ok(()) };
    let what = || folder.display().to_string();
    wire.write_down(folder).map_err(|source| CommandError::File { what: what(), source })
}

/// Runs people on this thread, in real time.
pub fn on_this_thread<T>(
    work: impl Future<Output = Result<T, CommandError>>,
) -> Result<T, CommandError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime =
        runtime.map_err(|source| CommandError::File { what: "the runtime".to_owned(), source })?;
    let people = LocalSet::new();
    people.block_on(&runtime, work)
}

/// Ends when the server is gone for longer than the retries last.
pub async fn unreachable(stage: &Stage<Wire>) -> Ending {
    while !stage.ledger.borrow().is_cut_off() {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let target = stage.doors.target();
    Ending::Unreachable { why: format!("nobody at {target} for three quarters of a minute") }
}

/// Ends when somebody presses Ctrl-C or asks the process to stop.
pub async fn interrupted() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        biased;
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
