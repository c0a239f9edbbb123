//! The whole system on a PostgreSQL server: an order survives kill -9, a second server stands by and
//! takes over, and one that was paused meanwhile neither writes nor answers for the city any more.

#![cfg(feature = "whole-system")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use paidan_tests::check::expect_sound;
use paidan_tests::city::City;
use paidan_tests::client::{Answer, Client};
use paidan_tests::cluster;
use paidan_tests::cluster::wire::{Cut, Wire};
use paidan_tests::lots;
use paidan_tests::server::Server;
use paidan_tests::town::Town;
use serde_json::{Value, json};

/// Or as many as `PAIDAN_ROUNDS` says.
const CUTS: u64 = 9;

fn order_of(answer: Answer) -> String {
    answer.ok()["order"].as_str().unwrap().to_owned()
}

fn order(hq: &Client, id: &str) -> Value {
    hq.get(&format!("/v1/orders/{id}")).ok()
}

#[test]
fn an_order_its_person_and_the_tokens_survive_a_kill() {
    let url = cluster::shared().database();
    let mut server = Server::start(&["--database", &url]);
    let hq = server.hq();
    let town = Town::build(hq.clone(), 2, 0, true);
    let quote = town.quote(&[(0, 2), (1, 1)]);
    let body = town.order_body(&quote);
    let placed = hq.post_once("/v1/orders", "first", &body).ok();
    let id = placed["order"].as_str().unwrap().to_owned();
    let known =
        |order: &Value| ["status", "lines", "shopper", "timeline"].map(|part| order[part].clone());
    let before = known(&order(&hq, &id));
    assert_eq!((&before[0], &before[2]["name"]), (&json!("open"), &json!("王小明")));
    let stores = hq.get("/v1/stores").ok();
    let shopper = Client::new(&server.base(), placed["shopper_token"].as_str());
    shopper.get(&format!("/v1/orders/{id}")).ok();
    let draft = json!({
        "principal": {"kind": "staff", "role": "auditor", "name": "查账", "scope": "all"},
    });
    let auditor = hq.post("/v1/tokens", &draft).ok()["token"].as_str().unwrap().to_owned();

    server.kill();
    server.start_again();

    assert_eq!(known(&order(&hq, &id)), before);
    let again = order_of(hq.post_once("/v1/orders", "first", &body));
    assert_eq!(again, id, "the key gives its first answer");
    shopper.get(&format!("/v1/orders/{id}")).ok();
    let auditor = Client::new(&server.base(), Some(&auditor));
    auditor.get(&format!("/v1/orders/{id}/history")).ok();
    let ids = |stores: &Value| stores.to_string().matches("\"id\"").count();
    assert_eq!(ids(&hq.get("/v1/stores").ok()), ids(&stores));
    assert!(ids(&stores) >= 2);
    let next = order_of(town.place("second", &[(0, 1)]));
    assert_ne!(next, id);
    assert!(server.stop(), "{}", server.log());
}

/// Two servers of one database; the second stands by.
fn pair() -> (Server, Server, Town, String) {
    let url = cluster::shared().database();
    let first = Server::start(&["--database", &url]);
    let town = Town::build(first.hq(), 2, 0, true);
    let mut second = Server::prepare(&["--database", &url]);
    second.share_keys_of(&first);
    second.launch();
    second.wait_until("/readyz", 421);
    (first, second, town, url)
}

fn is_sent_to(answer: &Answer, server: &Server) {
    assert_eq!((answer.status, answer.code()), (421, "not_owner"), "{:?}", answer.body);
    assert_eq!(answer.body["owner"], server.base());
}

#[test]
fn a_second_server_stands_by_and_takes_over() {
    let (mut first, mut second, town, _) = pair();
    let id = order_of(town.place("first", &[(0, 1)]));
    let elsewhere = Client::new(&second.base(), None);
    is_sent_to(&elsewhere.get(&format!("/v1/orders/{id}")), &first);
    assert_eq!(elsewhere.get("/healthz").status, 200);

    first.kill();
    second.wait_until("/readyz", 200);
    let hq = town.hq.at(&second.base());
    assert_eq!(order(&hq, &id)["status"], "open");
    let again = Town { hq, ..town };
    order_of(again.place("second", &[(0, 1)]));

    // The first comes back and finds its place taken.
    first.launch();
    first.wait_until("/readyz", 421);
    is_sent_to(&Client::new(&first.base(), None).get("/v1/stores"), &second);
    assert!(second.stop(), "{}", second.log());
    first.wait_until("/readyz", 200);
    assert!(first.stop(), "{}", first.log());
}

#[test]
fn a_paused_server_loses_the_city_and_acknowledges_nothing_more() {
    let (mut owner, mut other, mut town, url) = pair();
    let mut known = order_of(town.place("known", &[(0, 1)]));
    // Two a lot, so that each of them has been the deposed one.
    for (lot, times) in lots(2) {
        for time in 0..times {
            let round = format!("{lot}-{time}");
            let body = town.order_body(&town.quote(&[(0, 1)]));
            owner.pause();
            other.wait_until("/readyz", 200);
            let there = town.hq.at(&other.base());
            assert_eq!(order(&there, &known)["status"], "open");
            let meanwhile = format!("while-paused-{round}");
            let placed = order_of(there.post_once("/v1/orders", &meanwhile, &body));

            owner.resume();
            // What it was asked before it noticed is answered by no success of its own.
            let late = format!("late-{round}");
            let late = town.hq.try_send("POST", "/v1/orders", Some(&late), &body.to_string());
            let is_acknowledged = late.as_ref().is_ok_and(|answer| answer.status < 300);
            assert!(!is_acknowledged, "a deposed server acknowledged {late:?}\n{}", owner.log());
            owner.wait_until("/readyz", 421);
            is_sent_to(&town.hq.get(&format!("/v1/orders/{placed}")), &other);
            assert_eq!(order(&there, &placed)["status"], "open");
            known = placed;
            std::mem::swap(&mut owner, &mut other);
            town = Town { hq: there, ..town };
        }
    }
    assert!(owner.stop(), "{}", owner.log());
    other.wait_until("/readyz", 200);
    assert_eq!(order(&town.hq.at(&other.base()), &known)["status"], "open");
    assert!(other.stop(), "{}", other.log());
    expect_sound(&url, None, 1, &["I9", "I10", "I22"]);
}

#[test]
fn what_was_acknowledged_survives_a_wire_that_is_cut_again_and_again() {
    let cluster = cluster::shared();
    for (lot, cut_count) in lots(CUTS) {
        let database = cluster.database();
        let wire = Wire::to(cluster.socket());
        let url = cluster.address_at(wire.folder(), cluster::name_of(&database));
        let mut city = City::kept_by(&url, &database, lot);
        let shoppers = city.shoppers(4);
        let cuts = [Cut::Before, Cut::After, Cut::Within].into_iter().cycle();
        for (number, cut) in (1..).zip(cuts.take(cut_count as usize)) {
            let told = shoppers.told_count();
            city.server.wait_until("/readyz", 200);
            // In every commit of an order, and in nothing else.
            wire.cut_at("order_placed", cut);
            city.wait("the wire is cut, and somebody served", || {
                wire.cut_count() >= number && shoppers.told_count() > told
            });
        }
        city.server.wait_until("/readyz", 200);
        let unanswered = shoppers.stop();
        assert!(unanswered >= cut_count, "{unanswered} requests left open by {cut_count} cuts");
        city.check_acknowledged();
        city.expect_whole();
    }
}

#[test]
fn a_server_with_another_vault_is_refused() {
    let url = cluster::shared().database();
    let mut first = Server::start(&["--database", &url]);
    assert!(first.stop(), "{}", first.log());
    let stranger = std::process::Command::new(paidan_tests::server::binary("paidan"))
        .args(["serve", "--listen", "127.0.0.1:0", "--database", &url, "--data"])
        .arg(tempfile::tempdir().unwrap().path())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&stranger.stderr);
    assert!(!stranger.status.success() && told.contains("copy vault.key"), "{told}");
}
