//! The desk before a database's one writer: takes work in order, and answers each when it is done.
//!
//! Knows nothing of SQL. What it hands over is written once or not at all: nothing is repeated here.

use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::{MissedTickBehavior, interval};
use vocabulary::{PersonId, Timestamp};

use crate::{
    Batch, Epoch, Error, PartitionId, ReadModelWrite, ReferenceDraft, Result, SealedPerson,
    TokenRow, TokenUse,
};

/// Requests that may wait for the writer. A partition has one batch under way, so this is
/// room for as many partitions and some of headquarters' writes; beyond it callers wait.
const QUEUE: usize = 64;

type Reply<T> = oneshot::Sender<Result<T>>;

enum Work {
    Commit(Box<Batch>, Reply<()>),
    Claim { partition: PartitionId, owner: String, url: String, reply: Reply<Epoch> },
    PutReferences(Vec<ReferenceDraft>, Reply<Vec<u64>>),
    PutTokens(Vec<TokenRow>, Reply<()>),
    PutPersons(Vec<SealedPerson>, Reply<()>),
    PutReadModel(ReadModelWrite, Reply<()>),
    Change(Change, Reply<u64>),
    Close(Reply<()>),
}

/// A change of one statement; answers with the number of rows it touched.
pub(crate) enum Change {
    PruneIdempotency { partition: PartitionId, before: Timestamp },
    OutboxDelivered { partition: PartitionId, target: String, through: u64 },
    RevokeToken { id: u128, at: Timestamp },
    ForgetTokens { before: Timestamp },
    TokensUsed { uses: Vec<TokenUse> },
    ErasePersons { persons: Vec<PersonId> },
}

/// The one connection that writes.
pub(crate) trait Writer: Send + Sized + 'static {
    /// How often the writer gives a sign of life of its own; `None` where nobody looks for it.
    const BEAT: Option<Duration>;

    fn commit(&mut self, batch: &Batch) -> impl Future<Output = Result<()>> + Send;

    fn claim(
        &mut self,
        partition: PartitionId,
        owner: &str,
        url: &str,
    ) -> impl Future<Output = Result<Epoch>> + Send;

    fn put_references(
        &mut self,
        drafts: &[ReferenceDraft],
    ) -> impl Future<Output = Result<Vec<u64>>> + Send;

    fn put_tokens(&mut self, tokens: &[TokenRow]) -> impl Future<Output = Result<()>> + Send;

    fn put_persons(&mut self, persons: &[SealedPerson]) -> impl Future<Output = Result<()>> + Send;

    fn put_read_model(&mut self, write: &ReadModelWrite)
    -> impl Future<Output = Result<()>> + Send;

    fn change(&mut self, change: Change) -> impl Future<Output = Result<u64>> + Send;

    fn beat(&mut self) -> impl Future<Output = ()> + Send;

    fn close(self) -> impl Future<Output = Result<()>> + Send;
}

/// Where callers hand in their work; clones share one writer.
#[derive(Clone)]
pub(crate) struct Desk {
    queue: mpsc::Sender<Work>,
}

impl Desk {
    /// Puts a writer to work on the current runtime.
    pub(crate) fn open(writer: impl Writer) -> Self {
        let (queue, work) = mpsc::channel(QUEUE);
        tokio::spawn(attend(writer, work));
        Self { queue }
    }

    /// Waits for what is queued, then lets the writer close.
    pub(crate) async fn close(&self) -> Result<()> {
        self.ask(Work::Close).await
    }

    pub(crate) async fn claim(
        &self,
        partition: PartitionId,
        owner: &str,
        url: &str,
    ) -> Result<Epoch> {
        let (owner, url) = (owner.to_owned(), url.to_owned());
        self.ask(|reply| Work::Claim { partition, owner, url, reply }).await
    }

    pub(crate) async fn commit(&self, batch: Batch) -> Result<()> {
        self.ask(|reply| Work::Commit(Box::new(batch), reply)).await
    }

    pub(crate) async fn put_references(&self, drafts: Vec<ReferenceDraft>) -> Result<Vec<u64>> {
        self.ask(|reply| Work::PutReferences(drafts, reply)).await
    }

    pub(crate) async fn put_tokens(&self, tokens: Vec<TokenRow>) -> Result<()> {
        self.ask(|reply| Work::PutTokens(tokens, reply)).await
    }

    pub(crate) async fn put_persons(&self, persons: Vec<SealedPerson>) -> Result<()> {
        self.ask(|reply| Work::PutPersons(persons, reply)).await
    }

    pub(crate) async fn put_read_model(&self, write: ReadModelWrite) -> Result<()> {
        self.ask(|reply| Work::PutReadModel(write, reply)).await
    }

    pub(crate) async fn prune_idempotency(
        &self,
        partition: PartitionId,
        before: Timestamp,
    ) -> Result<u64> {
        self.change(Change::PruneIdempotency { partition, before }).await
    }

    pub(crate) async fn outbox_delivered(
        &self,
        partition: PartitionId,
        target: &str,
        through: u64,
    ) -> Result<u64> {
        let target = target.to_owned();
        self.change(Change::OutboxDelivered { partition, target, through }).await
    }

    pub(crate) async fn revoke_token(&self, id: u128, at: Timestamp) -> Result<bool> {
        Ok(self.change(Change::RevokeToken { id, at }).await? > 0)
    }

    pub(crate) async fn forget_tokens(&self, before: Timestamp) -> Result<u64> {
        self.change(Change::ForgetTokens { before }).await
    }

    pub(crate) async fn tokens_used(&self, uses: Vec<TokenUse>) -> Result<u64> {
        self.change(Change::TokensUsed { uses }).await
    }

    pub(crate) async fn erase_persons(&self, persons: Vec<PersonId>) -> Result<u64> {
        self.change(Change::ErasePersons { persons }).await
    }

    async fn change(&self, change: Change) -> Result<u64> {
        self.ask(|reply| Work::Change(change, reply)).await
    }

    async fn ask<T>(&self, work: impl FnOnce(Reply<T>) -> Work) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        self.queue.send(work(reply)).await.map_err(|_| Error::Closed)?;
        answer.await.map_err(|_| Error::Closed)?
    }
}

/// Works until it is told to close or nobody can ask any more. A caller that has gone away does
/// not stop its work: once queued, a batch is recorded whoever still listens.
async fn attend<W: Writer>(mut writer: W, mut queue: mpsc::Receiver<Work>) {
    let mut pulse = W::BEAT.map(|every| {
        let mut pulse = interval(every);
        pulse.set_missed_tick_behavior(MissedTickBehavior::Delay);
        pulse
    });
    let mut closing = None;
    loop {
        let work = match &mut pulse {
            None => queue.recv().await,
            Some(pulse) => tokio::select! {
                biased;
                _ = pulse.tick() => {
                    writer.beat().await;
                    continue;
                }
                work = queue.recv() => work,
            },
        };
        match work {
            None => break,
            Some(Work::Close(reply)) => {
                closing = Some(reply);
                break;
            }
            Some(work) => carry_out(&mut writer, work).await,
        }
    }
    let closed = writer.close().await;
    if let Some(reply) = closing {
        answer(reply, closed);
    }
}

async fn carry_out<W: Writer>(writer: &mut W, work: Work) {
    match work {
        Work::Commit(batch, reply) => answer(reply, writer.commit(&batch).await),
        Work::Claim { partition, owner, url, reply } => {
            answer(reply, writer.claim(partition, &owner, &url).await);
        }
        Work::PutReferences(drafts, reply) => answer(reply, writer.put_references(&drafts).await),
        Work::PutTokens(tokens, reply) => answer(reply, writer.put_tokens(&tokens).await),
        Work::PutPersons(persons, reply) => answer(reply, writer.put_persons(&persons).await),
        Work::PutReadModel(write, reply) => answer(reply, writer.put_read_model(&write).await),
        Work::Change(change, reply) => answer(reply, writer.change(change).await),
        // The desk closes by itself once this loop is told so.
        Work::Close(reply) => answer(reply, Ok(())),
    }
}

/// A caller that no longer waits has nothing to be told.
fn answer<T>(reply: Reply<T>, result: Result<T>) {
    let _ = reply.send(result);
}
