//! Fewer units, or another door: proposed with its price, then confirmed in one step.

use vocabulary::{ChangeId, Place};

use super::{end, hold, invalid, not_in_this_state, refund};
use crate::Refusal;
use crate::inventory::{InventoryCommand, ReleaseReason};
use crate::order::delivery::{DeliveryStatus, cancel_delivery_of, withdraw_offers};
use crate::order::draft::Draft;
use crate::order::event::OrderEvent;
use crate::order::line::{LineUnits, merged};
use crate::order::part::Part;
use crate::order::{
    Child, FulfillmentMode, Order, OrderCommand, OrderStatus, ProposedChange, RefundWhy, child,
};
use crate::store::StoreCommand;

pub fn propose(draft: &mut Draft<'_>, change: &ProposedChange) -> Result<(), Refusal> {
    check(draft.order(), change)?;
    let id = child(draft.order().id, Child::Change, draft.order().change_count);
    draft.record(OrderEvent::ChangeProposed {
        change: id,
        remove: merged(change.remove.iter().copied()),
        destination: change.destination,
    });
    Ok(())
}

/// What was possible when it was proposed is judged again: stores went on meanwhile.
pub fn confirm(draft: &mut Draft<'_>, change: ChangeId) -> Result<(), Refusal> {
    let proposed = draft.order().proposed_change.as_deref();
    let proposed = proposed.filter(|known| known.change == change).cloned();
    let proposed = proposed.ok_or(Refusal::ChangeUnknown)?;
    let wanted = ProposedChange { remove: proposed.remove, destination: proposed.destination };
    check(draft.order(), &wanted)?;
    let destination = wanted.destination;
    draft.record(OrderEvent::ChangeConfirmed { change, destination });
    if destination.is_some() {
        recall_offers(draft);
    }
    if !wanted.remove.is_empty() {
        for (part, lines) in allocate(draft.order(), &wanted.remove) {
            take_off(draft, &part, lines);
        }
        refund::give_back(draft, wanted.remove, RefundWhy::Changed);
    }
    end::settle(draft);
    Ok(())
}

impl Order {
    /// The door that a command would change an open order to.
    pub fn door_of(&self, command: &OrderCommand) -> Option<Place> {
        let proposed = self.proposed_change.as_deref();
        let door = if let OrderCommand::ProposeChange { change } = command {
            change.destination
        } else if let OrderCommand::ConfirmChange { change } = command {
            proposed.filter(|known| known.change == *change)?.destination
        } else {
            None
        };
        door.filter(|_| self.status == OrderStatus::Open)
    }
}

fn check(order: &Order, change: &ProposedChange) -> Result<(), Refusal> {
    if order.status != OrderStatus::Open {
        return Err(not_in_this_state(order, "change"));
    }
    if change.remove.iter().all(|units| units.units == 0) && change.destination.is_none() {
        return Err(invalid("a change", "about some units or the door"));
    }
    check_removal(order, &change.remove)?;
    if change.destination.is_some() { check_new_door(order) } else { Ok(()) }
}

fn check_removal(order: &Order, remove: &[LineUnits]) -> Result<(), Refusal> {
    let remove = merged(remove.iter().copied());
    for units in &remove {
        let line = order.line(units.line).filter(|line| line.sku == units.sku);
        if line.is_none() {
            return Err(Refusal::LineUnknown { line: units.line });
        }
        let parts = order.parts.iter().filter(|part| part.is_unpacked());
        let removable: u32 = parts.map(|part| part.units_of(units.line)).sum();
        if removable < units.units {
            return Err(Refusal::LineUnknown { line: units.line });
        }
    }
    let removed: u32 = remove.iter().map(|units| units.units).sum();
    if removed > 0 && removed >= units_still_meant(order) {
        return Err(invalid("what a change leaves", "something: cancel the order instead"));
    }
    Ok(())
}

fn units_still_meant(order: &Order) -> u32 {
    let lines = order.terms.lines.iter().zip(&order.accounts);
    let meant = lines.map(|(line, account)| {
        line.quantity.get().saturating_sub(account.unfillable).saturating_sub(account.removed)
    });
    meant.sum()
}

/// A courier who has the task knows the old door, so it may only move while nobody has it.
/// Whether the stores serve the new door is asked of the CityView before this is decided: see
/// [`check_door`](crate::sourcing::check_door).
fn check_new_door(order: &Order) -> Result<(), Refusal> {
    if order.terms.mode == FulfillmentMode::Pickup {
        return Err(invalid("the destination", "absent: the shopper collects"));
    }
    if order.parts.iter().any(Part::has_left) {
        return Err(Refusal::OrderState {
            status: "handed_over".to_owned(),
            verb: "change of the door".to_owned(),
        });
    }
    match order.deliveries.iter().find(|delivery| delivery.assignment().is_some()) {
        Some(delivery) => Err(Refusal::DeliveryState {
            status: delivery.status.text().to_owned(),
            verb: "change of the door".to_owned(),
        }),
        None => Ok(()),
    }
}

/// Couriers who think about the old door are asked again about the new one.
fn recall_offers(draft: &mut Draft<'_>) {
    let offering = draft.order().deliveries.iter().filter(|delivery| match delivery.status {
        DeliveryStatus::Offering { .. } => true,
        DeliveryStatus::Unassigned
        | DeliveryStatus::InHand { .. }
        | DeliveryStatus::FailedAttempt { .. }
        | DeliveryStatus::Returning { .. }
        | DeliveryStatus::Delivered { .. }
        | DeliveryStatus::Returned { .. }
        | DeliveryStatus::Lost { .. }
        | DeliveryStatus::Cancelled { .. } => false,
    });
    let offering: Vec<_> = offering.map(|delivery| delivery.delivery).collect();
    for delivery in offering {
        withdraw_offers(draft, delivery);
    }
}

/// Which parts lose which units: the least advanced first, so that the least work is undone.
fn allocate(order: &Order, remove: &[LineUnits]) -> Vec<(Part, Vec<LineUnits>)> {
    let mut parts: Vec<&Part> = order.parts.iter().filter(|part| part.is_unpacked()).collect();
    parts.sort_by_key(|part| part.status.work());
    let mut left = remove.to_vec();
    let mut shares = Vec::new();
    for part in parts {
        let mut share = Vec::new();
        for units in &mut left {
            let taken = units.units.min(part.units_of(units.line));
            units.units -= taken;
            if taken > 0 {
                share.push(LineUnits { units: taken, ..*units });
            }
        }
        if !share.is_empty() {
            shares.push((part.clone(), share));
        }
    }
    shares
}

fn take_off(draft: &mut Draft<'_>, part: &Part, lines: Vec<LineUnits>) {
    let fulfillment_order = part.fulfillment_order;
    draft.record(OrderEvent::LinesRemoved { fulfillment_order, lines: lines.clone() });
    let emptied = draft.order().part(fulfillment_order).is_some_and(|part| part.status.is_over());
    if emptied {
        cancel_delivery_of(draft, fulfillment_order);
        draft.tell_store(part.store, StoreCommand::Cancel { fulfillment_order, moved: false });
        hold::release(draft, part.store, part.reservation, ReleaseReason::Changed);
    } else {
        let remove = StoreCommand::RemoveLines { fulfillment_order, lines: lines.clone() };
        draft.tell_store(part.store, remove);
        let (reservation, reason) = (part.reservation, ReleaseReason::Changed);
        let release = InventoryCommand::ReleaseLines { reservation, lines, reason };
        draft.tell_inventory(part.store, release);
    }
}
