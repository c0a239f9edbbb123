//! Whether a courier is heard. Positions come and go without a trace; only silence is recorded.

use serde::{Deserialize, Serialize};
use vocabulary::{Seconds, Timestamp};

use super::{Courier, CourierEvent, Duty};
use crate::order::DropReason;
use crate::{Context, Decision, Effect, Timer};

/// How long ago the courier was heard, in stages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// Off duty: nobody listens.
    #[default]
    Silent,
    /// The shell looks again at `check_at`, and puts it off while positions come.
    Fresh {
        check_at: Timestamp,
        patience: Seconds,
    },
    /// Out of the pool; `lost_at` is when it is relieved of what it has not picked up.
    Stale {
        lost_at: Timestamp,
        patience: Seconds,
    },
    Lost,
}

impl Signal {
    /// Out of the pool.
    pub fn is_gone(self) -> bool {
        match self {
            Self::Silent | Self::Fresh { .. } => false,
            Self::Stale { .. } | Self::Lost => true,
        }
    }

    /// The house was deaf while it was down: everybody gets one patience to be heard again.
    pub(super) fn resume(self, now: Timestamp) -> Vec<Effect> {
        match self {
            Self::Silent | Self::Lost => Vec::new(),
            Self::Fresh { check_at: due, patience } | Self::Stale { lost_at: due, patience } => {
                vec![Effect::Arm { timer: Timer::Stale, due: due.max(now.after(patience)) }]
            }
        }
    }
}

/// The event and the timer of being heard now.
pub(super) fn listen(
    decision: Decision<CourierEvent>,
    context: &Context<'_>,
) -> Decision<CourierEvent> {
    let patience = Seconds(context.policy.dispatch.stale_after_s);
    let check_at = context.now.after(patience);
    decision
        .and(CourierEvent::Heard { check_at, patience })
        .effect(Effect::Arm { timer: Timer::Stale, due: check_at })
}

impl Courier {
    pub(super) fn heard(&self, context: &Context<'_>) -> Decision<CourierEvent> {
        match (self.signal, self.duty) {
            (Signal::Fresh { .. }, _) | (Signal::Silent, Duty::OffDuty) => Decision::nothing(),
            (Signal::Silent, Duty::OnDuty { .. } | Duty::OnBreak { .. } | Duty::Suspended)
            | (Signal::Stale { .. } | Signal::Lost, _) => listen(Decision::nothing(), context),
        }
    }

    /// The shell has let the timer through: no position came meanwhile.
    pub(super) fn stale_due(&self, context: &Context<'_>) -> Decision<CourierEvent> {
        let too_early = |due: Timestamp| context.now < due;
        let again = |due| Decision::nothing().effect(Effect::Arm { timer: Timer::Stale, due });
        match self.signal {
            Signal::Silent | Signal::Lost => Decision::nothing(),
            Signal::Fresh { check_at: due, .. } | Signal::Stale { lost_at: due, .. }
                if too_early(due) =>
            {
                again(due)
            }
            Signal::Fresh { .. } => {
                let policy = &context.policy.dispatch;
                let rest = policy.lost_after_s.saturating_sub(policy.stale_after_s);
                let lost_at = context.now.after(Seconds(rest));
                Decision::event(CourierEvent::WentStale { lost_at })
                    .effect(Effect::Arm { timer: Timer::Stale, due: lost_at })
            }
            Signal::Stale { .. } => Decision::event(CourierEvent::WasLost)
                .effects(self.drop_what_waits(DropReason::CourierLost)),
        }
    }
}
