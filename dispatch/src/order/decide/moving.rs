//! Headquarters moves a store's share elsewhere: the new store keeps the units first, then both
//! change in one step. Until then the old store goes on.

use vocabulary::{FulfillmentOrderId, StoreId};

use super::{hold, invalid, not_in_this_state, source};
use crate::Refusal;
use crate::inventory::ReleaseReason;
use crate::order::delivery::cancel_delivery_of;
use crate::order::draft::Draft;
use crate::order::event::OrderEvent;
use crate::order::part::{HoldPurpose, Part};
use crate::order::{CancelReason, Order, OrderStatus};
use crate::sourcing::{SourcingPlan, SourcingPurpose};
use crate::store::StoreCommand;

pub fn ask(
    draft: &mut Draft<'_>,
    fulfillment_order: FulfillmentOrderId,
    to: StoreId,
    reason: &str,
) -> Result<(), Refusal> {
    let part = movable(draft.order(), fulfillment_order)?;
    if reason.trim().is_empty() {
        return Err(Refusal::ReasonMissing);
    }
    if part.store == to {
        return Err(invalid("the new store", "another one than now"));
    }
    let (lines, reason) = (part.lines.clone(), reason.into());
    draft.record(OrderEvent::MoveAsked { fulfillment_order, to, reason });
    source::ask(draft, SourcingPurpose::Moving { fulfillment_order }, lines, Some(to));
    Ok(())
}

/// The share, if it is at its store and on no way to another.
pub fn movable(order: &Order, fulfillment_order: FulfillmentOrderId) -> Result<&Part, Refusal> {
    if order.status != OrderStatus::Open {
        return Err(not_in_this_state(order, "move"));
    }
    let part = order.part(fulfillment_order).ok_or(Refusal::FulfillmentOrderUnknown)?;
    if !part.is_at_store() {
        return Err(cannot_move(part.status.text()));
    }
    if is_moving(order, fulfillment_order) {
        return Err(cannot_move("moving already"));
    }
    Ok(part)
}

pub fn planned(draft: &mut Draft<'_>, request: u32, from: FulfillmentOrderId, plan: &SourcingPlan) {
    let mut parts = source::name_parts(draft, &plan.parts, HoldPurpose::Moving { from });
    let purpose = SourcingPurpose::Moving { fulfillment_order: from };
    let sourcing = source::recorded(draft, purpose, plan, &parts);
    match (parts.pop(), parts.is_empty()) {
        (Some(part), true) => {
            let event = OrderEvent::MovePlanned { request, part: Box::new(part.clone()), sourcing };
            draft.record(event);
            source::ask_to_hold(draft, &[part]);
        }
        (Some(_), false) | (None, _) => draft.record(OrderEvent::MoveRefused {
            request: Some(request),
            fulfillment_order: from,
            because: "one store cannot take all of it".into(),
            sourcing: Some(sourcing),
        }),
    }
}

/// The new store keeps the units: swap, unless the old part changed while it was asked.
pub fn held(draft: &mut Draft<'_>, new: &Part, from: FulfillmentOrderId) {
    let old = draft.order().part(from).cloned();
    let unchanged = |old: &Part| old.is_at_store() && old.lines == new.lines;
    match old.filter(unchanged) {
        Some(old) => swap(draft, &old, new),
        None => {
            let (fulfillment_order, reason) = (new.fulfillment_order, CancelReason::Headquarters);
            draft.record(OrderEvent::FulfillmentCancelled { fulfillment_order, reason });
            hold::release(draft, new.store, new.reservation, ReleaseReason::Moved);
            refuse(draft, from, "it changed while the new store was asked");
        }
    }
}

fn swap(draft: &mut Draft<'_>, old: &Part, new: &Part) {
    let (from, to) = (old.fulfillment_order, new.fulfillment_order);
    draft.record(OrderEvent::FulfillmentMoved { from, to });
    cancel_delivery_of(draft, from);
    draft.tell_store(old.store, StoreCommand::Cancel { fulfillment_order: from, moved: true });
    hold::release(draft, old.store, old.reservation, ReleaseReason::Moved);
    hold::commit(draft, new);
    hold::request(draft, new);
}

pub fn refuse(draft: &mut Draft<'_>, fulfillment_order: FulfillmentOrderId, because: &str) {
    draft.record(OrderEvent::MoveRefused {
        request: None,
        fulfillment_order,
        because: because.into(),
        sourcing: None,
    });
}

fn is_moving(order: &Order, from: FulfillmentOrderId) -> bool {
    let purpose = SourcingPurpose::Moving { fulfillment_order: from };
    let asked = order.requests.iter().any(|open| open.purpose == purpose);
    asked || order.parts.iter().any(|part| part.replaces() == Some(from))
}

fn cannot_move(status: &str) -> Refusal {
    Refusal::FulfillmentState { status: status.to_owned(), verb: "move".to_owned() }
}
