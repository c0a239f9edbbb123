//! A delivery that is no longer wanted, before pickup.

use vocabulary::FulfillmentOrderId;

use super::offer::live_offers;
use crate::courier::CourierCommand;
use crate::order::draft::Draft;
use crate::order::event::OrderEvent;

/// Calls off the live delivery of a part, if it has one, and tells whoever has or thinks about it.
pub fn cancel_delivery_of(draft: &mut Draft<'_>, fulfillment_order: FulfillmentOrderId) {
    let Some(delivery) = draft.order().delivery_of(fulfillment_order).cloned() else {
        return;
    };
    if delivery.is_over() {
        return;
    }
    let (id, attempt) = (delivery.delivery, delivery.attempt);
    draft.record(OrderEvent::DeliveryCancelled { delivery: id });
    let asked = live_offers(&delivery).iter().map(|live| live.courier);
    for courier in asked.chain(delivery.courier()) {
        draft.tell_courier(courier, CourierCommand::Withdraw { delivery: id, attempt });
    }
}
