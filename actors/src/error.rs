//! Why a command got no answer from its machine.

use std::sync::Arc;

use commerce::member::MemberRefusal;
use dispatch::Refusal;

/// What a caller of a partition gets instead of an answer.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CommandError {
    /// The domain said no; nothing changed.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// An owner above the city said no; nothing changed.
    #[error(transparent)]
    Declined(#[from] MemberRefusal),
    /// The entity is not known to this partition.
    #[error("{what} is not known here")]
    Unknown { what: &'static str },
    /// The key was used before for something else.
    #[error("{0}")]
    Conflict(Conflict),
    /// The intake is full. Nothing happened; try again after a moment.
    #[error("the city is busy")]
    Busy,
    /// The partition stopped before the outcome was recorded, or is recovering. Whether it
    /// happened is answered by sending the same command with the same key again.
    #[error("the city is recovering")]
    Unavailable,
    /// Another process runs the partition; `url` is where its doors are, empty while it is only
    /// about to say so. Nothing happened here.
    #[error("the city is served at {url}")]
    NotOwner { url: Arc<str> },
    /// A bug: the decision panicked and changed nothing.
    #[error("internal error")]
    Internal,
    /// This very command panicked twice and is not tried again.
    #[error("this command is set aside after failing twice")]
    Quarantined,
}

/// Which key was already taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Conflict {
    #[error("the idempotency key was used with another body")]
    IdempotencyKey,
    #[error("the external id was used for another order")]
    ExternalId,
    #[error("the quote was already placed")]
    Quote,
    /// A quote that uses a member's coupons or points is tried once, whatever comes of it: when it
    /// is refused they are free again.
    #[error("the quote was already tried")]
    QuoteOnce,
}

/// The world failed, not a command.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the journal failed")]
    Journal(#[from] persistence::Error),
    #[error("the stored {kind} {id:032x} cannot be read: {source}")]
    Unreadable {
        kind: String,
        id: u128,
        #[source]
        source: serde_json::Error,
    },
    #[error("the stored {kind} {id:032x} is of a kind this version does not know")]
    UnknownKind { kind: String, id: u128 },
    /// The partition was ours, then another process's, and is ours again: whoever serves it must
    /// begin from the start.
    #[error("another process ran the partition in between")]
    Deposed,
    #[error("the partition's thread could not be started")]
    NoThread,
}
