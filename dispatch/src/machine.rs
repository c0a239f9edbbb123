//! The one shape of every machine.

use std::fmt;

use serde::{Deserialize, Serialize};
use vocabulary::{CourierId, OrderId, PrincipalId, Timestamp};

use crate::{Effect, Policy, Refusal};

/// On whose word a command is given. Comes from the handshake, never from the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// Staff, a channel partner or a device: whoever holds a principal's token.
    Principal(PrincipalId),
    Courier(CourierId),
    /// The shopper of this order, by the order-scoped token.
    Shopper(OrderId),
    /// A payment provider whose signature was verified.
    Provider,
    /// A due time that was journaled earlier.
    Timer,
    /// Another owner inside the partition, following its own event.
    Partition,
}

impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            By::Principal(id) => write!(f, "principal:{id}"),
            By::Courier(id) => write!(f, "courier:{id}"),
            By::Shopper(id) => write!(f, "shopper:{id}"),
            By::Provider => f.write_str("provider"),
            By::Timer => f.write_str("timer"),
            By::Partition => f.write_str("partition"),
        }
    }
}

/// Everything a decision may look at besides the machine itself.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    pub now: Timestamp,
    pub policy: &'a Policy,
    pub by: By,
}

/// What was judged: facts to record, then what the shell must do about them.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision<E> {
    pub events: Vec<E>,
    pub effects: Vec<Effect>,
    /// What the caller is told once the events are recorded, when the answer is no and yet
    /// something happened: a wrong pickup code is counted.
    pub refusal: Option<Refusal>,
}

impl<E> Default for Decision<E> {
    fn default() -> Self {
        Self { events: Vec::new(), effects: Vec::new(), refusal: None }
    }
}

impl<E> Decision<E> {
    /// Nothing to record and nothing to do: the command was already carried out.
    pub fn nothing() -> Self {
        Self::default()
    }

    pub fn event(event: E) -> Self {
        Self { events: vec![event], effects: Vec::new(), refusal: None }
    }

    pub fn and(mut self, event: E) -> Self {
        self.events.push(event);
        self
    }

    pub fn effect(mut self, effect: Effect) -> Self {
        self.effects.push(effect);
        self
    }

    /// Records the events and tells the caller no.
    pub fn refusing(mut self, refusal: Refusal) -> Self {
        self.refusal = Some(refusal);
        self
    }

    pub fn effects(mut self, effects: impl IntoIterator<Item = Effect>) -> Self {
        self.effects.extend(effects);
        self
    }
}

/// A machine owns one entity's facts.
pub trait Machine {
    type Command;
    type Event;

    /// All the judgement. Changes nothing.
    fn decide(
        &self,
        command: &Self::Command,
        context: &Context<'_>,
    ) -> Result<Decision<Self::Event>, Refusal>;

    /// Folds an event that was recorded at `at`. Replaying history cannot fail.
    fn apply(&mut self, event: &Self::Event, at: Timestamp);

    /// After recovery: what was asked and never answered, and which timers to arm.
    fn resume(&self, now: Timestamp) -> Vec<Effect>;
}
