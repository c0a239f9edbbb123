//! Placing: freeze what was agreed and ask every planned store to keep its units.

use std::sync::Arc;

use std::collections::BTreeMap;

use vocabulary::Money;

use super::{invalid, source};
use crate::Refusal;
use crate::order::draft::Draft;
use crate::order::event::OrderEvent;
use crate::order::line::{LineNumber, LineUnits, OrderLine};
use crate::order::part::HoldPurpose;
use crate::order::{FulfillmentMode, OrderStatus, PlaceOrder, Terms};
use crate::sourcing::{PlanPart, SourcingPlan, SourcingPurpose, SourcingRecord};

pub fn place(
    draft: &mut Draft<'_>,
    place: &PlaceOrder,
    plan: &SourcingPlan,
) -> Result<(), Refusal> {
    if draft.order().status != OrderStatus::Unborn {
        return Err(Refusal::AlreadyPlaced);
    }
    if place.uses.as_ref().is_some_and(|uses| uses.are_over(draft.now())) {
        return Err(Refusal::UsesOver);
    }
    check_lines(&place.lines)?;
    check_money(place)?;
    check_destination(place)?;
    let wanted = place.lines.iter().map(|line| LineUnits {
        line: line.line,
        sku: line.sku,
        units: line.quantity.get(),
    });
    if !covers(&plan.parts, wanted) {
        return Err(invalid("the plan", "for exactly the units of the order"));
    }
    let parts = source::name_parts(draft, &plan.parts, HoldPurpose::Placing);
    let chosen = parts.iter().map(|part| part.fulfillment_order);
    let sourcing = SourcingRecord::planned(draft.now(), SourcingPurpose::Placing, plan, chosen);
    let (terms, sourcing) = (Arc::new(Terms::from(place)), Box::new(sourcing));
    draft.record(OrderEvent::OrderPlaced { terms, parts: parts.clone(), sourcing });
    source::ask_to_hold(draft, &parts);
    Ok(())
}

fn check_lines(lines: &[OrderLine]) -> Result<(), Refusal> {
    let mut numbers: Vec<LineNumber> = lines.iter().map(|line| line.line).collect();
    numbers.sort_unstable();
    numbers.dedup();
    if lines.is_empty() || numbers.len() < lines.len() {
        return Err(invalid("the order", "at least one line, each with a number of its own"));
    }
    Ok(())
}

fn check_money(place: &PlaceOrder) -> Result<(), Refusal> {
    if place.lines.iter().any(|line| line.paid.is_negative()) {
        return Err(invalid("what is paid for a line", "zero or more"));
    }
    let expected = Money::total(place.lines.iter().map(|line| line.paid))
        .map_err(|_| invalid("the amount", "within what can be counted in fen"))?;
    if expected == place.payable { Ok(()) } else { Err(Refusal::AmountMismatch { expected }) }
}

fn check_destination(place: &PlaceOrder) -> Result<(), Refusal> {
    match (place.mode, place.destination) {
        (FulfillmentMode::Pickup, _) => Ok(()),
        (FulfillmentMode::Delivery | FulfillmentMode::Express, Some(_)) => Ok(()),
        (FulfillmentMode::Delivery | FulfillmentMode::Express, None) => {
            Err(invalid("the destination", "given unless the shopper collects"))
        }
    }
}

/// Whether the parts have exactly the wanted units of each line, and no part is empty.
pub fn covers(parts: &[PlanPart], wanted: impl IntoIterator<Item = LineUnits>) -> bool {
    let sum = |lines: &mut dyn Iterator<Item = LineUnits>| {
        let mut sums = BTreeMap::new();
        for units in lines {
            let sum: &mut u32 = sums.entry((units.line, units.sku)).or_default();
            *sum = sum.saturating_add(units.units);
        }
        sums
    };
    let planned = sum(&mut parts.iter().flat_map(|part| part.lines.iter().copied()));
    planned == sum(&mut wanted.into_iter())
        && parts.iter().all(|part| part.lines.iter().any(|units| units.units > 0))
}
