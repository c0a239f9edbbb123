//! The one road between partitions.
//!
//! What a commit has to tell another partition lies in its outbox, written with it. A carrier takes
//! the letters to their partition in order; the receiver records up to which letter it has taken
//! them in the same commit as what they did, and drops what it has seen. Then the sender forgets
//! them. So a stop at any moment loses no letter and carries none out twice.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use dispatch::By;
use persistence::{OutboxRow, PartitionId, StateRow};
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;
use vocabulary::Timestamp;

use crate::core::Core;
use crate::errand::{Errand, Letter};
use crate::error::CommandError;
use crate::handle::PartitionHandle;
use crate::intake::Cause;
use crate::output::Output;
use crate::owners::{Kept, Row, json, kinds};
use crate::pending::{NewEvent, Touched};

/// Letters taken to a partition at a time.
const CARRIED_AT_ONCE: usize = 64;
/// Letters that may wait for one partition before this one takes in no more commands.
pub(crate) const MOST_WAITING: usize = 65_536;
/// Pause before a partition that does not take letters is tried again, doubled up to 32 times.
const PAUSE: Duration = Duration::from_millis(20);

/// Which partitions can be reached. Clones share one road.
#[derive(Clone, Default)]
pub struct Road {
    doors: Arc<RwLock<BTreeMap<PartitionId, PartitionHandle>>>,
}

impl Road {
    /// From now on letters to this partition go there. Letters sent before wait.
    pub fn open(&self, handle: PartitionHandle) {
        let mut doors = self.doors.write().unwrap_or_else(PoisonError::into_inner);
        doors.insert(handle.partition(), handle);
    }

    /// Nobody is reached any more: for a house that closes, whose handles must not outlive it.
    pub fn close(&self) {
        self.doors.write().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn door(&self, partition: PartitionId) -> Option<PartitionHandle> {
        self.doors.read().unwrap_or_else(PoisonError::into_inner).get(&partition).cloned()
    }

    async fn carry(
        &self,
        from: PartitionId,
        to: PartitionId,
        letters: Vec<Letter>,
    ) -> Result<(), CommandError> {
        let door = self.door(to).ok_or(CommandError::Unavailable)?;
        door.letters(from, letters).await
    }
}

/// What a partition remembers of another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Taken {
    /// Its letters up to this seq are carried out.
    pub through: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum RoadEvent {
    LettersTaken {
        through: u64,
    },
    /// A word that goes with no event of an owner.
    WordSent,
}

/// This partition's end of the road to another one.
pub(crate) struct RoadEnd {
    other: PartitionId,
    taken: Cell<Taken>,
    entity_seq: Cell<u64>,
    last_seq: Cell<u64>,
    is_touched: Cell<bool>,
}

impl RoadEnd {
    pub fn new(other: PartitionId, kept: Kept<Taken>, last_seq: u64) -> Rc<Self> {
        Rc::new(Self {
            other,
            taken: Cell::new(kept.state),
            entity_seq: Cell::new(kept.entity_seq),
            last_seq: Cell::new(last_seq),
            is_touched: Cell::new(false),
        })
    }

    fn record(self: &Rc<Self>, core: &Core, event: &RoadEvent) {
        let (kind, through) = match event {
            RoadEvent::LettersTaken { through } => ("letters_taken", Some(*through)),
            RoadEvent::WordSent => ("word_sent", None),
        };
        let entity_seq = self.entity_seq.get() + 1;
        let event = NewEvent {
            entity_kind: kinds::ROAD,
            entity: self.other.0.into(),
            entity_seq,
            previous: self.last_seq.get(),
            kind,
            // Plain data always encodes.
            payload: json(event).unwrap_or_default(),
        };
        let seq = core.append(event, core.now(), By::Partition, Cause::default());
        self.entity_seq.set(entity_seq);
        self.last_seq.set(seq);
        if let Some(through) = through {
            self.taken.set(Taken { through });
        }
        if !self.is_touched.replace(true) {
            core.touch(Rc::clone(self) as Rc<dyn Touched>);
        }
    }
}

impl Touched for RoadEnd {
    fn rows(&self, states: &mut Vec<StateRow>) {
        let kept = Kept { entity_seq: self.entity_seq.get(), state: self.taken.get() };
        let row = Row::standing(kinds::ROAD, self.other.0.into());
        row.encode(self.last_seq.get(), &kept, states);
    }

    fn retire(&self) {
        self.is_touched.set(false);
    }

    fn changes(&self, _core: &Core, _outputs: &mut Vec<Output>) {}
}

/// The letters of one partition that are recorded and not yet known to have arrived.
#[derive(Default)]
pub(crate) struct Outgoing {
    queues: RefCell<BTreeMap<PartitionId, Rc<Queue>>>,
}

#[derive(Default)]
struct Queue {
    letters: RefCell<VecDeque<Letter>>,
    wake: Notify,
}

impl Outgoing {
    /// Whether some partition has so many letters waiting that no more should be written.
    pub fn is_full(&self) -> bool {
        let queues = self.queues.borrow();
        queues.values().any(|queue| queue.letters.borrow().len() >= MOST_WAITING)
    }

    /// The partition stops: carriers look up and see it.
    pub fn wake_all(&self) {
        self.queues.borrow().values().for_each(|queue| queue.wake.notify_one());
    }
}

/// Hands recorded letters to their carriers; on the partition's thread only.
pub(crate) fn post(core: &Rc<Core>, rows: Vec<OutboxRow>) {
    for row in rows {
        if vocabulary::planted!("letter_forgotten_unsent") {
            let (core, target) = (Rc::clone(core), row.target.parse().unwrap_or_default());
            actix::spawn(async move { forget(&core, PartitionId(target), row.seq).await });
            continue;
        }
        let Ok(target) = row.target.parse::<u16>() else {
            tracing::error!(
                target = row.target,
                seq = row.seq,
                "a letter's target is no partition"
            );
            continue;
        };
        let queue = queue_to(core, PartitionId(target));
        queue.letters.borrow_mut().push_back(Letter { seq: row.seq, payload: row.payload });
        queue.wake.notify_one();
    }
}

fn queue_to(core: &Rc<Core>, target: PartitionId) -> Rc<Queue> {
    if let Some(queue) = core.outgoing.queues.borrow().get(&target) {
        return Rc::clone(queue);
    }
    let queue = Rc::new(Queue::default());
    core.outgoing.queues.borrow_mut().insert(target, Rc::clone(&queue));
    actix::spawn(carry(Rc::clone(core), target, Rc::clone(&queue)));
    queue
}

/// Takes one partition its letters until this one stops.
async fn carry(core: Rc<Core>, target: PartitionId, queue: Rc<Queue>) {
    let mut failures = 0u32;
    while !core.is_stopped() {
        let letters: Vec<Letter> =
            queue.letters.borrow().iter().take(CARRIED_AT_ONCE).cloned().collect();
        let Some(through) = letters.last().map(|letter| letter.seq) else {
            queue.wake.notified().await;
            continue;
        };
        let count = letters.len();
        match core.road.carry(core.partition, target, letters).await {
            Ok(()) => {
                failures = 0;
                queue.letters.borrow_mut().drain(..count);
                core.metrics().letters_carried.add(count as u64);
                // It may have waited for room.
                core.wake.notify_one();
                forget(&core, target, through).await;
            }
            Err(error) => {
                if failures == 5 {
                    let from = core.partition;
                    tracing::warn!(%from, to = %target, %error, "letters wait");
                }
                tokio::time::sleep(PAUSE * (1 << failures.min(5))).await;
                failures += 1;
            }
        }
    }
}

/// The receiver has them for good. Should this fail, they are sent again after a restart, and
/// dropped there.
async fn forget(core: &Core, target: PartitionId, through: u64) {
    let target = target.to_string();
    if let Err(error) = core.journal.outbox_delivered(core.partition, &target, through).await {
        tracing::warn!(%error, "delivered letters stay in the outbox");
    }
}

/// Carries out letters of another partition, those that are new.
pub(crate) fn take(
    core: &Rc<Core>,
    from: PartitionId,
    letters: &[Letter],
) -> Result<(), CommandError> {
    let end = end_of(core, from);
    let new: Vec<&Letter> =
        letters.iter().filter(|letter| letter.seq > end.taken.get().through).collect();
    let errands: Result<Vec<Vec<Errand>>, _> =
        new.iter().map(|letter| serde_json::from_str(&letter.payload)).collect();
    // Nothing is skipped: a letter that this version cannot read waits for one that can.
    let errands = errands.map_err(|error| {
        tracing::error!(%from, %error, "a letter cannot be read");
        CommandError::Internal
    })?;
    let Some(last) = new.last() else { return Ok(()) };
    end.record(core, &RoadEvent::LettersTaken { through: last.seq });
    core.metrics().letters_taken.add(new.len() as u64);
    for errand in errands.into_iter().flatten() {
        core.run(errand, By::Partition, Cause::default(), None);
    }
    Ok(())
}

/// Gives a letter an event to go with where there is none, so that each has a seq of its own.
pub(crate) fn note(core: &Rc<Core>, target: PartitionId) {
    end_of(core, target).record(core, &RoadEvent::WordSent);
}

fn end_of(core: &Core, other: PartitionId) -> Rc<RoadEnd> {
    let mut ends = core.road_ends.borrow_mut();
    let unknown = || RoadEnd::new(other, Kept { entity_seq: 0, state: Taken::default() }, 0);
    Rc::clone(ends.entry(other).or_insert_with(unknown))
}

/// Asks the journal whether an order was ever placed here; if it was not, and cannot be any more,
/// its member hears so. An order that was placed has told its member by itself, in its own commit
/// and so before this answer.
pub(crate) fn answer_about(
    core: &Rc<Core>,
    order: vocabulary::OrderId,
    member: vocabulary::MemberId,
    place_before: Timestamp,
) {
    if core.orders.borrow().contains_key(&order) || core.now() < place_before {
        return;
    }
    let core = Rc::clone(core);
    // Counted as under way: no batch is cut before the answer is in it.
    core.depart();
    actix::spawn(async move {
        let stored = crate::recovery::stored_order(&core.journal, core.partition, order).await;
        let Some(_landing) = core.land() else { return };
        match stored {
            Ok(Some(_)) => {}
            Ok(None) => {
                core.run(never_placed(order, member), By::Partition, Cause::default(), None)
            }
            // It is asked again.
            Err(error) => tracing::error!(%error, %order, "an order cannot be looked up"),
        }
    });
}

pub(crate) fn never_placed(order: vocabulary::OrderId, member: vocabulary::MemberId) -> Errand {
    let because = commerce::member::GiveBack::NeverPlaced;
    let command = commerce::member::MemberCommand::GiveBack { order, because };
    Errand::Member { member, command }
}
