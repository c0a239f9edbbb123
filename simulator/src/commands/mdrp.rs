//! `simulator mdrp`: plays published days through the planner in virtual time.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use clap::Args;

use super::CommandError;
use crate::mdrp::{Day, DayError};
use crate::report::Outcome;
use crate::trial::{self, Figures, ReadyTimes, Setting};

#[derive(Debug, Args)]
pub struct MdrpArguments {
    /// Folders of one day each, or of such folders
    #[arg(required = true)]
    days: Vec<PathBuf>,
    /// Write the solutions here in the public evaluator's format, a folder a day
    #[arg(long, value_name = "FOLDER")]
    solutions: PathBuf,
    /// Write the figures as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Days played at once
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..))]
    jobs: u8,
    /// Tell the planner how long each restaurant takes on average instead of when goods are ready
    #[arg(long)]
    unknown_ready_times: bool,
    /// Plan with these knobs (a city policy's `dispatch.trips` as JSON) instead of the built-in ones
    #[arg(long, value_name = "FILE")]
    trips: Option<PathBuf>,
}

pub fn run(arguments: &MdrpArguments) -> Result<Outcome, CommandError> {
    let folders = day_folders(&arguments.days)?;
    let setting = setting(arguments)?;
    let next = AtomicUsize::new(0);
    let played = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..arguments.jobs {
            scope.spawn(|| {
                while let Some(folder) = folders.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let figures = play(folder, &setting, &arguments.solutions);
                    if let Ok(mut played) = played.lock() {
                        played.push(figures);
                    }
                }
            });
        }
    });
    let played = played.into_inner().unwrap_or_default();
    let mut figures = played.into_iter().collect::<Result<Vec<Figures>, _>>()?;
    figures.sort_by(|one, other| one.day.cmp(&other.day));
    print!("{}", trial::table(&figures));
    if let Some(path) = &arguments.json {
        let text = serde_json::to_string_pretty(&figures)
            .map_err(|error| CommandError::Usage(error.to_string()))?;
        std::fs::write(path, text).map_err(|source| file_error(path, source))?;
    }
    Ok(Outcome::Passed)
}

fn setting(arguments: &MdrpArguments) -> Result<Setting, CommandError> {
    let ready_times = if arguments.unknown_ready_times {
        ReadyTimes::MeanOfRestaurant
    } else {
        ReadyTimes::Known
    };
    let Some(path) = &arguments.trips else {
        return Ok(Setting { ready_times, ..Setting::default() });
    };
    let text = std::fs::read_to_string(path).map_err(|source| file_error(path, source))?;
    let trips = serde_json::from_str(&text)
        .map_err(|error| CommandError::Usage(format!("{}: {error}", path.display())))?;
    Ok(Setting { ready_times, trips })
}

fn play(folder: &Path, setting: &Setting, solutions: &Path) -> Result<Figures, CommandError> {
    let wrong = |error: DayError| CommandError::Usage(error.to_string());
    let day = Day::read(folder).map_err(wrong)?;
    let played = trial::play(&day, setting);
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    played.solution.write(&day, &solutions.join(&name)).map_err(wrong)?;
    Ok(Figures::of(&name, &day, &played))
}

/// Every folder that holds a day: the named ones and those right below them, by name.
fn day_folders(named: &[PathBuf]) -> Result<Vec<PathBuf>, CommandError> {
    let is_day = |folder: &Path| folder.join("orders.txt").is_file();
    let mut days = Vec::new();
    for folder in named {
        if is_day(folder) {
            days.push(folder.clone());
            continue;
        }
        let entries = std::fs::read_dir(folder)
            .map_err(|source| CommandError::File { what: folder.display().to_string(), source })?;
        let inside = entries.filter_map(Result::ok).map(|entry| entry.path());
        let before = days.len();
        days.extend(inside.filter(|path| is_day(path)));
        if days.len() == before {
            let message =
                format!("{}: no day; a day is a folder with orders.txt", folder.display());
            return Err(CommandError::Usage(message));
        }
    }
    days.sort();
    days.dedup();
    Ok(days)
}

fn file_error(path: &Path, source: std::io::Error) -> CommandError {
    CommandError::File { what: path.display().to_string(), source }
}
