//! A share arrives, goes on the board, and is accepted or not.

use vocabulary::{FulfillmentOrderId, Seconds, Timestamp};

use super::event::StoreEvent;
use super::fulfillment::Step;
use super::{
    AssignFulfillment, BoardNumber, FulfillmentOrder, FulfillmentState, PickupCode, RejectReason,
    Store, StoreFront,
};
use crate::order::FulfillmentProgress;
use crate::{Context, Decision, Effect, Refusal, Timer};

/// Longest time that a store may ask for when it accepts.
const LONGEST_PREP: Seconds = Seconds::minutes(24 * 60);

impl Store {
    /// An order's share for this store. It is never turned away here: the order is paid for and
    /// planned, so a full board or a pause since then is for people to judge.
    pub(super) fn assign(
        &self,
        share: &AssignFulfillment,
        context: &Context<'_>,
    ) -> Decision<StoreEvent> {
        let id = share.fulfillment_order;
        if self.fulfillment_orders.contains_key(&id) {
            return Decision::nothing();
        }
        match share.release_at.filter(|release_at| *release_at > context.now) {
            Some(release_at) => {
                let state = FulfillmentState::Scheduled { release_at };
                let share = Box::new(born(share, state, None, context));
                let report = share.report(id, FulfillmentProgress::Scheduled { release_at });
                let scheduled =
                    StoreEvent::FulfillmentOrderScheduled { fulfillment_order: id, share };
                Decision::event(scheduled)
                    .effect(report)
                    .effect(Effect::Arm { timer: Timer::Release(id), due: release_at })
            }
            None => {
                let accept_by = accept_by(context);
                let state = FulfillmentState::Assigned { accept_by };
                let board = Some(self.next_board_number(context.now));
                let share = born(share, state, board, context);
                let decision = Decision::event(StoreEvent::FulfillmentOrderAssigned {
                    fulfillment_order: id,
                    share: Box::new(share.clone()),
                });
                self.call_for_acceptance(id, &share, accept_by, decision, context)
            }
        }
    }

    pub(super) fn release_fires(
        &self,
        id: FulfillmentOrderId,
        context: &Context<'_>,
    ) -> Decision<StoreEvent> {
        let Some(share) = self.fulfillment_orders.get(&id) else {
            return Decision::nothing();
        };
        let FulfillmentState::Scheduled { release_at } = share.state else {
            return Decision::nothing();
        };
        if context.now < release_at {
            return Decision::nothing()
                .effect(Effect::Arm { timer: Timer::Release(id), due: release_at });
        }
        let accept_by = accept_by(context);
        let board = self.next_board_number(context.now);
        let released =
            StoreEvent::FulfillmentOrderReleased { fulfillment_order: id, accept_by, board };
        self.call_for_acceptance(id, share, accept_by, Decision::event(released), context)
    }

    /// It is on the board now: accept it at once where the store does so, else wait for a person.
    fn call_for_acceptance(
        &self,
        id: FulfillmentOrderId,
        share: &FulfillmentOrder,
        accept_by: Timestamp,
        decision: Decision<StoreEvent>,
        context: &Context<'_>,
    ) -> Decision<StoreEvent> {
        if self.settings.as_ref().is_some_and(|settings| settings.auto_accept) {
            let ready_at = context.now.after(self.prep_time(self.open_orders));
            return accepted(id, share, ready_at, decision);
        }
        decision
            .effect(share.report(id, FulfillmentProgress::Assigned))
            .effect(Effect::Arm { timer: Timer::AcceptSla(id), due: accept_by })
    }

    /// `ready_in` is the store's own word; without it the settings say how long it takes.
    pub(super) fn accept(
        &self,
        id: FulfillmentOrderId,
        ready_in: Option<Seconds>,
        context: &Context<'_>,
    ) -> Result<Decision<StoreEvent>, Refusal> {
        let share = self.share(id)?;
        if ready_in.is_some_and(|span| span > LONGEST_PREP) {
            let expected = format!("at most {LONGEST_PREP}");
            return Err(Refusal::Invalid { what: "ready_in".into(), expected });
        }
        match share.state.step() {
            Some(Step::Assigned) => {
                let others = self.open_orders.saturating_sub(1);
                let span = ready_in.unwrap_or_else(|| self.prep_time(others));
                Ok(accepted(id, share, context.now.after(span), Decision::nothing()))
            }
            Some(Step::Accepted) => Ok(Decision::nothing()),
            Some(Step::Scheduled | Step::Picking | Step::Ready) | None => {
                Err(share.refusal("accept"))
            }
        }
    }

    /// Nobody answered: the policy says whether that is a yes or a no.
    pub(super) fn accept_sla_fires(
        &self,
        id: FulfillmentOrderId,
        context: &Context<'_>,
    ) -> Decision<StoreEvent> {
        let Some(share) = self.fulfillment_orders.get(&id) else {
            return Decision::nothing();
        };
        let FulfillmentState::Assigned { accept_by } = share.state else {
            return Decision::nothing();
        };
        if context.now < accept_by {
            return Decision::nothing()
                .effect(Effect::Arm { timer: Timer::AcceptSla(id), due: accept_by });
        }
        if context.policy.accept_on_timeout {
            let span = self.prep_time(self.open_orders.saturating_sub(1));
            return accepted(id, share, context.now.after(span), Decision::nothing());
        }
        self.rejected(id, share, RejectReason::Timeout, Decision::nothing())
    }

    /// How long an order takes when `others` are in progress, the rush included.
    fn prep_time(&self, others: u32) -> Seconds {
        let Some(settings) = &self.settings else {
            return Seconds::ZERO;
        };
        let waiting = Seconds(settings.prep_per_open_order.0.saturating_mul(others));
        let extra = self.front.trading.extra_prep();
        settings.prep_time.saturating_add(waiting).saturating_add(extra)
    }

    fn next_board_number(&self, now: Timestamp) -> BoardNumber {
        let day = self.settings.as_ref().map(|settings| settings.hours.local_date(now));
        BoardNumber::after(self.front.last_board, day.unwrap_or_default())
    }
}

fn accept_by(context: &Context<'_>) -> Timestamp {
    context.now.after(Seconds(context.policy.accept_sla_s))
}

fn accepted(
    id: FulfillmentOrderId,
    share: &FulfillmentOrder,
    ready_at: Timestamp,
    decision: Decision<StoreEvent>,
) -> Decision<StoreEvent> {
    decision
        .and(StoreEvent::FulfillmentOrderAccepted { fulfillment_order: id, ready_at })
        .effect(share.report(id, FulfillmentProgress::Accepted { ready_at }))
}

fn born(
    share: &AssignFulfillment,
    state: FulfillmentState,
    board: Option<BoardNumber>,
    context: &Context<'_>,
) -> FulfillmentOrder {
    let width = Seconds(context.policy.capacity_window_s);
    FulfillmentOrder {
        order: share.order,
        reservation: share.reservation,
        mode: share.mode,
        lines: share.lines.clone(),
        promised_by: share.promised_by,
        window: StoreFront::window_of(share.promised_by, width),
        board,
        courier: None,
        code: share.pickup_code_hash.map(|hash| Box::new(PickupCode::new(hash))),
        reminded: None,
        state,
        since: context.now,
    }
}
