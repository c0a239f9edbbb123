//! How much is asked, by one principal and by all.

use std::time::{Duration, Instant};

use axum::http::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::given::{COURIER, Given};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_who_asks_too_often_is_told_to_wait_and_others_are_not() {
    let given = Given::shop_with("person_requests_per_s = 1").await;
    let courier = given.token("courier", "courier", "c", json!({"courier": COURIER})).await;
    let path = format!("/v1/couriers/{COURIER}");
    given.get(&path, &courier).await.ok();
    let refused = given.get(&path, &courier).await;
    refused.refused(429, "rate_limited");
    let wait = refused.body["retry_after_ms"].as_u64().unwrap();
    assert!((1..=1_001).contains(&wait), "{wait}");
    given.get(&path, &given.hq).await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_house_turns_away_and_says_when_to_come_back() {
    let given = Given::shop_with("in_flight = 1").await;
    let body = given.basket("online").await.to_string();
    let ask = |key: usize| {
        let (given, body) = (&given, body.clone());
        async move {
            let (app, key) = (given.app.clone(), format!("k{key}"));
            given.ask(Method::POST, "/v1/orders", Some(&app), Some(&key), body).await
        }
    };
    let answers = futures_util::future::join_all((0..64).map(ask)).await;
    let turned_away = answers.iter().filter(|answer| answer.status == 503);
    for answer in turned_away {
        answer.refused(503, "busy");
        assert!(answer.body["retry_after_ms"].as_u64().unwrap() > 0);
    }
    let placed = answers.iter().filter(|answer| answer.status == 201).count();
    assert!(placed <= 1, "one quote, one order");
}

/// Sends a request a byte at a time, never its end; answers when the server hangs up.
async fn dribble(given: &Given) -> Duration {
    let began = Instant::now();
    let socket = TcpStream::connect(given.house().address).await.unwrap();
    let (mut reading, mut writing) = socket.into_split();
    let dribbling = tokio::spawn(async move {
        writing.write_all(b"GET /healthz HTTP/1.1\r\nx-slow: ").await?;
        while writing.write_all(b"a").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok::<(), std::io::Error>(())
    });
    let mut heard = Vec::new();
    // Ends with an end or a reset: both say that nobody listens any more.
    let _ = reading.read_to_end(&mut heard).await;
    dribbling.abort();
    began.elapsed()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_dribbles_a_request_is_hung_up_on_and_others_are_served_meanwhile() {
    let given = Given::empty("header_timeout_s = 1").await;
    let slow = futures_util::future::join_all((0..8).map(|_| dribble(&given)));
    let others = async {
        for _ in 0..20 {
            assert_eq!(given.get("/healthz", "").await.status, 200);
        }
    };
    let (took, ()) = tokio::join!(slow, others);
    for took in took {
        let in_time = Duration::from_millis(900)..Duration::from_secs(10);
        assert!(in_time.contains(&took), "{took:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_connection_too_many_waits_until_a_place_is_free() {
    let given = Given::empty("connections = 2\nheader_timeout_s = 1").await;
    let dribbling = [dribble(&given), dribble(&given)];
    let (_, answer) = tokio::join!(futures_util::future::join_all(dribbling), async {
        // The client of this house may take a place itself; either way it is served in the end.
        given.get("/healthz", "").await
    });
    assert_eq!(answer.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_waits_for_no_connection_that_asks_nothing() {
    let mut given = Given::empty("").await;
    let address = given.house().address;
    let mut idle = TcpStream::connect(address).await.unwrap();
    assert_eq!(given.get("/healthz", "").await.status, 200);
    let began = Instant::now();
    given.house.take().unwrap().close().await.unwrap();
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    let mut heard = Vec::new();
    assert_eq!(idle.read_to_end(&mut heard).await.unwrap_or_default(), 0);
    assert!(TcpStream::connect(address).await.is_err(), "nobody opens");
}
