//! The PostgreSQL server fails under a shop that goes on: its power goes, it is stopped, it stands
//! still, it is slow. What was acknowledged is there afterwards, nothing is half done, and the shop
//! takes orders again by itself; meanwhile it says "try again" and answers for nothing that it could
//! not keep.
//!
//! `PAIDAN_ROUNDS=100` plays each fault so many times; a few by default.

#![cfg(feature = "whole-system")]
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::time::{Duration, Instant};

use paidan_tests::city::City;
use paidan_tests::cluster::wire::Wire;
use paidan_tests::cluster::{self, Cluster};
use paidan_tests::disk::Disk;
use paidan_tests::lots;
use paidan_tests::shopping::Shoppers;

const SHOPPERS: u64 = 4;
/// The longest that the shop may take to serve again once its database does.
const HEALED_WITHIN: Duration = Duration::from_secs(20);

/// Somebody is told to try again: the fault was felt.
fn wait_until_it_is_felt(city: &City, shoppers: &Shoppers) {
    city.wait("somebody is refused", || shoppers.interrupted_count() > 0);
}

/// The database is back: the shop, which lived on, takes orders again and has lost none.
fn expect_it_heals(city: &City, shoppers: Shoppers) {
    let healing = city.wait_for_an_order(&shoppers);
    assert!(healing < HEALED_WITHIN, "{healing:?} to heal");
    shoppers.stop();
    city.check_acknowledged();
}

#[test]
fn what_was_acknowledged_survives_power_cuts_of_the_database() {
    for (lot, cuts) in lots(3) {
        let Some(disk) = Disk::make(1_024) else { return };
        let mut cluster = Cluster::start_in(Some(&disk.path()), &[]);
        let database = cluster.database();
        let mut city = City::kept_by(&database, &database, lot);
        for _ in 0..cuts {
            let (told, shoppers) = (city.told(), city.shoppers(SHOPPERS));
            city.let_them_shop(&shoppers, told);
            // Frozen first: what it answers while the power goes is no answer given before.
            cluster.pause();
            disk.cut();
            cluster.kill();
            wait_until_it_is_felt(&city, &shoppers);
            disk.back();
            cluster.start_again();
            expect_it_heals(&city, shoppers);
        }
        city.expect_whole();
    }
}

#[test]
fn a_stopped_database_is_waited_for() {
    let mut cluster = Cluster::start(&[]);
    for (lot, times) in lots(2) {
        let database = cluster.database();
        let mut city = City::kept_by(&database, &database, lot);
        for _ in 0..times {
            let (told, shoppers) = (city.told(), city.shoppers(SHOPPERS));
            city.let_them_shop(&shoppers, told);
            cluster.stop();
            wait_until_it_is_felt(&city, &shoppers);
            cluster.start_again();
            expect_it_heals(&city, shoppers);
        }
        city.expect_whole();
    }
}

#[test]
fn a_database_that_stands_still_is_not_waited_for_without_end() {
    let cluster = Cluster::start(&[]);
    for (lot, times) in lots(1) {
        let database = cluster.database();
        let mut city = City::kept_by(&database, &database, lot);
        for _ in 0..times {
            let (told, shoppers) = (city.told(), city.shoppers(SHOPPERS));
            city.let_them_shop(&shoppers, told);
            cluster.pause();
            let began = Instant::now();
            wait_until_it_is_felt(&city, &shoppers);
            assert!(began.elapsed() < Duration::from_secs(30), "asked for {:?}", began.elapsed());
            cluster.resume();
            expect_it_heals(&city, shoppers);
        }
        city.expect_whole();
    }
}

#[test]
fn a_slow_database_only_slows_the_shop() {
    /// Each way: a commit's few round trips come to a quarter of a second.
    const LATE: Duration = Duration::from_millis(40);
    let cluster = cluster::shared();
    for (lot, times) in lots(1) {
        let database = cluster.database();
        let wire = Wire::to(cluster.socket());
        let url = cluster.address_at(wire.folder(), cluster::name_of(&database));
        let mut city = City::kept_by(&url, &database, lot);
        for _ in 0..times {
            let shoppers = city.shoppers(SHOPPERS);
            wire.slow_down(LATE);
            let began = Instant::now();
            let told = city.told();
            city.wait("orders go on", || shoppers.told_count() >= told + 8);
            let took = began.elapsed();
            assert!(took > 2 * LATE, "eight orders in {took:?}: the wire was not slow");
            wire.slow_down(Duration::ZERO);
            assert_eq!(shoppers.stop(), 0, "somebody was refused:\n{}", city.server.log());
            city.check_acknowledged();
        }
        city.expect_whole();
    }
}
