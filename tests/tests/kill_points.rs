//! The server dies at named places: before a commit, within it, after it and before anybody is told,
//! and so on. A kill at any moment seldom meets the few lines between two of these; here each is met.
//! Whatever was acknowledged is there afterwards, and nothing is half done.
//!
//! The places are `kill_point`s, which only a build with the feature `planted` has.

#![cfg(feature = "planted")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use paidan_tests::city::City;
use paidan_tests::server::Server;
use serde_json::{Value, json};
use vocabulary::planted::KILL_VARIABLE;

/// On the way of an order, and at the start. How often a place is come by before the server dies is by
/// and by.
const POINTS: [(&str, &[u64]); 6] = [
    ("claimed", &[1, 2]),
    ("before_a_commit", &[1, 9]),
    ("within_a_commit", &[1, 10]),
    ("recorded_and_untold", &[2, 11]),
    ("pushed_and_unanswered", &[2, 12]),
    ("answered", &[3, 13]),
];

fn city() -> City {
    let program = env!("CARGO_BIN_EXE_planted").into();
    City::of(Server::prepare(&[]).running(program), 0)
}

/// Starts the server again, to die when it comes by this place for the nth time.
fn start_to_die(city: &mut City, point: &str, nth: u64) {
    assert!(city.server.stop(), "{}", city.server.log());
    city.server.tell(KILL_VARIABLE, Some(&format!("{point}:{nth}")));
    city.server.launch();
    while city.server.lives() && !city.server.is_ready() {
        std::thread::yield_now();
    }
}

fn wait_for_its_death(city: &mut City) {
    let began = std::time::Instant::now();
    while city.server.lives() {
        assert!(began.elapsed().as_secs() < 60, "the place is never come by");
        std::thread::yield_now();
    }
}

fn start_to_live(city: &mut City) {
    city.server.kill();
    city.server.tell(KILL_VARIABLE, None);
    city.server.start_again();
}

#[test]
fn what_was_acknowledged_survives_a_death_at_each_place() {
    let mut city = city();
    for (point, times) in POINTS {
        for nth in times {
            start_to_die(&mut city, point, *nth);
            let shoppers = city.shoppers(4);
            wait_for_its_death(&mut city);
            shoppers.stop();
            start_to_live(&mut city);
            city.check_acknowledged();
        }
    }
    assert!(city.told() > 0, "nobody was ever served");
    city.expect_whole();
}

/// The price that headquarters asks for a thing, as a shopper would be told.
fn price(city: &City) -> Value {
    let sku = &city.town.skus[2];
    city.town.hq.get(&format!("/v1/skus/{sku}")).ok()["list_price_fen"].clone()
}

#[test]
fn what_headquarters_wrote_is_there_whole_or_not_at_all() {
    let mut city = city();
    let shoppers = city.shoppers(1);
    city.let_them_shop(&shoppers, 0);
    shoppers.stop();
    let path = format!("/v1/skus/{}", city.town.skus[2]);
    let body = |price: u64| {
        json!({
            "code": "SKU-3", "name": "鲜牛奶 3", "category": "dairy", "tax_class": "standard",
            "list_price_fen": price, "weight_g": 980, "temperature": "chilled",
        })
    };
    for (point, is_there) in [("within_documents", false), ("documents_recorded", true)] {
        let before = price(&city);
        start_to_die(&mut city, point, 1);
        let told = city.town.hq.try_send("PUT", &path, None, &body(7_777).to_string());
        assert!(told.is_err(), "it lived: {told:?}");
        wait_for_its_death(&mut city);
        start_to_live(&mut city);
        let after = price(&city);
        assert_eq!(after, if is_there { json!(7_777) } else { before });
    }
    city.expect_whole();
}

#[test]
fn who_is_to_be_forgotten_is_forgotten() {
    let mut city = city();
    let order = city.town.place("once", &[(0, 1)]).ok()["order"].as_str().unwrap().to_owned();
    city.town.hq.post(&format!("/v1/orders/{order}/cancel"), &json!({})).ok();
    let shopper = |city: &City| city.town.hq.get(&format!("/v1/orders/{order}")).ok();
    assert_eq!(shopper(&city)["shopper"]["name"], "王小明");
    start_to_die(&mut city, "noted_and_not_erased", 1);
    let path = format!("/v1/orders/{order}/shopper");
    let told = city.town.hq.try_delete(&path);
    assert!(told.is_err(), "it lived: {told:?}");
    wait_for_its_death(&mut city);
    // It was noted before the death, so it holds: nobody has to ask again.
    start_to_live(&mut city);
    let after = shopper(&city);
    assert!(!after.to_string().contains("王小明"), "{after}");
}
