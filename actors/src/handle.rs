//! How the doors reach a partition.

use commerce::member::{Member, MemberPolicy, PhoneKey};
use dispatch::{By, Message, Policy};
use persistence::{Journal, PartitionId};
use tokio::sync::{mpsc, oneshot, watch};
use vocabulary::{CourierId, MemberId, OrderId, Timestamp};

use std::sync::Arc;

use crate::answer::{Answer, No, Outcome, Placed};
use crate::core::Core;
use crate::errand::{Errand, Letter};
use crate::error::CommandError;
use crate::intake::{Cause, Envelope, Heard, Idempotency, Intake, Ping, PlaceRequest, ReplySender};
use crate::metrics::Metrics;
use crate::output::Topic;
use crate::partition::PartitionState;
use crate::reader::Reader;

/// A cheap clone that any thread may hold. Every send is bounded: a full intake is `Busy`.
#[derive(Clone)]
pub struct PartitionHandle {
    pub(crate) partition: PartitionId,
    pub(crate) intake: mpsc::Sender<Intake>,
    pub(crate) journal: Journal,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) state: watch::Receiver<PartitionState>,
}

/// On whose word a command comes in, as established by the handshake.
#[derive(Debug, Clone)]
pub struct Submission {
    pub by: By,
    /// The command's own id; events name it as their cause.
    pub command: u128,
    pub trace: u128,
    /// The first is the one a client retries with. Empty: the command is not protected.
    pub keys: Vec<Idempotency>,
}

impl PartitionHandle {
    pub fn partition(&self) -> PartitionId {
        self.partition
    }

    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Commands waiting at the border.
    pub fn intake_depth(&self) -> usize {
        self.intake.max_capacity() - self.intake.capacity()
    }

    /// Sources, holds and records an order; the answer comes when all of it is durable.
    pub async fn place(
        &self,
        submission: Submission,
        request: PlaceRequest,
    ) -> Result<Placed, CommandError> {
        let answer = self
            .ask(submission, |envelope, reply| Intake::Place {
                request: Box::new(request),
                envelope,
                reply,
            })
            .await?;
        match answer {
            Answer::Placed(placed) => Ok(*placed),
            Answer::Done { .. } => Err(CommandError::Internal),
        }
    }

    /// Carries out one owner's command; answers with the sequence at which it is durable.
    pub async fn command(
        &self,
        submission: Submission,
        message: Message,
    ) -> Result<u64, CommandError> {
        let answer = self
            .ask(submission, |envelope, reply| Intake::Command { message, envelope, reply })
            .await?;
        match answer {
            Answer::Done { seq } => Ok(seq),
            Answer::Placed(_) => Err(CommandError::Internal),
        }
    }

    /// Positions are never journaled and may be dropped; `false` says they were.
    pub fn positions(&self, courier: CourierId, pings: Vec<Ping>) -> bool {
        self.intake.try_send(Intake::Positions { courier, pings }).is_ok()
    }

    /// Reads on the partition's thread; the value arrives when all that it saw is durable.
    pub async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Reader<'_>) -> T + Send + 'static,
    ) -> Result<T, CommandError> {
        let (sender, receiver) = oneshot::channel();
        let read = Box::new(move |core: &Core| {
            let value = read(&Reader(core));
            Box::new(move || {
                let _ = sender.send(value);
            }) as Box<dyn FnOnce() + Send>
        });
        self.send(Intake::Read(read))?;
        receiver.await.map_err(|_| CommandError::Unavailable)
    }

    /// Reads an order wherever it is: in memory, or ended and only in the journal.
    pub async fn read_order<T: Send + 'static>(
        &self,
        id: OrderId,
        read: impl FnOnce(&dispatch::order::Order) -> T + Send + Clone + 'static,
    ) -> Result<T, CommandError> {
        let in_memory = read.clone();
        if let Some(value) = self.read(move |reader| reader.order(id, in_memory)).await? {
            return Ok(value);
        }
        let stored = crate::recovery::stored_order(&self.journal, self.partition, id).await;
        match stored {
            Ok(Some(order)) => Ok(read(&order)),
            Ok(None) => Err(CommandError::Unknown { what: "order" }),
            Err(error) => {
                tracing::error!(%error, order = %id, "an ended order cannot be read");
                Err(CommandError::Internal)
            }
        }
    }

    /// The outlet gets a snapshot, and from then on every change of the topic.
    pub fn subscribe(&self, subscription: u64, topic: Topic) -> Result<(), CommandError> {
        self.send(Intake::Subscribe { subscription, topic })
    }

    /// Nobody listens to the topic any more.
    pub fn unwatch(&self, topic: Topic) -> Result<(), CommandError> {
        self.send(Intake::Unwatch { topic })
    }

    pub fn set_policy(&self, policy: Policy) -> Result<(), CommandError> {
        self.send(Intake::SetPolicy(Box::new(policy)))
    }

    /// Forgets answers that were given before a time, in the journal and then in memory; says how
    /// many. What is a little younger than `before` waits for another time, what is not stays: a
    /// key is either known with its answer or may be used again.
    pub async fn forget_keys(&self, before: Timestamp) -> Result<u64, CommandError> {
        let horizon = self.read(move |reader| reader.keys_horizon(before)).await?;
        let Some(horizon) = horizon else { return Ok(0) };
        let forgotten = self.journal.prune_idempotency(self.partition, horizon).await;
        let forgotten = forgotten.map_err(|error| {
            tracing::error!(%error, "stored answers cannot be forgotten");
            CommandError::Unavailable
        })?;
        self.metrics.keys_forgotten.add(forgotten);
        self.send(Intake::ForgetKeys { horizon })?;
        Ok(forgotten)
    }

    /// Records everything that was taken in, then stops the partition.
    pub async fn drain(&self) {
        let (done, drained) = oneshot::channel();
        if self.intake.send(Intake::Drain { done }).await.is_ok() {
            let _ = drained.await;
        }
    }

    /// Carries out a command for an owner above the city, or for this city's share.
    pub async fn run(&self, submission: Submission, errand: Errand) -> Result<u64, CommandError> {
        let errand = Box::new(errand);
        let answer = self
            .ask(submission, |envelope, reply| Intake::Errand { errand, envelope, reply })
            .await?;
        match answer {
            Answer::Done { seq } => Ok(seq),
            Answer::Placed(_) => Err(CommandError::Internal),
        }
    }

    /// Takes letters of another partition; answers when what is new in them is durable.
    pub async fn letters(
        &self,
        from: PartitionId,
        letters: Vec<Letter>,
    ) -> Result<(), CommandError> {
        let (done, taken) = oneshot::channel();
        self.send(Intake::Letters { from, letters, done })?;
        taken.await.map_err(|_| CommandError::Unavailable)?
    }

    pub fn set_member_policy(&self, policy: MemberPolicy) -> Result<(), CommandError> {
        self.send(Intake::SetMemberPolicy(Box::new(policy)))
    }

    /// Reads a member wherever it is: in memory, or with nothing under way and only in the journal.
    pub async fn read_member<T: Send + 'static>(
        &self,
        id: MemberId,
        read: impl FnOnce(&Member) -> T + Send + Clone + 'static,
    ) -> Result<T, CommandError> {
        let in_memory = read.clone();
        if let Some(value) = self.read(move |reader| reader.member(id, in_memory)).await? {
            return Ok(value);
        }
        match crate::recovery::stored_member(&self.journal, self.partition, id).await {
            Ok(Some(member)) => Ok(read(&member)),
            Ok(None) => Err(CommandError::Unknown { what: "member" }),
            Err(error) => {
                tracing::error!(%error, member = %id, "a member cannot be read");
                Err(CommandError::Internal)
            }
        }
    }

    /// Whose phone it is.
    pub async fn member_of_phone(&self, phone: PhoneKey) -> Result<Option<MemberId>, CommandError> {
        if let Some(binding) = self.read(move |reader| reader.phone(phone)).await? {
            return Ok(binding.member);
        }
        let stored = crate::recovery::stored_phone(&self.journal, self.partition, phone).await;
        stored.map(|binding| binding.and_then(|binding| binding.member)).map_err(|error| {
            tracing::error!(%error, "a phone's binding cannot be read");
            CommandError::Internal
        })
    }

    fn send(&self, intake: Intake) -> Result<(), CommandError> {
        if let PartitionState::Elsewhere { url } = &*self.state.borrow() {
            return Err(CommandError::NotOwner { url: Arc::clone(url) });
        }
        self.intake.try_send(intake).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => CommandError::Busy,
            mpsc::error::TrySendError::Closed(_) => CommandError::Unavailable,
        })
    }

    async fn ask(
        &self,
        submission: Submission,
        intake: impl FnOnce(Envelope, ReplySender) -> Intake,
    ) -> Result<Answer, CommandError> {
        let (reply, heard) = oneshot::channel();
        let cause = Cause { command: submission.command, trace: submission.trace };
        let envelope = Envelope { by: submission.by, cause, keys: submission.keys };
        self.send(intake(envelope, reply))?;
        match heard.await.map_err(|_| CommandError::Unavailable)?? {
            Heard::Answer(answer) => Ok(answer),
            Heard::Used { key, from } => self.stored_answer(&key, from).await,
        }
    }

    /// The key's first answer, word for word.
    async fn stored_answer(&self, key: &Idempotency, from: u64) -> Result<Answer, CommandError> {
        let stored = self.journal.answer_from(self.partition, from, &key.scope, &key.key).await;
        let stored = stored.map_err(|error| {
            tracing::error!(%error, "a stored answer cannot be read");
            CommandError::Unavailable
        })?;
        let stored = stored.ok_or(CommandError::Unavailable)?;
        if stored.body_hash != key.body_hash {
            return Err(CommandError::Conflict(key.conflict));
        }
        self.metrics.repeats.add(1);
        let outcome: Outcome = serde_json::from_str(&stored.result).map_err(|error| {
            tracing::error!(%error, "a stored answer cannot be understood");
            CommandError::Unavailable
        })?;
        outcome.map_err(|no| match no {
            No::City(refusal) => CommandError::Refused(refusal),
            No::Above(refusal) => CommandError::Declined(refusal),
        })
    }

    /// Whether the key was used, and its answer is kept.
    pub async fn is_used(&self, key: Idempotency) -> Result<bool, CommandError> {
        self.read(move |reader| reader.is_used(&key)).await
    }
}
