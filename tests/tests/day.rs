//! Whole days over the real wire: the generated city with a restart in the middle, and a real day
//! of orders where the data is at hand. The referee of the simulator judges both.

#![cfg(feature = "whole-system")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use paidan_tests::check::{expect_sound, file_of};
use paidan_tests::server::{Server, binary};
use serde_json::Value;

/// What people do must not depend on the hour at which the tests run.
const AWAKE: &str = "--awake";

fn simulator(server: &Server, verb: &str, flags: &[&str]) -> Command {
    let mut command = Command::new(binary("simulator"));
    command
        .arg(verb)
        .args(flags)
        .args(["--server", &server.base(), "--token-file"])
        .arg(server.token_file())
        .stdin(Stdio::null());
    command
}

/// Runs to the end; the exit code says whether thresholds held (99) and the referee agreed (98).
fn expect_success(mut command: Command, server: &Server) {
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{:?}\n{}\n{}\nserver:\n{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
        tail(&server.log()),
    );
}

fn tail(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(40)..].join("\n")
}

fn report(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn a_city_lives_through_a_kill_in_the_middle_of_its_day() {
    let mut server = Server::start(&["--time-scale", "30"]);
    let small = ["--stores", "12", "--skus", "60", "--couriers", "40", AWAKE];
    expect_success(simulator(&server, "seed", &small), &server);
    let json = server.data().join("report.json");
    let clients = server.data().join("clients");
    let run: Child = simulator(&server, "run", &["--for", "40s", AWAKE])
        .arg("--json")
        .arg(&json)
        .arg("--clients")
        .arg(&clients)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_secs(15));
    server.kill();
    server.start_again();
    let output = run.wait_with_output().unwrap();
    assert!(
        output.status.success(),
        "{:?}\n{}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(report(&json)["orders"]["placed"].as_u64().unwrap() > 0, "nothing was placed");
    // The server still runs, and a visitor may order meanwhile: the snapshot is one moment's.
    let all = ["I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9", "I10", "I11", "I12", "I14"];
    let more = ["I16", "I17", "I18", "I19", "I20", "I21", "I22", "I23"];
    expect_sound(&file_of(&server), Some(&clients), 30, &[all.as_slice(), &more].concat());
}

/// Stores, couriers and carriers find on their screens what nobody plays any more and carry on; the
/// pickups whose codes went with their shoppers wait for their timer, and the referee agrees.
#[test]
fn a_new_run_finishes_what_an_earlier_one_left() {
    let server = Server::start(&["--time-scale", "120"]);
    let small = ["--stores", "12", "--skus", "60", "--couriers", "40", AWAKE];
    expect_success(simulator(&server, "seed", &small), &server);
    expect_success(simulator(&server, "run", &["--for", "10s", "--rate", "3", AWAKE]), &server);
    let json = server.data().join("report.json");
    let mut again = simulator(&server, "run", &["--for", "25s", "--rate", "0", AWAKE]);
    again.arg("--json").arg(&json);
    expect_success(again, &server);
    let orders = &report(&json)["orders"];
    let count = |name: &str| orders[name].as_u64().unwrap();
    assert_eq!(count("placed"), 0, "{orders}");
    assert!(count("inherited") > 0 && count("inherited_ended") > 0, "{orders}");
}

/// A generated city's day in the public format: fifty orders of one hour, so that no data of others
/// is needed.
fn generated_day(folder: &Path) -> PathBuf {
    let day = folder.join("day");
    let city = ["--stores", "10", "--skus", "40", "--couriers", "40", "--orders-per-day", "1200"];
    let written =
        Command::new(binary("simulator")).arg("generate").arg(&day).args(city).arg(AWAKE).output();
    let written = written.unwrap();
    assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stderr));
    day
}

#[test]
fn a_generated_day_is_replayed() {
    let server = Server::start(&["--time-scale", "120"]);
    let json = server.data().join("report.json");
    let clients = server.data().join("clients");
    let mut replay = simulator(&server, "replay", &["--hours", "1"]);
    replay.arg(generated_day(&server.data())).arg("--json").arg(&json);
    replay.args(["--fail-if", "delivered<95%", "--clients"]).arg(&clients);
    expect_success(replay, &server);
    let placed = report(&json)["orders"]["placed"].as_u64().unwrap();
    assert!(placed >= 20, "an hour of 1,200 orders a day, and {placed} were placed");
    expect_sound(&file_of(&server), Some(&clients), 120, &["I4", "I5", "I6", "I7", "I8", "I22"]);
}

#[test]
fn a_replay_whose_server_is_gone_says_so_and_ends_with_two() {
    let mut server = Server::start(&["--time-scale", "60"]);
    let day = generated_day(&server.data());
    let mut replay = simulator(&server, "replay", &["--hours", "1"]);
    replay.arg(day).stdout(Stdio::piped()).stderr(Stdio::piped());
    let replay = replay.spawn().unwrap();
    std::thread::sleep(Duration::from_secs(8));
    server.kill();
    let ended = replay.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&ended.stdout);
    assert_eq!(ended.status.code(), Some(2), "{said}");
    assert!(said.contains(&server.base()), "it names the server: {said}");
}

/// Two hours of a real day, sixty times as fast.
#[test]
fn two_hours_of_a_real_day_are_delivered() {
    let Some(day) = std::env::var_os("PAIDAN_TRIAL_DATA")
        .map(|data| PathBuf::from(data).join("mdrp/0o100t100s1p100"))
    else {
        eprintln!("skipped: PAIDAN_TRIAL_DATA is not set, so there is no real day to replay");
        return;
    };
    let server = Server::start(&["--time-scale", "60"]);
    let json = server.data().join("report.json");
    let mut replay = simulator(&server, "replay", &["--hours", "2"]);
    replay.arg("--json").arg(&json).arg(&day);
    replay.args(["--fail-if", "delivered<97%", "--fail-if", "click_to_door.p50>45min"]);
    let clients = server.data().join("clients");
    replay.arg("--clients").arg(&clients);
    expect_success(replay, &server);
    expect_sound(
        &file_of(&server),
        Some(&clients),
        60,
        &["I4", "I5", "I6", "I7", "I8", "I16", "I22"],
    );
}
