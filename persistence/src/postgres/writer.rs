//! The session that writes, and what it holds: which partitions it owns, and which it has lost.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::Connection;
use sqlx::postgres::PgConnectOptions;
use sqlx::types::Uuid;
use tokio::sync::watch;
use tokio::time::Instant;

use super::session::{Identity, Session};
use super::{commit, failed_to, in_time, statements};
use crate::decode;
use crate::desk::{self, Change};
use crate::rows::signed;
use crate::{
    Batch, Chain, Epoch, Error, PartitionId, ReadModelWrite, ReferenceDraft, Result, SealedPerson,
    TokenRow,
};

/// The first half of our advisory locks' keys, so that they are nobody else's; the other half is
/// the partition.
const LOCK_CLASS: i32 = 0x7061_6964;
/// How often an owner gives a sign of life while it has nothing to record.
const BEAT: Duration = Duration::from_secs(1);
/// An owner of whom nothing was heard for longer loses what it holds to whoever asks for it.
const LEASE: Duration = Duration::from_secs(5);

/// What this process holds.
#[derive(Debug, Default)]
pub(crate) struct Held {
    /// The newest claim of each partition.
    pub(crate) epochs: BTreeMap<PartitionId, Epoch>,
    /// Those that must be claimed again: a commit failed, or the session that held them is gone.
    pub(crate) stopped: BTreeSet<PartitionId>,
}

pub(super) struct Writer {
    options: PgConnectOptions,
    /// `None` after an error that leaves its work in doubt; begun anew for the next work.
    session: Option<Session>,
    /// The session before, which may still be at work on the server.
    lost: Option<Identity>,
    held: watch::Sender<Held>,
    /// After the last batch of each partition that is held: only its owner writes it on.
    chains: BTreeMap<PartitionId, Chain>,
    /// When the present session began; readers' connections that are older are not used.
    primary: Arc<Mutex<Instant>>,
}

impl Writer {
    pub(super) fn new(
        options: PgConnectOptions,
        session: Session,
        held: watch::Sender<Held>,
        primary: Arc<Mutex<Instant>>,
    ) -> Self {
        let chains = BTreeMap::new();
        Self { options, session: Some(session), lost: None, held, chains, primary }
    }

    async fn take(&mut self) -> Result<Session> {
        if let Some(session) = self.session.take() {
            return Ok(session);
        }
        let began = Instant::now();
        let mut session = Session::begin(&self.options).await?;
        if let Some(lost) = &self.lost {
            session.end(lost).await?;
            self.lost = None;
        }
        // An address may lead to another server since: what the old one answers is worth nothing.
        *self.primary.lock().unwrap_or_else(PoisonError::into_inner) = began;
        Ok(session)
    }

    /// Keeps the session where the answer proves that nothing of its work is in doubt. Otherwise it
    /// is given up, without a farewell, and with it all that it held: the server may be in the
    /// middle of our work, or far away.
    fn give_back<T>(&mut self, session: Session, answer: &Result<T>) {
        if answer.as_ref().err().is_none_or(Error::refused_whole) {
            self.session = Some(session);
            return;
        }
        self.lost = Some(session.identity.clone());
        drop(session);
        self.held.send_modify(|held| {
            held.stopped.extend(held.epochs.keys().copied());
        });
    }

    async fn give_sign(&mut self, partitions: Vec<i32>, epochs: Vec<i64>) -> Result<()> {
        let mut session = self.take().await?;
        let beat = sqlx::query(statements::BEAT).bind(partitions).bind(epochs);
        let beaten = in_time(beat.execute(&mut session.connection)).await;
        let beaten = beaten.map(|_| ()).map_err(failed_to("take a sign of life"));
        self.give_back(session, &beaten);
        beaten
    }

    fn stop(&self, partition: PartitionId) {
        self.held.send_modify(|held| {
            held.stopped.insert(partition);
        });
    }
}

impl desk::Writer for Writer {
    const BEAT: Option<Duration> = Some(BEAT);

    async fn commit(&mut self, batch: &Batch) -> Result<()> {
        let partition = batch.partition;
        if self.held.borrow().stopped.contains(&partition) {
            return Err(Error::Stopped { partition });
        }
        let committed = match self.take().await {
            Ok(mut session) => {
                let chain = self.chains.get(&partition).copied().unwrap_or_default();
                let committed = commit::commit(&mut session.connection, batch, chain).await;
                self.give_back(session, &committed);
                committed.map(|chain| {
                    self.chains.insert(partition, chain);
                })
            }
            Err(error) => Err(error),
        };
        if let Err(error) = &committed {
            tracing::error!(%partition, %error, "a commit failed and its partition has stopped");
            self.stop(partition);
        }
        committed
    }

    async fn claim(&mut self, partition: PartitionId, owner: &str, url: &str) -> Result<Epoch> {
        let mut session = self.take().await?;
        let claimed = claim(&mut session, partition, owner, url).await;
        self.give_back(session, &claimed);
        let (epoch, chain) = claimed?;
        self.chains.insert(partition, chain);
        self.held.send_modify(|held| {
            held.epochs.insert(partition, epoch);
            held.stopped.remove(&partition);
        });
        Ok(epoch)
    }

    async fn put_references(&mut self, drafts: &[ReferenceDraft]) -> Result<Vec<u64>> {
        let mut session = self.take().await?;
        let put = commit::put_references(&mut session.connection, drafts).await;
        self.give_back(session, &put);
        put
    }

    async fn put_tokens(&mut self, tokens: &[TokenRow]) -> Result<()> {
        let mut session = self.take().await?;
        let put = commit::put_tokens(&mut session.connection, tokens).await;
        self.give_back(session, &put);
        put
    }

    async fn put_persons(&mut self, persons: &[SealedPerson]) -> Result<()> {
        let mut session = self.take().await?;
        let put = commit::put_persons(&mut session.connection, persons).await;
        self.give_back(session, &put);
        put
    }

    async fn put_read_model(&mut self, write: &ReadModelWrite) -> Result<()> {
        let mut session = self.take().await?;
        let put = commit::put_read_model(&mut session.connection, write).await;
        self.give_back(session, &put);
        put
    }

    async fn change(&mut self, change: Change) -> Result<u64> {
        let (query, action) = match change {
            Change::PruneIdempotency { partition, before } => (
                sqlx::query(statements::PRUNE_IDEMPOTENCY)
                    .bind(i32::from(partition.0))
                    .bind(before.as_millis()),
                "prune answers",
            ),
            Change::OutboxDelivered { partition, target, through } => (
                sqlx::query(statements::OUTBOX_DELIVERED)
                    .bind(i32::from(partition.0))
                    .bind(target)
                    .bind(i64::try_from(through).unwrap_or(i64::MAX)),
                "forget delivered messages",
            ),
            Change::RevokeToken { id, at } => (
                sqlx::query(statements::REVOKE_TOKEN)
                    .bind(at.as_millis())
                    .bind(Uuid::from_u128(id)),
                "revoke a token",
            ),
            Change::ForgetTokens { before } => {
                (sqlx::query(statements::FORGET_TOKENS).bind(before.as_millis()), "forget tokens")
            }
            Change::TokensUsed { uses } => {
                let (ids, moments): (Vec<Uuid>, Vec<i64>) =
                    uses.iter().map(|used| (Uuid::from_u128(used.id), used.at.as_millis())).unzip();
                let noted = sqlx::query(statements::TOKENS_USED).bind(ids).bind(moments);
                (noted, "note which tokens were used")
            }
            Change::ErasePersons { persons } => {
                let ids = persons.iter().map(|person| Uuid::from_u128(person.bits()));
                let ids: Vec<Uuid> = ids.collect();
                (sqlx::query(statements::ERASE_PERSONS).bind(ids), "forget people")
            }
        };
        let mut session = self.take().await?;
        let changed = in_time(query.execute(&mut session.connection)).await;
        let changed = changed.map(|done| done.rows_affected()).map_err(failed_to(action));
        self.give_back(session, &changed);
        changed
    }

    /// Also the proof that the session is alive while nothing is recorded: one that is not stops
    /// what it held at once, not with the next order.
    async fn beat(&mut self) {
        let (partitions, epochs): (Vec<i32>, Vec<i64>) = {
            let held = self.held.borrow();
            let alive = held.epochs.iter().filter(|(id, _)| !held.stopped.contains(id));
            alive
                .filter_map(|(id, epoch)| Some((i32::from(id.0), i64::try_from(epoch.0).ok()?)))
                .unzip()
        };
        if partitions.is_empty() {
            return;
        }
        let beaten = self.give_sign(partitions, epochs).await;
        if let Err(error) = beaten {
            let source = std::error::Error::source(&error).map(ToString::to_string);
            tracing::error!(%error, source, "the session is lost, and all that it held has stopped");
        }
    }

    async fn close(mut self) -> Result<()> {
        match self.session.take() {
            Some(session) => {
                let closed = in_time(session.connection.close()).await;
                closed.map_err(failed_to("close the session"))
            }
            None => Ok(()),
        }
    }
}

/// Takes a partition that nobody holds, or whose holder was silent for longer than the lease: a
/// paused or cut-off process keeps its session as long as the network believes in it.
async fn claim(
    session: &mut Session,
    partition: PartitionId,
    owner: &str,
    url: &str,
) -> Result<(Epoch, Chain)> {
    if !hold(session, partition).await? {
        end_silent_holder(session, partition).await?;
        if !hold(session, partition).await? {
            // Somebody was faster.
            return Err(owned(partition, String::new(), String::new()));
        }
    }
    let claim = sqlx::query(statements::CLAIM)
        .bind(i32::from(partition.0))
        .bind(owner)
        .bind(url)
        .fetch_all(&mut session.connection);
    // To its end, not only to its row: the server commits after it.
    let rows = in_time(claim).await.map_err(failed_to("claim a partition"))?;
    let row =
        rows.first().ok_or_else(|| failed_to("claim a partition")(sqlx::Error::RowNotFound))?;
    let column = "partition_owner.chain";
    let chain = Chain::of_column(decode::Cells::blob(row, 1, column)?, column)?;
    Ok((Epoch(decode::unsigned(row, 0, "partition_owner.epoch")?), chain))
}

async fn hold(session: &mut Session, partition: PartitionId) -> Result<bool> {
    let ask = sqlx::query_scalar(statements::HOLD).bind(LOCK_CLASS).bind(i32::from(partition.0));
    in_time(ask.fetch_one(&mut session.connection)).await.map_err(failed_to("hold a partition"))
}

async fn end_silent_holder(session: &mut Session, partition: PartitionId) -> Result<()> {
    let lease = signed(LEASE.as_millis() as u64, "lease")?;
    let ask = sqlx::query(statements::HOLDER).bind(i32::from(partition.0)).bind(lease);
    let holder = in_time(ask.fetch_optional(&mut session.connection)).await;
    let holder = holder.map_err(failed_to("say who holds a partition"))?;
    // Who is only about to write the row is as good as there.
    let Some(row) = holder else { return Err(owned(partition, String::new(), String::new())) };
    let known = decode::owner(&row)?;
    let is_silent = decode::Cells::flag(&row, 3, "partition_owner.seen_at")?;
    if !is_silent {
        return Err(owned(partition, known.owner, known.url));
    }
    tracing::warn!(%partition, owner = known.owner, "its owner is silent and loses the partition");
    let end = sqlx::query(statements::END_HOLDERS).bind(LOCK_CLASS).bind(i32::from(partition.0));
    let ended = in_time(end.execute(&mut session.connection)).await;
    ended.map(|_| ()).map_err(failed_to("end a silent owner's session"))
}

fn owned(partition: PartitionId, owner: String, url: String) -> Error {
    Error::Owned { partition, owner, url }
}
