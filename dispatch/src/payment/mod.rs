//! One payment of an order, and what of it was given back.
//!
//! It never talks to a bank: it records the provider's verified word and what the order asks, and
//! keeps the sums right: never more given back than came in, and nothing kept that nobody owes.

mod command;
mod event;
mod order_words;
mod provider_words;

use serde::{Deserialize, Serialize};
use vocabulary::{Money, OrderId, PaymentId, Timestamp};

use crate::order::{Child, OrderCommand, PaymentMethod};
use crate::{Context, Decision, Effect, Machine, Refusal};

pub use command::*;
pub use event::PaymentEvent;

/// Where the money is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    Created,
    Authorized,
    Captured,
    PartiallyRefunded,
    Refunded,
    Voided,
    Failed,
}

/// What was agreed when the order was placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    pub order: OrderId,
    pub method: PaymentMethod,
    pub amount: Money,
}

/// How far the money has come towards us. What went back is told by [`Payment::refunds`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Stage {
    #[default]
    Created,
    Authorized,
    Captured,
    /// Nothing more is owed. Money that still comes goes straight back.
    Voided,
    /// The provider said no; the shopper may try again until the order gives up.
    Failed,
}

/// One giving back, with its own key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    pub refund: PaymentId,
    pub amount: Money,
    pub reason: Box<str>,
    pub kind: RefundKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundKind {
    /// Not captured yet: that much less will be.
    Forgone,
    /// Captured and given back.
    Returned,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    id: PaymentId,
    /// Absent until the order has created it.
    terms: Option<Terms>,
    stage: Stage,
    /// The provider's words that the money is there, and
    authorized_by: Vec<Box<str>>,
    /// that it came in. Each counts once.
    captured_by: Vec<Box<str>>,
    captured: Money,
    refunds: Vec<Refund>,
}

impl Payment {
    pub fn new(id: PaymentId) -> Self {
        Self {
            id,
            terms: None,
            stage: Stage::Created,
            authorized_by: Vec::new(),
            captured_by: Vec::new(),
            captured: Money::ZERO,
            refunds: Vec::new(),
        }
    }

    pub fn id(&self) -> PaymentId {
        self.id
    }

    /// `None` until the order has created it.
    pub fn terms(&self) -> Option<Terms> {
        self.terms
    }

    pub fn status(&self) -> PaymentStatus {
        match self.stage {
            Stage::Created => PaymentStatus::Created,
            Stage::Authorized => PaymentStatus::Authorized,
            Stage::Failed => PaymentStatus::Failed,
            Stage::Voided => PaymentStatus::Voided,
            Stage::Captured if self.returned() == Money::ZERO => PaymentStatus::Captured,
            Stage::Captured if self.refundable() == Money::ZERO => PaymentStatus::Refunded,
            Stage::Captured => PaymentStatus::PartiallyRefunded,
        }
    }

    pub fn status_text(&self) -> &'static str {
        self.status().text()
    }

    /// Whether recovery must load it: its money has neither come nor been given up. What was
    /// captured waits on disk; an order with an open refund asks for it again.
    pub fn is_live(&self) -> bool {
        match self.stage {
            Stage::Created => self.terms.is_some(),
            Stage::Authorized | Stage::Failed => true,
            Stage::Captured | Stage::Voided => false,
        }
    }

    /// What came in, also what had to be given back at once.
    pub fn captured(&self) -> Money {
        self.captured
    }

    /// What was captured and given back.
    pub fn returned(&self) -> Money {
        self.sum_of(RefundKind::Returned)
    }

    /// What will not be captured any more.
    pub fn forgone(&self) -> Money {
        self.sum_of(RefundKind::Forgone)
    }

    /// What is still owed of the amount when nothing was captured yet.
    pub fn due(&self) -> Money {
        let amount = self.terms.map_or(Money::ZERO, |terms| terms.amount);
        amount.checked_sub(self.forgone()).unwrap_or(Money::ZERO)
    }

    /// What can be given back of what was captured.
    pub fn refundable(&self) -> Money {
        self.captured.checked_sub(self.returned()).unwrap_or(Money::ZERO)
    }

    pub fn refunds(&self) -> &[Refund] {
        &self.refunds
    }

    fn sum_of(&self, kind: RefundKind) -> Money {
        self.refunds.iter().filter(|refund| refund.kind == kind).map(|refund| refund.amount).sum()
    }

    fn refund(&self, refund: PaymentId) -> Option<&Refund> {
        self.refunds.iter().find(|known| known.refund == refund)
    }

    fn known(&self) -> Result<Terms, Refusal> {
        self.terms.ok_or_else(|| self.impossible("this"))
    }

    fn impossible(&self, verb: &str) -> Refusal {
        let status = match self.terms {
            Some(_) => self.status_text(),
            None => "unknown",
        };
        Refusal::PaymentState { status: status.into(), verb: verb.into() }
    }

    /// The key of a giving back that nobody asked for.
    fn own_refund(&self) -> PaymentId {
        let ordinal = u32::try_from(self.refunds.len()).unwrap_or(u32::MAX);
        vocabulary::derive(self.id.bits(), Child::Refund as u64, ordinal)
    }
}

impl PaymentStatus {
    pub fn text(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Authorized => "authorized",
            Self::Captured => "captured",
            Self::PartiallyRefunded => "partially_refunded",
            Self::Refunded => "refunded",
            Self::Voided => "voided",
            Self::Failed => "failed",
        }
    }
}

impl Machine for Payment {
    type Command = PaymentCommand;
    type Event = PaymentEvent;

    fn decide(
        &self,
        command: &PaymentCommand,
        _context: &Context<'_>,
    ) -> Result<Decision<PaymentEvent>, Refusal> {
        match command {
            PaymentCommand::Create { order, method, amount } => {
                self.create(Terms { order: *order, method: *method, amount: *amount })
            }
            PaymentCommand::Authorize { amount, provider_reference } => {
                self.authorize(*amount, provider_reference)
            }
            PaymentCommand::Capture { amount, provider_reference: Some(reference) } => {
                self.capture(*amount, reference)
            }
            PaymentCommand::Capture { amount, provider_reference: None } => self.collect(*amount),
            PaymentCommand::Fail { reason } => self.fail(reason),
            PaymentCommand::Void => self.void(),
            PaymentCommand::Refund { refund, amount, reason } => {
                self.give_back(*refund, *amount, reason)
            }
            PaymentCommand::TimerFired(_) => Ok(Decision::nothing()),
        }
    }

    fn apply(&mut self, event: &PaymentEvent, _at: Timestamp) {
        match event {
            PaymentEvent::Created { order, method, amount } => {
                let (order, method, amount) = (*order, *method, *amount);
                self.terms = Some(Terms { order, method, amount });
            }
            PaymentEvent::Authorized { reference, .. } => {
                self.stage = Stage::Authorized;
                self.authorized_by.push(reference.clone());
            }
            PaymentEvent::LateAuthorization { reference, .. } => {
                self.authorized_by.push(reference.clone());
            }
            PaymentEvent::Captured { amount, reference } => {
                self.stage = Stage::Captured;
                self.captured = [self.captured, *amount].into_iter().sum();
                self.captured_by.extend(reference.clone());
            }
            PaymentEvent::Failed { .. } => self.stage = Stage::Failed,
            PaymentEvent::Voided => self.stage = Stage::Voided,
            PaymentEvent::Reduced { refund, amount, reason } => {
                self.remember(*refund, *amount, reason, RefundKind::Forgone);
            }
            PaymentEvent::Refunded { refund, amount, reason } => {
                self.remember(*refund, *amount, reason, RefundKind::Returned);
            }
        }
    }

    /// Every word is answered in the step that hears it; no timer is ours.
    fn resume(&self, _now: Timestamp) -> Vec<Effect> {
        Vec::new()
    }
}

impl Payment {
    fn remember(&mut self, refund: PaymentId, amount: Money, reason: &str, kind: RefundKind) {
        self.refunds.push(Refund { refund, amount, reason: reason.into(), kind });
    }

    fn confirm(&self, order: OrderId, refund: PaymentId, amount: Money) -> Effect {
        Effect::order(order, OrderCommand::ConfirmRefund { refund, amount })
    }
}

#[cfg(test)]
mod tests;
