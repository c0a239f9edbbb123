//! What the provider says, signed and verified. The same word twice counts once; money that nobody
//! owes any more goes back at once.

use vocabulary::Money;

use super::{Payment, PaymentEvent, Stage, Terms};
use crate::order::PaymentProgress;
use crate::{Decision, Refusal};

use super::order_words::{CAPTURED, JUST_CAPTURED, SECURED};

type Outcome = Result<Decision<PaymentEvent>, Refusal>;

impl Payment {
    pub(super) fn authorize(&self, amount: Money, reference: &str) -> Outcome {
        let terms = self.known()?;
        let said = |known: &[Box<str>]| known.iter().any(|word| &**word == reference);
        // A capture may overtake its authorisation on the way to us.
        if said(&self.authorized_by) || said(&self.captured_by) {
            return Ok(Decision::nothing());
        }
        if amount != terms.amount {
            return Err(Refusal::AmountMismatch { expected: terms.amount });
        }
        let reference = reference.into();
        Ok(match self.stage {
            Stage::Created | Stage::Failed => {
                Decision::event(PaymentEvent::Authorized { amount, reference })
                    .effects(self.tell(terms, SECURED))
            }
            Stage::Authorized | Stage::Captured | Stage::Voided => {
                Decision::event(PaymentEvent::LateAuthorization { amount, reference })
            }
        })
    }

    pub(super) fn capture(&self, amount: Money, reference: &str) -> Outcome {
        let terms = self.known()?;
        if self.captured_by.iter().any(|word| &**word == reference) {
            return Ok(Decision::nothing());
        }
        if amount.is_negative() || amount > terms.amount {
            return Err(Refusal::AmountMismatch { expected: self.due() });
        }
        let captured =
            Decision::event(PaymentEvent::Captured { amount, reference: Some(reference.into()) });
        match self.stage {
            Stage::Created | Stage::Failed => self.take(captured, terms, amount, CAPTURED),
            Stage::Authorized => self.take(captured, terms, amount, JUST_CAPTURED),
            // A second charge for what is paid.
            Stage::Captured => Ok(self.return_surplus(captured, amount, "charged twice")),
            Stage::Voided => Ok(self
                .return_surplus(captured, amount, "paid after the order had ended")
                .effect(self.confirm(terms.order, self.own_refund(), amount))),
        }
    }

    /// At least what is owed; what was forgone while the provider was already taking it goes back.
    fn take(
        &self,
        captured: Decision<PaymentEvent>,
        terms: Terms,
        amount: Money,
        progress: &[PaymentProgress],
    ) -> Outcome {
        let due = self.due();
        let Ok(surplus) = amount.checked_sub(due) else {
            return Err(Refusal::AmountMismatch { expected: due });
        };
        if surplus.is_negative() {
            return Err(Refusal::AmountMismatch { expected: due });
        }
        let decision = if surplus == Money::ZERO {
            captured
        } else {
            self.return_surplus(captured, surplus, "more than was still owed")
        };
        Ok(decision.effects(self.tell(terms, progress)))
    }

    fn return_surplus(
        &self,
        captured: Decision<PaymentEvent>,
        amount: Money,
        reason: &str,
    ) -> Decision<PaymentEvent> {
        let (refund, reason) = (self.own_refund(), reason.into());
        captured.and(PaymentEvent::Refunded { refund, amount, reason })
    }

    pub(super) fn fail(&self, reason: &str) -> Outcome {
        let terms = self.known()?;
        match self.stage {
            Stage::Created | Stage::Authorized => {
                Ok(Decision::event(PaymentEvent::Failed { reason: reason.into() })
                    .effects(self.tell(terms, &[PaymentProgress::Failed])))
            }
            Stage::Failed | Stage::Voided => Ok(Decision::nothing()),
            Stage::Captured => Err(self.impossible("fail")),
        }
    }
}
