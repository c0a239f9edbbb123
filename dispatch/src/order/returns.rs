//! Goods that a shopper sends back.

use serde::{Deserialize, Serialize};
use vocabulary::{PaymentId, ReturnId, Timestamp};

use super::line::LineUnits;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Return {
    pub return_id: ReturnId,
    pub lines: Vec<LineUnits>,
    pub reason: Box<str>,
    pub status: ReturnStatus,
    pub since: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum ReturnStatus {
    Requested,
    Approved,
    Rejected {
        note: Option<Box<str>>,
    },
    InTransit,
    Received,
    /// Sellable again, at the store it came from.
    Restocked {
        refund: PaymentId,
    },
    /// Kept aside.
    Quarantined {
        refund: PaymentId,
    },
    Refunded,
}

impl ReturnStatus {
    pub fn text(&self) -> &'static str {
        match self {
            ReturnStatus::Requested => "requested",
            ReturnStatus::Approved => "approved",
            ReturnStatus::Rejected { .. } => "rejected",
            ReturnStatus::InTransit => "in_transit",
            ReturnStatus::Received => "received",
            ReturnStatus::Restocked { .. } => "restocked",
            ReturnStatus::Quarantined { .. } => "quarantined",
            ReturnStatus::Refunded => "refunded",
        }
    }
}

impl Return {
    pub fn is_open(&self) -> bool {
        match self.status {
            ReturnStatus::Requested
            | ReturnStatus::Approved
            | ReturnStatus::InTransit
            | ReturnStatus::Received
            | ReturnStatus::Restocked { .. }
            | ReturnStatus::Quarantined { .. } => true,
            ReturnStatus::Rejected { .. } | ReturnStatus::Refunded => false,
        }
    }

    /// Its units may not be returned again.
    pub fn claims_its_units(&self) -> bool {
        !matches!(self.status, ReturnStatus::Rejected { .. })
    }

    /// The goods are back at the store.
    pub fn has_arrived(&self) -> bool {
        match self.status {
            ReturnStatus::Received
            | ReturnStatus::Restocked { .. }
            | ReturnStatus::Quarantined { .. }
            | ReturnStatus::Refunded => true,
            ReturnStatus::Requested
            | ReturnStatus::Approved
            | ReturnStatus::InTransit
            | ReturnStatus::Rejected { .. } => false,
        }
    }
}
