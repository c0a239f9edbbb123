//! A decision in the making: each event is folded into a working copy as soon as it is recorded,
//! so the next step of the same decision judges the state it will really find.

use std::borrow::Cow;

use vocabulary::{PaymentId, StoreId, Timestamp};

use super::event::OrderEvent;
use super::{Order, apply};
use crate::courier::CourierCommand;
use crate::inventory::InventoryCommand;
use crate::payment::PaymentCommand;
use crate::store::StoreCommand;
use crate::{Context, Decision, Effect, Policy, Refusal, Timer};

pub(super) struct Draft<'a> {
    order: Cow<'a, Order>,
    context: &'a Context<'a>,
    decision: Decision<OrderEvent>,
}

impl<'a> Draft<'a> {
    pub fn new(order: &'a Order, context: &'a Context<'a>) -> Self {
        Self { order: Cow::Borrowed(order), context, decision: Decision::nothing() }
    }

    pub fn finish(self) -> Decision<OrderEvent> {
        self.decision
    }

    /// The order as it stands after what was recorded so far.
    pub fn order(&self) -> &Order {
        &self.order
    }

    pub fn context(&self) -> &Context<'a> {
        self.context
    }

    pub fn now(&self) -> Timestamp {
        self.context.now
    }

    pub fn policy(&self) -> &'a Policy {
        self.context.policy
    }

    pub fn record(&mut self, event: OrderEvent) {
        apply::apply(self.order.to_mut(), &event, self.context.now);
        self.decision.events.push(event);
    }

    /// Tells the caller no although something is recorded: a wrong code is counted.
    pub fn refuse(&mut self, refusal: Refusal) {
        self.decision.refusal = Some(refusal);
    }

    pub fn effect(&mut self, effect: Effect) {
        self.decision.effects.push(effect);
    }

    pub fn arm(&mut self, timer: Timer, due: Timestamp) {
        self.effect(Effect::Arm { timer, due });
    }

    pub fn tell_inventory(&mut self, store: StoreId, command: InventoryCommand) {
        self.effect(Effect::inventory(store, command));
    }

    pub fn tell_store(&mut self, store: StoreId, command: StoreCommand) {
        self.effect(Effect::store(store, command));
    }

    pub fn tell_courier(&mut self, courier: vocabulary::CourierId, command: CourierCommand) {
        self.effect(Effect::courier(courier, command));
    }

    pub fn tell_payment(&mut self, command: PaymentCommand) {
        let payment: PaymentId = self.order.payment_id();
        self.effect(Effect::payment(payment, command));
    }
}
