//! Whole orders over HTTP: carried to a door, collected with a code, sent by a carrier, returned.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::given::{COURIER, Given, MILK, Placed, STORE};
use crate::sockets::Screen;

/// Waits for the courier's first offer; rounds are held every few seconds of the city's time.
async fn offer(given: &Given, courier: &str) -> Value {
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(20) {
        let seen = given.get(&format!("/v1/couriers/{COURIER}"), courier).await.ok();
        if let Some(offer) = seen["offers"].as_array().and_then(|offers| offers.first()) {
            return offer.clone();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("no offer came");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_is_carried_to_the_door_with_a_restart_on_the_way() {
    let mut given = Given::shop_with("time_scale = 20").await;
    let courier = given.token("courier", "courier", "c", json!({"courier": COURIER})).await;
    given.post(&format!("/v1/couriers/{COURIER}/on-duty"), &courier, json!({})).await.ok();
    let now = given.get("/v1/clock", "").await.ok()["now"].clone();
    let pings = json!({"pings": [{"lat": 30.601, "lon": 114.301, "at": now}]});
    given.post(&format!("/v1/couriers/{COURIER}/positions"), &courier, pings.clone()).await.ok();
    let placed = given.open_order("k").await;
    given.hq_post(&placed.at_store("accept"), json!({"ready_in_s": 60})).await.ok();
    given.hq_post(&placed.at_store("pack"), json!({})).await.ok();
    let offer = offer(&given, &courier).await;
    let accept =
        format!("/v1/couriers/{COURIER}/offers/{}/accept", offer["offer"].as_str().unwrap());
    given.post(&accept, &courier, json!({})).await.ok();
    given.restart().await;
    let hand_over = json!({"to": "courier", "courier": COURIER});
    given.hq_post(&placed.at_store("hand-over"), hand_over).await.ok();
    let delivery = format!("{}/deliveries/{}", placed.path(), offer["delivery"].as_str().unwrap());
    let advance = |step: &str| json!({"attempt": offer["attempt"], "step": step});
    let path = format!("{delivery}/advance");
    given.post(&path, &courier, advance("en_route_to_dropoff")).await.ok();
    given.post(&path, &courier, advance("delivered")).await.ok();
    let order = given.get(&placed.path(), &placed.shopper).await.ok();
    assert_eq!((&order["status"], &order["stage"]), (&json!("completed"), &json!("delivered")));
    assert_eq!(order["payment_status"], "captured");
    let history = given.get(&format!("{}/history", placed.path()), &given.hq).await.ok();
    let kinds: Vec<_> = history.as_array().unwrap().iter().map(|e| e["kind"].clone()).collect();
    assert!(kinds.contains(&json!("delivery_delivered")), "{kinds:?}");
    let explained = given.get(&format!("{}/explain", placed.path()), &given.hq).await.ok();
    assert_eq!(explained["sourcing"][0]["chosen"][0]["store"], STORE);
    let board = given.get(&format!("/v1/stores/{STORE}/board"), &given.hq).await.ok();
    assert_eq!(board["fulfillment_orders"], json!([]));
    // Back it comes: asked by the shopper, approved and received by headquarters.
    let back = json!({"lines": [{"line": 1, "units": 1}], "reason": "sour"});
    let asked = given.post(&format!("{}/returns", placed.path()), &placed.shopper, back).await.ok();
    let back = format!("{}/returns/{}", placed.path(), asked["return_id"].as_str().unwrap());
    given.hq_post(&format!("{back}/approve"), json!({})).await.ok();
    given.post(&format!("{back}/ship"), &placed.shopper, json!({})).await.ok();
    given.hq_post(&format!("{back}/receive"), json!({"condition": "good"})).await.ok();
    let order = given.get(&placed.path(), &placed.shopper).await.ok();
    assert_eq!(order["returns"][0]["status"], "refunded", "{order}");
    assert_eq!(order["money"]["refunds"][0]["amount_fen"], 500);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn why_a_delivery_waits_is_told_while_it_does() {
    let given = Given::shop_with("time_scale = 20").await;
    let placed = given.open_order("k").await;
    given.hq_post(&placed.at_store("accept"), json!({"ready_in_s": 60})).await.ok();
    given.hq_post(&placed.at_store("pack"), json!({})).await.ok();
    let explain = format!("{}/explain", placed.path());
    let explained = given.until(&explain, |seen| seen["deliveries"][0]["waits"].is_object()).await;
    let waits = &explained["deliveries"][0]["waits"];
    assert_eq!(waits["because"], json!({"reason": "nobody_near"}));
    assert!(waits["at"].as_i64().unwrap() > 0, "{waits}");
    let courier = given.token("courier", "courier", "c", json!({"courier": COURIER})).await;
    given.post(&format!("/v1/couriers/{COURIER}/on-duty"), &courier, json!({})).await.ok();
    let now = given.get("/v1/clock", "").await.ok()["now"].clone();
    let pings = json!({"pings": [{"lat": 30.601, "lon": 114.301, "at": now}]});
    given.post(&format!("/v1/couriers/{COURIER}/positions"), &courier, pings).await.ok();
    offer(&given, &courier).await;
    let explained = given.get(&explain, &given.hq).await.ok();
    let asked = &explained["deliveries"][0];
    assert_eq!((&asked["status"], &asked["waits"]), (&json!("offering"), &Value::Null));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_courier_of_a_second_city_is_told_and_seen_there() {
    let given = Given::shop_with("more_cities = \"2@31.2,121.4\"").await;
    // Its slot is 2: the lowest four bits of the slot follow the two of the variant.
    let away = "019ab3c0-0000-7000-8800-000000000503";
    let path = format!("/v1/couriers/{away}");
    given.hq_put(&path, json!({"display_name": "小沪"})).await.ok();
    let courier = given.token("courier", "courier", "a", json!({"courier": away})).await;
    given.post(&format!("{path}/on-duty"), &courier, json!({})).await.ok();
    let now = given.get("/v1/clock", "").await.ok()["now"].clone();
    let pings = json!({"pings": [{"lat": 31.201, "lon": 121.401, "at": now}]});
    given.post(&format!("{path}/positions"), &courier, pings).await.ok();
    let seen = given.until(&path, |seen| seen["position"].is_object()).await;
    assert_eq!(
        (&seen["duty"], &seen["display_name"]),
        (&json!("on_duty"), &json!("小沪")),
        "{seen}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pickup_is_handed_over_for_its_code_only() {
    let given = Given::shop().await;
    let lines = json!([{"sku": MILK, "quantity": 1}]);
    let asked = json!({"mode": "pickup", "store": STORE, "lines": lines});
    let quote = given.post("/v1/quotes", &given.app, asked).await.ok();
    let body = json!({
        "quote": quote["quote"],
        "shopper": {"name": "张三", "phone": "13800000000"},
        "payment_method": "channel_paid",
    });
    let answer = given.place("k", &body).await.ok();
    let code = answer["pickup_code"].as_str().unwrap().to_owned();
    assert_eq!(given.place("k", &body).await.ok()["pickup_code"], code.as_str());
    let placed = Placed::of(&answer);
    given.hq_post(&placed.at_store("accept"), json!({})).await.ok();
    given.hq_post(&placed.at_store("pack"), json!({})).await.ok();
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let attempt = |code: &str| json!({"to": "shopper", "code": code});
    let hand_over = placed.at_store("hand-over");
    let refused = given.hq_post(&hand_over, attempt(wrong)).await;
    assert!(refused.status >= 400 || refused.status == 200, "{refused:?}");
    let order = given.get(&placed.path(), &given.hq).await.ok();
    assert_eq!(order["status"], "open", "a wrong code hands nothing over");
    given.hq_post(&hand_over, attempt(&code)).await.ok();
    let order = given.get(&placed.path(), &given.hq).await.ok();
    assert_eq!(order["status"], "completed");
}

/// An order in a carrier's hands, and the door of its parcel.
async fn shipped(given: &Given, key: &str) -> (Placed, String) {
    let lines = json!([{"sku": MILK, "quantity": 1}]);
    let quote =
        given.post("/v1/quotes", &given.app, json!({"mode": "express", "lines": lines})).await.ok();
    let mut body = given.basket("channel_paid").await;
    body["quote"] = quote["quote"].clone();
    let placed = Placed::of(&given.place(key, &body).await.ok());
    given.hq_post(&placed.at_store("accept"), json!({})).await.ok();
    given.hq_post(&placed.at_store("pack"), json!({})).await.ok();
    let carrier = json!({"to": "carrier", "carrier": "顺丰", "tracking_number": "SF1"});
    given.hq_post(&placed.at_store("hand-over"), carrier).await.ok();
    let order = given.get(&placed.path(), &given.hq).await.ok();
    let parcel = order["parcels"][0]["parcel"].as_str().unwrap().to_owned();
    let door = format!("{}/parcels/{parcel}/advance", placed.path());
    (placed, door)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_express_order_leaves_as_a_parcel() {
    let given = Given::shop().await;
    let (placed, door) = shipped(&given, "k").await;
    given.hq_post(&door, json!({"status": "created"})).await.refused(422, "invalid_value");
    given.hq_post(&door, json!({"status": "delivered"})).await.ok();
    let order = given.get(&placed.path(), &given.hq).await.ok();
    assert_eq!(order["status"], "completed");
    given.hq_post(&door, json!({"status": "lost"})).await.refused(409, "parcel_state");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_parcel_that_comes_back_is_looked_at_before_its_goods_are_sold_again() {
    let given = Given::shop().await;
    let shelf = async || {
        let stock = given.get(&format!("/v1/stores/{STORE}/stock"), &given.hq).await.ok();
        let levels = stock["stock"].as_array().unwrap();
        levels.iter().find(|level| level["sku"] == MILK).unwrap()["on_hand"].as_i64().unwrap()
    };
    for (condition, back) in [("good", 1), ("damaged", 0)] {
        let (placed, door) = shipped(&given, condition).await;
        let before = shelf().await;
        given.hq_post(&door, json!({"status": "returning"})).await.ok();
        let order = given.get(&placed.path(), &given.hq).await.ok();
        assert_eq!((&order["status"], shelf().await), (&json!("open"), before), "not here yet");
        given.hq_post(&door, json!({"status": "in_transit"})).await.refused(409, "parcel_state");
        let unsaid = given.hq_post(&door, json!({"status": "returned"})).await;
        assert_eq!(unsaid.body["field"], "condition");
        unsaid.refused(422, "missing_field");
        let early = json!({"status": "delivered", "condition": "good"});
        given.hq_post(&door, early).await.refused(422, "invalid_value");
        let returned = json!({"status": "returned", "condition": condition});
        given.hq_post(&door, returned.clone()).await.ok();
        // Said again, it counts once.
        given.hq_post(&door, returned).await.ok();
        assert_eq!(shelf().await, before + back, "{condition}");
        let order = given.get(&placed.path(), &given.hq).await.ok();
        assert_eq!(order["status"], "cancelled");
        let money = &order["money"];
        assert_eq!(money["refunds"][0]["amount_fen"], money["payable_fen"], "{order}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fewer_units_are_proposed_shown_and_confirmed() {
    let given = Given::shop().await;
    let placed = given.open_order("k").await;
    let change = json!({"remove": [{"line": 1, "units": 1}]});
    let path = format!("{}/changes", placed.path());
    let proposed = given.post(&path, &placed.shopper, change).await.ok();
    assert_eq!(proposed["refund_fen"], 500);
    let confirm = format!("{path}/{}/confirm", proposed["change"].as_str().unwrap());
    given.post(&confirm, &placed.shopper, json!({})).await.ok();
    let order = given.get(&placed.path(), &placed.shopper).await.ok();
    assert_eq!(order["lines"][0]["removed"], 1);
    assert_eq!(order["money"]["net_payable_fen"], 3_500);
    let nonsense = json!({"remove": [{"line": 9, "units": 1}]});
    given.post(&path, &placed.shopper, nonsense).await.refused(422, "line_unknown");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_paused_store_gets_nothing_and_a_reopened_one_does() {
    let given = Given::shop().await;
    given.hq_post(&format!("/v1/stores/{STORE}/pause"), json!({})).await.ok();
    let body = given.basket("cash_on_delivery").await;
    given.place("paused", &body).await.refused(409, "unfillable");
    given.hq_post(&format!("/v1/stores/{STORE}/reopen"), json!({})).await.ok();
    given.place("open", &body).await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_door_that_the_store_cannot_serve_is_refused_and_the_old_one_stays() {
    let given = Given::shop().await;
    let placed = given.open_order("k").await;
    let path = format!("{}/changes", placed.path());
    let to = |lat: f64| json!({"destination": {"lat": lat, "lon": 114.305}});
    let before = given.last_seq().await;
    given.post(&path, &placed.shopper, to(30.9)).await.refused(409, "door_out_of_reach");
    assert_eq!(given.last_seq().await, before, "nothing is proposed");
    let proposed = given.post(&path, &placed.shopper, to(30.604)).await.ok();
    // The store's area shrinks before the shopper confirms: judged again.
    let mut smaller = crate::given::store("光谷店");
    smaller["area"]["radius_m"] = json!(100);
    given.hq_put(&format!("/v1/stores/{STORE}"), smaller).await.ok();
    let confirm = format!("{path}/{}/confirm", proposed["change"].as_str().unwrap());
    given.post(&confirm, &placed.shopper, json!({})).await.refused(409, "door_out_of_reach");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_whose_board_nobody_looks_at_gets_no_orders_until_a_screen_is_back() {
    let given = Given::shop_with("time_scale = 20").await;
    let read = given.get("/v1/policy", &given.hq).await.ok();
    let mut policy = read["policy"].clone();
    policy["silent_board_after_s"] = json!(30);
    given.hq_put("/v1/policy", policy).await.ok();
    let board = format!("/v1/stores/{STORE}/board");
    let began = Instant::now();
    while given.get(&board, &given.hq).await.ok()["status"]["status"] != "offline" {
        assert!(began.elapsed() < Duration::from_secs(20), "nobody noticed");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let body = given.basket("cash_on_delivery").await;
    given.place("silent", &body).await.refused(409, "unfillable");
    given.hq_post(&format!("/v1/stores/{STORE}/screen"), json!({"online": true})).await.ok();
    given.place("back", &body).await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_auditor_at_a_board_keeps_no_store_open_and_its_own_screen_does() {
    let given = Given::shop_with("time_scale = 20").await;
    let device = given.token("device", "device", "wall", json!({"stores": [STORE]})).await;
    let auditor = given.token("staff", "auditor", "a", json!("all")).await;
    let topics = json!([{"kind": "board", "id": STORE}]);
    let own = Screen::open(&given, &device, topics.clone()).await;
    let _auditor = Screen::open(&given, &auditor, topics.clone()).await;
    let _headquarters = Screen::open(&given, &given.hq, topics).await;
    let read = given.get("/v1/policy", &given.hq).await.ok();
    let mut policy = read["policy"].clone();
    policy["silent_board_after_s"] = json!(30);
    given.hq_put("/v1/policy", policy).await.ok();
    let board = format!("/v1/stores/{STORE}/board");
    // Twice as long as the policy allows, at twenty times the pace.
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(4) {
        let status = given.get(&board, &given.hq).await.ok()["status"]["status"].clone();
        assert_eq!(status, "open", "the store's own screen is there");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    drop(own);
    let began = Instant::now();
    while given.get(&board, &given.hq).await.ok()["status"]["status"] != "offline" {
        assert!(began.elapsed() < Duration::from_secs(20), "others kept the store open");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
