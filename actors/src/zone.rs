//! The zone: holds dispatch rounds over the unassigned pool. It only proposes.

use std::rc::Rc;

use actix::{Actor, AsyncContext, Context};
use dispatch::order::OrderCommand;
use dispatch::rounds::{Offering, Rounds};
use dispatch::{By, Message};
use vocabulary::Seconds;

use crate::core::Core;
use crate::intake::Cause;
use crate::recovery;

/// One per partition until a bench asks for more.
pub(crate) struct ZoneActor {
    core: Rc<Core>,
    rounds: Rounds,
}

impl Actor for ZoneActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Context<Self>) {
        self.wait(ctx);
    }
}

impl ZoneActor {
    pub fn new(core: Rc<Core>) -> Self {
        Self { core, rounds: Rounds::default() }
    }

    fn wait(&self, ctx: &mut Context<Self>) {
        let pause = Seconds(self.core.policy().dispatch.round_every_s.max(1));
        let wait = self.core.wait_until(self.core.now().after(pause));
        ctx.run_later(wait, |zone, ctx| zone.hold_round(ctx));
    }

    fn hold_round(&mut self, ctx: &mut Context<Self>) {
        use actix::ActorContext;
        if self.core.is_stopped() {
            return ctx.stop();
        }
        if !self.core.view.borrow().pool().is_empty() {
            self.propose();
        }
        recovery::let_go(&self.core);
        self.wait(ctx);
    }

    fn propose(&mut self) {
        let began = tokio::time::Instant::now();
        let (policy, now) = (self.core.policy(), self.core.now());
        let round = self.rounds.plan(&self.core.view.borrow(), &policy, now);
        let metrics = self.core.metrics();
        metrics.rounds.add(1);
        let took = began.elapsed().as_micros() as u64;
        metrics.slowest_round_us.set(metrics.slowest_round_us.get().max(took));
        for Offering { order, delivery, attempt, proposals, .. } in round.offerings {
            let command = OrderCommand::OfferDelivery { delivery, attempt, proposals };
            let message = Message::Order(order, Box::new(command));
            self.core.tell(message, By::Partition, Cause::default(), None);
        }
        // Between messages nothing else wakes the pump.
        self.core.wake.notify_one();
    }
}
