//! Every door × every role × their own, somebody else's and nobody's: the table beside this file.
//!
//! The doors come from the API's own document and are asked with its own examples, so that a new
//! door without a row, and a row that a change let through, fail here. A changed table is written
//! with `UPDATE=1 cargo test -p gateway --test http matrix`, and read before it is kept.

use std::collections::BTreeMap;
use std::fmt::Write;

use axum::http::{Method, Request};
use serde_json::{Value, json};

use crate::given::{
    COURIER, Given, MERCHANT, NOBODY, OTHER_COURIER, OTHER_STORE, Placed, REGION, STORE, sku,
};

const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/http/matrix.txt");
const HEAD: &str = "\
# Each role with its own, somebody else's and nobody's: + is let through (whatever comes of it then),
# - may not do this at all, 0 is answered as if there were nothing, ! has to log in.
# Made by the test beside it; read what changed before you keep it.
";
/// Sold by the other store alone.
const OIL: &str = "019ab3c0-0000-7000-8000-000000000103";
/// Doors for whoever comes by: whether the house stands and what time it is there, pictures of goods
/// and streets, how to get in, and a provider's word, which is signed.
const OPEN_TO_ALL: &[&str] = &[
    "GET /healthz",
    "GET /images/{image}",
    "GET /metrics",
    "GET /readyz",
    "GET /v1/clock",
    "GET /v1/map",
    "GET /v1/map/{zoom}/{x}/{y}",
    "GET /v1/streets",
    "GET /v1/streets/{zoom}/{x}/{y}",
    "POST /v1/sessions",
    "POST /v1/webhooks/payments/sandbox",
];

/// Three things of each kind: of the store in question, of another, and none.
pub struct Things {
    own: BTreeMap<&'static str, String>,
    other: BTreeMap<&'static str, String>,
}

impl Things {
    /// What stands for a parameter of an address.
    pub fn fill(&self, whose: usize, parameter: &str) -> String {
        let known = match whose {
            0 => self.own.get(parameter),
            1 => self.other.get(parameter),
            _ => None,
        };
        let nobody = match parameter {
            // As the examples of their bodies call them.
            "channel" => "app".to_owned(),
            "name" => "dairy".to_owned(),
            "role" | "kind" => "nobody".to_owned(),
            "zoom" | "x" | "y" => "12".to_owned(),
            "day" => "2026-01-01".to_owned(),
            _ => NOBODY.to_owned(),
        };
        known.cloned().unwrap_or(nobody)
    }
}

async fn order_of(given: &Given, app: &str, goods: &str, key: &str) -> Placed {
    let lines = json!([{"sku": goods, "quantity": 1}]);
    let quote = given.post("/v1/quotes", app, json!({"lines": lines})).await.ok();
    let body = json!({
        "quote": quote["quote"],
        "shopper": {"name": "张三", "phone": "13800000000", "address": "珞喻路1号"},
        "destination": {"lat": 30.605, "lon": 114.305},
        "payment_method": "cash_on_delivery",
    });
    let body = body.to_string();
    Placed::of(&given.ask(Method::POST, "/v1/orders", Some(app), Some(key), body).await.ok())
}

/// Two stores with an order, a courier and a member each.
pub async fn things(given: &Given) -> (Things, [String; 2], [String; 2]) {
    given.hq_post("/v1/skus/bulk", json!([sku(OIL, "OIL", 2_000)])).await.ok();
    let stock = json!([{"sku": OIL, "on_hand": 50}]);
    given.hq_post(&format!("/v1/stores/{OTHER_STORE}/stock/bulk"), stock).await.ok();
    let body = json!({"display_name": "小李"});
    given.hq_put(&format!("/v1/couriers/{OTHER_COURIER}"), body).await.ok();
    let other_app = given.token("channel", "channel_partner", "other", json!("channel")).await;
    let mine = order_of(given, &given.app, crate::given::MILK, "own").await;
    let theirs = order_of(given, &other_app, OIL, "other").await;
    let mut members = Vec::new();
    for phone in ["13900000001", "13900000002"] {
        let sent = given.post("/v1/members/codes", &given.app, json!({"phone": phone})).await.ok();
        let body = json!({
            "phone": phone, "code": sent["sandbox_code"], "name": "王小明",
            "consent": {"terms": "2026-11", "marketing": true},
        });
        let session = given.post("/v1/members", &given.app, body).await.ok();
        let token = session["token"].as_str().unwrap().to_owned();
        let profile = given.get("/v1/members/me", &token).await.ok();
        members.push((profile["member"].as_str().unwrap().to_owned(), token));
    }
    let of = |store: &str, courier: &str, placed: &Placed, member: &str| {
        BTreeMap::from([
            ("store", store.to_owned()),
            ("courier", courier.to_owned()),
            ("order", placed.order.clone()),
            ("payment", placed.payment.clone()),
            ("fulfillment_order", placed.part.clone()),
            ("member", member.to_owned()),
        ])
    };
    let things = Things {
        own: of(STORE, COURIER, &mine, &members[0].0),
        other: of(OTHER_STORE, OTHER_COURIER, &theirs, &members[1].0),
    };
    let shoppers = [mine.shopper, theirs.shopper];
    (things, shoppers, [members[0].1.clone(), members[1].1.clone()])
}

/// A door as the document shows it.
struct Door {
    method: Method,
    path: String,
    /// What must stand behind the question mark.
    query: String,
    media: &'static str,
    body: String,
}

/// Doors that tell whoever is no browser that they are not for them.
const FOR_BROWSERS: &[&str] = &["DELETE /v1/sessions", "POST /v1/sessions"];

fn doors() -> Vec<Door> {
    let document = serde_json::to_value(gateway::http::openapi()).unwrap();
    let mut doors = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let Ok(method) = method.to_uppercase().parse::<Method>() else { continue };
            if !["GET", "POST", "PUT", "DELETE"].contains(&method.as_str()) {
                continue;
            }
            let contents = &operation["requestBody"]["content"];
            let said = &contents["application/json"];
            let (media, body) = if !said["example"].is_null() {
                ("application/json", said["example"].to_string())
            } else if !contents["text/csv"].is_null() {
                ("text/csv", "column\nvalue\n".to_owned())
            } else if contents.as_object().is_some_and(|kinds| {
                kinds
                    .keys()
                    .any(|kind| kind.starts_with("image/") || kind == "application/octet-stream")
            }) {
                ("image/jpeg", "no picture".to_owned())
            } else {
                assert!(contents.is_null(), "{method} {path} has no example");
                ("application/json", String::new())
            };
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            let asked = parameters.filter(|one| one["in"] == "query" && one["required"] == true);
            let asked = asked.map(|one| {
                let example = &one["example"];
                let text = example.as_str().map_or_else(|| example.to_string(), str::to_owned);
                format!("{}={text}", one["name"].as_str().unwrap())
            });
            let query = asked.collect::<Vec<_>>().join("&");
            doors.push(Door { method, path: path.clone(), query, media, body });
        }
    }
    // What only looks comes before what changes, so that the one does not tell of the other.
    doors.sort_by_key(|door| {
        (door.method != Method::GET, door.path.clone(), door.method.to_string())
    });
    doors
}

fn filled(door: &Door, things: &Things, whose: usize) -> String {
    let parts = door.path.split('/').map(|part| {
        let parameter = part.strip_prefix('{').and_then(|part| part.strip_suffix('}'));
        parameter.map_or_else(|| part.to_owned(), |name| things.fill(whose, name))
    });
    let path = parts.collect::<Vec<_>>().join("/");
    if door.query.is_empty() { path } else { format!("{path}?{}", door.query) }
}

/// A fresh token of every role for every door: some doors end the session they are asked in.
pub async fn tokens(given: &Given) -> Vec<(&'static str, Option<String>)> {
    let stores = json!({"stores": [STORE]});
    let asked: [(&str, &str, &str, Value); 10] = [
        ("region", "staff", "region_manager", json!({"regions": [REGION]})),
        ("manager", "staff", "store_manager", stores.clone()),
        ("cashier", "staff", "cashier", stores.clone()),
        ("picker", "staff", "picker", stores.clone()),
        ("courier", "courier", "courier", json!({"courier": COURIER})),
        ("auditor", "staff", "auditor", json!("all")),
        ("shop", "channel", "shop_page", json!("channel")),
        ("app", "channel", "channel_partner", json!("channel")),
        ("device", "device", "device", stores),
        ("gateway", "device", "gateway", json!("all")),
    ];
    let bodies: Vec<Value> = asked
        .iter()
        .map(|(name, kind, role, scope)| {
            json!({"principal": {"kind": kind, "role": role, "name": name, "scope": scope}})
        })
        .collect();
    let granted = given.hq_post("/v1/tokens/bulk", json!(bodies)).await.ok();
    let granted = granted["tokens"].as_array().unwrap().iter();
    let names = asked.iter().map(|(name, ..)| *name);
    names.zip(granted.map(|one| one["token"].as_str().map(str::to_owned))).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_door_knows_every_role() {
    let given = Given::shop_with("person_requests_per_s = 100000\n").await;
    // The second store is of another region: whoever has one of them has not the other.
    let mut second = crate::given::store("江汉店");
    second["region"] = json!("019ab3c0-0000-7000-8000-000000000802");
    second["merchant"] = json!(MERCHANT);
    given.hq_put(&format!("/v1/stores/{OTHER_STORE}"), second).await.ok();
    let (things, shoppers, members) = things(&given).await;
    let mut table = HEAD.to_owned();
    let mut asked = 0;
    let (mut betrayed, mut open, mut unread) = (Vec::new(), Vec::new(), Vec::new());
    for door in doors() {
        let name = format!("{} {}", door.method, door.path);
        let _ = write!(table, "{name:<72}");
        let mut roles = vec![("anyone", None)];
        roles.extend(tokens(&given).await);
        roles.push(("member", Some(members[0].clone())));
        roles.push(("shopper", Some(shoppers[0].clone())));
        for (role, token) in roles {
            let mut answers = Vec::new();
            for whose in 0..3 {
                let mut request = Request::builder().method(door.method.clone());
                if let Some(token) = &token {
                    request = request.header("authorization", format!("Bearer {token}"));
                }
                if !door.body.is_empty() {
                    request = request.header("content-type", door.media);
                }
                asked += 1;
                request = request.header("idempotency-key", format!("matrix-{asked}"));
                let path = filled(&door, &things, whose);
                let answer = given.send(request, &path, door.body.clone()).await;
                assert!(answer.status < 500 || answer.status == 503, "{name} {role}: {answer:?}");
                let is_unread = [400, 413, 415, 422].contains(&answer.status);
                if role == "gateway" && is_unread && !FOR_BROWSERS.contains(&name.as_str()) {
                    unread.push(format!("{name}: {answer:?} {}", door.body));
                }
                answers.push((letter(answer.status, answer.code()), answer));
            }
            // Not yours and not there answer alike, unless it is there for everybody.
            let (other, nobody) = (&answers[1], &answers[2]);
            if other.0 != '+'
                && (other.1.status, other.1.code()) != (nobody.1.status, nobody.1.code())
            {
                betrayed.push(format!("{name} {role}: {:?} {:?}", other.1, nobody.1));
            }
            let letters: String = answers.iter().map(|(letter, _)| letter).collect();
            if role == "anyone" && letters != "!!!" {
                open.push(name.clone());
            }
            let _ = write!(table, " {role}:{letters}");
        }
        table.push('\n');
    }
    // Who asks comes before what is asked: a role that may not is told so whatever else is wrong.
    assert!(unread.is_empty(), "{unread:#?}");
    assert_eq!(open, OPEN_TO_ALL);
    assert!(betrayed.is_empty(), "{betrayed:#?}");
    is_kept(TABLE, &table);
}

/// The table is the one that stands beside the test, or becomes it when told.
pub fn is_kept(file: &str, table: &str) {
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(file, table).unwrap();
    }
    let kept = std::fs::read_to_string(file).unwrap_or_default();
    let differ = kept.lines().zip(table.lines()).find(|(kept, now)| kept != now);
    assert!(
        kept == table,
        "the doors are not those of the table: {differ:?}, {} and {} rows",
        kept.lines().count(),
        table.lines().count()
    );
}

fn letter(status: u16, code: &str) -> char {
    match (status, code) {
        (401, "unauthenticated" | "token_invalid" | "token_expired") => '!',
        (403, _) => '-',
        (404, "not_found") => '0',
        _ => '+',
    }
}
