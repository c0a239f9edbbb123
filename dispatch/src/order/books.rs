//! How recorded events change an order's parts, units and money.

use std::sync::Arc;

use vocabulary::{FulfillmentOrderId, ParcelId, PaymentId, ReservationId, ReturnId, Timestamp};

use super::line::{LineUnits, subtract};
use super::part::{HoldPurpose, Part, PartStatus};
use super::{
    Exclusion, LineAccount, Order, OrderStatus, ParcelStatus, PlannedPart, Refund, RefundStatus,
    ReturnStatus, Terms,
};

pub fn placed(order: &mut Order, terms: &Arc<Terms>, parts: &[PlannedPart], at: Timestamp) {
    order.status = OrderStatus::Placing { replanned: false };
    order.terms = Arc::clone(terms);
    order.placed_at = at;
    order.destination = terms.destination;
    order.accounts = vec![LineAccount::default(); terms.lines.len()];
    order.parts = parts.iter().map(part_of).collect();
}

fn part_of(planned: &PlannedPart) -> Part {
    let plan = &planned.plan;
    Part {
        fulfillment_order: planned.fulfillment_order,
        reservation: planned.reservation,
        store: plan.store,
        place: plan.place,
        lines: plan.lines.clone(),
        distance: plan.distance,
        ready_at: plan.ready_at,
        promised_from: plan.promised_from,
        promised_by: plan.promised_by,
        release_at: plan.release_at,
        status: PartStatus::Holding {
            purpose: planned.purpose,
            expires_at: planned.hold_expires_at,
        },
    }
}

pub fn planned(order: &mut Order, request: u32, parts: &[PlannedPart]) {
    answered(order, Some(request));
    order.parts.reserve_exact(parts.len());
    order.parts.extend(parts.iter().map(part_of));
}

pub fn answered(order: &mut Order, request: Option<u32>) {
    if let Some(request) = request {
        order.requests.retain(|open| open.request != request);
        order.requests.shrink_to_fit();
    }
}

/// While placing, one refused hold gives up the whole plan; later only its own part.
pub fn hold_refused(order: &mut Order, reservation: ReservationId) {
    let Some(part) = order.parts.iter().find(|part| part.reservation == reservation) else {
        return;
    };
    let (id, lines) = (part.fulfillment_order, part.lines.clone());
    exclude_store(order, id, &lines);
    if matches!(order.status, OrderStatus::Placing { .. }) {
        release_all(order);
    } else {
        end_without_units(order, id, PartStatus::Released);
    }
}

fn release_all(order: &mut Order) {
    for part in &mut order.parts {
        part.lines.clear();
        part.status = PartStatus::Released;
    }
}

pub fn refused(order: &mut Order, because: &str) {
    order.status = OrderStatus::Refused { because: because.into() };
    release_all(order);
    order.requests.clear();
    for (line, account) in order.terms.lines.iter().zip(&mut order.accounts) {
        account.unfillable = line.quantity.get().saturating_sub(account.removed);
    }
}

/// Units that were still being sourced count as taken off.
pub fn drop_requests(order: &mut Order) {
    for request in std::mem::take(&mut order.requests) {
        if request.owns_its_units() {
            add_units(order, &request.lines, |account| &mut account.removed);
        }
    }
}

pub fn add_units(
    order: &mut Order,
    lines: &[LineUnits],
    counter: fn(&mut LineAccount) -> &mut u32,
) {
    for units in lines {
        let mut accounts = order.terms.lines.iter().zip(&mut order.accounts);
        if let Some((_, account)) = accounts.find(|(line, _)| line.line == units.line) {
            *counter(account) = counter(account).saturating_add(units.units);
        }
    }
}

pub fn exclude_store(order: &mut Order, id: FulfillmentOrderId, lines: &[LineUnits]) {
    let Some(store) = order.part(id).map(|part| part.store) else {
        return;
    };
    for units in lines {
        let exclusion = Exclusion { line: units.line, store };
        if !order.exclusions.contains(&exclusion) {
            add(&mut order.exclusions, exclusion);
        }
    }
}

pub fn take_units(
    order: &mut Order,
    id: FulfillmentOrderId,
    taken: &[LineUnits],
    when_empty: PartStatus,
) {
    if let Some(part) = order.part_mut(id) {
        subtract(&mut part.lines, taken);
        if part.lines.is_empty() {
            part.status = when_empty;
        }
    }
}

pub fn cancel_part(order: &mut Order, id: FulfillmentOrderId) {
    let owns = order.part(id).is_some_and(Part::owns_its_units);
    if owns {
        set_status(order, id, PartStatus::Cancelled);
    } else {
        end_without_units(order, id, PartStatus::Released);
    }
}

pub fn end_without_units(order: &mut Order, id: FulfillmentOrderId, status: PartStatus) {
    if let Some(part) = order.part_mut(id) {
        part.lines.clear();
        part.status = status;
    }
}

pub fn set_status(order: &mut Order, id: FulfillmentOrderId, status: PartStatus) {
    if let Some(part) = order.part_mut(id) {
        part.status = status;
    }
}

pub fn set_refund(order: &mut Order, id: PaymentId, status: RefundStatus) {
    if let Some(refund) = order.refunds.iter_mut().find(|refund| refund.refund == id) {
        refund.status = status;
    }
}

/// The whole amount came in although the order is over: what was waived, because it would never be
/// collected, is paid after all, so its units can be given back.
pub fn forget_waived(order: &mut Order) {
    let stands = |refund: &Refund| refund.status != RefundStatus::Waived && !refund.is_nothing();
    if !order.refunds.iter().any(stands) {
        order.accounts.iter_mut().for_each(|account| account.given_back = 0);
    }
}

pub fn set_parcel(order: &mut Order, id: ParcelId, status: ParcelStatus, at: Timestamp) {
    if let Some(parcel) = order.parcels.iter_mut().find(|parcel| parcel.parcel == id) {
        parcel.status = status;
        parcel.since = at;
    }
}

pub fn set_return(order: &mut Order, id: ReturnId, status: ReturnStatus, at: Timestamp) {
    if let Some(known) = order.returns.iter_mut().find(|known| known.return_id == id) {
        known.status = status;
        known.since = at;
    }
}

impl Order {
    pub(super) fn part_mut(&mut self, id: FulfillmentOrderId) -> Option<&mut Part> {
        self.parts.iter_mut().find(|part| part.fulfillment_order == id)
    }
}

impl PlannedPart {
    /// The part this plan would replace, when headquarters moves one.
    pub fn replaces(&self) -> Option<FulfillmentOrderId> {
        match self.purpose {
            HoldPurpose::Moving { from } => Some(from),
            HoldPurpose::Placing | HoldPurpose::Resourcing => None,
        }
    }
}

/// A live order's lists stay short: room is made for what comes and not for more.
pub fn add<T>(list: &mut Vec<T>, item: T) {
    list.reserve_exact(1);
    list.push(item);
}
