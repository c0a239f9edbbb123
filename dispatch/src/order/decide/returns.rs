//! Returns of a completed order, unit by unit.

use vocabulary::{ReturnId, SkuId, StoreId};

use super::{not_in_this_state, refund};
use crate::Refusal;
use crate::inventory::{InventoryCommand, Observation};
use crate::order::draft::Draft;
use crate::order::event::OrderEvent;
use crate::order::line::{LineNumber, LineUnits, merged};
use crate::order::part::PartStatus;
use crate::order::{
    Child, Order, OrderStatus, RefundWhy, Return, ReturnCondition, ReturnStatus, child,
};

pub fn request(draft: &mut Draft<'_>, lines: &[LineUnits], reason: &str) -> Result<(), Refusal> {
    let order = draft.order();
    match order.status {
        OrderStatus::Completed { return_until, .. } if draft.now() > return_until => {
            return Err(Refusal::ReturnWindowClosed);
        }
        OrderStatus::Completed { .. } => {}
        OrderStatus::Unborn
        | OrderStatus::Placing { .. }
        | OrderStatus::Refused { .. }
        | OrderStatus::PendingPayment { .. }
        | OrderStatus::Expired
        | OrderStatus::OnHold { .. }
        | OrderStatus::Open
        | OrderStatus::Cancelled { .. } => return Err(not_in_this_state(order, "return")),
    }
    if reason.trim().is_empty() {
        return Err(Refusal::ReasonMissing);
    }
    let lines = merged(lines.iter().copied());
    if lines.is_empty() {
        return Err(super::invalid("a return", "about some units"));
    }
    for units in &lines {
        let known = order.line(units.line).is_some_and(|line| line.sku == units.sku);
        if !known || returnable(order, units.line) < units.units {
            return Err(Refusal::LineUnknown { line: units.line });
        }
    }
    let return_id = child(order.id, Child::Return, order.returns.len() as u32);
    draft.record(OrderEvent::ReturnRequested { return_id, lines, reason: reason.into() });
    Ok(())
}

pub fn decide(
    draft: &mut Draft<'_>,
    return_id: ReturnId,
    approve: bool,
    note: Option<&str>,
) -> Result<(), Refusal> {
    let known = find(draft.order(), return_id)?;
    let note = note.map(Into::into);
    match (&known.status, approve) {
        (ReturnStatus::Requested, true) => {
            draft.record(OrderEvent::ReturnApproved { return_id, note });
        }
        (ReturnStatus::Requested, false) => {
            draft.record(OrderEvent::ReturnRejected { return_id, note });
        }
        (ReturnStatus::Approved, true) | (ReturnStatus::Rejected { .. }, false) => {}
        (
            ReturnStatus::Approved
            | ReturnStatus::Rejected { .. }
            | ReturnStatus::InTransit
            | ReturnStatus::Received
            | ReturnStatus::Restocked { .. }
            | ReturnStatus::Quarantined { .. }
            | ReturnStatus::Refunded,
            _,
        ) => return Err(wrong_state(known, if approve { "approve" } else { "reject" })),
    }
    Ok(())
}

pub fn ship(draft: &mut Draft<'_>, return_id: ReturnId) -> Result<(), Refusal> {
    let known = find(draft.order(), return_id)?;
    match known.status {
        ReturnStatus::Approved => draft.record(OrderEvent::ReturnShipped { return_id }),
        ReturnStatus::InTransit => {}
        ReturnStatus::Requested
        | ReturnStatus::Rejected { .. }
        | ReturnStatus::Received
        | ReturnStatus::Restocked { .. }
        | ReturnStatus::Quarantined { .. }
        | ReturnStatus::Refunded => return Err(wrong_state(known, "ship")),
    }
    Ok(())
}

/// The goods are at the store: stocked by their condition, and the money goes back. A shopper who
/// brings them in person was never seen on the way.
pub fn receive(
    draft: &mut Draft<'_>,
    return_id: ReturnId,
    condition: ReturnCondition,
) -> Result<(), Refusal> {
    let known = find(draft.order(), return_id)?.clone();
    match known.status {
        ReturnStatus::Approved => draft.record(OrderEvent::ReturnShipped { return_id }),
        ReturnStatus::InTransit => {}
        ReturnStatus::Received
        | ReturnStatus::Restocked { .. }
        | ReturnStatus::Quarantined { .. }
        | ReturnStatus::Refunded => return Ok(()),
        ReturnStatus::Requested | ReturnStatus::Rejected { .. } => {
            return Err(wrong_state(&known, "receive"));
        }
    }
    let sellable = condition.is_good();
    let order = draft.order().id;
    for (store, sku, units) in where_from(draft.order(), &known.lines) {
        let back = Observation::CameBack { sku, units, sellable, order };
        draft.tell_inventory(store, InventoryCommand::Observe(back));
    }
    draft.record(OrderEvent::ReturnReceived { return_id, condition });
    let refund = refund::give_back(draft, known.lines, RefundWhy::Returned { return_id });
    draft.record(match condition {
        ReturnCondition::Good => OrderEvent::ReturnRestocked { return_id, refund },
        ReturnCondition::Damaged => OrderEvent::ReturnQuarantined { return_id, refund },
    });
    if draft.order().refunds.iter().any(|known| known.refund == refund && !known.is_open()) {
        draft.record(OrderEvent::ReturnRefunded { return_id });
    }
    Ok(())
}

/// Units of a line that arrived and are in no return.
fn returnable(order: &Order, line: LineNumber) -> u32 {
    let completed = order.parts.iter().filter(|part| part.status == PartStatus::Completed);
    let had: u32 = completed.map(|part| part.units_of(line)).sum();
    had.saturating_sub(in_returns(order, line, Return::claims_its_units))
}

fn in_returns(order: &Order, line: LineNumber, counts: fn(&Return) -> bool) -> u32 {
    let lines = order.returns.iter().filter(|known| counts(known)).flat_map(|known| &known.lines);
    lines.filter(|units| units.line == line).map(|units| units.units).sum()
}

/// The stores that take these units back: those they came from, in the order of the parts, after
/// the units that came back before.
fn where_from(order: &Order, lines: &[LineUnits]) -> Vec<(StoreId, SkuId, u32)> {
    let mut shares = Vec::new();
    for units in lines {
        let mut skip = in_returns(order, units.line, Return::has_arrived);
        let mut left = units.units;
        let completed = order.parts.iter().filter(|part| part.status == PartStatus::Completed);
        for part in completed {
            let had = part.units_of(units.line);
            let skipped = skip.min(had);
            skip -= skipped;
            let taken = left.min(had - skipped);
            left -= taken;
            if taken > 0 {
                shares.push((part.store, units.sku, taken));
            }
        }
    }
    shares
}

fn find(order: &Order, return_id: ReturnId) -> Result<&Return, Refusal> {
    let known = order.returns.iter().find(|known| known.return_id == return_id);
    known.ok_or(Refusal::ReturnUnknown)
}

fn wrong_state(known: &Return, verb: &str) -> Refusal {
    Refusal::ReturnState { status: known.status.text().to_owned(), verb: verb.to_owned() }
}
