//! A socket door on a free port, before a city of one line.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actors::{Change, CommandError, OrderCard, Output, Ping, Publication, Topic};
use axum::Router;
use axum::routing::get;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use vocabulary::{CourierId, OrderId, PrincipalId, Timestamp};

use crate::access::tickets::{Ticket, Tickets};
use crate::access::{Principal, PrincipalKind, Scope};
use crate::hub::{Hub, HubLimits, Listening, Sight, Source};
use crate::socket::heartbeat::HEARTBEAT;
use crate::socket::house::{House, Seated};
use crate::socket::open;
use crate::wire;
use crate::wire::fault::{Code, Fault};
use crate::wire::socket::CommandBody;

/// Longer than anything here takes; only a broken test waits for it.
const PATIENCE: Duration = Duration::from_secs(15);
pub const ORIGIN: &str = "https://shop.example";

/// Answers every question at once, in the order in which it publishes.
#[derive(Clone)]
struct Line(mpsc::UnboundedSender<Output>);

impl Source for Line {
    fn watch(&self, subscription: u64, topic: Topic) -> Result<(), CommandError> {
        let output = match topic {
            Topic::Board(_) => Output::NoSuchTopic { subscription, topic },
            Topic::Order(_)
            | Topic::Courier(_)
            | Topic::Operations
            | Topic::Reports
            | Topic::StoreReports(_) => Output::Snapshot { subscription, topic, change: cards([]) },
        };
        self.0.send(output).map_err(|_| CommandError::Unavailable)
    }

    fn unwatch(&self, _topic: Topic) -> Result<(), CommandError> {
        Ok(())
    }
}

/// Refuses operations to shoppers and the command `break`; does everything else.
pub struct TestHouse {
    pub hub: Arc<Hub>,
    tickets: Tickets,
    seq: AtomicU64,
    pub located: Mutex<VecDeque<Ping>>,
    pub heartbeat: Duration,
    /// Tokens were taken back.
    pub has_revoked: AtomicBool,
    /// Operations are for nobody any more.
    pub is_secret: AtomicBool,
}

impl House for TestHouse {
    type Guest = Arc<Principal>;

    fn hub(&self) -> &Arc<Hub> {
        &self.hub
    }

    async fn redeem(&self, ticket: &str) -> Result<Option<Seated<Arc<Principal>>>, Fault> {
        let ticket = self.tickets.redeem(ticket);
        Ok(ticket.map(|ticket| Seated {
            guest: ticket.principal,
            topics: ticket.topics,
            token: ticket.token,
        }))
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1_795_000_000_000)
    }

    fn pace(&self) -> f64 {
        1.0
    }

    fn lets_in(&self, origin: &str) -> bool {
        origin == ORIGIN
    }

    fn still_knows(&self, _who: &Arc<Principal>) -> Result<(), wire::socket::CloseCode> {
        match self.has_revoked.load(Ordering::Relaxed) {
            true => Err(wire::socket::CloseCode::Forbidden),
            false => Ok(()),
        }
    }

    fn heartbeat(&self) -> Duration {
        self.heartbeat
    }

    async fn may_listen(&self, who: &Arc<Principal>, topic: Topic) -> Result<Listening, Fault> {
        match (who.kind, topic) {
            (kind, Topic::Operations)
                if kind == PrincipalKind::Shopper || self.is_secret.load(Ordering::Relaxed) =>
            {
                Err(Fault::new(Code::Forbidden, "your role may not do this"))
            }
            (_, _) => Ok(Listening::beside(Sight::Whole)),
        }
    }

    async fn carry_out(
        &self,
        _who: &Arc<Principal>,
        _id: &str,
        command: CommandBody,
    ) -> Result<u64, Fault> {
        // Later commands would overtake this one if they could.
        tokio::task::yield_now().await;
        match command.name.as_str() {
            "break" => Err(Fault::new(Code::OfferClosed, "the offer is closed")),
            _ => Ok(self.seq.fetch_add(1, Ordering::Relaxed)),
        }
    }

    fn locate(&self, _who: &Arc<Principal>, pings: Vec<Ping>) -> Result<(), Fault> {
        self.located.lock().unwrap().extend(pings);
        Ok(())
    }
}

pub struct Stage {
    pub house: Arc<TestHouse>,
    line: Line,
    address: String,
}

impl Stage {
    pub async fn open(change: impl FnOnce(&mut HubLimits)) -> Self {
        Self::open_beating(change, HEARTBEAT).await
    }

    pub async fn open_beating(change: impl FnOnce(&mut HubLimits), heartbeat: Duration) -> Self {
        let mut limits = HubLimits::default();
        change(&mut limits);
        let (said, mut heard) = mpsc::unbounded_channel();
        let (outlet, outputs) = mpsc::channel(16);
        let line = Line(said);
        let hub = Hub::new(line.clone(), limits);
        tokio::spawn(Arc::clone(&hub).run(outputs));
        tokio::spawn(async move {
            while let Some(output) = heard.recv().await {
                if outlet.send(vec![output]).await.is_err() {
                    return;
                }
            }
        });
        let house = Arc::new(TestHouse {
            hub,
            tickets: Tickets::default(),
            seq: AtomicU64::new(1),
            located: Mutex::default(),
            heartbeat,
            has_revoked: AtomicBool::new(false),
            is_secret: AtomicBool::new(false),
        });
        let router = Router::new()
            .route("/v1/socket", get(open::<TestHouse>))
            .with_state(Arc::clone(&house));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let stage = Self { house, line, address };
        stage.recovers(1);
        stage
    }

    pub fn recovers(&self, epoch: u64) {
        self.line.0.send(Output::Recovered { epoch }).unwrap();
    }

    pub fn publishes(&self, topic: Topic, change: Change) {
        self.line.0.send(Output::Publish(Publication { topic, change })).unwrap();
    }

    pub fn ticket(&self, kind: PrincipalKind, topics: &[Topic]) -> String {
        let scope = match kind {
            PrincipalKind::Courier => Scope::Courier(CourierId::from_bits(1)),
            PrincipalKind::Shopper => Scope::Order(OrderId::from_bits(1)),
            PrincipalKind::Staff | PrincipalKind::Channel | PrincipalKind::Device => Scope::All,
        };
        let principal = Principal {
            id: PrincipalId::from_bits(1),
            kind,
            role: "test".into(),
            name: "test".into(),
            scope,
        };
        let ticket =
            Ticket { principal: Arc::new(principal), topics: topics.to_vec(), token: None };
        self.house.tickets.issue(ticket).unwrap()
    }

    /// The socket of somebody, past its hello.
    pub async fn socket_of(&self, kind: PrincipalKind) -> Client {
        let mut client = self.connect(&self.ticket(kind, &[]), None).await.unwrap();
        let (hello, heartbeat) = (client.next().await, self.house.heartbeat.as_secs());
        assert_eq!((&hello["type"], &hello["heartbeat_s"]), (&json!("hello"), &json!(heartbeat)));
        client
    }

    pub async fn socket(&self) -> Client {
        self.socket_of(PrincipalKind::Staff).await
    }

    /// Opens a socket, or gives the answer's status.
    pub async fn connect(&self, ticket: &str, origin: Option<&str>) -> Result<Client, u16> {
        let url = format!("ws://{}/v1/socket?ticket={ticket}", self.address);
        let mut request = url.into_client_request().unwrap();
        if let Some(origin) = origin {
            request.headers_mut().insert("origin", origin.parse().unwrap());
        }
        match tokio_tungstenite::connect_async(request).await {
            Ok((socket, _)) => Ok(Client(socket)),
            Err(tungstenite::Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    /// Opens a socket that only listens, and returns when the server's last bytes are these.
    pub async fn bytes_until(&self, end: &[u8]) {
        let mut stream = TcpStream::connect(&self.address).await.unwrap();
        let ticket = self.ticket(PrincipalKind::Staff, &[]);
        let request = format!(
            "GET /v1/socket?ticket={ticket} HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\n\
             Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut heard = Vec::new();
        while !heard.ends_with(end) {
            assert_ne!(stream.read_buf(&mut heard).await.unwrap(), 0, "cut off without a word");
        }
    }

    pub async fn connections_are(&self, count: u64) {
        while self.counted("connections") != count {
            tokio::task::yield_now().await;
        }
    }

    pub fn counted(&self, name: &str) -> u64 {
        let readings = self.house.hub.counters().read();
        readings.iter().find(|reading| reading.name == format!("hub_{name}")).unwrap().value
    }
}

pub struct Client(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Client {
    pub async fn say(&mut self, frame: Value) {
        self.send(Message::text(frame.to_string())).await;
    }

    /// Whether the socket still took it.
    pub async fn tries(&mut self, frame: &Value) -> bool {
        self.0.send(Message::text(frame.to_string())).await.is_ok()
    }

    pub async fn send(&mut self, message: Message) {
        self.0.send(message).await.unwrap();
    }

    /// Subscribes to operations, from where an earlier socket had got to.
    pub async fn listen(&mut self, resume: Option<(u64, u64)>) {
        let mut frame = json!({"type": "subscribe", "topic": {"kind": "operations"}});
        if let Some((epoch, seq)) = resume {
            frame["resume"] = json!({"epoch": epoch, "seq": seq});
        }
        self.say(frame).await;
    }

    async fn message(&mut self) -> Message {
        self.0.next().await.unwrap().unwrap()
    }

    pub async fn next(&mut self) -> Value {
        let text = async {
            loop {
                match self.message().await {
                    Message::Text(text) => return text,
                    Message::Ping(_) | Message::Pong(_) => {}
                    other => panic!("{other:?}"),
                }
            }
        };
        let text = tokio::time::timeout(PATIENCE, text).await.unwrap();
        serde_json::from_str(&text).unwrap()
    }

    /// The next frame in short: `delta 2`, `reset gap`, `error not_found`.
    pub async fn short(&mut self) -> String {
        let frame = self.next().await;
        let kind = frame["type"].as_str().unwrap();
        let detail = ["seq", "why", "code"].iter().find_map(|name| match &frame[name] {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        });
        detail.map_or_else(|| kind.to_owned(), |detail| format!("{kind} {detail}"))
    }

    pub async fn shorts<const N: usize>(&mut self) -> [String; N] {
        let mut all = [const { String::new() }; N];
        for short in &mut all {
            *short = self.short().await;
        }
        all
    }

    /// Reads until the socket is closed; the code and its word.
    pub async fn closed(&mut self) -> (u16, String) {
        let goodbye = async {
            loop {
                if let Message::Close(frame) = self.message().await {
                    return frame.unwrap();
                }
            }
        };
        let frame = tokio::time::timeout(PATIENCE, goodbye).await.unwrap();
        (CloseCode::into(frame.code), frame.reason.to_string())
    }
}

pub fn card(number: u128) -> OrderCard {
    OrderCard {
        order: OrderId::from_bits(number),
        mode: dispatch::order::FulfillmentMode::Delivery,
        status: "open",
        stage: "",
        stores: Vec::new(),
        couriers: Vec::new(),
        promised_by: None,
        escalated: false,
        late: false,
        reminders: 0,
    }
}

pub fn cards(numbers: impl IntoIterator<Item = u128>) -> Change {
    Change::Operations { orders: numbers.into_iter().map(card).collect() }
}
