//! The partition's life: recover, pump, and recover again when a commit fails.
//!
//! The pump lets commands in only while no message between owners is under way, and cuts a batch
//! only then. So a commit never splits a cascade: what a placing set in motion (holds, answers,
//! the payment) is recorded whole or not at all, and recovery never meets a half-done step.

use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix::{Actor, ArbiterHandle};
use commerce::member::MemberPolicy;
use dispatch::Policy;
use geo_index::TravelTime;
use persistence::{Epoch, Journal, PartitionId};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;
use vocabulary::planted::kill_point;
use vocabulary::{Clock, Place};

use crate::core::Core;
use crate::error::Error;
use crate::handle::PartitionHandle;
use crate::intake::Intake;
use crate::metrics::Metrics;
use crate::output::Output;
use crate::pending::Gated;
use crate::road::Road;
use crate::zone::ZoneActor;
use crate::{admission, recovery, road};

/// Commands let in at a time. More would make the wait for rest longer than a commit.
const ADMITTED_AT_ONCE: usize = 256;
/// Events that may wait for the commit in flight before the intake is left to fill up.
const PENDING_EVENTS: usize = 8_192;
/// Pause before recovering again, doubled up to 64 times while the journal stays away.
const RECOVERY_PAUSE: Duration = Duration::from_millis(100);

/// How a partition is set up.
#[derive(Clone)]
pub struct PartitionConfig {
    pub id: PartitionId,
    /// Who this process is, and where others reach it.
    pub owner: String,
    pub url: String,
    /// Around which positions are projected.
    pub center: Place,
    pub travel: Arc<dyn Fn() -> Box<dyn TravelTime> + Send + Sync>,
    pub policy: Policy,
    /// The rules for members, and the road to the partitions where they and the cities live.
    pub above: Above,
    pub clock: Arc<dyn Clock>,
    /// Commands that may wait at the border; one more is told `Busy`.
    pub intake_capacity: usize,
    /// For how long a key's answer is known without asking the journal.
    pub keys_for: vocabulary::Seconds,
    /// Dispatch rounds of more pairs of a delivery and a courier are planned on a thread of their
    /// own. As many as there are for runs under paused time, which must be equal each time.
    pub pairs_in_place: usize,
}

/// What a partition needs to work with others. By default it is alone: its letters wait.
#[derive(Clone, Default)]
pub struct Above {
    pub member_policy: MemberPolicy,
    pub road: Road,
}

/// What a round plans within a millisecond, which is what the partition's thread gives a message;
/// measured by the bench `round`.
pub const PAIRS_A_MILLISECOND: usize = 5_000;

/// How often a partition that another process runs is asked for.
const CLAIM_PAUSE: Duration = Duration::from_millis(500);

/// Whether commands are carried out now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartitionState {
    Recovering,
    Serving,
    /// Another process runs it, or has done so since this one did: what this process remembers of
    /// the world around the partition may be old.
    Elsewhere {
        /// Where that process is reached; empty when it is not known.
        url: Arc<str>,
    },
    Stopped,
}

/// One operating city on one thread.
pub struct Partition {
    pub handle: PartitionHandle,
    pub state: watch::Receiver<PartitionState>,
}

impl Partition {
    /// Starts on an arbiter's thread. `outlet` gets what is handed out, batch by batch, in order;
    /// when it is full the partition waits, and the border fills up behind it.
    pub fn start(
        config: PartitionConfig,
        journal: Journal,
        outlet: mpsc::Sender<Vec<Output>>,
        arbiter: &ArbiterHandle,
    ) -> Result<Self, Error> {
        let (partition, run) = Self::prepare(config, journal, outlet);
        let started = arbiter.spawn_fn(move || {
            actix::spawn(run());
        });
        started.then_some(partition).ok_or(Error::NoThread)
    }

    /// Starts on the current thread's own arbiter: the paused stage has one thread and one time.
    pub fn start_here(
        config: PartitionConfig,
        journal: Journal,
        outlet: mpsc::Sender<Vec<Output>>,
    ) -> Self {
        let (partition, run) = Self::prepare(config, journal, outlet);
        actix::spawn(run());
        partition
    }

    fn prepare(
        config: PartitionConfig,
        journal: Journal,
        outlet: mpsc::Sender<Vec<Output>>,
    ) -> (Self, impl FnOnce() -> Pin<Box<dyn Future<Output = ()>>> + Send) {
        let (intake, queue) = mpsc::channel(config.intake_capacity);
        let (tell_state, state) = watch::channel(PartitionState::Recovering);
        let metrics = Arc::new(Metrics::default());
        let handle = PartitionHandle {
            partition: config.id,
            intake,
            journal: journal.clone(),
            metrics: Arc::clone(&metrics),
            state: state.clone(),
        };
        let life = Life { config, journal, outlet, metrics, tell_state };
        let run = move || Box::pin(life.run(queue)) as Pin<Box<dyn Future<Output = ()>>>;
        (Self { handle, state }, run)
    }
}

struct Life {
    config: PartitionConfig,
    journal: Journal,
    outlet: mpsc::Sender<Vec<Output>>,
    metrics: Arc<Metrics>,
    tell_state: watch::Sender<PartitionState>,
}

/// Why the pump ended.
enum End {
    Drained(Vec<oneshot::Sender<()>>),
    HandlesGone,
    Failed(Error),
    Poisoned,
}

impl Life {
    async fn run(self, mut queue: mpsc::Receiver<Intake>) {
        let mut failures = 0u32;
        let mut reign = None;
        loop {
            let end = match self.begin(&mut reign).await {
                Ok(core) => {
                    failures = 0;
                    self.serve(core, &mut queue).await
                }
                Err(error) => End::Failed(error),
            };
            let mut pause = RECOVERY_PAUSE * (1 << failures.min(6));
            match end {
                End::Drained(waiting) => {
                    self.tell_state.send_replace(PartitionState::Stopped);
                    for done in waiting {
                        // Whoever asked may have stopped waiting.
                        let _ = done.send(());
                    }
                    return;
                }
                End::HandlesGone => return,
                End::Failed(Error::Journal(persistence::Error::Closed)) => {
                    self.tell_state.send_replace(PartitionState::Stopped);
                    return;
                }
                End::Failed(Error::Journal(persistence::Error::Owned { owner, url, .. })) => {
                    self.stand_by(&owner, &url);
                    pause = CLAIM_PAUSE;
                }
                End::Failed(Error::Deposed) => {
                    tracing::warn!(partition = %self.config.id, "another process ran the partition");
                    self.tell_state.send_replace(PartitionState::Elsewhere { url: "".into() });
                    return;
                }
                End::Failed(error) => {
                    let partition = self.config.id;
                    let source = std::error::Error::source(&error).map(ToString::to_string);
                    tracing::error!(%partition, %error, source, "the partition stopped");
                    self.begin_again();
                }
                End::Poisoned => {
                    let partition = self.config.id;
                    tracing::error!(%partition, "an owner panicked outside its decision");
                    self.begin_again();
                }
            }
            // Whoever waits is told `unavailable` by its dropped reply, and asks again by its key.
            while queue.try_recv().is_ok() {}
            tokio::time::sleep(pause).await;
            failures += 1;
        }
    }

    /// Claims the partition and recovers it. Once it has been ours, nobody may have had it since:
    /// each claim counts the epoch on by one.
    async fn begin(&self, reign: &mut Option<Epoch>) -> Result<Rc<Core>, Error> {
        let PartitionConfig { id, owner, url, .. } = &self.config;
        let epoch = self.journal.claim(*id, owner, url).await?;
        kill_point("claimed");
        let before = reign.replace(epoch);
        if before.is_some_and(|before| before.0 + 1 != epoch.0) {
            return Err(Error::Deposed);
        }
        recovery::recover(&self.config, &self.journal, epoch, &self.metrics).await
    }

    fn begin_again(&self) {
        self.metrics.recoveries.add(1);
        self.tell_state.send_replace(PartitionState::Recovering);
    }

    fn stand_by(&self, owner: &str, url: &str) {
        let elsewhere = PartitionState::Elsewhere { url: url.into() };
        if *self.tell_state.borrow() != elsewhere {
            tracing::warn!(partition = %self.config.id, owner, url, "another process runs the partition");
            self.tell_state.send_replace(elsewhere);
        }
    }

    async fn serve(&self, core: Rc<Core>, queue: &mut mpsc::Receiver<Intake>) -> End {
        let recovered = vec![Output::Recovered { epoch: core.epoch.0 }];
        if self.outlet.send(recovered).await.is_err() {
            tracing::debug!("nobody listens at the outlet");
        }
        ZoneActor::new(Rc::clone(&core), self.config.pairs_in_place).start();
        self.tell_state.send_replace(PartitionState::Serving);
        tracing::info!(
            partition = %self.config.id, epoch = %core.epoch, seq = core.last_seq(),
            orders = core.orders.borrow().len(), "the partition serves"
        );
        let end =
            Pump { core: Rc::clone(&core), outlet: self.outlet.clone(), draining: Vec::new() }
                .run(queue)
                .await;
        core.stop();
        end
    }
}

type Commit = Pin<Box<dyn Future<Output = persistence::Result<()>>>>;

struct Pump {
    core: Rc<Core>,
    outlet: mpsc::Sender<Vec<Output>>,
    draining: Vec<oneshot::Sender<()>>,
}

impl Pump {
    async fn run(mut self, queue: &mut mpsc::Receiver<Intake>) -> End {
        let mut commit: Option<(Commit, Gated)> = None;
        let mut admitted = Vec::with_capacity(ADMITTED_AT_ONCE);
        let core = Rc::clone(&self.core);
        let mut stopped = pin!(core.journal.stopped(core.partition));
        loop {
            if self.core.is_poisoned() {
                return End::Poisoned;
            }
            let at_rest = self.core.is_at_rest();
            if at_rest && commit.is_none() {
                if self.core.has_pending() {
                    commit = self.cut().await;
                    continue;
                }
                if !self.draining.is_empty() {
                    return End::Drained(std::mem::take(&mut self.draining));
                }
            }
            let has_room = at_rest
                && self.draining.is_empty()
                && self.core.pending_event_count() < PENDING_EVENTS
                && !self.core.outgoing.is_full();
            tokio::select! {
                biased;
                result = until_recorded(&mut commit), if commit.is_some() => {
                    let gated = commit.take().map(|(_, gated)| gated);
                    match (result, gated) {
                        (Ok(()), Some(gated)) => self.hand_out(gated).await,
                        (Ok(()), None) => {}
                        (Err(_), Some(gated)) if vocabulary::planted!("failed_commit_is_ignored") => {
                            self.hand_out(gated).await;
                        }
                        (Err(error), _) => return End::Failed(error.into()),
                    }
                }
                () = self.core.wake.notified() => {}
                // Nothing is under way that would tell it: the right to record is gone.
                () = &mut stopped, if commit.is_none() => {
                    let partition = self.core.partition;
                    return End::Failed(persistence::Error::Stopped { partition }.into());
                }
                count = queue.recv_many(&mut admitted, ADMITTED_AT_ONCE), if has_room => {
                    if count == 0 {
                        return End::HandlesGone;
                    }
                    for intake in admitted.drain(..) {
                        if let Some(done) = admission::admit(&self.core, intake) {
                            self.draining.push(done);
                        }
                    }
                }
            }
        }
    }

    /// Sends off what is pending; what needs no row is handed out at once.
    async fn cut(&self) -> Option<(Commit, Gated)> {
        let began = Instant::now();
        let (batch, mut gated) = self.core.cut();
        if vocabulary::planted!("acknowledged_before_commit") {
            std::mem::take(&mut gated.releases).into_iter().for_each(|release| release());
        }
        if vocabulary::planted!("pushed_before_commit") {
            let _ = self.outlet.send(std::mem::take(&mut gated.outputs)).await;
        }
        self.core.metrics().encode_us.add(began.elapsed().as_micros() as u64);
        match batch {
            Some(batch) => {
                let core = Rc::clone(&self.core);
                let commit = async move {
                    kill_point("before_a_commit");
                    let began = Instant::now();
                    let committed = core.journal.commit(batch).await;
                    core.metrics().commit_us.add(began.elapsed().as_micros() as u64);
                    committed
                };
                Some((Box::pin(commit), gated))
            }
            None => {
                self.hand_out(gated).await;
                None
            }
        }
    }

    /// Everything behind the gate leaves, in the order it was decided.
    async fn hand_out(&self, gated: Gated) {
        kill_point("recorded_and_untold");
        self.core.committed(&gated);
        if !gated.letters.is_empty() {
            road::post(&self.core, gated.letters);
        }
        if !gated.outputs.is_empty() && self.outlet.send(gated.outputs).await.is_err() {
            tracing::debug!("nobody listens at the outlet");
        }
        kill_point("pushed_and_unanswered");
        gated.releases.into_iter().for_each(|release| release());
        kill_point("answered");
    }
}

/// The commit in flight; only polled while there is one.
async fn until_recorded(commit: &mut Option<(Commit, Gated)>) -> persistence::Result<()> {
    match commit {
        Some((commit, _)) => commit.as_mut().await,
        None => std::future::pending().await,
    }
}
