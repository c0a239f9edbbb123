//! A socket as a screen opens it: a ticket, a topic, and what is heard, in order.

use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::stream::MaybeTlsStream;
use tokio_tungstenite::tungstenite::{self, Message, WebSocket};

use crate::client::Client;

/// Longer than anything here takes; only a broken test waits for it.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long a quiet socket is listened to at a time.
const GLANCE: Duration = Duration::from_millis(50);

pub struct Socket {
    socket: WebSocket<MaybeTlsStream<TcpStream>>,
}

/// Where a topic stands for whoever listens: `(epoch, seq)`.
pub type Point = (u64, u64);

impl Socket {
    /// At the server or gateway that the client speaks to.
    pub fn open(client: &Client) -> Self {
        let ticket = client.post("/v1/tickets", &json!({})).ok();
        let base = client.base().replace("http://", "ws://");
        let address = format!("{base}/v1/socket?ticket={}", ticket["ticket"].as_str().unwrap());
        let (socket, _) = tungstenite::connect(address).unwrap();
        let MaybeTlsStream::Plain(stream) = socket.get_ref() else { panic!("no TLS was asked") };
        stream.set_read_timeout(Some(GLANCE)).unwrap();
        Self { socket }
    }

    pub fn subscribe(&mut self, topic: &Value, resume: Option<Point>) {
        let resume = resume.map(|(epoch, seq)| json!({"epoch": epoch, "seq": seq}));
        self.say(&json!({"type": "subscribe", "topic": topic, "resume": resume}));
    }

    pub fn say(&mut self, frame: &Value) {
        self.socket.send(Message::text(frame.to_string())).unwrap();
    }

    /// The next frame; `None` when the server has ended the socket.
    pub fn hear(&mut self) -> Option<Value> {
        self.hear_until(Instant::now() + PATIENCE).expect("a frame arrives")
    }

    /// The outer `None` when nothing came in time.
    pub fn hear_until(&mut self, end: Instant) -> Option<Option<Value>> {
        while Instant::now() < end {
            match self.socket.read() {
                Ok(Message::Text(text)) => return Some(serde_json::from_str(&text).ok()),
                Ok(Message::Close(_)) => return Some(None),
                Ok(_) => {}
                Err(tungstenite::Error::Io(error))
                    if matches!(
                        error.kind(),
                        std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
                    ) => {}
                Err(_) => return Some(None),
            }
        }
        None
    }

    /// Frames up to the first of this type, that one last.
    pub fn until(&mut self, kind: &str) -> Value {
        loop {
            let frame = self.hear().expect("the socket stays open");
            if frame["type"] == kind {
                return frame;
            }
        }
    }
}

/// Where a snapshot or delta stands.
pub fn point(frame: &Value) -> Point {
    (frame["epoch"].as_u64().unwrap(), frame["seq"].as_u64().unwrap())
}
