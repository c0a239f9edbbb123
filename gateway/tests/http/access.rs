//! Who may do what: each role against each family of doors, and tokens that are over.

use axum::http::Method;
use serde_json::{Value, json};

use crate::given::{
    COURIER, Given, MERCHANT, MILK, NOBODY, OTHER_COURIER, OTHER_STORE, REGION, RICE, STORE,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_role_meets_every_family_of_doors() {
    let given = Given::shop().await;
    let placed = given.open_order("k").await;
    let stores = json!({"stores": [STORE]});
    let elsewhere = json!({"stores": [OTHER_STORE]});
    let roles = [
        ("hq", given.hq.clone()),
        ("region", given.token("staff", "region_manager", "r", json!({"regions": [REGION]})).await),
        ("manager", given.token("staff", "store_manager", "m", stores.clone()).await),
        ("picker", given.token("staff", "picker", "p", stores.clone()).await),
        ("stranger", given.token("staff", "picker", "s", elsewhere).await),
        ("courier", given.token("courier", "courier", "c", json!({"courier": COURIER})).await),
        ("shopper", placed.shopper.clone()),
        ("auditor", given.token("staff", "auditor", "a", json!("all")).await),
        ("app", given.app.clone()),
        ("partner", given.token("channel", "channel_partner", "other", json!("channel")).await),
        ("device", given.token("device", "device", "d", stores).await),
    ];
    let order = placed.path();
    let board = format!("/v1/stores/{STORE}/board");
    let stock = format!("/v1/stores/{STORE}/stock");
    let courier = format!("/v1/couriers/{COURIER}");
    let explain = format!("{order}/explain");
    let payment = format!("/v1/payments/{}", placed.payment);
    let columns = ["/v1/policy", "/v1/feed", &order, &explain, &board, &stock, &courier, &payment];
    let expected: [(&str, [u16; 8]); 11] = [
        ("hq", [200, 200, 200, 200, 200, 200, 200, 200]),
        ("region", [200, 403, 200, 200, 200, 200, 200, 200]),
        ("manager", [403, 403, 200, 200, 200, 200, 404, 200]),
        ("picker", [403, 403, 200, 403, 200, 200, 403, 403]),
        ("stranger", [403, 403, 404, 403, 404, 404, 403, 403]),
        ("courier", [403, 403, 404, 403, 403, 403, 200, 403]),
        ("shopper", [403, 403, 200, 403, 403, 403, 403, 200]),
        ("auditor", [200, 200, 200, 200, 200, 200, 200, 200]),
        ("app", [403, 403, 200, 403, 403, 403, 403, 200]),
        ("partner", [403, 403, 404, 403, 403, 403, 403, 404]),
        ("device", [403, 403, 403, 403, 200, 200, 403, 403]),
    ];
    for ((name, token), (row, statuses)) in roles.iter().zip(expected) {
        assert_eq!(*name, row);
        for (path, status) in columns.iter().zip(statuses) {
            let answer = given.get(path, token).await;
            assert_eq!(answer.status, status, "{name} {path}: {answer:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn not_yours_and_not_there_answer_alike() {
    let given = Given::shop().await;
    let placed = given.open_order("k").await;
    let partner = given.token("channel", "channel_partner", "other", json!("channel")).await;
    let without_trace = |answer: crate::given::Answer| {
        let mut body = answer.body;
        body["trace"] = Value::Null;
        (answer.status, body)
    };
    let foreign = given.get(&placed.path(), &partner).await;
    let missing = given.get(&format!("/v1/orders/{NOBODY}"), &partner).await;
    foreign.refused(404, "not_found");
    assert_eq!(without_trace(foreign), without_trace(missing));
    let stranger = given.token("staff", "picker", "s", json!({"stores": [OTHER_STORE]})).await;
    let foreign = given.get(&format!("/v1/stores/{STORE}/board"), &stranger).await;
    let missing = given.get(&format!("/v1/stores/{NOBODY}/board"), &stranger).await;
    assert_eq!(without_trace(foreign), without_trace(missing));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn some_see_no_people_and_some_no_money() {
    let given = Given::shop().await;
    let placed = given.open_order("k").await;
    let picker = given.token("staff", "picker", "p", json!({"stores": [STORE]})).await;
    let auditor = given.token("staff", "auditor", "a", json!("all")).await;
    let seen = given.get(&placed.path(), &given.hq).await.ok();
    assert_eq!(seen["shopper"]["name"], "张三");
    assert_eq!(seen["money"]["payable_fen"], 4_000);
    let seen = given.get(&placed.path(), &picker).await.ok();
    assert_eq!((&seen["shopper"], &seen["money"]), (&Value::Null, &Value::Null));
    assert_eq!(seen["lines"][0]["price"], Value::Null);
    let seen = given.get(&placed.path(), &auditor).await.ok();
    assert_eq!(seen["shopper"], Value::Null);
    assert_eq!(seen["money"]["payable_fen"], 4_000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_opens_until_it_is_revoked_or_over() {
    let mut given = Given::shop().await;
    let principal = json!({"kind": "staff", "role": "auditor", "name": "a", "scope": "all"});
    let body = json!({"principal": principal, "expires_in_s": 3_600});
    let granted = given.hq_post("/v1/tokens", body).await.ok();
    let token = granted["token"].as_str().unwrap().to_owned();
    given.get("/v1/policy", &token).await.ok();
    given.restart().await;
    given.get("/v1/policy", &token).await.ok();
    let path = format!("/v1/tokens/{}", granted["token_id"].as_str().unwrap());
    let hq = given.hq.clone();
    let revoked = given.ask(Method::DELETE, &path, Some(&hq), None, String::new()).await;
    assert_eq!(revoked.status, 204);
    given.get("/v1/policy", &token).await.refused(401, "token_invalid");
    let again = given.ask(Method::DELETE, &path, Some(&hq), None, String::new()).await;
    again.refused(404, "not_found");
    let over = json!({"principal": principal, "expires_in_s": 0});
    let granted = given.hq_post("/v1/tokens", over).await.ok();
    let token = granted["token"].as_str().unwrap();
    given.get("/v1/policy", token).await.refused(401, "token_invalid");
    given.get("/v1/policy", "pd_made_up").await.refused(401, "token_invalid");
    let none = given.ask(Method::GET, "/v1/policy", None, None, String::new()).await;
    none.refused(401, "unauthenticated");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scope_that_does_not_fit_its_kind_is_refused() {
    let given = Given::shop().await;
    let table = [
        ("courier", "courier", json!("all")),
        ("channel", "channel_partner", json!({"stores": [STORE]})),
        ("staff", "hq_admin", json!({"courier": COURIER})),
        ("shopper", "shopper", json!("all")),
        ("staff", "king", json!("all")),
    ];
    for (kind, role, scope) in table {
        let principal = json!({"kind": kind, "role": role, "name": "x", "scope": scope});
        let answer = given.hq_post("/v1/tokens", json!({"principal": principal})).await;
        answer.refused(422, "invalid_value");
    }
    let principal = json!({"kind": "channel", "role": "channel_partner", "name": "Bad Name",
        "scope": "channel"});
    given
        .hq_post("/v1/tokens", json!({"principal": principal}))
        .await
        .refused(422, "invalid_value");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_courier_acts_for_nobody_else() {
    let given = Given::shop().await;
    let other = json!({"display_name": "小李"});
    given.hq_put(&format!("/v1/couriers/{OTHER_COURIER}"), other).await.ok();
    let courier = given.token("courier", "courier", "c", json!({"courier": COURIER})).await;
    given.post(&format!("/v1/couriers/{COURIER}/on-duty"), &courier, json!({})).await.ok();
    let foreign = format!("/v1/couriers/{OTHER_COURIER}/on-duty");
    given.post(&foreign, &courier, json!({})).await.refused(404, "not_found");
    let now = given.get("/v1/clock", "").await.ok()["now"].clone();
    let pings = json!({"pings": [{"lat": 30.6, "lon": 114.3, "at": now}]});
    let own = format!("/v1/couriers/{COURIER}/positions");
    assert_eq!(given.post(&own, &courier, pings.clone()).await.status, 202);
    let foreign = format!("/v1/couriers/{OTHER_COURIER}/positions");
    given.post(&foreign, &courier, pings).await.refused(404, "not_found");
    let suspend = format!("/v1/couriers/{COURIER}/suspend");
    given.post(&suspend, &courier, json!({})).await.refused(403, "forbidden");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_role_is_data_that_headquarters_changes() {
    let mut given = Given::shop().await;
    let merchant = given.token("staff", "picker", "p", json!({"merchant": MERCHANT})).await;
    let board = format!("/v1/stores/{STORE}/board");
    given.get(&board, &merchant).await.ok();
    let role = json!({"name": "picker", "permits": [{"verb": "read_stock", "reach": "own"}]});
    assert_eq!(given.hq_put("/v1/roles/picker", role).await.status, 204);
    given.get(&board, &merchant).await.refused(403, "forbidden");
    given.restart().await;
    given.get(&board, &merchant).await.refused(403, "forbidden");
    given.get(&format!("/v1/stores/{STORE}/stock"), &merchant).await.ok();
    let locked_out = json!({"name": "hq_admin", "permits": []});
    given.hq_put("/v1/roles/hq_admin", locked_out).await.refused(422, "invalid_value");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_role_of_headquarters_making_goes_when_nobody_holds_it() {
    let mut given = Given::shop().await;
    let role = json!({"name": "night", "permits": [{"verb": "read_stock", "reach": "own"}]});
    given.hq_put("/v1/roles/night", role.clone()).await;
    let user = |role: &str| json!({"password": "a good password", "kind": "staff", "role": role, "scope": "all"});
    given.hq_put("/v1/users/owl", user("night")).await;
    let remove = async |given: &Given, name: &str| {
        let path = format!("/v1/roles/{name}");
        given.ask(Method::DELETE, &path, Some(&given.hq), None, String::new()).await
    };
    let held = remove(&given, "night").await;
    held.refused(409, "role_held");
    assert!(held.body["message"].as_str().unwrap().contains("owl"), "{held:?}");
    given.hq_put("/v1/users/owl", user("picker")).await;
    let token = given.token("staff", "night", "n", json!("all")).await;
    remove(&given, "night").await.refused(409, "role_held");
    let known = given.get("/v1/audit?kind=token", &given.hq).await.ok();
    let id = known["changes"][0]["id"].as_str().unwrap().to_owned();
    let revoke = format!("/v1/tokens/{id}");
    given.ask(Method::DELETE, &revoke, Some(&given.hq), None, String::new()).await;
    given.get("/v1/me", &token).await.refused(401, "token_invalid");

    assert_eq!(remove(&given, "night").await.status, 204);
    remove(&given, "night").await.refused(404, "not_found");
    given.restart().await;
    remove(&given, "night").await.refused(404, "not_found");
    remove(&given, "picker").await.refused(409, "role_kept");
    let gone =
        json!({"principal": {"kind": "staff", "role": "night", "name": "n", "scope": "all"}});
    given.hq_post("/v1/tokens", gone).await.refused(422, "invalid_value");
    given.hq_put("/v1/roles/night", role).await;
    assert_eq!(remove(&given, "night").await.status, 204, "made again, and gone again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_manager_decides_up_to_the_limit() {
    let given = Given::shop().await;
    let manager = given.token("staff", "store_manager", "m", json!({"stores": [STORE]})).await;
    let small = given.open_order("small").await;
    given.post(&format!("{}/cancel", small.path()), &manager, json!({})).await.ok();
    let lines = json!([{"sku": RICE, "quantity": 20}]);
    let mut body = given.basket("cash_on_delivery").await;
    body["quote"] = json!(given.quote(lines).await);
    let large = crate::given::Placed::of(&given.place("large", &body).await.ok());
    let refused = given.post(&format!("{}/cancel", large.path()), &manager, json!({})).await;
    refused.refused(403, "over_limit");
    given.hq_post(&format!("{}/cancel", large.path()), json!({})).await.ok();
    let adjust = format!("/v1/stores/{STORE}/stock/{MILK}/adjust");
    given.post(&adjust, &manager, json!({"delta": -3, "reason": "damaged"})).await.ok();
}
