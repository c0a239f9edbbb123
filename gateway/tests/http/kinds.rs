//! Every kind of bad input there is a name for, at the HTTP door and at the socket: a stable code
//! that the page of faults explains, a sentence, and nothing changed.

use axum::http::Method;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::given::{Given, MILK, NOBODY, STORE, store};
use crate::sockets::{Screen, board, connect, picker_token};

struct Case {
    kind: &'static str,
    http: (Method, String, String),
    http_says: (u16, &'static str),
    frame: String,
    socket_says: &'static str,
}

fn quote(quantity: Value) -> (Method, String, String) {
    let body = json!({"lines": [{"sku": MILK, "quantity": quantity}]});
    (Method::POST, "/v1/quotes".to_owned(), body.to_string())
}

fn post(path: &str, body: Value) -> (Method, String, String) {
    (Method::POST, path.to_owned(), body.to_string())
}

fn command(id: &str, command: Value) -> String {
    json!({"type": "command", "id": id, "command": command}).to_string()
}

fn short_pick(id: &str, units: Value) -> String {
    let lines = json!([{"line": 1, "units": units}]);
    command(id, json!({"name": "short_pick", "fulfillment_order": NOBODY, "lines": lines}))
}

fn cases() -> Vec<Case> {
    let mut off_the_earth = store("x");
    off_the_earth["place"] = json!({"lat": 30.6, "lon": 181});
    let accept = format!("/v1/stores/{STORE}/fulfillment-orders/{NOBODY}/accept");
    vec![
        Case {
            kind: "malformed JSON",
            http: (Method::POST, "/v1/quotes".to_owned(), "{\"lines\":".to_owned()),
            http_says: (400, "malformed_json"),
            frame: "{\"type\":".to_owned(),
            socket_says: "malformed_json",
        },
        Case {
            kind: "an unknown field",
            http: post("/v1/quotes", json!({"lines": [], "discount": 1})),
            http_says: (422, "unknown_field"),
            frame: json!({"type": "subscribe", "topic": board(), "loud": true}).to_string(),
            socket_says: "unknown_field",
        },
        Case {
            kind: "a wrong type",
            http: quote(json!("two")),
            http_says: (422, "invalid_value"),
            frame: json!({"type": "subscribe", "topic": 7}).to_string(),
            socket_says: "invalid_value",
        },
        Case {
            kind: "a huge quantity",
            http: quote(json!(1_000_000_000_000_u64)),
            http_says: (422, "invalid_value"),
            frame: short_pick("huge", json!(1_000_000_000_000_u64)),
            socket_says: "invalid_value",
        },
        Case {
            kind: "a negative quantity",
            http: quote(json!(-1)),
            http_says: (422, "invalid_value"),
            frame: short_pick("negative", json!(-1)),
            socket_says: "invalid_value",
        },
        Case {
            kind: "a point off the earth",
            http: (Method::PUT, format!("/v1/stores/{NOBODY}"), off_the_earth.to_string()),
            http_says: (422, "invalid_value"),
            frame: json!({"type": "positions", "pings": [{"lat": 91, "lon": 0, "at": 1}]})
                .to_string(),
            socket_says: "invalid_value",
        },
        Case {
            kind: "an unknown id",
            http: post(&accept, json!({})),
            http_says: (404, "fulfillment_order_unknown"),
            frame: command("unknown", json!({"name": "pack", "fulfillment_order": NOBODY})),
            socket_says: "fulfillment_order_unknown",
        },
        Case {
            kind: "an id that is none",
            http: (Method::GET, "/v1/orders/seven".to_owned(), String::new()),
            http_says: (400, "invalid_path"),
            frame: command("none", json!({"name": "pack", "fulfillment_order": "seven"})),
            socket_says: "invalid_value",
        },
    ]
}

#[track_caller]
fn explained(kind: &str, fault: &Value) {
    let code = fault["code"].as_str().unwrap_or_else(|| panic!("{kind}: {fault}"));
    let page = include_str!("../../../docs/faults.md");
    assert!(page.contains(&format!("| `{code}` |")), "{kind}: {code} is not explained");
    let sentence = fault["message"].as_str().unwrap();
    assert!(sentence.len() > 10 && !sentence.ends_with('.'), "{kind}: {sentence}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_named_kind_is_refused_at_both_doors_and_changes_nothing() {
    let given = Given::shop().await;
    let picker = picker_token(&given).await;
    let mut screen = Screen::open(&given, &picker, json!([])).await;
    let before = (given.last_seq().await, given.on_hand(MILK).await);
    for Case { kind, http, http_says: (status, code), frame, socket_says } in cases() {
        let (method, path, body) = http;
        let answer = given.ask(method, &path, Some(&given.hq), None, body).await;
        answer.refused(status, code);
        explained(kind, &answer.body);
        screen.say_text(frame).await;
        let answer = screen.next().await;
        assert_eq!(answer["code"], socket_says, "{kind}: {answer}");
        explained(kind, &answer);
    }
    assert_eq!((given.last_seq().await, given.on_hand(MILK).await), before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_expired_token_and_a_ticket_that_was_never_given_open_neither_door() {
    let given = Given::shop().await;
    let principal = json!({"kind": "staff", "role": "picker", "name": "p",
                           "scope": {"stores": [STORE]}});
    let over = json!({"principal": principal, "expires_in_s": 0});
    let expired = given.hq_post("/v1/tokens", over).await.ok();
    let expired = expired["token"].as_str().unwrap();
    let before = given.last_seq().await;
    for path in [format!("/v1/stores/{STORE}/pause"), "/v1/tickets".to_owned()] {
        let answer = given.post(&path, expired, json!({})).await;
        answer.refused(401, "token_invalid");
        explained("an expired token", &answer.body);
    }
    assert_eq!(connect(&given, "made-up").await.err(), Some(401));
    assert_eq!(given.last_seq().await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_too_large_is_not_read() {
    let given = Given::shop().await;
    let mut screen = Screen::open(&given, &picker_token(&given).await, json!([])).await;
    let before = given.last_seq().await;
    let name = "x".repeat(70_000);
    let answer = given.hq_post("/v1/quotes", json!({"lines": [], "name": name})).await;
    answer.refused(413, "body_too_large");
    explained("an oversized body", &answer.body);
    screen.say(command_of(&name)).await;
    assert_eq!(screen.closed().await, 1_009, "an oversized frame ends its socket");
    assert_eq!(given.last_seq().await, before);
    let mut screen = Screen::open(&given, &picker_token(&given).await, json!([])).await;
    screen.say_message(Message::binary(vec![0, 1])).await;
    assert_eq!(screen.closed().await, 4_001, "as does one in bytes");
}

fn command_of(name: &str) -> Value {
    json!({"type": "command", "id": "large", "command": {"name": name}})
}
