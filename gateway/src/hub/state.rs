//! Every topic and every open socket, behind the hub's one lock.

mod mirror;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use actors::{Change, Output, Topic};
use rustc_hash::FxHashMap;
use tokio::sync::mpsc;
use vocabulary::{FulfillmentOrderId, TokenId};

use super::counters::Counters;
use super::outbox::{Note, Outbox};
use super::relay::Told;
use super::ring::RingBounds;
use super::topic::{Joined, Stall, TopicState};
use super::{HubLimits, Listening, Source, encode};
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
    /// Where hubs in front are told what they follow.
    tell: Option<mpsc::Sender<Told>>,
    /// Topics that are published for them, and when to look whether they still are.
    followed: VecDeque<(Instant, Topic)>,
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
            tell: None,
            followed: VecDeque::new(),
        }
    }

    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    pub fn is_attended(&self, topic: Topic, now: Instant) -> bool {
        self.topics.get(&topic).is_some_and(|state| state.is_attended(now))
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
        self.told(Told::ShownOut { token });
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
        listening: Listening,
        resume: Option<ResumePoint>,
    ) {
        let (floor, epoch) = (self.floor, self.epoch);
        let state =
            self.topics.entry(topic).or_insert_with(|| TopicState::beginning_at(topic, floor + 1));
        let joined = state.join(outbox, listening, resume, epoch);
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
        if state.is_unwanted() && state.idle_since.is_none() {
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
        let Some(state) = self.topics.get_mut(&topic) else { return };
        let Some(frame) = state.acknowledge(fulfillment_order) else { return };
        let is_followed = state.is_followed();
        let stalls = state.hand_on_beside(&frame, &self.counters);
        self.counters.frames_encoded.add(1);
        self.stalled(stalls, now);
        if is_followed {
            self.told(Told::Acknowledged { topic, frame });
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
        if let Change::Position { courier, place, is_rough, at, etas } = change {
            let frame = encode::position(topic, *courier, (*place, *is_rough, *at), etas);
            self.counters.frames_encoded.add(1);
            state.publish_position(*courier, frame.clone(), &self.counters);
            if state.is_followed() {
                self.told(Told::Position { topic, courier: *courier, frame });
            }
            return;
        }
        let Some(published) = state.publish(change, self.epoch, bounds, &self.counters) else {
            return;
        };
        let is_followed = state.is_followed();
        self.stalled(published.stalls, now);
        if is_followed {
            let (point, frames) = (published.point, published.frames);
            self.told(Told::Delta { topic, point, frames });
        }
    }

    /// To the hubs in front; what finds no room they find out by asking.
    fn told(&self, told: Told) {
        if let Some(tell) = &self.tell {
            let _ = tell.try_send(told);
        }
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
        self.topics.retain(|_, state| !state.is_unwanted());
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
        self.let_go(now);
        self.forget_idle(now);
    }

    /// Topics that no hub in front has asked for of late.
    fn let_go(&mut self, now: Instant) {
        while let Some((due, topic)) = self.followed.front().copied() {
            if now < due {
                return;
            }
            self.followed.pop_front();
            let Some(state) = self.topics.get_mut(&topic) else { continue };
            match state.followed_until {
                Some(until) if now < until => self.followed.push_back((until, topic)),
                Some(_) => {
                    state.followed_until = None;
                    if state.is_unwanted() && state.idle_since.is_none() {
                        state.idle_since = Some(now);
                        self.idle.push_back((now, topic));
                    }
                }
                None => {}
            }
        }
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
            if !self.topics.get(&topic).is_some_and(|state| is_idle(state) && state.is_unwanted()) {
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
