//! What stores report about their parts. The store is right about its own work: reports are
//! followed, late and doubled ones change nothing.

use vocabulary::{CourierId, FulfillmentOrderId, Timestamp};

use super::{end, hold, parcel, refund, source};
use crate::Refusal;
use crate::inventory::ReleaseReason;
use crate::order::delivery::{self, cancel_delivery_of};
use crate::order::draft::Draft;
use crate::order::event::OrderEvent;
use crate::order::line::LineUnits;
use crate::order::part::{Part, PartStatus};
use crate::order::{
    CancelReason, FulfillmentMode, FulfillmentProgress, Recipient, RefundWhy, Shortage,
};
use crate::store::RejectReason;

pub fn report(
    draft: &mut Draft<'_>,
    fulfillment_order: FulfillmentOrderId,
    progress: &FulfillmentProgress,
) -> Result<(), Refusal> {
    use FulfillmentProgress as P;
    let part = draft.order().part(fulfillment_order).cloned();
    let part = part.ok_or(Refusal::FulfillmentOrderUnknown)?;
    match progress {
        P::Scheduled { release_at } => {
            let release_at = *release_at;
            let event = OrderEvent::FulfillmentScheduled { fulfillment_order, release_at };
            follow(draft, &part, &PartStatus::Scheduled { release_at }, event)
        }
        P::Assigned => {
            let event = OrderEvent::FulfillmentAssigned { fulfillment_order };
            follow(draft, &part, &PartStatus::Assigned, event)
        }
        P::Accepted { ready_at } => accepted(draft, &part, *ready_at),
        P::PickingStarted => {
            let event = OrderEvent::PickingStarted { fulfillment_order };
            follow(draft, &part, &PartStatus::Picking, event)
        }
        P::Ready => {
            let event = OrderEvent::FulfillmentReady { fulfillment_order };
            follow(draft, &part, &PartStatus::Ready, event)
        }
        P::OnHold => on_hold(draft, &part),
        P::Resumed { ready_at } => resumed(draft, &part, *ready_at),
        P::ShortPicked { lines } => short(draft, &part, lines, Shortage::ShortPicked),
        P::Rejected { lines, whole, reason } => {
            let lines = if *whole { &part.lines } else { lines };
            short(draft, &part, lines, Shortage::Rejected { reason: *reason })
        }
        P::Cancelled => {
            let why = Shortage::Rejected { reason: RejectReason::Other };
            short(draft, &part, &part.lines, why)
        }
        P::NoShow => no_show(draft, &part),
        P::HandedOver { to } => handed_over(draft, &part, to),
        P::Completed => arrived(draft, &part, end::complete_part),
        P::Returned => arrived(draft, &part, end::return_part),
    }
}

/// Records a step that is further than the last one reported.
fn follow(
    draft: &mut Draft<'_>,
    part: &Part,
    reported: &PartStatus,
    event: OrderEvent,
) -> Result<(), Refusal> {
    match part.status.work() {
        Some(work) if Some(work) < reported.work() => {
            draft.record(event);
            Ok(())
        }
        Some(_) => Ok(()),
        None => nothing_if_past(part, reported.text()),
    }
}

fn accepted(draft: &mut Draft<'_>, part: &Part, ready_at: Timestamp) -> Result<(), Refusal> {
    let fulfillment_order = part.fulfillment_order;
    let new_time = part.status == PartStatus::Accepted && part.ready_at != ready_at;
    let event = OrderEvent::FulfillmentAccepted { fulfillment_order, ready_at };
    if new_time {
        draft.record(event);
        return Ok(());
    }
    follow(draft, part, &PartStatus::Accepted, event)?;
    let accepted = draft.order().part(fulfillment_order).is_some_and(Part::is_accepted);
    if accepted && draft.order().terms.mode == FulfillmentMode::Delivery {
        delivery::create(draft, fulfillment_order);
    }
    Ok(())
}

fn on_hold(draft: &mut Draft<'_>, part: &Part) -> Result<(), Refusal> {
    let fulfillment_order = part.fulfillment_order;
    match (part.is_at_store(), part.is_on_hold()) {
        (true, false) => {
            draft.record(OrderEvent::FulfillmentSuspended { fulfillment_order });
            delivery::withdraw_offers_of(draft, fulfillment_order);
        }
        (true, true) => {}
        (false, _) => nothing_if_past(part, "hold")?,
    }
    Ok(())
}

fn resumed(draft: &mut Draft<'_>, part: &Part, ready_at: Option<Timestamp>) -> Result<(), Refusal> {
    let fulfillment_order = part.fulfillment_order;
    if part.is_on_hold() {
        draft.record(OrderEvent::FulfillmentResumed { fulfillment_order, ready_at });
    }
    Ok(())
}

/// The store does not do these units; its inventory has let go of them and corrected its stock.
fn short(
    draft: &mut Draft<'_>,
    part: &Part,
    lines: &[LineUnits],
    why: Shortage,
) -> Result<(), Refusal> {
    if !part.is_at_store() {
        return nothing_if_past(part, "reject");
    }
    let fulfillment_order = part.fulfillment_order;
    let lines = part.present(lines);
    if lines.is_empty() {
        return Ok(());
    }
    draft.record(OrderEvent::LinesShort { fulfillment_order, lines: lines.clone(), why });
    let ended = draft.order().part(fulfillment_order).is_some_and(|part| part.status.is_over());
    if ended {
        cancel_delivery_of(draft, fulfillment_order);
    }
    source::source_again(draft, lines);
    Ok(())
}

/// Nobody collected it: the goods go back on the shelf and the money back to the shopper.
fn no_show(draft: &mut Draft<'_>, part: &Part) -> Result<(), Refusal> {
    if !part.is_at_store() {
        return nothing_if_past(part, "no-show");
    }
    let (fulfillment_order, reason) = (part.fulfillment_order, CancelReason::NoShow);
    draft.record(OrderEvent::FulfillmentCancelled { fulfillment_order, reason });
    cancel_delivery_of(draft, fulfillment_order);
    hold::release(draft, part.store, part.reservation, ReleaseReason::NoShow);
    refund::give_back(draft, part.lines.clone(), RefundWhy::Cancelled { reason });
    end::settle(draft);
    Ok(())
}

fn handed_over(draft: &mut Draft<'_>, part: &Part, to: &Recipient) -> Result<(), Refusal> {
    let fulfillment_order = part.fulfillment_order;
    if part.has_left() {
        return Ok(());
    }
    if !part.is_at_store() {
        return Err(wrong_state(part, "hand over"));
    }
    draft.record(OrderEvent::FulfillmentHandedOver { fulfillment_order, to: to.clone() });
    match to {
        Recipient::Courier { courier } => to_courier(draft, fulfillment_order, *courier),
        Recipient::Shopper => {
            cancel_delivery_of(draft, fulfillment_order);
            end::complete_part(draft, fulfillment_order);
        }
        Recipient::Carrier { carrier, tracking_number } => {
            cancel_delivery_of(draft, fulfillment_order);
            parcel::ship(draft, fulfillment_order, carrier, tracking_number)?;
        }
    }
    Ok(())
}

fn to_courier(draft: &mut Draft<'_>, fulfillment_order: FulfillmentOrderId, courier: CourierId) {
    delivery::create(draft, fulfillment_order);
    delivery::picked_up(draft, fulfillment_order, courier);
}

/// The store's word about goods that left, where no courier or parcel of ours says it.
fn arrived(
    draft: &mut Draft<'_>,
    part: &Part,
    end: fn(&mut Draft<'_>, FulfillmentOrderId),
) -> Result<(), Refusal> {
    let fulfillment_order = part.fulfillment_order;
    let order = draft.order();
    let carried = order.delivery_of(fulfillment_order).is_some_and(|known| !known.is_over())
        || order.parcels.iter().any(|parcel| parcel.fulfillment_order == fulfillment_order);
    if part.status == PartStatus::HandedOver && !carried {
        end(draft, fulfillment_order);
    }
    Ok(())
}

/// A report about a part that went on meanwhile is late; one about a part that no store was told
/// of is a mistake.
fn nothing_if_past(part: &Part, verb: &str) -> Result<(), Refusal> {
    if part.status.is_over() || part.has_left() { Ok(()) } else { Err(wrong_state(part, verb)) }
}

fn wrong_state(part: &Part, verb: &str) -> Refusal {
    Refusal::FulfillmentState { status: part.status.text().to_owned(), verb: verb.to_owned() }
}
