//! A hub behind another hub: what one process publishes, shown by the sockets of another.
//!
//! The city's own process numbers the frames of each topic. A hub in front of it keeps the same
//! numbers, so that a client that lost its socket here is continued there. News comes by a road
//! that may lose, repeat and reorder it; a hole is seen by its number and filled by asking.

use actors::Topic;
use axum::extract::ws::Utf8Bytes;
use vocabulary::{CourierId, TokenId};

use super::{LANES, Sight};
use crate::wire::socket::ResumePoint;

/// One frame for each sight that somebody has of the topic.
pub(crate) type Frames = [Option<Utf8Bytes>; LANES];

/// What is told to the hubs in front, in the order in which it happened.
#[derive(Debug, Clone)]
pub(crate) enum Told {
    Delta {
        topic: Topic,
        point: ResumePoint,
        frames: Frames,
    },
    Position {
        topic: Topic,
        courier: CourierId,
        frame: Utf8Bytes,
    },
    Acknowledged {
        topic: Topic,
        frame: Utf8Bytes,
    },
    /// Whoever holds this token is shown out.
    ShownOut {
        token: TokenId,
    },
}

/// A topic as its own hub knows it, for one in front.
#[derive(Debug, Clone, Default)]
pub(crate) struct Look {
    /// The city's; 0 while it recovers.
    pub epoch: u64,
    /// What came after the point that was named, the oldest first; `None` when that cannot be told
    /// any more.
    pub deltas: Option<Vec<Frames>>,
    pub positions: Vec<(CourierId, Utf8Bytes)>,
}

/// The answer to a hub in front.
#[derive(Debug, Clone)]
pub(crate) struct Mirrored {
    pub topic: Topic,
    /// The city's epoch; 0 while it recovers.
    pub epoch: u64,
    /// The topic is not there.
    pub is_missing: bool,
    /// The seq that the deltas continue.
    pub after: Option<u64>,
    pub look: Look,
    pub snapshot: Option<Snapshot>,
}

/// A topic whole, as of a seq, and what belongs to it without a number.
#[derive(Debug, Clone)]
pub(crate) struct Snapshot {
    pub seq: u64,
    pub frames: [Vec<Utf8Bytes>; LANES],
}

/// What a hub in front has to ask about a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Question {
    pub topic: Topic,
    /// Up to where it is known here.
    pub after: Option<ResumePoint>,
    /// Somebody waits to begin.
    pub needs_snapshot: bool,
    /// Somebody who is at work listens there.
    pub is_attended: bool,
}

/// Of which topics some see less than others.
pub(crate) fn sights(topic: Topic) -> &'static [Sight] {
    match topic {
        Topic::Order(_) | Topic::Courier(_) => &Sight::ALL,
        Topic::Board(_) | Topic::Operations | Topic::Reports | Topic::StoreReports(_) => {
            &[Sight::Whole]
        }
    }
}
