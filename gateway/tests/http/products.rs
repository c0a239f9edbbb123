//! Categories, products, pictures, publications, files of goods, and search.

use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::http::{Method, Request};
use serde_json::{Value, json};

use crate::given::{Answer, Given, MILK, OTHER_STORE, RICE, STORE, sku, store};

const PRODUCT: &str = "019ab3c0-0000-7000-8000-000000000301";

async fn delete(given: &Given, path: &str) -> Answer {
    given.ask(Method::DELETE, path, Some(&given.hq), None, String::new()).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn goods_stand_in_a_tree_and_belong_to_products() {
    let mut given = Given::shop().await;
    given.hq_put("/v1/categories/all", json!({"name": "全部"})).await.ok();
    given.hq_put("/v1/categories/food", json!({"name": "食品", "parent": "all"})).await.ok();
    let below = json!({"name": "x", "parent": "food"});
    given.hq_put("/v1/categories/all", below).await.refused(422, "invalid_value");
    delete(&given, "/v1/categories/food").await.refused(409, "category_in_use");
    delete(&given, "/v1/categories/none").await.refused(404, "unknown_category");
    let product = json!({"code": "P1", "name": "纯牛奶", "category": "food", "options": ["规格"]});
    let path = format!("/v1/products/{PRODUCT}");
    given.hq_put(&path, product.clone()).await.ok();
    let mut milk = sku(MILK, "MILK", 500);
    milk["product"] = json!(PRODUCT);
    milk["attributes"] = json!({"规格": "250ml"});
    given.hq_put(&format!("/v1/skus/{MILK}"), milk.clone()).await.ok();
    milk["product"] = json!(RICE);
    given.hq_put(&format!("/v1/skus/{MILK}"), milk).await.refused(422, "invalid_value");
    given.restart().await;
    let tree = given.get("/v1/categories", &given.app).await.ok();
    let counts: Vec<_> = tree["categories"].as_array().unwrap().iter().collect();
    assert_eq!((&counts[1]["code"], &counts[1]["sku_count"]), (&json!("food"), &json!(2)));
    let seen = given.get(&path, &given.app).await.ok();
    assert_eq!(seen["skus"][0]["attributes"]["规格"], "250ml");
    let within = given.get("/v1/skus?category=all", &given.app).await.ok();
    assert_eq!(within["skus"].as_array().unwrap().len(), 2);
    let mut stale = product;
    stale["version"] = json!(0);
    given.hq_put(&path, stale).await.refused(409, "stale_version");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn goods_are_found_by_pinyin_and_initials() {
    let given = Given::shop().await;
    let mut milk = sku(MILK, "MILK", 500);
    milk["name"] = json!("蒙牛纯牛奶");
    given.hq_put(&format!("/v1/skus/{MILK}"), milk).await.ok();
    for (typed, found) in
        [("mncnn", 1), ("chunniunai", 1), ("%E7%89%9B%E5%A5%B6", 1), ("milk", 1), ("xyz", 0)]
    {
        let page = given.get(&format!("/v1/skus?q={typed}"), &given.app).await.ok();
        assert_eq!(page["skus"].as_array().unwrap().len(), found, "{typed}");
    }
}

async fn quoted(given: &Given, at: &str) -> Answer {
    let asked = json!({"store": at, "lines": [{"sku": MILK, "quantity": 1}]});
    given.post("/v1/quotes", &given.app, asked).await
}

async fn listed(given: &Given, at: &str) -> Value {
    let stock = given.get(&format!("/v1/stores/{at}/stock"), &given.hq).await.ok();
    let lines = stock["stock"].as_array().unwrap().clone();
    let line = lines.into_iter().find(|line| line["sku"] == MILK);
    line.map_or(json!(true), |line| line["listed"].clone())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_published_to_one_store_is_sold_there_only() {
    let mut given = Given::shop().await;
    let items = json!([{"sku": MILK, "list_price_fen": 450}]);
    let body = json!({"stores": {"only": [OTHER_STORE]}, "items": items});
    given.hq_put("/v1/publications/spring", body).await.ok();
    quoted(&given, STORE).await.refused(409, "not_sold_at_store");
    assert_eq!(quoted(&given, OTHER_STORE).await.ok()["goods_fen"], 450);
    assert_eq!(listed(&given, STORE).await, false, "no split counts on its shelf any more");
    let basket = given.basket("cash_on_delivery").await;
    given.place("unsold", &basket).await.refused(409, "unfillable");
    given.restart().await;
    assert_eq!(listed(&given, STORE).await, false);
    delete(&given, "/v1/publications/spring").await.ok();
    assert_eq!(quoted(&given, STORE).await.ok()["goods_fen"], 500);
    assert_eq!(listed(&given, STORE).await, true);
    delete(&given, "/v1/publications/spring").await.refused(404, "unknown_publication");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_publication_takes_effect_at_its_moment() {
    let given = Given::shop().await;
    let now = given.get("/v1/clock", "").await.ok()["now"].as_i64().unwrap();
    let items = json!([{"sku": MILK, "list_price_fen": 400}]);
    let body = json!({"stores": "all", "items": items, "effective_at": now + 1_500});
    given.hq_put("/v1/publications/night", body).await.ok();
    assert_eq!(quoted(&given, STORE).await.ok()["goods_fen"], 500);
    let began = Instant::now();
    while quoted(&given, STORE).await.ok()["goods_fen"] != 400 {
        assert!(began.elapsed() < Duration::from_secs(20), "it never takes effect");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let seen = given.get("/v1/publications", &given.hq).await.ok();
    assert_eq!(seen["publications"][0]["in_effect"], true);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_opens_later_does_not_sell_what_was_published_to_others() {
    let given = Given::shop().await;
    let body = json!({"stores": {"only": [STORE]}, "items": [{"sku": MILK}]});
    given.hq_put("/v1/publications/spring", body).await.ok();
    let path = "/v1/stores/019ab3c0-0000-7000-8000-000000000003";
    given.hq_put(path, store("新店")).await.ok();
    let stock = json!([{"sku": MILK, "on_hand": 5}]);
    given.hq_post(&format!("{path}/stock/bulk"), stock).await.ok();
    assert_eq!(listed(&given, "019ab3c0-0000-7000-8000-000000000003").await, false);
}

async fn send(given: &Given, path: &str, kind: &str, accept: &str, body: Vec<u8>) -> Answer {
    let request = Request::builder()
        .method(Method::POST)
        .header("authorization", format!("Bearer {}", given.hq))
        .header("content-type", kind)
        .header("accept", accept);
    let (head, bytes) = given.whole_bytes(request, path, Bytes::from(body)).await;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let body = serde_json::from_slice(&bytes).unwrap_or(Value::String(text));
    Answer { status: head.status.as_u16(), body }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_catalog_goes_out_and_in_again_with_its_errors_by_row() {
    let given = Given::shop().await;
    let ask = |accept: &str| {
        Request::builder()
            .method(Method::GET)
            .header("authorization", format!("Bearer {}", given.hq))
            .header("accept", accept)
    };
    let (head, xlsx) = given.whole(ask("*/*"), "/v1/skus/export", String::new()).await;
    assert!(head.headers["content-type"].to_str().unwrap().contains("spreadsheetml"));
    let xlsx_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let json = "application/json";
    let before = given.get("/v1/skus", &given.hq).await.ok();
    let report = send(&given, "/v1/skus/import", xlsx_type, json, xlsx.to_vec()).await.ok();
    assert_eq!((&report["written_count"], &report["new_count"]), (&json!(2), &json!(0)));
    let after = given.get("/v1/skus", &given.hq).await.ok();
    for (old, new) in
        before["skus"].as_array().unwrap().iter().zip(after["skus"].as_array().unwrap())
    {
        let mut old = old.clone();
        old["version"] = new["version"].clone();
        assert_eq!(old, *new, "what came out goes in unchanged");
    }
    let file = "code,name,category,tax_class,list_price,weight_g,temperature\n\
                MILK,,,,5.50,,\n\
                BEER,啤酒,drinks,standard,free,500,\n\
                TEA,绿茶,drinks,standard,3,500,chilled\n\
                TEA,绿茶,drinks,standard,3,500,chilled\n\
                WINE,红酒,drinks,standard,30,,\n";
    let report = send(&given, "/v1/skus/import", "text/csv", json, file.into()).await.ok();
    assert_eq!(
        (&report["written_count"], &report["new_count"]),
        (&json!(2), &json!(1)),
        "{report}"
    );
    let found: Vec<_> =
        report["errors"].as_array().unwrap().iter().map(|p| (&p["row"], &p["column"])).collect();
    let expected = [(3, "list_price"), (5, "code"), (6, "weight_g")];
    for ((row, column), found) in expected.iter().zip(found) {
        assert_eq!(found, (&json!(row), &json!(column)));
    }
    let milk = given.get(&format!("/v1/skus/{MILK}"), &given.hq).await.ok();
    assert_eq!((&milk["list_price_fen"], &milk["name"]), (&json!(550), &json!("商品MILK")));
    let errors = send(&given, "/v1/skus/import", "text/csv", "text/csv", file.into()).await.ok();
    let lines: Vec<&str> = errors.as_str().unwrap().lines().collect();
    assert!(
        lines[1].starts_with("BEER,啤酒") && lines[1].ends_with("not \"\"free\"\"\""),
        "{}",
        lines[1]
    );
    let manager = given.token("staff", "store_manager", "m", json!({"stores": [STORE]})).await;
    given.post("/v1/skus/import", &manager, json!({})).await.refused(415, "unsupported_media_type");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_picture_is_kept_under_what_it_shows() {
    let mut given = Given::shop().await;
    let png = b"\x89PNG\r\n\x1a\nand the rest of it".to_vec();
    let kept = send(&given, "/v1/images", "image/png", "*/*", png.clone()).await.ok();
    let name = kept["image"].as_str().unwrap();
    let mut milk = sku(MILK, "MILK", 500);
    milk["images"] = json!([name]);
    given.hq_put(&format!("/v1/skus/{MILK}"), milk.clone()).await.ok();
    milk["images"] = json!(["../../etc/passwd"]);
    given.hq_put(&format!("/v1/skus/{MILK}"), milk).await.refused(422, "invalid_value");
    given.restart().await;
    let url = kept["url"].as_str().unwrap();
    let (head, bytes) = given.whole(Request::builder(), url, String::new()).await;
    assert_eq!(
        (head.headers["content-type"].to_str().unwrap(), &bytes[..]),
        ("image/png", &png[..])
    );
    assert!(head.headers["cache-control"].to_str().unwrap().contains("immutable"));
    given.get("/images/nothing.png", "").await.refused(404, "not_found");
    let svg = b"<svg onload=alert(1)>".to_vec();
    send(&given, "/v1/images", "image/png", "*/*", svg).await.refused(415, "not_an_image");
    let mut large = png;
    large.resize(2 * 1_024 * 1_024 + 1, 0);
    send(&given, "/v1/images", "image/png", "*/*", large).await.refused(413, "body_too_large");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_store_gets_goods_stock_and_its_first_order_without_a_restart() {
    let given = Given::empty("").await;
    let began = Instant::now();
    given.hq_put(&format!("/v1/stores/{STORE}"), store("新店")).await.ok();
    given.hq_post("/v1/skus/bulk", json!([sku(MILK, "MILK", 500)])).await.ok();
    let stock = json!([{"sku": MILK, "on_hand": 10}]);
    given.hq_post(&format!("/v1/stores/{STORE}/stock/bulk"), stock).await.ok();
    let app = given.token("channel", "channel_partner", "app", json!("channel")).await;
    let lines = json!([{"sku": MILK, "quantity": 2}]);
    let quote = given.post("/v1/quotes", &app, json!({"lines": lines})).await.ok();
    let order = json!({
        "quote": quote["quote"],
        "shopper": {"name": "张三", "phone": "13800000000", "address": "珞喻路1号"},
        "destination": {"lat": 30.605, "lon": 114.305},
        "payment_method": "cash_on_delivery",
    });
    let text = order.to_string();
    let placed = given.ask(Method::POST, "/v1/orders", Some(&app), Some("k"), text).await.ok();
    assert_eq!(placed["parts"][0]["store"], STORE);
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
}

/// From sending a change at one store until headquarters reads it and sourcing counts on it, in
/// milliseconds: the second slowest of a hundred.
async fn slowest_but_one(given: &Given, manager: &str) -> u128 {
    let adjust = format!("/v1/stores/{STORE}/stock/{MILK}/adjust");
    let mut took = Vec::new();
    for _ in 0..100 {
        let before = given.on_hand(MILK).await;
        let began = Instant::now();
        let body = json!({"delta": 1, "reason": "found"});
        given.post(&adjust, manager, body).await.ok();
        // What headquarters sees, and the row that sourcing reads.
        assert_eq!(given.on_hand(MILK).await, before + 1);
        let path = format!("/v1/skus/{MILK}?store={STORE}");
        let seen = given.get(&path, &given.app).await.ok();
        took.push(began.elapsed().as_millis());
        assert_eq!(seen["available"], before + 1);
    }
    took.sort_unstable();
    took[98]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_of_stock_is_seen_at_headquarters_and_in_sourcing_within_200_ms() {
    let given = Given::shop().await;
    let manager = given.token("staff", "store_manager", "m", json!({"stores": [STORE]})).await;
    let mut rounds = Vec::new();
    // A machine that builds beside it is given three rounds.
    for _ in 0..3 {
        rounds.push(slowest_but_one(&given, &manager).await);
        if rounds.last() <= Some(&200) {
            return;
        }
    }
    panic!("p99 in milliseconds: {rounds:?}");
}
