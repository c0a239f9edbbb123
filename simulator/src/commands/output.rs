//! Where a run's figures go: a table on standard output, JSON and HTML into files.

use std::path::{Path, PathBuf};

use clap::Args;

use super::CommandError;
use crate::report::{Outcome, RunSummary, Threshold, html, json, table};

#[derive(Debug, Args)]
pub struct OutputArguments {
    /// Write the figures as JSON
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Write a report as one self-contained page
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// Fail the run (exit code 99) if this holds, such as 'delivered<95%' or 'place_order.p99>50ms'
    #[arg(long = "fail-if", value_name = "THRESHOLD")]
    pub fail_if: Vec<String>,
}

impl OutputArguments {
    pub fn thresholds(&self) -> Result<Vec<Threshold>, CommandError> {
        self.thresholds_or(&[])
    }

    /// What the command line says, or these when it says nothing.
    pub fn thresholds_or(&self, usual: &[&str]) -> Result<Vec<Threshold>, CommandError> {
        let said: Vec<&str> = self.fail_if.iter().map(String::as_str).collect();
        let texts = if said.is_empty() { usual } else { &said };
        let parsed = texts.iter().map(|text| Threshold::parse(text));
        parsed.collect::<Result<_, _>>().map_err(|error| CommandError::Usage(error.to_string()))
    }

    /// Judges the run, shows it, and says what it came to.
    pub fn publish(
        &self,
        mut summary: RunSummary,
        thresholds: &[Threshold],
    ) -> Result<Outcome, CommandError> {
        summary.judge(thresholds);
        print!("{}", table(&summary));
        if let Some(path) = &self.json {
            let text = json(&summary).map_err(|error| CommandError::Usage(error.to_string()))?;
            write(path, &text)?;
        }
        if let Some(path) = &self.html {
            write(path, &html(&summary))?;
        }
        Ok(summary.outcome())
    }
}

fn write(path: &Path, text: &str) -> Result<(), CommandError> {
    std::fs::write(path, text)
        .map_err(|source| CommandError::File { what: path.display().to_string(), source })
}
