//! A whole house in memory, asked through its doors: which door, by whom and in which form, then
//! what stands in its address, its query and its body, parted by zero bytes. The city lives on
//! between the questions, and is a new one now and then.
#![no_main]

use std::cell::RefCell;
use std::fmt::Write as _;
use std::sync::OnceLock;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{Request, StatusCode, header};
use gateway::access::{Principal, PrincipalKind, Scope, TokenDraft};
use gateway::serve::House;
use gateway::{Config, http};
use given::Door;
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tower::ServiceExt;

/// What a city remembers would otherwise be all that there is.
const QUESTIONS_OF_A_HOUSE: u32 = 4_096;
/// Stands in bodies where the seat of a socket belongs.
const SEAT: &str = "THE SEAT";
const COURIER: &str = "019ab3c0-0000-7000-8000-000000000001";
/// One of each form, for whom all doors are open.
const HEADQUARTERS: u8 = 0;
const SHEET: u8 = 4;

/// Of a socket.
const COMMANDS: [&str; 23] = [
    "on_duty",
    "break",
    "off_duty",
    "accept_offer",
    "decline_offer",
    "advance",
    "drop",
    "fail",
    "acknowledge",
    "accept",
    "reject",
    "start",
    "short_pick",
    "pack",
    "hand_over",
    "hold",
    "resume",
    "receive_back",
    "answer_reminder",
    "pause",
    "rush",
    "reopen",
    "screen",
];

struct Asked {
    house: House,
    router: Router,
    /// Of headquarters, a gateway and a courier.
    tokens: [String; 3],
    seat: String,
    left: u32,
}

fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime")
    })
}

fn doors() -> &'static [Door] {
    static DOORS: OnceLock<Vec<Door>> = OnceLock::new();
    DOORS.get_or_init(given::doors)
}

fn text(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap_or_else(|| panic!("{field} in {value}")).to_owned()
}

impl Asked {
    async fn open() -> Self {
        let config = "listen = \"127.0.0.1:0\"\ndatabase = \"memory:\"\ncode_sender = \"sandbox\"\n\
                      requests_per_s = 1000000\nperson_requests_per_s = 1000000";
        let house = House::open(Config::from_toml(config).expect("right")).await.expect("opens");
        let app = &house.app;
        let principal = Principal {
            id: app.id(),
            kind: PrincipalKind::Staff,
            role: "hq_admin".into(),
            name: "headquarters".into(),
            scope: Scope::All,
        };
        let draft = TokenDraft { id: app.id(), principal, expires_at: None };
        let granted = app.tokens.grant(vec![draft], None, app.now()).await.expect("granted");
        let router = http::router(house.app.clone());
        let tokens = [granted[0].secret.clone(), String::new(), String::new()];
        let mut asked =
            Self { house, router, tokens, seat: String::new(), left: QUESTIONS_OF_A_HOUSE };
        asked.furnish().await;
        asked
    }

    async fn furnish(&mut self) {
        let courier = json!({"display_name": "小王"});
        self.say("PUT", &format!("/v1/couriers/{COURIER}"), 0, courier).await;
        let scopes = [json!("all"), json!({"courier": COURIER})];
        for (which, kind, role, scope) in
            [(1, "device", "gateway", &scopes[0]), (2, "courier", "courier", &scopes[1])]
        {
            let principal = json!({"kind": kind, "role": role, "name": role, "scope": scope});
            let granted = self.say("POST", "/v1/tokens", 0, json!({"principal": principal})).await;
            self.tokens[which] = text(&granted, "token");
        }
        let topics = json!({"topics": [{"kind": "courier", "id": COURIER}]});
        let ticket = text(&self.say("POST", "/v1/tickets", 2, topics).await, "ticket");
        let seat = self.say("POST", "/v1/relay/seats", 1, json!({"ticket": ticket})).await;
        self.seat = text(&seat, "seat");
    }

    /// What must be answered well.
    async fn say(&self, method: &str, path: &str, who: usize, body: Value) -> Value {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.tokens[who]))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string()))
            .expect("a request");
        let answer = self.router.clone().oneshot(request).await.expect("an answer");
        let status = answer.status();
        let bytes = to_bytes(answer.into_body(), usize::MAX).await.expect("whole");
        assert!(status.is_success(), "{path}: {status} {}", String::from_utf8_lossy(&bytes));
        serde_json::from_slice(&bytes).unwrap_or_default()
    }

    async fn ask(&mut self, request: Request<Body>) {
        let place = format!("{} {}", request.method(), request.uri());
        let answer = self.router.clone().oneshot(request).await.expect("an answer");
        let status = answer.status();
        let is_ours = status.is_server_error() && status != StatusCode::SERVICE_UNAVAILABLE;
        assert!(!is_ours, "{place}: {status}");
        self.left -= 1;
    }
}

/// Written so that it can stand in an address.
fn escaped(bytes: &[u8], address: &mut String) {
    for byte in bytes {
        let is_plain = byte.is_ascii_alphanumeric() || b"-_.~".contains(byte);
        if is_plain {
            address.push(char::from(*byte));
        } else {
            let _ = write!(address, "%{byte:02X}");
        }
    }
}

fn address(door: &Door, places: &[u8], query: &[u8]) -> String {
    let mut given = places.split(|byte| *byte == b'\n');
    let mut address = String::new();
    for part in door.path.split_inclusive('}') {
        match part.split_once('{') {
            Some((before, _)) => {
                address.push_str(before);
                escaped(given.next().unwrap_or(b"x"), &mut address);
            }
            None => address.push_str(part),
        }
    }
    if !query.is_empty() {
        address.push('?');
        for (number, pair) in query.split(|byte| *byte == b'&').enumerate() {
            let (name, value) =
                pair.split_at(pair.iter().position(|b| *b == b'=').unwrap_or(pair.len()));
            if number > 0 {
                address.push('&');
            }
            escaped(name, &mut address);
            address.push('=');
            escaped(value.get(1..).unwrap_or_default(), &mut address);
        }
    }
    address
}

fn request(asked: &Asked, data: &[u8]) -> Option<Request<Body>> {
    let (&[which, how], rest) = data.split_first_chunk()?;
    let door = doors().get(usize::from(which) % doors().len())?;
    let mut parts = rest.splitn(3, |byte| *byte == 0);
    let (places, query) = (parts.next()?, parts.next().unwrap_or_default());
    let body = parts.next().unwrap_or_default();
    let mut builder =
        Request::builder().method(door.method.as_str()).uri(address(door, places, query));
    let who = match how % 4 {
        0 if door.path.starts_with("/v1/relay") => Some(1),
        0 => Some(0),
        1 => Some(1),
        2 => Some(2),
        _ => None,
    };
    if let Some(who) = who {
        builder = builder.header(header::AUTHORIZATION, format!("Bearer {}", asked.tokens[who]));
    }
    let form = match how / SHEET % 4 {
        0 => "application/json",
        1 => gateway::sheets::CSV,
        2 => gateway::sheets::XLSX,
        _ => "application/octet-stream",
    };
    builder = builder.header(header::CONTENT_TYPE, form);
    if how & 16 != 0 {
        builder = builder.header(header::ACCEPT, gateway::sheets::CSV);
    }
    if how & 32 != 0 {
        builder = builder.header("idempotency-key", "again");
    }
    let body = match std::str::from_utf8(body) {
        Ok(text) => Bytes::from(text.replace(SEAT, &asked.seat)),
        Err(_) => Bytes::copy_from_slice(body),
    };
    builder.body(Body::from(body)).ok()
}

/// Every door with its example, and of sockets what they say through one of them.
fn examples() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (which, door) in (0_u8..).zip(doors()) {
        let places = door.places.join("\n");
        let form = match door.body.as_ref().map(|body| body.media_type.as_str()) {
            Some(gateway::sheets::CSV) => SHEET,
            Some("application/octet-stream") => 3 * SHEET,
            Some(_) | None => HEADQUARTERS,
        };
        let mut seed = |how: u8, query: &str, body: &[u8]| {
            let head = [which, how];
            let parts = [places.as_bytes(), query.as_bytes(), body].join(&0);
            seeds.push([head.as_slice(), &parts].concat());
        };
        let body = door.body.as_ref().map_or(&[][..], |body| &body.bytes);
        seed(form, &door.query, body);
        seed(form | 16, "", body);
        if door.path == "/v1/relay/acts" {
            for act in acts() {
                let body = json!({"seat": SEAT, "act": act});
                seed(HEADQUARTERS, "", body.to_string().as_bytes());
            }
        }
    }
    seeds
}

/// What sockets say that an address of HTTP does too: its ids and its body as one.
fn acts() -> Vec<Value> {
    let said = doors().iter().filter(|door| door.method == "POST").filter_map(|door| {
        let last = door.path.rsplit('/').next()?.replace('-', "_");
        let name = if door.path.contains("/offers/") { format!("{last}_offer") } else { last };
        let mut command = match door.body.as_ref().map(|body| serde_json::from_slice(&body.bytes)) {
            Some(Ok(Value::Object(fields))) => fields,
            Some(_) | None => serde_json::Map::new(),
        };
        let names = door.path.split('{').skip(1).filter_map(|part| part.split('}').next());
        for (place, value) in names.zip(&door.places).filter(|(place, _)| *place != "courier") {
            command.insert(place.to_owned(), value.as_str().into());
        }
        command.insert("name".to_owned(), name.as_str().into());
        COMMANDS
            .contains(&name.as_str())
            .then(|| json!({"carry": {"id": name, "command": command}}))
    });
    said.collect()
}

thread_local! {
    static ASKED: RefCell<Option<Asked>> = const { RefCell::new(None) };
}

fuzz_target!(
    init: given::sow(examples()),
    |data: &[u8]| {
        ASKED.with_borrow_mut(|known| {
            runtime().block_on(async {
                if known.as_ref().is_some_and(|asked| asked.left == 0)
                    && let Some(old) = known.take()
                {
                    old.house.close().await.expect("closes");
                }
                if known.is_none() {
                    *known = Some(Asked::open().await);
                }
                let Some(asked) = known.as_mut() else { return };
                if let Some(request) = request(asked, data) {
                    asked.ask(request).await;
                }
            });
        });
    }
);
