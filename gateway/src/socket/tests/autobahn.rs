//! The WebSocket cases of the Autobahn test-suite, played by `kosoku` against our line.
//!
//! The cases want back whatever they say, which the socket door never does. So the very same
//! [`Line`] stands here behind an echo: sizes, frame reading, close codes and goodbyes are those of
//! the door, and only what frames mean is left out. How the real door takes bad frames is shown by
//! `tests/http/frames.rs`.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use axum::Router;
use axum::extract::ws::WebSocketUpgrade;
use axum::response::Response;
use axum::routing::get;
use serde_json::Value;
use tokio::net::TcpListener;

use crate::socket::line::{End, Line};

/// Where the program is: `scripts/test.sh sockets` brings it and says so.
const PROGRAM: &str = "PAIDAN_KOSOKU";
/// Messages of up to 16 MiB, and compression: we take 64 KiB and agree to no extension.
const LEFT_OUT: [&str; 3] = ["9.*", "12.*", "13.*"];
/// Everything else of the suite.
const CASES: usize = 247;

async fn echo(upgrade: WebSocketUpgrade) -> Response {
    Line::fit(upgrade).on_upgrade(|socket| async move {
        let mut line = Line::new(socket);
        let end = repeat(&mut line).await;
        line.end(end).await;
    })
}

async fn repeat(line: &mut Line) -> End {
    use axum::extract::ws::Message;
    loop {
        let heard = match line.hear().await {
            Ok(Message::Ping(_) | Message::Pong(_)) => continue,
            Ok(heard) => heard,
            Err(end) => return end,
        };
        if let Err(end) = line.say(std::iter::once(heard)).await {
            return end;
        }
    }
}

/// How many cases behaved in which way, and those that failed.
fn verdicts(report: &Path) -> (BTreeMap<String, usize>, Vec<String>) {
    let text = std::fs::read_to_string(report).unwrap();
    let report: Value = serde_json::from_str(&text).unwrap();
    let (mut counts, mut failed) = (BTreeMap::new(), Vec::new());
    for cases in report.as_object().unwrap().values() {
        for (case, verdict) in cases.as_object().unwrap() {
            for part in ["behavior", "behaviorClose"] {
                let word = verdict[part].as_str().unwrap();
                if ["FAILED", "WRONG CODE", "UNCLEAN", "FAILED BY CLIENT"].contains(&word) {
                    failed.push(format!("{case} {part} {word}"));
                }
            }
            *counts.entry(verdict["behavior"].as_str().unwrap().to_owned()).or_default() += 1;
        }
    }
    (counts, failed)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_cases_of_autobahn_find_no_fault_with_the_line() {
    let Some(program) = std::env::var_os(PROGRAM) else {
        eprintln!("skipped: {PROGRAM} names no program; scripts/test.sh sockets brings it");
        return;
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("ws://{}", listener.local_addr().unwrap());
    let router = Router::new().route("/", get(echo));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(program);
    command.arg("-o").arg(folder.path()).args(LEFT_OUT.iter().flat_map(|case| ["-x", case]));
    command.arg(address);
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let (counts, failed) = verdicts(&folder.path().join("index.json"));
    println!("cases of Autobahn: {counts:?}");
    assert_eq!(failed, Vec::<String>::new(), "{said}");
    assert!(output.status.success(), "{said}");
    assert_eq!(counts.values().sum::<usize>(), CASES, "{counts:?}");
}
