//! Members over the doors: enrolled and logged in by phone, with coupons and points that are held,
//! used, given back and earned, each once.

use std::time::{Duration, Instant};

use axum::http::Method;
use serde_json::{Value, json};

use crate::given::{Given, MILK, Placed, RICE, STORE};

pub const COUPON: &str = "019ab3c0-0000-7000-8000-000000000d01";
pub const PHONE: &str = "13800001234";
const BEGIN: i64 = 1_700_000_000_000;
const END: i64 = 4_000_000_000_000;

/// Five yuan off from twenty on, one a member.
pub fn coupon() -> Value {
    let discount = json!({"coupon": {
        "value": {"amount": {"off_fen": 500}}, "threshold_fen": 2_000, "per_member": 1,
        "claim_from_at": BEGIN, "claim_until_at": END - 1_000, "valid_days": 30,
    }});
    json!({"name": "五元券", "discount": discount, "starts_at": BEGIN, "ends_at": END,
        "stacking": "stackable"})
}

async fn code(given: &Given, phone: &str) -> String {
    let sent = given.post("/v1/members/codes", &given.app, json!({"phone": phone})).await.ok();
    sent["sandbox_code"].as_str().unwrap().to_owned()
}

/// Enrols a member; the member's token.
pub async fn enrol(given: &Given, phone: &str) -> String {
    let body = json!({
        "phone": phone, "code": code(given, phone).await, "name": "王小明",
        "consent": {"terms": "2026-11", "marketing": true},
    });
    let session = given.post("/v1/members", &given.app, body).await.ok();
    session["token"].as_str().unwrap().to_owned()
}

pub async fn id_of(given: &Given, member: &str) -> String {
    let profile = given.get("/v1/members/me", member).await.ok();
    profile["member"].as_str().unwrap().to_owned()
}

pub async fn give(given: &Given, member: &str, points: i64) {
    let path = format!("/v1/members/{}/points", id_of(given, member).await);
    given.hq_post(&path, json!({"points": points, "reason": "welcome"})).await.ok();
}

pub async fn claim(given: &Given, member: &str) -> String {
    let body = json!({"campaign": COUPON});
    let claimed = given.post("/v1/members/me/coupons", member, body).await.ok();
    claimed["coupon"].as_str().unwrap().to_owned()
}

/// Two milks and a rice, collected at the store: 40.00 yuan.
pub async fn quote(given: &Given, member: &str, coupons: &[&str], points: u64) -> Value {
    let lines = json!([{"sku": MILK, "quantity": 2}, {"sku": RICE, "quantity": 1}]);
    let body = json!({"mode": "pickup", "store": STORE, "lines": lines, "member": member,
        "coupons": coupons, "points": points});
    given.post("/v1/quotes", &given.app, body).await.ok()
}

pub fn basket(quote: &Value) -> Value {
    json!({
        "quote": quote["quote"], "shopper": {"name": "王小明", "phone": PHONE},
        "payment_method": "channel_paid",
    })
}

/// Asks until the members have heard of it: letters take a moment.
pub async fn until(
    given: &Given,
    path: &str,
    token: &str,
    is_right: impl Fn(&Value) -> bool,
) -> Value {
    let began = Instant::now();
    loop {
        let seen = given.get(path, token).await.ok();
        if is_right(&seen) {
            return seen;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "{path} stays {seen}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn collect(given: &Given, placed: &Placed, answer: &Value) {
    given.hq_post(&placed.at_store("accept"), json!({})).await.ok();
    given.hq_post(&placed.at_store("pack"), json!({})).await.ok();
    let hand_over = json!({"to": "shopper", "code": answer["pickup_code"]});
    given.hq_post(&placed.at_store("hand-over"), hand_over).await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_members_coupon_and_points_are_held_given_back_used_and_earned() {
    let mut given = Given::shop().await;
    given.hq_put(&format!("/v1/campaigns/{COUPON}"), coupon()).await.ok();
    let member = enrol(&given, PHONE).await;
    give(&given, &member, 1_000).await;
    let wallet = given.get("/v1/members/me/coupons", &member).await.ok();
    assert_eq!(wallet["claimable"][0]["campaign"], COUPON);
    let held = claim(&given, &member).await;
    let again = given.post("/v1/members/me/coupons", &member, json!({"campaign": COUPON})).await;
    again.refused(409, "claim_limit");

    // 40.00, less the coupon's 5.00, less four hundred points.
    let quoted = quote(&given, &member, &[&held], 400).await;
    assert_eq!(quoted["payable_fen"], 3_100);
    let body = basket(&quoted);
    let answer = given.place("k1", &body).await.ok();
    assert_eq!(given.place("k1", &body).await.ok(), answer, "the same answer again");
    given.place("k2", &body).await.refused(409, "quote_used");
    let placed = Placed::of(&answer);
    let profile = given.get("/v1/members/me", &member).await.ok();
    assert_eq!((&profile["points"], &profile["coupon_count"]), (&json!(600), &json!(0)));
    given.restart().await;

    // Called off before anything left the store: everything comes back.
    given.post(&format!("{}/cancel", placed.path()), &placed.shopper, json!({})).await.ok();
    let is_back = |seen: &Value| seen["points"] == 1_000 && seen["coupon_count"] == 1;
    until(&given, "/v1/members/me", &member, is_back).await;

    let quoted = quote(&given, &member, &[&held], 400).await;
    let answer = given.place("k3", &basket(&quoted)).await.ok();
    let placed = Placed::of(&answer);
    collect(&given, &placed, &answer).await;
    // 31.00 yuan paid earn 31 points.
    let earned = until(&given, "/v1/members/me", &member, |seen| seen["points"] == 631).await;
    assert_eq!((&earned["growth"], &earned["coupon_count"]), (&json!(31), &json!(0)));
    let history = given.get("/v1/members/me/orders", &member).await.ok();
    assert_eq!(history["orders"][0]["order"], placed.order.as_str());
    assert_eq!(history["orders"][0]["paid_fen"], 3_100);

    // The rice comes back: its part of the points too, and what it earned goes.
    let back = json!({"lines": [{"line": 2, "units": 1}], "reason": "wet"});
    let asked = given.post(&format!("{}/returns", placed.path()), &placed.shopper, back).await.ok();
    let back = format!("{}/returns/{}", placed.path(), asked["return_id"].as_str().unwrap());
    given.hq_post(&format!("{back}/approve"), json!({})).await.ok();
    given.hq_post(&format!("{back}/receive"), json!({"condition": "good"})).await.ok();
    let order = given.get(&placed.path(), &given.hq).await.ok();
    let net = order["money"]["net_payable_fen"].as_i64().unwrap();
    let rice = &quoted["lines"][1]["shares"];
    let shares = rice.as_array().unwrap().iter().filter(|share| share["source"] == "points");
    let points: i64 = shares.map(|share| share["amount_fen"].as_i64().unwrap()).sum();
    assert!(points > 0, "{rice}");
    let expected = 600 + points + net / 100;
    until(&given, "/v1/members/me", &member, |seen| seen["points"] == expected).await;
    let ledger = given.get("/v1/members/me/points", &member).await.ok();
    assert_eq!(ledger["balance"], expected);
    let sum: i64 =
        ledger["lines"].as_array().unwrap().iter().map(|l| l["points"].as_i64().unwrap()).sum();
    assert_eq!(sum, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_five_hundred_orders_with_one_coupon_one_is_placed() {
    let given = Given::shop().await;
    given.hq_put(&format!("/v1/campaigns/{COUPON}"), coupon()).await.ok();
    let member = enrol(&given, PHONE).await;
    let held = claim(&given, &member).await;
    let mut bodies = Vec::new();
    for _ in 0..500 {
        bodies.push(basket(&quote(&given, &member, &[&held], 0).await));
    }
    let keys: Vec<String> = (0..500).map(|number| format!("k{number}")).collect();
    let asked = keys.iter().zip(&bodies).map(|(key, body)| given.place(key, body));
    let answers = futures_util::future::join_all(asked).await;
    let placed: Vec<_> = answers.iter().filter(|answer| answer.status == 201).collect();
    assert_eq!(placed.len(), 1);
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        answer.refused(409, "coupon_held");
    }
    let wallet = given.get("/v1/members/me/coupons", &member).await.ok();
    assert_eq!(wallet["coupons"][0]["held_for"], placed[0].body["order"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_phone_is_one_members_and_its_code_opens_once() {
    let given = Given::shop().await;
    let member = enrol(&given, PHONE).await;
    let body = |code: &str| {
        json!({"phone": "+86 138-0000-1234", "code": code,
            "consent": {"terms": "2026-11", "marketing": false}})
    };
    let sent = code(&given, PHONE).await;
    given.post("/v1/members", &given.app, body(&sent)).await.refused(409, "phone_taken");
    let log_in = |code: String| json!({"phone": PHONE, "code": code});
    // The phone is a member's already: the same code still logs in, and then it is used up.
    given.post("/v1/members/sessions", &given.app, log_in(sent.clone())).await.ok();
    let used = given.post("/v1/members/sessions", &given.app, log_in(sent)).await;
    used.refused(422, "code_missing");
    let sent = code(&given, PHONE).await;
    let wrong = if sent == "000000" { "000001" } else { "000000" };
    let refused = given.post("/v1/members/sessions", &given.app, log_in(wrong.into())).await;
    refused.refused(422, "code_wrong");
    let session = given.post("/v1/members/sessions", &given.app, log_in(sent)).await.ok();
    assert_eq!(session["member"].as_str().unwrap(), id_of(&given, &member).await);
    let too_often = given.post("/v1/members/codes", &given.app, json!({"phone": PHONE})).await;
    too_often.refused(429, "rate_limited");
    let nobody = "13900009999";
    let sent = code(&given, nobody).await;
    let stranger = json!({"phone": nobody, "code": sent});
    let refused = given.post("/v1/members/sessions", &given.app, stranger).await;
    refused.refused(404, "member_unknown");
    // Nobody's yet: the same code enrols.
    let enrolment = json!({"phone": nobody, "code": sent,
        "consent": {"terms": "2026-11", "marketing": false}});
    given.post("/v1/members", &given.app, enrolment).await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_sees_of_a_member_what_is_theirs_to_see() {
    let given = Given::shop().await;
    let member = enrol(&given, PHONE).await;
    let other = enrol(&given, "13900005678").await;
    let own = given.get("/v1/members/me", &member).await.ok();
    assert_eq!((&own["phone"], &own["name"]), (&json!("+8613800001234"), &json!("王小明")));
    assert_eq!(own["tier"]["code"], "basic");
    let path = format!("/v1/members/{}", own["member"].as_str().unwrap());
    given.get(&path, &other).await.refused(404, "not_found");
    let cashier = given.token("staff", "cashier", "till", json!({"stores": [STORE]})).await;
    given.get(&path, &cashier).await.refused(403, "forbidden");
    let shown = given.post("/v1/members/me/code", &member, json!({})).await.ok();
    let seen =
        given.post("/v1/members/lookup", &cashier, json!({"code": shown["code"]})).await.ok();
    assert_eq!((&seen["member"], &seen["phone"]), (&own["member"], &json!("138****1234")));
    let wrong = given.post("/v1/members/lookup", &cashier, json!({"code": "pm_nobody"})).await;
    wrong.refused(422, "member_code_invalid");
    // An id is a name, not a proof: nobody quotes with it.
    let lines = json!([{"sku": MILK, "quantity": 1}]);
    let by_id = json!({"lines": lines, "member": own["member"]});
    let refused = given.post("/v1/quotes", &given.app, by_id).await;
    refused.refused(422, "member_code_invalid");
    let points = json!({"points": 5, "reason": "me"});
    given.post("/v1/members/me/points", &member, points).await.refused(403, "forbidden");
    let none = json!({"points": 5, "reason": " "});
    given.hq_post(&format!("{path}/points"), none).await.refused(422, "note_missing");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_member_who_is_forgotten_is_gone_and_the_phone_is_free() {
    let given = Given::shop().await;
    let member = enrol(&given, PHONE).await;
    let path = format!("/v1/members/{}", id_of(&given, &member).await);
    let consent = json!({"terms": "2026-12", "marketing": false});
    let put = |body: Value| {
        given.ask(Method::PUT, "/v1/members/me/consent", Some(&member), None, body.to_string())
    };
    put(consent).await.ok();
    let forgotten = given.ask(Method::DELETE, "/v1/members/me", Some(&member), None, String::new());
    forgotten.await.ok();
    assert_eq!(given.get("/v1/members/me", &member).await.status, 401);
    let seen = given.get(&path, &given.hq).await.ok();
    assert_eq!((&seen["status"], &seen["name"]), (&json!("erased"), &Value::Null));
    enrol(&given, PHONE).await;
    let policy = given.get("/v1/member-policy", &given.hq).await.ok();
    let mut wrong = policy["policy"].clone();
    wrong["tiers"] = json!([]);
    given.hq_put("/v1/member-policy", wrong).await.refused(422, "invalid_value");
    let mut right = policy["policy"].clone();
    right["points_live_days"] = json!(30);
    assert_eq!(given.hq_put("/v1/member-policy", right).await.ok()["version"], 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn headquarters_finds_a_member_by_phone_and_gives_a_coupon_with_its_reason() {
    let given = Given::shop().await;
    let mut campaign = coupon();
    campaign["budget"] = json!({"uses": 16, "amount_fen": 8_000});
    given.hq_put(&format!("/v1/campaigns/{COUPON}"), campaign).await.ok();
    let member = enrol(&given, PHONE).await;
    let find = |phone: &str| json!({"phone": phone});
    let found = given.hq_post("/v1/members/find", find("138-0000-1234")).await.ok();
    assert_eq!(found["member"].as_str().unwrap(), id_of(&given, &member).await);
    assert_eq!(found["phone"], "138****1234");
    let nobody = given.hq_post("/v1/members/find", find("13900009999")).await;
    nobody.refused(404, "member_unknown");
    let cashier = given.token("staff", "cashier", "till", json!({"stores": [STORE]})).await;
    let refused = given.post("/v1/members/find", &cashier, find(PHONE)).await;
    refused.refused(403, "forbidden");

    let coupons = format!("/v1/members/{}/coupons", found["member"].as_str().unwrap());
    let gift = json!({"campaign": COUPON, "reason": "late twice"});
    given.post(&coupons, &member, gift.clone()).await.refused(403, "forbidden");
    let held = given.hq_post(&coupons, gift).await.ok();
    let quoted = quote(&given, &member, &[held["coupon"].as_str().unwrap()], 0).await;
    let answer = given.place("k1", &basket(&quoted)).await.ok();
    let budget = format!("/v1/campaigns/{COUPON}/budget");
    let drawn = |seen: &Value| seen["cities"][0]["open_uses"] == 1;
    let open = until(&given, &budget, &given.hq, drawn).await;
    assert_eq!((&open["total"]["uses"], &open["cities"][0]["open_fen"]), (&json!(16), &json!(500)));
    collect(&given, &Placed::of(&answer), &answer).await;
    let spent = |seen: &Value| seen["cities"][0]["spent_uses"] == 1;
    let spent = until(&given, &budget, &given.hq, spent).await;
    assert_eq!(spent["cities"][0]["spent_fen"], 500);
    let city = &spent["cities"][0];
    let of = |portion: &Value| portion["uses"].as_u64().unwrap();
    assert_eq!(of(&spent["free"]) + of(&city["granted"]), 16);
    assert_eq!(of(&city["granted"]), of(&city["left"]) + 1);

    let path = format!("{coupons}/history");
    let is_used = |seen: &Value| seen["lines"][0]["what"] == "used";
    let history = until(&given, &path, &given.hq, is_used).await;
    let lines: Vec<(&Value, &Value)> = history["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| (&line["what"], &line["reason"]))
        .collect();
    let (used, held) = (json!("used"), json!("held"));
    let (claimed, why) = (json!("claimed"), json!("late twice"));
    let none = Value::Null;
    assert_eq!(lines, [(&used, &none), (&held, &none), (&claimed, &why)]);
    assert_eq!(history["lines"][0]["name"], "五元券");
    let other = format!("/v1/campaigns/{}/budget", "019ab3c0-0000-7000-8000-000000000d02");
    given.get(&other, &given.hq).await.refused(404, "not_found");
}
