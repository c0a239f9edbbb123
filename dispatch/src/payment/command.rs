//! What a payment can be asked or told.

use vocabulary::{Money, OrderId, PaymentId};

use crate::Timer;
use crate::order::PaymentMethod;

#[derive(Debug, Clone, PartialEq)]
pub enum PaymentCommand {
    /// From the order at placing.
    Create {
        order: OrderId,
        method: PaymentMethod,
        amount: Money,
    },
    /// The provider's verified word; `provider_reference` makes doubles harmless.
    Authorize {
        amount: Money,
        provider_reference: String,
    },
    Capture {
        amount: Money,
        provider_reference: Option<String>,
    },
    Fail {
        reason: String,
    },
    /// The order ended before anything was captured.
    Void,
    /// Give back part of what was captured; refunds are rows of their own with keys.
    Refund {
        refund: PaymentId,
        amount: Money,
        reason: String,
    },
    /// No timer is a payment's own: nothing happens.
    TimerFired(Timer),
}
