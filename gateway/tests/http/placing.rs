//! An order is placed once, however often it is asked for.

use serde_json::{Value, json};

use crate::given::{Given, MILK, STORE};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_key_gets_the_same_answer_also_after_a_restart() {
    let mut given = Given::shop().await;
    let body = given.basket("online").await;
    let first = given.place("k", &body).await;
    assert_eq!(first.status, 201);
    assert_eq!(given.on_hand(MILK).await, 98);
    assert_eq!(given.place("k", &body).await, first);
    given.restart().await;
    assert_eq!(given.place("k", &body).await, first);
    assert_eq!(given.on_hand(MILK).await, 98);
    let orders = given.get("/v1/orders", &given.app).await.ok();
    assert_eq!(orders["orders"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_at_once_with_one_key_place_one_order() {
    let given = Given::shop().await;
    let body = given.basket("online").await;
    let asked = (0..16).map(|_| given.place("k", &body));
    let answers = futures_util::future::join_all(asked).await;
    let orders: std::collections::BTreeSet<String> =
        answers.iter().map(|answer| answer.body["order"].to_string()).collect();
    assert_eq!(orders.len(), 1, "{answers:?}");
    assert_eq!(given.on_hand(MILK).await, 98);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_an_external_id_and_a_quote_belong_to_one_order() {
    let given = Given::shop().await;
    let mut body = given.basket("online").await;
    body["external_id"] = json!("wx-1");
    given.place("k", &body).await.ok();
    let mut other = body.clone();
    other["shopper"]["name"] = json!("李四");
    given.place("k", &other).await.refused(409, "idempotency_conflict");
    other["quote"] = given.basket("online").await["quote"].clone();
    given.place("k2", &other).await.refused(409, "external_id_taken");
    let mut again = body.clone();
    again["external_id"] = Value::Null;
    given.place("k3", &again).await.refused(409, "quote_used");
    assert_eq!(given.on_hand(MILK).await, 98);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_of_another_principal_is_another_key() {
    let given = Given::shop().await;
    let other = given.token("channel", "channel_partner", "app", json!("channel")).await;
    let (one, two) = (given.basket("online").await, given.basket("online").await);
    let first = given.place("k", &one).await.ok();
    let text = two.to_string();
    let second =
        given.ask(axum::http::Method::POST, "/v1/orders", Some(&other), Some("k"), text).await;
    assert_ne!(first["order"], second.ok()["order"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_are_needed_and_looked_at() {
    let given = Given::shop().await;
    let body = given.basket("online").await;
    given
        .post("/v1/orders", &given.app, body.clone())
        .await
        .refused(400, "idempotency_key_missing");
    given.place(&"k".repeat(129), &body).await.refused(400, "idempotency_key_invalid");
    given.place("a b", &body).await.refused(400, "idempotency_key_invalid");
    // The quote is still free for an order that succeeds.
    given.place("k", &body).await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_no_store_has_is_refused_and_the_key_remembers_it() {
    let given = Given::shop().await;
    let mut body = given.basket("online").await;
    body["quote"] = json!(given.quote(json!([{"sku": MILK, "quantity": 500}])).await);
    let refused = given.place("k", &body).await;
    refused.refused(409, "unfillable");
    given.place("k", &body).await.refused(409, "unfillable");
    assert_eq!(given.on_hand(MILK).await, 100);
    let mut far = given.basket("online").await;
    far["destination"] = json!({"lat": 39.9, "lon": 116.4});
    given.place("far", &far).await.refused(409, "unfillable");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_quote_of_one_channel_is_not_placed_by_another() {
    let given = Given::shop().await;
    let body = given.basket("online").await.to_string();
    let partner = given.token("channel", "channel_partner", "other", json!("channel")).await;
    let post = axum::http::Method::POST;
    let answer = given.ask(post, "/v1/orders", Some(&partner), Some("k"), body).await;
    answer.refused(422, "quote_invalid");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_quote_holds_for_its_time_and_a_retry_for_longer() {
    // A second of the wall is an hour of the city.
    let given = Given::shop_with("time_scale = 3600").await;
    let placed_early = given.basket("cash_on_delivery").await;
    let first = given.place("k", &placed_early).await.ok();
    let too_late = given.basket("cash_on_delivery").await;
    let since = given.get("/v1/clock", "").await.ok()["now"].as_i64().unwrap();
    while given.get("/v1/clock", "").await.ok()["now"].as_i64().unwrap() < since + 16 * 60_000 {
        tokio::task::yield_now().await;
    }
    given.place("late", &too_late).await.refused(409, "quote_expired");
    assert_eq!(given.place("k", &placed_early).await.ok()["order"], first["order"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_commands_are_carried_out_once_a_key_too() {
    let given = Given::shop().await;
    let path = format!("/v1/stores/{STORE}/stock/{MILK}/adjust");
    let body = json!({"delta": -10, "reason": "damaged"}).to_string();
    let (hq, post) = (given.hq.clone(), axum::http::Method::POST);
    let first = given.ask(post.clone(), &path, Some(&hq), Some("a1"), body.clone()).await.ok();
    let again = given.ask(post.clone(), &path, Some(&hq), Some("a1"), body.clone()).await.ok();
    assert_eq!(first, again);
    assert_eq!(given.on_hand(MILK).await, 90);
    given.ask(post, &path, Some(&hq), None, body).await.ok();
    assert_eq!(given.on_hand(MILK).await, 80);
    let sale = format!("/v1/stores/{STORE}/stock/{MILK}/sale");
    for _ in 0..3 {
        given.hq_post(&sale, json!({"units": 5, "reference": "till-7-1"})).await.ok();
    }
    assert_eq!(given.on_hand(MILK).await, 75);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_phone_that_nobody_can_call_is_refused_by_name() {
    let given = Given::shop().await;
    let mut body = given.basket("online").await;
    body["shopper"]["phone"] = json!("12345");
    let refused = given.place("k", &body).await;
    refused.refused(422, "invalid_value");
    assert_eq!(refused.body["field"], "shopper.phone");
    body["shopper"]["phone"] = json!("027-87654321");
    given.place("k2", &body).await.ok();
}
