//! What waits to be written to one socket. Bounded, and never waited for.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use actors::Topic;
use axum::extract::ws::Utf8Bytes;
use tokio::sync::Notify;
use vocabulary::{CourierId, TokenId};

use crate::wire::socket::CloseCode;

/// The write side of one connection, filled by the hub and emptied by the connection's task.
#[derive(Debug)]
pub(crate) struct Outbox {
    pub id: u64,
    /// The stored token behind the socket, if one is.
    holder: OnceLock<TokenId>,
    /// Entries that may wait.
    bound: usize,
    queue: Mutex<Queue>,
    ready: Notify,
}

#[derive(Debug, Default)]
struct Queue {
    entries: VecDeque<Entry>,
    notes: Vec<Note>,
    closing: Option<CloseCode>,
    /// How often the connection took what waited: it stands still when the client does not read.
    taken_count: u64,
}

#[derive(Debug)]
enum Entry {
    /// An answer to this connection alone.
    Say(Utf8Bytes),
    /// A delta. Lossless, unless the whole topic starts again.
    Delta(Topic, Utf8Bytes),
    /// Everything that makes a topic continue or begin.
    Start(Topic, Vec<Utf8Bytes>),
    /// Of each topic and courier the latest only.
    Position(Topic, CourierId, Utf8Bytes),
}

/// What the connection must see to after it has written what it took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Note {
    /// The topic's deltas were dropped: ask for a fresh snapshot now that there is room.
    CatchUp(Topic),
    /// The topic is not there; the client has been told.
    Ended(Topic),
}

/// What became of something that was queued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Queued {
    Waits,
    /// The queue was full: what waited of this topic is dropped, and the topic must start again.
    Collapsed,
    /// Nothing more is sent to this socket; `true` when it was this that closed it.
    Closed {
        by_this: bool,
    },
}

/// Everything that waited.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    entries: VecDeque<Entry>,
    pub notes: Vec<Note>,
    pub closing: Option<CloseCode>,
}

impl Taken {
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.notes.is_empty() && self.closing.is_none()
    }

    /// The frames in order of writing.
    pub fn into_frames(self) -> impl Iterator<Item = Utf8Bytes> + Send {
        self.entries.into_iter().flat_map(|entry| match entry {
            Entry::Say(frame) | Entry::Delta(_, frame) | Entry::Position(_, _, frame) => {
                One(Some(frame), Vec::new())
            }
            Entry::Start(_, frames) => One(None, frames),
        })
    }
}

/// One frame without a list of its own, or a list.
struct One(Option<Utf8Bytes>, Vec<Utf8Bytes>);

impl IntoIterator for One {
    type Item = Utf8Bytes;
    type IntoIter =
        std::iter::Chain<std::option::IntoIter<Utf8Bytes>, std::vec::IntoIter<Utf8Bytes>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter().chain(self.1)
    }
}

impl Outbox {
    pub fn new(id: u64, bound: usize) -> Self {
        Self { id, holder: OnceLock::new(), bound, queue: Mutex::default(), ready: Notify::new() }
    }

    /// Whoever holds this token sits here; it is said once, when the socket opens.
    pub fn seat(&self, holder: TokenId) {
        let _ = self.holder.set(holder);
    }

    pub fn is_held_by(&self, token: TokenId) -> bool {
        self.holder.get() == Some(&token)
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers this client; one that reads none of its answers is closed.
    pub fn say(&self, frame: Utf8Bytes) -> Queued {
        let queued = self.queue().put(self.bound, Entry::Say(frame));
        self.told(queued)
    }

    pub fn delta(&self, topic: Topic, frame: Utf8Bytes) -> Queued {
        let queued = self.queue().put_status(self.bound, topic, Entry::Delta(topic, frame));
        self.told(queued)
    }

    /// A replay, or a snapshot with the reset before it.
    pub fn start(&self, topic: Topic, frames: Vec<Utf8Bytes>) -> Queued {
        let queued = self.queue().put_status(self.bound, topic, Entry::Start(topic, frames));
        self.told(queued)
    }

    /// False when an older position was replaced, or there was no room for it.
    pub fn position(&self, topic: Topic, courier: CourierId, frame: Utf8Bytes) -> bool {
        let is_new = self.queue().put_position(self.bound, (topic, courier), frame);
        if is_new {
            self.ready.notify_one();
        }
        is_new
    }

    pub fn note(&self, note: Note) {
        self.queue().notes.push(note);
        self.ready.notify_one();
    }

    /// Drops what waits and ends the connection; false when it was already ending.
    pub fn close(&self, code: CloseCode) -> bool {
        let is_first = self.queue().close(code);
        self.ready.notify_one();
        is_first
    }

    /// Forgets what waits of a topic that the client left.
    pub fn forget(&self, topic: Topic) {
        let mut queue = self.queue();
        queue.drop_topic(topic, true);
        queue.notes.retain(|note| *note != Note::CatchUp(topic));
    }

    /// Takes everything, and leaves no memory behind.
    pub fn take(&self) -> Taken {
        let mut queue = self.queue();
        queue.taken_count += u64::from(!queue.entries.is_empty());
        Taken {
            entries: std::mem::take(&mut queue.entries),
            notes: std::mem::take(&mut queue.notes),
            closing: queue.closing,
        }
    }

    pub fn taken_count(&self) -> u64 {
        self.queue().taken_count
    }

    pub fn closing(&self) -> Option<CloseCode> {
        self.queue().closing
    }

    /// Returns when something was queued since the last return.
    pub async fn ready(&self) {
        self.ready.notified().await;
    }

    fn told(&self, queued: Queued) -> Queued {
        self.ready.notify_one();
        queued
    }
}

impl Queue {
    fn put(&mut self, bound: usize, entry: Entry) -> Queued {
        if self.closing.is_some() {
            return Queued::Closed { by_this: false };
        }
        if self.entries.len() >= bound {
            return Queued::Closed { by_this: self.close(CloseCode::SlowReader) };
        }
        self.entries.push_back(entry);
        Queued::Waits
    }

    fn put_status(&mut self, bound: usize, topic: Topic, entry: Entry) -> Queued {
        if self.closing.is_some() || self.entries.len() < bound {
            return self.put(bound, entry);
        }
        self.drop_topic(topic, false);
        if self.entries.len() >= bound {
            return Queued::Closed { by_this: self.close(CloseCode::SlowReader) };
        }
        self.notes.push(Note::CatchUp(topic));
        Queued::Collapsed
    }

    fn put_position(
        &mut self,
        bound: usize,
        (topic, courier): (Topic, CourierId),
        frame: Utf8Bytes,
    ) -> bool {
        for entry in &mut self.entries {
            match entry {
                Entry::Position(of, whose, older) if (*of, *whose) == (topic, courier) => {
                    *older = frame;
                    return false;
                }
                Entry::Position(..) | Entry::Say(_) | Entry::Delta(..) | Entry::Start(..) => {}
            }
        }
        let has_room = self.closing.is_none() && self.entries.len() < bound;
        if has_room {
            self.entries.push_back(Entry::Position(topic, courier, frame));
        }
        has_room
    }

    fn drop_topic(&mut self, topic: Topic, with_positions: bool) {
        self.entries.retain(|entry| match entry {
            Entry::Say(_) => true,
            Entry::Delta(known, _) | Entry::Start(known, _) => *known != topic,
            Entry::Position(known, ..) => !with_positions || *known != topic,
        });
    }

    fn close(&mut self, code: CloseCode) -> bool {
        let is_first = self.closing.is_none();
        self.closing.get_or_insert(code);
        self.entries = VecDeque::new();
        is_first
    }
}

#[cfg(test)]
mod tests {
    use vocabulary::{OrderId, StoreId};

    use super::*;

    const BOARD: Topic = Topic::Board(StoreId::from_bits(1));
    const ORDER: Topic = Topic::Order(OrderId::from_bits(2));
    const ONE: CourierId = CourierId::from_bits(3);
    const TWO: CourierId = CourierId::from_bits(4);

    fn written(outbox: &Outbox) -> Vec<String> {
        outbox.take().into_frames().map(|frame| frame.as_str().to_owned()).collect()
    }

    #[test]
    fn frames_leave_in_the_order_they_came() {
        let outbox = Outbox::new(1, 4);
        outbox.start(BOARD, vec!["reset".into(), "snapshot".into()]);
        outbox.delta(BOARD, "1".into());
        outbox.say("done".into());
        assert_eq!(written(&outbox), ["reset", "snapshot", "1", "done"]);
        assert!(outbox.take().is_empty());
        assert_eq!(outbox.taken_count(), 1);
    }

    #[test]
    fn a_full_queue_drops_the_topic_that_fills_it_and_nothing_else() {
        let outbox = Outbox::new(1, 4);
        outbox.delta(ORDER, "order".into());
        for delta in ["1", "2", "3"] {
            assert_eq!(outbox.delta(BOARD, delta.into()), Queued::Waits);
        }
        assert_eq!(outbox.delta(BOARD, "4".into()), Queued::Collapsed);
        let taken = outbox.take();
        assert_eq!(taken.notes, [Note::CatchUp(BOARD)]);
        assert_eq!(taken.into_frames().count(), 1, "the order's delta stays");
    }

    #[test]
    fn a_queue_that_stays_full_closes_the_socket() {
        let outbox = Outbox::new(1, 2);
        outbox.say("a".into());
        outbox.say("b".into());
        assert_eq!(outbox.delta(BOARD, "1".into()), Queued::Closed { by_this: true });
        assert_eq!(outbox.delta(BOARD, "2".into()), Queued::Closed { by_this: false });
        let taken = outbox.take();
        assert_eq!(taken.closing, Some(CloseCode::SlowReader));
        assert_eq!(taken.into_frames().count(), 0);
    }

    #[test]
    fn of_positions_the_latest_waits() {
        let outbox = Outbox::new(1, 3);
        assert!(outbox.position(ORDER, ONE, "here".into()));
        outbox.delta(ORDER, "1".into());
        assert!(!outbox.position(ORDER, ONE, "there".into()));
        assert!(outbox.position(ORDER, TWO, "elsewhere".into()));
        assert_eq!(written(&outbox), ["there", "1", "elsewhere"]);
    }

    #[test]
    fn a_position_never_closes_or_collapses() {
        let outbox = Outbox::new(1, 1);
        outbox.delta(BOARD, "1".into());
        assert!(!outbox.position(ORDER, ONE, "here".into()), "no room");
        assert_eq!(written(&outbox), ["1"]);
    }

    #[test]
    fn a_topic_that_was_left_is_not_written_any_more() {
        let outbox = Outbox::new(1, 3);
        outbox.delta(BOARD, "1".into());
        outbox.position(ORDER, ONE, "here".into());
        outbox.delta(ORDER, "2".into());
        outbox.forget(ORDER);
        assert_eq!(written(&outbox), ["1"]);
    }
}
