//! One socket that says too much, and many that come at once.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::given::{Given, STORE};
use crate::sockets::{Screen, board, picker_token};

/// Twice what anybody in a hurry would send; a flood is cut long before.
const FLOOD: usize = 10_000;
const MANY: usize = 500;

/// Says the same until it is cut off; the code with which that was said.
async fn floods(given: &Given, message: impl Fn(usize) -> Message) -> u16 {
    let mut screen = Screen::open(given, &picker_token(given).await, json!([])).await;
    for number in 0..FLOOD {
        if !screen.tries(message(number)).await {
            break;
        }
    }
    screen.closed().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_floods_is_cut_and_the_others_are_served() {
    let given = Given::shop().await;
    let placed = given.open_order("k").await;
    let mut beside = Screen::open(&given, &picker_token(&given).await, json!([board()])).await;
    assert_eq!(beside.next().await["type"], "snapshot");
    let seq = given.last_seq().await;
    let ping = |_| Message::text(r#"{"type":"ping"}"#);
    let pings_of_the_protocol = |_| Message::Ping("there?".into());
    let command = |number| {
        let seen = json!({"name": "acknowledge", "fulfillment_order": placed.part});
        let said = json!({"type": "command", "id": format!("f{number}"), "command": seen});
        Message::text(said.to_string())
    };
    let subscription = |_| {
        let topic = json!({"kind": "board", "id": STORE});
        Message::text(json!({"type": "subscribe", "topic": topic}).to_string())
    };
    let floods = async {
        tokio::join!(
            floods(&given, ping),
            floods(&given, pings_of_the_protocol),
            floods(&given, command),
            floods(&given, subscription)
        )
    };
    let served = async {
        let mut longest = Duration::ZERO;
        for _ in 0..20 {
            let began = Instant::now();
            let screen = json!({"name": "screen", "online": true});
            assert_eq!(beside.does(screen).await["type"], "done");
            longest = longest.max(began.elapsed());
        }
        longest
    };
    let (codes, longest) = tokio::join!(floods, served);
    assert_eq!(codes, (4013, 4013, 4013, 4013));
    assert!(longest < Duration::from_secs(5), "{longest:?}");
    assert_eq!(given.last_seq().await, seq, "nothing was recorded");
}

/// A ticket and a socket for each, all at once.
async fn come(given: &Given, token: &str, topics: &Value) -> Vec<Screen> {
    join_all((0..MANY).map(|_| Screen::open(given, token, topics.clone()))).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_hundred_that_come_back_at_once_are_continued_and_told_nothing_twice() {
    let mut given = Given::shop_with("person_requests_per_s = 100000\n").await;
    let picker = picker_token(&given).await;
    let mut screens = come(&given, &picker, &json!([board()])).await;
    let mut last = Value::Null;
    for screen in &mut screens {
        last = screen.next().await;
        assert_eq!(last["type"], "snapshot");
    }
    drop(screens);
    given.open_order("k1").await;
    given.open_order("k2").await;
    // All of them say how far they got, and hear exactly what they missed.
    let resume = json!({"epoch": last["epoch"], "seq": last["seq"]});
    let subscribe = json!({"type": "subscribe", "topic": board(), "resume": resume});
    let mut screens = come(&given, &picker, &json!([])).await;
    for screen in &mut screens {
        screen.say(subscribe.clone()).await;
    }
    for screen in &mut screens {
        let mut next = last["seq"].as_u64().unwrap();
        for frame in screen.said_before_pong().await {
            next += 1;
            assert_eq!((&frame["type"], frame["seq"].as_u64()), (&json!("delta"), Some(next)));
        }
        assert!(next >= last["seq"].as_u64().unwrap() + 2, "both orders");
    }
    // After a restart none of them is continued, and each is told so once.
    drop(screens);
    given.restart().await;
    let mut screens = come(&given, &picker, &json!([])).await;
    for screen in &mut screens {
        screen.say(subscribe.clone()).await;
    }
    for screen in &mut screens {
        let heard = screen.until_snapshot().await;
        let kinds: Vec<_> = heard.iter().map(|frame| frame["type"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["reset", "snapshot"]);
        let after: Vec<_> = screen.said_before_pong().await;
        assert!(after.iter().all(|frame| frame["type"] == "delta"), "{after:?}");
    }
}
