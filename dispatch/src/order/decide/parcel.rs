//! Parcels in a carrier's hands, by the word of staff or the carrier.

use vocabulary::{FulfillmentOrderId, ParcelId};

use super::{end, invalid};
use crate::Refusal;
use crate::order::draft::Draft;
use crate::order::event::OrderEvent;
use crate::order::part::PartStatus;
use crate::order::{Child, FulfillmentMode, Parcel, ParcelStatus, child};

/// Naming the same carrier and tracking number again changes nothing.
pub fn ship(
    draft: &mut Draft<'_>,
    fulfillment_order: FulfillmentOrderId,
    carrier: &str,
    tracking_number: &str,
) -> Result<(), Refusal> {
    let order = draft.order();
    let part = order.part(fulfillment_order).ok_or(Refusal::FulfillmentOrderUnknown)?;
    let known = order
        .parcels
        .iter()
        .any(|parcel| *parcel.carrier == *carrier && *parcel.tracking_number == *tracking_number);
    if known {
        return Ok(());
    }
    if order.terms.mode != FulfillmentMode::Express {
        return Err(invalid("a parcel", "of an express order"));
    }
    if carrier.trim().is_empty() || tracking_number.trim().is_empty() {
        return Err(invalid("a parcel", "named by its carrier and tracking number"));
    }
    if part.status != PartStatus::HandedOver {
        return Err(Refusal::FulfillmentState {
            status: part.status.text().to_owned(),
            verb: "ship".to_owned(),
        });
    }
    let parcel = child(order.id, Child::Parcel, order.parcels.len() as u32);
    let (carrier, tracking_number) = (carrier.into(), tracking_number.into());
    draft.record(OrderEvent::ParcelShipped { parcel, fulfillment_order, carrier, tracking_number });
    Ok(())
}

pub fn advance(draft: &mut Draft<'_>, id: ParcelId, status: ParcelStatus) -> Result<(), Refusal> {
    let parcel = draft.order().parcels.iter().find(|parcel| parcel.parcel == id).cloned();
    let parcel = parcel.ok_or(Refusal::ParcelUnknown)?;
    if parcel.status == status {
        return Ok(());
    }
    if parcel.status.is_over() || status < parcel.status {
        return Err(Refusal::ParcelState {
            status: parcel.status.text().to_owned(),
            verb: status.text().to_owned(),
        });
    }
    draft.record(OrderEvent::ParcelAdvanced { parcel: id, status });
    if status.is_over() {
        end_part(draft, parcel.fulfillment_order);
    }
    Ok(())
}

/// A part ends with its last parcel. One that arrived completes it; what others lacked is then
/// settled by a return, because nobody recorded which unit was in which parcel.
fn end_part(draft: &mut Draft<'_>, fulfillment_order: FulfillmentOrderId) {
    let of_part = |parcel: &&Parcel| parcel.fulfillment_order == fulfillment_order;
    let parcels: Vec<_> = draft.order().parcels.iter().filter(of_part).collect();
    let any = |status| parcels.iter().any(|parcel| parcel.status == status);
    if parcels.iter().any(|parcel| !parcel.status.is_over()) {
        return;
    }
    if any(ParcelStatus::Delivered) {
        end::complete_part(draft, fulfillment_order);
    } else if any(ParcelStatus::Returned) {
        end::return_part(draft, fulfillment_order);
    } else {
        end::lose_part(draft, fulfillment_order);
    }
}
