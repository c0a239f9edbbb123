//! Plays that once broke a rule, kept in a file as the lines that `swarm` printed of them.

use std::path::Path;

use clap::Parser;

use super::CommandError;
use super::actors::ActorsArguments;
use super::city_play::CityPlay;

const COMMAND: &str = "simulator actors ";

#[derive(Parser)]
#[command(no_binary_name = true)]
struct Line {
    #[command(flatten)]
    actors: ActorsArguments,
}

/// A play and the line it comes from.
pub fn read(path: &Path) -> Result<Vec<(String, CityPlay)>, CommandError> {
    let text = std::fs::read_to_string(path).map_err(|source| CommandError::File {
        what: format!("the kept plays in {}", path.display()),
        source,
    })?;
    let lines = (1..).zip(text.lines()).map(|(number, line)| (number, line.trim()));
    let plays = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    plays
        .map(|(number, line)| {
            let place = || format!("{}, line {number}", path.display());
            play_of(line)
                .map(|play| (line.to_owned(), play))
                .map_err(|why| CommandError::Usage(format!("{}: {why}", place())))
        })
        .collect()
}

fn play_of(line: &str) -> Result<CityPlay, String> {
    let flags =
        line.strip_prefix(COMMAND).ok_or_else(|| format!("it does not begin with {COMMAND:?}"))?;
    let line = Line::try_parse_from(flags.split_whitespace()).map_err(|error| error.to_string())?;
    Ok(line.actors.play())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_as_it_was_printed_and_a_wrong_one_is_named() {
        let line = "simulator actors --seed 38 --stores 6 --couriers 5 --skus 19 \
                    --orders-per-day 234 --hours 12 --faults store_unresponsive=0.051 --heals";
        let play = play_of(line).unwrap();
        assert_eq!((play.city.seed, play.hours, play.heals), (38, 12, true));
        assert_eq!(play.faults.to_string(), "store_unresponsive=0.051");
        assert!(play_of("seed 38").unwrap_err().contains("simulator actors"));
        let wrong = play_of("simulator actors --stores many").unwrap_err();
        assert!(wrong.contains("many"), "{wrong}");
    }
}
