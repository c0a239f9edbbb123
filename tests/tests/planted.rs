//! Bugs planted on purpose, each caught by the cheapest stage that can: a check that never failed
//! proves nothing. The same stages without a bug stay silent. The table is in docs/reliability.md.

#![cfg(feature = "planted")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use paidan_tests::client::Client;
use paidan_tests::disk::Disk;
use serde_json::json;
use tempfile::TempDir;

/// How fast the city's clock runs beside the wall's.
const PACE: &str = "60";
/// What people do must not depend on the hour at which the tests run.
const AWAKE: &str = "--awake";
/// A fault, not a bug: one commit in twelve fails. Whoever is sound lives with it.
const FAULT: &str = "commits_fail";
/// People on a real clock do not do everything in any one span: a bug is given so many of them.
const TURNS: usize = 5;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// A city in this process under paused time; the referee judges it.
    Actors,
    /// A server on a file, people over the wire, then `check` with what they wrote down.
    Wire,
    /// The same, while commits fail now and then.
    WireWithFaults,
    /// A writer that was paused goes on after another took over; then `check`.
    TwoWriters,
    /// The server refuses to start.
    Start,
    /// Two people ask for what is not theirs.
    Doors,
}

/// The bug, where it is caught, and the rule or the words that catch it.
const BUGS: &[(&str, Stage, &[&str])] = &[
    ("acknowledged_before_commit", Stage::WireWithFaults, &["acknowledged_is_recorded"]),
    ("pushed_before_commit", Stage::WireWithFaults, &["pushed_was_recorded"]),
    ("failed_commit_is_ignored", Stage::WireWithFaults, &["acknowledged_is_recorded"]),
    ("answer_not_in_the_commit", Stage::Wire, &["acknowledged_is_recorded"]),
    ("deed_unsigned", Stage::Wire, &["event_names_its_doer"]),
    ("row_without_last_event", Stage::Wire, &["row_is_its_history", "entity_has_its_row"]),
    ("run_forged", Stage::Wire, &["run_follows_its_chain"]),
    ("event_left_out", Stage::Wire, &["no_hole_in_the_feed"]),
    ("seq_used_again", Stage::Wire, &["no_hole_in_the_feed"]),
    ("ledger_moves_twice", Stage::Wire, &["movements_are_the_events"]),
    ("letter_forgotten_unsent", Stage::Wire, &["member_hears_how_it_ended"]),
    ("phone_in_the_journal", Stage::Wire, &["personal_text_is_nowhere"]),
    ("resume_skips_one", Stage::Wire, &["pushes_without_a_hole"]),
    ("epoch_unchecked", Stage::TwoWriters, &["epochs_never_go_back"]),
    ("commit_without_flush", Stage::Start, &["synchronous"]),
    ("hold_outlives_its_order", Stage::Actors, &["no_hold_outlives_its_order"]),
    ("refund_off_by_one", Stage::Actors, &["units_give_back_their_share"]),
    ("grant_of_another_attempt", Stage::Actors, &["attempt_order"]),
    ("capacity_off_by_one", Stage::Actors, &["courier_capacity"]),
    ("offer_expires_too_soon", Stage::Actors, &["no_timer_fires_early"]),
    ("key_of_nobody", Stage::Doors, &["another's key"]),
    ("others_are_shown", Stage::Doors, &["another's board"]),
];

fn planted(bug: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_planted"));
    command.env("PAIDAN_PLANTED", bug).stdin(Stdio::null());
    command
}

fn words_of(output: &Output) -> String {
    let (said, complained) = (&output.stdout, &output.stderr);
    format!("{}{}", String::from_utf8_lossy(said), String::from_utf8_lossy(complained))
}

/// What a stage came to.
#[derive(Default)]
struct Found {
    /// What the judge complained of; nothing when it was silent. Rules are looked for here alone.
    judged: String,
    /// What was said beside, for whoever has to find out why.
    said: String,
}

impl From<String> for Found {
    fn from(judged: String) -> Self {
        Self { judged, said: String::new() }
    }
}

impl Found {
    fn names_one_of(&self, rules: &[&str]) -> bool {
        rules.iter().any(|rule| self.judged.contains(rule))
    }
}

/// What a stage found with these bugs.
fn play(stage: Stage, bugs: &str, rules: Option<&[&str]>) -> Found {
    match stage {
        Stage::Actors => actors(bugs).into(),
        Stage::Wire => wire(bugs, rules),
        Stage::WireWithFaults => wire(&format!("{bugs},{FAULT}"), rules),
        Stage::TwoWriters => two_writers(bugs).into(),
        Stage::Start => start(bugs).into(),
        Stage::Doors => doors(bugs).into(),
    }
}

/// Exit code 98 says that a rule was broken; thresholds are not asked here.
fn judged(output: &Output) -> String {
    match output.status.code() {
        Some(0 | 99) => String::new(),
        Some(98) => words_of(output),
        other => format!("ended with {other:?}\n{}", words_of(output)),
    }
}

fn actors(bugs: &str) -> String {
    let mut command = planted(bugs);
    command.args(["actors", "--seed", "3", "--stores", "4", "--skus", "30", "--couriers", "3"]);
    command.args(["--orders-per-day", "500", "--hours", "13", "--faults", "rough"]);
    judged(&command.output().unwrap())
}

/// A server that ends with the value.
struct Server {
    child: std::process::Child,
    folder: Arc<TempDir>,
    data: PathBuf,
    base: String,
}

impl Server {
    fn start(bugs: &str, flags: &[&str]) -> Result<Self, String> {
        Self::start_in(Arc::new(tempfile::tempdir().unwrap()), bugs, flags)
    }

    fn start_in(folder: Arc<TempDir>, bugs: &str, flags: &[&str]) -> Result<Self, String> {
        let data = folder.path().join("data");
        Self::start_on(folder, data, bugs, flags)
    }

    fn start_on(
        folder: Arc<TempDir>,
        data: PathBuf,
        bugs: &str,
        flags: &[&str],
    ) -> Result<Self, String> {
        Self::start_by(planted(bugs), folder, data, flags)
    }

    /// Starts and waits until it is ready, or is gone.
    fn start_by(
        mut command: Command,
        folder: Arc<TempDir>,
        data: PathBuf,
        flags: &[&str],
    ) -> Result<Self, String> {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let address = format!("127.0.0.1:{port}");
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        let child = command
            .args(["serve", "--listen", &address, "--data"])
            .arg(&data)
            .args(flags)
            .env("PAIDAN_CODE_SENDER", "sandbox")
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut server = Self { child, folder, data, base: format!("http://{address}") };
        let began = Instant::now();
        let client = Client::new(&server.base, None);
        while !client.try_get("/readyz").is_ok_and(|answer| answer.status == 200) {
            let is_gone = server.child.try_wait().unwrap().is_some();
            if is_gone || began.elapsed() > Duration::from_secs(60) {
                return Err(server.log());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(server)
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    fn database(&self) -> String {
        format!("sqlite:{}", self.data.join("paidan.db").display())
    }

    fn token_file(&self) -> std::path::PathBuf {
        self.data.join("hq.token")
    }

    fn hq(&self) -> Client {
        let token = std::fs::read_to_string(self.token_file()).unwrap();
        Client::new(&self.base, Some(token.trim()))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A sound server is filled; then one with the bugs goes on with its database, until one of these
/// rules is seen broken. Without rules there is nothing to wait for: one turn must be silent.
fn wire(bugs: &str, rules: Option<&[&str]>) -> Found {
    let pace = ["--time-scale", PACE];
    let sound = Server::start("", &pace).unwrap();
    let town = ["--stores", "5", "--skus", "25", "--couriers", "10", AWAKE];
    let seeded = simulator(&sound, "seed", &town);
    assert!(seeded.status.success(), "{}\n{}", words_of(&seeded), sound.log());
    let folder = Arc::clone(&sound.folder);
    drop(sound);
    let server = Server::start_in(folder, bugs, &pace).unwrap();
    let Some(rules) = rules else { return turn(&server, bugs, 0) };
    let mut all = Found::default();
    for number in 0..TURNS {
        let found = turn(&server, bugs, number);
        if found.names_one_of(rules) {
            return found;
        }
        all.judged.push_str(&found.judged);
        all.said.push_str(&found.said);
    }
    all
}

/// People for some seconds, then a look at the database and at what they wrote down.
fn turn(server: &Server, bugs: &str, number: usize) -> Found {
    let clients = server.folder.path().join(format!("clients-{number}"));
    let notes = clients.display().to_string();
    let flags = ["--for", "18s", "--rate", "1", "--faults", "rough", AWAKE, "--clients", &notes];
    // The referee of the run may have caught it already; the checker must as well.
    let said = words_of(&simulator(server, "run", &flags));
    Found { judged: check(bugs, &server.database(), Some(&clients)), said }
}

fn simulator(server: &Server, verb: &str, flags: &[&str]) -> Output {
    let mut command = planted("");
    command.arg(verb).args(["--server", &server.base, "--token-file"]);
    command.arg(server.token_file()).args(flags).output().unwrap()
}

fn check(bugs: &str, database: &str, clients: Option<&Path>) -> String {
    let mut command = planted(bugs);
    command.args(["check", "--database", database, "--pace", PACE]);
    if let Some(clients) = clients {
        command.arg("--clients").arg(clients);
    }
    judged(&command.output().unwrap())
}

fn two_writers(bugs: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("journal.db").display());
    let written = planted(bugs).args(["stale-writer", &database]).output().unwrap();
    assert!(written.status.success(), "{}", words_of(&written));
    check(bugs, &database, None)
}

fn start(bugs: &str) -> String {
    Server::start(bugs, &[]).err().unwrap_or_default()
}

/// Two stores' people: neither gets the other's answer by its key, nor sees the other's board.
fn doors(bugs: &str) -> String {
    let server = Server::start(bugs, &[]).unwrap();
    let town = paidan_tests::town::Town::build(server.hq(), 2, 0, true);
    let people: Vec<Client> = (town.stores.iter().zip(["甲", "乙"]))
        .map(|(store, name)| {
            let principal = json!({"principal": {"kind": "staff", "role": "store_manager",
                "name": name, "scope": {"stores": [store]}}});
            let token = town.hq.post("/v1/tokens", &principal).ok();
            Client::new(&server.base, token["token"].as_str())
        })
        .collect();
    let mut found = String::new();
    let board = people[1].try_get(&format!("/v1/stores/{}/board", town.stores[0])).unwrap();
    if board.status != 404 {
        found.push_str("another's board is shown\n");
    }
    let pause = |person: usize| {
        let path = format!("/v1/stores/{}/pause", town.stores[person]);
        people[person].post_once(&path, "the-same-key", &json!({"until_at": null}))
    };
    let (first, second) = (pause(0), pause(1));
    assert!(first.status < 300, "{}", first.body);
    if second.status >= 300 {
        found.push_str("another's key is in the way\n");
    }
    found
}

/// Some at a time: a city under paused time keeps a core busy, a wire waits most of its time.
fn in_parallel<T: Send>(work: impl Iterator<Item = T> + Send, each: impl Fn(T) + Sync) {
    let queue = Mutex::new(work);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                loop {
                    let next = queue.lock().unwrap().next();
                    let Some(next) = next else { return };
                    each(next);
                }
            });
        }
    });
}

#[test]
fn every_planted_bug_is_caught_and_soundness_is_silent() {
    let silent = [
        ("", Stage::Actors),
        ("", Stage::Wire),
        (FAULT, Stage::Wire),
        ("", Stage::TwoWriters),
        ("", Stage::Start),
        ("", Stage::Doors),
    ];
    let only = std::env::var("ONLY").unwrap_or_default();
    let soundness = silent.iter().map(|(bugs, stage)| (*bugs, *stage, None));
    let bugs = BUGS.iter().map(|(bug, stage, rules)| (*bug, *stage, Some(*rules)));
    let plays = soundness.chain(bugs).filter(|(bug, ..)| only.is_empty() || only == *bug);
    let complaints = Mutex::new(Vec::new());
    in_parallel(plays, |(bugs, stage, rules)| {
        let began = Instant::now();
        let found = play(stage, bugs, rules);
        let took = began.elapsed().as_secs();
        let is_right = match rules {
            None => found.judged.is_empty(),
            Some(rules) => found.names_one_of(rules),
        };
        let name = if bugs.is_empty() { "no bug" } else { bugs };
        println!("{took:>4} s  {stage:?}: {name}: {}", if is_right { "right" } else { "WRONG" });
        if !is_right {
            complaints
                .lock()
                .unwrap()
                .push(format!("{stage:?} with {name}:\n{}\n{}", found.judged, found.said));
        }
    });
    let complaints = complaints.into_inner().unwrap();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

/// Orders that were acknowledged and are gone after the power was cut, of so many.
fn lost_with_the_power(disk: &Disk, bugs: &str, orders: usize) -> usize {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let data = disk.path().join(if bugs.is_empty() { "sound" } else { "planted" });
    let start = || Server::start_on(Arc::clone(&folder), data.clone(), bugs, &[]);
    let mut server = start().unwrap();
    let town = paidan_tests::town::Town::build(server.hq(), 2, 0, true);
    let place = |number: usize| town.place(&number.to_string(), &[(0, 1)]).ok();
    let told: Vec<_> = (0..orders).map(place).collect();
    let id = server.child.id().to_string();
    assert!(Command::new("kill").args(["-STOP", &id]).status().unwrap().success());
    disk.cut();
    server.child.kill().unwrap();
    server.child.wait().unwrap();
    disk.back();
    // A server that does not even start again has lost everything.
    let Ok(again) = start() else { return orders };
    let hq = again.hq();
    let is_lost = |order: &&serde_json::Value| {
        let path = format!("/v1/orders/{}", order["order"].as_str().unwrap());
        hq.get(&path).status != 200
    };
    told.iter().filter(is_lost).count()
}

#[test]
fn without_a_flush_the_power_takes_what_was_acknowledged() {
    let Some(disk) = Disk::make(256) else { return };
    assert_eq!(lost_with_the_power(&disk, "", 20), 0);
    let lost = lost_with_the_power(&disk, "commit_without_flush,flush_unchecked", 20);
    assert!(lost > 0, "a cut of the power that loses nothing proves nothing");
}

/// Jumps of the wall's clock, in seconds: two hours, a day back, a year on and back.
const JUMPS: [i64; 5] = [7_200, -86_400, 31_536_000, -31_536_000, 0];

/// Here, because this program has the system's allocator: the library that tells a process another
/// time does not start beside the one that the server ships with.
#[test]
fn a_jump_of_the_walls_clock_moves_nothing() {
    let Some(library) = faketime() else { return };
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let offset = folder.path().join("offset");
    std::fs::write(&offset, "+0").unwrap();
    let mut command = planted("");
    command
        .env("LD_PRELOAD", library)
        .env("FAKETIME_TIMESTAMP_FILE", &offset)
        .env("FAKETIME_NO_CACHE", "1")
        .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    let data = folder.path().join("data");
    let server = Server::start_by(command, folder, data, &[]).unwrap();
    let hq = server.hq();
    let town = paidan_tests::town::Town::build(server.hq(), 2, 0, true);
    let seen = || hq.get("/v1/clock").ok()["now"].as_i64().unwrap();
    for jump in JUMPS {
        // Quoted before the jump: it has not run out by it.
        let body = town.order_body(&town.quote(&[(0, 1)]));
        let (before, began) = (seen(), Instant::now());
        std::fs::write(&offset, format!("{jump:+}")).unwrap();
        hq.post_once("/v1/orders", &format!("jump{jump}"), &body).ok();
        let (passed, real) = (seen() - before, began.elapsed().as_millis() as i64);
        assert!((passed - real).abs() < 2_000, "{jump}: {passed} ms passed in {real}");
    }
}

/// The library that tells a process another time.
fn faketime() -> Option<PathBuf> {
    let folders = std::fs::read_dir("/usr/lib").unwrap().filter_map(Result::ok);
    let library = folders
        .map(|folder| folder.path().join("faketime/libfaketimeMT.so.1"))
        .find(|library| library.exists());
    if library.is_none() {
        eprintln!("skipped: libfaketime is not here; Debian's package is faketime");
    }
    library
}

#[test]
fn the_table_of_the_docs_names_every_bug() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/reliability.md");
    let page = std::fs::read_to_string(page).unwrap();
    for (bug, ..) in BUGS {
        assert!(page.contains(&format!("| `{bug}` |")), "docs/reliability.md does not name {bug}");
    }
}

/// The same condition as that of a release build, without building the world with optimisation.
#[test]
fn a_build_without_assertions_refuses_the_bugs() {
    let built = Command::new(env!("CARGO"))
        .args(["check", "--quiet", "-p", "vocabulary", "--features", "planted"])
        .args(["--config", "profile.dev.package.vocabulary.debug-assertions=false"])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
        .output()
        .unwrap();
    let words = words_of(&built);
    assert!(!built.status.success() && words.contains("planted bugs are for tests"), "{words}");
}
