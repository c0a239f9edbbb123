//! Scenarios as text, each played in a partition of this process, and those marked `wire` against
//! a real server as well: a script is right when playing it gives it back unchanged. `UPDATE=1`
//! writes what really happened in this process; read it in review.

#![cfg(feature = "whole-system")]
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fmt::Write;
use std::path::{Path, PathBuf};

use paidan_tests::server::Server;
use simulator::script;

/// Fast enough for a test, and slow enough that a busy machine answers within a courier's patience.
const TIME_SCALE: &str = "20";

#[test]
fn every_script_comes_back_unchanged() {
    let update = std::env::var_os("UPDATE").is_some();
    let mut complaints = String::new();
    let scripts = scripts();
    assert!(scripts.len() >= 12, "only {} scripts", scripts.len());
    for path in scripts {
        let text = std::fs::read_to_string(&path).unwrap();
        match script::play(&text) {
            Ok(played) if played != text && update => std::fs::write(&path, played).unwrap(),
            played => complaints += &complaint(&path, &text, played),
        }
    }
    assert!(complaints.is_empty(), "{complaints}UPDATE=1 writes what happened");
}

/// The same scripts with the same expectations over HTTP and WebSockets, each against a server of
/// its own, all at the same time.
#[test]
fn marked_scripts_come_back_unchanged_over_the_wire() {
    let marked: Vec<(PathBuf, String)> = scripts()
        .into_iter()
        .map(|path| (path.clone(), std::fs::read_to_string(path).unwrap()))
        .filter(|(_, text)| script::is_marked_wire(text).unwrap())
        .collect();
    assert!(marked.len() >= 6, "only {} scripts are marked wire", marked.len());
    let complaints: String = std::thread::scope(|scope| {
        let plays: Vec<_> = marked
            .iter()
            .map(|(path, text)| {
                let server = Server::start(&["--time-scale", TIME_SCALE]);
                scope.spawn(move || complaint(path, text, play_against(&server, text)))
            })
            .collect();
        plays.into_iter().map(|play| play.join().unwrap()).collect()
    });
    assert!(complaints.is_empty(), "{complaints}");
}

fn play_against(server: &Server, text: &str) -> Result<String, script::ScriptError> {
    let token = std::fs::read_to_string(server.token_file()).unwrap();
    script::play_over_wire(text, &server.base(), token.trim())
}

/// Empty when the script came back unchanged.
fn complaint(path: &Path, text: &str, played: Result<String, script::ScriptError>) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    match played {
        Ok(played) if played == text => String::new(),
        Ok(played) => format!("{name}:\n{}", difference(text, &played)),
        Err(error) => format!("{name}: {error}\n"),
    }
}

/// A bad script is told what is wrong with it, and where.
#[test]
fn a_script_that_cannot_be_read_says_why() {
    let head = "store-7 at 0,0 has milk×5\n";
    for (line, complaint) in [
        ("shop-7 at 0,0", "line 1: a town has store-N, courier-N, policy and wire lines"),
        ("policy colour 3", "line 1: the policy has no knob colour"),
        ("at soon shopper pays order-1", "line 2: 'soon' is no time such as 90s, 5min or 2h"),
        ("at 0s shopper places order-1 beer×1", "line 2: no store has beer"),
        ("at 0s shopper pays order-1", "line 2: order-1 was not placed"),
        ("at 0s store-7 dances order-1", "line 2: order-1 was not placed"),
        ("at 0s nobody cares", "line 2: nobody is called nobody"),
        ("at 0s nothing happens twice", "line 2: 'twice' means nothing here"),
        ("at 0s expect order-1 is open", "line 2: nothing has happened yet: begin with an action"),
    ] {
        let text = if line.starts_with("at") { format!("{head}{line}\n") } else { line.into() };
        let error = script::play(&text).unwrap_err().to_string();
        assert_eq!(error, complaint, "{line}");
    }
}

fn scripts() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut scripts: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|ending| ending == "txt")).collect();
    scripts.sort();
    scripts
}

/// The first lines that differ.
fn difference(expected: &str, played: &str) -> String {
    let mut lines = String::new();
    let (mut expected, mut played) = (expected.lines(), played.lines());
    loop {
        match (expected.next(), played.next()) {
            (None, None) => return lines,
            (one, other) if one == other => {}
            (one, other) => {
                let (one, other) = (one.unwrap_or("(end)"), other.unwrap_or("(end)"));
                let _ = writeln!(lines, "  expected {one}\n  happened {other}");
                if lines.lines().count() > 12 {
                    return lines;
                }
            }
        }
    }
}
