//! The hub for hubs in front of it, and the hub in front of another.

use std::time::Instant;

use actors::Topic;
use tokio::sync::mpsc;

use super::{State, TopicState};
use crate::hub::relay::{Look, Mirrored, Question, Told};
use crate::wire::socket::ResumePoint;

impl State {
    // --- for hubs in front ---

    pub fn tell(&mut self, tell: mpsc::Sender<Told>) {
        self.tell = Some(tell);
    }

    pub fn follow(&mut self, topic: Topic, until: Instant) {
        let floor = self.floor;
        let state =
            self.topics.entry(topic).or_insert_with(|| TopicState::beginning_at(topic, floor + 1));
        if state.follow(until) {
            self.followed.push_back((until, topic));
        }
        self.counters.topics.set(self.topics.len() as u64);
        self.ask(topic);
    }

    /// A topic that is not followed is attended by nobody in front.
    pub fn attend(&mut self, topic: Topic, until: Instant) {
        if let Some(state) = self.topics.get_mut(&topic) {
            state.attended_until = Some(until);
        }
    }

    pub fn look(&self, topic: Topic, after: Option<ResumePoint>) -> Look {
        let nothing = || Look { epoch: self.epoch, ..Look::default() };
        self.topics.get(&topic).map_or_else(nothing, |state| state.look(after, self.epoch))
    }

    // --- in front of another hub ---

    pub fn topics(&self) -> Vec<Topic> {
        let wanted = self.topics.iter().filter(|(_, state)| state.listener_count() > 0);
        wanted.map(|(topic, _)| *topic).collect()
    }

    pub fn question(&self, topic: Topic) -> Option<Question> {
        let state = self.topics.get(&topic)?;
        let after = state.is_live().then(|| ResumePoint { epoch: self.epoch, seq: state.seq() });
        let (needs_snapshot, is_attended) = (state.needs_snapshot(), state.is_attended_here());
        Some(Question { topic, after, needs_snapshot, is_attended })
    }

    /// News of the hub behind: what continues is handed on, what is known is dropped, and a hole is
    /// asked about.
    pub fn hear(&mut self, told: Told, now: Instant) {
        match told {
            Told::Delta { topic, point, frames } => {
                let bounds = self.bounds(topic);
                let Some(state) = self.topics.get_mut(&topic) else { return };
                if !state.is_live() || point.epoch != self.epoch || point.seq > state.seq() + 1 {
                    return self.ask_about(topic);
                }
                if point.seq == state.seq() + 1 {
                    if matches!(topic, Topic::Order(_)) {
                        state.forget_positions();
                    }
                    self.counters.hints_continued.add(1);
                    let stalls = state.hand_on(&frames, bounds, &self.counters);
                    self.stalled(stalls, now);
                }
            }
            Told::Position { topic, courier, frame } => {
                if let Some(state) = self.topics.get_mut(&topic) {
                    state.hear_position(courier, frame, &self.counters);
                }
            }
            Told::Acknowledged { topic, frame } => {
                let Some(state) = self.topics.get_mut(&topic) else { return };
                let stalls = state.hand_on_beside(&frame, &self.counters);
                self.stalled(stalls, now);
            }
            Told::ShownOut { token } => self.close_of(token),
        }
    }

    /// Asks behind, whether or not somebody waits to begin.
    fn ask_about(&mut self, topic: Topic) {
        let Some(state) = self.topics.get_mut(&topic) else { return };
        if state.asked.is_some() {
            return;
        }
        self.last_ask += 1;
        match self.source.watch(self.last_ask, topic) {
            Ok(()) => state.asked = Some(self.last_ask),
            Err(_) => self.unasked.push(topic),
        }
    }

    /// What the hub behind answered.
    pub fn mirror(&mut self, answer: Mirrored, now: Instant) {
        if answer.epoch == 0 {
            // It recovers: what is asked is asked again.
            if let Some(state) = self.topics.get_mut(&answer.topic) {
                state.asked = None;
            }
            return;
        }
        if answer.epoch != self.epoch {
            return self.start_over(answer.epoch);
        }
        let (topic, bounds) = (answer.topic, self.bounds(answer.topic));
        if answer.is_missing {
            return self.end(topic);
        }
        let Some(state) = self.topics.get_mut(&topic) else { return };
        state.asked = None;
        let stalls = state.mirror(answer, bounds, &self.counters);
        self.stalled(stalls, now);
        self.ask(topic);
    }

    /// A question that came to nothing: it is asked again at the next sweep.
    pub fn unanswered(&mut self, topic: Topic) {
        if let Some(state) = self.topics.get_mut(&topic) {
            state.asked = None;
            self.unasked.push(topic);
        }
    }
}
