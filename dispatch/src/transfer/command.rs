//! What can be asked of a transfer.

use std::sync::Arc;

use vocabulary::{StoreId, Timestamp};

use super::{Receipt, TransferLine};

#[derive(Debug, Clone, PartialEq)]
pub enum TransferCommand {
    /// To the source: somebody wants these goods elsewhere.
    Draft { to: StoreId, lines: Vec<TransferLine>, note: Option<Box<str>> },
    /// To the source: keep the units for it.
    Ready,
    /// To the source: the goods leave. Without lines, all that is planned.
    Ship { lines: Option<Vec<TransferLine>>, expected_at: Option<Timestamp> },
    /// To the source, before the goods leave.
    Cancel { reason: Box<str> },
    /// From the source to the target, in the commit that ships the goods.
    Expect(Box<Incoming>),
    /// To the target: goods arrived, or will not.
    Receive(Receipt),
}

/// What the target is told of goods that are on their way to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Incoming {
    pub from: StoreId,
    pub lines: Arc<[TransferLine]>,
    pub note: Option<Box<str>>,
    pub expected_at: Option<Timestamp>,
}
