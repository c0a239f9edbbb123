//! Coming to work, leaving, and what headquarters says about it.

use vocabulary::Timestamp;

use super::{Courier, CourierEvent, CourierSettings, Duty, signal};
use crate::order::{DeclineReason, DropReason};
use crate::{Context, Decision, Refusal};

type Outcome = Result<Decision<CourierEvent>, Refusal>;

impl Courier {
    /// An older snapshot that comes late changes nothing.
    pub(super) fn configure(&self, settings: &CourierSettings) -> Outcome {
        if settings.capacity == 0 {
            return Err(Refusal::Invalid {
                what: "capacity".into(),
                expected: "at least one delivery".into(),
            });
        }
        if self.settings.as_ref().is_some_and(|known| known.version >= settings.version) {
            return Ok(Decision::nothing());
        }
        Ok(Decision::event(CourierEvent::Configured { settings: Box::new(settings.clone()) }))
    }

    pub(super) fn go_on_duty(
        &self,
        shift_ends_at: Option<Timestamp>,
        context: &Context<'_>,
    ) -> Outcome {
        self.must_be_me(context)?;
        if self.settings.is_none() {
            return Err(Refusal::Invalid {
                what: "courier".into(),
                expected: "configured by headquarters first".into(),
            });
        }
        let decision = Decision::event(CourierEvent::WentOnDuty { shift_ends_at });
        match self.duty {
            Duty::Suspended => Err(self.unavailable()),
            Duty::OnDuty { shift_ends_at: known } if known == shift_ends_at => {
                Ok(Decision::nothing())
            }
            Duty::OnDuty { .. } => Ok(decision),
            // Whoever reports for duty is there: the clock of silence starts now.
            Duty::OffDuty | Duty::OnBreak { .. } => Ok(signal::listen(decision, context)),
        }
    }

    pub(super) fn take_break(&self, context: &Context<'_>) -> Outcome {
        self.must_be_me(context)?;
        match self.duty {
            Duty::OffDuty | Duty::Suspended => Err(self.unavailable()),
            Duty::OnBreak { .. } => Ok(Decision::nothing()),
            Duty::OnDuty { .. } => {
                Ok(self.decline_all(DeclineReason::Other, context).and(CourierEvent::TookBreak))
            }
        }
    }

    pub(super) fn go_off_duty(&self, context: &Context<'_>) -> Outcome {
        self.must_be_me(context)?;
        match self.duty {
            Duty::OffDuty => Ok(Decision::nothing()),
            Duty::Suspended => Err(self.unavailable()),
            Duty::OnDuty { .. } | Duty::OnBreak { .. } => match self.carried() {
                0 => Ok(self
                    .decline_all(DeclineReason::EndingShift, context)
                    .and(CourierEvent::WentOffDuty)
                    .effects(self.drop_what_waits(DropReason::CourierDroppedOut))),
                carried => Err(Refusal::CourierCarrying { carried }),
            },
        }
    }

    /// What is on board is still brought to its door; the rest goes to somebody else.
    pub(super) fn suspend(&self, context: &Context<'_>) -> Outcome {
        match self.duty {
            Duty::Suspended => Ok(Decision::nothing()),
            Duty::OffDuty | Duty::OnDuty { .. } | Duty::OnBreak { .. } => Ok(self
                .decline_all(DeclineReason::Other, context)
                .and(CourierEvent::Suspended)
                .effects(self.drop_what_waits(DropReason::ReassignedByHand))),
        }
    }

    pub(super) fn reinstate(&self) -> Outcome {
        match self.duty {
            Duty::Suspended => Ok(Decision::event(CourierEvent::Reinstated)),
            Duty::OffDuty | Duty::OnDuty { .. } | Duty::OnBreak { .. } => Ok(Decision::nothing()),
        }
    }

    fn must_be_me(&self, context: &Context<'_>) -> Result<(), Refusal> {
        if self.is_me(context.by) {
            return Ok(());
        }
        Err(Refusal::Invalid { what: "courier".into(), expected: "the one who asks".into() })
    }
}
