//! What a server of the city and the gateways in front of it say to each other.

use actors::Topic;
use axum::extract::ws::Utf8Bytes;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;
use vocabulary::{CourierId, Timestamp, TokenId};

use super::courier::PingBody;
use super::schema::{Id, Millis, TopicName};
use super::socket::{CommandBody, ResumePoint};
use crate::hub::relay::{Frames, Look, Mirrored, Question, Snapshot, Told};

/// A frame inside another text, as it is.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(Box<RawValue>);

impl Text {
    /// `None` for what is no JSON; frames always are.
    pub fn of(frame: &Utf8Bytes) -> Option<Self> {
        RawValue::from_string(frame.as_str().to_owned()).ok().map(Self)
    }

    pub fn frame(&self) -> Utf8Bytes {
        self.0.get().into()
    }
}

/// One frame for each sight: whole, and without what some roles may not see.
type Texts = [Option<Text>; 2];

fn texts(frames: &Frames) -> Texts {
    frames.each_ref().map(|frame| frame.as_ref().and_then(Text::of))
}

fn frames(texts: &Texts) -> Frames {
    texts.each_ref().map(|text| text.as_ref().map(Text::frame))
}

/// What a gateway needs to begin.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct HelloView {
    /// With which news is signed, in base64 without padding.
    pub key: String,
    /// Names this installation's channels.
    pub chain: String,
    /// 0 while the city recovers.
    pub epoch: u64,
    #[schema(value_type = Millis)]
    pub now: Timestamp,
    /// How many times faster than the wall the city lives.
    pub scale: f64,
    /// For how long still, where that is known.
    pub fast_for_ms: Option<u64>,
    /// Where pages may get pictures of maps from, beside the gateway itself.
    #[serde(default)]
    pub picture_origins: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SeatBody {
    /// Of `POST /v1/tickets`; it is used up.
    pub ticket: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SeatView {
    /// What the gateway shows with everything that this socket does.
    pub seat: String,
    #[schema(value_type = Option<Id>)]
    pub token: Option<TokenId>,
    #[schema(value_type = Vec<TopicName>)]
    pub topics: Vec<Topic>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuestionsBody {
    pub questions: Vec<QuestionBody>,
}

/// What came of a topic after a point, and the topic whole where somebody begins.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuestionBody {
    #[schema(value_type = TopicName)]
    pub topic: Topic,
    #[serde(default)]
    pub after: Option<ResumePoint>,
    #[serde(default)]
    pub snapshot: bool,
    /// Of a board: whether people of the store listen there. A gateway that does not say it is
    /// taken to have some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attended: Option<bool>,
}

impl From<Question> for QuestionBody {
    fn from(question: Question) -> Self {
        let Question { topic, after, needs_snapshot, is_attended } = question;
        // Said only where it takes something away: a server of before knows no such word.
        let attended = (matches!(topic, Topic::Board(_)) && !is_attended).then_some(false);
        Self { topic, after, snapshot: needs_snapshot, attended }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AnswersView {
    pub answers: Vec<AnswerView>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AnswerView {
    #[schema(value_type = TopicName)]
    pub topic: Topic,
    /// 0 while the city recovers.
    pub epoch: u64,
    /// There is no such topic.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub missing: bool,
    /// The seq that the deltas continue, as it was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
    /// Absent when that far back nothing is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Object>>)]
    pub deltas: Option<Vec<Texts>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub positions: Vec<PositionText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<SnapshotText>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PositionText {
    #[schema(value_type = Id)]
    pub courier: CourierId,
    #[schema(value_type = Object)]
    pub frame: Text,
}

/// The frames with which each sight of the topic begins.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SnapshotText {
    pub seq: u64,
    #[schema(value_type = Vec<Object>)]
    pub frames: [Vec<Text>; 2],
}

impl From<&Mirrored> for AnswerView {
    fn from(known: &Mirrored) -> Self {
        let positions = known.look.positions.iter().filter_map(|(courier, frame)| {
            Some(PositionText { courier: *courier, frame: Text::of(frame)? })
        });
        let snapshot = known.snapshot.as_ref().map(|known| SnapshotText {
            seq: known.seq,
            frames: known.frames.each_ref().map(|lane| lane.iter().filter_map(Text::of).collect()),
        });
        Self {
            topic: known.topic,
            epoch: known.epoch,
            missing: known.is_missing,
            after: known.after,
            deltas: known.look.deltas.as_ref().map(|deltas| deltas.iter().map(texts).collect()),
            positions: positions.collect(),
            snapshot,
        }
    }
}

impl From<AnswerView> for Mirrored {
    fn from(view: AnswerView) -> Self {
        let positions = view.positions.iter().map(|seen| (seen.courier, seen.frame.frame()));
        let snapshot = view.snapshot.as_ref().map(|known| Snapshot {
            seq: known.seq,
            frames: known.frames.each_ref().map(|lane| lane.iter().map(Text::frame).collect()),
        });
        let deltas = view.deltas.as_ref().map(|deltas| deltas.iter().map(frames).collect());
        Self {
            topic: view.topic,
            epoch: view.epoch,
            is_missing: view.missing,
            after: view.after,
            look: Look { epoch: view.epoch, deltas, positions: positions.collect() },
            snapshot,
        }
    }
}

/// Something that somebody at a gateway's socket does.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActBody {
    pub seat: String,
    pub act: ActText,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ActText {
    /// May they listen to this?
    Listen {
        #[schema(value_type = TopicName)]
        topic: Topic,
    },
    /// `id` is the idempotency key.
    Carry {
        id: String,
        command: CommandBody,
    },
    Locate {
        pings: Vec<PingBody>,
    },
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct ActView {
    /// Of a topic: they see it without what their role may not see.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub masked: bool,
    /// Of a board: whether they are people of its store. A server that does not say it counts all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_work: Option<bool>,
    /// Of a command: where it is recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
}

/// News on its way through Redis.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum News {
    Delta { topic: Topic, point: ResumePoint, frames: Texts },
    Position { topic: Topic, courier: CourierId, frame: Text },
    Acknowledged { topic: Topic, frame: Text },
    ShownOut { token: TokenId },
}

impl News {
    /// `None` for a frame that is no JSON.
    pub(crate) fn of(told: &Told) -> Option<Self> {
        Some(match told {
            Told::Delta { topic, point, frames } => {
                Self::Delta { topic: *topic, point: *point, frames: texts(frames) }
            }
            Told::Position { topic, courier, frame } => {
                Self::Position { topic: *topic, courier: *courier, frame: Text::of(frame)? }
            }
            Told::Acknowledged { topic, frame } => {
                Self::Acknowledged { topic: *topic, frame: Text::of(frame)? }
            }
            Told::ShownOut { token } => Self::ShownOut { token: *token },
        })
    }

    pub(crate) fn told(&self) -> Told {
        match self {
            Self::Delta { topic, point, frames: texts } => {
                Told::Delta { topic: *topic, point: *point, frames: frames(texts) }
            }
            Self::Position { topic, courier, frame } => {
                Told::Position { topic: *topic, courier: *courier, frame: frame.frame() }
            }
            Self::Acknowledged { topic, frame } => {
                Told::Acknowledged { topic: *topic, frame: frame.frame() }
            }
            Self::ShownOut { token } => Told::ShownOut { token: *token },
        }
    }
}

/// Where a courier was last seen, as it outlives the process.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct SeenText {
    pub courier: CourierId,
    pub lat: f64,
    pub lon: f64,
    pub at: Timestamp,
}
