//! kill -9 under load, twenty times in a row: whatever was acknowledged is there, in the state that
//! was last acknowledged, and nothing is half done.
//!
//! `PAIDAN_ROUNDS=1000` kills so often, twenty times each city.

#![cfg(feature = "whole-system")]

use paidan_tests::city::City;
use paidan_tests::lots;
use paidan_tests::server::Server;

const SHOPPERS: u64 = 6;

#[test]
fn what_was_acknowledged_survives_twenty_kills() {
    let (mut unanswered, mut worked) = (0, 0);
    for (lot, kills) in lots(20) {
        let mut city = City::of(Server::prepare(&[]), lot);
        for _ in 0..kills {
            let (told, shoppers) = (city.told(), city.shoppers(SHOPPERS));
            city.let_them_shop(&shoppers, told);
            city.server.kill();
            unanswered += shoppers.stop();
            city.server.start_again();
            city.check_acknowledged();
        }
        worked += city.ledger.lock().unwrap().worked_count();
        city.expect_whole();
    }
    assert!(unanswered > 0, "no request was ever under way when the server died");
    assert!(worked > 0, "no store ever got a step acknowledged");
}
