//! What all owners of a partition share: the pending batch, the directory, the view, the time.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use commerce::member::{MemberPolicy, PhoneKey};
use dispatch::courier::Courier;
use dispatch::inventory::Inventory;
use dispatch::order::{Order, OrderCommand};
use dispatch::payment::Payment;
use dispatch::sourcing::SourcingRequest;
use dispatch::store::Store;
use dispatch::view::CityView;
use dispatch::{By, Message, Policy, Refusal};
use persistence::{Batch, Epoch, Journal, PartitionId, SealedPerson, StockMovement};
use rustc_hash::FxHashMap;
use tokio::sync::Notify;
use vocabulary::{CampaignId, Clock, CourierId, MemberId, OrderId, PaymentId, StoreId, Timestamp};

use crate::answer::{Answer, No, Outcome};
use crate::errand::Errand;
use crate::error::{CommandError, Conflict};
use crate::idempotency::KeyIndex;
use crate::intake::{Cause, Heard, Idempotency};
use crate::metrics::Metrics;
use crate::output::{Output, Topic};
use crate::owner::{Deliver, Owned, Reply};
use crate::owners::{AllowanceOwner, BudgetOwner, MemberOwner, PhoneOwner};
use crate::pending::{Gated, NewEvent, Pending, Release, Touched};
use crate::road::{Outgoing, Road, RoadEnd};
use crate::shadow::ShadowReport;
use crate::waits::Waits;

pub(crate) type Owners<Id, M> = RefCell<FxHashMap<Id, Rc<Owned<M>>>>;

pub(crate) struct Core {
    pub partition: PartitionId,
    pub epoch: Epoch,
    pub journal: Journal,
    pub orders: Owners<OrderId, Order>,
    pub payments: Owners<PaymentId, Payment>,
    pub inventories: Owners<StoreId, Inventory>,
    pub stores: Owners<StoreId, Store>,
    pub couriers: Owners<CourierId, Courier>,
    pub members: Owners<MemberId, MemberOwner>,
    pub phones: Owners<PhoneKey, PhoneOwner>,
    pub budgets: Owners<CampaignId, BudgetOwner>,
    pub allowances: Owners<CampaignId, AllowanceOwner>,
    /// Where letters go, and those on their way.
    pub road: Road,
    pub road_ends: RefCell<BTreeMap<PartitionId, Rc<RoadEnd>>>,
    pub outgoing: Outgoing,
    pub view: RefCell<CityView>,
    pub keys: RefCell<KeyIndex>,
    pub watched: RefCell<BTreeSet<Topic>>,
    /// Placings whose holds are not all answered yet, with whoever waits.
    pub placing: RefCell<FxHashMap<OrderId, Placing>>,
    /// Owners that ended since the last sweep.
    ended: RefCell<Vec<Ended>>,
    clock: Arc<dyn Clock>,
    policy: RefCell<Arc<Policy>>,
    member_policy: RefCell<Arc<MemberPolicy>>,
    /// What a second dispatch policy would have done so far.
    pub shadow: RefCell<Option<ShadowReport>>,
    pub waits: RefCell<Waits>,
    metrics: Arc<Metrics>,
    pending: RefCell<Pending>,
    last_seq: Cell<u64>,
    committed_seq: Cell<u64>,
    in_flight: Cell<usize>,
    /// Wakes the pump: something was appended, or the last message landed.
    pub wake: Notify,
    stopped: Cell<bool>,
    /// An owner's thread of work broke outside `decide`: memory may be half changed.
    poisoned: Cell<bool>,
    /// How often the command under a key panicked.
    panicked: RefCell<BTreeMap<(String, String), u32>>,
    me: RefCell<std::rc::Weak<Core>>,
}

/// What may leave memory.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Ended {
    Order(OrderId),
    Payment(PaymentId),
    Member(MemberId),
    Phone(PhoneKey),
}

/// A placing whose holds are not all answered, with whoever waits.
pub(crate) struct Placing {
    pub reply: Reply,
    /// Budgets drawn for it.
    pub campaigns: Vec<CampaignId>,
}

pub(crate) struct CoreParts {
    pub partition: PartitionId,
    pub epoch: Epoch,
    pub journal: Journal,
    pub view: CityView,
    pub clock: Arc<dyn Clock>,
    pub policy: Arc<Policy>,
    pub member_policy: Arc<MemberPolicy>,
    pub road: Road,
    pub metrics: Arc<Metrics>,
    pub keys: KeyIndex,
    pub last_seq: u64,
}

/// Held while a message is being handled. Dropped by a panic, it poisons the partition.
pub(crate) struct Landing<'a>(&'a Core);

impl Drop for Landing<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.poisoned.set(true);
        }
        let left = self.0.in_flight.get().saturating_sub(1);
        self.0.in_flight.set(left);
        if left == 0 {
            self.0.wake.notify_one();
        }
    }
}

impl Core {
    pub fn new(parts: CoreParts) -> Rc<Self> {
        let core = Rc::new(Self {
            partition: parts.partition,
            epoch: parts.epoch,
            journal: parts.journal,
            orders: RefCell::default(),
            payments: RefCell::default(),
            inventories: RefCell::default(),
            stores: RefCell::default(),
            couriers: RefCell::default(),
            members: RefCell::default(),
            phones: RefCell::default(),
            budgets: RefCell::default(),
            allowances: RefCell::default(),
            road: parts.road,
            road_ends: RefCell::default(),
            outgoing: Outgoing::default(),
            view: RefCell::new(parts.view),
            keys: RefCell::new(parts.keys),
            watched: RefCell::default(),
            placing: RefCell::default(),
            ended: RefCell::default(),
            clock: parts.clock,
            policy: RefCell::new(parts.policy),
            member_policy: RefCell::new(parts.member_policy),
            shadow: RefCell::default(),
            waits: RefCell::default(),
            metrics: parts.metrics,
            pending: RefCell::default(),
            last_seq: Cell::new(parts.last_seq),
            committed_seq: Cell::new(parts.last_seq),
            in_flight: Cell::new(0),
            wake: Notify::new(),
            stopped: Cell::new(false),
            poisoned: Cell::new(false),
            panicked: RefCell::default(),
            me: RefCell::default(),
        });
        core.me.replace(Rc::downgrade(&core));
        core
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn wait_until(&self, due: Timestamp) -> Duration {
        self.clock.wait_until(due)
    }

    pub fn policy(&self) -> Arc<Policy> {
        Arc::clone(&self.policy.borrow())
    }

    pub fn set_policy(&self, policy: Policy) {
        self.policy.replace(Arc::new(policy));
    }

    pub fn member_policy(&self) -> Arc<MemberPolicy> {
        Arc::clone(&self.member_policy.borrow())
    }

    pub fn set_member_policy(&self, policy: MemberPolicy) {
        self.member_policy.replace(Arc::new(policy));
    }

    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    pub fn last_seq(&self) -> u64 {
        self.last_seq.get()
    }

    // --- messages in flight ---

    /// A message was sent to an owner.
    pub fn depart(&self) {
        self.in_flight.set(self.in_flight.get() + 1);
    }

    /// A message arrived; `None` when the partition has stopped and nothing may be done.
    pub fn land(&self) -> Option<Landing<'_>> {
        let landing = Landing(self);
        (!self.stopped.get() && !self.poisoned.get()).then_some(landing)
    }

    /// No message is under way: every cascade that began has ended, so a batch cut now never
    /// splits one.
    pub fn is_at_rest(&self) -> bool {
        self.in_flight.get() == 0
    }

    /// Memory cannot be trusted to follow the journal: the partition recovers.
    pub fn poison(&self) {
        self.poisoned.set(true);
        self.wake.notify_one();
    }

    pub fn is_poisoned(&self) -> bool {
        self.poisoned.get()
    }

    /// Nothing may be recorded any more; every owner stops at its next message.
    pub fn stop(&self) {
        self.stopped.set(true);
        for owner in self.orders.take().into_values() {
            owner.quit();
        }
        for owner in self.payments.take().into_values() {
            owner.quit();
        }
        for owner in self.inventories.take().into_values() {
            owner.quit();
        }
        for owner in self.stores.take().into_values() {
            owner.quit();
        }
        for owner in self.couriers.take().into_values() {
            owner.quit();
        }
        for owner in self.members.take().into_values() {
            owner.quit();
        }
        for owner in self.phones.take().into_values() {
            owner.quit();
        }
        for owner in self.budgets.take().into_values() {
            owner.quit();
        }
        for owner in self.allowances.take().into_values() {
            owner.quit();
        }
        self.outgoing.wake_all();
    }

    pub fn is_stopped(&self) -> bool {
        self.stopped.get()
    }

    // --- the pending batch ---

    pub fn append(&self, event: NewEvent, at: Timestamp, by: By, cause: Cause) -> u64 {
        let seq = self.last_seq.get() + 1;
        self.last_seq.set(seq);
        self.pending.borrow_mut().record(seq, event, at, by, cause);
        seq
    }

    pub fn touch(&self, entity: Rc<dyn Touched>) {
        self.pending.borrow_mut().touch(entity);
        self.wake.notify_one();
    }

    pub fn movement(&self, movement: StockMovement) {
        self.pending.borrow_mut().movement(movement);
    }

    pub fn persons(&self, persons: Vec<SealedPerson>) {
        self.pending.borrow_mut().persons(persons);
    }

    /// A letter in the batch that is being filled, which must hold an event.
    pub fn letter(&self, target: PartitionId, errand: Errand) {
        self.pending.borrow_mut().letter(self.last_seq.get(), target, errand);
    }

    pub fn output(&self, output: Output) {
        self.pending.borrow_mut().output(output);
        self.wake.notify_one();
    }

    /// Runs `release` when everything recorded so far has committed.
    pub fn when_recorded(&self, release: Release) {
        self.pending.borrow_mut().release(release);
        self.wake.notify_one();
    }

    pub fn pending_event_count(&self) -> usize {
        self.pending.borrow().event_count()
    }

    /// Whether the batch that is being filled has an event that a letter can go with.
    pub fn has_events(&self) -> bool {
        self.pending_event_count() > 0
    }

    pub fn has_pending(&self) -> bool {
        !self.pending.borrow().is_empty()
    }

    /// Closes the pending batch. Without rows there is nothing to write, only to hand out.
    pub fn cut(&self) -> (Option<Batch>, Gated) {
        let mut pending = self.pending.take();
        let has_rows = pending.has_rows();
        let (batch, gated) = pending.cut(self, self.partition, self.epoch, self.last_seq.get());
        (has_rows.then_some(batch), gated)
    }

    pub fn committed(&self, gated: &Gated) {
        self.committed_seq.set(gated.last_seq);
        self.metrics.committed_seq.set(gated.last_seq);
        self.metrics.commits.add(1);
        self.metrics.events.add(gated.event_count);
    }

    pub fn committed_seq(&self) -> u64 {
        self.committed_seq.get()
    }

    // --- answers ---

    /// Answers a command once it is recorded, and keeps the answer under its keys.
    pub fn reply(&self, reply: Reply, outcome: Result<Answer, CommandError>) {
        let Reply { keys, sender } = reply;
        let recorded: Option<Outcome> = match &outcome {
            Ok(answer) => Some(Ok(answer.clone())),
            Err(CommandError::Refused(refusal)) => Some(Err(No::City(refusal.clone()))),
            Err(CommandError::Declined(refusal)) => Some(Err(No::Above(refusal.clone()))),
            Err(_) => None,
        };
        match &recorded {
            Some(outcome) => {
                let (count, refused) = (self.metrics.commands.get(), outcome.is_err());
                self.metrics.commands.set(count + 1);
                self.metrics.refusals.add(u64::from(refused));
                let kept = self.kept_keys(&keys, refused);
                let (seq, now) = (self.last_seq(), self.now());
                kept.iter().for_each(|key| self.keys.borrow_mut().remember(key, seq, now));
                self.pending.borrow_mut().answer(&kept, outcome, seq, now);
            }
            None => self.set_aside(&keys),
        }
        let heard = outcome.map(Heard::Answer);
        self.when_recorded(Box::new(move || {
            // The asker may have gone; what it asked for happened all the same.
            let _ = sender.send(heard);
        }));
    }

    /// A refusal is kept under the key that clients retry with; the quote and the external id stay
    /// free for an order that succeeds.
    fn kept_keys(&self, keys: &[Idempotency], refused: bool) -> Vec<Idempotency> {
        let is_kept = |key: &&Idempotency| !refused || key.conflict.outlives_a_refusal();
        let mut index = self.keys.borrow_mut();
        keys.iter().filter(|key| !is_kept(key)).for_each(|key| index.forget(key));
        keys.iter().filter(is_kept).cloned().collect()
    }

    /// The command broke and changed nothing. Its key may be tried once more, then never.
    fn set_aside(&self, keys: &[Idempotency]) {
        for key in keys {
            self.keys.borrow_mut().forget(key);
            *self.panicked.borrow_mut().entry(retry_name(key)).or_default() += 1;
        }
    }

    /// Checks a command's keys: `Ok(None)` lets it in, `Ok(Some(..))` names the stored answer.
    pub fn admit(&self, keys: &[Idempotency]) -> Result<Option<Heard>, CommandError> {
        let mut index = self.keys.borrow_mut();
        for key in keys {
            if let Some(from) = index.answered_from(key) {
                return Ok(Some(Heard::Used { key: key.clone(), from }));
            }
        }
        if keys.iter().any(|key| self.panicked.borrow().get(&retry_name(key)) >= Some(&2)) {
            return Err(CommandError::Quarantined);
        }
        let (seq, now) = (self.last_seq(), self.now());
        keys.iter().for_each(|key| index.remember(key, seq, now));
        Ok(None)
    }

    // --- owners telling each other ---

    pub(crate) fn me(&self) -> Option<Rc<Core>> {
        self.me.borrow().upgrade()
    }

    pub fn tell(&self, message: Message, by: By, cause: Cause, reply: Option<Reply>) {
        match message {
            Message::Order(id, command) => {
                let delivery = Deliver { command: *command, by, cause, reply };
                self.tell_order(id, delivery);
            }
            Message::Payment(id, command) => {
                let delivery = Deliver { command: *command, by, cause, reply };
                self.tell_payment(id, delivery);
            }
            Message::Inventory(id, command) => {
                let owner = self.inventories.borrow().get(&id).cloned();
                self.hand_over(owner, Deliver { command: *command, by, cause, reply }, "store");
            }
            Message::Store(id, command) => {
                let owner = self.stores.borrow().get(&id).cloned();
                self.hand_over(owner, Deliver { command: *command, by, cause, reply }, "store");
            }
            Message::Courier(id, command) => {
                let owner = self.couriers.borrow().get(&id).cloned();
                self.hand_over(owner, Deliver { command: *command, by, cause, reply }, "courier");
            }
        }
    }

    pub(crate) fn hand_over<M: crate::owner::Owns>(
        &self,
        owner: Option<Rc<Owned<M>>>,
        delivery: Deliver<M::Command>,
        what: &'static str,
    ) {
        match (owner, delivery.reply) {
            (Some(owner), reply) => owner.tell(self, Deliver { reply, ..delivery }),
            (None, Some(reply)) => self.refuse(reply, CommandError::Unknown { what }),
            (None, None) => tracing::error!(what, "a message has no owner to go to"),
        }
    }

    /// An answer that is not kept under the keys: nothing was carried out.
    pub fn refuse(&self, reply: Reply, error: CommandError) {
        self.keys_unused(&reply);
        let sender = reply.sender;
        self.when_recorded(Box::new(move || {
            let _ = sender.send(Err(error));
        }));
    }

    fn keys_unused(&self, reply: &Reply) {
        let mut index = self.keys.borrow_mut();
        reply.keys.iter().for_each(|key| index.forget(key));
    }

    fn tell_order(&self, id: OrderId, delivery: Deliver<OrderCommand>) {
        let owner = self.orders.borrow().get(&id).cloned();
        match owner {
            Some(owner) => owner.tell(self, delivery),
            None => {
                if let Some(core) = self.me() {
                    crate::recovery::wake_order(core, id, delivery);
                }
            }
        }
    }

    fn tell_payment(&self, id: PaymentId, delivery: Deliver<dispatch::payment::PaymentCommand>) {
        let owner = self.payments.borrow().get(&id).cloned();
        match (owner, self.me()) {
            (Some(owner), _) => owner.tell(self, delivery),
            (None, Some(core)) => crate::recovery::wake_payment(core, id, delivery),
            (None, None) => {}
        }
    }

    pub fn ended(&self, ended: Ended) {
        self.ended.borrow_mut().push(ended);
    }

    pub fn take_ended(&self) -> Vec<Ended> {
        self.ended.take()
    }

    /// A placing that never came to be.
    pub fn forget_order(&self, id: OrderId) {
        self.metrics.orders.put(id, None);
        if let Some(owner) = self.orders.borrow_mut().remove(&id) {
            owner.quit();
        }
    }

    /// Plans over the view and tells the order what was found.
    pub fn source(&self, request: SourcingRequest, cause: Cause) {
        let plan = self.plan(&request);
        let command = OrderCommand::Sourced { request: request.request, plan };
        self.tell(Message::Order(request.order, Box::new(command)), By::Partition, cause, None);
    }

    pub fn plan(
        &self,
        request: &SourcingRequest,
    ) -> Result<dispatch::sourcing::SourcingPlan, Refusal> {
        let policy = self.policy();
        dispatch::sourcing::plan(request, &self.view.borrow(), &policy, self.now())
    }
}

fn retry_name(key: &Idempotency) -> (String, String) {
    (key.scope.clone(), key.key.clone())
}

impl Conflict {
    /// Whether a key of this kind stays used when the answer is no.
    pub fn outlives_a_refusal(self) -> bool {
        match self {
            Conflict::IdempotencyKey | Conflict::QuoteOnce => true,
            Conflict::ExternalId | Conflict::Quote => false,
        }
    }
}
