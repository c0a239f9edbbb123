//! The checker: reads a database as rows, and what clients wrote down, and says which invariants
//! hold. It walks the journal with the referee's own account of the trade, and holds every other
//! table against that account.
//!
//! It shares no code with the house: rows are read as plain SQL, payloads as plain JSON. It only
//! reads, in one snapshot, whether a server works on the database meanwhile or not; it mends
//! nothing, and it never counts as held what it has not looked at.

mod audit;
mod books;
mod chain;
mod clients;
mod findings;
mod journal;
mod memory;
mod people;
mod rows;
mod stock;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

pub use chain::Anchor;
pub use findings::{Finding, Findings, InvariantRow};
pub use rows::RowsError;

use chain::Anchors;
use clients::Clients;
use journal::Journal;
use people::Canaries;
use rows::Snapshot;

/// What to look at, and how.
#[derive(Debug, Clone, Default)]
pub struct Looking {
    /// `sqlite:<path>` or `postgres://…`.
    pub database: String,
    /// A folder with a file of each client, as runs write them.
    pub clients: Option<PathBuf>,
    /// How many times as fast as the wall's the city's time passes: how late a timer may be.
    pub pace: f64,
    /// Texts that may stand nowhere but where people are kept.
    pub canaries: Vec<String>,
    /// Heads of the chain that were noted elsewhere.
    pub anchors: Vec<Anchor>,
}

/// Why nothing could be looked at.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    #[error(transparent)]
    Rows(#[from] RowsError),
    #[error("{what}: {source}")]
    File {
        what: String,
        #[source]
        source: std::io::Error,
    },
}

/// Looks at everything once.
pub async fn check(looking: &Looking) -> Result<Findings, CheckError> {
    let mut findings = Findings::default();
    let clients = match &looking.clients {
        Some(folder) => Some(Clients::read(folder, &mut findings)?),
        None => None,
    };
    let told = clients.iter().flat_map(Clients::people).chain(looking.canaries.iter().cloned());
    let mut canaries = Canaries::new(told);
    let mut snapshot = Snapshot::open(&looking.database).await?;
    let mut journal = Journal::new(looking.pace.max(1.0));
    let mut anchors = Anchors::new(&looking.anchors);
    journal.read(&mut snapshot, &mut canaries, &mut anchors, &mut findings).await?;
    stock::check(&mut snapshot, &journal, &mut findings).await?;
    memory::check(&mut snapshot, &journal, &mut canaries, &mut findings).await?;
    audit::check(&mut snapshot, &mut canaries, &mut anchors, &mut findings).await?;
    anchors.finish(&mut findings);
    books::check(&mut snapshot, &journal, &mut canaries, &mut findings).await?;
    let answers = clients::answers(&mut snapshot, &journal, &mut canaries, &mut findings).await?;
    canaries.tell(&mut findings);
    journal.finish(&mut findings);
    if let Some(clients) = clients {
        clients.check(&answers, &journal, looking.pace.max(1.0), &mut findings);
    }
    Ok(findings)
}

/// An id as events name it, from the 32 digits of a column; anything else as it is.
fn dashed(id: &str) -> String {
    let part = |from: usize, to: usize| id.get(from..to);
    let parts = (part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32));
    match parts {
        (Some(a), Some(b), Some(c), Some(d), Some(e)) if id.len() == 32 => {
            format!("{a}-{b}-{c}-{d}-{e}")
        }
        _ => id.to_owned(),
    }
}
