//! What stores should order, from what their tills told.

use axum::http::{Method, Request};
use serde_json::json;

use crate::given::{Given, MILK, OTHER_STORE, STORE};

/// Four weeks of sales, so many each day, the last of them yesterday.
async fn sold(given: &Given, store: &str, each_day: u32) {
    let now = given.get("/v1/clock", "").await.ok()["now"].as_i64().unwrap();
    let mut file = "till,receipt,sku,units,sold_at\n".to_owned();
    for day in 1..=28 {
        file.push_str(&format!("1,{day},MILK,{each_day},{}\n", now - day * 86_400_000));
    }
    let request = Request::builder()
        .method(Method::POST)
        .header("authorization", format!("Bearer {}", given.hq))
        .header("content-type", "text/csv");
    let report = given.send(request, &format!("/v1/stores/{store}/sales"), file).await.ok();
    assert_eq!(report["recorded_count"], 28, "{report}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_runs_low_is_told_where_goods_are() {
    let given = Given::shop().await;
    let counted = |units: u32| json!([{"sku": MILK, "on_hand": units}]);
    given.hq_post(&format!("/v1/stores/{OTHER_STORE}/stock/bulk"), counted(12)).await.ok();
    sold(&given, OTHER_STORE, 10).await;
    sold(&given, STORE, 5).await;
    let passed = given.hq_post("/v1/replenishment/run", json!({})).await.ok();
    assert_eq!((&passed["assessed_count"], &passed["told_store_count"]), (&json!(2), &json!(2)));
    let list = given.get("/v1/replenishment", &given.hq).await.ok();
    assert_eq!(list["suggestion_count"], 1, "{list}");
    let found = &list["suggestions"][0];
    assert_eq!((&found["store"], &found["position"]), (&json!(OTHER_STORE), &json!(12)));
    // Ten a day: 20 in the lead time; the lead time's half a day costs z · 10 · 0.5 = 8.2 more.
    let because = &found["because"];
    let figures = ["safety_stock", "reorder_point", "order_up_to"].map(|name| &because[name]);
    assert_eq!(figures, [&json!(9), &json!(29), &json!(79)], "{found}");
    assert_eq!(found["units"], 67);
    // The other store has 100 and would order up to 40.
    let sources = found["sources"].as_array().unwrap();
    assert_eq!((&sources[0]["from"], &sources[0]["units"]), (&json!(STORE), &json!(60)));
    assert_eq!(sources[1], json!({"kind": "purchase", "units": 7}));
    let board = given.get(&format!("/v1/stores/{OTHER_STORE}/board"), &given.hq).await.ok();
    assert_eq!(board["low_stock"], json!([MILK]));
    let low = given.get("/v1/low-stock", &given.hq).await.ok();
    assert_eq!(low["low"][0]["reorder_point"], 29);
    let path = format!("/v1/stores/{STORE}/demand/{MILK}");
    let demand = given.get(&path, &given.hq).await.ok();
    assert_eq!(demand["units"].as_array().unwrap().len(), 28);
    assert_eq!(demand["assessment"]["accuracy"]["wape"], 0.0);
    // A manager sees its own store only.
    let scope = json!({"stores": [STORE]});
    let manager = given.token("staff", "store_manager", "m", scope).await;
    assert_eq!(given.get("/v1/replenishment", &manager).await.ok()["suggestion_count"], 0);
    assert_eq!(given.get("/v1/low-stock", &manager).await.ok()["low"], json!([]));
    given.post("/v1/replenishment/run", &manager, json!({})).await.refused(403, "forbidden");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_policy_is_kept_and_bounded() {
    let mut given = Given::shop().await;
    let path = "/v1/replenishment/policy";
    given.hq_put(path, json!({"service_level": 1000})).await.refused(422, "invalid_value");
    given.hq_put(path, json!({"service": 900})).await.refused(422, "unknown_field");
    let written = given.hq_put(path, json!({"service_level": 980})).await.ok();
    assert_eq!(written["version"], 1);
    given.restart().await;
    let seen = given.get(path, &given.hq).await.ok();
    assert_eq!((&seen["version"], &seen["policy"]["service_level"]), (&json!(1), &json!(980)));
    assert_eq!(seen["policy"]["lead_time_days"], 2);
}
