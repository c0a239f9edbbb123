//! Payments, and what a provider says about them.

use dispatch::order::PaymentMethod;
use dispatch::payment::{Payment, Refund, RefundKind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vocabulary::{Money, OrderId, PaymentId};

use super::schema::{Fen, Id};

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PaymentView {
    #[schema(value_type = Id)]
    pub payment: PaymentId,
    #[schema(value_type = Id)]
    pub order: OrderId,
    #[schema(value_type = String)]
    pub method: PaymentMethod,
    /// `created`, `authorized`, `captured`, `partially_refunded`, `refunded`, `voided`, `failed`.
    pub status: String,
    #[schema(value_type = Fen)]
    pub amount_fen: Money,
    #[schema(value_type = Fen)]
    pub captured_fen: Money,
    #[schema(value_type = Fen)]
    pub returned_fen: Money,
    #[schema(value_type = Fen)]
    pub refundable_fen: Money,
    pub refunds: Vec<PaymentRefundView>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PaymentRefundView {
    #[schema(value_type = Id)]
    pub refund: PaymentId,
    #[schema(value_type = Fen)]
    pub amount_fen: Money,
    pub reason: String,
    /// `forgone`: that much less is collected. `returned`: it came in and went back.
    #[schema(value_type = String)]
    pub kind: RefundKind,
}

/// `None` before the order has created it.
pub fn payment_view(payment: &Payment) -> Option<PaymentView> {
    let terms = payment.terms()?;
    Some(PaymentView {
        payment: payment.id(),
        order: terms.order,
        method: terms.method,
        status: payment.status_text().to_owned(),
        amount_fen: terms.amount,
        captured_fen: payment.captured(),
        returned_fen: payment.returned(),
        refundable_fen: payment.refundable(),
        refunds: payment.refunds().iter().map(refund_view).collect(),
    })
}

fn refund_view(refund: &Refund) -> PaymentRefundView {
    PaymentRefundView {
        refund: refund.refund,
        amount_fen: refund.amount,
        reason: refund.reason.to_string(),
        kind: refund.kind,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PayOutcome {
    Success,
    Fail,
}

/// What a tester does on the sandbox provider's page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SandboxPayBody {
    pub outcome: PayOutcome,
}

/// The sandbox provider's message; its signature stands in the header `Paidan-Signature`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SandboxWebhook {
    /// The provider's own id of the message: told twice, it counts once.
    pub id: String,
    #[schema(value_type = Id)]
    pub payment: PaymentId,
    pub outcome: PayOutcome,
    #[schema(value_type = Fen)]
    pub amount_fen: Money,
}
