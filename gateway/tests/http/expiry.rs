//! What members hold ends in time: coupons and points expire, and everybody is told the same of it.

use axum::http::Method;
use serde_json::{Value, json};

use crate::given::{Given, Placed, STORE};
use crate::members::{COUPON, PHONE, basket, claim, coupon, enrol, give, id_of, quote, until};

const SECOND_COUPON: &str = "019ab3c0-0000-7000-8000-000000000d03";
/// A day of the house passes in nine seconds.
const FAST: &str = "time_scale = 10000";

async fn now(given: &Given) -> i64 {
    given.get("/v1/clock", "").await.ok()["now"].as_i64().unwrap()
}

/// What happened to the coupons, the youngest first.
async fn story(given: &Given, member: &str) -> Vec<(String, String, i64)> {
    let history = given.get("/v1/members/me/coupons/history", member).await.ok();
    let text = |line: &Value, field: &str| line[field].as_str().unwrap().to_owned();
    let lines = history["lines"].as_array().unwrap().iter();
    lines
        .map(|line| (text(line, "what"), text(line, "coupon"), line["at"].as_i64().unwrap()))
        .collect()
}

/// Points, their reasons and when, the youngest first; they add up to the balance.
async fn ledger(given: &Given, member: &str) -> (i64, Vec<(String, i64, i64)>) {
    let ledger = given.get("/v1/members/me/points", member).await.ok();
    let line = |line: &Value| {
        let reason = line["reason"].as_str().unwrap().to_owned();
        (reason, line["points"].as_i64().unwrap(), line["at"].as_i64().unwrap())
    };
    let lines: Vec<_> = ledger["lines"].as_array().unwrap().iter().map(line).collect();
    let sum: i64 = lines.iter().map(|(_, points, _)| points).sum();
    assert_eq!(ledger["balance"], sum, "{ledger}");
    (sum, lines)
}

/// Asks for a price that the member is refused, with its code.
async fn quote_is_refused(given: &Given, member: &str, more: Value, code: &str) {
    let mut body = json!({"mode": "pickup", "store": STORE, "member": member,
        "lines": [{"sku": crate::given::RICE, "quantity": 1}]});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    given.post("/v1/quotes", &given.app, body).await.refused(422, code);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_claimed_coupon_expires_in_the_wallet_at_the_till_and_in_its_story() {
    let mut given = Given::shop().await;
    let mut one_day = coupon();
    one_day["discount"]["coupon"]["valid_days"] = json!(1);
    given.hq_put(&format!("/v1/campaigns/{COUPON}"), one_day).await.ok();
    given.hq_put(&format!("/v1/campaigns/{SECOND_COUPON}"), coupon()).await.ok();
    let member = enrol(&given, PHONE).await;
    let short = claim(&given, &member).await;
    let second = json!({"campaign": SECOND_COUPON});
    let long = given.post("/v1/members/me/coupons", &member, second).await.ok();
    let long = long["coupon"].as_str().unwrap().to_owned();
    assert_eq!(quote(&given, &member, &[&short], 0).await["payable_fen"], 3_500);
    let wallet = given.get("/v1/members/me/coupons", &member).await.ok();
    let mut held = wallet["coupons"].as_array().unwrap().iter();
    let ends_at = held.find(|held| held["coupon"] == *short).unwrap()["expires_at"].clone();
    let ends_at = ends_at.as_i64().unwrap();
    let claimed_at = story(&given, &member).await.last().unwrap().2;
    assert_eq!(ends_at, claimed_at + 86_400_000);

    given.restart_with(FAST).await;
    let is_one = |seen: &Value| seen["coupons"].as_array().unwrap().len() == 1;
    let wallet = until(&given, "/v1/members/me/coupons", &member, is_one).await;
    assert!(now(&given).await >= ends_at);
    assert_eq!(wallet["coupons"][0]["coupon"], *long, "the other one lives thirty days");
    assert_eq!(given.get("/v1/members/me", &member).await.ok()["coupon_count"], 1);
    quote_is_refused(&given, &member, json!({"coupons": [short]}), "unknown_coupon").await;
    // Nothing was recorded since; the member and headquarters read when it ended all the same.
    let seen = story(&given, &member).await;
    let expired = ("expired".to_owned(), short.clone(), ends_at);
    assert_eq!((seen.len(), &seen[0]), (3, &expired), "{seen:?}");
    let path = format!("/v1/members/{}", id_of(&given, &member).await);
    let history = given.get(&format!("{path}/coupons/history"), &given.hq).await.ok();
    assert_eq!(history["lines"][0]["what"], "expired");
    assert_eq!(history["lines"][0]["name"], "五元券");
    // Recorded with the next thing that happens, the line stays where it was; there is one.
    give(&given, &member, 1).await;
    assert_eq!(story(&given, &member).await, seen);
    let again = json!({"campaign": COUPON});
    let again = given.post("/v1/members/me/coupons", &member, again).await;
    again.refused(409, "claim_limit");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn points_expire_and_the_ledger_says_what_can_be_spent() {
    let mut given = Given::shop().await;
    let mut policy = given.get("/v1/member-policy", &given.hq).await.ok()["policy"].clone();
    policy["points_live_days"] = json!(1);
    given.hq_put("/v1/member-policy", policy.clone()).await.ok();
    let member = enrol(&given, PHONE).await;
    give(&given, &member, 700).await;
    policy["points_live_days"] = json!(365);
    given.hq_put("/v1/member-policy", policy).await.ok();
    give(&given, &member, 200).await;
    let seen = given.get("/v1/members/me", &member).await.ok();
    assert_eq!((&seen["points"], &seen["expiring"]["points"]), (&json!(900), &json!(700)));
    let ends_at = seen["expiring"]["expires_at"].as_i64().unwrap();
    assert_eq!(ends_at % 86_400_000, 0, "points end with a day");
    assert_eq!(quote(&given, &member, &[], 900).await["payable_fen"], 4_000 - 900);
    assert_eq!(ledger(&given, &member).await.0, 900);

    given.restart_with(FAST).await;
    let seen = until(&given, "/v1/members/me", &member, |seen| seen["points"] == 200).await;
    assert!(now(&given).await >= ends_at);
    assert_eq!(seen["expiring"]["points"], 200);
    quote_is_refused(&given, &member, json!({"points": 201}), "not_enough_points").await;
    let (balance, lines) = ledger(&given, &member).await;
    assert_eq!((balance, &lines[0]), (200, &("expire".to_owned(), -700, ends_at)), "{lines:?}");
    // The next change records it. What was told of the past does not move.
    give(&given, &member, 50).await;
    let (balance, later) = ledger(&given, &member).await;
    assert_eq!((balance, &later[1..]), (250, &lines[..]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_coupon_that_ends_while_an_order_holds_it_does_not_come_back() {
    let mut given = Given::shop().await;
    let mut campaign = coupon();
    // Long enough to claim and to place; nothing of the campaign outlives its end.
    let ends_at = now(&given).await + 60_000;
    campaign["ends_at"] = json!(ends_at);
    campaign["discount"]["coupon"]["claim_until_at"] = json!(ends_at);
    given.hq_put(&format!("/v1/campaigns/{COUPON}"), campaign).await.ok();
    let member = enrol(&given, PHONE).await;
    give(&given, &member, 100).await;
    let held = claim(&given, &member).await;
    let quoted = quote(&given, &member, &[&held], 100).await;
    let placed = Placed::of(&given.place("k1", &basket(&quoted)).await.ok());
    given.restart_with("time_scale = 30").await;
    until(&given, "/v1/clock", "", |seen| seen["now"].as_i64().unwrap() >= ends_at).await;
    assert_eq!(story(&given, &member).await[0].0, "held", "an order keeps it past its end");
    let cancel = format!("{}/cancel", placed.path());
    given.ask(Method::POST, &cancel, Some(&placed.shopper), None, "{}".to_owned()).await.ok();
    let is_back = |seen: &Value| seen["points"] == 100;
    let seen = until(&given, "/v1/members/me", &member, is_back).await;
    assert_eq!(seen["coupon_count"], 0, "points come back, the coupon is over");
    let wallet = given.get("/v1/members/me/coupons", &member).await.ok();
    assert_eq!((&wallet["coupons"], &wallet["claimable"]), (&json!([]), &json!([])));
    let told: Vec<String> =
        story(&given, &member).await.into_iter().map(|(what, ..)| what).collect();
    assert_eq!(told, ["expired", "given_back", "held", "claimed"]);
}
