//! Headquarters moves a store's share: who could take it, who cannot and why, and what is kept of it.

use serde_json::{Value, json};

use crate::given::{Given, MILK, OTHER_STORE, Placed, RICE, STORE, store};

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
