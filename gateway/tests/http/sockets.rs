//! Sockets on the whole house: what shopper, store and courier see of one order, and do about it.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::given::{COURIER, Given, OTHER_COURIER, OTHER_STORE, Placed, STORE};

/// Longer than anything here takes; only a broken test waits for it.
const PATIENCE: Duration = Duration::from_secs(20);

/// A screen: its socket, and the commands it has said.
pub struct Screen {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    said: u32,
}

impl Screen {
    pub async fn open(given: &Given, token: &str, topics: Value) -> Self {
        let ticket = given.post("/v1/tickets", token, json!({"topics": topics})).await.ok();
        let ticket = ticket["ticket"].as_str().unwrap();
        let mut screen = Self { socket: connect(given, ticket).await.unwrap(), said: 0 };
        assert_eq!(screen.next().await["type"], "hello");
        screen
    }

    pub async fn say(&mut self, frame: Value) {
        self.say_text(frame.to_string()).await;
    }

    pub async fn say_text(&mut self, frame: String) {
        self.say_message(Message::text(frame)).await;
    }

    pub async fn say_message(&mut self, message: Message) {
        self.socket.send(message).await.unwrap();
    }

    /// Whether the socket still took it.
    pub async fn tries(&mut self, message: Message) -> bool {
        self.socket.send(message).await.is_ok()
    }

    /// What waits for this screen before the answer to a ping that is said now.
    pub async fn said_before_pong(&mut self) -> Vec<Value> {
        self.say(json!({"type": "ping"})).await;
        self.all_until("pong").await.0
    }

    /// All frames up to the first snapshot, which is the last of them.
    pub async fn until_snapshot(&mut self) -> Vec<Value> {
        let (mut heard, snapshot) = self.all_until("snapshot").await;
        heard.push(snapshot);
        heard
    }

    async fn all_until(&mut self, kind: &str) -> (Vec<Value>, Value) {
        let mut heard = Vec::new();
        loop {
            let frame = self.next().await;
            if frame["type"] == kind {
                return (heard, frame);
            }
            heard.push(frame);
        }
    }

    async fn message(&mut self) -> Message {
        let message = tokio::time::timeout(PATIENCE, self.socket.next()).await;
        message.unwrap().unwrap().unwrap()
    }

    pub async fn next(&mut self) -> Value {
        loop {
            match self.message().await {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// Reads on until a frame is as wanted.
    pub async fn until(&mut self, what: &str, is_wanted: impl Fn(&Value) -> bool) -> Value {
        for _ in 0..200 {
            let frame = self.next().await;
            if is_wanted(&frame) {
                return frame;
            }
        }
        panic!("never {what}");
    }

    /// The order's new state once it has this delivery status.
    async fn order_is(&mut self, status: &str) -> Value {
        let frame = self.until(status, |frame| {
            let body = if frame["state"].is_null() { &frame["change"] } else { &frame["state"] };
            body["order"]["deliveries"][0]["status"] == status
        });
        frame.await
    }

    /// Says a command and waits for its answer; pushes in between are read away.
    pub async fn does(&mut self, command: Value) -> Value {
        self.said += 1;
        let id = format!("tap-{}", self.said);
        self.does_under(&id, command).await
    }

    async fn does_under(&mut self, id: &str, command: Value) -> Value {
        self.say(json!({"type": "command", "id": id, "command": command})).await;
        self.until("an answer", |frame| frame["id"] == id).await
    }

    /// The goodbye's code.
    pub async fn closed(&mut self) -> u16 {
        loop {
            if let Message::Close(frame) = self.message().await {
                return frame.unwrap().code.into();
            }
        }
    }
}

pub async fn connect(
    given: &Given,
    ticket: &str,
) -> Result<WebSocketStream<MaybeTlsStream<TcpStream>>, u16> {
    let url = format!("ws://{}/v1/socket?ticket={ticket}", given.house().address);
    match tokio_tungstenite::connect_async(url).await {
        Ok((socket, _)) => Ok(socket),
        Err(tungstenite::Error::Http(response)) => Err(response.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

fn order_topic(placed: &Placed) -> Value {
    json!({"kind": "order", "id": placed.order})
}

pub fn board() -> Value {
    json!({"kind": "board", "id": STORE})
}

async fn courier_token(given: &Given) -> String {
    given.token("courier", "courier", "c", json!({"courier": COURIER})).await
}

pub async fn picker_token(given: &Given) -> String {
    given.token("staff", "picker", "p", json!({"stores": [STORE]})).await
}

#[track_caller]
fn done(answer: &Value) -> u64 {
    assert_eq!(answer["type"], "done", "{answer}");
    answer["seq"].as_u64().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_order_is_watched_and_carried_over_three_sockets() {
    let given = Given::shop_with("time_scale = 20").await;
    let courier_topic = json!({"kind": "courier", "id": COURIER});
    let mut courier =
        Screen::open(&given, &courier_token(&given).await, json!([courier_topic])).await;
    let mut store = Screen::open(&given, &picker_token(&given).await, json!([board()])).await;
    assert_eq!(store.next().await["state"]["fulfillment_orders"], json!([]));
    done(&courier.does(json!({"name": "on_duty"})).await);
    let now = given.get("/v1/clock", "").await.ok()["now"].clone();
    let ping = json!({"lat": 30.601, "lon": 114.301, "at": now});
    courier.say(json!({"type": "positions", "pings": [ping]})).await;

    let placed = given.open_order("k").await;
    let mut shopper = Screen::open(&given, &placed.shopper, json!([order_topic(&placed)])).await;
    let card = store.until("the card", |frame| frame["type"] == "delta").await;
    let card = &card["change"]["fulfillment_orders"][0];
    assert_eq!((&card["status"], &card["order"]), (&json!("assigned"), &json!(placed.order)));
    let part = json!({"fulfillment_order": placed.part});
    let work = |name: &str, more: Value| {
        let mut command = json!({"name": name});
        for fields in [&part, &more] {
            command.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        }
        command
    };
    done(&store.does(work("accept", json!({"ready_in_s": 60}))).await);
    done(&store.does(work("pack", json!({}))).await);

    let offered =
        courier.until("an offer", |frame| !frame["change"]["courier"]["offers"][0].is_null()).await;
    let offer = offered["change"]["courier"]["offers"][0].clone();
    assert_eq!(offer["because"], "", "a courier is not told why it was chosen");
    done(&courier.does(json!({"name": "accept_offer", "offer": offer["offer"]})).await);
    shopper.order_is("assigned").await;
    let advance = |step: &str| {
        json!({"name": "advance", "order": placed.order, "delivery": offer["delivery"],
               "attempt": offer["attempt"], "step": step})
    };
    // On its way to the store: about where it is, not where.
    let now = given.get("/v1/clock", "").await.ok()["now"].clone();
    let ping = json!({"lat": 30.6031, "lon": 114.3012, "at": now});
    courier.say(json!({"type": "positions", "pings": [ping]})).await;
    let seen = shopper.until("a position", |frame| frame["type"] == "position").await;
    assert_eq!(
        (&seen["is_rough"], &seen["place"]),
        (&json!(true), &json!({"lat": 30.605, "lon": 114.3}))
    );
    done(&courier.does(advance("arrived_at_pickup")).await);
    let is_here =
        |frame: &Value| frame["change"]["fulfillment_orders"][0]["courier_here_at"].is_i64();
    let here = store.until("who waits at the counter", is_here).await;
    assert_eq!(here["change"]["fulfillment_orders"][0]["courier"], COURIER);
    done(&store.does(work("hand_over", json!({"to": "courier", "courier": COURIER}))).await);
    shopper.order_is("picked_up").await;

    let now = given.get("/v1/clock", "").await.ok()["now"].clone();
    let ping = json!({"lat": 30.603, "lon": 114.303, "at": now});
    courier.say(json!({"type": "positions", "pings": [ping]})).await;
    let seen = shopper.until("a position", |frame| frame["type"] == "position").await;
    assert_eq!((&seen["courier"], &seen["at"]), (&json!(COURIER), &now));
    assert_eq!((&seen["is_rough"], &seen["place"]["lat"]), (&Value::Null, &json!(30.603)));
    assert_eq!(seen["etas"][0]["eta"]["confidence"], "high");

    done(&courier.does(advance("delivered")).await);
    let delivered = shopper.order_is("delivered").await;
    assert_eq!(delivered["change"]["order"]["status"], "completed");
    let over = store.until("the card's end", |frame| {
        frame["change"]["fulfillment_orders"][0]["is_over"] == true
    });
    assert_eq!(over.await["change"]["fulfillment_orders"][0]["status"], "completed");
    let again = courier.does(advance("delivered")).await;
    assert!(again["type"] == "refused" || again["type"] == "done", "{again}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_alert_that_one_screen_has_seen_rings_on_no_other() {
    let given = Given::shop().await;
    let picker = picker_token(&given).await;
    let mut till = Screen::open(&given, &picker, json!([board()])).await;
    let mut kitchen = Screen::open(&given, &picker, json!([board()])).await;
    let (placed, unseen) = (given.open_order("k1").await, given.open_order("k2").await);
    let seq = given.last_seq().await;
    let seen = json!({"name": "acknowledge", "fulfillment_order": placed.part});
    done(&till.does(seen.clone()).await);
    let quiet = |screen: Value| {
        assert_eq!(screen["fulfillment_orders"], json!([placed.part]));
        assert_eq!(screen["topic"], board());
    };
    quiet(kitchen.until("quiet", |frame| frame["type"] == "acknowledged").await);
    // Who comes later hears it after the board.
    let mut late = Screen::open(&given, &picker, json!([board()])).await;
    assert_eq!(late.next().await["type"], "snapshot");
    quiet(late.next().await);
    assert_eq!(given.last_seq().await, seq, "nothing is recorded");
    // Once it is answered there is nothing left to remember, and nothing to acknowledge.
    done(&till.does(json!({"name": "accept", "fulfillment_order": placed.part})).await);
    done(&till.does(seen).await);
    let mut later = Screen::open(&given, &picker, json!([board()])).await;
    assert_eq!(later.next().await["type"], "snapshot");
    let over_http = unseen.at_store("acknowledge");
    given.post(&over_http, &picker, json!({})).await.ok();
    let heard = later.next().await;
    assert_eq!(heard["fulfillment_orders"], json!([unseen.part]), "{heard}");
    let unknown = json!({"name": "acknowledge", "fulfillment_order": OTHER_STORE});
    assert_eq!(till.does(unknown).await["code"], "fulfillment_order_unknown");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_says_goodbye_and_resets_who_comes_back() {
    let mut given = Given::shop().await;
    let picker = picker_token(&given).await;
    let mut store = Screen::open(&given, &picker, json!([board()])).await;
    let snapshot = store.next().await;
    given.open_order("k1").await;
    let delta = store.next().await;
    assert_eq!(delta["seq"].as_u64(), snapshot["seq"].as_u64().map(|seq| seq + 1));
    // A lost socket is continued while the city lives on.
    drop(store);
    given.open_order("k2").await;
    let resume = json!({"epoch": delta["epoch"], "seq": delta["seq"]});
    let subscribe = json!({"type": "subscribe", "topic": board(), "resume": resume});
    let mut store = Screen::open(&given, &picker, json!([])).await;
    store.say(subscribe.clone()).await;
    let missed = store.next().await;
    assert_eq!(missed["type"], "delta");
    assert_eq!(missed["seq"].as_u64(), delta["seq"].as_u64().map(|seq| seq + 1));
    // After a restart nothing is continued.
    let goodbye = tokio::spawn(async move { store.closed().await });
    given.restart().await;
    assert_eq!(goodbye.await.unwrap(), 1001);
    let mut store = Screen::open(&given, &picker, json!([])).await;
    store.say(subscribe).await;
    let reset = store.next().await;
    assert_eq!((&reset["type"], &reset["why"]), (&json!("reset"), &json!("new_epoch")));
    let snapshot = store.next().await;
    assert!(snapshot["epoch"].as_u64() > delta["epoch"].as_u64());
    assert_eq!(snapshot["state"]["fulfillment_orders"].as_array().unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_listens_to_what_is_not_theirs() {
    let given = Given::shop().await;
    given
        .hq_put(&format!("/v1/couriers/{OTHER_COURIER}"), json!({"display_name": "小李"}))
        .await
        .ok();
    let (mine, other) = (given.open_order("k1").await, given.open_order("k2").await);
    let table = [
        (mine.shopper.clone(), order_topic(&other), "not_found"),
        (mine.shopper.clone(), board(), "forbidden"),
        (mine.shopper.clone(), json!({"kind": "operations"}), "forbidden"),
        (courier_token(&given).await, order_topic(&mine), "not_found"),
        (courier_token(&given).await, json!({"kind": "courier", "id": OTHER_COURIER}), "not_found"),
        (picker_token(&given).await, json!({"kind": "board", "id": OTHER_STORE}), "not_found"),
        (given.hq.clone(), json!({"kind": "order", "id": OTHER_STORE}), "not_found"),
    ];
    for (token, topic, code) in table {
        let mut screen = Screen::open(&given, &token, json!([])).await;
        screen.say(json!({"type": "subscribe", "topic": topic})).await;
        let error = screen.next().await;
        assert_eq!((&error["type"], &error["code"]), (&json!("error"), &json!(code)), "{error}");
        assert_eq!(error["topic"], topic);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_sees_no_money_hears_of_none() {
    let given = Given::shop().await;
    let placed = given.open_order("k").await;
    for (token, sees_money) in [(placed.shopper.clone(), true), (picker_token(&given).await, false)]
    {
        let mut screen = Screen::open(&given, &token, json!([order_topic(&placed)])).await;
        let order = screen.next().await["state"]["order"].clone();
        assert_eq!(order["money"].is_object(), sees_money, "{order}");
        assert_eq!(order["lines"][0]["price"].is_object(), sees_money, "{order}");
        assert!(order.get("shopper").is_none(), "no person is pushed");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_command_twice_is_carried_out_once() {
    let given = Given::shop().await;
    let placed = given.open_order("k").await;
    let mut store = Screen::open(&given, &picker_token(&given).await, json!([])).await;
    let accept = json!({"name": "accept", "fulfillment_order": placed.part});
    let first = done(&store.does_under("tap", accept.clone()).await);
    let seq = given.last_seq().await;
    assert_eq!(done(&store.does_under("tap", accept).await), first);
    assert_eq!(given.last_seq().await, seq, "nothing was recorded again");
    let other = json!({"name": "pack", "fulfillment_order": placed.part});
    assert_eq!(store.does_under("tap", other).await["code"], "idempotency_conflict");
    for (command, code) in [
        (json!({"name": "fly"}), "invalid_value"),
        (json!({"name": "pack"}), "missing_field"),
        (json!({"name": "pack", "fulfillment_order": placed.part, "x": 1}), "unknown_field"),
        (json!({"name": "off_duty"}), "forbidden"),
        (
            json!({"name": "pack", "store": OTHER_STORE, "fulfillment_order": placed.part}),
            "not_found",
        ),
    ] {
        let refused = store.does(command.clone()).await;
        assert_eq!(
            (&refused["type"], &refused["code"]),
            (&json!("refused"), &json!(code)),
            "{command}"
        );
    }
    store.say(json!({"type": "positions", "pings": []})).await;
    let error = store.until("a refusal", |frame| frame["type"] == "error").await;
    assert_eq!(error["code"], "forbidden");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ticket_of_the_house_opens_one_socket() {
    let given = Given::empty("origins = \"https://shop.example\"").await;
    let ticket = given.hq_post("/v1/tickets", json!({})).await.ok();
    let ticket = ticket["ticket"].as_str().unwrap();
    let plain = given.get(&format!("/v1/socket?ticket={ticket}"), "").await;
    plain.refused(426, "upgrade_required");
    assert!(connect(&given, ticket).await.is_ok());
    assert_eq!(connect(&given, ticket).await.err(), Some(401));
}
