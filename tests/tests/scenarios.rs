//! Scenarios as text, each played in a partition of this process: a script is right when playing
//! it gives it back unchanged. `UPDATE=1` writes what really happened; read it in review.

#![cfg(feature = "whole-system")]
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fmt::Write;
use std::path::{Path, PathBuf};

#[test]
fn every_script_comes_back_unchanged() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let update = std::env::var_os("UPDATE").is_some();
    let mut complaints = String::new();
    let scripts = scripts(&folder);
    assert!(scripts.len() >= 12, "only {} scripts in {}", scripts.len(), folder.display());
    for path in scripts {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        match simulator::script::play(&text) {
            Ok(played) if played == text => {}
            Ok(played) if update => std::fs::write(&path, played).unwrap(),
            Ok(played) => writeln!(complaints, "{name}:\n{}", difference(&text, &played)).unwrap(),
            Err(error) => writeln!(complaints, "{name}: {error}").unwrap(),
        }
    }
    assert!(complaints.is_empty(), "{complaints}UPDATE=1 writes what happened");
}

/// A bad script is told what is wrong with it, and where.
#[test]
fn a_script_that_cannot_be_read_says_why() {
    let head = "store-7 at 0,0 has milk×5\n";
    for (script, complaint) in [
        ("shop-7 at 0,0", "line 1: a town has store-N, courier-N and policy lines"),
        ("policy colour 3", "line 1: the policy has no knob colour"),
        ("at soon shopper pays order-1", "line 2: 'soon' is no time such as 90s, 5min or 2h"),
        ("at 0s shopper places order-1 beer×1", "line 2: no store has beer"),
        ("at 0s shopper pays order-1", "line 2: order-1 was not placed"),
        ("at 0s store-7 dances order-1", "line 2: order-1 was not placed"),
        ("at 0s nobody cares", "line 2: nobody is called nobody"),
        ("at 0s nothing happens twice", "line 2: 'twice' means nothing here"),
    ] {
        let text =
            if script.starts_with("at") { format!("{head}{script}\n") } else { script.into() };
        let error = simulator::script::play(&text).unwrap_err().to_string();
        assert_eq!(error, complaint, "{script}");
    }
}

fn scripts(folder: &Path) -> Vec<PathBuf> {
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
