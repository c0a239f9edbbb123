//! Headquarters moves a store's share: who could take it, who cannot and why, and what is kept of it.

use serde_json::{Value, json};

use crate::given::{Given, MILK, OTHER_STORE, Placed, RICE, STORE, sku, store};

const THIRD_STORE: &str = "019ab3c0-0000-7000-8000-000000000003";

/// Milk and rice at the first store; the second has both as well, the third has no rice.
async fn three_stores() -> (Given, Placed) {
    let given = Given::shop().await;
    let placed = given.open_order("k").await;
    given.hq_put(&format!("/v1/stores/{THIRD_STORE}"), store("汉阳店")).await.ok();
    let stock = |rice: u32| json!([{"sku": MILK, "on_hand": 9}, {"sku": RICE, "on_hand": rice}]);
    given.hq_post(&format!("/v1/stores/{OTHER_STORE}/stock/bulk"), stock(9)).await.ok();
    given.hq_post(&format!("/v1/stores/{THIRD_STORE}/stock/bulk"), stock(0)).await.ok();
    (given, placed)
}

fn of_share(placed: &Placed, what: &str) -> String {
    format!("{}/fulfillment-orders/{}/{what}", placed.path(), placed.part)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_stores_that_can_take_a_share_come_first_and_the_others_say_why() {
    let (given, placed) = three_stores().await;
    let told = given.get(&of_share(&placed, "candidates"), &given.hq).await.ok();
    let [can, cannot] = told["candidates"].as_array().unwrap().as_slice() else {
        panic!("its own store is no candidate: {told}")
    };
    assert_eq!(
        (&can["store"], &can["can_take_all"]),
        (&json!(OTHER_STORE), &json!(true)),
        "{told}"
    );
    assert!(can["distance_m"].as_u64().unwrap() > 500, "{told}");
    assert!(can["promised_by_at"].is_i64() && can["lost"].is_null(), "{told}");
    let short = json!({"reason": "not_enough_stock", "lines_covered": 1, "lines_wanted": 2});
    assert_eq!((&cannot["store"], &cannot["lost"]), (&json!(THIRD_STORE), &short), "{told}");
    assert_eq!(cannot["can_take_all"], json!(false));
    let elsewhere = json!({"stores": [STORE]});
    let manager = given.token("staff", "store_manager", "manager", elsewhere).await;
    given.get(&of_share(&placed, "candidates"), &manager).await.refused(403, "forbidden");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_move_needs_a_reason_and_the_history_says_who_and_why() {
    let (given, placed) = three_stores().await;
    let path = of_share(&placed, "move");
    for reason in ["", "  "] {
        let refused = given.hq_post(&path, json!({"to": OTHER_STORE, "reason": reason})).await;
        refused.refused(422, "invalid_value");
        assert_eq!(refused.body["field"], "reason");
    }
    given.hq_post(&path, json!({"to": OTHER_STORE})).await.refused(422, "missing_field");
    given.hq_post(&path, json!({"to": OTHER_STORE, "reason": "flooded street"})).await.ok();
    let order = given.get(&placed.path(), &given.hq).await.ok();
    let stores: Vec<(&Value, &Value)> = order["parts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| (&part["store"], &part["status"]))
        .collect();
    let (moved, assigned) = (json!("moved"), json!("assigned"));
    assert_eq!(stores, [(&json!(STORE), &moved), (&json!(OTHER_STORE), &assigned)]);
    assert_eq!(given.on_hand(MILK).await, 100, "the first store has its goods back");
    let history = given.get(&format!("{}/history", placed.path()), &given.hq).await.ok();
    let events = history.as_array().unwrap();
    let asked = events.iter().find(|event| event["kind"] == "move_asked").unwrap();
    assert!(asked["by"].as_str().unwrap().starts_with("principal:"), "{asked}");
    assert!(asked["payload"].to_string().contains("flooded street"), "{asked}");
    assert!(events.iter().any(|event| event["kind"] == "fulfillment_moved"), "{history}");
    // What has left its store has nowhere to move.
    given.get(&of_share(&placed, "candidates"), &given.hq).await.refused(409, "fulfillment_state");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn some_units_move_and_the_rest_stays_as_it_is() {
    let (given, placed) = three_stores().await;
    given.hq_post(&placed.at_store("accept"), json!({})).await.ok();
    let path = of_share(&placed, "candidates?lines=1:1");
    let told = given.get(&path, &given.hq).await.ok();
    let takers = told["candidates"].as_array().unwrap().iter();
    let takers: Vec<&Value> = takers.filter(|one| one["can_take_all"] == json!(true)).collect();
    assert_eq!(takers.len(), 2, "one carton is in the store without rice too: {told}");
    let before = given.get(&placed.path(), &given.hq).await.ok();
    let body = json!({"to": THIRD_STORE, "lines": [{"line": 1, "units": 1}], "reason": "dented"});
    given.hq_post(&of_share(&placed, "move"), body).await.ok();
    let order = given.get(&placed.path(), &given.hq).await.ok();
    let [old, new] = order["parts"].as_array().unwrap().as_slice() else { panic!("{order}") };
    let units = |part: &Value| {
        let lines = part["lines"].as_array().unwrap().iter();
        lines.map(|line| (line["line"].clone(), line["units"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(units(old), [(json!(1), json!(1)), (json!(2), json!(1))]);
    assert_eq!((&new["store"], units(new)), (&json!(THIRD_STORE), vec![(json!(1), json!(1))]));
    for kept in ["status", "promised_by_at", "ready_at", "store"] {
        assert_eq!(old[kept], before["parts"][0][kept], "{kept}");
    }
    assert_eq!(order["deliveries"][0]["delivery"], before["deliveries"][0]["delivery"]);
    assert_eq!(given.on_hand(MILK).await, 99, "one of the two cartons is free again");
    let shares = given.get(&format!("/v1/stores/{STORE}/board"), &given.hq).await.ok();
    assert!(!shares.to_string().contains(r#""units":2"#), "the board shows what is left: {shares}");
    let history = given.get(&format!("{}/history", placed.path()), &given.hq).await.ok();
    let events = history.as_array().unwrap();
    let find = |kind: &str| events.iter().find(|event| event["kind"] == kind).unwrap();
    let asked = find("move_asked");
    assert!(asked["payload"].to_string().contains("dented"), "{asked}");
    assert_eq!(asked["payload"]["lines"][0]["units"], json!(1), "{asked}");
    assert!(find("lines_moved")["payload"]["to"] == new["fulfillment_order"], "{history}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_move_of_units_that_cannot_be_says_why() {
    let (given, placed) = three_stores().await;
    let path = of_share(&placed, "move");
    let body = |lines: Value| json!({"to": OTHER_STORE, "lines": lines, "reason": "dented"});
    let one_carton = json!([{"line": 1, "units": 1}]);
    let too_many = json!([{"line": 1, "units": 3}]);
    given.hq_post(&path, body(too_many)).await.refused(422, "line_unknown");
    let unknown = json!([{"line": 9, "units": 1}]);
    given.hq_post(&path, body(unknown)).await.refused(422, "line_unknown");
    for words in ["1", "1:x", "one:1", "1:1;2:1"] {
        let path = of_share(&placed, &format!("candidates?lines={words}"));
        given.get(&path, &given.hq).await.refused(422, "invalid_value");
    }
    let mut policy = given.get("/v1/policy", &given.hq).await.ok()["policy"].clone();
    policy["sourcing"]["max_splits"] = json!(1);
    given.hq_put("/v1/policy", policy).await.ok();
    given.hq_post(&path, body(one_carton.clone())).await.refused(409, "too_many_stores");
    let told = given.get(&of_share(&placed, "candidates?lines=1:1"), &given.hq).await.ok();
    let lost = json!({"reason": "too_many_stores", "most": 1});
    assert_eq!(told["candidates"][0]["lost"], lost, "{told}");
    for step in ["accept", "start", "pack"] {
        given.hq_post(&placed.at_store(step), json!({})).await.ok();
    }
    given.hq_post(&path, body(one_carton)).await.refused(409, "fulfillment_state");
    // What is packed still moves whole.
    given.hq_post(&path, json!({"to": OTHER_STORE, "reason": "flood"})).await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn goods_that_travel_together_are_sourced_and_moved_together() {
    let given = Given::shop().await;
    for (id, code, price) in [(MILK, "MILK", 500), (RICE, "RICE", 3_000)] {
        let mut body = sku(id, code, price);
        body["keep_together"] = json!("breakfast");
        given.hq_put(&format!("/v1/skus/{id}"), body).await.ok();
    }
    // The first store has all the milk and the other all the rice: apart they would do.
    let shelf = |milk: u32, rice: u32| json!([{"sku": MILK, "on_hand": milk}, {"sku": RICE, "on_hand": rice}]);
    let stock_of = |store: &str| format!("/v1/stores/{store}/stock/bulk");
    given.hq_post(&stock_of(STORE), shelf(9, 0)).await.ok();
    given.hq_post(&stock_of(OTHER_STORE), shelf(0, 9)).await.ok();
    let basket = given.basket("cash_on_delivery").await;
    given.place("apart", &basket).await.refused(409, "unfillable");
    given.hq_post(&stock_of(OTHER_STORE), shelf(9, 9)).await.ok();
    let placed = Placed::of(&given.place("together", &basket).await.ok());
    let order = given.get(&placed.path(), &given.hq).await.ok();
    assert_eq!(order["parts"].as_array().unwrap().len(), 1, "{order}");
    assert_eq!(order["parts"][0]["store"], json!(OTHER_STORE));
    given.hq_post(&stock_of(STORE), shelf(9, 9)).await.ok();
    let path = of_share(&placed, "move");
    let body = |lines: Value| json!({"to": STORE, "lines": lines, "reason": "dented"});
    let torn = json!([{"line": 1, "units": 2}]);
    given.hq_post(&path, body(torn)).await.refused(409, "kept_together");
    given
        .get(&of_share(&placed, "candidates?lines=2:1"), &given.hq)
        .await
        .refused(409, "kept_together");
    let all = json!([{"line": 1, "units": 2}, {"line": 2, "units": 1}]);
    given.hq_post(&path, body(all)).await.ok();
    let order = given.get(&placed.path(), &given.hq).await.ok();
    assert_eq!(order["parts"][1]["store"], json!(STORE), "{order}");
}
