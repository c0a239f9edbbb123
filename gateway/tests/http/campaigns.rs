//! Campaigns over the doors: who may give what, what a basket then costs, and that it stays so.

use axum::http::Method;
use serde_json::{Value, json};

use crate::given::{Given, MILK, OTHER_STORE, Placed, RICE, STORE};

const SAVE: &str = "019ab3c0-0000-7000-8000-000000000c01";
const SALE: &str = "019ab3c0-0000-7000-8000-000000000c02";
/// Long past, and long to come: the house keeps real time here.
const BEGIN: i64 = 1_700_000_000_000;
const END: i64 = 4_000_000_000_000;

fn campaign(discount: Value) -> Value {
    json!({"name": "活动", "discount": discount, "starts_at": BEGIN, "ends_at": END,
        "stacking": "stackable"})
}

fn save() -> Value {
    let tiers =
        json!([{"spend_fen": 2_000, "off_fen": 300}, {"spend_fen": 5_000, "off_fen": 1_000}]);
    let mut body = campaign(json!({"spend_and_save": {"tiers": tiers}}));
    body["bearers"] = json!([
        {"bearer": "hq", "permille": 700}, {"bearer": "store", "permille": 300}]);
    body
}

fn sale(permille: u32) -> Value {
    campaign(json!({"limited_time": {"percent_off": {"permille": permille}}}))
}

async fn quote(given: &Given, lines: Value) -> Value {
    given.post("/v1/quotes", &given.app, json!({"lines": lines})).await.ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_quote_takes_campaigns_off_and_explains_them_also_after_a_restart() {
    let mut given = Given::shop().await;
    given.hq_put(&format!("/v1/campaigns/{SAVE}"), save()).await.ok();
    let mut milk = sale(100);
    milk["scope"] = json!({"skus": [MILK]});
    let written = given.hq_put(&format!("/v1/campaigns/{SALE}"), milk).await.ok();
    assert_eq!(written, json!({"campaigns_version": 2}));
    given.restart().await;
    // Milk at 5.00 and rice at 30.00 a unit: 0.50 off each milk, then 39.50 reach 20.00.
    let lines = json!([{"sku": MILK, "quantity": 2}, {"sku": RICE, "quantity": 1}]);
    let quoted = quote(&given, lines.clone()).await;
    let explained = &quoted["explanation"];
    let applied: Vec<(&Value, &Value)> = explained["applied"]
        .as_array()
        .unwrap()
        .iter()
        .map(|known| (&known["campaign"], &known["off_fen"]))
        .collect();
    assert_eq!(applied, [(&json!(SALE), &json!(100)), (&json!(SAVE), &json!(300))]);
    let next = &explained["applied"][1]["next"];
    let goods = quoted["goods_fen"].as_i64().unwrap();
    assert_eq!(next["short_fen"].as_i64().unwrap(), 5_000 - (goods + 300));
    assert_eq!(quoted["campaigns_version"], 2);
    let shares: Vec<String> = quoted["lines"][0]["shares"]
        .as_array()
        .unwrap()
        .iter()
        .map(|share| format!("{} {}", share["source"].as_str().unwrap(), share["bearer"]))
        .collect();
    let expected = [
        format!("limited_time:{SALE} \"hq\""),
        format!("spend_and_save:{SAVE} \"hq\""),
        format!("spend_and_save:{SAVE} \"store\""),
    ];
    assert_eq!(shares, expected);
    let small = quote(&given, json!([{"sku": MILK, "quantity": 1}])).await;
    let missing = &small["explanation"]["not_applied"][0];
    assert_eq!((&missing["reason"], &missing["campaign"]), (&json!("short"), &json!(SAVE)));
    assert_eq!(missing["message"], "¥15.50 short of ¥20.00");
    assert_eq!(missing["short"]["short_fen"], 1_550);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_keeps_its_discounts_and_a_unit_gives_back_its_share() {
    let given = Given::shop().await;
    given.hq_put(&format!("/v1/campaigns/{SAVE}"), save()).await.ok();
    let body = given.basket("cash_on_delivery").await;
    given.hq_post(&format!("/v1/campaigns/{SAVE}/stop"), json!({})).await.ok();
    let placed = Placed::of(&given.place("k", &body).await.ok());
    let order = given.get(&placed.path(), &given.hq).await.ok();
    let lines = order["lines"].as_array().unwrap();
    let sum = |values: &Value| {
        let values = values.as_array().unwrap().iter();
        values.map(|share| share["amount_fen"].as_i64().unwrap()).sum::<i64>()
    };
    let mut off = 0;
    for line in lines {
        let price = &line["price"];
        let listed = price["list_price_fen"].as_i64().unwrap() * line["quantity"].as_i64().unwrap();
        let paid = listed - sum(&price["shares"]) + sum(&price["fees"]);
        assert_eq!(price["paid_fen"].as_i64().unwrap(), paid);
        off += sum(&price["shares"]);
    }
    assert_eq!(off, 300, "what was quoted holds, although the campaign has been stopped since");
    let milk = &lines[0];
    let change = json!({"remove": [{"line": milk["line"], "units": 1}]});
    let proposed = given.post(&format!("{}/changes", placed.path()), &given.app, change).await.ok();
    let paid = milk["price"]["paid_fen"].as_i64().unwrap();
    assert_eq!(proposed["refund_fen"].as_i64().unwrap(), paid - paid / 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_gives_inside_its_grant_and_pays_for_it() {
    let given = Given::shop().await;
    let manager = given.token("staff", "store_manager", "m", json!({"stores": [STORE]})).await;
    let at = |store: &str| format!("/v1/stores/{store}/campaigns/{SALE}");
    let put = |path: String, body: Value| {
        let (given, manager) = (&given, &manager);
        async move { given.ask(Method::PUT, &path, Some(manager), None, body.to_string()).await }
    };
    put(at(STORE), sale(200)).await.refused(403, "no_campaign_grant");
    let grant = json!({"name": "summer", "stages": ["limited_time"], "deepest": 200,
        "longest_days": 7});
    given.hq_put("/v1/campaign-grants/summer", grant.clone()).await.ok();
    put(at(STORE), sale(200)).await.refused(403, "no_campaign_grant");
    let now = given.get("/v1/clock", &given.app).await.ok()["now"].as_i64().unwrap();
    let short = |permille: u32| {
        let mut body = sale(permille);
        body["starts_at"] = json!(now - 1_000);
        body["ends_at"] = json!(now + 86_400_000);
        body
    };
    put(at(STORE), short(201)).await.refused(403, "no_campaign_grant");
    put(at(OTHER_STORE), short(200)).await.refused(404, "not_found");
    let mut generous = short(200);
    generous["bearers"] = json!([{"bearer": "hq", "permille": 1000}]);
    put(at(STORE), generous).await.refused(422, "invalid_value");
    put(at(STORE), short(200)).await.ok();
    let path = format!("/v1/campaigns/{SALE}");
    let hq = given.ask(Method::PUT, &path, Some(&manager), None, short(100).to_string());
    hq.await.refused(403, "forbidden");
    let asked = json!({"store": STORE, "lines": [{"sku": MILK, "quantity": 1}]});
    let share = given.post("/v1/quotes", &given.app, asked.clone()).await.ok();
    let share = &share["lines"][0]["shares"][0];
    assert_eq!((&share["bearer"], &share["amount_fen"]), (&json!("store"), &json!(100)));
    let elsewhere = quote(&given, json!([{"sku": MILK, "quantity": 1}])).await;
    assert_eq!(elsewhere["goods_fen"], 500);
    let list = given.get(&format!("/v1/stores/{STORE}/campaigns"), &manager).await.ok();
    assert_eq!(
        (&list["campaigns"][0]["id"], &list["campaigns"][0]["state"]),
        (&json!(SALE), &json!("live"))
    );
    let revoke = given.ask(
        Method::DELETE,
        "/v1/campaign-grants/summer",
        Some(&given.hq),
        None,
        String::new(),
    );
    revoke.await.ok();
    let listed = given.post("/v1/quotes", &given.app, asked).await.ok();
    assert_eq!(listed["goods_fen"], 500, "it sleeps without its grant");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_campaigns_name_every_fault_and_strangers_see_none() {
    let given = Given::shop().await;
    let path = format!("/v1/campaigns/{SAVE}");
    let mut bad = save();
    bad["name"] = json!("");
    bad["ends_at"] = json!(BEGIN);
    bad["bearers"][0]["permille"] = json!(600);
    let answer = given.hq_put(&path, bad).await;
    answer.refused(422, "invalid_value");
    assert_eq!(answer.body["field"], "name");
    let message = answer.body["message"].as_str().unwrap();
    assert!(message.contains("ends_at cannot be"), "{message}");
    assert!(message.contains("bearers cannot be 900"), "{message}");
    let mut both = save();
    both["scope"] = json!({"categories": ["food"], "skus": [MILK]});
    given.hq_put(&path, both).await.refused(422, "invalid_value");
    let mut typo = save();
    typo["scope"] = json!({"store": [STORE]});
    let answer = given.hq_put(&path, typo).await;
    answer.refused(422, "unknown_field");
    assert_eq!(answer.body["field"], "scope.store");
    let mut nowhere = save();
    nowhere["scope"] = json!({"stores": [SAVE]});
    given.hq_put(&path, nowhere).await.refused(404, "not_found");
    given.hq_put(&path, save()).await.ok();
    let mut stale = save();
    stale["version"] = json!(7);
    given.hq_put(&path, stale).await.refused(409, "stale_version");
    given.hq_put(&path, sale(100)).await.refused(409, "another_kind");
    given.get(&path, &given.app).await.refused(403, "forbidden");
    given.get(&format!("/v1/campaigns/{SALE}"), &given.hq).await.refused(404, "not_found");
    let seen = given.get(&path, &given.hq).await.ok();
    let mut again = save();
    again["version"] = json!(1);
    for (field, value) in again.as_object().unwrap() {
        assert_eq!(&seen[field], value, "{field} comes back as it was sent");
    }
    let live = given.get("/v1/campaigns?state=live", &given.hq).await.ok();
    assert_eq!(live["campaigns"].as_array().unwrap().len(), 1);
    let ended = given.get("/v1/campaigns?state=ended", &given.hq).await.ok();
    assert_eq!(ended["campaigns"].as_array().unwrap().len(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn coupons_and_points_need_a_member() {
    let given = Given::shop().await;
    let lines = json!([{"sku": MILK, "quantity": 1}]);
    let coupons = json!({"lines": lines, "coupons": [SAVE]});
    let answer = given.post("/v1/quotes", &given.app, coupons).await;
    answer.refused(422, "needs_member");
    assert_eq!(answer.body["field"], "member");
    let points = json!({"lines": lines, "points": 5});
    given.post("/v1/quotes", &given.app, points).await.refused(422, "needs_member");
}
