//! What the code of each room may not say, by its path.

use crate::Complaint;
use crate::code::{code_of, lines_naming};

/// Words that the sources under some folders may not name.
struct Rule {
    words: &'static [&'static str],
    /// Where the rule holds: a path that starts with one of these.
    within: &'static [&'static str],
    /// And where it does not, although it is within.
    except: &'static [&'static str],
    because: &'static str,
    cure: &'static str,
}

const EVERYWHERE: &[&str] = &[""];

const RULES: &[Rule] = &[
    Rule {
        words: &[
            "std::fs",
            "fs::",
            "std::net",
            "net::",
            "std::env",
            "env::",
            "std::process",
            "std::thread",
            "thread::",
            "tokio",
            "SystemTime",
            "Instant",
            "rand::",
            "tracing",
            "println!",
            "print!",
            "eprintln!",
            "eprint!",
        ],
        within: &["dispatch/src/", "commerce/src/", "geo-index/src/"],
        except: &[],
        because: "decisions do no I/O, read no clock, draw no randomness and log nothing",
        cure: "take it as an argument, or let the caller do it",
    },
    Rule {
        words: &["HashMap", "HashSet"],
        within: &["dispatch/src/", "commerce/src/"],
        except: &[],
        because: "its order changes from run to run, and equal inputs must give equal decisions",
        cure: "use BTreeMap or BTreeSet",
    },
    Rule {
        words: &["SystemTime::now"],
        within: EVERYWHERE,
        except: &["vocabulary/src/time.rs"],
        because: "the wall clock has one reader",
        cure: "ask the Clock that was handed in, or take a Timestamp",
    },
    Rule {
        words: &["Instant::now"],
        within: EVERYWHERE,
        // The clock itself, and those who measure how long something took, or how old a connection
        // is. In actors and persistence clippy.toml refuses the machine's Instant: what is left is
        // the runtime's, which pauses with it.
        except: &[
            "vocabulary/src/time.rs",
            "actors/",
            "persistence/src/postgres/",
            "persistence/tests/",
            "gateway/",
            "simulator/",
            "benches/",
            "tests/",
        ],
        because: "a scaled or paused clock must reach every decision",
        cure: "ask the Clock that was handed in; only doors, load and tests may measure durations",
    },
    Rule {
        words: &["thread_rng", "rand::rng", "rand::random", "from_os_rng", "from_entropy"],
        within: EVERYWHERE,
        except: &[],
        because: "every draw comes from a seed that is passed in, so a run can be played again",
        cure: "draw from vocabulary's Chance; secrets come from getrandom",
    },
    Rule {
        words: &["sqlx"],
        within: EVERYWHERE,
        except: &["persistence/", "simulator/src/checker/"],
        because: "only persistence knows SQL",
        cure: "add a question or a command to persistence",
    },
    Rule {
        words: &["actix", "actix_rt"],
        within: EVERYWHERE,
        except: &["actors/", "simulator/"],
        because: "only actors knows mailboxes",
        cure: "go through the face that actors offers",
    },
    Rule {
        words: &["gateway::", "use gateway", "dispatch::", "use dispatch"],
        within: &["simulator/src/referee/", "simulator/src/feed.rs"],
        except: &[],
        because: "the referee keeps its own account: shared code would share its mistakes",
        cure: "read the raw JSON, and judge by the referee's own words",
    },
    Rule {
        words: &["gateway", "actors", "dispatch", "commerce", "persistence"],
        within: &["simulator/src/checker/"],
        except: &["simulator/src/checker/tests.rs"],
        because: "the checker judges what these rooms wrote: shared code would share its mistakes",
        cure: "read the rows by the checker's own small types",
    },
];

/// One Rust source; comments and strings may speak of anything.
pub fn check(path: &str, source: &str) -> Vec<Complaint> {
    let code = code_of(source);
    RULES
        .iter()
        .filter(|rule| rule.holds_for(path))
        .flat_map(|rule| rule.judge(path, &code))
        .collect()
}

impl Rule {
    fn holds_for(&self, path: &str) -> bool {
        let starts_with_any =
            |folders: &[&str]| folders.iter().any(|folder| path.starts_with(folder));
        starts_with_any(self.within) && !starts_with_any(self.except)
    }

    fn judge(&self, path: &str, code: &str) -> Vec<Complaint> {
        let Self { because, cure, .. } = self;
        let found = self
            .words
            .iter()
            .flat_map(|word| lines_naming(code, word).into_iter().map(move |line| (line, word)));
        // `std::fs::read` is named by two words of the list: one complaint a line is enough.
        let by_line: std::collections::BTreeMap<_, _> = found.collect();
        let complain =
            |(line, word)| format!("{path}:{line}: names `{word}`, but {because}. Cure: {cure}");
        by_line.into_iter().map(complain).collect()
    }
}

#[cfg(test)]
mod self_tests {
    use super::*;

    #[track_caller]
    fn refused(path: &str, source: &str) {
        assert_eq!(check(path, source).len(), 1, "{path}: {source}");
    }

    #[track_caller]
    fn passes(path: &str, source: &str) {
        assert_eq!(check(path, source), Vec::<Complaint>::new(), "{path}: {source}");
    }

    #[test]
    fn decisions_touch_nothing_outside() {
        for source in [
            "use std::fs;",
            "std::fs::read(path)",
            "std::net::TcpStream::connect(at)",
            "tokio::spawn(later)",
            "let draw = rand::rng();",
            "tracing::info!(order)",
            "println!(\"here\")",
            "let began = Instant::now();",
            "let at = std::time::SystemTime::now();",
        ] {
            for room in ["dispatch", "commerce", "geo-index"] {
                let found = check(&format!("{room}/src/order.rs"), source);
                assert!(!found.is_empty(), "{room}: {source}");
            }
        }
    }

    #[test]
    fn hash_maps_are_for_lookups_outside_decisions() {
        refused("dispatch/src/round.rs", "use std::collections::HashMap;");
        refused("commerce/src/quote.rs", "let seen: HashSet<Sku>;");
        passes("geo-index/src/grid.rs", "use std::collections::HashMap;");
        passes("dispatch/src/round.rs", "// a HashMap would shuffle the couriers");
    }

    #[test]
    fn the_clock_has_one_reader() {
        let wall = "SystemTime::now()";
        passes("vocabulary/src/time.rs", wall);
        for room in ["vocabulary/src/ids.rs", "gateway/src/main.rs", "tests/src/lib.rs"] {
            refused(room, wall);
        }
        refused("persistence/src/journal.rs", "Instant::now()");
        passes("benches/benches/journal.rs", "Instant::now()");
    }

    #[test]
    fn each_dependency_is_spoken_in_its_home_only() {
        refused("gateway/src/orders.rs", "sqlx::query(text)");
        passes("persistence/src/journal.rs", "sqlx::query(text)");
        refused("gateway/src/main.rs", "actix::System::new()");
        passes("actors/src/order.rs", "use actix::Actor;");
    }

    #[test]
    fn chance_is_seeded_everywhere() {
        refused("simulator/src/people.rs", "let mut rng = rand::rng();");
        passes("simulator/src/people.rs", "let rng = Pcg64::seed_from_u64(seed); rng.random()");
    }

    #[test]
    fn the_referee_shares_no_code_with_what_it_judges() {
        refused("simulator/src/referee/stock.rs", "use gateway::wire::Order;");
        refused("simulator/src/referee/mod.rs", "use dispatch::Order;");
        passes("simulator/src/people.rs", "use gateway::wire::Order;");
        refused("simulator/src/checker/rows.rs", "use persistence::Journal;");
        refused("simulator/src/people.rs", "sqlx::query(text)");
        passes("simulator/src/checker/rows.rs", "sqlx::query(text)");
    }
}
