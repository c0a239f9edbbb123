//! A topic for a hub in front, and a topic in front of another hub.

use std::time::Instant;

use axum::extract::ws::Utf8Bytes;
use vocabulary::CourierId;

use super::{Lane, Stall, Standing, TopicState, show};
use crate::hub::counters::Counters;
use crate::hub::encode;
use crate::hub::relay::{self, Frames, Look, Mirrored, Snapshot};
use crate::hub::ring::{Ring, RingBounds};
use crate::wire::socket::{ResetReason, ResumePoint};

/// Deltas of one answer to a hub in front: as many as a ring keeps.
const MOST_DELTAS: usize = 1_024;

impl TopicState {
    // --- for a hub in front ---

    /// Publishes every sight of it until then; true when that is new.
    pub fn follow(&mut self, until: Instant) -> bool {
        self.idle_since = None;
        let seq = self.seq;
        for sight in relay::sights(self.topic) {
            if let Some(lane) = self.lanes.get_mut(sight.lane()) {
                lane.get_or_insert_with(|| Lane::beginning_at(seq));
            }
        }
        self.followed_until.replace(until).is_none()
    }

    pub fn look(&self, after: Option<ResumePoint>, epoch: u64) -> Look {
        if !self.is_live {
            return Look { epoch, ..Look::default() };
        }
        let after = after.filter(|point| point.epoch == epoch);
        let deltas = after.and_then(|point| self.deltas_after(point.seq));
        Look { epoch, deltas, positions: self.positions.clone() }
    }

    fn deltas_after(&self, seq: u64) -> Option<Vec<Frames>> {
        let count = usize::try_from(self.seq.checked_sub(seq)?).ok()?;
        let mut deltas = Vec::new();
        deltas.resize_with(count.min(MOST_DELTAS), Frames::default);
        for (index, lane) in self.lanes.iter().enumerate() {
            let Some(lane) = lane else { continue };
            let known = lane.ring.after(seq)?;
            for (frames, delta) in deltas.iter_mut().zip(known) {
                if let Some(frame) = frames.get_mut(index) {
                    *frame = Some(delta);
                }
            }
        }
        Some(deltas)
    }

    // --- in front of another hub ---

    /// Takes over what the hub behind knows, and lets in whoever waits.
    pub fn mirror(
        &mut self,
        answer: Mirrored,
        bounds: RingBounds,
        counters: &Counters,
    ) -> Vec<Stall> {
        let mut stalls = Vec::new();
        if self.is_live && answer.after.is_some() && answer.look.deltas.is_none() {
            self.fall_behind();
        }
        if !self.is_live {
            let Some(snapshot) = &answer.snapshot else { return stalls };
            self.begin_at(snapshot.seq);
        }
        let first = answer.after.map_or(0, |seq| seq + 1);
        for (seq, frames) in (first..).zip(answer.look.deltas.iter().flatten()) {
            if seq == self.seq + 1 {
                counters.holes_filled.add(1);
                stalls.extend(self.hand_on(frames, bounds, counters));
            }
        }
        self.mirror_positions(answer.look.positions, counters);
        if let Some(snapshot) = &answer.snapshot {
            self.let_in(snapshot, &mut stalls, counters);
        }
        stalls
    }

    /// What was missed cannot be told any more: whoever listens begins again.
    fn fall_behind(&mut self) {
        self.is_live = false;
        for listener in self.lanes.iter_mut().flatten().flat_map(|lane| &mut lane.listeners) {
            if listener.standing == Standing::Live {
                listener.standing = Standing::Waiting(Some(ResetReason::Gap));
            }
        }
    }

    fn begin_at(&mut self, seq: u64) {
        self.seq = seq;
        self.is_live = true;
        for lane in self.lanes.iter_mut().flatten() {
            lane.ring = Ring::beginning_at(seq);
        }
    }

    /// Whoever waits gets the snapshot and what came after it; where that is not kept, they wait on.
    fn let_in(&mut self, snapshot: &Snapshot, stalls: &mut Vec<Stall>, counters: &Counters) {
        let topic = self.topic;
        for (lane, frames) in self.lanes.iter_mut().zip(&snapshot.frames) {
            let Some(lane) = lane else { continue };
            let Some(after) = lane.ring.after(snapshot.seq) else { continue };
            for listener in &mut lane.listeners {
                let Standing::Waiting(why) = listener.standing else { continue };
                let reset = why.map(|why| encode::reset(topic, why));
                let frames = reset.into_iter().chain(frames.iter().cloned());
                let queued = listener.outbox.start(topic, frames.chain(after.clone()).collect());
                listener.standing = Standing::Live;
                listener.settle(queued, stalls, counters);
                show(topic, &self.positions, &listener.outbox);
            }
        }
    }

    /// Whoever carries an order may have changed: the next answer or position says who it is.
    pub fn forget_positions(&mut self) {
        self.positions.clear();
    }

    fn mirror_positions(&mut self, positions: Vec<(CourierId, Utf8Bytes)>, counters: &Counters) {
        let is_there = |courier: CourierId| positions.iter().any(|(known, _)| *known == courier);
        self.positions.retain(|(courier, _)| is_there(*courier));
        for (courier, frame) in positions {
            self.hear_position(courier, frame, counters);
        }
    }

    /// The same again, or an older one that was overtaken, changes nothing.
    pub fn hear_position(&mut self, courier: CourierId, frame: Utf8Bytes, counters: &Counters) {
        let known = self.positions.iter().find(|(known, _)| *known == courier);
        let is_news = known.is_none_or(|(_, last)| {
            *last != frame && encode::position_at(last) <= encode::position_at(&frame)
        });
        if is_news {
            self.publish_position(courier, frame, counters);
        }
    }
}
