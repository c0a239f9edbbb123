//! Parcels in a carrier's hands, by the word of staff or the carrier.

use vocabulary::{FulfillmentOrderId, ParcelId};

use super::{end, invalid};
use crate::Refusal;
use crate::order::draft::Draft;
use crate::order::event::OrderEvent;
use crate::order::{Child, FulfillmentMode, ParcelStep, child};

/// A part that is handed over leaves as one parcel.
pub fn ship(
    draft: &mut Draft<'_>,
    fulfillment_order: FulfillmentOrderId,
    carrier: &str,
    tracking_number: &str,
) -> Result<(), Refusal> {
    let order = draft.order();
    if order.terms.mode != FulfillmentMode::Express {
        return Err(invalid("a parcel", "of an express order"));
    }
    if carrier.trim().is_empty() || tracking_number.trim().is_empty() {
        return Err(invalid("a parcel", "named by its carrier and tracking number"));
    }
    let parcel = child(order.id, Child::Parcel, order.parcels.len() as u32);
    let (carrier, tracking_number) = (carrier.into(), tracking_number.into());
    draft.record(OrderEvent::ParcelShipped { parcel, fulfillment_order, carrier, tracking_number });
    Ok(())
}

pub fn advance(draft: &mut Draft<'_>, id: ParcelId, step: ParcelStep) -> Result<(), Refusal> {
    let parcel = draft.order().parcels.iter().find(|parcel| parcel.parcel == id);
    let parcel = parcel.ok_or(Refusal::ParcelUnknown)?;
    let (part, from, status) = (parcel.fulfillment_order, parcel.status, step.status());
    if from == status {
        return Ok(());
    }
    if from.is_over() || status < from {
        return Err(Refusal::ParcelState {
            status: from.text().to_owned(),
            verb: status.text().to_owned(),
        });
    }
    let condition = match step {
        ParcelStep::Returned { condition } => Some(condition),
        ParcelStep::InTransit
        | ParcelStep::Returning
        | ParcelStep::Delivered
        | ParcelStep::Lost => None,
    };
    draft.record(OrderEvent::ParcelAdvanced { parcel: id, status, condition });
    match step {
        ParcelStep::InTransit | ParcelStep::Returning => {}
        ParcelStep::Delivered => end::complete_part(draft, part),
        ParcelStep::Returned { condition } => end::take_back_part(draft, part, condition),
        ParcelStep::Lost => end::lose_part(draft, part),
    }
    Ok(())
}
