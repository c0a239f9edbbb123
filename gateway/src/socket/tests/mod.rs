//! Real sockets on a real door; only the city behind it is made up.

mod autobahn;
mod stage;

use std::sync::atomic::Ordering;
use std::time::Duration;

use actors::{Change, Topic};
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;
use vocabulary::{CourierId, OrderId, Place, StoreId, Timestamp};

use crate::access::PrincipalKind;
use stage::{ORIGIN, Stage, cards};

const OPERATIONS: Topic = Topic::Operations;

#[tokio::test]
async fn a_snapshot_and_then_every_delta() {
    let stage = Stage::open(|_| {}).await;
    let mut client = stage.socket().await;
    client.listen(None).await;
    let snapshot = client.next().await;
    assert_eq!(snapshot["type"], "snapshot");
    assert_eq!(snapshot["topic"], json!({"kind": "operations"}));
    assert_eq!(snapshot["state"], json!({"orders": []}));
    for number in 1..=200 {
        stage.publishes(OPERATIONS, cards([number]));
    }
    let first = snapshot["seq"].as_u64().unwrap();
    for seq in first + 1..=first + 200 {
        let delta = client.next().await;
        assert_eq!((delta["type"].as_str(), delta["seq"].as_u64()), (Some("delta"), Some(seq)));
        assert_eq!(delta["change"]["orders"].as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn topics_of_the_ticket_need_no_frame() {
    let stage = Stage::open(|_| {}).await;
    let ticket = stage.ticket(PrincipalKind::Staff, &[OPERATIONS]);
    let mut client = stage.connect(&ticket, None).await.unwrap();
    assert_eq!(client.shorts().await, ["hello", "snapshot 1"]);
}

#[tokio::test]
async fn a_client_that_comes_back_is_continued() {
    let stage = Stage::open(|_| {}).await;
    let mut client = stage.socket().await;
    client.listen(None).await;
    assert_eq!(client.short().await, "snapshot 1");
    stage.publishes(OPERATIONS, cards([1]));
    assert_eq!(client.short().await, "delta 2");
    drop(client);
    (2..=4).for_each(|number| stage.publishes(OPERATIONS, cards([number])));
    let mut client = stage.socket().await;
    client.listen(Some((1, 2))).await;
    assert_eq!(client.shorts().await, ["delta 3", "delta 4", "delta 5"]);
    assert_eq!(stage.counted("ring_hits"), 1);
}

#[tokio::test]
async fn a_client_that_missed_too_much_or_an_epoch_is_reset() {
    let stage = Stage::open(|limits| limits.ring_deltas = 2).await;
    let mut client = stage.socket().await;
    client.listen(None).await;
    assert_eq!(client.short().await, "snapshot 1");
    (1..=3).for_each(|number| stage.publishes(OPERATIONS, cards([number])));
    assert_eq!(client.shorts().await, ["delta 2", "delta 3", "delta 4"]);
    let mut back = stage.socket().await;
    back.listen(Some((1, 1))).await;
    assert_eq!(back.shorts().await, ["reset gap", "snapshot 4"]);
    stage.recovers(2);
    stage.publishes(OPERATIONS, cards([9]));
    assert_eq!(client.shorts().await, ["reset new_epoch", "snapshot 0"]);
    let mut late = stage.socket().await;
    late.listen(Some((1, 4))).await;
    assert_eq!(late.short().await, "reset new_epoch");
}

#[tokio::test]
async fn a_reader_that_stops_is_closed_and_the_others_miss_nothing() {
    let stage = Stage::open(|limits| limits.slow_reader = Duration::from_millis(100)).await;
    let (mut slow, mut quick) = (stage.socket().await, stage.socket().await);
    slow.listen(None).await;
    quick.listen(None).await;
    assert_eq!(slow.short().await, "snapshot 1");
    assert_eq!(quick.short().await, "snapshot 1");
    let mut seq = 1;
    while stage.counted("slow_closes") == 0 {
        seq += 1;
        assert!(seq < 5_000, "the system takes more than it should");
        stage.publishes(OPERATIONS, cards(0..300));
        assert_eq!(quick.short().await, format!("delta {seq}"));
    }
    assert_eq!(slow.closed().await, (4000, "slow_reader".into()));
    stage.publishes(OPERATIONS, cards([1]));
    assert_eq!(quick.short().await, format!("delta {}", seq + 1));
}

#[tokio::test]
async fn frames_that_are_none_of_ours_are_answered_or_end_the_socket() {
    let stage = Stage::open(|_| {}).await;
    let mut client = stage.socket().await;
    for (text, code) in [
        ("{", "malformed_json"),
        (r#"{"type":"shout"}"#, "invalid_value"),
        (r#"{"type":"ping","x":1}"#, "unknown_field"),
        (r#"{"type":"subscribe"}"#, "missing_field"),
    ] {
        client.send(Message::text(text)).await;
        assert_eq!(client.short().await, format!("error {code}"));
    }
    client.say(json!({"type": "ping"})).await;
    assert_eq!(client.short().await, "pong");
    for _ in 0..5 {
        client.send(Message::text("[")).await;
    }
    assert_eq!(client.closed().await, (4001, "bad_frame".into()));

    let mut client = stage.socket().await;
    client.send(Message::binary(vec![1, 2, 3])).await;
    assert_eq!(client.closed().await, (4001, "bad_frame".into()));

    let mut client = stage.socket().await;
    client.send(Message::text("x".repeat(65 * 1_024))).await;
    assert_eq!(client.closed().await, (1009, "too_large".into()));
}

#[tokio::test]
async fn a_topic_that_is_refused_or_not_there_is_said_and_can_be_asked_again() {
    let stage = Stage::open(|_| {}).await;
    let mut shopper = stage.socket_of(PrincipalKind::Shopper).await;
    for _ in 0..2 {
        shopper.listen(None).await;
        let error = shopper.next().await;
        assert_eq!(error["code"], "forbidden");
        assert_eq!(error["topic"], json!({"kind": "operations"}));
    }
    let mut staff = stage.socket().await;
    let store = StoreId::from_bits(1);
    for _ in 0..2 {
        let topic = json!({"kind": "board", "id": store});
        staff.say(json!({"type": "subscribe", "topic": topic})).await;
        assert_eq!(staff.short().await, "error not_found");
    }
    assert_eq!(stage.counted("subscriptions"), 0);
}

#[tokio::test]
async fn of_ten_thousand_topics_sixty_four_are_listened_to_and_the_asking_ends() {
    let stage = Stage::open(|_| {}).await;
    let mut client = stage.socket().await;
    let mut said = 0;
    for number in 0..10_000 {
        let topic = Topic::Order(OrderId::from_bits(number));
        if !client.tries(&json!({"type": "subscribe", "topic": topic})).await {
            break;
        }
        said += 1;
        assert!(stage.counted("subscriptions") <= 64);
    }
    // Whichever is noticed first: that it floods, or that it does not read what it is told.
    let (code, _) = client.closed().await;
    assert!([4000, 4013].contains(&code), "{code}");
    assert!(said > 64);
    stage.connections_are(0).await;
    assert_eq!(stage.counted("subscriptions"), 0);
}

#[tokio::test]
async fn a_ticket_opens_one_socket_and_only_for_known_pages() {
    let stage = Stage::open(|_| {}).await;
    let ticket = stage.ticket(PrincipalKind::Staff, &[]);
    assert_eq!(stage.connect(&ticket, Some("https://evil.example")).await.err(), Some(403));
    assert!(stage.connect(&ticket, Some(ORIGIN)).await.is_ok(), "a refusal uses nothing up");
    assert_eq!(stage.connect(&ticket, Some(ORIGIN)).await.err(), Some(401));
    assert_eq!(stage.connect("", None).await.err(), Some(401));
    assert_eq!(stage.connect("made-up", None).await.err(), Some(401));
}

#[tokio::test]
async fn a_full_house_says_so_and_has_room_when_somebody_leaves() {
    let stage = Stage::open(|limits| limits.most_connections = 1).await;
    let first = stage.socket().await;
    let ticket = stage.ticket(PrincipalKind::Staff, &[]);
    assert_eq!(stage.connect(&ticket, None).await.err(), Some(503));
    drop(first);
    stage.connections_are(0).await;
    stage.socket().await;
}

#[tokio::test]
async fn commands_are_answered_in_the_order_they_were_said() {
    let stage = Stage::open(|_| {}).await;
    let mut client = stage.socket_of(PrincipalKind::Courier).await;
    for (id, name) in [("a", "accept_offer"), ("b", "break"), ("c", "advance")] {
        client.say(json!({"type": "command", "id": id, "command": {"name": name}})).await;
    }
    let answers = [client.next().await, client.next().await, client.next().await];
    assert_eq!(answers[0], json!({"type": "done", "id": "a", "seq": 1}));
    assert_eq!(answers[1]["type"], "refused");
    assert_eq!((&answers[1]["id"], &answers[1]["code"]), (&json!("b"), &json!("offer_closed")));
    assert_eq!(answers[2], json!({"type": "done", "id": "c", "seq": 2}));
    client.say(json!({"type": "command", "id": "", "command": {"name": "advance"}})).await;
    assert_eq!(client.short().await, "refused idempotency_key_invalid");
}

#[tokio::test]
async fn positions_go_in_and_come_out() {
    let stage = Stage::open(|_| {}).await;
    let order = Topic::Order(OrderId::from_bits(1));
    let mut shopper = stage.socket_of(PrincipalKind::Shopper).await;
    shopper.say(json!({"type": "subscribe", "topic": order})).await;
    assert_eq!(shopper.short().await, "snapshot 1");
    let mut courier = stage.socket_of(PrincipalKind::Courier).await;
    let ping = json!({"lat": 30.6, "lon": 114.3, "at": 1_795_000_000_000_u64});
    courier.say(json!({"type": "positions", "pings": [ping]})).await;
    courier.say(json!({"type": "ping"})).await;
    assert_eq!(courier.short().await, "pong", "positions are not answered");
    let taken = stage.house.located.lock().unwrap().pop_front().unwrap();
    let change = Change::Position {
        courier: CourierId::from_bits(1),
        place: taken.place,
        is_rough: false,
        at: taken.at,
        etas: Vec::new(),
    };
    stage.publishes(order, change);
    let heard = shopper.next().await;
    assert_eq!(heard["type"], "position");
    assert_eq!(heard["place"], json!({"lat": 30.6, "lon": 114.3}));
    assert_eq!(heard["at"], 1_795_000_000_000_u64);
    assert!(heard.get("seq").is_none());
}

#[tokio::test]
async fn of_many_positions_a_client_needs_only_the_last() {
    let stage = Stage::open(|_| {}).await;
    let order = Topic::Order(OrderId::from_bits(1));
    let mut shopper = stage.socket_of(PrincipalKind::Shopper).await;
    shopper.say(json!({"type": "subscribe", "topic": order})).await;
    assert_eq!(shopper.short().await, "snapshot 1");
    let position = |at| Change::Position {
        courier: CourierId::from_bits(1),
        place: Place::new(30.6, 114.3).unwrap(),
        is_rough: false,
        at: Timestamp::from_millis(at),
        etas: Vec::new(),
    };
    (1..=500).for_each(|at| stage.publishes(order, position(at)));
    let mut last = 0;
    while last < 500 {
        let at = shopper.next().await["at"].as_i64().unwrap();
        assert!(at > last, "never an older one");
        last = at;
    }
}

#[tokio::test]
async fn a_closing_house_says_goodbye() {
    let stage = Stage::open(|_| {}).await;
    let mut client = stage.socket().await;
    client.listen(None).await;
    assert_eq!(client.short().await, "snapshot 1");
    stage.house.hub.close_all();
    assert_eq!(client.closed().await, (1001, "going_away".into()));
    let ticket = stage.ticket(PrincipalKind::Staff, &[]);
    assert_eq!(stage.connect(&ticket, None).await.err(), Some(503));
}

#[tokio::test]
async fn a_client_that_answers_no_ping_is_let_go() {
    let stage = Stage::open_beating(|_| {}, Duration::from_millis(40)).await;
    let mut answering = stage.socket().await;
    let goodbye = [&[0x88, 6], 4008_u16.to_be_bytes().as_slice(), b"idle"].concat();
    tokio::select! {
        biased;
        // It answers pings by itself, while it reads.
        frame = answering.next() => panic!("{frame}"),
        () = stage.bytes_until(&goodbye) => {}
    }
    answering.say(json!({"type": "ping"})).await;
    assert_eq!(answering.short().await, "pong");
}

#[tokio::test]
async fn a_socket_ends_with_its_token() {
    let stage = Stage::open_beating(|_| {}, Duration::from_millis(40)).await;
    let mut client = stage.socket().await;
    stage.house.has_revoked.store(true, Ordering::Relaxed);
    assert_eq!(client.closed().await, (4003, "forbidden".into()));
}

#[tokio::test]
async fn a_topic_ends_when_it_is_not_allowed_any_more() {
    let stage = Stage::open_beating(|_| {}, Duration::from_millis(100)).await;
    let mut client = stage.socket().await;
    client.listen(None).await;
    assert_eq!(client.short().await, "snapshot 1");
    stage.house.is_secret.store(true, Ordering::Relaxed);
    assert_eq!(client.short().await, "error forbidden");
    stage.publishes(OPERATIONS, cards([1]));
    client.say(json!({"type": "ping"})).await;
    assert_eq!(client.short().await, "pong", "nothing more of the topic");
    assert_eq!(stage.counted("subscriptions"), 0);
}
