//! Picking and packing, and saying what cannot be done.

use vocabulary::{FulfillmentOrderId, Seconds};

use super::event::StoreEvent;
use super::fulfillment::Step;
use super::{FulfillmentOrder, FulfillmentState, RejectReason, Store};
use crate::inventory::{InventoryCommand, ReleaseReason};
use crate::order::line::LineUnits;
use crate::order::{FulfillmentMode, FulfillmentProgress};
use crate::{Context, Decision, Effect, Refusal, Timer};

impl Store {
    /// All of it (no lines named) or some. The stock is corrected by the reason.
    pub(super) fn reject(
        &self,
        id: FulfillmentOrderId,
        lines: &[LineUnits],
        reason: RejectReason,
    ) -> Result<Decision<StoreEvent>, Refusal> {
        let share = self.share(id)?;
        if let FulfillmentState::Rejected { .. } = share.state {
            return Ok(Decision::nothing());
        }
        if !share.state.is_in_progress() {
            return Err(share.refusal("reject"));
        }
        let lines = share.named(lines)?;
        if lines.is_empty() || share.ends_without(&lines) {
            return Ok(self.rejected(id, share, reason, Decision::nothing()));
        }
        let report = FulfillmentProgress::Rejected { lines: lines.clone(), whole: false, reason };
        let release = self.release_lines(share, lines.clone(), reason);
        let rejected = StoreEvent::LinesRejected { fulfillment_order: id, lines, reason };
        Ok(Decision::event(rejected).effect(release).effect(share.report(id, report)))
    }

    pub(super) fn start_picking(
        &self,
        id: FulfillmentOrderId,
    ) -> Result<Decision<StoreEvent>, Refusal> {
        catch_up_picking(id, self.share(id)?, "start picking")
    }

    /// These units cannot be found. When nothing is left, it is a rejection.
    pub(super) fn short_pick(
        &self,
        id: FulfillmentOrderId,
        lines: &[LineUnits],
        reason: RejectReason,
    ) -> Result<Decision<StoreEvent>, Refusal> {
        let share = self.share(id)?;
        let decision = catch_up_picking(id, share, "short-pick")?;
        let lines = share.named(lines)?;
        if lines.is_empty() {
            let expected = "the units that are missing".into();
            return Err(Refusal::Invalid { what: "lines".into(), expected });
        }
        if share.ends_without(&lines) {
            return Ok(self.rejected(id, share, reason, decision));
        }
        let report = FulfillmentProgress::ShortPicked { lines: lines.clone() };
        let release = self.release_lines(share, lines.clone(), reason);
        let short = StoreEvent::LinesShortPicked { fulfillment_order: id, lines, reason };
        Ok(decision.and(short).effect(release).effect(share.report(id, report)))
    }

    pub(super) fn pack(
        &self,
        id: FulfillmentOrderId,
        context: &Context<'_>,
    ) -> Result<Decision<StoreEvent>, Refusal> {
        let share = self.share(id)?;
        if let FulfillmentState::Ready { .. } = share.state {
            return Ok(Decision::nothing());
        }
        let decision = catch_up_picking(id, share, "pack")?;
        Ok(packed(id, share, decision, context))
    }

    pub(super) fn rejected(
        &self,
        id: FulfillmentOrderId,
        share: &FulfillmentOrder,
        reason: RejectReason,
        decision: Decision<StoreEvent>,
    ) -> Decision<StoreEvent> {
        let lines = share.units();
        let reservation = share.reservation;
        let reason_for_stock = ReleaseReason::Rejected(reason);
        let release = InventoryCommand::Release { reservation, reason: reason_for_stock };
        let report = FulfillmentProgress::Rejected { lines: lines.clone(), whole: true, reason };
        decision
            .and(StoreEvent::FulfillmentOrderRejected { fulfillment_order: id, lines, reason })
            .effect(Effect::inventory(self.store, release))
            .effect(share.report(id, report))
    }

    fn release_lines(
        &self,
        share: &FulfillmentOrder,
        lines: Vec<LineUnits>,
        reason: RejectReason,
    ) -> Effect {
        let reservation = share.reservation;
        let reason = ReleaseReason::Rejected(reason);
        let command = InventoryCommand::ReleaseLines { reservation, lines, reason };
        Effect::inventory(self.store, command)
    }
}

fn picking_started(id: FulfillmentOrderId, share: &FulfillmentOrder) -> Decision<StoreEvent> {
    Decision::event(StoreEvent::PickingStarted { fulfillment_order: id })
        .effect(share.report(id, FulfillmentProgress::PickingStarted))
}

/// Stores forget to tap: whoever picks, packs or hands over an accepted order has started it.
pub(super) fn catch_up_picking(
    id: FulfillmentOrderId,
    share: &FulfillmentOrder,
    verb: &str,
) -> Result<Decision<StoreEvent>, Refusal> {
    match share.state.step() {
        Some(Step::Accepted) => Ok(picking_started(id, share)),
        Some(Step::Picking) => Ok(Decision::nothing()),
        Some(Step::Scheduled | Step::Assigned | Step::Ready) | None => Err(share.refusal(verb)),
    }
}

/// Ready. A pickup waits for its shopper until long after both now and the promise.
pub(super) fn packed(
    id: FulfillmentOrderId,
    share: &FulfillmentOrder,
    decision: Decision<StoreEvent>,
    context: &Context<'_>,
) -> Decision<StoreEvent> {
    let no_show_at = match share.mode {
        FulfillmentMode::Pickup => {
            let patience = Seconds(context.policy.pickup_no_show_after_s);
            Some(context.now.max(share.promised_by).after(patience))
        }
        FulfillmentMode::Delivery | FulfillmentMode::Express => None,
    };
    let arm = no_show_at.map(|due| Effect::Arm { timer: Timer::NoShow(id), due });
    decision
        .and(StoreEvent::FulfillmentOrderPacked { fulfillment_order: id, no_show_at })
        .effect(share.report(id, FulfillmentProgress::Ready))
        .effects(arm)
}
