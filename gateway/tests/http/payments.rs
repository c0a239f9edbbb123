//! A provider's word counts only with its signature, and once.

use axum::http::{Method, Request};
use gateway::payments::Sandbox;
use gateway::wire::payment::PayOutcome;
use serde_json::json;
use vocabulary::{Clock, Money, Seconds, Timestamp};

use crate::given::{Answer, Given, MILK, Placed};

struct Webhook {
    id: &'static str,
    outcome: PayOutcome,
    amount: i64,
    at: Timestamp,
}

async fn send(given: &Given, placed: &Placed, webhook: &Webhook) -> Answer {
    let keys = &given.house().app.keys;
    let payment = placed.payment.parse().unwrap();
    let (headers, body) = Sandbox::webhook(
        keys,
        webhook.id.to_owned(),
        payment,
        webhook.outcome,
        Money::fen(webhook.amount),
        webhook.at,
    )
    .unwrap();
    let mut request = Request::builder().method(Method::POST);
    for (name, value) in &headers {
        request = request.header(name, value);
    }
    let text = String::from_utf8(body).unwrap();
    given.send(request, "/v1/webhooks/payments/sandbox", text).await
}

async fn status(given: &Given, placed: &Placed) -> String {
    let order = given.get(&placed.path(), &given.hq).await.ok();
    order["status"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn paying_on_the_sandbox_page_opens_the_order_once() {
    let given = Given::shop().await;
    let body = given.basket("online").await;
    let answer = given.place("k", &body).await.ok();
    let placed = Placed::of(&answer);
    assert_eq!(status(&given, &placed).await, "pending_payment");
    let page = answer["payment"]["pay_url"].as_str().unwrap();
    given.post(page, &placed.shopper, json!({"outcome": "success"})).await.ok();
    assert_eq!(status(&given, &placed).await, "open");
    given.post(page, &placed.shopper, json!({"outcome": "success"})).await.ok();
    let payment = format!("/v1/payments/{}", placed.payment);
    let seen = given.get(&payment, &placed.shopper).await.ok();
    let kept = seen["captured_fen"].as_i64().unwrap() - seen["returned_fen"].as_i64().unwrap();
    assert_eq!(kept, 4_000, "what is charged twice goes back: {seen}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_webhook_told_twice_counts_once() {
    let given = Given::shop().await;
    let body = given.basket("online").await;
    let placed = Placed::of(&given.place("k", &body).await.ok());
    let now = given.house().app.clock.now();
    let webhook = Webhook { id: "evt-1", outcome: PayOutcome::Success, amount: 4_000, at: now };
    let first = send(&given, &placed, &webhook).await.ok();
    let seq = given.last_seq().await;
    assert_eq!(send(&given, &placed, &webhook).await.ok(), first);
    assert_eq!(given.last_seq().await, seq);
    let changed = Webhook { amount: 1, ..webhook };
    send(&given, &placed, &changed).await.refused(409, "idempotency_conflict");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unsigned_old_and_changed_webhooks_change_nothing() {
    let given = Given::shop().await;
    let body = given.basket("online").await;
    let placed = Placed::of(&given.place("k", &body).await.ok());
    let (before, now) = (given.last_seq().await, given.house().app.clock.now());
    let path = "/v1/webhooks/payments/sandbox";
    let text = json!({"id": "e", "payment": placed.payment, "outcome": "success",
        "amount_fen": 4_000})
    .to_string();
    let unsigned = Request::builder().method(Method::POST);
    given.send(unsigned, path, text.clone()).await.refused(401, "signature_invalid");
    let wrong = format!("t={},v1={}", now.as_millis() / 1_000, "0".repeat(64));
    let signed = Request::builder().method(Method::POST).header("paidan-signature", wrong);
    given.send(signed, path, text).await.refused(401, "signature_invalid");
    let old = Webhook {
        id: "e",
        outcome: PayOutcome::Success,
        amount: 4_000,
        at: now.before(Seconds(600)),
    };
    send(&given, &placed, &old).await.refused(401, "signature_invalid");
    assert_eq!(given.last_seq().await, before);
    assert_eq!(status(&given, &placed).await, "pending_payment");
    let too_little = Webhook { at: now, amount: 1, ..old };
    assert!(send(&given, &placed, &too_little).await.status >= 400);
    assert_eq!(status(&given, &placed).await, "pending_payment");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unpaid_order_gives_its_stock_back_when_cancelled() {
    let given = Given::shop().await;
    let body = given.basket("online").await;
    let placed = Placed::of(&given.place("k", &body).await.ok());
    assert_eq!(given.on_hand(MILK).await, 98);
    let cancel = format!("{}/cancel", placed.path());
    given.post(&cancel, &placed.shopper, json!({"note": "changed my mind"})).await.ok();
    assert_eq!(status(&given, &placed).await, "cancelled");
    assert_eq!(given.on_hand(MILK).await, 100);
}
