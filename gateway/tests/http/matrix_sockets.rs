//! Every topic and every command of the socket × every role × their own, somebody else's and
//! nobody's: the table beside this file, as `matrix.rs` keeps it of the doors.
//!
//! A new topic or command does not compile before it is named here. A changed table is written with
//! `UPDATE=1 cargo test -p gateway --test http matrix`, and read before it is kept.

use std::fmt::Write;

use actors::Topic;
use gateway::socket::CommandName;
use serde_json::{Value, json};

use crate::given::{COURIER, Given, MERCHANT, NOBODY, OTHER_COURIER, OTHER_STORE, STORE};
use crate::matrix::{Things, things, tokens};
use crate::sockets::Screen;

const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/http/matrix_sockets.txt");
const HEAD: &str = "\
# Each role with its own, somebody else's and nobody's: + is let through (whatever comes of it then),
# - may not do this at all, 0 is answered as if there were nothing. Nobody has a socket who is not
# logged in; ping and unsubscribe are about one's own socket.
# Made by the test beside it; read what changed before you keep it.
";

/// The kinds of topics, told by one of each.
fn topics() -> Vec<Topic> {
    let store = || STORE.parse().unwrap();
    let first = Topic::Order(NOBODY.parse().unwrap());
    std::iter::successors(Some(first), |topic| match topic {
        Topic::Order(_) => Some(Topic::Board(store())),
        Topic::Board(_) => Some(Topic::Courier(COURIER.parse().unwrap())),
        Topic::Courier(_) => Some(Topic::Operations),
        Topic::Operations => Some(Topic::Reports),
        Topic::Reports => Some(Topic::StoreReports(store())),
        Topic::StoreReports(_) => None,
    })
    .collect()
}

/// Whose things a frame speaks of.
#[derive(Clone, Copy)]
struct Whose<'a> {
    store: &'a str,
    courier: &'a str,
    order: &'a str,
    part: &'a str,
    delivery: &'a str,
}

const OF_NOBODY: Whose<'static> =
    Whose { store: NOBODY, courier: NOBODY, order: NOBODY, part: NOBODY, delivery: NOBODY };

fn subscribe(topic: Topic, whose: Whose) -> Value {
    let mut name = serde_json::to_value(topic).unwrap();
    let id = match topic {
        Topic::Order(_) => Some(whose.order),
        Topic::Board(_) | Topic::StoreReports(_) => Some(whose.store),
        Topic::Courier(_) => Some(whose.courier),
        Topic::Operations | Topic::Reports => None,
    };
    if let Some(id) = id {
        name["id"] = json!(id);
    }
    json!({"type": "subscribe", "topic": name})
}

/// A command with everything that it needs to be read.
fn command(name: CommandName, whose: Whose) -> Value {
    let at_store = |more: Value| merged(json!({"store": whose.store}), more);
    let part = |more: Value| at_store(merged(json!({"fulfillment_order": whose.part}), more));
    let delivery =
        |more: Value| merged(json!({"order": whose.order, "delivery": whose.delivery}), more);
    let rest = match name {
        CommandName::OnDuty | CommandName::Break | CommandName::OffDuty => json!({}),
        CommandName::AcceptOffer => json!({"offer": NOBODY}),
        CommandName::DeclineOffer => json!({"offer": NOBODY, "reason": "too_far"}),
        CommandName::Advance => delivery(json!({"attempt": 1, "step": "arrived_at_pickup"})),
        CommandName::Drop => delivery(json!({"attempt": 1, "reason": "courier_dropped_out"})),
        CommandName::Fail => delivery(json!({"attempt": 1, "reason": "refused"})),
        CommandName::ReceiveBack => delivery(json!({})),
        CommandName::Acknowledge
        | CommandName::Accept
        | CommandName::Start
        | CommandName::Pack
        | CommandName::Hold
        | CommandName::Resume => part(json!({})),
        CommandName::Reject => part(json!({"reason": "closing"})),
        CommandName::ShortPick => part(json!({"lines": [{"line": 1, "units": 1}]})),
        CommandName::HandOver => part(json!({"to": "courier", "courier": whose.courier})),
        CommandName::AnswerReminder => json!({"order": whose.order, "answer": "on_it"}),
        CommandName::Pause | CommandName::Reopen => at_store(json!({})),
        CommandName::Rush => at_store(json!({"extra_prep_s": 60})),
        CommandName::Screen => at_store(json!({"online": true})),
    };
    merged(json!({"name": name.text()}), rest)
}

fn merged(mut first: Value, second: Value) -> Value {
    first.as_object_mut().unwrap().extend(second.as_object().unwrap().clone());
    first
}

/// What came of it: a letter, and the very words.
struct Answer {
    letter: char,
    text: String,
}

impl Answer {
    fn of(frame: &Value) -> Self {
        let code = frame["code"].as_str().unwrap_or_default();
        let unread = ["missing_field", "unknown_field", "invalid_value", "malformed_json"];
        assert!(!unread.contains(&code) && code != "internal", "{frame}");
        let letter = match code {
            "forbidden" => '-',
            "not_found" => '0',
            _ => '+',
        };
        Self { letter, text: format!("{code} {}", frame["message"]) }
    }
}

async fn listens(screen: &mut Screen, frame: Value) -> Answer {
    let topic = frame["topic"].clone();
    screen.say(frame).await;
    Answer::of(&screen.until("an answer", |frame| frame["topic"] == topic).await)
}

/// Positions are answered only when they are refused.
async fn locates(given: &Given, screen: &mut Screen) -> Answer {
    let now = given.get("/v1/clock", "").await.ok()["now"].clone();
    let ping = json!({"lat": 30.6, "lon": 114.3, "at": now});
    screen.say(json!({"type": "positions", "pings": [ping]})).await;
    screen.say(json!({"type": "ping"})).await;
    let answer = screen.next().await;
    if answer["type"] == "error" {
        assert_eq!(screen.next().await["type"], "pong");
    }
    Answer::of(&answer)
}

enum Row {
    Subscribe(Topic),
    Positions,
    Command(CommandName),
}

impl Row {
    fn all() -> impl Iterator<Item = Self> {
        let topics = topics().into_iter().map(Self::Subscribe);
        topics
            .chain([Self::Positions])
            .chain(CommandName::ALL.iter().map(|name| Self::Command(*name)))
    }

    fn name(&self) -> String {
        match self {
            Self::Subscribe(topic) => {
                let name = serde_json::to_value(topic).unwrap();
                format!("subscribe {}", name["kind"].as_str().unwrap())
            }
            Self::Positions => "positions".to_owned(),
            Self::Command(name) => format!("command {}", name.text()),
        }
    }

    async fn asked(&self, given: &Given, screen: &mut Screen, whose: Whose<'_>) -> Answer {
        match self {
            Self::Subscribe(topic) => listens(screen, subscribe(*topic, whose)).await,
            Self::Positions => locates(given, screen).await,
            Self::Command(name) => Answer::of(&screen.does(command(*name, whose)).await),
        }
    }
}

/// The delivery that there is once a store has packed.
async fn delivery_of(given: &Given, things: &Things, whose: usize) -> String {
    let id = |kind| things.fill(whose, kind);
    let part = format!("/v1/stores/{}/fulfillment-orders/{}", id("store"), id("fulfillment_order"));
    for step in ["accept", "pack"] {
        given.hq_post(&format!("{part}/{step}"), json!({})).await.ok();
    }
    loop {
        let order = given.get(&format!("/v1/orders/{}", id("order")), &given.hq).await.ok();
        if let Some(delivery) = order["deliveries"][0]["delivery"].as_str() {
            return delivery.to_owned();
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_topic_and_command_knows_every_role() {
    let given = Given::shop_with("person_requests_per_s = 100000\n").await;
    let mut second = crate::given::store("江汉店");
    second["region"] = json!("019ab3c0-0000-7000-8000-000000000802");
    second["merchant"] = json!(MERCHANT);
    given.hq_put(&format!("/v1/stores/{OTHER_STORE}"), second).await.ok();
    let (things, shoppers, members) = things(&given).await;
    let deliveries = [delivery_of(&given, &things, 0).await, delivery_of(&given, &things, 1).await];
    let ids: Vec<[String; 2]> = (0..2)
        .map(|whose| ["order", "fulfillment_order"].map(|kind| things.fill(whose, kind)))
        .collect();
    let of = |whose: usize, store, courier| Whose {
        store,
        courier,
        order: &ids[whose][0],
        part: &ids[whose][1],
        delivery: &deliveries[whose],
    };
    let (own, other) = (of(0, STORE, COURIER), of(1, OTHER_STORE, OTHER_COURIER));
    // Under the own store or order: what belongs to another, and what is not there.
    let slipped_in = Whose { part: other.part, delivery: other.delivery, ..own };
    let made_up = Whose { part: NOBODY, delivery: NOBODY, ..own };
    let mut roles = tokens(&given).await;
    roles.push(("member", Some(members[0].clone())));
    roles.push(("shopper", Some(shoppers[0].clone())));
    let mut table = HEAD.to_owned();
    let mut betrayed = Vec::new();
    for row in Row::all() {
        let name = row.name();
        let _ = write!(table, "{name:<24}");
        for (role, token) in &roles {
            let mut screen = Screen::open(&given, token.as_ref().unwrap(), json!([])).await;
            let mut answers = Vec::new();
            for whose in [other, OF_NOBODY, slipped_in, made_up, own] {
                answers.push(row.asked(&given, &mut screen, whose).await);
                if let Row::Subscribe(topic) = row {
                    let mut leave = subscribe(topic, whose);
                    leave["type"] = json!("unsubscribe");
                    screen.say(leave).await;
                }
            }
            let [other, nobody, slipped_in, made_up, own] = &answers[..] else { panic!() };
            // Not yours and not there answer alike.
            let alike = other.letter == '+' || other.text == nobody.text;
            let is_command = matches!(row, Row::Command(_));
            if !alike || is_command && slipped_in.text != made_up.text {
                let texts: Vec<_> = answers.iter().map(|answer| &answer.text).collect();
                betrayed.push(format!("{name} {role}: {texts:?}"));
            }
            let letters: String = [own, other, nobody].map(|answer| answer.letter).iter().collect();
            let _ = write!(table, " {role}:{letters}");
        }
        table.push('\n');
    }
    assert!(betrayed.is_empty(), "{betrayed:#?}");
    crate::matrix::is_kept(TABLE, &table);
}
