//! Changes of the city in the wire's words, encoded once for everybody who may see the same.

use actors::{Change, Topic};
use axum::extract::ws::Utf8Bytes;
use dispatch::eta::Eta;
use vocabulary::{CourierId, DeliveryId, FulfillmentOrderId, Place, Timestamp};

use super::Sight;
use crate::wire::board::{board_card, board_status};
use crate::wire::courier::courier_view;
use crate::wire::delivery::eta_view;
use crate::wire::order::{order_card, order_view};
use crate::wire::socket::{Body, DeliveryEta, ResetReason, ServerFrame};

/// Where in its topic's history a frame stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct At {
    pub topic: Topic,
    pub epoch: u64,
    pub seq: u64,
}

/// `None` for a position, which is no state.
pub(crate) fn snapshot(at: At, change: &Change, sight: Sight) -> Option<Utf8Bytes> {
    let At { topic, epoch, seq } = at;
    let state = match body(change, sight)? {
        Body::Board { status, fulfillment_orders, low_stock } => {
            let mut cards: Vec<_> =
                fulfillment_orders.into_iter().filter(|card| !card.is_over).collect();
            cards.sort_by_key(|card| (card.promised_by_at, card.fulfillment_order));
            Body::Board { status, fulfillment_orders: cards, low_stock }
        }
        body @ (Body::Order { .. }
        | Body::Courier { .. }
        | Body::Operations { .. }
        | Body::Figures { .. }) => body,
    };
    Some(ServerFrame::Snapshot { topic, epoch, seq, state }.encode())
}

/// `None` for a position, which has no number.
pub(crate) fn delta(at: At, change: &Change, sight: Sight) -> Option<Utf8Bytes> {
    let At { topic, epoch, seq } = at;
    let change = body(change, sight)?;
    Some(ServerFrame::Delta { topic, epoch, seq, change }.encode())
}

pub(crate) fn acknowledged(
    topic: Topic,
    fulfillment_orders: impl IntoIterator<Item = FulfillmentOrderId>,
) -> Utf8Bytes {
    let fulfillment_orders = fulfillment_orders.into_iter().collect();
    ServerFrame::Acknowledged { topic, fulfillment_orders }.encode()
}

pub(crate) fn reset(topic: Topic, why: ResetReason) -> Utf8Bytes {
    ServerFrame::Reset { topic, why }.encode()
}

pub(crate) fn position(
    topic: Topic,
    courier: CourierId,
    (place, is_rough, at): (Place, bool, Timestamp),
    etas: &[(DeliveryId, Eta)],
) -> Utf8Bytes {
    let eta = |(delivery, eta): &(DeliveryId, Eta)| DeliveryEta {
        delivery: *delivery,
        eta: eta_view(eta),
    };
    let etas = etas.iter().map(eta).collect();
    let place = place.into();
    ServerFrame::Position { topic, courier, place, is_rough, at, etas }.encode()
}

/// When a position was taken, as its frame says.
pub(crate) fn position_at(frame: &Utf8Bytes) -> Option<i64> {
    #[derive(serde::Deserialize)]
    struct Taken {
        at: i64,
    }
    serde_json::from_str::<Taken>(frame).ok().map(|taken| taken.at)
}

fn body(change: &Change, sight: Sight) -> Option<Body> {
    Some(match change {
        Change::Order { order, etas } => {
            let view = order_view(order, etas);
            let view = match sight {
                Sight::Whole => view,
                // Couriers are among those who see less; what was said of them is not theirs.
                Sight::Masked => view.without_money().without_rating(),
            };
            Body::Order { order: Box::new(view) }
        }
        Change::Board { status, fulfillment_orders, low_stock } => Body::Board {
            status: board_status(*status),
            fulfillment_orders: fulfillment_orders
                .iter()
                .map(|(id, known)| board_card(*id, known))
                .collect(),
            low_stock: low_stock.as_ref().map(|skus| skus.to_vec()),
        },
        Change::Courier { courier } => {
            let mut view = courier_view(courier);
            if sight == Sight::Masked {
                view.offers.iter_mut().for_each(|offer| offer.because.clear());
            }
            Body::Courier { courier: Box::new(view) }
        }
        Change::Operations { orders } => {
            Body::Operations { orders: orders.iter().map(order_card).collect() }
        }
        Change::Figures { figures } => Body::Figures { figures: Box::new((&**figures).into()) },
        Change::Position { .. } => return None,
    })
}
