//! How much is asked, by one principal and by all.

use axum::http::Method;
use serde_json::json;

use crate::given::{COURIER, Given};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_who_asks_too_often_is_told_to_wait_and_others_are_not() {
    let given = Given::shop_with("person_requests_per_s = 1").await;
    let courier = given.token("courier", "courier", "c", json!({"courier": COURIER})).await;
    let path = format!("/v1/couriers/{COURIER}");
    given.get(&path, &courier).await.ok();
    let refused = given.get(&path, &courier).await;
    refused.refused(429, "rate_limited");
    let wait = refused.body["retry_after_ms"].as_u64().unwrap();
    assert!((1..=1_001).contains(&wait), "{wait}");
    given.get(&path, &given.hq).await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_house_turns_away_and_says_when_to_come_back() {
    let given = Given::shop_with("in_flight = 1").await;
    let body = given.basket("online").await.to_string();
    let ask = |key: usize| {
        let (given, body) = (&given, body.clone());
        async move {
            let (app, key) = (given.app.clone(), format!("k{key}"));
            given.ask(Method::POST, "/v1/orders", Some(&app), Some(&key), body).await
        }
    };
    let answers = futures_util::future::join_all((0..64).map(ask)).await;
    let turned_away = answers.iter().filter(|answer| answer.status == 503);
    for answer in turned_away {
        answer.refused(503, "busy");
        assert!(answer.body["retry_after_ms"].as_u64().unwrap() > 0);
    }
    let placed = answers.iter().filter(|answer| answer.status == 201).count();
    assert!(placed <= 1, "one quote, one order");
}
