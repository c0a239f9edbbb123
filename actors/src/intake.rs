//! What crosses the border into the partition's thread.

use commerce::member::MemberPolicy;
use dispatch::order::PlaceOrder;
use dispatch::{By, Message, Policy};
use persistence::{PartitionId, SealedPerson};
use tokio::sync::oneshot;
use vocabulary::{CourierId, OrderId, Place, Timestamp};

use crate::answer::Answer;
use crate::core::Core;
use crate::errand::{Errand, Letter};
use crate::error::{CommandError, Conflict};
use crate::output::Topic;

/// A key under which a command is carried out at most once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idempotency {
    /// Who asked, and in what role the key is used.
    pub scope: String,
    pub key: String,
    /// SHA-256 of what was asked.
    pub body_hash: [u8; 32],
    /// What to say when the key was used for another body.
    pub conflict: Conflict,
}

/// An order to place, before the planner has seen it.
#[derive(Debug, Clone)]
pub struct PlaceRequest {
    pub id: OrderId,
    pub order: PlaceOrder,
    /// Written in the same commit as the order.
    pub persons: Vec<SealedPerson>,
}

/// One measured position of a courier's device.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ping {
    pub place: Place,
    /// When the device measured it.
    pub at: Timestamp,
}

/// Who asks and under which keys.
#[derive(Debug, Clone)]
pub(crate) struct Envelope {
    pub by: By,
    pub cause: Cause,
    pub keys: Vec<Idempotency>,
}

/// The command behind an event, and the trace it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Cause {
    pub command: u128,
    pub trace: u128,
}

/// What the asker hears: a fresh answer, or that a key was used before.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Heard {
    Answer(Answer),
    /// Its answer is in the journal, at this seq or a little after: the same one, or a conflict when
    /// it was given to another body.
    Used {
        key: Idempotency,
        from: u64,
    },
}

pub(crate) type ReplySender = oneshot::Sender<Result<Heard, CommandError>>;

/// A read of committed state: computes on the partition's thread, and hands over what it found
/// only when everything it may have seen is recorded.
pub(crate) type Read = Box<dyn FnOnce(&Core) -> Box<dyn FnOnce() + Send> + Send>;

pub(crate) enum Intake {
    Place {
        request: Box<PlaceRequest>,
        envelope: Envelope,
        reply: ReplySender,
    },
    Command {
        message: Message,
        envelope: Envelope,
        reply: ReplySender,
    },
    Positions {
        courier: CourierId,
        pings: Vec<Ping>,
    },
    Read(Read),
    Subscribe {
        subscription: u64,
        topic: Topic,
    },
    Unwatch {
        topic: Topic,
    },
    SetPolicy(Box<Policy>),
    SetMemberPolicy(Box<MemberPolicy>),
    /// A command for an owner above the city, or a city's share of what is above.
    Errand {
        errand: Box<Errand>,
        envelope: Envelope,
        reply: ReplySender,
    },
    /// Letters of another partition, in its order. Answered when they are recorded.
    Letters {
        from: PartitionId,
        letters: Vec<Letter>,
        done: oneshot::Sender<Result<(), CommandError>>,
    },
    /// The journal has forgotten the answers before this.
    ForgetKeys {
        horizon: Timestamp,
    },
    /// Record what is pending, then stop.
    Drain {
        done: oneshot::Sender<()>,
    },
}
