//! A person with a name, a phone and an address that nobody else has shops, is mistyped, is searched
//! for and rates; afterwards those words are found nowhere but where people are kept: not in a log, a
//! metric, an error, a file or in Redis.

#![cfg(feature = "whole-system")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::{Arc, Mutex};

use paidan_tests::cache::Cache;
use paidan_tests::client::{Answer, Client};
use paidan_tests::server::Server;
use paidan_tests::socket::Socket;
use paidan_tests::town::{LATITUDE, LONGITUDE, Town};
use serde_json::{Value, json};

const NAME: &str = "金丝雀甲乙";
const PHONE: &str = "19987654321";
const ADDRESS: &str = "金丝雀巷 7 号 3 楼";
/// No personal text: wherever it is looked for, it is found, which shows that looking works.
const STORE_NAME: &str = "鲜禾便利·0 号店";
/// Every line that our own rooms can write; those of the libraries below as a server has them.
const EVERYTHING: &str = "info,gateway=trace,actors=trace,persistence=trace,dispatch=trace";

/// Everything that goes over Redis from now on.
fn overhear(cache: &Cache) -> Arc<Mutex<Vec<u8>>> {
    let heard: Arc<Mutex<Vec<u8>>> = Arc::default();
    let address = cache.url().replace("redis://", "");
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(b"MONITOR\r\n").unwrap();
    let into = Arc::clone(&heard);
    std::thread::spawn(move || {
        let mut bytes = [0; 64 * 1_024];
        while let Ok(count @ 1..) = stream.read(&mut bytes) {
            into.lock().unwrap().extend_from_slice(&bytes[..count]);
        }
    });
    heard
}

/// Redis shows what it hears as text in which a byte of no letter is `\xe9`.
fn as_redis_shows(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b' '..=b'~' => char::from(byte).to_string(),
            _ => format!("\\x{byte:02x}"),
        })
        .collect()
}

fn shopper() -> Value {
    json!({"name": NAME, "phone": PHONE, "address": ADDRESS})
}

/// What a careless client sends; each is refused, and the refusal repeats nothing of it.
fn mistakes(town: &Town) -> Vec<(&'static str, String)> {
    let order = |shopper: Value| {
        let quote = town.quote(&[(0, 1)])["quote"].clone();
        json!({
            "quote": quote, "shopper": shopper, "payment_method": "cash_on_delivery",
            "destination": {"lat": LATITUDE, "lon": LONGITUDE},
        })
        .to_string()
    };
    let whole = order(shopper());
    vec![
        ("/v1/orders", whole[..whole.len() - 2].to_owned()),
        ("/v1/orders", order(json!(PHONE))),
        (
            "/v1/orders",
            order(json!({"name": NAME, "phone": format!("{PHONE}x"), "address": ADDRESS})),
        ),
        ("/v1/orders", order(json!({"name": NAME, "tel": PHONE}))),
        ("/v1/orders", order(json!({"name": NAME.repeat(90), "phone": PHONE, "address": ADDRESS}))),
        ("/v1/quotes", json!({"mode": PHONE, "lines": []}).to_string()),
        ("/v1/members/codes", json!({"phone": format!("{PHONE} an der Tür")}).to_string()),
        ("/v1/members/sessions", json!({"phone": PHONE, "code": "000000"}).to_string()),
        ("/v1/members/lookup", json!({"code": PHONE}).to_string()),
    ]
}

/// All that is done with the person; the answers of whatever was refused.
fn live(hq: &Client, town: &Town) -> Vec<Answer> {
    let quote = town.quote(&[(0, 2)]);
    let mut body = town.order_body(&quote);
    body["shopper"] = shopper();
    let placed = hq.post_once("/v1/orders", "canary", &body).ok();
    let order = placed["order"].as_str().unwrap();
    let view = hq.get(&format!("/v1/orders/{order}")).ok();
    assert!(view.to_string().contains(PHONE), "headquarters is shown whom to call: {view}");
    // Screens that show it.
    let shopper = Client::new(hq.base(), placed["shopper_token"].as_str());
    for (client, topic) in
        [(&shopper, json!({"kind": "order", "id": order})), (hq, json!({"kind": "operations"}))]
    {
        let mut socket = Socket::open(client);
        socket.subscribe(&topic, None);
        socket.until("snapshot");
    }
    let sent = hq.post("/v1/members/codes", &json!({"phone": PHONE})).ok();
    let consent = json!({"terms": "2026-11", "marketing": true});
    let enrol = json!({
        "phone": PHONE, "code": sent["sandbox_code"], "name": NAME, "consent": consent,
    });
    hq.post("/v1/members", &enrol).ok();
    hq.post("/v1/members/find", &json!({"phone": PHONE}));
    hq.post(&format!("/v1/orders/{order}/cancel"), &json!({})).ok();
    let mut refused: Vec<Answer> = mistakes(town)
        .into_iter()
        .map(|(path, body)| hq.try_send("POST", path, Some("canary-2"), &body).unwrap())
        .collect();
    refused.push(hq.get(&format!("/v1/orders/{PHONE}")));
    refused.push(hq.get(&format!("/v1/orders?limit={PHONE}")));
    refused
}

/// Every file below a folder that holds the text. A gateway keeps nothing and has no folder.
fn files_with(folder: &Path, text: &str, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_with(&path, text, found);
        } else if holds(&std::fs::read(&path).unwrap(), text) {
            found.push(path.display().to_string());
        }
    }
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|part| part == text.as_bytes())
}

#[test]
fn a_person_is_found_nowhere_but_where_people_are_kept() {
    let cache = Cache::start();
    let heard = overhear(&cache);
    let flags = ["--role", "core", "--redis", &cache.url(), "--log-filter", EVERYTHING];
    let core = Server::start(&flags);
    let town = Town::build(core.hq(), 1, 0, true);
    let draft = json!({
        "principal": {"kind": "device", "role": "gateway", "name": "front", "scope": "all"},
    });
    let token = core.hq().post("/v1/tokens", &draft).ok();
    let file = core.data().join("gateway.token");
    std::fs::write(&file, token["token"].as_str().unwrap()).unwrap();
    let (url, base) = (cache.url(), core.base());
    let front = Server::start(&[
        "--role",
        "gateway",
        "--core",
        &base,
        "--core-token-file",
        file.to_str().unwrap(),
        "--redis",
        &url,
        "--log-filter",
        EVERYTHING,
    ]);
    let refused = live(&core.hq().at(&front.base()), &town);
    for answer in &refused {
        assert!(answer.status >= 400, "{answer:?}");
    }

    let texts = |text: &str| {
        let mut found = Vec::new();
        for (name, server) in [("core", &core), ("gateway", &front)] {
            let metrics = Client::new(&server.base(), None).get("/metrics").body;
            let is_in = |what: &str| what.contains(text);
            found.extend(is_in(&server.log()).then(|| format!("the log of {name}")));
            found.extend(is_in(&metrics.to_string()).then(|| format!("the metrics of {name}")));
            files_with(&server.data(), text, &mut found);
        }
        let told = refused.iter().filter(|answer| answer.body.to_string().contains(text));
        found.extend(told.map(|answer| format!("a refusal: {answer:?}")));
        let heard = heard.lock().unwrap();
        let is_over = holds(&heard, &as_redis_shows(text)) || holds(&heard, text);
        found.extend(is_over.then(|| "Redis".to_owned()));
        found
    };
    let shown = texts(STORE_NAME);
    assert!(shown.iter().any(|place| place.contains("paidan.db")), "nothing is found: {shown:?}");
    for canary in [NAME, PHONE, ADDRESS] {
        assert_eq!(texts(canary), [""; 0], "{canary}");
    }
    let overheard = heard.lock().unwrap().len();
    assert!(overheard > 1_000, "only {overheard} bytes went over Redis");
}
