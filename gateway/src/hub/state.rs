//! Every topic and every open socket, behind the hub's one lock.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use actors::{Change, Output, Topic};
use rustc_hash::FxHashMap;
use vocabulary::{FulfillmentOrderId, TokenId};

use super::counters::Counters;
use super::outbox::{Note, Outbox};
use super::ring::RingBounds;
use super::topic::{Joined, Stall, TopicState};
use super::{HubLimits, Sight, Source, encode};
use crate::wire::fault::Fault;
use crate::wire::socket::{CloseCode, ResumePoint, ServerFrame};

pub(crate) struct State {
    source: Box<dyn Source>,
    limits: HubLimits,
    counters: Arc<Counters>,
    epoch: u64,
    /// No seq of this epoch above it was ever given to a topic that is forgotten. New topics begin
    /// one higher, so that an old resume point never looks like a new one.
    floor: u64,
    topics: FxHashMap<Topic, TopicState>,
    outboxes: FxHashMap<u64, Arc<Outbox>>,
    last_outbox: u64,
    last_ask: u64,
    /// Snapshots to ask for, which the city had no room for.
    unasked: Vec<Topic>,
    /// Topics that somebody left last, the earliest first.
    idle: VecDeque<(Instant, Topic)>,
    slow: Vec<Slow>,
    is_closing: bool,
}

/// A socket whose queue overflowed, and how often it had taken its frames by then.
struct Slow {
    since: Instant,
    outbox: Arc<Outbox>,
    taken_count: u64,
}

impl State {
    pub fn new(source: Box<dyn Source>, limits: HubLimits, counters: Arc<Counters>) -> Self {
        Self {
            source,
            limits,
            counters,
            epoch: 0,
            floor: 0,
            topics: FxHashMap::default(),
            outboxes: FxHashMap::default(),
            last_outbox: 0,
            last_ask: 0,
            unasked: Vec::new(),
            idle: VecDeque::new(),
            slow: Vec::new(),
            is_closing: false,
        }
    }

    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    pub fn listener_count(&self, topic: Topic) -> usize {
        self.topics.get(&topic).map_or(0, TopicState::listener_count)
    }

    // --- sockets ---

    pub fn open(&mut self) -> Option<Arc<Outbox>> {
        if self.is_closing || self.outboxes.len() >= self.limits.most_connections {
            return None;
        }
        self.last_outbox += 1;
        let outbox = Arc::new(Outbox::new(self.last_outbox, self.limits.queue));
        self.outboxes.insert(outbox.id, Arc::clone(&outbox));
        self.counters.connections.add(1);
        self.counters.connections_opened.add(1);
        Some(outbox)
    }

    pub fn close(&mut self, outbox: &Outbox) {
        if self.outboxes.remove(&outbox.id).is_some() {
            self.counters.connections.sub(1);
        }
    }

    /// Ends every socket that was opened with this token.
    pub fn close_of(&self, token: TokenId) {
        let theirs = self.outboxes.values().filter(|outbox| outbox.is_held_by(token));
        theirs.for_each(|outbox| {
            outbox.close(CloseCode::Forbidden);
        });
    }

    pub fn close_all(&mut self, code: CloseCode) {
        self.is_closing = true;
        self.outboxes.values().for_each(|outbox| {
            outbox.close(code);
        });
    }

    // --- listening ---

    pub fn join(
        &mut self,
        outbox: &Arc<Outbox>,
        topic: Topic,
        sight: Sight,
        resume: Option<ResumePoint>,
    ) {
        let (floor, epoch) = (self.floor, self.epoch);
        let state =
            self.topics.entry(topic).or_insert_with(|| TopicState::beginning_at(topic, floor + 1));
        let joined = state.join(outbox, sight, resume, epoch);
        self.counters.subscriptions.add(1);
        self.counters.topics.set(self.topics.len() as u64);
        match (joined, resume) {
            (Joined::Live, _) => self.counters.ring_hits.add(1),
            (Joined::NeedsSnapshot, Some(_)) => self.counters.ring_misses.add(1),
            (Joined::NeedsSnapshot, None) => {}
        }
        if joined == Joined::NeedsSnapshot {
            self.ask(topic);
        }
    }

    pub fn leave(&mut self, outbox: &Outbox, topic: Topic, now: Instant) {
        outbox.forget(topic);
        let Some(state) = self.topics.get_mut(&topic) else { return };
        if state.leave(outbox.id) {
            self.counters.subscriptions.sub(1);
        }
        if state.listener_count() == 0 && state.idle_since.is_none() {
            state.idle_since = Some(now);
            self.idle.push_back((now, topic));
        }
    }

    pub fn catch_up(&mut self, outbox: &Outbox, topic: Topic) {
        let is_waiting = self.topics.get_mut(&topic).is_some_and(|state| state.catch_up(outbox.id));
        if is_waiting {
            self.ask(topic);
        }
    }

    /// Nobody listens to a board without a topic: there is nobody to tell, and nothing rings.
    pub fn acknowledge(
        &mut self,
        topic: Topic,
        fulfillment_order: FulfillmentOrderId,
        now: Instant,
    ) {
        if let Some(state) = self.topics.get_mut(&topic) {
            let stalls = state.acknowledge(fulfillment_order, &self.counters);
            self.stalled(stalls, now);
        }
    }

    /// Asks the city for a snapshot, once for all who wait.
    fn ask(&mut self, topic: Topic) {
        let Some(state) = self.topics.get_mut(&topic) else { return };
        // Before the first epoch everybody waits; when it comes, all of them are asked for.
        if self.epoch == 0 || state.asked.is_some() || !state.needs_snapshot() {
            return;
        }
        self.last_ask += 1;
        match self.source.watch(self.last_ask, topic) {
            Ok(()) => state.asked = Some(self.last_ask),
            // Full or recovering: the sweep asks again.
            Err(_) => self.unasked.push(topic),
        }
    }

    // --- what the city says ---

    pub fn hand_out(&mut self, output: Output, now: Instant) {
        match output {
            Output::Recovered { epoch } => self.start_over(epoch),
            Output::Snapshot { subscription, topic, change } => {
                let Some(state) = self.topics.get_mut(&topic) else { return };
                if state.asked == Some(subscription) {
                    let stalls = state.begin(&change, self.epoch, &self.counters);
                    self.stalled(stalls, now);
                }
            }
            Output::Publish(publication) => {
                self.publish(publication.topic, &publication.change, now);
            }
            Output::NoSuchTopic { subscription, topic } => {
                let asked = self.topics.get(&topic).and_then(|state| state.asked);
                if asked == Some(subscription) {
                    self.end(topic);
                }
            }
        }
    }

    fn publish(&mut self, topic: Topic, change: &Change, now: Instant) {
        let bounds = self.bounds(topic);
        let Some(state) = self.topics.get_mut(&topic) else { return };
        if let Change::Position { courier, place, at, etas } = change {
            let frame = encode::position(topic, *courier, (*place, *at), etas);
            self.counters.frames_encoded.add(1);
            return state.publish_position(*courier, frame, &self.counters);
        }
        let stalls = state.publish(change, self.epoch, bounds, &self.counters);
        self.stalled(stalls, now);
    }

    fn bounds(&self, topic: Topic) -> RingBounds {
        let bytes = match topic {
            Topic::Order(_) | Topic::Courier(_) | Topic::Reports | Topic::StoreReports(_) => {
                self.limits.ring_bytes_of_one
            }
            Topic::Board(_) | Topic::Operations => self.limits.ring_bytes_of_many,
        };
        RingBounds { deltas: self.limits.ring_deltas, bytes }
    }

    fn stalled(&mut self, stalls: Vec<Stall>, now: Instant) {
        let slow = stalls.into_iter().map(|(outbox, taken_count)| Slow {
            since: now,
            outbox,
            taken_count,
        });
        self.slow.extend(slow);
    }

    fn start_over(&mut self, epoch: u64) {
        self.epoch = epoch;
        self.floor = 0;
        self.unasked.clear();
        self.topics.retain(|_, state| state.listener_count() > 0);
        self.counters.topics.set(self.topics.len() as u64);
        self.topics.values_mut().for_each(TopicState::start_over);
        let topics: Vec<Topic> = self.topics.keys().copied().collect();
        topics.into_iter().for_each(|topic| self.ask(topic));
    }

    /// The topic is not there: whoever asked hears it once.
    fn end(&mut self, topic: Topic) {
        let Some(state) = self.topics.remove(&topic) else { return };
        self.floor = self.floor.max(state.seq());
        let name = match topic {
            Topic::Order(_) => "order",
            Topic::Board(_) => "store",
            Topic::Courier(_) => "courier",
            Topic::Operations | Topic::Reports => "city",
            Topic::StoreReports(_) => "store",
        };
        let frame = ServerFrame::error(Some(topic), Fault::not_found(name)).encode();
        for outbox in state.into_outboxes() {
            outbox.say(frame.clone());
            outbox.note(Note::Ended(topic));
            self.counters.subscriptions.sub(1);
        }
        self.counters.topics.set(self.topics.len() as u64);
    }

    // --- in passing ---

    pub fn sweep(&mut self, now: Instant) {
        let unasked = std::mem::take(&mut self.unasked);
        unasked.into_iter().for_each(|topic| self.ask(topic));
        self.close_slow(now);
        self.forget_idle(now);
    }

    /// A socket that took nothing since its queue overflowed is closed; it may resume.
    fn close_slow(&mut self, now: Instant) {
        let (limit, counters) = (self.limits.slow_reader, &self.counters);
        self.slow.retain(|slow| {
            let has_read = slow.outbox.taken_count() != slow.taken_count;
            if has_read || slow.outbox.closing().is_some() {
                return false;
            }
            let is_late = now.duration_since(slow.since) >= limit;
            if is_late && slow.outbox.close(CloseCode::SlowReader) {
                counters.slow_closes.add(1);
            }
            !is_late
        });
    }

    fn forget_idle(&mut self, now: Instant) {
        while let Some((since, topic)) = self.idle.front().copied() {
            if now.duration_since(since) < self.limits.idle_topic {
                return;
            }
            self.idle.pop_front();
            let is_idle = |state: &TopicState| state.idle_since == Some(since);
            if !self.topics.get(&topic).is_some_and(is_idle) {
                continue;
            }
            if self.source.unwatch(topic).is_err() {
                // Still watched: what it publishes meanwhile only fills its ring.
                self.idle.push_front((since, topic));
                return;
            }
            if let Some(state) = self.topics.remove(&topic) {
                self.floor = self.floor.max(state.seq());
            }
            self.counters.topics.set(self.topics.len() as u64);
        }
    }
}
