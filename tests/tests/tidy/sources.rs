//! How any source reads: finished, in lines and files of a length one can take in, introduced.

use crate::Complaint;
use crate::code::{code_of, lines_naming};

/// What counts as a source written by hand.
pub const ENDINGS: &[&str] = &[
    ".rs", ".sql", ".sh", ".ts", ".js", ".svelte", ".css", ".html", ".toml", "Makefile", ".ci/run",
];

const LONGEST_LINE: usize = 120;
const LONGEST_FILE: usize = 600;
/// Written by a test from what has its own rules, and read by nobody from top to bottom.
const MADE: &[&str] = &["gateway/web/src/wire.ts"];
const SHORTEST_INTRODUCTION: usize = 25;

// Spelled in two halves, so that this file passes its own rule.
const MARKS: &[&str] = &[concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];
const UNFINISHED: &[&str] =
    &[concat!("todo", "!"), concat!("#[ign", "ore"), concat!("unimpl", "emented!")];
const MACHINE_FOLDERS: &[&str] =
    &[concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("/Us", "ers/")];

/// One source file of any language.
pub fn check(path: &str, text: &str) -> Vec<Complaint> {
    let mut complaints = check_marks(path, text);
    complaints.extend(check_length(path, text));
    if path.ends_with(".rs") {
        complaints.extend(check_unfinished(path, text));
        complaints.extend(check_lines(path, text));
        complaints.extend(check_introduction(path, text));
    }
    complaints
}

/// Folders that exist on one person's machine only. A route or a link of that name is no folder.
pub fn check_machine_paths(path: &str, text: &str) -> Vec<Complaint> {
    let is_found = |line: &str| MACHINE_FOLDERS.iter().any(|folder| begins_a_path(line, folder));
    let complain = |line| {
        format!(
            "{path}:{line}: an absolute path of one machine. Cure: make it relative to the root"
        )
    };
    lines_where(text, is_found).map(complain).collect()
}

fn check_marks(path: &str, text: &str) -> Vec<Complaint> {
    let marked = MARKS.iter().flat_map(|mark| lines_naming(text, mark));
    let complain = |line| {
        format!(
            "{path}:{line}: an unfinished mark. Cure: do it now, or write the gap where users read"
        )
    };
    marked.map(complain).collect()
}

fn check_unfinished(path: &str, text: &str) -> Vec<Complaint> {
    let code = code_of(text);
    let is_unfinished = |line: &str| UNFINISHED.iter().any(|word| line.contains(word));
    let complain = |line| {
        format!(
            "{path}:{line}: a stub or a sleeping test. Cure: finish it, or assert what is true today"
        )
    };
    lines_where(&code, is_unfinished).map(complain).collect()
}

fn check_lines(path: &str, text: &str) -> Vec<Complaint> {
    let is_long = |line: &str| line.chars().count() > LONGEST_LINE;
    let complain =
        |line| format!("{path}:{line}: over {LONGEST_LINE} columns. Cure: break the line");
    lines_where(text, is_long).map(complain).collect()
}

fn check_length(path: &str, text: &str) -> Option<Complaint> {
    let length = text.lines().count();
    (length > LONGEST_FILE && !MADE.contains(&path)).then(|| {
        format!("{path}: {length} lines, over {LONGEST_FILE}. Cure: it is several rooms, split it")
    })
}

/// A crate or module says first what it is for and what it will never do.
fn check_introduction(path: &str, text: &str) -> Option<Complaint> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let first = text.lines().next().unwrap_or_default();
    let is_said = first.starts_with("//! ") && first.chars().count() >= SHORTEST_INTRODUCTION;
    (matches!(name, "lib.rs" | "mod.rs" | "main.rs") && !is_said).then(|| {
        format!(
            "{path}:1: no introduction. Cure: open with `//!`, what it is for and will never do"
        )
    })
}

fn lines_where(text: &str, is_found: impl Fn(&str) -> bool) -> impl Iterator<Item = usize> {
    text.lines().enumerate().filter(move |(_, line)| is_found(line)).map(|(index, _)| index + 1)
}

fn begins_a_path(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(start, _)| {
        let before = line.get(..start).and_then(|text| text.chars().next_back());
        !before.is_some_and(|c| c.is_alphanumeric() || "._-/}*~".contains(c))
    })
}

#[cfg(test)]
mod self_tests {
    use super::*;

    const OPENING: &str = "//! Stores and the areas they serve.\n";

    #[track_caller]
    fn refused(path: &str, text: &str) {
        assert_eq!(check(path, text).len(), 1, "{path}: {text}");
    }

    #[test]
    fn a_finished_file_passes() {
        let text = format!("{OPENING}pub fn near() {{}} // \"ignore\" and todos are words\n");
        assert_eq!(check("geo-index/src/lib.rs", &text), Vec::<Complaint>::new());
    }

    #[test]
    fn marks_are_refused_in_every_language() {
        for mark in MARKS {
            refused("gateway/src/orders.rs", &format!("// {mark}: later"));
            refused("scripts/demo.sh", &format!("# {mark} later"));
        }
    }

    #[test]
    fn stubs_and_sleeping_tests_are_refused() {
        for word in UNFINISHED {
            refused("gateway/src/orders.rs", word);
            assert_eq!(check("gateway/src/orders.rs", &format!("// {word}")).len(), 0);
        }
    }

    #[test]
    fn long_lines_are_counted_in_characters() {
        refused("gateway/src/orders.rs", &"x".repeat(LONGEST_LINE + 1));
        assert_eq!(check("gateway/src/orders.rs", &"店".repeat(LONGEST_LINE)).len(), 0);
    }

    #[test]
    fn long_files_are_refused() {
        refused("gateway/web/board.ts", &"\n".repeat(LONGEST_FILE + 1));
        assert_eq!(check("gateway/web/board.ts", &"\n".repeat(LONGEST_FILE)).len(), 0);
        assert_eq!(check(MADE[0], &"\n".repeat(LONGEST_FILE + 1)).len(), 0);
    }

    #[test]
    fn rooms_without_an_introduction_are_refused() {
        for text in ["use std::fmt;\n", "//! .\n", "", "// Stores and the areas they serve.\n"] {
            refused("geo-index/src/lib.rs", text);
            refused("geo-index/src/grid/mod.rs", text);
        }
        assert_eq!(check("geo-index/src/lib.rs", OPENING).len(), 0);
    }

    #[test]
    fn paths_of_one_machine_are_refused_and_routes_are_not() {
        for folder in MACHINE_FOLDERS {
            let planted = format!("data = \"{folder}me\"");
            assert_eq!(check_machine_paths("docs/operations.md", &planted).len(), 1);
            let link = format!("https://example.com{folder}page and ../shared{folder}x");
            assert_eq!(check_machine_paths("docs/operations.md", &link).len(), 0);
        }
    }
}
