//! Goods from one store to another, and what tills tell in files.

use axum::http::{Method, Request};
use serde_json::{Value, json};

use crate::given::{Answer, Given, MILK, NOBODY, OTHER_STORE, RICE, STORE};

async fn shelf(given: &Given, store: &str, sku: &str) -> Value {
    let stock = given.get(&format!("/v1/stores/{store}/stock"), &given.hq).await.ok();
    let lines = stock["stock"].as_array().unwrap();
    lines.iter().find(|line| line["sku"] == sku).cloned().unwrap_or_default()
}

async fn manager(given: &Given, store: &str) -> String {
    given.token("staff", "store_manager", "店长", json!({"stores": [store]})).await
}

fn wanted(units: u32) -> Value {
    json!({"from": STORE, "to": OTHER_STORE, "lines": [{"sku": MILK, "units": units}]})
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn goods_go_from_one_store_to_the_other_with_a_restart_on_the_way() {
    let mut given = Given::shop().await;
    let (ours, theirs) = (manager(&given, STORE).await, manager(&given, OTHER_STORE).await);
    // The other store asks, this one agrees.
    let drafted = given.post("/v1/transfers", &theirs, wanted(12)).await.ok();
    let path = format!("/v1/transfers/{}", drafted["transfer"].as_str().unwrap());
    given.post(&format!("{path}/ready"), &theirs, json!({})).await.refused(404, "not_found");
    given.post(&format!("{path}/ready"), &ours, json!({})).await.ok();
    assert_eq!(shelf(&given, STORE, MILK).await["available_to_sell"], 88);
    let ship = json!({"lines": [{"sku": MILK, "units": 10}], "expected_at": 1_900_000_000_000_i64});
    given.post(&format!("{path}/ship"), &theirs, ship.clone()).await.refused(404, "not_found");
    given.post(&format!("{path}/ship"), &ours, ship).await.ok();
    given.restart().await;
    let here = shelf(&given, STORE, MILK).await;
    assert_eq!((&here["on_hand"], &here["outgoing"]), (&json!(90), &json!(0)));
    let there = shelf(&given, OTHER_STORE, MILK).await;
    assert_eq!((&there["on_hand"], &there["incoming"]), (&json!(0), &json!(10)));
    let first = json!({"lines": [{"sku": MILK, "units": 7}],
        "discrepancies": [{"sku": MILK, "units": 1, "reason": "damaged", "note": "漏"}]});
    given.post(&format!("{path}/receive"), &ours, first.clone()).await.refused(404, "not_found");
    given.post(&format!("{path}/receive"), &theirs, first).await.ok();
    let seen = given.get(&path, &ours).await.ok();
    assert_eq!(seen["status"], "partially_received");
    assert_eq!(seen["in_transit"], json!([{"sku": MILK, "units": 2}]));
    let rest = json!({"discrepancies": [{"sku": MILK, "units": 3, "reason": "missing"}]});
    given.post(&format!("{path}/receive"), &theirs, rest).await.refused(422, "transfer_excess");
    given.post(&format!("{path}/receive"), &theirs, json!({"all": true})).await.ok();
    let there = shelf(&given, OTHER_STORE, MILK).await;
    let figures = ["on_hand", "incoming", "damaged"].map(|name| there[name].as_i64().unwrap());
    assert_eq!(figures, [9, 0, 1]);
    given.restart().await;
    let seen = given.get(&path, &theirs).await.ok();
    assert_eq!(
        (&seen["status"], seen["receipts"].as_array().unwrap().len()),
        (&json!("received"), 2)
    );
    let again = given.post(&format!("{path}/receive"), &theirs, json!({"all": true})).await;
    again.refused(404, "transfer_unknown");
    let listed = given.get("/v1/transfers?status=received", &ours).await.ok();
    assert_eq!(listed["transfers"][0]["transfer"], drafted["transfer"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repeated_draft_is_one_transfer_and_a_cancelled_one_keeps_nothing() {
    let given = Given::shop().await;
    let ours = manager(&given, STORE).await;
    let mut body = wanted(60);
    body["ready"] = json!(true);
    let text = body.to_string();
    let draft = || given.ask(Method::POST, "/v1/transfers", Some(&ours), Some("k"), text.clone());
    let first = draft().await.ok();
    assert_eq!(draft().await.ok(), first);
    let listed = given.get(&format!("/v1/transfers?store={STORE}"), &ours).await.ok();
    assert_eq!(listed["transfers"].as_array().unwrap().len(), 1);
    given.post("/v1/transfers", &ours, body).await.refused(409, "not_enough_stock");
    assert_eq!(shelf(&given, STORE, MILK).await["available_to_sell"], 40);
    let path = format!("/v1/transfers/{}", first["transfer"].as_str().unwrap());
    let cancel = json!({"reason": "不需要了"});
    given.post(&format!("{path}/cancel"), &ours, cancel).await.ok();
    assert_eq!(shelf(&given, STORE, MILK).await["available_to_sell"], 100);
    given.post(&format!("{path}/ship"), &ours, json!({})).await.refused(404, "transfer_unknown");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_see_neither_store_sees_no_transfer() {
    let given = Given::shop().await;
    let stranger = manager(&given, NOBODY).await;
    let drafted = given.hq_post("/v1/transfers", wanted(1)).await.ok();
    let path = format!("/v1/transfers/{}", drafted["transfer"].as_str().unwrap());
    given.get(&path, &stranger).await.refused(404, "not_found");
    let listed = given.get("/v1/transfers", &stranger).await.ok();
    assert_eq!(listed["transfers"], json!([]));
    given.post("/v1/transfers", &stranger, wanted(1)).await.refused(404, "not_found");
    let picker = given.token("staff", "picker", "p", json!({"stores": [STORE]})).await;
    given.post("/v1/transfers", &picker, wanted(1)).await.refused(403, "forbidden");
    let mut nowhere = wanted(1);
    nowhere["to"] = json!(NOBODY);
    given.hq_post("/v1/transfers", nowhere).await.refused(404, "not_found");
    let mut unknown = wanted(1);
    unknown["lines"][0]["sku"] = json!(NOBODY);
    given.hq_post("/v1/transfers", unknown).await.refused(422, "unknown_sku");
    given.hq_post("/v1/transfers", wanted(0)).await.refused(422, "invalid_value");
}

async fn send(given: &Given, token: &str, accept: &str, text: &str) -> Answer {
    let request = Request::builder()
        .method(Method::POST)
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "text/csv; charset=utf-8")
        .header("accept", accept);
    given.send(request, &format!("/v1/stores/{STORE}/sales"), text.to_owned()).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tills_file_is_recorded_row_by_row_and_only_once() {
    let given = Given::shop().await;
    let till = given.token("device", "device", "till-1", json!({"stores": [STORE]})).await;
    let now = given.get("/v1/clock", "").await.ok()["now"].as_i64().unwrap();
    let file = format!(
        "\u{feff}机号,小票号,行号,条码,数量,销售时间\n\
         1,17,1,MILK,2,{now}\n\
         1,17,2,{RICE},1,\n\
         1,18,,MILK,two,\n\
         1,19,,BEER,1,\n\
         \n\
         1,20,,MILK,1,yesterday\n\
         1,21,,MILK,4,2020-01-01T10:00:00+08:00\n"
    );
    let report = send(&given, &till, "application/json", &file).await.ok();
    assert_eq!((&report["row_count"], &report["recorded_count"]), (&json!(6), &json!(3)));
    let problems: Vec<_> = report["errors"].as_array().unwrap().iter().collect();
    let named: Vec<_> = problems.iter().map(|p| (&p["row"], &p["code"], &p["column"])).collect();
    let expected = [(4, "invalid_value", "units"), (5, "unknown_sku", "sku")];
    for ((row, code, column), found) in expected.iter().zip(&named) {
        assert_eq!(*found, (&json!(row), &json!(code), &json!(column)));
    }
    assert_eq!(named[2], (&json!(7), &json!("invalid_value"), &json!("sold_at")));
    // The sale of years ago is known to the count that filled the store.
    assert_eq!(shelf(&given, STORE, MILK).await["on_hand"], 98);
    assert_eq!(shelf(&given, STORE, RICE).await["on_hand"], 99);
    let before = given.last_seq().await;
    let again = send(&given, &till, "application/json", &file).await.ok();
    assert_eq!(again["recorded_count"], 3);
    assert_eq!(given.last_seq().await, before, "a file sent again changes nothing");
    let file = send(&given, &till, "text/csv", &file).await.ok();
    let lines: Vec<&str> = file.as_str().unwrap().lines().collect();
    assert_eq!(lines.len(), 4, "{file}");
    assert!(lines[1].starts_with("1,18,,MILK,two,,\"units must be"), "{}", lines[1]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_none_is_refused_whole() {
    let given = Given::shop().await;
    let till = given.token("device", "device", "till-1", json!({"stores": [STORE]})).await;
    let before = given.last_seq().await;
    send(&given, &till, "*/*", "").await.refused(400, "malformed_sheet");
    send(&given, &till, "*/*", "till,receipt,sku\n1,1,MILK\n").await.refused(422, "missing_field");
    let misspelt = send(&given, &till, "*/*", "till,receipt,sku,unit\n1,1,MILK,1\n").await;
    misspelt.refused(422, "unknown_field");
    let path = format!("/v1/stores/{STORE}/sales");
    given.post(&path, &till, json!([])).await.refused(415, "unsupported_media_type");
    let picker = given.token("staff", "picker", "p", json!({"stores": [STORE]})).await;
    let row = "till,receipt,sku,units\n1,1,MILK,1\n";
    send(&given, &picker, "*/*", row).await.refused(403, "forbidden");
    assert_eq!(given.last_seq().await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_board_says_what_is_low() {
    let given = Given::shop().await;
    let path = format!("/v1/stores/{STORE}/stock/{MILK}/reorder-point");
    given.hq_post(&path, json!({"units": 99})).await.ok();
    let board = format!("/v1/stores/{STORE}/board");
    assert_eq!(given.get(&board, &given.hq).await.ok()["low_stock"], json!([]));
    given.open_order("k").await;
    let seen = given.get(&board, &given.hq).await.ok();
    assert_eq!(seen["low_stock"], json!([MILK]), "two of 100 are promised");
    assert_eq!(shelf(&given, STORE, MILK).await["is_low"], true);
}
