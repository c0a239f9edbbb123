//! What the city publishes, handed to the sockets that listen.
//!
//! One face owns the write side of every socket. A change is encoded once for everybody who sees
//! the same and queued by cloning a reference; nobody waits for a slow reader. The hub knows no
//! socket and no request, decides nothing, and asks for permission nowhere: whoever calls
//! [`Hub::join`] has asked.

mod counters;
mod encode;
mod outbox;
pub(crate) mod relay;
mod ring;
mod state;
#[cfg(test)]
mod tests;
mod topic;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use actors::{CommandError, Output, PartitionHandle, Topic};
use tokio::sync::mpsc;
use vocabulary::{FulfillmentOrderId, StoreId, TokenId};

pub use counters::{Counters, Kind, Reading};
pub(crate) use outbox::{Note, Outbox};

use crate::wire::socket::{CloseCode, ResumePoint};
use relay::{Look, Mirrored, Question, Told};
use state::State;

/// How much waits, how much is kept, and for how long.
#[derive(Debug, Clone, Copy)]
pub struct HubLimits {
    /// Sockets open at once.
    pub most_connections: usize,
    /// Entries that wait for one socket.
    pub queue: usize,
    /// Deltas kept of one topic.
    pub ring_deltas: usize,
    /// Bytes kept of an order or a courier, whose deltas are whole: a snapshot costs the same.
    pub ring_bytes_of_one: usize,
    /// Bytes kept of a board or of operations, whose snapshots are large.
    pub ring_bytes_of_many: usize,
    /// How long a topic is kept that nobody listens to.
    pub idle_topic: Duration,
    /// How long a socket whose queue overflowed may take nothing.
    pub slow_reader: Duration,
}

impl Default for HubLimits {
    fn default() -> Self {
        Self {
            most_connections: 20_000,
            queue: 64,
            ring_deltas: 256,
            ring_bytes_of_one: 32 * 1_024,
            ring_bytes_of_many: 1_024 * 1_024,
            idle_topic: Duration::from_secs(60),
            slow_reader: Duration::from_secs(10),
        }
    }
}

/// How often idle topics, unsent questions and slow readers are looked at.
pub(crate) const SWEEP: Duration = Duration::from_millis(250);
/// How long a topic is kept published for a hub in front that does not ask again.
const FOLLOWED_FOR: Duration = Duration::from_secs(30);

/// What of a topic somebody's role shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    Whole,
    /// An order without its money, a courier without the reasons of its offers.
    Masked,
}

/// As whom somebody listens to a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listening {
    pub sight: Sight,
    /// Works at the store whose board it is: others who read along serve nobody.
    pub is_at_work: bool,
}

impl Listening {
    /// Somebody who reads along.
    pub(crate) fn beside(sight: Sight) -> Self {
        Self { sight, is_at_work: false }
    }
}

/// As many as there are sights.
pub(crate) const LANES: usize = 2;

impl Sight {
    pub(crate) const ALL: [Sight; LANES] = [Sight::Whole, Sight::Masked];

    pub(crate) fn lane(self) -> usize {
        match self {
            Self::Whole => 0,
            Self::Masked => 1,
        }
    }
}

/// Where topics come from.
pub trait Source: Send + Sync + 'static {
    /// Asks for a snapshot, and for every change after it.
    fn watch(&self, ask: u64, topic: Topic) -> Result<(), CommandError>;
    fn unwatch(&self, topic: Topic) -> Result<(), CommandError>;
}

impl Source for PartitionHandle {
    fn watch(&self, ask: u64, topic: Topic) -> Result<(), CommandError> {
        self.subscribe(ask, topic)
    }

    fn unwatch(&self, topic: Topic) -> Result<(), CommandError> {
        PartitionHandle::unwatch(self, topic)
    }
}

pub struct Hub {
    state: Mutex<State>,
    counters: Arc<Counters>,
}

impl Hub {
    pub fn new(source: impl Source, limits: HubLimits) -> Arc<Self> {
        let counters = Arc::new(Counters::default());
        let state = State::new(Box::new(source), limits, Arc::clone(&counters));
        Arc::new(Self { state: Mutex::new(state), counters })
    }

    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    pub(crate) fn sent(&self, frame_count: u64) {
        self.counters.frames_sent.add(frame_count);
    }

    /// The city's epoch; 0 before it has recovered for the first time.
    pub fn epoch(&self) -> u64 {
        self.state().epoch()
    }

    /// Sockets that listen to the topic now.
    pub fn listener_count(&self, topic: Topic) -> usize {
        self.state().listener_count(topic)
    }

    /// Whether somebody listens who is at work there, here or through a hub in front.
    pub fn is_attended(&self, topic: Topic) -> bool {
        self.state().is_attended(topic, Instant::now())
    }

    /// Hands out what the city publishes until its outlet closes.
    pub async fn run(self: Arc<Self>, mut outlet: mpsc::Receiver<Vec<Output>>) {
        let mut sweep = tokio::time::interval(SWEEP);
        sweep.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                batch = outlet.recv() => match batch {
                    Some(batch) => self.hand_out(batch, Instant::now()),
                    None => return self.close_all(),
                },
                _ = sweep.tick() => self.state().sweep(Instant::now()),
            }
        }
    }

    /// What the city, or the books beside it, have to say.
    pub(crate) fn hand_out(&self, batch: Vec<Output>, now: Instant) {
        let mut state = self.state();
        batch.into_iter().for_each(|output| state.hand_out(output, now));
    }

    /// Tells every socket to come back elsewhere, and lets no other in.
    pub fn close_all(&self) {
        self.state().close_all(CloseCode::GoingAway);
    }

    /// Somebody logs out or loses their token: what they opened with it ends now.
    pub fn close_of(&self, token: TokenId) {
        self.state().close_of(token);
    }

    /// A place for one more socket; `None` when the house is full or closing.
    pub(crate) fn open(&self) -> Option<Arc<Outbox>> {
        self.state().open()
    }

    /// Begins to send a topic; the caller has asked whether this is allowed.
    pub(crate) fn join(
        &self,
        outbox: &Arc<Outbox>,
        topic: Topic,
        listening: Listening,
        resume: Option<ResumePoint>,
    ) {
        self.state().join(outbox, topic, listening, resume);
    }

    /// A person at a store has seen this alert: the board's other screens need not ring for it.
    pub(crate) fn acknowledge(&self, store: StoreId, fulfillment_order: FulfillmentOrderId) {
        self.state().acknowledge(Topic::Board(store), fulfillment_order, Instant::now());
    }

    pub(crate) fn leave(&self, outbox: &Outbox, topic: Topic) {
        self.state().leave(outbox, topic, Instant::now());
    }

    /// A socket has taken what overflowed: its dropped topic starts again.
    pub(crate) fn catch_up(&self, outbox: &Outbox, topic: Topic) {
        self.state().catch_up(outbox, topic);
    }

    /// The socket is gone, and with it what it listened to.
    pub(crate) fn close(&self, outbox: &Outbox, topics: &[Topic]) {
        let (mut state, now) = (self.state(), Instant::now());
        topics.iter().for_each(|topic| state.leave(outbox, *topic, now));
        state.close(outbox);
    }

    // --- for hubs in front of this one ---

    /// From now on everything about a topic that is [followed](Self::follow) is told here as well.
    /// What finds no room is left out.
    pub(crate) fn tell(&self, told: mpsc::Sender<Told>) {
        self.state().tell(told);
    }

    /// Keeps a topic published for a hub in front, until some time after it last said so.
    pub(crate) fn follow(&self, topic: Topic) {
        self.state().follow(topic, Instant::now() + FOLLOWED_FOR);
    }

    /// Somebody at work listens through a hub in front, until some time after it last said so.
    pub(crate) fn attend(&self, topic: Topic) {
        self.state().attend(topic, Instant::now() + FOLLOWED_FOR);
    }

    pub(crate) fn look(&self, topic: Topic, after: Option<ResumePoint>) -> Look {
        self.state().look(topic, after)
    }

    // --- in front of another hub ---

    pub(crate) fn hear(&self, told: Told) {
        self.state().hear(told, Instant::now());
    }

    pub(crate) fn mirror(&self, answer: Mirrored) {
        self.state().mirror(answer, Instant::now());
    }

    pub(crate) fn question(&self, topic: Topic) -> Option<Question> {
        self.state().question(topic)
    }

    /// Nobody could be asked about the topic: it is asked again soon.
    pub(crate) fn unanswered(&self, topic: Topic) {
        self.state().unanswered(topic);
    }

    /// Every topic that somebody listens to here.
    pub(crate) fn topics(&self) -> Vec<Topic> {
        self.state().topics()
    }

    /// Lets the time pass, for a hub that nobody [runs](Self::run).
    pub(crate) fn sweep(&self) {
        self.state().sweep(Instant::now());
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
