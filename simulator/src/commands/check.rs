//! `simulator check`: looks at a database, and at what clients wrote down.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::CommandError;
use super::target::on_this_thread;
use crate::checker::{Anchor, CheckError, Findings, Looking, check};
use crate::report::Outcome;

#[derive(Debug, Args)]
pub struct CheckArguments {
    /// The database as the server is told it: sqlite:<path> or postgres://…
    #[arg(long, env = "PAIDAN_DATABASE")]
    database: String,
    /// The folder that `run` or `replay` wrote with --clients
    #[arg(long, value_name = "DIR")]
    clients: Option<PathBuf>,
    /// How many times as fast as the wall's the city's clock ran
    #[arg(long, default_value_t = 1.0)]
    pace: f64,
    /// A text that may stand nowhere but where people are kept; may be said again
    #[arg(long = "canary", value_name = "TEXT")]
    canaries: Vec<String>,
    /// A head that GET /v1/audit/head told some day, as PARTITION:SEQ:CHAIN or
    /// documents:REVISION:CHAIN: what was recorded by then must be the same; may be said again
    #[arg(long = "anchor", value_name = "HEAD")]
    anchors: Vec<Anchor>,
    /// Print JSON instead of a table
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &CheckArguments) -> Result<Outcome, CommandError> {
    let looking = Looking {
        database: arguments.database.clone(),
        clients: arguments.clients.clone(),
        pace: arguments.pace,
        canaries: arguments.canaries.clone(),
        anchors: arguments.anchors.clone(),
    };
    let findings = on_this_thread(async move { check(&looking).await.map_err(Into::into) })?;
    print!("{}", if arguments.json { as_json(&findings) } else { as_table(&findings) });
    Ok(match findings.broken_count() {
        0 => Outcome::Passed,
        1.. => Outcome::RulesBroken,
    })
}

impl From<CheckError> for CommandError {
    fn from(error: CheckError) -> Self {
        match error {
            CheckError::Rows(error) => Self::Database(error),
            CheckError::File { what, source } => Self::File { what, source },
        }
    }
}

fn as_json(findings: &Findings) -> String {
    let told = json!({
        "invariants": findings.table(),
        "broken": findings.broken_count(),
        "findings": findings.told(),
    });
    format!("{told:#}\n")
}

fn as_table(findings: &Findings) -> String {
    let mut text = String::new();
    for row in findings.table() {
        let looked = match row.looked_at {
            0 => "not looked at".to_owned(),
            count => format!("{count} looked at"),
        };
        let broken = match row.broken {
            0 => String::new(),
            count => format!("  {count} BROKEN"),
        };
        let (number, name, what) = (&row.invariant, row.name, row.what);
        text.push_str(&format!("{number:<4} {name:<38} {looked:>20}{broken}  ({what})\n"));
    }
    for finding in findings.told() {
        let (number, rule) = (&finding.invariant, &finding.rule);
        let (table, key, detail) = (&finding.table, &finding.key, &finding.detail);
        text.push_str(&format!("{number} {rule}: {table} [{key}]: {detail}\n"));
    }
    text
}
