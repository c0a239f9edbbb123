//! The binary as people and scripts call it: what it answers, and with which exit code.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::path::Path;
use std::process::{Command, Output};

fn simulator(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_simulator")).args(arguments).output().unwrap()
}

#[track_caller]
fn expect(output: &Output, code: i32, words: &str) {
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    assert_eq!(output.status.code(), Some(code), "{text}");
    assert!(text.contains(words), "{words:?} is missing in {text}");
}

/// A folder that goes with its test.
struct Folder(std::path::PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("simulator-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str) -> String {
        self.0.join(name).to_string_lossy().into_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Nine hours of a small city on a rough day, twice: the journals are equal to the byte, and the
/// referee has nothing to say.
#[test]
fn equal_seeds_give_equal_journals() {
    let folder = Folder::new("twice");
    let (json, html) = (folder.file("report.json"), folder.file("report.html"));
    let output = simulator(&[
        "actors",
        "--twice",
        "--seed",
        "5",
        "--stores",
        "12",
        "--couriers",
        "60",
        "--skus",
        "80",
        "--orders",
        "700",
        "--hours",
        "9",
        "--faults",
        "rough",
        "--fail-if",
        "placed<20",
        "--json",
        &json,
        "--html",
        &html,
    ]);
    expect(&output, 0, "equal seeds, equal journals");
    let report: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(json).unwrap()).unwrap();
    assert_eq!(report["referee"]["violation_count"], 0);
    assert!(report["orders"]["delivered"].as_u64().unwrap() > 10);
    assert!(std::fs::read_to_string(html).unwrap().to_lowercase().starts_with("<!doctype html>"));
}

/// A week of a very small chain: members shop, goods come back, stores count and send each other
/// goods, and every day's books are closed. The exit code says that nothing differs by a fen.
#[test]
fn a_week_closes_its_books() {
    let folder = Folder::new("week");
    let json = folder.file("report.json");
    let town = ["--stores", "3", "--couriers", "4", "--skus", "40", "--orders", "90"];
    let week = ["--days", "7", "--faults", "rough", "--seed", "3", "--fail-if", "placed<150"];
    let week = [&week[..], &["--fail-if", "kinds_seen<100%"]].concat();
    let output = simulator(&[&["actors", "--json", &json], &town[..], &week[..]].concat());
    expect(&output, 0, "settled by the house");
    let report: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(json).unwrap()).unwrap();
    let books = &report["books"];
    let of = |path: &str| books.pointer(path).and_then(serde_json::Value::as_i64).unwrap();
    assert_eq!(of("/money/ledger_fen"), of("/house/goods_fen") + of("/house/fees_fen"));
    assert_eq!(of("/money/discounts_fen"), of("/house/discounts_fen"));
    assert_eq!(of("/house/list_fen") - of("/house/discounts_fen"), of("/house/goods_fen"));
    assert!(of("/house/days_closed") >= 3 * 6, "{books}");
    // It was a week in which everything happened that the rules are about.
    for happened in [
        "/money/paid_back_fen",
        "/member_orders",
        "/members/enrolled",
        "/members/points_earned",
        "/members/points_spent",
        "/members/coupons_used",
        "/budget_drawn_fen",
    ] {
        assert!(of(happened) > 0, "no {happened} in {books}");
    }
    let rare = ["erased", "points_expired", "points_reversed", "coupons_expired"];
    let rare = rare.map(|what| of(&format!("/members/{what}")));
    assert!(rare.iter().any(|count| *count > 0), "{books}");
}

/// A day of a small chain in which every kind of business occurs by itself, from a sale at a till to
/// a coupon that comes back; and one of which the report says that most did not.
#[test]
fn a_day_sees_every_kind_of_business_or_fails() {
    let town = ["actors", "--stores", "8", "--couriers", "24", "--skus", "40", "--days", "1"];
    let all = ["--fail-if", "kinds_seen<100%"];
    let busy = ["--orders", "500", "--faults", "rough", "--seed", "1"];
    expect(&simulator(&[&town[..], &busy[..], &all[..]].concat()), 0, "partial rejections");
    let quiet = ["--orders", "3", "--faults", "none", "--seed", "1"];
    expect(&simulator(&[&town[..], &quiet[..]].concat()), 99, "kinds_seen<100%");
}

#[test]
fn a_threshold_that_fails_is_told_by_the_exit_code() {
    let small = ["actors", "--stores", "3", "--couriers", "5", "--skus", "30", "--orders", "60"];
    let hours = ["--hours", "1", "--fail-if", "placed<1000000"];
    let output = simulator(&[&small[..], &hours[..]].concat());
    expect(&output, 99, "placed<1000000");
}

/// One courier, off duty at midnight: nothing is delivered, and nobody had to ask for that to fail.
#[test]
fn couriers_who_deliver_too_little_fail_the_run() {
    let small = ["actors", "--stores", "3", "--couriers", "1", "--skus", "30", "--orders", "2000"];
    let output = simulator(&[&small[..], &["--hours", "1"]].concat());
    expect(&output, 99, "delivered_of_paid<95%");
}

#[test]
fn mistakes_are_told_before_anything_begins() {
    expect(&simulator(&["dance"]), 1, "unrecognized subcommand");
    expect(&simulator(&["actors", "--fail-if", "delivered"]), 1, "has no comparison");
    expect(&simulator(&["actors", "--faults", "wild"]), 1, "use none, calm, rough, or odds");
    expect(&simulator(&["--help"]), 0, "Usage");
    expect(&simulator(&["script", "no-such-file.txt"]), 1, "no-such-file.txt");
}

#[test]
fn a_target_must_be_ours_and_must_answer() {
    let folder = Folder::new("target");
    let token = folder.file("hq.token");
    std::fs::write(&token, "pd_nothing").unwrap();
    let seed =
        |server: &str, token: &str| simulator(&["seed", "--server", server, "--token-file", token]);
    // Port 1 is nobody's: the connection is refused at once.
    expect(&seed("http://127.0.0.1:1", &token), 2, "cannot be reached");
    expect(&seed("http://203.0.113.7:80", &token), 1, "--i-own-this-host");
    expect(&seed("127.0.0.1", &token), 1, "write an address such as");
    expect(&seed("http://127.0.0.1:1", &folder.file("missing")), 1, "missing");
}

#[test]
fn a_generated_day_can_be_read_back() {
    let folder = Folder::new("day");
    let path = folder.file("day");
    let output =
        simulator(&["generate", &path, "--stores", "5", "--couriers", "20", "--orders", "300"]);
    expect(&output, 0, "couriers");
    let day = simulator::mdrp::Day::read(Path::new(&path)).unwrap();
    assert!(day.orders.len() > 150 && day.restaurants.len() == 5);
}

#[test]
fn days_are_played_through_the_planner_and_come_out_the_same() {
    let folder = Folder::new("mdrp");
    let [days, json] = ["days", "figures.json"].map(|name| folder.file(name));
    for seed in ["1", "2"] {
        let day = format!("{days}/day-{seed}");
        let city = ["--stores", "12", "--couriers", "15", "--orders", "120", "--seed", seed];
        expect(&simulator(&[&["generate", day.as_str()], &city[..]].concat()), 0, "couriers");
    }
    let play = |solutions: &str, more: &[&str]| {
        simulator(&[&["mdrp", &days, "--solutions", solutions], more].concat())
    };
    let [one, two] = ["one", "two"].map(|name| folder.file(name));
    expect(&play(&one, &["--json", &json]), 0, "mean of 2");
    expect(&play(&two, &["--jobs", "2"]), 0, "slowest decision");
    let figures = std::fs::read_to_string(&json).unwrap();
    assert!(figures.contains("\"day\": \"day-2\""), "{figures}");
    for file in ["assignments", "orders", "couriers"] {
        let text = |solutions: &str| {
            std::fs::read_to_string(format!("{solutions}/day-1/solution_info_{file}.txt")).unwrap()
        };
        assert_eq!(text(&one), text(&two));
        assert!(text(&one).lines().count() > 20, "{}", text(&one));
    }
    let knobs = folder.file("knobs.json");
    std::fs::write(&knobs, r#"{ "sweeps": 0 }"#).unwrap();
    expect(&play(&two, &["--unknown-ready-times", "--trips", &knobs]), 0, "mean of 2");
    std::fs::write(&knobs, r#"{ "sweep": 0 }"#).unwrap();
    expect(&play(&two, &["--trips", &knobs]), 1, "unknown field");
    expect(&simulator(&["mdrp", &one, "--solutions", &two]), 1, "a day is a folder with");
}
