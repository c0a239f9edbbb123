//! Members as headquarters comes upon them: in a list, from an order, and with a line in the audit
//! trail for every page that is opened.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::given::{Given, MILK, Placed, STORE};

async fn enrol(given: &Given, phone: &str) -> (String, String) {
    let sent = given.post("/v1/members/codes", &given.app, json!({"phone": phone})).await.ok();
    let body = json!({
        "phone": phone, "code": sent["sandbox_code"], "name": "王小明",
        "consent": {"terms": "2026-11", "marketing": true},
    });
    let session = given.post("/v1/members", &given.app, body).await.ok();
    let text = |field: &str| session[field].as_str().unwrap().to_owned();
    (text("member"), text("token"))
}

fn ids(page: &Value) -> Vec<&str> {
    let members = page["members"].as_array().unwrap();
    members.iter().map(|row| row["member"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn members_are_listed_by_the_end_of_a_phone_by_tier_and_by_their_orders() {
    let mut given = Given::shop().await;
    let (one, token) = enrol(&given, "13800001234").await;
    let (two, _) = enrol(&given, "13900001234").await;
    let (three, _) = enrol(&given, "13900005678").await;
    given.restart().await;
    let search = async |body: Value| given.hq_post("/v1/members/search", body).await.ok();

    let all = search(json!({})).await;
    assert_eq!(ids(&all), [three.as_str(), &two, &one], "enrolled last first");
    let row = all["members"][0].as_object().unwrap();
    assert!(!row.contains_key("name") && !row.contains_key("phone"), "{row:?}");
    assert_eq!(ids(&search(json!({"phone_tail": "1234"})).await), [two.as_str(), &one]);
    assert!(ids(&search(json!({"phone_tail": "0000"})).await).is_empty());
    let page = search(json!({"limit": 2})).await;
    assert_eq!(ids(&page), [three.as_str(), &two]);
    let rest = search(json!({"limit": 2, "after": page["next_after"]})).await;
    assert_eq!((ids(&rest), &rest["next_after"]), (vec![one.as_str()], &Value::Null));
    assert_eq!(ids(&search(json!({"tier": "basic"})).await).len(), 3);
    given
        .hq_post("/v1/members/search", json!({"tier": "king"}))
        .await
        .refused(422, "invalid_value");
    given
        .hq_post("/v1/members/search", json!({"phone_tail": "12"}))
        .await
        .refused(422, "invalid_value");

    // One of them buys.
    let lines = json!([{"sku": MILK, "quantity": 1}]);
    let quote = json!({"mode": "pickup", "store": STORE, "lines": lines, "member": token});
    let quote = given.post("/v1/quotes", &given.app, quote).await.ok();
    let body = json!({"quote": quote["quote"], "payment_method": "channel_paid",
        "shopper": {"name": "王小明", "phone": "13800001234"}});
    let placed = given.place("k1", &body).await.ok();
    let store = Placed::of(&placed);
    given.hq_post(&store.at_store("accept"), json!({})).await.ok();
    given.hq_post(&store.at_store("pack"), json!({})).await.ok();
    let hand_over = json!({"to": "shopper", "code": placed["pickup_code"]});
    given.hq_post(&store.at_store("hand-over"), hand_over).await.ok();
    let began = Instant::now();
    let buying = loop {
        // The member hears of it by letter.
        let page = search(json!({"buys": true})).await;
        if !ids(&page).is_empty() {
            break page;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "nobody has bought");
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!(ids(&buying), [one.as_str()]);
    assert_eq!(buying["members"][0]["last_order"], placed["order"]);
    let order = format!("/v1/orders/{}", placed["order"].as_str().unwrap());
    assert_eq!(given.get(&order, &given.hq).await.ok()["member"], one.as_str());
    let shopper = placed["shopper_token"].as_str().unwrap();
    assert_eq!(given.get(&order, shopper).await.ok()["member"], Value::Null);

    let auditor = given.token("staff", "auditor", "eye", json!("all")).await;
    let seen = given.post("/v1/members/search", &auditor, json!({})).await.ok();
    assert_eq!(ids(&seen).len(), 3);
    let tail = json!({"phone_tail": "1234"});
    given.post("/v1/members/search", &auditor, tail).await.refused(403, "forbidden");
    given.post("/v1/members/search", &given.app, json!({})).await.refused(403, "forbidden");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_opens_a_members_page_stands_in_the_trail() {
    let given = Given::shop().await;
    let (member, token) = enrol(&given, "13800001234").await;
    let path = format!("/v1/members/{member}");
    let trail = async || {
        let page = given.get("/v1/audit?kind=member", &given.hq).await.ok();
        page["changes"].as_array().unwrap().clone()
    };
    given.get("/v1/members/me", &token).await.ok();
    let auditor = given.token("staff", "auditor", "eye", json!("all")).await;
    given.get(&path, &auditor).await.ok();
    assert!(trail().await.is_empty(), "the member's own look, and one without names");
    given.get(&path, &given.hq).await.ok();
    given.get(&path, &given.hq).await.ok();
    let lines = trail().await;
    assert_eq!(lines.len(), 1, "one opening");
    assert_eq!((&lines[0]["id"], &lines[0]["body"]), (&json!(member), &json!({"opened": true})));
}
