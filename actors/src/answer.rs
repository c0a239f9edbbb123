//! What a carried-out command is told, in the form that is kept under its idempotency key.

use commerce::member::MemberRefusal;
use dispatch::Refusal;
use serde::{Deserialize, Serialize};
use vocabulary::{FulfillmentOrderId, Money, OrderId, PaymentId, StoreId, Timestamp};

/// The answer to a command. Small: it is stored with the command's key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    Placed(Box<Placed>),
    /// Recorded at or before this sequence of the partition.
    Done {
        seq: u64,
    },
}

/// A placed order as its shopper first sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Placed {
    pub order: OrderId,
    pub status: String,
    pub payment: PaymentId,
    pub payable: Money,
    pub parts: Vec<PlacedPart>,
    pub placed_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlacedPart {
    pub fulfillment_order: FulfillmentOrderId,
    pub store: StoreId,
    pub promised_from: Timestamp,
    pub promised_by: Timestamp,
}

/// What is stored under a key: the same key gets the same answer, a refusal too.
pub(crate) type Outcome = Result<Answer, No>;

/// A kept refusal, of the city or of an owner above it. Their codes differ.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum No {
    City(Refusal),
    Above(MemberRefusal),
}
