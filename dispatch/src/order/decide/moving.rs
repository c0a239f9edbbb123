//! Headquarters moves a store's share, or some of its units, elsewhere: the new store keeps the units
//! first, then both change in one step. Until then the old store goes on.

use std::collections::BTreeSet;

use vocabulary::{FulfillmentOrderId, StoreId};

use super::{hold, invalid, not_in_this_state, source};
use crate::inventory::{InventoryCommand, ReleaseReason};
use crate::order::delivery::cancel_delivery_of;
use crate::order::draft::Draft;
use crate::order::event::OrderEvent;
use crate::order::line::{LineUnits, merged};
use crate::order::part::{HoldPurpose, Part};
use crate::order::{CancelReason, FulfillmentMode, Order, OrderStatus};
use crate::sourcing::{SourcingPlan, SourcingPurpose};
use crate::store::StoreCommand;
use crate::{Policy, Refusal};

pub fn ask(
    draft: &mut Draft<'_>,
    fulfillment_order: FulfillmentOrderId,
    named: &[LineUnits],
    to: StoreId,
    reason: &str,
) -> Result<(), Refusal> {
    let order = draft.order();
    let part = movable(order, fulfillment_order)?;
    if reason.trim().is_empty() {
        return Err(Refusal::ReasonMissing);
    }
    if part.store == to {
        return Err(invalid("the new store", "another one than now"));
    }
    let lines = leaving(order, part, named)?;
    let is_whole = part.is_all_of(&lines);
    if !is_whole && is_one_too_many(&order.stores(), to, draft.policy()) {
        let most = draft.policy().sourcing.max_splits;
        return Err(Refusal::TooManyStores { most });
    }
    let only = if is_whole { Vec::new() } else { lines.clone() };
    let reason = reason.into();
    draft.record(OrderEvent::MoveAsked { fulfillment_order, lines: only, to, reason });
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

/// The units that would leave a share: those that are named, or all of it.
pub fn leaving(order: &Order, part: &Part, named: &[LineUnits]) -> Result<Vec<LineUnits>, Refusal> {
    if named.is_empty() {
        return Ok(part.lines.clone());
    }
    let lines = merged(named.iter().copied());
    if lines.is_empty() {
        return Err(invalid("lines", "some units of the share, or absent for all of it"));
    }
    if let Some(unknown) = lines.iter().find(|units| !part.has(units)) {
        return Err(Refusal::LineUnknown { line: unknown.line });
    }
    if part.is_all_of(&lines) {
        return Ok(part.lines.clone());
    }
    if order.terms.mode == FulfillmentMode::Pickup {
        return Err(invalid("lines", "all of the share: a pickup is collected at one store"));
    }
    // What is picked can go back on the shelf, as for a change; what is packed is in one bag.
    if !part.is_unpacked() {
        let (status, verb) = (part.status.text().to_owned(), "move of some lines".to_owned());
        return Err(Refusal::FulfillmentState { status, verb });
    }
    match torn_group(order, part, &lines) {
        Some(group) => Err(Refusal::KeptTogether { group: group.to_owned() }),
        None => Ok(lines),
    }
}

/// A group of goods of which some units would leave and some stay.
fn torn_group<'a>(order: &'a Order, part: &Part, leaving: &[LineUnits]) -> Option<&'a str> {
    let group_of = |units: &LineUnits| order.line(units.line)?.keep_together.as_deref();
    let stays = |units: &LineUnits| {
        let gone = leaving.iter().filter(|gone| gone.line == units.line).map(|gone| gone.units);
        units.units > gone.sum()
    };
    let mut groups = leaving.iter().filter_map(group_of);
    groups.find(|group| {
        part.lines.iter().any(|units| group_of(units) == Some(*group) && stays(units))
    })
}

/// Whether a share at this store would spread an order over more stores than it may be.
pub fn is_one_too_many(stores: &BTreeSet<StoreId>, to: StoreId, policy: &Policy) -> bool {
    let most = policy.sourcing.max_splits.max(1) as usize;
    !stores.contains(&to) && stores.len() >= most
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

/// The new store keeps the units: they change hands, unless the old part changed while it was asked.
pub fn held(draft: &mut Draft<'_>, new: &Part, from: FulfillmentOrderId) {
    let old = draft.order().part(from).filter(|old| old.is_at_store()).cloned();
    match old {
        Some(old) if old.is_all_of(&new.lines) => swap(draft, &old, new),
        Some(old) if leaving(draft.order(), &old, &new.lines).is_ok() => {
            part_with(draft, &old, new)
        }
        Some(_) | None => {
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

/// Some units leave; the rest stays with its courier, its promise and its place on the board.
fn part_with(draft: &mut Draft<'_>, old: &Part, new: &Part) {
    let (fulfillment_order, to) = (old.fulfillment_order, new.fulfillment_order);
    let lines = new.lines.clone();
    draft.record(OrderEvent::LinesMoved { fulfillment_order, to, lines: lines.clone() });
    let remove = StoreCommand::RemoveLines { fulfillment_order, lines: lines.clone() };
    draft.tell_store(old.store, remove);
    let (reservation, reason) = (old.reservation, ReleaseReason::Moved);
    let release = InventoryCommand::ReleaseLines { reservation, lines, reason };
    draft.tell_inventory(old.store, release);
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
