//! What needs a second person, who changed what, and what regions are called.

use serde_json::{Value, json};

use crate::given::{Given, MERCHANT, MILK, Placed, REGION, STORE};

/// A role that decides about orders of up to 40 yuan, and about more than 10 not alone.
async fn careful(given: &Given) {
    let permits = json!([
        {"verb": "read_order", "reach": "own"},
        {"verb": "cancel_order", "reach": "own", "limit": 4_000, "second_above": 1_000},
        {"verb": "decide_return", "reach": "own", "limit": 4_000, "second_above": 1_000},
    ]);
    let role = json!({"name": "careful", "permits": permits});
    given.hq_put("/v1/roles/careful", role).await.ok();
}

async fn one_of(given: &Given, role: &str, name: &str) -> String {
    given.token("staff", role, name, json!({"stores": [STORE]})).await
}

async fn asked(given: &Given, who: &str, placed: &Placed) -> String {
    let action = json!({"kind": "cancel_order", "order": placed.order});
    let body = json!({"action": action, "note": "顾客改变主意"});
    let asked = given.post("/v1/approvals", who, body).await.ok();
    assert_eq!(asked["status"], "open");
    format!("/v1/approvals/{}", asked["approval"].as_str().unwrap())
}

async fn status(given: &Given, placed: &Placed) -> Value {
    given.get(&placed.path(), &given.hq).await.ok()["status"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_above_ones_own_word_takes_a_second_person() {
    let mut given = Given::shop().await;
    careful(&given).await;
    let (one, two) = (one_of(&given, "careful", "一").await, one_of(&given, "careful", "二").await);
    let placed = given.open_order("k").await;
    let cancel = format!("{}/cancel", placed.path());
    let alone = given.post(&cancel, &one, json!({})).await;
    alone.refused(403, "second_person_needed");
    let approval = asked(&given, &one, &placed).await;
    given.restart().await;
    let own = given.post(&format!("{approval}/approve"), &one, json!({})).await;
    own.refused(403, "second_person_needed");
    let listed = given.get("/v1/approvals", &two).await.ok();
    assert_eq!(listed["approvals"][0]["amount_fen"], 4_000);
    let agreed =
        given.post(&format!("{approval}/approve"), &two, json!({"note": "可以"})).await.ok();
    assert_eq!(agreed["status"], "approved");
    assert_eq!(status(&given, &placed).await, "cancelled");
    // Said again it is the same word; another's comes too late.
    given.post(&format!("{approval}/approve"), &two, json!({})).await.ok();
    let late = given.hq_post(&format!("{approval}/reject"), json!({})).await;
    late.refused(409, "approval_closed");
}

/// Taking all but one unit off would give back nearly everything, one change at a time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn units_are_taken_off_within_the_limits_of_cancelling() {
    let given = Given::shop().await;
    careful(&given).await;
    let permits = json!([
        {"verb": "read_order", "reach": "own"},
        {"verb": "change_order", "reach": "own"},
        {"verb": "cancel_order", "reach": "own", "limit": 4_000, "second_above": 1_000},
    ]);
    given.hq_put("/v1/roles/changer", json!({"name": "changer", "permits": permits})).await.ok();
    let (one, two) = (one_of(&given, "changer", "一").await, one_of(&given, "careful", "二").await);
    let placed = given.open_order("k").await;
    let changes = format!("{}/changes", placed.path());
    let fewer = json!({"remove": [{"line": 1, "units": 1}]});
    let proposed = given.post(&changes, &one, fewer.clone()).await.ok();
    let change = proposed["change"].as_str().unwrap();
    let confirm = format!("{changes}/{change}/confirm");
    given.post(&confirm, &one, json!({})).await.refused(403, "second_person_needed");
    let action = json!({"kind": "confirm_change", "order": placed.order, "change": change});
    let wish = json!({"action": action, "note": "缺货，顾客同意"});
    let asked = given.post("/v1/approvals", &one, wish).await.ok();
    let approve = format!("/v1/approvals/{}/approve", asked["approval"].as_str().unwrap());
    given.post(&approve, &one, json!({})).await.refused(403, "second_person_needed");
    given.post(&approve, &two, json!({})).await.ok();
    let order = given.get(&placed.path(), &given.hq).await.ok();
    assert_eq!((&order["lines"][0]["removed"], &order["status"]), (&json!(1), &json!("open")));
    // Another door gives nothing back; an order above the limit gives nothing back by them at all.
    let moved = json!({"destination": {"lat": 30.604, "lon": 114.305}});
    let proposed = given.post(&changes, &one, moved).await.ok();
    let confirm = format!("{changes}/{}/confirm", proposed["change"].as_str().unwrap());
    given.post(&confirm, &one, json!({})).await.ok();
    let permits = json!([
        {"verb": "change_order", "reach": "own", "limit": 500}, {"verb": "read_order", "reach": "own"}]);
    given.hq_put("/v1/roles/small", json!({"name": "small", "permits": permits})).await.ok();
    let small = one_of(&given, "small", "小").await;
    given.post(&changes, &small, fewer).await.refused(403, "over_limit");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_declined_wish_changes_nothing_and_a_small_limit_cannot_agree() {
    let given = Given::shop().await;
    careful(&given).await;
    let one = one_of(&given, "careful", "一").await;
    let permits = json!([{"verb": "cancel_order", "reach": "own", "limit": 500}]);
    given.hq_put("/v1/roles/small", json!({"name": "small", "permits": permits})).await.ok();
    let small = one_of(&given, "small", "小").await;
    let placed = given.open_order("k").await;
    let approval = asked(&given, &one, &placed).await;
    let too_small = given.post(&format!("{approval}/approve"), &small, json!({})).await;
    too_small.refused(403, "over_limit");
    given.hq_post(&format!("{approval}/reject"), json!({"note": "不行"})).await.ok();
    let after = given.hq_post(&format!("{approval}/approve"), json!({})).await;
    after.refused(409, "approval_closed");
    assert_eq!(status(&given, &placed).await, "open");
    let elsewhere = given.token("staff", "careful", "外", json!({"stores": [REGION]})).await;
    let listed = given.get("/v1/approvals", &elsewhere).await.ok();
    assert_eq!(listed["approvals"], json!([]));
    given
        .post(&format!("{approval}/approve"), &elsewhere, json!({}))
        .await
        .refused(404, "not_found");
    let picker = one_of(&given, "picker", "p").await;
    let action = json!({"kind": "cancel_order", "order": placed.order});
    let wish = json!({"action": action, "note": "x"});
    given.post("/v1/approvals", &picker, wish).await.refused(403, "forbidden");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_change_says_who_and_when_and_no_password() {
    let given = Given::shop().await;
    careful(&given).await;
    let user = json!({"kind": "staff", "role": "careful", "scope": {"stores": [STORE]},
        "password": "a long enough one"});
    given.hq_put("/v1/users/wang", user).await.ok();
    let granted = given.token("staff", "auditor", "a", json!("all")).await;
    let page = given.get("/v1/audit?limit=2", &granted).await.ok();
    let changes = page["changes"].as_array().unwrap();
    let kinds: Vec<_> = changes.iter().map(|change| change["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["token", "user"], "youngest first");
    assert_eq!(changes[0]["body"]["granted"]["role"], "auditor");
    assert!(!page.to_string().contains("argon2"), "{page}");
    let before = page["next_before"].as_u64().unwrap();
    let older = given.get(&format!("/v1/audit?before={before}&limit=1"), &granted).await.ok();
    assert_eq!(
        (&older["changes"][0]["kind"], &older["changes"][0]["id"]),
        (&json!("role"), &json!("careful"))
    );
    let by =
        older["changes"][0]["by"].as_str().unwrap().strip_prefix("principal:").unwrap().to_owned();
    let path = format!("/v1/audit?kind=store&id={STORE}&by={by}");
    let stores = given.get(&path, &granted).await.ok();
    assert_eq!(stores["changes"][0]["body"]["name"], "光谷店");
    let nobody = given.get("/v1/audit?kind=store&until=1", &granted).await.ok();
    assert_eq!(nobody["changes"], json!([]));
    let manager = one_of(&given, "store_manager", "m").await;
    given.get("/v1/audit", &manager).await.refused(403, "forbidden");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_heads_of_the_audit_move_with_what_is_written() {
    let given = Given::shop().await;
    let auditor = given.token("staff", "auditor", "a", json!("all")).await;
    let anchors = async || {
        let told = given.get("/v1/audit/head", &auditor).await.ok();
        let heads = told["heads"].as_array().unwrap().clone();
        // A partition in which nothing ever happened has none.
        let anchors = heads.iter().filter_map(|head| head["anchor"].as_str());
        anchors.map(str::to_owned).collect::<Vec<_>>()
    };
    let before = anchors().await;
    assert!(before[0].starts_with("documents:"), "{before:?}");
    assert!(before[1].starts_with("1:"), "{before:?}");
    assert_eq!(before[1].rsplit(':').next().unwrap().len(), 64);
    given.hq_put(&format!("/v1/regions/{REGION}"), json!({"name": "武汉"})).await.ok();
    let path = format!("/v1/stores/{STORE}/stock/{MILK}/count");
    given.hq_post(&path, json!({"on_hand": 12})).await.ok();
    let after = anchors().await;
    assert!(before[0] != after[0] && before[1] != after[1], "{before:?} {after:?}");
    let manager = one_of(&given, "store_manager", "m").await;
    given.get("/v1/audit/head", &manager).await.refused(403, "forbidden");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn regions_and_merchants_have_names() {
    let mut given = Given::shop().await;
    given.hq_put(&format!("/v1/regions/{REGION}"), json!({"name": "武汉"})).await.ok();
    given.hq_put(&format!("/v1/merchants/{MERCHANT}"), json!({"name": "甲公司"})).await.ok();
    given
        .hq_put(&format!("/v1/regions/{REGION}"), json!({"name": ""}))
        .await
        .refused(422, "invalid_value");
    given.restart().await;
    let regions = given.get("/v1/regions", &given.app).await.ok();
    assert_eq!(regions["regions"], json!([{"region": REGION, "name": "武汉", "store_count": 2}]));
    let merchants = given.get("/v1/merchants", &given.app).await.ok();
    assert_eq!(merchants["merchants"][0]["store_count"], 2);
    let manager = one_of(&given, "store_manager", "m").await;
    let path = format!("/v1/regions/{REGION}");
    let text = json!({"name": "x"}).to_string();
    let put = axum::http::Method::PUT;
    given.ask(put, &path, Some(&manager), None, text).await.refused(403, "forbidden");
}
