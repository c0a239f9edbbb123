//! A machine as the shell runs it, whichever crate judges: dispatch's of the city, commerce's of
//! what stands above cities.

use commerce::member::MemberPolicy;
use dispatch::order::UsesReport;
use dispatch::sourcing::SourcingRequest;
use dispatch::{By, Context, Effect, Machine, Message, Policy, Timer};
use vocabulary::Timestamp;

use crate::errand::Errand;
use crate::error::CommandError;

/// What a judgement may look at besides the machine itself.
pub(crate) struct Judging<'a> {
    pub now: Timestamp,
    pub by: By,
    pub policy: &'a Policy,
    pub members: &'a MemberPolicy,
}

/// What was judged: facts to record, then what to do, and perhaps a no all the same.
pub(crate) struct Verdict<E, D> {
    pub events: Vec<E>,
    pub deeds: D,
    pub refusal: Option<CommandError>,
}

/// Something the shell does for an owner.
pub(crate) enum Deed<T> {
    Tell(Message),
    Arm { timer: T, due: Timestamp },
    Source(Box<SourcingRequest>),
    Report(Box<UsesReport>),
    Send(Errand),
}

pub(crate) trait Judge {
    type Command;
    type Event;
    /// What it can wait for.
    type Timer: Copy + Ord + Unpin + 'static;
    type Deeds: IntoIterator<Item = Deed<Self::Timer>>;

    /// Changes nothing.
    fn judge(
        &self,
        command: &Self::Command,
        judging: &Judging<'_>,
    ) -> Result<Verdict<Self::Event, Self::Deeds>, CommandError>;

    /// Folds a recorded event. Cannot fail.
    fn fold(&mut self, event: &Self::Event, at: Timestamp);

    /// After recovery: what is unanswered, and which timers to arm.
    fn unanswered(&self, now: Timestamp) -> Self::Deeds;
}

type DeedOf = fn(Effect) -> Deed<Timer>;

impl<M: Machine> Judge for M {
    type Command = M::Command;
    type Event = M::Event;
    type Timer = Timer;
    type Deeds = std::iter::Map<std::vec::IntoIter<Effect>, DeedOf>;

    fn judge(
        &self,
        command: &M::Command,
        judging: &Judging<'_>,
    ) -> Result<Verdict<M::Event, Self::Deeds>, CommandError> {
        let context = Context { now: judging.now, policy: judging.policy, by: judging.by };
        let decision = self.decide(command, &context)?;
        Ok(Verdict {
            events: decision.events,
            deeds: decision.effects.into_iter().map(deed as DeedOf),
            refusal: decision.refusal.map(CommandError::Refused),
        })
    }

    fn fold(&mut self, event: &M::Event, at: Timestamp) {
        self.apply(event, at);
    }

    fn unanswered(&self, now: Timestamp) -> Self::Deeds {
        self.resume(now).into_iter().map(deed as DeedOf)
    }
}

fn deed(effect: Effect) -> Deed<Timer> {
    match effect {
        Effect::Tell(message) => Deed::Tell(message),
        Effect::Arm { timer, due } => Deed::Arm { timer, due },
        Effect::Source(request) => Deed::Source(request),
        Effect::Report(report) => Deed::Report(report),
    }
}
