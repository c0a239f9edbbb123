//! The inventories' answers: kept, refused, or no longer covered.

use vocabulary::{ReservationId, Seconds, StoreId};

use super::{moving, source};
use crate::inventory::{HoldRefusal, InventoryCommand, ReleaseReason};
use crate::order::delivery::cancel_delivery_of;
use crate::order::draft::Draft;
use crate::order::event::OrderEvent;
use crate::order::line::LineUnits;
use crate::order::part::{HoldPurpose, Part, PartStatus, Phase};
use crate::order::{OrderStatus, Shortage, UsesBack, UsesProgress, uses};
use crate::payment::PaymentCommand;
use crate::sourcing::SourcingPurpose;
use crate::store::StoreCommand;
use crate::{Refusal, Timer};

pub fn answer_hold(
    draft: &mut Draft<'_>,
    reservation: ReservationId,
    answer: &Result<(), HoldRefusal>,
) -> Result<(), Refusal> {
    let part = part_of(draft, reservation)?;
    let PartStatus::Holding { purpose, .. } = part.status else {
        return late_answer(draft, &part, answer);
    };
    match (purpose, answer) {
        (HoldPurpose::Placing, Ok(())) => held_while_placing(draft, &part),
        (HoldPurpose::Placing, Err(refusal)) => give_up_plan(draft, &part, *refusal),
        (HoldPurpose::Resourcing, Ok(())) => held_again(draft, &part),
        (HoldPurpose::Resourcing, Err(refusal)) => {
            draft.record(OrderEvent::HoldRefused { reservation, refusal: *refusal });
            source::source_again(draft, part.lines);
        }
        (HoldPurpose::Moving { from }, Ok(())) => moving::held(draft, &part, from),
        (HoldPurpose::Moving { from }, Err(refusal)) => {
            draft.record(OrderEvent::HoldRefused { reservation, refusal: *refusal });
            moving::refuse(draft, from, &lacks(&part, refusal));
        }
    }
    Ok(())
}

/// The plan was given up before this store answered: what it keeps is let go.
fn late_answer(
    draft: &mut Draft<'_>,
    part: &Part,
    answer: &Result<(), HoldRefusal>,
) -> Result<(), Refusal> {
    if answer.is_ok() && part.status.is_over() && !part.has_left() {
        release(draft, part.store, part.reservation, ReleaseReason::OrderRefused);
    }
    Ok(())
}

fn held_while_placing(draft: &mut Draft<'_>, part: &Part) {
    draft.record(OrderEvent::StockHeld { reservation: part.reservation });
    let mut waiting = draft.order().parts.iter().filter(|part| !part.status.is_over());
    if waiting.any(|part| part.status != PartStatus::Held) {
        return;
    }
    let payment_due = draft.now().after(Seconds(draft.policy().payment_expires_after_s));
    let payment = draft.order().payment_id();
    draft.record(OrderEvent::HoldsConfirmed { payment, payment_due });
    draft.arm(Timer::PaymentDue, payment_due);
    uses::report(draft, UsesProgress::Placed);
    let terms = &draft.order().terms;
    let create = PaymentCommand::Create {
        order: draft.order().id,
        method: terms.payment_method,
        amount: terms.payable,
    };
    draft.tell_payment(create);
}

/// A split is kept together or not at all: every hold is let go and the order is planned once more.
fn give_up_plan(draft: &mut Draft<'_>, part: &Part, refusal: HoldRefusal) {
    let others = reservations(draft, |other| other.reservation != part.reservation);
    let replanned = matches!(draft.order().status, OrderStatus::Placing { replanned: true });
    let all_lines = draft.order().ordered_units();
    draft.record(OrderEvent::HoldRefused { reservation: part.reservation, refusal });
    for (store, reservation) in others {
        release(draft, store, reservation, ReleaseReason::OrderRefused);
    }
    if replanned {
        refuse(draft, &lacks(part, &refusal));
    } else {
        let pinned = draft.order().terms.pinned_store;
        source::ask(draft, SourcingPurpose::HoldRefused, all_lines, pinned);
    }
}

/// The order ends before anybody saw it.
pub fn refuse(draft: &mut Draft<'_>, because: &str) {
    let kept = reservations(draft, |_| true);
    draft.record(OrderEvent::OrderRefused { because: because.into() });
    for (store, reservation) in kept {
        release(draft, store, reservation, ReleaseReason::OrderRefused);
    }
    uses::report(draft, UsesProgress::GivenBack { because: UsesBack::Refused });
}

fn held_again(draft: &mut Draft<'_>, part: &Part) {
    draft.record(OrderEvent::StockHeld { reservation: part.reservation });
    match draft.order().status {
        OrderStatus::OnHold { .. } => commit(draft, part),
        OrderStatus::Open => {
            commit(draft, part);
            request(draft, part);
        }
        // Committed with the others once it is paid; a dead order has no part that still holds.
        OrderStatus::PendingPayment { .. }
        | OrderStatus::Unborn
        | OrderStatus::Placing { .. }
        | OrderStatus::Refused { .. }
        | OrderStatus::Expired
        | OrderStatus::Completed { .. }
        | OrderStatus::Cancelled { .. } => {}
    }
}

/// The goods are paid for: the hold no longer expires.
pub fn commit(draft: &mut Draft<'_>, part: &Part) {
    let commit = InventoryCommand::Commit { reservation: part.reservation };
    draft.tell_inventory(part.store, commit);
}

/// Puts a kept part on its store's board.
pub fn request(draft: &mut Draft<'_>, part: &Part) {
    let fulfillment_order = part.fulfillment_order;
    draft.record(OrderEvent::FulfillmentRequested { fulfillment_order });
    let assign = Box::new(draft.order().assignment_of(part));
    draft.tell_store(part.store, StoreCommand::Assign(assign));
}

/// The shelf has less than was promised: these units are done elsewhere. The inventory has already
/// let go of them.
pub fn cover_shortfall(
    draft: &mut Draft<'_>,
    reservation: ReservationId,
    lines: &[LineUnits],
) -> Result<(), Refusal> {
    let part = part_of(draft, reservation)?;
    if part.status.is_over() || part.has_left() {
        return Ok(());
    }
    let lines = &part.present(lines)[..];
    if lines.is_empty() {
        return Ok(());
    }
    let is_placing = matches!(draft.order().status, OrderStatus::Placing { .. });
    match part.replaces() {
        Some(from) => {
            let refusal = lacking(lines);
            draft.record(OrderEvent::HoldRefused { reservation, refusal });
            release(draft, part.store, reservation, ReleaseReason::Moved);
            moving::refuse(draft, from, &lacks(&part, &refusal));
        }
        None if is_placing && part.status.phase() == Phase::Planned => {
            release(draft, part.store, reservation, ReleaseReason::OrderRefused);
            give_up_plan(draft, &part, lacking(lines));
        }
        None => uncovered(draft, &part, lines),
    }
    Ok(())
}

fn uncovered(draft: &mut Draft<'_>, part: &Part, lines: &[LineUnits]) {
    let fulfillment_order = part.fulfillment_order;
    let why = Shortage::Uncovered;
    draft.record(OrderEvent::LinesShort { fulfillment_order, lines: lines.to_vec(), why });
    let ended = draft.order().part(fulfillment_order).is_some_and(|part| part.status.is_over());
    if ended {
        cancel_delivery_of(draft, fulfillment_order);
        release(draft, part.store, part.reservation, ReleaseReason::Shortfall);
    }
    match (part.is_at_store(), ended) {
        (false, _) => {}
        (true, true) => {
            draft.tell_store(part.store, StoreCommand::Cancel { fulfillment_order, moved: false });
        }
        (true, false) => {
            let lines = lines.to_vec();
            draft.tell_store(part.store, StoreCommand::RemoveLines { fulfillment_order, lines });
        }
    }
    source::source_again(draft, lines.to_vec());
}

pub fn release(
    draft: &mut Draft<'_>,
    store: StoreId,
    reservation: ReservationId,
    reason: ReleaseReason,
) {
    draft.tell_inventory(store, InventoryCommand::Release { reservation, reason });
}

fn part_of(draft: &Draft<'_>, reservation: ReservationId) -> Result<Part, Refusal> {
    let part = draft.order().parts.iter().find(|part| part.reservation == reservation);
    part.cloned().ok_or(Refusal::ReservationUnknown)
}

/// What stores keep or were asked to keep for parts that are not over.
fn reservations(
    draft: &Draft<'_>,
    wanted: impl Fn(&Part) -> bool,
) -> Vec<(StoreId, ReservationId)> {
    let kept = draft.order().parts.iter().filter(|part| !part.status.is_over() && wanted(part));
    kept.map(|part| (part.store, part.reservation)).collect()
}

fn lacking(lines: &[LineUnits]) -> HoldRefusal {
    let first = lines.first();
    HoldRefusal {
        sku: first.map_or(vocabulary::SkuId::from_bits(0), |units| units.sku),
        available: 0,
        wanted: first.map_or(0, |units| units.units),
    }
}

fn lacks(part: &Part, refusal: &HoldRefusal) -> String {
    let HoldRefusal { sku, available, wanted } = refusal;
    format!("store {} has {available} of {sku}, {wanted} were asked for", part.store)
}
