//! kill -9 under load, twenty times in a row: whatever was acknowledged is there, in the state that
//! was last acknowledged, and nothing is half done.

#![cfg(feature = "whole-system")]
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use paidan_tests::check::{expect_sound, file_of};
use paidan_tests::rounds;
use paidan_tests::server::Server;
use paidan_tests::shopping::{
    Ledger, Shoppers, ask_again, check_acknowledged, check_nothing_is_half_done,
};
use paidan_tests::town::Town;
use vocabulary::Chance;

/// Or as many as `PAIDAN_ROUNDS` says.
const ROUNDS: u64 = 20;
const SHOPPERS: u64 = 6;

#[test]
fn what_was_acknowledged_survives_twenty_kills() {
    let mut server = Server::start(&[]);
    let town = Arc::new(Town::build(server.hq(), 3, 0, true));
    let ledger = Arc::new(Mutex::new(Ledger::default()));
    let mut chance = Chance::from_seed(20);
    let mut unanswered = 0;
    for round in 0..rounds(ROUNDS) {
        let told_before = ledger.lock().unwrap().told.len();
        let shoppers = Shoppers::start(SHOPPERS, &round.to_string(), &town, &ledger);
        std::thread::sleep(Duration::from_millis(150 + chance.below(250)));
        server.kill();
        unanswered += shoppers.stop();
        let told_now = ledger.lock().unwrap().told.len();
        assert!(told_now > told_before, "round {round} placed nothing: it proves nothing");
        server.start_again();
        check_acknowledged(&server.hq(), &ledger.lock().unwrap());
    }
    assert!(unanswered > 0, "no request was ever under way when the server died");
    let mut ledger = ledger.lock().unwrap();
    ask_again(&town, &mut ledger);
    check_nothing_is_half_done(&server.hq(), &town, &ledger);
    // While it serves, and when it has stopped.
    expect_sound(&file_of(&server), None, 1, &["I1", "I3", "I4", "I9", "I10", "I12", "I19", "I22"]);
    assert!(server.stop(), "the last end is a clean one:\n{}", server.log());
    expect_sound(&file_of(&server), None, 1, &["I1", "I4", "I9", "I22"]);
}
