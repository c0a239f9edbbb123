//! `simulator script`: plays a scenario and prints it with what happened.

use std::path::PathBuf;

use clap::Args;

use super::CommandError;
use crate::report::Outcome;
use crate::script;

#[derive(Debug, Args)]
pub struct ScriptArguments {
    file: PathBuf,
}

pub fn run(arguments: &ScriptArguments) -> Result<Outcome, CommandError> {
    let what = arguments.file.display().to_string();
    let text = std::fs::read_to_string(&arguments.file)
        .map_err(|source| CommandError::File { what: what.clone(), source })?;
    let played =
        script::play(&text).map_err(|error| CommandError::Usage(format!("{what}: {error}")))?;
    print!("{played}");
    Ok(Outcome::Passed)
}
