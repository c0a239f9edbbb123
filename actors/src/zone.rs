//! The zone: holds dispatch rounds over the unassigned pool. It only proposes.
//!
//! A long round is planned on a thread of its own, from the rows as they were when it began: what
//! changes meanwhile its owners notice, who judge every offer by its attempt. A shadow policy plans a
//! round again once the live one has proposed, on another thread where the live one would too.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix::fut::{ActorFutureExt, wrap_future};
use actix::{Actor, ActorContext, AsyncContext, Context};
use dispatch::order::OrderCommand;
use dispatch::rounds::shadow::{Picks, Shadow};
use dispatch::rounds::{Offering, Round, Rounds};
use dispatch::view::CityView;
use dispatch::{By, Message, Policy};
use tokio::time::Instant;
use vocabulary::{Seconds, Timestamp};

use crate::core::Core;
use crate::intake::Cause;
use crate::waits::Waits;
use crate::{recovery, shadow};

/// One per partition until a bench asks for more.
pub(crate) struct ZoneActor {
    core: Rc<Core>,
    rounds: Rounds,
    /// Absent while it plans elsewhere.
    shadow: Option<Shadow>,
    /// How many pairs of a delivery and a courier are planned here.
    pairs_in_place: usize,
}

/// What a thread hands back.
struct Planned {
    rounds: Rounds,
    round: Round,
    took: Duration,
}

impl Actor for ZoneActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Context<Self>) {
        self.wait(ctx);
    }
}

impl ZoneActor {
    pub fn new(core: Rc<Core>, pairs_in_place: usize) -> Self {
        Self { core, rounds: Rounds::default(), shadow: Some(Shadow::default()), pairs_in_place }
    }

    fn wait(&self, ctx: &mut Context<Self>) {
        let pause = Seconds(self.core.policy().dispatch.round_every_s.max(1));
        let wait = self.core.wait_until(self.core.now().after(pause));
        ctx.run_later(wait, |zone, ctx| zone.hold_round(ctx));
    }

    fn hold_round(&mut self, ctx: &mut Context<Self>) {
        if self.core.is_stopped() {
            return ctx.stop();
        }
        let pairs = {
            let view = self.core.view.borrow();
            view.pool().len() * view.couriers().len().max(1)
        };
        if pairs == 0 {
            self.core.waits.take();
            return self.end_round(ctx);
        }
        if pairs <= self.pairs_in_place {
            self.plan_in_place();
            return self.end_round(ctx);
        }
        self.plan_elsewhere(ctx);
    }

    fn end_round(&mut self, ctx: &mut Context<Self>) {
        recovery::let_go(&self.core);
        self.wait(ctx);
    }

    fn plan_in_place(&mut self) {
        let began = Instant::now();
        let (policy, now) = (self.core.policy(), self.core.now());
        let round = self.rounds.plan(&self.core.view.borrow(), &policy, now);
        let live = policy.shadow.is_some().then(|| Picks::of(&round));
        self.propose(round, began.elapsed());
        if let (Some(live), Some(second)) = (live, &mut self.shadow) {
            let view = self.core.view.borrow();
            let shadowed = shadow::plan(second, &live, &view, &policy, now);
            shadow::note(&self.core, &policy, now, shadowed);
        }
    }

    /// The next round waits for this one's end.
    fn plan_elsewhere(&mut self, ctx: &mut Context<Self>) {
        let view = Arc::new(self.core.view.borrow().for_a_round());
        let (policy, now) = (self.core.policy(), self.core.now());
        let mut rounds = std::mem::take(&mut self.rounds);
        let seen = (Arc::clone(&view), Arc::clone(&policy));
        let planning = tokio::task::spawn_blocking(move || {
            let (view, policy) = seen;
            let began = Instant::now();
            let round = rounds.plan(&view, &policy, now);
            Planned { rounds, round, took: began.elapsed() }
        });
        ctx.spawn(wrap_future(planning).map(move |planned, zone: &mut Self, ctx| {
            if zone.core.is_stopped() {
                return ctx.stop();
            }
            match planned {
                Ok(Planned { rounds, round, took }) => {
                    zone.rounds = rounds;
                    let live = policy.shadow.is_some().then(|| Picks::of(&round));
                    zone.propose(round, took);
                    if let Some(live) = live {
                        zone.shadow_elsewhere(live, view, policy, now, ctx);
                    }
                }
                // What rounds remember is only advice: the next one begins anew.
                Err(error) => tracing::error!(%error, "a dispatch round broke"),
            }
            zone.end_round(ctx);
        }));
    }

    /// The next live round does not wait for this one; the next shadow's is skipped then.
    fn shadow_elsewhere(
        &mut self,
        live: Picks,
        view: Arc<CityView>,
        policy: Arc<Policy>,
        now: Timestamp,
        ctx: &mut Context<Self>,
    ) {
        let Some(mut second) = self.shadow.take() else {
            return shadow::note(&self.core, &policy, now, None);
        };
        let seen = Arc::clone(&policy);
        let planning = tokio::task::spawn_blocking(move || {
            let shadowed = shadow::plan(&mut second, &live, &view, &seen, now);
            (second, shadowed)
        });
        ctx.spawn(wrap_future(planning).map(move |planned, zone: &mut Self, _| match planned {
            Ok((second, shadowed)) => {
                zone.shadow = Some(second);
                if shadowed.is_some() && zone.core.policy().version == policy.version {
                    shadow::note(&zone.core, &policy, now, shadowed);
                }
            }
            Err(error) => {
                zone.shadow = Some(Shadow::default());
                tracing::error!(%error, "a shadow's round broke");
            }
        }));
    }

    fn propose(&self, round: Round, took: Duration) {
        let metrics = self.core.metrics();
        metrics.rounds.add(1);
        let took = took.as_micros() as u64;
        metrics.slowest_round_us.set(metrics.slowest_round_us.get().max(took));
        self.core.waits.replace(Waits::after(&round));
        for Offering { order, delivery, attempt, proposals, .. } in round.offerings {
            let command = OrderCommand::OfferDelivery { delivery, attempt, proposals };
            let message = Message::Order(order, Box::new(command));
            self.core.tell(message, By::Partition, Cause::default(), None);
        }
        // Between messages nothing else wakes the pump.
        self.core.wake.notify_one();
    }
}
