//! The frames of a socket: what clients say, what they hear, and why a socket is closed.
//!
//! docs/protocol.md shows each with an example.

use actors::Topic;
use axum::extract::ws::Utf8Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema, ToSchema};
use vocabulary::{CourierId, DeliveryId, FulfillmentOrderId, SkuId, Timestamp};

use super::board::{BoardCard, BoardStatus};
use super::courier::{CourierView, PingBody};
use super::delivery::EtaView;
use super::fault::Fault;
use super::json;
use super::order::{OrderCardView, OrderView};
use super::place::Point;
use super::reports::TodayView;
use super::schema::{Id, Millis, TopicName};

/// What a client says.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum ClientFrame {
    /// Listen to a topic; `resume` says how far the client got before it lost its socket.
    Subscribe {
        #[schema(value_type = TopicName)]
        topic: Topic,
        #[serde(default)]
        resume: Option<ResumePoint>,
    },
    Unsubscribe {
        #[schema(value_type = TopicName)]
        topic: Topic,
    },
    /// Where the courier of this socket is.
    Positions {
        pings: Vec<PingBody>,
    },
    /// The same things that HTTP does; `id` is the idempotency key.
    Command {
        id: String,
        command: CommandBody,
    },
    Ping {},
}

/// The last delta or snapshot of a topic that a client has seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResumePoint {
    pub epoch: u64,
    pub seq: u64,
}

/// A command's name, and beside it the ids of its address and the body it has over HTTP.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CommandBody {
    pub name: String,
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub rest: Map<String, Value>,
}

/// What a client hears.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerFrame {
    /// The first frame of every socket. `epoch` is 0 while the city recovers.
    Hello {
        connection: u64,
        #[schema(value_type = Millis)]
        server_now: Timestamp,
        heartbeat_s: u64,
        epoch: u64,
    },
    /// The topic whole, as of `seq`.
    Snapshot {
        #[schema(value_type = TopicName)]
        topic: Topic,
        epoch: u64,
        seq: u64,
        state: Body,
    },
    /// What changed; one more than the frame of this topic before it.
    Delta {
        #[schema(value_type = TopicName)]
        topic: Topic,
        epoch: u64,
        seq: u64,
        change: Body,
    },
    /// The latest only, and without a number: an older one may be left out.
    Position {
        #[schema(value_type = TopicName)]
        topic: Topic,
        #[schema(value_type = Id)]
        courier: CourierId,
        place: Point,
        /// The courier comes for the goods and has not got them: this is only about where it is.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        is_rough: bool,
        #[schema(value_type = Millis)]
        at: Timestamp,
        etas: Vec<DeliveryEta>,
    },
    /// Of a board: these fulfillment orders ring on no screen any more. Without a number:
    /// what is acknowledged is said again whenever the topic begins.
    Acknowledged {
        #[schema(value_type = TopicName)]
        topic: Topic,
        #[schema(value_type = Vec<Id>)]
        fulfillment_orders: Vec<FulfillmentOrderId>,
    },
    /// Forget the topic: a snapshot follows that does not continue what was said.
    Reset {
        #[schema(value_type = TopicName)]
        topic: Topic,
        why: ResetReason,
    },
    /// The command is recorded, at or before this sequence of the city.
    Done {
        id: String,
        seq: u64,
    },
    /// The command changed nothing.
    Refused {
        id: String,
        #[serde(flatten)]
        fault: FaultText,
    },
    /// A frame that was not carried out, or a topic that is not listened to any more.
    Error {
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<TopicName>)]
        topic: Option<Topic>,
        #[serde(flatten)]
        fault: FaultText,
    },
    Pong {},
}

/// A topic's state or change.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Body {
    Order {
        order: Box<OrderView>,
    },
    Board {
        status: BoardStatus,
        fulfillment_orders: Vec<BoardCard>,
        /// All SKUs at or below their reorder points; in a delta only when they are others than
        /// before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<Vec<super::schema::Id>>)]
        low_stock: Option<Vec<SkuId>>,
    },
    Courier {
        courier: Box<CourierView>,
    },
    Operations {
        orders: Vec<OrderCardView>,
    },
    Figures {
        figures: Box<TodayView>,
    },
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DeliveryEta {
    #[schema(value_type = Id)]
    pub delivery: DeliveryId,
    pub eta: EtaView,
}

/// A fault as sockets say it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FaultText {
    pub code: &'static str,
    pub message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
}

/// Why what a client has of a topic is not continued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ResetReason {
    /// The city recovered in between.
    NewEpoch,
    /// More was missed than is kept.
    Gap,
    /// More waited for this socket than its queue holds.
    SlowReader,
}

/// Why we close a socket. All but `Forbidden` may be opened again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CloseCode {
    /// The server stops; another opens soon.
    GoingAway,
    /// The client did not take what was sent. It may come back and resume.
    SlowReader,
    /// Bytes that are no frame of the protocol.
    Protocol,
    /// A text that is not UTF-8.
    NotText,
    /// More in one message than clients may say.
    TooLarge,
    /// Binary, or not our JSON several times in a row.
    BadFrame,
    /// The token behind the ticket was revoked or has expired.
    Forbidden,
    /// Nothing was heard for two heartbeats.
    Idle,
    /// Far too many frames; come back after a moment.
    TryAgain,
}

impl CloseCode {
    pub fn number(self) -> u16 {
        match self {
            Self::GoingAway => 1001,
            Self::Protocol => 1002,
            Self::NotText => 1007,
            Self::TooLarge => 1009,
            Self::SlowReader => 4000,
            Self::BadFrame => 4001,
            Self::Forbidden => 4003,
            Self::Idle => 4008,
            Self::TryAgain => 4013,
        }
    }

    pub fn reason(self) -> &'static str {
        match self {
            Self::GoingAway => "going_away",
            Self::Protocol => "protocol",
            Self::NotText => "not_text",
            Self::TooLarge => "too_large",
            Self::SlowReader => "slow_reader",
            Self::BadFrame => "bad_frame",
            Self::Forbidden => "forbidden",
            Self::Idle => "idle",
            Self::TryAgain => "try_again",
        }
    }
}

impl ServerFrame {
    pub fn error(topic: Option<Topic>, fault: Fault) -> Self {
        Self::Error { topic, fault: fault.into() }
    }

    pub fn refused(id: String, fault: Fault) -> Self {
        Self::Refused { id, fault: fault.into() }
    }

    /// Encoded once, however many hear it.
    pub fn encode(&self) -> Utf8Bytes {
        match serde_json::to_string(self) {
            // The text may be kept for a while: without the room it grew into.
            Ok(text) => String::from(text.into_boxed_str()).into(),
            Err(error) => {
                tracing::error!(%error, "a frame cannot be written as JSON");
                Utf8Bytes::from_static(
                    r#"{"type":"error","code":"internal","message":"a frame was lost: subscribe again"}"#,
                )
            }
        }
    }
}

impl From<Fault> for FaultText {
    fn from(fault: Fault) -> Self {
        Self {
            code: fault.code.text(),
            message: fault.message.into_owned(),
            field: fault.field,
            retry_after_ms: fault.retry_after_ms,
        }
    }
}

/// The frames and all they are made of, by name: what the document of the API says of bodies.
pub fn schemas() -> Vec<(String, RefOr<Schema>)> {
    let mut known = vec![
        (ClientFrame::name().into_owned(), ClientFrame::schema()),
        (ServerFrame::name().into_owned(), ServerFrame::schema()),
    ];
    ClientFrame::schemas(&mut known);
    ServerFrame::schemas(&mut known);
    known
}

/// Reads a client's frame.
pub fn read(text: &str) -> Result<ClientFrame, Fault> {
    json::read(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use vocabulary::OrderId;

    use super::*;
    use crate::wire::fault::Code;

    #[test]
    fn frames_are_read_and_strangers_are_named() {
        let order = OrderId::from_bits(7);
        let text = format!(
            r#"{{"type":"subscribe","topic":{{"kind":"order","id":"{order}"}},"resume":{{"epoch":1,"seq":2}}}}"#
        );
        let ClientFrame::Subscribe { topic, resume } = read(&text).unwrap() else { panic!() };
        assert_eq!(topic, Topic::Order(order));
        assert_eq!(resume, Some(ResumePoint { epoch: 1, seq: 2 }));
        assert!(read(r#"{"type":"subscribe","topic":{"kind":"operations"}}"#).is_ok());
        assert!(read(r#"{"type":"ping"}"#).is_ok());
        let table = [
            ("{", Code::MalformedJson, None),
            ("7", Code::InvalidValue, None),
            (r#"{"type":"shout"}"#, Code::InvalidValue, Some("type")),
            (r#"{"type":"ping","loud":1}"#, Code::UnknownField, Some("loud")),
            (r#"{"type":"unsubscribe"}"#, Code::MissingField, Some("topic")),
            (r#"{"type":"subscribe","topic":{"kind":"order","id":7}}"#, Code::InvalidValue, None),
            (
                r#"{"type":"subscribe","topic":{"kind":"operations","x":1}}"#,
                Code::InvalidValue,
                None,
            ),
            (r#"{"type":"command","id":"a","command":{}}"#, Code::MissingField, Some("name")),
        ];
        for (text, code, field) in table {
            let fault = read(text).unwrap_err();
            assert_eq!((fault.code, fault.field.as_deref()), (code, field), "{text}");
        }
    }

    /// Lines of the protocol's page that are JSON.
    fn examples() -> impl Iterator<Item = &'static str> {
        include_str!("../../../docs/protocol.md").lines().filter(|line| line.starts_with('{'))
    }

    #[test]
    fn every_client_frame_of_the_page_is_read() {
        let said = ["subscribe", "unsubscribe", "positions", "command", "ping"];
        let kind =
            |line: &&str| said.iter().any(|kind| line.contains(&format!(r#""type":"{kind}""#)));
        let frames: Vec<_> = examples().filter(kind).map(|line| read(line).unwrap()).collect();
        assert_eq!(frames.len(), 6);
    }

    #[test]
    fn every_server_frame_of_the_page_has_the_fields_we_send() {
        let topic = Topic::Operations;
        let place = vocabulary::Place::new(30.6, 114.3).unwrap();
        let (courier, at) = (CourierId::from_bits(1), Timestamp::from_millis(0));
        let body = || Body::Operations { orders: Vec::new() };
        let fault = Fault::not_found("order");
        let frames = [
            ServerFrame::Hello { connection: 1, server_now: at, heartbeat_s: 20, epoch: 1 },
            ServerFrame::Snapshot { topic, epoch: 1, seq: 1, state: body() },
            ServerFrame::Delta { topic, epoch: 1, seq: 1, change: body() },
            ServerFrame::Position {
                topic,
                courier,
                place: place.into(),
                is_rough: true,
                at,
                etas: Vec::new(),
            },
            ServerFrame::Acknowledged { topic, fulfillment_orders: Vec::new() },
            ServerFrame::Reset { topic, why: ResetReason::Gap },
            ServerFrame::Done { id: "a".into(), seq: 1 },
            ServerFrame::refused("a".into(), fault.clone()),
            ServerFrame::error(Some(topic), fault),
            ServerFrame::Pong {},
        ];
        for frame in frames {
            let sent: Value = serde_json::from_str(frame.encode().as_str()).unwrap();
            let keys: Vec<_> = sent.as_object().unwrap().keys().collect();
            let is_shown = |line: &str| {
                let shown: Map<String, Value> = serde_json::from_str(line).unwrap();
                shown["type"] == sent["type"] && shown.keys().collect::<Vec<_>>() == keys
            };
            assert!(examples().any(is_shown), "{sent}");
        }
    }

    #[test]
    fn a_server_frame_names_its_type_first() {
        let frame = ServerFrame::Reset { topic: Topic::Operations, why: ResetReason::Gap };
        let text = frame.encode();
        assert_eq!(text.as_str(), r#"{"type":"reset","topic":{"kind":"operations"},"why":"gap"}"#);
        let refused = ServerFrame::refused("k".into(), Fault::not_found("order"));
        assert!(refused.encode().as_str().starts_with(r#"{"type":"refused","id":"k","code":"#));
    }
}
