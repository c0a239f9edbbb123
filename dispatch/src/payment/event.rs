//! What happened to a payment.

use serde::{Deserialize, Serialize};
use vocabulary::{Money, OrderId, PaymentId};

use crate::order::PaymentMethod;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PaymentEvent {
    Created {
        order: OrderId,
        method: PaymentMethod,
        amount: Money,
    },
    Authorized {
        amount: Money,
        reference: Box<str>,
    },
    /// The provider keeps money ready for an order that is over: nothing will be captured.
    LateAuthorization {
        amount: Money,
        reference: Box<str>,
    },
    /// Without a reference: cash, or money the channel took.
    Captured {
        amount: Money,
        reference: Option<Box<str>>,
    },
    Failed {
        reason: Box<str>,
    },
    Voided,
    /// Given back before it was captured.
    Reduced {
        refund: PaymentId,
        amount: Money,
        reason: Box<str>,
    },
    /// Given back after it was captured.
    Refunded {
        refund: PaymentId,
        amount: Money,
        reason: Box<str>,
    },
}

impl PaymentEvent {
    /// Equal to the serialised tag.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Created { .. } => "created",
            Self::Authorized { .. } => "authorized",
            Self::LateAuthorization { .. } => "late_authorization",
            Self::Captured { .. } => "captured",
            Self::Failed { .. } => "failed",
            Self::Voided => "voided",
            Self::Reduced { .. } => "reduced",
            Self::Refunded { .. } => "refunded",
        }
    }
}
