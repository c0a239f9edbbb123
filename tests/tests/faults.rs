//! The machine fails under the server: the power goes, the disk is full, a flush comes to nothing. What
//! was acknowledged is there afterwards, nothing is half done, and the server either goes on or ends;
//! it never answers for what it could not keep.
//!
//! `PAIDAN_ROUNDS=100` plays each fault so many times; a few by default.

#![cfg(feature = "whole-system")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use paidan_tests::city::City;
use paidan_tests::disk::Disk;
use paidan_tests::lots;
use paidan_tests::server::Server;
use serde_json::{Value, json};

const SHOPPERS: u64 = 4;
/// The longest that a server may take to serve again once a fault is over.
const HEALED_WITHIN: Duration = Duration::from_secs(20);

#[test]
fn what_was_acknowledged_survives_power_cuts() {
    for (lot, cuts) in lots(5) {
        let Some(disk) = Disk::make(512) else { return };
        let mut city = City::on(&disk, lot);
        for _ in 0..cuts {
            let (told, shoppers) = (city.told(), city.shoppers(SHOPPERS));
            city.let_them_shop(&shoppers, told);
            // Frozen first: what it answers while the power goes is no answer that was given before.
            city.server.pause();
            disk.cut();
            city.server.kill();
            shoppers.stop();
            disk.back();
            city.server.start_again();
            city.check_acknowledged();
        }
        city.expect_whole();
    }
}

#[test]
fn a_full_disk_refuses_and_heals_by_itself() {
    for (lot, times) in lots(3) {
        let Some(disk) = Disk::make(64) else { return };
        let mut city = City::on(&disk, lot);
        for _ in 0..times {
            let (told, shoppers) = (city.told(), city.shoppers(SHOPPERS));
            city.let_them_shop(&shoppers, told);
            disk.fill();
            // What the log still had room for is taken, then every answer is "try again".
            let refusal = refused(&city);
            assert!(refusal.is_open(), "a full disk is told as {refusal:?}");
            assert!(refusal.body["message"].is_string(), "{refusal:?}");
            // Memory that ran ahead of the disk is given up and read again: until that works, a
            // question is answered as it was, or put off.
            let known = city.ledger.lock().unwrap().told.values().next().unwrap()["order"].clone();
            let read = city.server.hq().get(&format!("/v1/orders/{}", known.as_str().unwrap()));
            assert!(read.status == 200 || read.is_open(), "{read:?}\n{}", city.server.log());
            disk.free();
            let healing = city.wait_for_an_order(&shoppers);
            assert!(healing < HEALED_WITHIN, "{healing:?} to heal");
            let refused = shoppers.stop();
            assert!(refused > 0, "nobody was refused: the disk was never full");
            city.check_acknowledged();
        }
        city.expect_whole();
    }
}

/// Asks for an order again and again until it is refused.
fn refused(city: &City) -> paidan_tests::client::Answer {
    let began = Instant::now();
    let quote = json!({"mode": "delivery", "lines": [{"sku": city.town.skus[0], "quantity": 1}]});
    for number in 0.. {
        let key = format!("full-{}-{number}", city.round);
        let ask = |path: &str, body: &Value| {
            let asked = city.town.hq.try_send("POST", path, Some(&key), &body.to_string());
            asked.unwrap_or_else(|_| panic!("no answer at {path}:\n{}", city.server.log()))
        };
        let quoted = ask("/v1/quotes", &quote);
        if quoted.status >= 300 {
            return quoted;
        }
        let body = city.town.order_body(&quoted.body);
        city.ledger.lock().unwrap().asked.insert(key.clone(), body.clone());
        let answer = ask("/v1/orders", &body);
        if answer.status >= 300 {
            return answer;
        }
        city.ledger.lock().unwrap().hear(key, answer.body);
        assert!(began.elapsed() < Duration::from_secs(60), "a full disk takes every order");
    }
    unreachable!("it is asked until it is refused")
}

/// Makes one flush of a running process fail: `strace` answers for the kernel.
struct FailingFlush {
    tracer: Child,
    notes: PathBuf,
}

impl FailingFlush {
    fn of(process: u32, nth: u64, folder: &Path) -> Self {
        let notes = folder.join(format!("flushes-{nth}"));
        let tracer = Command::new("strace")
            .args(["-f", "-qq", "-p", &process.to_string(), "-o"])
            .arg(&notes)
            .args(["-e", "trace=fdatasync,fsync"])
            .args(["-e", &format!("inject=fdatasync,fsync:error=EIO:when={nth}")])
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        Self { tracer, notes }
    }

    fn has_failed(&mut self) -> bool {
        let ended = self.tracer.try_wait().unwrap();
        assert!(ended.is_none(), "strace did not stay: may it trace here? {ended:?}");
        std::fs::read_to_string(&self.notes).is_ok_and(|notes| notes.contains("(INJECTED)"))
    }
}

impl Drop for FailingFlush {
    fn drop(&mut self) {
        // Politely: a tracer that is killed leaves its threads stopped.
        let id = self.tracer.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &id]).status();
        let _ = self.tracer.wait();
    }
}

#[test]
fn a_flush_that_fails_is_never_taken_for_one_that_held() {
    for (lot, times) in lots(4) {
        let mut city = City::of(Server::prepare(&[]), lot);
        let folder = tempfile::tempdir().unwrap();
        for nth in lot + 1..=lot + times {
            let shoppers = city.shoppers(SHOPPERS);
            let mut fault = FailingFlush::of(city.server.process(), nth, folder.path());
            city.wait("a flush fails", || fault.has_failed());
            drop(fault);
            // It goes on by itself, or it has ended and is started again.
            let began = Instant::now();
            while !city.server.is_ready() {
                if !city.server.lives() {
                    city.server.start_again();
                }
                assert!(began.elapsed() < HEALED_WITHIN, "{}", city.server.log());
                std::thread::sleep(Duration::from_millis(10));
            }
            shoppers.stop();
            city.check_acknowledged();
        }
        city.expect_whole();
    }
}
