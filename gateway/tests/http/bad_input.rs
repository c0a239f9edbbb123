//! Bad input gets a stable code and a sentence, and changes nothing.

use axum::http::{Method, Request};
use serde_json::{Value, json};

use crate::given::{COURIER, Given, MILK, NOBODY, STORE, sku, store};

fn with(mut body: Value, path: &str, value: Value) -> Value {
    *body.pointer_mut(path).unwrap() = value;
    body
}

fn and(mut body: Value, name: &str, value: Value) -> Value {
    body[name] = value;
    body
}

fn without(mut body: Value, name: &str) -> Value {
    body.as_object_mut().unwrap().remove(name);
    body
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn placing_takes_nothing_that_is_not_right() {
    let given = Given::shop().await;
    let good = given.basket("online").await;
    let quote = good["quote"].as_str().unwrap().to_owned();
    let forged = format!("x{quote}");
    let now = given.get("/v1/clock", "").await.ok()["now"].as_i64().unwrap();
    let far = now + 15 * 86_400_000;
    let long = "长".repeat(301);
    let table = [
        (without(good.clone(), "quote"), 422, "missing_field", "quote"),
        (without(good.clone(), "destination"), 422, "missing_field", "destination"),
        (and(good.clone(), "price_fen", json!(1)), 422, "unknown_field", "price_fen"),
        (with(good.clone(), "/quote", json!(forged)), 422, "quote_invalid", "quote"),
        (with(good.clone(), "/quote", json!(7)), 422, "invalid_value", "quote"),
        (
            with(good.clone(), "/destination/lat", json!(91)),
            422,
            "invalid_value",
            "destination.lat",
        ),
        (
            with(good.clone(), "/destination/lon", json!(-200)),
            422,
            "invalid_value",
            "destination.lon",
        ),
        (
            with(good.clone(), "/destination/lat", json!("north")),
            422,
            "invalid_value",
            "destination.lat",
        ),
        (
            with(good.clone(), "/destination", json!({"lat": 1})),
            422,
            "missing_field",
            "destination.lon",
        ),
        (
            with(good.clone(), "/payment_method", json!("barter")),
            422,
            "invalid_value",
            "payment_method",
        ),
        (with(good.clone(), "/shopper/name", json!("")), 422, "invalid_value", "shopper.name"),
        (
            with(good.clone(), "/shopper/address", json!(long)),
            422,
            "invalid_value",
            "shopper.address",
        ),
        (
            with(good.clone(), "/shopper", json!({"name": "a"})),
            422,
            "missing_field",
            "shopper.phone",
        ),
        (and(good.clone(), "wanted_at", json!(far)), 422, "invalid_value", "wanted_at"),
        (and(good.clone(), "wanted_at", json!(1)), 422, "invalid_value", "wanted_at"),
        (and(good.clone(), "external_id", json!("")), 422, "invalid_value", "external_id"),
        (and(good.clone(), "store", json!("here")), 422, "invalid_value", "store"),
    ];
    let before = (given.last_seq().await, given.on_hand(MILK).await);
    for (index, (body, status, code, field)) in table.into_iter().enumerate() {
        let answer = given.place(&format!("k{index}"), &body).await;
        answer.refused(status, code);
        assert_eq!(answer.body["field"], field, "{answer:?}");
    }
    assert_eq!((given.last_seq().await, given.on_hand(MILK).await), before);
    given.place("good", &good).await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn quotes_take_nothing_that_is_not_right() {
    let given = Given::shop().await;
    let line = |quantity: Value| json!({"lines": [{"sku": MILK, "quantity": quantity}]});
    let table = [
        (json!({"lines": []}), 422, "empty_basket"),
        (json!({}), 422, "missing_field"),
        (line(json!(0)), 422, "invalid_value"),
        (line(json!(-1)), 422, "invalid_value"),
        (line(json!(10_000)), 422, "invalid_value"),
        (line(json!(4_294_967_296_i64)), 422, "invalid_value"),
        (line(json!(1.5)), 422, "invalid_value"),
        (line(json!("two")), 422, "invalid_value"),
        (json!({"lines": [{"sku": NOBODY, "quantity": 1}]}), 422, "unknown_sku"),
        (json!({"lines": [{"sku": "milk", "quantity": 1}]}), 422, "invalid_value"),
        (json!({"lines": [{"sku": MILK, "quantity": 1, "price": 1}]}), 422, "unknown_field"),
        (
            json!({"lines": [{"sku": MILK, "quantity": 1, "channel_price_fen": 1}]}),
            403,
            "channel_may_not_price",
        ),
        (
            json!({"mode": "pickup", "lines": [{"sku": MILK, "quantity": 1}]}),
            422,
            "pickup_needs_store",
        ),
        (json!({"mode": "drone", "lines": [{"sku": MILK, "quantity": 1}]}), 422, "invalid_value"),
        (json!({"store": NOBODY, "lines": [{"sku": MILK, "quantity": 1}]}), 404, "not_found"),
        (
            json!({"lines": [{"sku": MILK, "quantity": 9_000}, {"sku": MILK, "quantity": 9_000}]}),
            422,
            "too_many_units",
        ),
    ];
    for (body, status, code) in table {
        given.post("/v1/quotes", &given.app, body).await.refused(status, code);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn text_that_is_no_json_is_refused_everywhere_alike() {
    let given = Given::shop().await;
    let hq = given.hq.clone();
    let before = given.last_seq().await;
    let board = format!("/v1/stores/{STORE}/pause");
    let on_duty = format!("/v1/couriers/{COURIER}/on-duty");
    for path in ["/v1/quotes", "/v1/tokens", "/v1/skus/bulk", &board, &on_duty] {
        for body in ["{", "{\"a\":", "nonsense", "{}{}", "\u{0}"] {
            let answer = given.ask(Method::POST, path, Some(&hq), None, body.to_owned()).await;
            answer.refused(400, "malformed_json");
        }
    }
    let form = Request::builder()
        .method(Method::POST)
        .header("authorization", format!("Bearer {hq}"))
        .header("content-type", "application/x-www-form-urlencoded");
    given.send(form, &board, "until_at=1".into()).await.refused(415, "unsupported_media_type");
    assert_eq!(given.last_seq().await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_bodies_are_refused_by_their_door() {
    let given = Given::shop().await;
    let name = "x".repeat(70_000);
    let body =
        json!({"principal": {"kind": "staff", "role": "auditor", "name": name, "scope": "all"}});
    given.hq_post("/v1/tokens", body).await.refused(413, "body_too_large");
    let lines: Vec<Value> = (0..1_500).map(|_| json!({"sku": MILK, "on_hand": 1})).collect();
    assert!(Value::from(lines.clone()).to_string().len() > 65_536);
    given.hq_post(&format!("/v1/stores/{STORE}/stock/bulk"), json!(lines)).await.ok();
    let many: Vec<Value> = (0..90_000).map(|_| json!({"sku": MILK, "on_hand": 1})).collect();
    let answer = given.hq_post(&format!("/v1/stores/{STORE}/stock/bulk"), json!(many)).await;
    answer.refused(413, "body_too_large");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn documents_take_nothing_that_is_not_right() {
    let given = Given::shop().await;
    let good = store("x");
    let radius = json!({"type": "Radius", "center": {"lat": 95.0, "lon": 0.0}, "radius_m": 1});
    let open_ring = json!({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1]]]});
    let stores = [
        (with(good.clone(), "/name", json!(" ")), "invalid_value"),
        (with(good.clone(), "/place/lat", json!(100)), "invalid_value"),
        (with(good.clone(), "/area", radius), "invalid_value"),
        (with(good.clone(), "/area", open_ring), "invalid_value"),
        (with(good.clone(), "/hours/time_zone", json!("Mars/Base")), "invalid_value"),
        (
            with(good.clone(), "/hours/weekly/monday", json!([{"open": "25:00", "close": "1:00"}])),
            "invalid_value",
        ),
        (with(good.clone(), "/prep_time_s", json!(-1)), "invalid_value"),
        (with(good.clone(), "/prep_time_s", json!(1_000_000)), "invalid_value"),
        (and(good.clone(), "modes", json!([])), "invalid_value"),
        (and(good.clone(), "color", json!("red")), "unknown_field"),
        (without(good, "hours"), "missing_field"),
    ];
    let before = given.last_seq().await;
    for (body, code) in stores {
        given.hq_put(&format!("/v1/stores/{NOBODY}"), body).await.refused(422, code);
    }
    let good = sku(NOBODY, "NEW", 100);
    let skus = [
        (with(good.clone(), "/list_price_fen", json!(-1)), "invalid_value"),
        (with(good.clone(), "/list_price_fen", json!(1.5)), "invalid_value"),
        (with(good.clone(), "/list_price_fen", json!(i64::MAX)), "invalid_value"),
        (and(good.clone(), "barcode", json!("123")), "invalid_value"),
        (with(good.clone(), "/code", json!("MILK")), "invalid_value"),
        (with(good.clone(), "/tax_class", json!("luxury")), "invalid_value"),
        (with(good, "/weight_g", json!(2_000_000)), "invalid_value"),
    ];
    for (body, code) in skus {
        given.hq_put(&format!("/v1/skus/{NOBODY}"), body).await.refused(422, code);
    }
    let courier = json!({"display_name": "x", "capacity": 0});
    given.hq_put(&format!("/v1/couriers/{NOBODY}"), courier).await.refused(422, "invalid_value");
    let stock = format!("/v1/stores/{STORE}/stock/{MILK}");
    let adjust = json!({"delta": i64::MIN, "reason": "x"});
    given.hq_post(&format!("{stock}/adjust"), adjust).await.refused(422, "invalid_value");
    let count = json!({"on_hand": -5});
    given.hq_post(&format!("{stock}/count"), count).await.refused(422, "invalid_value");
    let sale = json!({"units": 0, "reference": "r"});
    given.hq_post(&format!("{stock}/sale"), sale).await.refused(422, "invalid_value");
    assert_eq!(given.last_seq().await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unknown_ids_and_addresses_are_told_apart() {
    let given = Given::shop().await;
    let hq = given.hq.clone();
    let verbs = ["cancel", "release"].map(|verb| format!("/v1/orders/{NOBODY}/{verb}"));
    for path in verbs {
        given.hq_post(&path, json!({})).await.refused(404, "not_found");
    }
    let part = format!("/v1/stores/{STORE}/fulfillment-orders/{NOBODY}/accept");
    given.hq_post(&part, json!({})).await.refused(404, "fulfillment_order_unknown");
    let offer = format!("/v1/couriers/{COURIER}/offers/{NOBODY}/accept");
    given.hq_post(&offer, json!({})).await.refused(404, "offer_unknown");
    given.get(&format!("/v1/couriers/{NOBODY}"), &hq).await.refused(404, "not_found");
    given.get(&format!("/v1/payments/{NOBODY}"), &hq).await.refused(404, "not_found");
    given.get(&format!("/v1/skus/{NOBODY}"), &hq).await.refused(404, "not_found");
    given.get("/v1/orders/no-uuid", &hq).await.refused(400, "invalid_path");
    given.get("/v1/orders?limit=many", &hq).await.refused(400, "invalid_query");
    given.get("/v1/orders?colour=red", &hq).await.refused(400, "invalid_query");
    given.get("/v1/stores?near=here", &hq).await.refused(422, "invalid_value");
    given.get("/v1/nothing", &hq).await.refused(404, "no_such_address");
    let delete = given.ask(Method::DELETE, "/v1/orders", Some(&hq), None, String::new()).await;
    delete.refused(405, "method_not_allowed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn positions_off_the_earth_are_refused() {
    let given = Given::shop().await;
    let path = format!("/v1/couriers/{COURIER}/positions");
    let off = json!({"pings": [{"lat": 1, "lon": 1, "at": 1}, {"lat": 99, "lon": 1, "at": 1}]});
    let answer = given.hq_post(&path, off).await;
    answer.refused(422, "invalid_value");
    assert_eq!(answer.body["field"], "pings[1].lat");
    let many: Vec<Value> = (0..501).map(|at| json!({"lat": 1, "lon": 1, "at": at})).collect();
    given.hq_post(&path, json!({"pings": many})).await.refused(422, "invalid_value");
}
