//! The connection that writes, and the lock that makes it the only one.

use std::collections::BTreeSet;
use std::fs::File;
use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};

use super::{commit, connect, encode, failed_to, statements};
use crate::decode;
use crate::desk::{self, Change};
use crate::{
    Batch, Epoch, Error, PartitionId, ReadModelWrite, ReferenceDraft, Result, SealedPerson,
    TokenRow,
};

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
}

impl desk::Writer for Writer {
    /// The file's lock says who is alive.
    const BEAT: Option<Duration> = None;

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
        // To its end, not only to its row: a statement that commits by itself does so after its last
        // row, and that is where a full disk refuses it.
        let claimed = sqlx::query(statements::CLAIM)
            .bind(i64::from(partition.0))
            .bind(owner)
            .bind(url)
            .fetch_all(&mut connection)
            .await
            .and_then(|rows| rows.into_iter().next().ok_or(sqlx::Error::RowNotFound))
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
            Change::ForgetTokens { before } => {
                (sqlx::query(statements::FORGET_TOKENS).bind(before.as_millis()), "forget tokens")
            }
            Change::TokensUsed { uses } => (
                sqlx::query(statements::TOKENS_USED).bind(encode::token_uses(&uses)?),
                "note which tokens were used",
            ),
            Change::ErasePersons { persons } => (
                sqlx::query(statements::ERASE_PERSONS).bind(encode::ids(&persons)?),
                "forget people",
            ),
        };
        let mut connection = self.take().await?;
        let changed = query.execute(&mut connection).await;
        let changed = changed.map(|done| done.rows_affected()).map_err(failed_to(action));
        self.give_back(connection, &changed).await;
        changed
    }

    async fn beat(&mut self) {}

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
