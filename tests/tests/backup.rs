//! A copy of a living system, restored elsewhere: what was acknowledged before the copy is there, and
//! whoever was forgotten after it stays forgotten.

#![cfg(feature = "whole-system")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use std::path::Path;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use paidan_tests::cluster;
use paidan_tests::server::{Server, binary};
use paidan_tests::town::Town;

fn paidan(verb: &str, file: &Path, data: &Path) -> Output {
    Command::new(binary("paidan")).arg(verb).arg(file).arg("--data").arg(data).output().unwrap()
}

fn succeeded(done: &Output) {
    let told = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{told}");
}

fn refused(done: &Output, because: &str) {
    let told = String::from_utf8_lossy(&done.stderr);
    assert!(!done.status.success() && told.contains(because), "{told}");
}

#[test]
fn a_copy_of_a_living_system_is_restored_without_those_who_were_forgotten() {
    let mut server = Server::start(&[]);
    let town = Arc::new(Town::build(server.hq(), 3, 0, true));
    let hq = town.hq.clone();
    let copy = server.data().with_file_name("copy.db");

    // Shoppers go on ordering while the copy is made.
    let stop = Arc::new(AtomicBool::new(false));
    let placed = Arc::new(Mutex::new(Vec::new()));
    let shopper = {
        let (town, stop, placed) = (Arc::clone(&town), Arc::clone(&stop), Arc::clone(&placed));
        std::thread::spawn(move || {
            for number in 0.. {
                let order = town.place(&format!("key-{number}"), &[(0, 1)]).ok();
                placed.lock().unwrap().push(order["order"].as_str().unwrap().to_owned());
                if stop.load(Ordering::Relaxed) {
                    break;
                }
            }
        })
    };
    while placed.lock().unwrap().len() < 5 {
        std::thread::yield_now();
    }
    let before: Vec<String> = placed.lock().unwrap().clone();
    succeeded(&paidan("backup", &copy, &server.data()));
    stop.store(true, Ordering::Relaxed);
    shopper.join().unwrap();

    let forgotten = format!("/v1/orders/{}/shopper", before[0]);
    let open = hq.delete(&forgotten);
    assert_eq!((open.status, open.code()), (409, "order_state"), "its courier needs the door");
    hq.post(&format!("/v1/orders/{}/cancel", before[0]), &serde_json::json!({})).ok();
    assert_eq!(hq.delete(&forgotten).status, 204);
    assert_eq!(hq.delete(&forgotten).status, 204, "asked twice");
    refused(&paidan("restore", &copy, &server.data()), "move it away");
    assert!(server.stop(), "{}", server.log());

    for file in ["paidan.db", "paidan.db-wal", "paidan.db-shm"] {
        let _ = std::fs::remove_file(server.data().join(file));
    }
    let restored = paidan("restore", &copy, &server.data());
    succeeded(&restored);
    let told = String::from_utf8_lossy(&restored.stdout);
    assert!(told.contains("1 people who were forgotten"), "{told}");
    server.start_again();
    for (number, id) in before.iter().enumerate() {
        let order = hq.get(&format!("/v1/orders/{id}")).ok();
        assert_eq!(order["status"], "open", "as it was when the copy was made");
        assert_eq!(order["shopper"].is_null(), number == 0, "{order}");
    }
    town.place("after", &[(0, 1)]).ok();

    // A copy that somebody lays in place by hand is no way around it.
    assert!(server.stop(), "{}", server.log());
    for file in ["paidan.db", "paidan.db-wal", "paidan.db-shm"] {
        let _ = std::fs::remove_file(server.data().join(file));
    }
    std::fs::copy(&copy, server.data().join("paidan.db")).unwrap();
    server.start_again();
    let order = hq.get(&format!("/v1/orders/{}", before[0])).ok();
    assert!(order["shopper"].is_null(), "{order}");
    assert!(server.stop(), "{}", server.log());
}

#[test]
fn a_servers_database_has_tools_of_its_own() {
    let url = cluster::shared().database();
    let folder = tempfile::tempdir().unwrap();
    let done = Command::new(binary("paidan"))
        .args(["backup", "copy.db", "--database", &url, "--data"])
        .arg(folder.path())
        .current_dir(folder.path())
        .output()
        .unwrap();
    refused(&done, "docs/operations.md");
}
