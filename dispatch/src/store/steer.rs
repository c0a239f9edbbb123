//! Standing still, going on, and ending before hand-over.

use vocabulary::{CourierId, FulfillmentOrderId, Seconds, Timestamp};

use super::event::{CancelledBecause, StoreEvent};
use super::{FulfillmentOrder, FulfillmentState, Reminded, Store};
use crate::inventory::{InventoryCommand, ReleaseReason};
use crate::order::line::LineUnits;
use crate::order::{FulfillmentMode, FulfillmentProgress};
use crate::{Context, Decision, Effect, Refusal, Timer};

impl Store {
    pub(super) fn suspend(&self, id: FulfillmentOrderId) -> Result<Decision<StoreEvent>, Refusal> {
        let share = self.share(id)?;
        if let FulfillmentState::OnHold { .. } = share.state {
            return Ok(Decision::nothing());
        }
        if !share.state.is_before_hand_over() {
            return Err(share.refusal("hold"));
        }
        Ok(Decision::event(StoreEvent::FulfillmentOrderSuspended { fulfillment_order: id })
            .effect(share.report(id, FulfillmentProgress::OnHold)))
    }

    pub(super) fn resume_work(
        &self,
        id: FulfillmentOrderId,
        context: &Context<'_>,
    ) -> Result<Decision<StoreEvent>, Refusal> {
        let share = self.share(id)?;
        let FulfillmentState::OnHold { was } = &share.state else {
            let is_running = share.state.is_before_hand_over();
            let refused = Err(share.refusal("resume"));
            return if is_running { Ok(Decision::nothing()) } else { refused };
        };
        let state = moved_on(was, share.since, context);
        let (arm, ready_at) = (due(id, &state), state.ready_at());
        Ok(Decision::event(StoreEvent::FulfillmentOrderResumed { fulfillment_order: id, state })
            .effect(share.report(id, FulfillmentProgress::Resumed { ready_at }))
            .effects(arm))
    }

    /// The order's word; it gives the stock back itself.
    pub(super) fn cancel(
        &self,
        id: FulfillmentOrderId,
        moved: bool,
    ) -> Result<Decision<StoreEvent>, Refusal> {
        let Some(share) = self.fulfillment_orders.get(&id) else {
            return Ok(Decision::nothing());
        };
        if share.state.is_over() {
            return Ok(Decision::nothing());
        }
        if !share.state.is_before_hand_over() {
            return Err(share.refusal("cancel"));
        }
        Ok(Decision::event(if moved {
            StoreEvent::FulfillmentOrderMoved { fulfillment_order: id }
        } else {
            cancelled(id, CancelledBecause::OrderCancelled)
        }))
    }

    /// The order takes units off; what is not here any more was taken off before.
    pub(super) fn remove_lines(
        &self,
        id: FulfillmentOrderId,
        lines: &[LineUnits],
    ) -> Result<Decision<StoreEvent>, Refusal> {
        let Some(share) = self.fulfillment_orders.get(&id) else {
            return Ok(Decision::nothing());
        };
        let lines = share.present(lines);
        if share.state.is_over() || lines.is_empty() {
            return Ok(Decision::nothing());
        }
        if !share.state.is_before_hand_over() {
            return Err(share.refusal("take lines off"));
        }
        if share.ends_without(&lines) {
            return Ok(Decision::event(cancelled(id, CancelledBecause::NothingLeft)));
        }
        Ok(Decision::event(StoreEvent::LinesRemoved { fulfillment_order: id, lines }))
    }

    pub(super) fn expect_courier(
        &self,
        id: FulfillmentOrderId,
        courier: Option<CourierId>,
        at: Option<Timestamp>,
    ) -> Decision<StoreEvent> {
        let Some(share) = self.fulfillment_orders.get(&id) else {
            return Decision::nothing();
        };
        let news = courier.map(|courier| (courier, at));
        let known = share.courier.as_deref().map(|known| (known.courier, known.at));
        let is_ours = share.mode == FulfillmentMode::Delivery && share.state.is_before_hand_over();
        if !is_ours || news == known {
            return Decision::nothing();
        }
        let at = at.filter(|_| courier.is_some());
        Decision::event(StoreEvent::CourierExpected { fulfillment_order: id, courier, at })
    }

    /// Only of the one who is expected, once, and while the goods are here does it matter.
    pub(super) fn meet_courier(
        &self,
        id: FulfillmentOrderId,
        courier: CourierId,
    ) -> Decision<StoreEvent> {
        let share = self.fulfillment_orders.get(&id);
        let here = share.filter(|share| share.state.is_before_hand_over());
        let expected = here.and_then(|share| share.courier.as_deref());
        match expected {
            Some(known) if known.courier == courier && known.arrived_at.is_none() => {
                Decision::event(StoreEvent::CourierArrived { fulfillment_order: id, courier })
            }
            Some(_) | None => Decision::nothing(),
        }
    }

    /// The order tells what its shopper asked; only while the goods are here does it matter.
    pub(super) fn hear_reminder(
        &self,
        id: FulfillmentOrderId,
        reminded: Reminded,
    ) -> Decision<StoreEvent> {
        let is_here = |share: &&FulfillmentOrder| share.state.is_before_hand_over();
        let share = self.fulfillment_orders.get(&id).filter(is_here);
        match share.map(|share| share.reminded.as_deref().copied()) {
            None => Decision::nothing(),
            Some(known) if known == Some(reminded) => Decision::nothing(),
            Some(_) => {
                Decision::event(StoreEvent::ReminderHeard { fulfillment_order: id, reminded })
            }
        }
    }

    /// Nobody came: the goods go back on the shelf.
    pub(super) fn no_show_fires(
        &self,
        id: FulfillmentOrderId,
        context: &Context<'_>,
    ) -> Decision<StoreEvent> {
        let Some(share) = self.fulfillment_orders.get(&id) else {
            return Decision::nothing();
        };
        let FulfillmentState::Ready { no_show_at: Some(no_show_at) } = share.state else {
            return Decision::nothing();
        };
        if context.now < no_show_at {
            return Decision::nothing().effects(due(id, &share.state));
        }
        let reservation = share.reservation;
        let reason = ReleaseReason::NoShow;
        let release = InventoryCommand::Release { reservation, reason };
        Decision::event(cancelled(id, CancelledBecause::NoShow))
            .effect(Effect::inventory(self.store, release))
            .effect(share.report(id, FulfillmentProgress::NoShow))
    }
}

impl FulfillmentOrder {
    /// The timer of its present state.
    pub(super) fn timer(&self, id: FulfillmentOrderId) -> Option<Effect> {
        due(id, &self.state)
    }
}

fn due(id: FulfillmentOrderId, state: &FulfillmentState) -> Option<Effect> {
    let (timer, due) = match state {
        FulfillmentState::Scheduled { release_at } => (Timer::Release(id), *release_at),
        FulfillmentState::Assigned { accept_by } => (Timer::AcceptSla(id), *accept_by),
        FulfillmentState::Ready { no_show_at: Some(no_show_at) } => {
            (Timer::NoShow(id), *no_show_at)
        }
        FulfillmentState::Accepted { .. }
        | FulfillmentState::Picking { .. }
        | FulfillmentState::Ready { no_show_at: None }
        | FulfillmentState::OnHold { .. }
        | FulfillmentState::HandedOver { .. }
        | FulfillmentState::Completed
        | FulfillmentState::Returned
        | FulfillmentState::Rejected { .. }
        | FulfillmentState::Cancelled { .. }
        | FulfillmentState::Moved => return None,
    };
    Some(Effect::Arm { timer, due })
}

/// The state to go on in: work and waiting are as long as they were, the release date stays.
fn moved_on(
    was: &FulfillmentState,
    held_since: Timestamp,
    context: &Context<'_>,
) -> FulfillmentState {
    let stood_still = context.now.since(held_since);
    match was {
        FulfillmentState::Assigned { .. } => FulfillmentState::Assigned {
            accept_by: context.now.after(Seconds(context.policy.accept_sla_s)),
        },
        FulfillmentState::Accepted { ready_at } => {
            FulfillmentState::Accepted { ready_at: ready_at.after(stood_still) }
        }
        FulfillmentState::Picking { ready_at } => {
            FulfillmentState::Picking { ready_at: ready_at.after(stood_still) }
        }
        FulfillmentState::Ready { no_show_at } => FulfillmentState::Ready {
            no_show_at: no_show_at.map(|no_show_at| no_show_at.after(stood_still)),
        },
        FulfillmentState::Scheduled { .. }
        | FulfillmentState::OnHold { .. }
        | FulfillmentState::HandedOver { .. }
        | FulfillmentState::Completed
        | FulfillmentState::Returned
        | FulfillmentState::Rejected { .. }
        | FulfillmentState::Cancelled { .. }
        | FulfillmentState::Moved => was.clone(),
    }
}

fn cancelled(id: FulfillmentOrderId, because: CancelledBecause) -> StoreEvent {
    StoreEvent::FulfillmentOrderCancelled { fulfillment_order: id, because }
}
