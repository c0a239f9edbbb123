//! One topic: where its history stands, what is kept of it, and who listens.

mod mirror;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use actors::{Change, Topic};
use axum::extract::ws::Utf8Bytes;
use dispatch::store::FulfillmentState;
use vocabulary::{CourierId, FulfillmentOrderId};

use super::counters::Counters;
use super::encode::{self, At};
use super::outbox::{Outbox, Queued};
use super::relay::Frames;
use super::ring::{Ring, RingBounds};
use super::{Listening, Sight};
use crate::wire::socket::{ResetReason, ResumePoint};

pub(crate) struct TopicState {
    topic: Topic,
    /// Of the last delta. All lanes count together.
    seq: u64,
    /// The snapshot that was asked for and has not come.
    pub asked: Option<u64>,
    /// The city publishes it, and nothing was missed since the lanes began.
    is_live: bool,
    lanes: [Option<Lane>; 2],
    /// The last position of each courier that carries something of it.
    positions: Vec<(CourierId, Utf8Bytes)>,
    /// Of a board: whose alert was seen on one of its screens. Live state of this house: a restart,
    /// and a board that nobody looked at for a while, ring once more.
    acknowledged: BTreeSet<FulfillmentOrderId>,
    /// Since when nobody listens.
    pub idle_since: Option<Instant>,
    /// Until when a hub in front follows it.
    pub followed_until: Option<Instant>,
    /// Until when somebody who is at work listens through a hub in front.
    pub attended_until: Option<Instant>,
}

/// What became of a change that was published.
pub(crate) struct Published {
    pub point: ResumePoint,
    pub frames: Frames,
    pub stalls: Vec<Stall>,
}

/// Those who see the same.
struct Lane {
    ring: Ring,
    listeners: Vec<Listener>,
}

struct Listener {
    outbox: Arc<Outbox>,
    standing: Standing,
    is_at_work: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// Has everything up to the topic's seq, written or queued.
    Live,
    /// Gets the next snapshot, after a reset when it had something before.
    Waiting(Option<ResetReason>),
    /// Its queue was full: it waits until there is room to ask for a snapshot.
    Stalled,
}

/// How a listener came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Joined {
    /// Continued from the ring.
    Live,
    NeedsSnapshot,
}

/// A listener whose queue overflowed, with how often it had taken its frames by then.
pub(crate) type Stall = (Arc<Outbox>, u64);

impl TopicState {
    pub fn beginning_at(topic: Topic, seq: u64) -> Self {
        Self {
            topic,
            seq,
            asked: None,
            is_live: false,
            lanes: [None, None],
            positions: Vec::new(),
            acknowledged: BTreeSet::new(),
            idle_since: None,
            followed_until: None,
            attended_until: None,
        }
    }

    pub fn is_live(&self) -> bool {
        self.is_live
    }

    pub fn is_followed(&self) -> bool {
        self.followed_until.is_some()
    }

    /// Nobody listens, here or through a hub in front.
    pub fn is_unwanted(&self) -> bool {
        self.listener_count() == 0 && !self.is_followed()
    }

    /// Somebody listens who is at work, here or through a hub in front.
    pub fn is_attended(&self, now: Instant) -> bool {
        self.is_attended_here() || self.attended_until.is_some_and(|until| now < until)
    }

    pub fn is_attended_here(&self) -> bool {
        let mut listeners = self.lanes.iter().flatten().flat_map(|lane| &lane.listeners);
        listeners.any(|listener| listener.is_at_work)
    }

    pub fn seq(&self) -> u64 {
        self.seq
    }

    pub fn listener_count(&self) -> usize {
        self.lanes.iter().flatten().map(|lane| lane.listeners.len()).sum()
    }

    /// Whether somebody cannot go on without a snapshot.
    pub fn needs_snapshot(&self) -> bool {
        let waits = |listener: &Listener| matches!(listener.standing, Standing::Waiting(_));
        let is_begun = self.is_live || !self.is_followed();
        !is_begun || self.lanes.iter().flatten().any(|lane| lane.listeners.iter().any(waits))
    }

    /// Lets a connection in: from where it was if the ring reaches back, else to wait.
    pub fn join(
        &mut self,
        outbox: &Arc<Outbox>,
        listening: Listening,
        resume: Option<ResumePoint>,
        epoch: u64,
    ) -> Joined {
        let Listening { sight, is_at_work } = listening;
        self.idle_since = None;
        let (topic, seq, is_live) = (self.topic, self.seq, self.is_live);
        let acknowledged = self.acknowledged_frame();
        let Some(lane) = self.lanes.get_mut(sight.lane()) else { return Joined::NeedsSnapshot };
        let lane = lane.get_or_insert_with(|| Lane::beginning_at(seq));
        let is_same = |point: ResumePoint| point.epoch == epoch;
        let missed = resume
            .filter(|point| is_live && is_same(*point))
            .and_then(|point| lane.ring.after(point.seq));
        let why = resume.map(|point| match is_same(point) {
            true => ResetReason::Gap,
            false => ResetReason::NewEpoch,
        });
        let standing = match missed {
            Some(missed) => {
                outbox.start(topic, missed.into_iter().chain(acknowledged).collect());
                show(topic, &self.positions, outbox);
                Standing::Live
            }
            None => Standing::Waiting(why),
        };
        lane.listeners.push(Listener { outbox: Arc::clone(outbox), standing, is_at_work });
        match standing {
            Standing::Live => Joined::Live,
            Standing::Waiting(_) | Standing::Stalled => Joined::NeedsSnapshot,
        }
    }

    /// False when the connection did not listen.
    pub fn leave(&mut self, outbox: u64) -> bool {
        for lane in self.lanes.iter_mut().flatten() {
            let found = lane.listeners.iter().position(|known| known.outbox.id == outbox);
            if let Some(index) = found {
                lane.listeners.swap_remove(index);
                return true;
            }
        }
        false
    }

    /// A stalled listener has room again; false when it does not wait for that.
    pub fn catch_up(&mut self, outbox: u64) -> bool {
        let listeners = self.lanes.iter_mut().flatten().flat_map(|lane| &mut lane.listeners);
        for listener in listeners.filter(|known| known.outbox.id == outbox) {
            if listener.standing == Standing::Stalled {
                listener.standing = Standing::Waiting(Some(ResetReason::SlowReader));
                return true;
            }
        }
        false
    }

    /// The city's answer: those who wait begin here, and everything published from now on
    /// continues it.
    pub fn begin(&mut self, change: &Change, epoch: u64, counters: &Counters) -> Vec<Stall> {
        self.asked = None;
        self.is_live = true;
        let at = At { topic: self.topic, epoch, seq: self.seq };
        let acknowledged = self.acknowledged_frame();
        let mut stalls = Vec::new();
        for (sight, lane) in Sight::ALL.into_iter().zip(&mut self.lanes) {
            let Some(lane) = lane else { continue };
            let mut encoded = None;
            for listener in &mut lane.listeners {
                let Standing::Waiting(why) = listener.standing else { continue };
                if encoded.is_none() {
                    encoded = encode::snapshot(at, change, sight);
                    counters.frames_encoded.add(1);
                }
                let Some(snapshot) = encoded.clone() else { return stalls };
                let reset = why.map(|why| encode::reset(at.topic, why));
                let frames: Vec<_> =
                    reset.into_iter().chain([snapshot]).chain(acknowledged.clone()).collect();
                let queued = listener.outbox.start(at.topic, frames);
                listener.standing = Standing::Live;
                listener.settle(queued, &mut stalls, counters);
                show(at.topic, &self.positions, &listener.outbox);
            }
        }
        stalls
    }

    /// Hands a change to everybody who is up to date, and keeps it for those who come back. `None`
    /// while nobody has begun.
    pub fn publish(
        &mut self,
        change: &Change,
        epoch: u64,
        bounds: RingBounds,
        counters: &Counters,
    ) -> Option<Published> {
        if !self.is_live {
            return None;
        }
        self.forget_positions_after(change);
        self.forget_acknowledged_after(change);
        let at = At { topic: self.topic, epoch, seq: self.seq + 1 };
        let mut frames = Frames::default();
        let lanes = Sight::ALL.into_iter().zip(&self.lanes).zip(&mut frames);
        for ((sight, _), frame) in lanes.filter(|((_, lane), _)| lane.is_some()) {
            *frame = encode::delta(at, change, sight);
            counters.frames_encoded.add(1);
        }
        let stalls = self.hand_on(&frames, bounds, counters);
        Some(Published { point: ResumePoint { epoch, seq: self.seq }, frames, stalls })
    }

    /// The next delta of each lane, encoded.
    pub fn hand_on(
        &mut self,
        frames: &Frames,
        bounds: RingBounds,
        counters: &Counters,
    ) -> Vec<Stall> {
        let (topic, mut stalls) = (self.topic, Vec::new());
        self.seq += 1;
        for (lane, frame) in self.lanes.iter_mut().zip(frames) {
            let (Some(lane), Some(delta)) = (lane, frame) else { continue };
            lane.ring.push(delta.clone(), bounds);
            for listener in &mut lane.listeners {
                if listener.standing == Standing::Live {
                    let queued = listener.outbox.delta(topic, delta.clone());
                    listener.settle(queued, &mut stalls, counters);
                }
            }
        }
        stalls
    }

    /// A frame without a number, for everybody who is up to date.
    pub fn hand_on_beside(&mut self, frame: &Utf8Bytes, counters: &Counters) -> Vec<Stall> {
        let (topic, mut stalls) = (self.topic, Vec::new());
        for listener in self.lanes.iter_mut().flatten().flat_map(|lane| &mut lane.listeners) {
            if listener.standing == Standing::Live {
                let queued = listener.outbox.delta(topic, frame.clone());
                listener.settle(queued, &mut stalls, counters);
            }
        }
        stalls
    }

    /// Only the latest position matters, and only to those who know the rest.
    pub fn publish_position(&mut self, courier: CourierId, frame: Utf8Bytes, counters: &Counters) {
        if !self.is_live {
            return;
        }
        let listeners = self.lanes.iter().flatten().flat_map(|lane| &lane.listeners);
        for listener in listeners.filter(|known| known.standing == Standing::Live) {
            if !listener.outbox.position(self.topic, courier, frame.clone()) {
                counters.positions_skipped.add(1);
            }
        }
        match self.positions.iter_mut().find(|(known, _)| *known == courier) {
            Some((_, last)) => *last = frame,
            None => self.positions.push((courier, frame)),
        }
    }

    /// Remembers it; the frame for the other screens, if this is news.
    pub fn acknowledge(&mut self, fulfillment_order: FulfillmentOrderId) -> Option<Utf8Bytes> {
        let is_news = self.is_live && self.acknowledged.insert(fulfillment_order);
        is_news.then(|| encode::acknowledged(self.topic, [fulfillment_order]))
    }

    /// All that is acknowledged, for a screen that begins.
    fn acknowledged_frame(&self) -> Option<Utf8Bytes> {
        let known = self.acknowledged.iter().copied();
        (!self.acknowledged.is_empty()).then(|| encode::acknowledged(self.topic, known))
    }

    /// What somebody has answered rings nowhere and need not be remembered.
    fn forget_acknowledged_after(&mut self, change: &Change) {
        let Change::Board { fulfillment_orders, .. } = change else { return };
        for (id, known) in fulfillment_orders {
            if !matches!(known.state, FulfillmentState::Assigned { .. }) {
                self.acknowledged.remove(id);
            }
        }
    }

    /// A courier that no longer carries the order is not shown to whoever comes later.
    fn forget_positions_after(&mut self, change: &Change) {
        let Change::Order { order, .. } = change else { return };
        let carries = |courier: CourierId| {
            let mut live = order.deliveries.iter().filter(|delivery| !delivery.is_over());
            live.any(|delivery| delivery.courier() == Some(courier))
        };
        self.positions.retain(|(courier, _)| carries(*courier));
    }

    /// A new epoch: nothing that was said before is continued.
    pub fn start_over(&mut self) {
        self.seq = 0;
        self.asked = None;
        self.is_live = false;
        self.positions.clear();
        self.acknowledged.clear();
        for lane in self.lanes.iter_mut().flatten() {
            lane.ring = Ring::beginning_at(0);
            for listener in &mut lane.listeners {
                listener.standing = match listener.standing {
                    Standing::Live => Standing::Waiting(Some(ResetReason::NewEpoch)),
                    Standing::Waiting(why) => Standing::Waiting(why),
                    Standing::Stalled => Standing::Stalled,
                };
            }
        }
    }

    /// Everybody who listened.
    pub fn into_outboxes(self) -> impl Iterator<Item = Arc<Outbox>> {
        let lanes = self.lanes.into_iter().flatten();
        lanes.flat_map(|lane| lane.listeners.into_iter().map(|listener| listener.outbox))
    }
}

impl Lane {
    fn beginning_at(seq: u64) -> Self {
        Self { ring: Ring::beginning_at(seq), listeners: Vec::new() }
    }
}

/// Where the couriers were last seen.
fn show(topic: Topic, positions: &[(CourierId, Utf8Bytes)], outbox: &Outbox) {
    for (courier, frame) in positions {
        outbox.position(topic, *courier, frame.clone());
    }
}

impl Listener {
    fn settle(&mut self, queued: Queued, stalls: &mut Vec<Stall>, counters: &Counters) {
        match queued {
            Queued::Waits => {}
            Queued::Collapsed => {
                self.standing = Standing::Stalled;
                counters.collapsed.add(1);
                stalls.push((Arc::clone(&self.outbox), self.outbox.taken_count()));
            }
            Queued::Closed { by_this } => counters.slow_closes.add(u64::from(by_this)),
        }
    }
}
