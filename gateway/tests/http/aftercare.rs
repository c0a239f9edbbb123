//! Reminders, proofs at the door and ratings, over the real house.

use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::http::Request;
use serde_json::{Value, json};

use crate::given::{COURIER, Given, Placed, STORE};

/// A picture as far as the house looks: what it is, and something in it.
fn picture(inside: &[u8]) -> Vec<u8> {
    [b"\x89PNG\r\n\x1a\n".as_slice(), inside].concat()
}

/// The courier stands at the store until the order is offered: rounds are held every few seconds of
/// the city's time.
async fn offer(given: &Given, courier: &str, order: &str) -> Value {
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(30) {
        let now = given.get("/v1/clock", "").await.ok()["now"].clone();
        let pings = json!({"pings": [{"lat": 30.601, "lon": 114.301, "at": now}]});
        given.post(&format!("/v1/couriers/{COURIER}/positions"), courier, pings).await.ok();
        let seen = given.get(&format!("/v1/couriers/{COURIER}"), courier).await.ok();
        let mut offers = seen["offers"].as_array().unwrap().iter();
        if let Some(offer) = offers.find(|offer| offer["order"] == order) {
            return offer.clone();
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("no offer came");
}

/// Fast enough for rounds to come soon.
const PACE: &str = "time_scale = 10";

/// A courier's token, and the delivery that the courier has on board.
struct Carried {
    placed: Placed,
    courier: String,
    delivery: String,
    attempt: Value,
}

impl Carried {
    /// Packed, offered, accepted and handed over.
    async fn new(given: &Given, key: &str) -> Self {
        let courier = given.token("courier", "courier", "c", json!({"courier": COURIER})).await;
        given.post(&format!("/v1/couriers/{COURIER}/on-duty"), &courier, json!({})).await.ok();
        let placed = given.open_order(key).await;
        given.hq_post(&placed.at_store("accept"), json!({"ready_in_s": 60})).await.ok();
        given.hq_post(&placed.at_store("pack"), json!({})).await.ok();
        let offer = offer(given, &courier, &placed.order).await;
        let accept =
            format!("/v1/couriers/{COURIER}/offers/{}/accept", offer["offer"].as_str().unwrap());
        given.post(&accept, &courier, json!({})).await.ok();
        let to = json!({"to": "courier", "courier": COURIER});
        given.hq_post(&placed.at_store("hand-over"), to).await.ok();
        let delivery = offer["delivery"].as_str().unwrap().to_owned();
        Self { placed, courier, delivery, attempt: offer["attempt"].clone() }
    }

    fn path(&self, verb: &str) -> String {
        format!("{}/deliveries/{}/{verb}", self.placed.path(), self.delivery)
    }

    async fn deliver(&self, given: &Given, proof: Value) -> crate::given::Answer {
        let body = json!({"attempt": self.attempt, "step": "delivered", "proof": proof});
        given.post(&self.path("advance"), &self.courier, body).await
    }

    async fn send(&self, given: &Given, what: &str, file: Vec<u8>) -> (u16, Value) {
        let request = Request::builder()
            .method("POST")
            .header("authorization", format!("Bearer {}", self.courier));
        let path = format!("{}?attempt={}&what={what}", self.path("pictures"), self.attempt);
        let (head, bytes) = given.whole_bytes(request, &path, Bytes::from(file)).await;
        (head.status.as_u16(), serde_json::from_slice(&bytes).unwrap())
    }
}

async fn needs(given: &Given, need: &str) {
    let mut policy = given.get("/v1/policy", &given.hq).await.ok();
    policy["policy"]["proof"]["everywhere"] = json!(need);
    policy["policy"]["version"] = policy["version"].clone();
    given.hq_put("/v1/policy", policy["policy"].clone()).await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_comes_back_is_sold_again_only_when_the_store_finds_it_good() {
    let given = Given::shop_with(PACE).await;
    let sellable = || given.on_hand(crate::given::MILK);
    for (n, (body, is_sold_again)) in [
        (json!({}), false),
        (json!({"condition": "damaged"}), false),
        (json!({"condition": "good"}), true),
    ]
    .into_iter()
    .enumerate()
    {
        let before = sellable().await;
        let carried = Carried::new(&given, &format!("back-{n}")).await;
        let broken = json!({"attempt": carried.attempt, "reason": "damaged"});
        given.post(&carried.path("fail"), &carried.courier, broken).await.ok();
        let back = carried.path("receive-back");
        given.hq_post(&back, json!({"condition": "eaten"})).await.refused(422, "invalid_value");
        given.hq_post(&back, body.clone()).await.ok();
        assert_eq!(sellable().await == before, is_sold_again, "{body}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shopper_reminds_the_store_and_is_answered() {
    let mut given = Given::shop().await;
    let placed = given.open_order("k").await;
    let remind = format!("{}/remind", placed.path());
    given.post(&remind, &placed.shopper, json!({})).await.ok();
    let again = given.post(&remind, &placed.shopper, json!({})).await;
    again.refused(429, "reminded_recently");
    let wait = again.body["retry_after_ms"].as_u64().unwrap();
    assert!((290_000..=300_000).contains(&wait), "the answer says when: {wait}");
    // Another order's link, and a courier, have no say.
    let other = given.open_order("other").await;
    given.post(&remind, &other.shopper, json!({})).await.refused(404, "not_found");
    let courier = given.token("courier", "courier", "c", json!({"courier": COURIER})).await;
    given.post(&remind, &courier, json!({})).await.refused(403, "forbidden");

    let board = given.get(&format!("/v1/stores/{STORE}/board"), &given.hq).await.ok();
    let cards = board["fulfillment_orders"].as_array().unwrap();
    let card = cards.iter().find(|card| card["order"] == placed.order.as_str()).unwrap();
    assert_eq!(card["reminded"]["count"], 1);
    assert_eq!(card["reminded"]["is_answered"], false);
    let listed = given.get("/v1/orders", &given.hq).await.ok();
    let listed = listed["orders"].as_array().unwrap().iter();
    let counts: Vec<_> = listed.map(|card| card["reminders"].as_u64().unwrap_or(0)).collect();
    assert_eq!(counts.iter().sum::<u64>(), 1, "headquarters sees which one");

    let counter = given.token("staff", "picker", "till", json!({"stores": [STORE]})).await;
    let answer = format!("{}/reminder-answer", placed.path());
    let minutes = json!({"answer": "five_minutes"});
    given.post(&answer, &placed.shopper, minutes.clone()).await.refused(403, "forbidden");
    given.post(&answer, &counter, minutes).await.ok();
    given.restart().await;
    let order = given.get(&placed.path(), &placed.shopper).await.ok();
    assert_eq!(order["reminders"]["answer"], "five_minutes");
    assert!(order["reminders"]["again_at"].as_i64() > order["reminders"]["last_at"].as_i64());
    let nobody_asked = format!("{}/reminder-answer", other.path());
    let minutes = json!({"answer": "on_it"});
    given.post(&nobody_asked, &counter, minutes).await.refused(409, "no_reminder");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_door_that_needs_a_photo_takes_no_word_for_it_and_its_picture_is_personal() {
    let given = Given::shop_with(PACE).await;
    needs(&given, "photo").await;
    let carried = Carried::new(&given, "k").await;
    let seen = given.get(&carried.placed.path(), &carried.courier).await.ok();
    assert_eq!(seen["deliveries"][0]["needs_proof"], "photo");
    carried
        .deliver(&given, json!({"kind": "handed_to_person"}))
        .await
        .refused(422, "proof_missing");
    let never_sent = json!({"kind": "photo", "photo": crate::given::NOBODY});
    carried.deliver(&given, never_sent).await.refused(422, "proof_missing");

    let (status, fault) = carried.send(&given, "photo", b"<svg onload=x>".to_vec()).await;
    assert_eq!((status, &fault["code"]), (415, &json!("not_an_image")));
    let (status, fault) = carried.send(&given, "photo", picture(&[0; 256 * 1_024])).await;
    assert_eq!((status, &fault["code"]), (413, &json!("body_too_large")));
    let file = picture(b"the door of Zhang San");
    let (status, kept) = carried.send(&given, "photo", file.clone()).await;
    assert_eq!(status, 201, "{kept}");
    let (_, again) = carried.send(&given, "photo", file.clone()).await;
    assert_eq!(kept, again, "the same picture has the same name");
    let name = kept["picture"].as_str().unwrap();
    let proof = json!({"kind": "left_at_door", "photo": name});
    carried.deliver(&given, proof).await.ok();
    let (status, fault) = carried.send(&given, "photo", picture(b"another")).await;
    assert_eq!((status, &fault["code"]), (409, &json!("delivery_state")), "it is too late");

    let path = format!("{}/pictures/{name}", carried.placed.path());
    let read = |token: &str| {
        let request = Request::builder().header("authorization", format!("Bearer {token}"));
        given.whole(request, &path, String::new())
    };
    for token in [&carried.placed.shopper, &given.hq] {
        let (head, bytes) = read(token).await;
        assert_eq!((head.status.as_u16(), &bytes[..]), (200, &file[..]));
        assert_eq!(head.headers["cache-control"], "private, no-store");
        assert_eq!(head.headers["content-type"], "image/png");
    }
    given.get(&path, &carried.courier).await.refused(403, "forbidden");
    let picker = given.token("staff", "picker", "till", json!({"stores": [STORE]})).await;
    given.get(&path, &picker).await.refused(403, "forbidden");
    let other = given.open_order("other").await;
    given.get(&path, &other.shopper).await.refused(404, "not_found");
    let foreign = format!("{}/pictures/{name}", other.path());
    given.get(&foreign, &other.shopper).await.refused(404, "not_found");

    // Whoever is forgotten is forgotten with the picture of the door.
    let forget = format!("{}/shopper", carried.placed.path());
    let hq = Some(given.hq.as_str());
    given.ask(axum::http::Method::DELETE, &forget, hq, None, String::new()).await.ok();
    given.get(&path, &given.hq).await.refused(404, "not_found");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_door_that_needs_the_code_opens_for_the_shoppers_code_only() {
    let mut given = Given::shop_with(PACE).await;
    needs(&given, "code").await;
    let carried = Carried::new(&given, "k").await;
    let order = given.get(&carried.placed.path(), &carried.placed.shopper).await.ok();
    let code = order["door_code"].as_str().unwrap().to_owned();
    for token in [&carried.courier, &given.hq] {
        let seen = given.get(&carried.placed.path(), token).await.ok();
        assert_eq!(seen["door_code"], Value::Null, "who carries does not know it");
    }
    let said = |code: &str| json!({"kind": "code", "code": code});
    let wrong = if code.starts_with('0') { "111111" } else { "000000" };
    carried.deliver(&given, said(wrong)).await.refused(422, "code_wrong");
    let (_, kept) = carried.send(&given, "signature", picture(b"a name")).await;
    let signed = json!({"kind": "signature", "picture": kept["picture"]});
    carried.deliver(&given, signed).await.refused(422, "proof_missing");
    given.restart().await;
    for _ in 0..3 {
        carried.deliver(&given, said(wrong)).await.refused(422, "code_wrong");
    }
    carried.deliver(&given, said(wrong)).await.refused(429, "code_locked");
    carried.deliver(&given, said(&code)).await.refused(429, "code_locked");
    let order = given.get(&carried.placed.path(), &given.hq).await.ok();
    assert_eq!(order["status"], "open", "guessing brought nothing");

    let other = Carried::new(&given, "other").await;
    let order = given.get(&other.placed.path(), &other.placed.shopper).await.ok();
    other.deliver(&given, said(order["door_code"].as_str().unwrap())).await.ok();
    let order = given.get(&other.placed.path(), &other.placed.shopper).await.ok();
    assert_eq!(order["deliveries"][0]["proof"]["kind"], "code");
    assert_eq!(order["door_code"], Value::Null, "it has served");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_is_rated_once_and_couriers_see_averages_only() {
    let mut given = Given::shop_with(PACE).await;
    let carried = Carried::new(&given, "k").await;
    let path = format!("{}/rating", carried.placed.path());
    let shopper = &carried.placed.shopper;
    let body =
        json!({"store_stars": 5, "courier_stars": 4, "tags": ["fresh"], "text": "很新鲜\n谢谢"});
    given.post(&path, shopper, body.clone()).await.refused(409, "order_state");
    carried.deliver(&given, json!({"kind": "handed_to_person"})).await.ok();
    let order = given.get(&carried.placed.path(), shopper).await.ok();
    assert!(order["rate_until_at"].as_i64() > order["ended_at"].as_i64());
    let mut wrong = body.clone();
    wrong["store_stars"] = json!(6);
    given.post(&path, shopper, wrong).await.refused(422, "invalid_value");
    let mut long = body.clone();
    long["text"] = json!("长".repeat(501));
    given.post(&path, shopper, long).await.refused(422, "invalid_value");
    given.post(&path, &carried.courier, body.clone()).await.refused(403, "forbidden");
    given.post(&path, shopper, body.clone()).await.ok();
    given.post(&path, shopper, body).await.ok();
    let other = json!({"store_stars": 1, "text": "改一下"});
    given.post(&path, shopper, other).await.refused(409, "already_rated");

    given.restart().await;
    let order = given.get(&carried.placed.path(), &given.hq).await.ok();
    assert_eq!(
        (&order["rating"]["store_stars"], &order["rating"]["text"]),
        (&json!(5), &json!("很新鲜\n谢谢"))
    );
    let auditor = given.token("staff", "auditor", "a", json!("all")).await;
    let seen = given.get(&carried.placed.path(), &auditor).await.ok();
    assert_eq!(
        (&seen["rating"]["has_text"], &seen["rating"]["text"]),
        (&json!(true), &Value::Null)
    );
    let seen = given.get(&carried.placed.path(), &carried.courier).await.ok();
    assert_eq!(seen["rating"], Value::Null);

    let day = format!("/v1/couriers/{COURIER}/day");
    let began = Instant::now();
    let seen = loop {
        let seen = given.get(&day, &carried.courier).await.ok();
        if seen["stars"]["count"] == 1 || began.elapsed() > Duration::from_secs(20) {
            break seen;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert_eq!((&seen["stars"]["average"], &seen["delivered"]), (&json!(4.0), &json!(1)), "{seen}");
    let report = given.get("/v1/reports/ratings", &given.hq).await.ok();
    assert_eq!(report["stores"][0]["store"], STORE);
    assert_eq!(report["stores"][0]["average"], 5.0);
    assert_eq!(report["couriers"][0]["by_stars"], json!([0, 0, 0, 1, 0]));
    let manager = given.token("staff", "store_manager", "m", json!({"stores": [STORE]})).await;
    let report = given.get("/v1/reports/ratings", &manager).await.ok();
    assert_eq!(report["couriers"], json!([]), "couriers carry for all stores");

    let forget = format!("{}/shopper", carried.placed.path());
    let hq = Some(given.hq.as_str());
    given.ask(axum::http::Method::DELETE, &forget, hq, None, String::new()).await.ok();
    let order = given.get(&carried.placed.path(), &given.hq).await.ok();
    assert_eq!(
        (&order["rating"]["store_stars"], &order["rating"]["text"]),
        (&json!(5), &Value::Null)
    );
}
