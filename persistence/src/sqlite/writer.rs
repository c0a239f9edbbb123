//! The task that owns the writing connection: takes work in order, answers each when it is done.

use std::collections::BTreeSet;
use std::fs::File;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};
use tokio::sync::{mpsc, oneshot};
use vocabulary::Timestamp;

use super::{commit, connect, decode, encode, failed_to, statements};
use crate::{
    Batch, Epoch, Error, PartitionId, ReadModelWrite, ReferenceDraft, Result, SealedPerson,
    TokenRow,
};

type Reply<T> = oneshot::Sender<Result<T>>;

pub(super) enum Work {
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
pub(super) enum Change {
    PruneIdempotency { partition: PartitionId, before: Timestamp },
    OutboxDelivered { partition: PartitionId, target: String, through: u64 },
    RevokeToken { id: u128, at: Timestamp },
    ErasePerson { id: u128 },
}

pub(super) struct Writer {
    options: SqliteConnectOptions,
    /// `None` after an error that leaves its transaction in doubt; opened anew for the next work.
    connection: Option<SqliteConnection>,
    /// Partitions whose last commit failed: refused until they are claimed again.
    stopped: BTreeSet<PartitionId>,
    lock: File,
}

impl Writer {
    pub(super) fn new(
        options: SqliteConnectOptions,
        connection: SqliteConnection,
        lock: File,
    ) -> Self {
        Self { options, connection: Some(connection), stopped: BTreeSet::new(), lock }
    }

    /// Works until it is told to close or nobody can ask any more. A caller that has gone away
    /// does not stop its work: once queued, a batch is recorded whoever still listens.
    pub(super) async fn run(mut self, mut queue: mpsc::Receiver<Work>) {
        let mut closing = None;
        while let Some(work) = queue.recv().await {
            match work {
                Work::Commit(batch, reply) => answer(reply, self.commit(&batch).await),
                Work::Claim { partition, owner, url, reply } => {
                    answer(reply, self.claim(partition, &owner, &url).await);
                }
                Work::PutReferences(drafts, reply) => {
                    answer(reply, self.put_references(&drafts).await);
                }
                Work::PutTokens(tokens, reply) => answer(reply, self.put_tokens(&tokens).await),
                Work::PutPersons(persons, reply) => answer(reply, self.put_persons(&persons).await),
                Work::PutReadModel(write, reply) => {
                    answer(reply, self.put_read_model(&write).await);
                }
                Work::Change(change, reply) => answer(reply, self.change(change).await),
                Work::Close(reply) => {
                    closing = Some(reply);
                    break;
                }
            }
        }
        let closed = self.close().await;
        if let Some(reply) = closing {
            answer(reply, closed);
        }
    }

    async fn commit(&mut self, batch: &Batch) -> Result<()> {
        let partition = batch.partition;
        if self.stopped.contains(&partition) {
            return Err(Error::Stopped { partition });
        }
        let committed = match self.take().await {
            Ok(mut connection) => {
                let committed = commit::commit(&mut connection, batch).await;
                self.give_back(connection, &committed).await;
                committed
            }
            Err(error) => Err(error),
        };
        if let Err(error) = &committed {
            tracing::error!(%partition, %error, "a commit failed and its partition has stopped");
            self.stopped.insert(partition);
        }
        committed
    }

    async fn claim(&mut self, partition: PartitionId, owner: &str, url: &str) -> Result<Epoch> {
        let mut connection = self.take().await?;
        let claimed = sqlx::query(statements::CLAIM)
            .bind(i64::from(partition.0))
            .bind(owner)
            .bind(url)
            .fetch_one(&mut connection)
            .await
            .map_err(failed_to("claim a partition"))
            .and_then(|row| decode::unsigned(&row, 0, "partition_owner.epoch").map(Epoch));
        self.give_back(connection, &claimed).await;
        if claimed.is_ok() {
            self.stopped.remove(&partition);
        }
        claimed
    }

    async fn put_references(&mut self, drafts: &[ReferenceDraft]) -> Result<Vec<u64>> {
        let mut connection = self.take().await?;
        let put = commit::put_references(&mut connection, drafts).await;
        self.give_back(connection, &put).await;
        put
    }

    async fn put_tokens(&mut self, tokens: &[TokenRow]) -> Result<()> {
        let rows = encode::tokens(tokens)?;
        let mut connection = self.take().await?;
        let put = sqlx::query(statements::INSERT_TOKENS).bind(rows).execute(&mut connection).await;
        let failed = failed_to("record tokens");
        let put = put.map(|_| ()).map_err(|source| commit::refusal(source, failed));
        self.give_back(connection, &put).await;
        put
    }

    async fn put_persons(&mut self, persons: &[SealedPerson]) -> Result<()> {
        let mut connection = self.take().await?;
        let put = commit::put_persons(&mut connection, persons).await;
        self.give_back(connection, &put).await;
        put
    }

    async fn put_read_model(&mut self, write: &ReadModelWrite) -> Result<()> {
        let mut connection = self.take().await?;
        let put = commit::put_read_model(&mut connection, write).await;
        self.give_back(connection, &put).await;
        put
    }

    async fn change(&mut self, change: Change) -> Result<u64> {
        let (query, action) = match change {
            Change::PruneIdempotency { partition, before } => (
                sqlx::query(statements::PRUNE_IDEMPOTENCY)
                    .bind(i64::from(partition.0))
                    .bind(before.as_millis()),
                "prune answers",
            ),
            Change::OutboxDelivered { partition, target, through } => (
                sqlx::query(statements::OUTBOX_DELIVERED)
                    .bind(i64::from(partition.0))
                    .bind(target)
                    .bind(i64::try_from(through).unwrap_or(i64::MAX)),
                "forget delivered messages",
            ),
            Change::RevokeToken { id, at } => (
                sqlx::query(statements::REVOKE_TOKEN)
                    .bind(at.as_millis())
                    .bind(id.to_be_bytes().to_vec()),
                "revoke a token",
            ),
            Change::ErasePerson { id } => (
                sqlx::query(statements::ERASE_PERSON).bind(id.to_be_bytes().to_vec()),
                "erase a person",
            ),
        };
        let mut connection = self.take().await?;
        let changed = query.execute(&mut connection).await;
        let changed = changed.map(|done| done.rows_affected()).map_err(failed_to(action));
        self.give_back(connection, &changed).await;
        changed
    }

    async fn take(&mut self) -> Result<SqliteConnection> {
        match self.connection.take() {
            Some(connection) => Ok(connection),
            None => connect(&self.options).await,
        }
    }

    /// Keeps the connection where the answer proves that no transaction is left open on it.
    async fn give_back<T>(&mut self, connection: SqliteConnection, answer: &Result<T>) {
        if answer.as_ref().err().is_none_or(Error::refused_whole) {
            self.connection = Some(connection);
        } else if let Err(error) = connection.close().await {
            tracing::warn!(%error, "a connection in doubt did not close cleanly");
        }
    }

    /// Closes the file before its lock, so that the next owner finds it whole.
    async fn close(mut self) -> Result<()> {
        let closed = match self.connection.take() {
            Some(connection) => connection.close().await.map_err(failed_to("close the file")),
            None => Ok(()),
        };
        drop(self.lock);
        closed
    }
}

/// A caller that no longer waits has nothing to be told.
fn answer<T>(reply: Reply<T>, result: Result<T>) {
    let _ = reply.send(result);
}
