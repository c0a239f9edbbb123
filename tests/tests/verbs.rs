//! The verbs of `paidan` as an operator types them, and how a server says good-bye.

#![cfg(feature = "whole-system")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc;

use paidan_tests::client::Client;
use paidan_tests::server::{Server, binary};
use paidan_tests::town::Town;
use serde_json::{Value, json};

fn paidan(folder: &Path, words: &[&str], typed: &str) -> Output {
    let mut child = Command::new(binary("paidan"))
        .args(words)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", complained(output));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn complained(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_configuration_is_checked_without_starting_or_writing_anything() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("paidan.toml");
    let check = |text: &str, words: &[&str]| {
        std::fs::write(&file, text).unwrap();
        paidan(folder.path(), &[&["check-config"], words].concat(), "")
    };
    let good = said(&check("time_scale = 3.0\n", &["--listen", "127.0.0.1:1"]));
    assert!(good.contains("127.0.0.1:1"), "{good}");
    for (text, words, named) in [
        ("time_scale = -1.0\n", &[][..], "time_scale"),
        ("time_scales = 1.0\n", &[], "time_scales"),
        ("", &["--roads", "nowhere.osm.pbf"], "nowhere.osm.pbf"),
        ("", &["--tls-certificate", "no.pem", "--tls-key", "no.key"], "no.pem"),
    ] {
        let bad = check(text, words);
        assert!(!bad.status.success(), "{text}{words:?}");
        assert!(complained(&bad).contains(named), "{}", complained(&bad));
    }
    let left: Vec<_> = folder.path().read_dir().unwrap().collect();
    assert_eq!(left.len(), 1, "only the file that was there: {left:?}");
}

#[test]
fn a_migrated_database_is_one_that_a_server_starts_on() {
    let server = Server::prepare(&[]);
    let data = server.data();
    let words = ["migrate", "--data", data.to_str().unwrap()];
    for _ in 0..2 {
        let told = said(&paidan(data.parent().unwrap(), &words, ""));
        assert!(told.contains("is up to date"), "{told}");
    }
    assert!(data.join("paidan.db").exists());
    let mut server = server;
    server.start_again();
    assert!(server.is_ready());
}

#[test]
fn headquarters_key_is_its_owners_alone_and_gives_tokens_and_people() {
    let server = Server::start(&[]);
    let folder = server.data();
    let mode = std::fs::metadata(server.token_file()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    let (base, key) = (server.base(), server.token_file());
    let at = ["--server", &base, "--token-file", key.to_str().unwrap()];
    let auditor =
        ["token", "--kind", "staff", "--role", "auditor", "--name", "查账", "--scope", "all"];
    let answer = said(&paidan(&folder, &[&auditor[..], &at].concat(), ""));
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let theirs = Client::new(&base, answer["token"].as_str());
    assert_eq!(theirs.get("/v1/audit").status, 200);

    let person = ["user", "add", "王芳", "--role", "hq_admin", "--scope", "all"];
    said(&paidan(&folder, &[&person[..], &at].concat(), "a long enough password\n"));
    let log_in = |password: &str| {
        let body = json!({"name": "王芳", "password": password}).to_string();
        let agent = ureq::Agent::config_builder().http_status_as_error(false).build();
        let asked = ureq::Agent::from(agent)
            .post(format!("{base}/v1/sessions"))
            .header("Content-Type", "application/json")
            .header("Paidan-Screen", "hq");
        asked.send(&body).unwrap().status().as_u16()
    };
    assert_eq!(log_in("a long enough password"), 201);
    assert_eq!(log_in("another password entirely"), 401);

    let nobody = ["token", "--kind", "staff", "--role", "emperor", "--name", "x", "--scope", "all"];
    let refused = paidan(&folder, &[&nobody[..], &at].concat(), "");
    assert!(!refused.status.success());
    assert!(
        complained(&refused).contains("principal.role must be one of"),
        "{}",
        complained(&refused)
    );
}

/// People go on ordering until the doors are closed: who heard yes finds the order again.
#[test]
fn a_server_that_is_told_to_stop_records_what_it_took_in_and_says_so() {
    let mut server = Server::start(&[]);
    let town = Town::build(server.hq(), 2, 0, true);
    let bodies: Vec<Value> = (0..300).map(|_| town.order_body(&town.quote(&[(0, 1)]))).collect();
    let (told, orders) = mpsc::channel();
    let shopper = std::thread::spawn(move || {
        for (number, body) in bodies.iter().enumerate() {
            let key = format!("key-{number}");
            let Ok(answer) = town.hq.try_send("POST", "/v1/orders", Some(&key), &body.to_string())
            else {
                return;
            };
            if answer.status >= 300 {
                return;
            }
            told.send(answer.body["order"].as_str().unwrap().to_owned()).unwrap();
        }
    });
    let mut known: Vec<String> = orders.iter().take(5).collect();
    assert!(server.stop(), "{}", server.log());
    shopper.join().unwrap();
    known.extend(orders.iter());
    let log = server.log();
    for words in ["closing the doors", "draining the cities", "closing the journal", "closed"] {
        assert!(log.contains(words), "{words}\n{log}");
    }
    server.start_again();
    let hq = server.hq();
    for order in known {
        assert_eq!(hq.get(&format!("/v1/orders/{order}")).status, 200, "{order}");
    }
}
