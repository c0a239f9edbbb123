//! What every request passes, and what operators read.

use axum::http::{Method, Request};
use serde_json::json;

use crate::given::{Given, STORE};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fresh_house_is_ready_and_counts() {
    let given = Given::shop().await;
    given.open_order("k").await;
    assert_eq!(given.get("/healthz", "").await.status, 200);
    assert_eq!(given.get("/readyz", "").await.status, 200);
    let page = given.get("/metrics", "").await.ok();
    let page = page.as_str().unwrap();
    for line in [
        "paidan_live_orders{state=\"open\"} 1",
        "paidan_live_stores_open 2",
        "paidan_live_couriers_on_duty 0",
        "paidan_orders_placed_total 1",
        "paidan_hub_connections 0",
        "paidan_http_connections ",
        "paidan_live_deliveries_waiting ",
        "paidan_keys_forgotten_total 0",
        "paidan_serving 1",
    ] {
        assert!(page.contains(line), "{line} in\n{page}");
    }
    assert!(page.contains("paidan_http_request_seconds_bucket"), "{page}");
    assert!(page.contains("route=\"/v1/orders\""), "{page}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_document_describes_the_doors() {
    let given = Given::empty("").await;
    let document = given.get("/openapi.json", "").await.ok();
    let paths = document["paths"].as_object().unwrap();
    for path in ["/v1/orders", "/v1/quotes", "/v1/stores/{store}/board", "/v1/tickets"] {
        assert!(paths.contains_key(path), "{path}");
    }
    assert!(document["paths"]["/v1/orders"]["post"]["security"].is_array());
    let sessions = &document["paths"]["/v1/sessions"];
    assert!(sessions["post"]["security"].is_null(), "nobody has a token before logging in");
    assert!(sessions["delete"]["security"].is_array());
    assert!(document["components"]["schemas"]["Fault"].is_object());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_callers_trace_goes_into_the_events() {
    let given = Given::shop().await;
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let request = Request::builder()
        .method(Method::POST)
        .header("authorization", format!("Bearer {}", given.hq))
        .header("traceparent", format!("00-{trace}-00f067aa0ba902b7-01"));
    given.send(request, &format!("/v1/stores/{STORE}/pause"), String::new()).await.ok();
    let last = given.last_seq().await;
    let feed = given.get(&format!("/v1/feed?after={}", last - 1), &given.hq).await.ok();
    let event = &feed["events"][0];
    assert_eq!((&event["trace"], &event["kind"]), (&json!(trace), &json!("store_paused")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_feed_is_read_in_pages_without_a_hole() {
    let given = Given::shop().await;
    given.open_order("k").await;
    let (mut after, mut seen) = (0, Vec::new());
    loop {
        let page = given.get(&format!("/v1/feed?after={after}&limit=3"), &given.hq).await.ok();
        let events = page["events"].as_array().unwrap();
        if events.is_empty() {
            break;
        }
        seen.extend(events.iter().map(|event| event["seq"].as_u64().unwrap()));
        after = page["next_after"].as_u64().unwrap();
    }
    let whole: Vec<u64> = (1..=given.last_seq().await).collect();
    assert_eq!(seen, whole);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_known_origins_may_call_from_a_browser() {
    let given = Given::empty("origins = [\"https://shop.example\"]").await;
    let preflight = |origin: &str| {
        Request::builder()
            .method(Method::OPTIONS)
            .header("origin", origin)
            .header("access-control-request-method", "POST")
    };
    let client = hyper_util::client::legacy::Client::builder(hyper_util::rt::TokioExecutor::new())
        .build_http::<http_body_util::Full<axum::body::Bytes>>();
    for (origin, allowed) in [("https://shop.example", true), ("https://evil.example", false)] {
        let uri = format!("http://{}/v1/orders", given.house().address);
        let request = preflight(origin).uri(uri).body(Default::default()).unwrap();
        let answer = client.request(request).await.unwrap();
        let header = answer.headers().get("access-control-allow-origin");
        assert_eq!(header.is_some(), allowed, "{origin}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_house_on_the_same_file_is_refused() {
    let given = Given::empty("").await;
    let data = given.house().app.config.data.display().to_string();
    let text = format!("listen = \"127.0.0.1:0\"\ndata = \"{data}\"");
    let config = gateway::Config::from_toml(&text).unwrap();
    let refused = gateway::serve::House::open(config).await.map(|_| ()).unwrap_err();
    assert!(refused.to_string().contains("open"), "{refused}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ticket_is_given_only_for_topics_that_are_yours() {
    let given = Given::shop().await;
    let picker = given.token("staff", "picker", "p", json!({"stores": [STORE]})).await;
    let board = json!({"topics": [{"kind": "board", "id": STORE}]});
    let ticket = given.post("/v1/tickets", &picker, board).await.ok();
    assert!(ticket["ticket"].as_str().unwrap().len() > 40);
    let operations = json!({"topics": [{"kind": "operations"}]});
    given.post("/v1/tickets", &picker, operations).await.refused(403, "forbidden");
}
