//! What the order says: created, cash collected at the door, given up, given back.

use vocabulary::{Money, PaymentId};

use super::{Payment, PaymentEvent, Refund, Stage, Terms};
use crate::order::{OrderCommand, PaymentMethod, PaymentProgress};
use crate::{Decision, Effect, Refusal};

type Outcome = Result<Decision<PaymentEvent>, Refusal>;

impl Payment {
    /// Cash is as good as promised; a channel has the money already; of nothing there is nothing to
    /// wait for. Only an online payment waits for its provider.
    pub(super) fn create(&self, terms: Terms) -> Outcome {
        if let Some(known) = self.terms {
            let same = known == terms;
            return if same { Ok(Decision::nothing()) } else { Err(self.impossible("create")) };
        }
        if terms.amount.is_negative() {
            return Err(Refusal::AmountMismatch { expected: Money::ZERO });
        }
        let Terms { order, method, amount } = terms;
        let created = Decision::event(PaymentEvent::Created { order, method, amount });
        let captured = PaymentEvent::Captured { amount, reference: None };
        Ok(match method {
            PaymentMethod::Online if amount == Money::ZERO => {
                created.and(captured).effects(self.tell(terms, CAPTURED))
            }
            PaymentMethod::Online => created,
            PaymentMethod::CashOnDelivery => created.effects(self.tell(terms, SECURED)),
            PaymentMethod::ChannelPaid => created.and(captured).effects(self.tell(terms, CAPTURED)),
        })
    }

    /// Cash that came at the door. What was forgone meanwhile is not collected.
    pub(super) fn collect(&self, amount: Money) -> Outcome {
        let terms = self.known()?;
        if amount.is_negative() {
            return Err(Refusal::AmountMismatch { expected: self.due() });
        }
        match self.stage {
            Stage::Created | Stage::Authorized | Stage::Failed => {
                let amount = amount.min(self.due());
                Ok(Decision::event(PaymentEvent::Captured { amount, reference: None })
                    .effects(self.tell(terms, JUST_CAPTURED)))
            }
            Stage::Captured => Ok(Decision::nothing()),
            Stage::Voided => Err(self.impossible("capture")),
        }
    }

    /// The order is over. Should money have come in while its word was on the way, all of it goes
    /// back.
    pub(super) fn void(&self) -> Outcome {
        let terms = self.known()?;
        Ok(match self.stage {
            Stage::Voided => Decision::nothing(),
            Stage::Created | Stage::Authorized | Stage::Failed => {
                Decision::event(PaymentEvent::Voided)
            }
            Stage::Captured if self.refundable() == Money::ZERO => Decision::nothing(),
            Stage::Captured => {
                let (refund, amount) = (self.own_refund(), self.refundable());
                let reason = "the order ended".into();
                Decision::event(PaymentEvent::Refunded { refund, amount, reason })
                    .effect(self.confirm(terms.order, refund, amount))
            }
        })
    }

    /// One giving back per key. Before the capture it makes the capture smaller; when nothing is
    /// left to capture, the payment is void.
    pub(super) fn give_back(&self, refund: PaymentId, amount: Money, reason: &str) -> Outcome {
        let terms = self.known()?;
        if let Some(Refund { amount: given, .. }) = self.refund(refund) {
            return if *given == amount {
                Ok(Decision::nothing().effect(self.confirm(terms.order, refund, amount)))
            } else {
                Err(Refusal::AmountMismatch { expected: *given })
            };
        }
        if amount.is_negative() {
            return Err(Refusal::AmountMismatch { expected: Money::ZERO });
        }
        let left = match self.stage {
            Stage::Created | Stage::Authorized | Stage::Failed => self.due(),
            Stage::Captured => self.refundable(),
            Stage::Voided => Money::ZERO,
        };
        if amount > left {
            return Err(Refusal::RefundTooLarge { refundable: left });
        }
        let reason = reason.into();
        let decision = match self.stage {
            Stage::Captured => Decision::event(PaymentEvent::Refunded { refund, amount, reason }),
            Stage::Created | Stage::Authorized | Stage::Failed | Stage::Voided => {
                Decision::event(PaymentEvent::Reduced { refund, amount, reason })
            }
        };
        let all_forgone = match self.stage {
            Stage::Created | Stage::Authorized | Stage::Failed => {
                amount == left && left > Money::ZERO
            }
            Stage::Captured | Stage::Voided => false,
        };
        let decision = if all_forgone { decision.and(PaymentEvent::Voided) } else { decision };
        Ok(decision.effect(self.confirm(terms.order, refund, amount)))
    }
}

pub(super) const SECURED: &[PaymentProgress] = &[PaymentProgress::Secured];
pub(super) const JUST_CAPTURED: &[PaymentProgress] = &[PaymentProgress::Captured];
pub(super) const CAPTURED: &[PaymentProgress] =
    &[PaymentProgress::Secured, PaymentProgress::Captured];

impl Payment {
    /// Tells the order how far its money has come.
    pub(super) fn tell(&self, terms: Terms, progress: &[PaymentProgress]) -> Vec<Effect> {
        let payment = self.id;
        let accept = |progress: &PaymentProgress| {
            let command = OrderCommand::AcceptPayment { payment, progress: *progress };
            Effect::order(terms.order, command)
        };
        progress.iter().map(accept).collect()
    }
}
