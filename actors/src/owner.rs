//! The one actor there is: it owns a machine's facts and lets the machine judge.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use actix::ActorContext;
use actix::{Actor, Addr, AsyncContext, Context, Handler, Message, SpawnHandle};
use dispatch::{By, Refusal};
use persistence::StateRow;
use vocabulary::Timestamp;

use crate::answer::Answer;
use crate::core::Core;
use crate::due::DueTimes;
use crate::error::CommandError;
use crate::intake::{Cause, Idempotency, ReplySender};
use crate::judge::{Deed, Judge, Judging, Verdict};
use crate::output::Output;
use crate::pending::{NewEvent, Touched};

/// What the shell must know about a machine to run it.
pub(crate) trait Owns: Judge<Command: Send> + Sized + Unpin + 'static {
    type Id: Copy + Ord + std::fmt::Display + Unpin + 'static;
    /// A row that an event changes; `()` for machines of one row.
    type Row: Copy + Ord + Unpin + 'static;
    const KIND: &'static str;

    fn bits(id: Self::Id) -> u128;
    fn timer_fired(timer: Self::Timer) -> Self::Command;
    fn event_kind(event: &Self::Event) -> &'static str;
    fn event_payload(event: &Self::Event) -> Result<String, serde_json::Error>;
    /// The rows an event changes, besides what every event changes.
    fn touched(&self, event: &Self::Event, rows: &mut BTreeSet<Self::Row>);
    fn encode(&self, id: Self::Id, journal: Journaled<'_, Self>, states: &mut Vec<StateRow>);
    /// Publishes to the CityView after each decision, and adds to the stock ledger.
    fn publish(&self, id: Self::Id, events: &[Self::Event], seq: u64, core: &Core);
    /// Publishes everything to a fresh CityView.
    fn publish_all(&self, id: Self::Id, core: &Core);
    /// What listeners of the touched entity get.
    fn changes(
        &self,
        id: Self::Id,
        rows: &BTreeSet<Self::Row>,
        core: &Core,
        outputs: &mut Vec<Output>,
    );
    /// Forgets rows that have ended.
    fn retire(&mut self, _rows: &BTreeSet<Self::Row>) {}
    /// A timer that is not due after all, by what the shell knows better than the machine.
    fn postponed(_timer: Self::Timer, _id: Self::Id, _core: &Core) -> Option<Timestamp> {
        None
    }
    /// An inner command failed, for owners that somebody waits on.
    fn abandoned(_id: Self::Id, _error: &CommandError, _core: &Core) {}
    /// After each decision, for owners that somebody waits on.
    fn settled(&self, _id: Self::Id, _core: &Core) {}
}

/// An owner's place in its own history.
pub(crate) struct Journaled<'a, M: Owns> {
    pub seq: u64,
    pub entity_seq: u64,
    pub rows: &'a BTreeSet<M::Row>,
}

/// The facts of one owner. Its actor is the only one that changes them.
pub(crate) struct Owned<M: Owns> {
    pub id: M::Id,
    pub machine: RefCell<M>,
    entity_seq: Cell<u64>,
    last_seq: Cell<u64>,
    touched: RefCell<BTreeSet<M::Row>>,
    is_touched: Cell<bool>,
    address: OnceCell<Addr<Owner<M>>>,
}

impl<M: Owns> Owned<M> {
    pub fn new(id: M::Id, machine: M, entity_seq: u64, last_seq: u64) -> Rc<Self> {
        Rc::new(Self {
            id,
            machine: RefCell::new(machine),
            entity_seq: Cell::new(entity_seq),
            last_seq: Cell::new(last_seq),
            touched: RefCell::default(),
            is_touched: Cell::new(false),
            address: OnceCell::new(),
        })
    }

    /// Starts the actor; on the partition's thread only.
    pub fn start(self: &Rc<Self>, core: &Rc<Core>) {
        let owner = Owner {
            owned: Rc::clone(self),
            core: Rc::clone(core),
            timers: DueTimes::default(),
            armed: None,
        };
        let _ = self.address.set(owner.start());
    }

    pub fn tell(&self, core: &Core, delivery: Deliver<M::Command>) {
        if let Some(address) = self.address.get() {
            core.depart();
            address.do_send(delivery);
        }
    }

    pub fn resume(&self, core: &Core) {
        if let Some(address) = self.address.get() {
            core.depart();
            address.do_send(Resume);
        }
    }

    pub fn quit(&self) {
        if let Some(address) = self.address.get() {
            address.do_send(Quit);
        }
    }

    /// The last event of the partition that changed this owner.
    pub fn last_seq(&self) -> u64 {
        self.last_seq.get()
    }

    /// Judges and records: one step that never yields. The deeds are the caller's to do.
    pub fn decide(
        self: &Rc<Self>,
        core: &Core,
        command: &M::Command,
        by: By,
        cause: Cause,
    ) -> Result<Verdict<M::Event, M::Deeds>, CommandError> {
        let now = core.now();
        let verdict = self.judge(core, command, by, now)?;
        if !verdict.events.is_empty() {
            self.record(core, &verdict.events, now, by, cause)?;
        }
        Ok(verdict)
    }

    /// A panic in `decide` has changed nothing: the caller hears `internal`, the owner lives on.
    fn judge(
        &self,
        core: &Core,
        command: &M::Command,
        by: By,
        now: Timestamp,
    ) -> Result<Verdict<M::Event, M::Deeds>, CommandError> {
        let (policy, members) = (core.policy(), core.member_policy());
        let judging = Judging { now, by, policy: &policy, members: &members };
        let machine = self.machine.borrow();
        catch_unwind(AssertUnwindSafe(|| machine.judge(command, &judging))).unwrap_or_else(|_| {
            core.metrics().panics.add(1);
            tracing::error!(owner = M::KIND, id = %self.id, "a decision panicked");
            Err(CommandError::Internal)
        })
    }

    fn record(
        self: &Rc<Self>,
        core: &Core,
        events: &[M::Event],
        now: Timestamp,
        by: By,
        cause: Cause,
    ) -> Result<(), CommandError> {
        // Encode first: an event that cannot be written must not be applied either.
        let payloads: Result<Vec<String>, _> = events.iter().map(M::event_payload).collect();
        let payloads = payloads.map_err(|error| {
            tracing::error!(owner = M::KIND, id = %self.id, %error, "an event cannot be encoded");
            CommandError::Internal
        })?;
        let mut machine = self.machine.borrow_mut();
        for (event, payload) in events.iter().zip(payloads) {
            let entity_seq = self.entity_seq.get() + 1;
            self.entity_seq.set(entity_seq);
            let seq = core.append(
                NewEvent {
                    entity_kind: M::KIND,
                    entity: M::bits(self.id),
                    entity_seq,
                    previous: self.last_seq.get(),
                    kind: M::event_kind(event),
                    payload,
                },
                now,
                by,
                cause,
            );
            self.last_seq.set(seq);
            machine.fold(event, now);
            machine.touched(event, &mut self.touched.borrow_mut());
        }
        machine.publish(self.id, events, self.last_seq(), core);
        drop(machine);
        self.touch(core);
        Ok(())
    }

    fn touch(self: &Rc<Self>, core: &Core) {
        if !self.is_touched.replace(true) {
            core.touch(Rc::clone(self) as Rc<dyn Touched>);
        }
    }
}

impl<M: Owns> Touched for Owned<M> {
    fn rows(&self, states: &mut Vec<StateRow>) {
        let rows = self.touched.borrow();
        let journal =
            Journaled { seq: self.last_seq.get(), entity_seq: self.entity_seq.get(), rows: &rows };
        self.machine.borrow().encode(self.id, journal, states);
    }

    fn changes(&self, core: &Core, outputs: &mut Vec<Output>) {
        self.machine.borrow().changes(self.id, &self.touched.borrow(), core, outputs);
    }

    fn retire(&self) {
        self.is_touched.set(false);
        let rows = self.touched.take();
        self.machine.borrow_mut().retire(&rows);
    }
}

/// The actor.
pub(crate) struct Owner<M: Owns> {
    owned: Rc<Owned<M>>,
    core: Rc<Core>,
    /// Due times that wait, by time. A store's inventory has one for every hold it keeps; the
    /// runtime is asked for the earliest only, because actix looks at each of an actor's pending
    /// futures whenever a message arrives.
    timers: DueTimes<M::Timer>,
    armed: Option<(Timestamp, SpawnHandle)>,
}

/// A command for an owner, with whoever waits for the answer.
pub(crate) struct Deliver<C> {
    pub command: C,
    pub by: By,
    pub cause: Cause,
    pub reply: Option<Reply>,
}

pub(crate) struct Reply {
    pub keys: Vec<Idempotency>,
    pub sender: ReplySender,
}

impl<C> Message for Deliver<C> {
    type Result = ();
}

/// After recovery: ask what is unanswered and arm the timers.
pub(crate) struct Resume;

impl Message for Resume {
    type Result = ();
}

pub(crate) struct Quit;

impl Message for Quit {
    type Result = ();
}

impl<M: Owns> Actor for Owner<M> {
    type Context = Context<Self>;
}

impl<M: Owns> Handler<Deliver<M::Command>> for Owner<M> {
    type Result = ();

    fn handle(&mut self, delivery: Deliver<M::Command>, ctx: &mut Context<Self>) {
        let core = Rc::clone(&self.core);
        let Some(_landing) = core.land() else { return ctx.stop() };
        let Deliver { command, by, cause, reply } = delivery;
        let outcome = self.carry_out(&command, by, cause, ctx);
        match reply {
            Some(reply) => self.core.reply(reply, outcome.map(|seq| Answer::Done { seq })),
            None => {
                if let Err(error) = &outcome {
                    M::abandoned(self.owned.id, error, &self.core);
                }
                self.report(outcome);
            }
        }
    }
}

impl<M: Owns> Handler<Resume> for Owner<M> {
    type Result = ();

    fn handle(&mut self, _: Resume, ctx: &mut Context<Self>) {
        let core = Rc::clone(&self.core);
        let Some(_landing) = core.land() else { return ctx.stop() };
        let deeds = self.owned.machine.borrow().unanswered(self.core.now());
        self.perform(deeds, Cause::default(), ctx);
    }
}

impl<M: Owns> Handler<Quit> for Owner<M> {
    type Result = ();

    fn handle(&mut self, _: Quit, ctx: &mut Context<Self>) {
        ctx.stop();
    }
}

impl<M: Owns> Owner<M> {
    /// Receive, decide, append, apply, tell: one step that never yields.
    fn carry_out(
        &mut self,
        command: &M::Command,
        by: By,
        cause: Cause,
        ctx: &mut Context<Self>,
    ) -> Result<u64, CommandError> {
        let Verdict { deeds, refusal, .. } = self.owned.decide(&self.core, command, by, cause)?;
        self.perform(deeds, cause, ctx);
        self.owned.machine.borrow().settled(self.owned.id, &self.core);
        match refusal {
            Some(refusal) => Err(refusal),
            None => Ok(self.core.last_seq()),
        }
    }

    fn perform(&mut self, deeds: M::Deeds, cause: Cause, ctx: &mut Context<Self>) {
        for deed in deeds {
            match deed {
                Deed::Tell(message) => self.core.tell(message, By::Partition, cause, None),
                Deed::Arm { timer, due } => self.arm(timer, due, ctx),
                Deed::Source(request) => self.core.source(*request, cause),
                Deed::Report(report) => self.core.report(&report, cause),
                Deed::Send(errand) => self.core.run(errand, By::Partition, cause, None),
            }
        }
    }

    fn arm(&mut self, timer: M::Timer, due: Timestamp, ctx: &mut Context<Self>) {
        self.timers.insert(due, timer);
        self.wait_for_the_earliest(ctx);
    }

    fn wait_for_the_earliest(&mut self, ctx: &mut Context<Self>) {
        let Some(due) = self.timers.first() else { return };
        match self.armed {
            Some((armed, _)) if armed <= due => return,
            Some((_, handle)) => {
                ctx.cancel_future(handle);
            }
            None => {}
        }
        let handle = ctx.run_later(self.core.wait_until(due), Self::wake);
        self.armed = Some((due, handle));
    }

    fn wake(&mut self, ctx: &mut Context<Self>) {
        self.armed = None;
        // Runtime timers round; one that is early by a millisecond waits for it.
        while let Some(timer) = self.timers.take_due(self.core.now()) {
            self.fire(timer, ctx);
        }
        self.wait_for_the_earliest(ctx);
    }

    /// A due time has come: an ordinary command, and the state decides whether it still matters.
    fn fire(&mut self, timer: M::Timer, ctx: &mut Context<Self>) {
        let core = Rc::clone(&self.core);
        core.depart();
        let Some(_landing) = core.land() else { return ctx.stop() };
        match M::postponed(timer, self.owned.id, &core) {
            Some(due) => self.arm(timer, due, ctx),
            None => {
                let outcome =
                    self.carry_out(&M::timer_fired(timer), By::Timer, Cause::default(), ctx);
                self.report(outcome);
            }
        }
    }

    /// Nobody waits for this outcome: a refusal between owners is worth a line.
    fn report(&self, outcome: Result<u64, CommandError>) {
        match outcome {
            Ok(_) => {}
            Err(CommandError::Refused(refusal)) => self.log_refusal(&refusal),
            Err(CommandError::Declined(refusal)) => {
                let (id, code) = (self.owned.id, refusal.code());
                tracing::warn!(owner = M::KIND, %id, code, %refusal, "an inner command was refused");
            }
            Err(error) => {
                tracing::error!(owner = M::KIND, id = %self.owned.id, %error, "command failed")
            }
        }
    }

    fn log_refusal(&self, refusal: &Refusal) {
        let (id, code) = (self.owned.id, refusal.code());
        tracing::warn!(owner = M::KIND, %id, code, %refusal, "an inner command was refused");
    }
}
