//! The core's own machines as the pictures people see.

use dispatch::courier::{Courier, Duty, OfferState, StopKind as CoreStop};
use dispatch::order::Order;
use dispatch::store::{FulfillmentOrder, FulfillmentState};

use crate::doors::{
    Card, CardStatus, CourierView, DeliveryStatus, DeliveryView, OfferView, OrderView, ParcelView,
    PartView, ReturnView, StopKind, StopView, TaskView, Units,
};

pub(super) fn order(order: &Order) -> OrderView {
    OrderView {
        order: order.id,
        status: order.status_text().to_owned(),
        parts: order
            .parts
            .iter()
            .map(|part| PartView {
                fulfillment_order: part.fulfillment_order,
                store: part.store,
                status: part.status.text().to_owned(),
            })
            .collect(),
        deliveries: order
            .deliveries
            .iter()
            .map(|known| DeliveryView {
                delivery: known.delivery,
                fulfillment_order: known.fulfillment_order,
                attempt: known.attempt,
                status: DeliveryStatus::named(known.status.text()),
                courier: known.courier(),
            })
            .collect(),
        parcels: order
            .parcels
            .iter()
            .map(|parcel| ParcelView {
                parcel: parcel.parcel,
                fulfillment_order: parcel.fulfillment_order,
                status: parcel.status.text().to_owned(),
            })
            .collect(),
        returns: order
            .returns
            .iter()
            .map(|known| ReturnView {
                return_id: known.return_id,
                status: known.status.text().to_owned(),
            })
            .collect(),
    }
}

pub(super) fn card(share: &FulfillmentOrder) -> Card {
    let ready_at = match &share.state {
        FulfillmentState::Accepted { ready_at } | FulfillmentState::Picking { ready_at } => {
            Some(*ready_at)
        }
        FulfillmentState::Scheduled { .. }
        | FulfillmentState::Assigned { .. }
        | FulfillmentState::Ready { .. }
        | FulfillmentState::OnHold { .. }
        | FulfillmentState::HandedOver { .. }
        | FulfillmentState::Completed
        | FulfillmentState::Returned
        | FulfillmentState::Rejected { .. }
        | FulfillmentState::Cancelled { .. }
        | FulfillmentState::Moved => None,
    };
    let lines = share
        .lines
        .iter()
        .map(|line| Units { line: line.line, sku: line.sku, units: line.units })
        .collect();
    Card {
        order: share.order,
        mode: share.mode,
        status: CardStatus::named(share.status_text()),
        lines,
        courier: share.courier.as_ref().map(|expected| expected.courier),
        ready_at,
    }
}

pub(super) fn courier(courier: &Courier) -> CourierView {
    let offers = courier.offers().iter().filter_map(|(id, offer)| match offer.state {
        OfferState::Pending { .. } => {
            Some(OfferView { offer: *id, delivery: offer.made.delivery, pickup: offer.made.pickup })
        }
        OfferState::Accepted => None,
    });
    let tasks = courier.tasks().iter().map(|task| TaskView {
        delivery: task.delivery,
        order: task.order,
        attempt: task.attempt,
        store: task.store,
        picked_up: task.picked_up,
    });
    let stops = courier.stops().iter().map(|stop| StopView {
        delivery: stop.delivery,
        kind: match stop.kind {
            CoreStop::Pickup => StopKind::Pickup,
            CoreStop::Dropoff => StopKind::Dropoff,
            CoreStop::Return => StopKind::Return,
        },
        place: stop.place,
    });
    CourierView {
        on_duty: matches!(courier.duty(), Duty::OnDuty { .. }),
        offers: offers.collect(),
        tasks: tasks.collect(),
        stops: stops.collect(),
    }
}
