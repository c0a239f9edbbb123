//! Headquarters' documents: versions, restarts, prices inside grants.

use serde_json::json;

use crate::given::{Given, MILK, NOBODY, STORE, sku, store};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_document_is_replaced_only_by_who_read_its_newest_version() {
    let mut given = Given::shop().await;
    let path = format!("/v1/stores/{STORE}");
    let mut body = store("新光谷店");
    body["version"] = json!(1);
    assert_eq!(given.hq_put(&path, body.clone()).await.ok()["versions"], json!([2]));
    given.hq_put(&path, body).await.refused(409, "stale_version");
    given.restart().await;
    let seen = given.get(&path, &given.hq).await.ok();
    assert_eq!((&seen["name"], &seen["version"]), (&json!("新光谷店"), &json!(2)));
    let mut milk = sku(MILK, "MILK", 600);
    milk["version"] = json!(0);
    given.hq_put(&format!("/v1/skus/{MILK}"), milk).await.refused(409, "stale_version");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_is_written_whole_or_not_at_all() {
    let given = Given::shop().await;
    let mut bad = sku("019ab3c0-0000-7000-8000-000000000104", "D", 100);
    bad["list_price_fen"] = json!(-1);
    let skus = json!([sku("019ab3c0-0000-7000-8000-000000000103", "C", 100), bad]);
    given.hq_post("/v1/skus/bulk", skus).await.refused(422, "invalid_value");
    let page = given.get("/v1/skus", &given.app).await.ok();
    assert_eq!(page["skus"].as_array().unwrap().len(), 2);
    let mut nameless = store("x");
    nameless["name"] = json!("");
    let mut named = store("y");
    named["id"] = json!(NOBODY);
    nameless["id"] = json!("019ab3c0-0000-7000-8000-000000000009");
    let answer = given.hq_post("/v1/stores/bulk", json!([named, nameless])).await;
    answer.refused(422, "invalid_value");
    assert_eq!(answer.body["field"], "[1].name");
    given.get(&format!("/v1/stores/{NOBODY}"), &given.hq).await.refused(404, "not_found");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_price_holds_inside_its_grant_only() {
    let mut given = Given::shop().await;
    let manager = given.token("staff", "store_manager", "m", json!({"stores": [STORE]})).await;
    let path = format!("/v1/stores/{STORE}/prices/{MILK}");
    let price = |fen: i64| json!({"price_fen": fen}).to_string();
    let put = axum::http::Method::PUT;
    let set = |fen: i64| given.ask(put.clone(), &path, Some(&manager), None, price(fen));
    set(450).await.refused(403, "no_price_grant");
    let grant = json!({"name": "g", "stores": "all", "skus": "all", "floor": 800,
        "ceiling": 1200, "may_delist": false});
    given.hq_put("/v1/grants/g", grant).await.ok();
    set(399).await.refused(422, "price_outside_grant");
    set(450).await.ok();
    let asked = json!({"store": STORE, "lines": [{"sku": MILK, "quantity": 2}]});
    let quote = given.post("/v1/quotes", &given.app, asked.clone()).await.ok();
    assert_eq!(quote["goods_fen"], 900);
    given.restart().await;
    let quote = given.post("/v1/quotes", &given.app, asked).await.ok();
    assert_eq!(quote["goods_fen"], 900);
    let anywhere = json!({"lines": [{"sku": MILK, "quantity": 2}]});
    let quote = given.post("/v1/quotes", &given.app, anywhere).await.ok();
    assert_eq!(quote["goods_fen"], 1_000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_channel_prices_where_its_contract_lets_it() {
    let given = Given::shop().await;
    let contract = json!({"channel": "app", "may_price": true, "floor": 900, "bearer": "platform"});
    given.hq_put("/v1/contracts/app", contract).await.ok();
    let asked =
        |fen: i64| json!({"lines": [{"sku": MILK, "quantity": 1, "channel_price_fen": fen}]});
    let outside = given.post("/v1/quotes", &given.app, asked(449)).await;
    outside.refused(422, "channel_price_outside_contract");
    let quote = given.post("/v1/quotes", &given.app, asked(450)).await.ok();
    assert_eq!(quote["lines"][0]["unit_price_fen"], 450);
    assert_eq!(quote["lines"][0]["shares"][0]["bearer"], "platform");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_policy_is_versioned_and_bounded() {
    let mut given = Given::shop().await;
    let policy = json!({"accept_sla_s": 60, "dispatch": {"round_every_s": 2}});
    let written = given.hq_put("/v1/policy", policy).await.ok();
    assert_eq!(written["version"], 1);
    given.restart().await;
    let seen = given.get("/v1/policy", &given.hq).await.ok();
    assert_eq!(seen["policy"]["accept_sla_s"], 60);
    let stale = json!({"version": 7});
    given.hq_put("/v1/policy", stale).await.refused(409, "stale_version");
    let frozen = json!({"dispatch": {"round_every_s": 0}});
    given.hq_put("/v1/policy", frozen).await.refused(422, "invalid_value");
    let typo = json!({"acept_sla_s": 1});
    given.hq_put("/v1/policy", typo).await.refused(422, "unknown_field");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_policy_is_planned_beside_the_first_and_reported() {
    let given = Given::shop_with("time_scale = 10").await;
    let report = given.get("/v1/dispatch/shadow", &given.hq).await.ok();
    assert_eq!(report, json!({"cities": []}), "nothing is planned twice by itself");
    let shadow = json!({"planner": "greedy", "radius_m": 9_000});
    let policy = json!({"dispatch": {"round_every_s": 1}, "shadow": shadow});
    let version = given.hq_put("/v1/policy", policy).await.ok()["version"].clone();
    let placed = given.open_order("waits").await;
    given.hq_post(&placed.at_store("accept"), json!({"ready_in_s": 60})).await.ok();
    given.hq_post(&placed.at_store("pack"), json!({})).await.ok();
    let began = std::time::Instant::now();
    let city = loop {
        let report = given.get("/v1/dispatch/shadow", &given.hq).await.ok();
        if report["cities"][0]["rounds"].as_u64() > Some(0) {
            break report["cities"][0].clone();
        }
        assert!(began.elapsed() < std::time::Duration::from_secs(20), "{report}");
        tokio::task::yield_now().await;
    };
    assert_eq!(
        (&city["live_planner"], &city["shadow_planner"]),
        (&json!("assignment"), &json!("greedy"))
    );
    assert_eq!(city["policy_version"], version);
    assert!(city["waiting"].as_u64() > Some(0), "the packed order waits for a courier");
    assert!(city["since_at"].as_i64() <= city["last_round_at"].as_i64());
    let wide = json!({"version": version, "shadow": {"max_live_offers": 1_000}});
    let refused = given.hq_put("/v1/policy", wide).await;
    assert!(refused.code() == "invalid_value", "the bounds hold for both");
    given.hq_put("/v1/policy", json!({"version": version})).await.ok();
    let report = given.get("/v1/dispatch/shadow", &given.hq).await.ok();
    assert_eq!(report, json!({"cities": []}), "a policy without a second one has no report");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_catalog_is_searched_and_paged() {
    let given = Given::shop().await;
    let first = given.get("/v1/skus?limit=1", &given.app).await.ok();
    let after = first["next_after"].as_str().unwrap();
    let second = given.get(&format!("/v1/skus?limit=1&after={after}"), &given.app).await.ok();
    assert_ne!(first["skus"][0]["id"], second["skus"][0]["id"]);
    let found = given.get("/v1/skus?q=milk", &given.app).await.ok();
    assert_eq!(found["skus"].as_array().unwrap().len(), 1);
    let path = format!("/v1/skus/{MILK}?store={STORE}");
    let at_store = given.get(&path, &given.app).await.ok();
    assert_eq!((&at_store["available"], &at_store["price_fen"]), (&json!(100), &json!(500)));
}
