//! Asking the planner, and what its answers mean.

use vocabulary::{FulfillmentOrderId, Seconds, StoreId};

use super::place::covers;
use super::{end, hold, moving, refund};
use crate::inventory::InventoryCommand;
use crate::order::draft::Draft;
use crate::order::event::OrderEvent;
use crate::order::line::{LineUnits, merged};
use crate::order::part::HoldPurpose;
use crate::order::sourcing::OpenRequest;
use crate::order::{Child, PlannedPart, RefundWhy, child};
use crate::sourcing::{PlanPart, SourcingPlan, SourcingPurpose, SourcingRecord};
use crate::{Effect, Refusal};

/// Gives planned parts the names they will have.
pub fn name_parts(draft: &Draft<'_>, plan: &[PlanPart], purpose: HoldPurpose) -> Vec<PlannedPart> {
    let order = draft.order();
    let hold_expires_at = draft.now().after(Seconds(draft.policy().hold_expires_after_s));
    let ordinals = order.parts.len() as u32..;
    let named = plan.iter().zip(ordinals).map(|(part, ordinal)| PlannedPart {
        fulfillment_order: child(order.id, Child::FulfillmentOrder, ordinal),
        reservation: child(order.id, Child::Reservation, ordinal),
        purpose,
        hold_expires_at,
        plan: part.clone(),
    });
    named.collect()
}

pub fn ask_to_hold(draft: &mut Draft<'_>, parts: &[PlannedPart]) {
    let order = draft.order().id;
    for part in parts {
        let hold = InventoryCommand::Hold {
            reservation: part.reservation,
            order,
            lines: part.plan.lines.clone(),
            expires_at: part.hold_expires_at,
        };
        draft.tell_inventory(part.plan.store, hold);
    }
}

/// Puts a question to the planner.
pub fn ask(
    draft: &mut Draft<'_>,
    purpose: SourcingPurpose,
    lines: Vec<LineUnits>,
    pinned: Option<StoreId>,
) {
    let request = draft.order().request_count;
    let open = OpenRequest { request, purpose, lines: lines.clone(), pinned };
    draft.record(OrderEvent::SourcingAsked { request, purpose, lines, pinned });
    let question = draft.order().sourcing_request(&open);
    draft.effect(Effect::Source(Box::new(question)));
}

/// These units are in no part any more: find them another store, or give up on them.
pub fn source_again(draft: &mut Draft<'_>, lines: Vec<LineUnits>) {
    let lines = merged(lines);
    if lines.is_empty() {
        return end::settle(draft);
    }
    let asked = draft.order().resourcing_count;
    if asked >= draft.policy().sourcing.max_resourcing {
        let because = format!("sourced again {asked} times already");
        return give_up(draft, None, lines, &because);
    }
    let pinned = draft.order().terms.pinned_store;
    ask(draft, SourcingPurpose::Resourcing, lines, pinned);
}

pub fn sourced(
    draft: &mut Draft<'_>,
    request: u32,
    answer: &Result<SourcingPlan, Refusal>,
) -> Result<(), Refusal> {
    let open = draft.order().requests.iter().find(|open| open.request == request);
    // Answered before, or the order ended meanwhile.
    let Some(open) = open.cloned() else {
        return Ok(());
    };
    match answer {
        Ok(plan) if covers(&plan.parts, open.lines.iter().copied()) => planned(draft, open, plan),
        Ok(_) => no_plan(draft, open, "the plan does not cover what was asked"),
        Err(refusal) => no_plan(draft, open, &refusal.to_string()),
    }
    Ok(())
}

fn planned(draft: &mut Draft<'_>, open: OpenRequest, plan: &SourcingPlan) {
    let request = open.request;
    match open.purpose {
        SourcingPurpose::Placing | SourcingPurpose::HoldRefused => {
            let parts = name_parts(draft, &plan.parts, HoldPurpose::Placing);
            let sourcing = recorded(draft, open.purpose, plan, &parts);
            draft.record(OrderEvent::OrderReplanned { request, parts: parts.clone(), sourcing });
            ask_to_hold(draft, &parts);
        }
        SourcingPurpose::Resourcing => {
            let parts = name_parts(draft, &plan.parts, HoldPurpose::Resourcing);
            let sourcing = recorded(draft, open.purpose, plan, &parts);
            draft.record(OrderEvent::LinesResourced { request, parts: parts.clone(), sourcing });
            ask_to_hold(draft, &parts);
        }
        SourcingPurpose::Moving { fulfillment_order } => {
            moving::planned(draft, request, fulfillment_order, plan);
        }
    }
}

/// The planning as it is kept, naming the parts it led to.
pub fn recorded(
    draft: &Draft<'_>,
    purpose: SourcingPurpose,
    plan: &SourcingPlan,
    parts: &[PlannedPart],
) -> Box<SourcingRecord> {
    let chosen = parts.iter().map(|part| part.fulfillment_order);
    Box::new(SourcingRecord::planned(draft.now(), purpose, plan, chosen))
}

fn no_plan(draft: &mut Draft<'_>, open: OpenRequest, because: &str) {
    match open.purpose {
        SourcingPurpose::Placing | SourcingPurpose::HoldRefused => hold::refuse(draft, because),
        SourcingPurpose::Resourcing => give_up(draft, Some(&open), open.lines.clone(), because),
        SourcingPurpose::Moving { fulfillment_order } => {
            move_refused(draft, &open, fulfillment_order, because);
        }
    }
}

fn move_refused(
    draft: &mut Draft<'_>,
    open: &OpenRequest,
    fulfillment_order: FulfillmentOrderId,
    because: &str,
) {
    draft.record(OrderEvent::MoveRefused {
        request: Some(open.request),
        fulfillment_order,
        because: because.into(),
        sourcing: Some(Box::new(unfilled(draft, open.purpose, because))),
    });
}

/// Nobody can do these units: their money goes back.
fn give_up(
    draft: &mut Draft<'_>,
    open: Option<&OpenRequest>,
    lines: Vec<LineUnits>,
    because: &str,
) {
    draft.record(OrderEvent::LinesUnfillable {
        request: open.map(|open| open.request),
        lines: lines.clone(),
        because: because.into(),
        sourcing: open.map(|open| Box::new(unfilled(draft, open.purpose, because))),
    });
    refund::give_back(draft, lines, RefundWhy::Unfillable);
    end::settle(draft);
}

fn unfilled(draft: &Draft<'_>, purpose: SourcingPurpose, because: &str) -> SourcingRecord {
    SourcingRecord::unfillable(draft.now(), purpose, because)
}
