//! One line about an order, for screens that show many.

use dispatch::order::{FulfillmentMode, Order, VisibleStage};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vocabulary::{CourierId, OrderId, StoreId, Timestamp};

use crate::wire::schema::{Id, Millis};

/// One line of an operations screen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OrderCardView {
    #[schema(value_type = Id)]
    pub order: OrderId,
    #[schema(value_type = crate::wire::quote::Mode)]
    pub mode: FulfillmentMode,
    pub status: String,
    /// Empty before all stores have accepted.
    pub stage: String,
    #[schema(value_type = Vec<Id>)]
    pub stores: Vec<StoreId>,
    #[schema(value_type = Vec<Id>)]
    pub couriers: Vec<CourierId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Millis>)]
    pub promised_by_at: Option<Timestamp>,
    pub escalated: bool,
    pub late: bool,
    /// How often the shopper asked where it is.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub reminders: u32,
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct OrderPage {
    /// Youngest first.
    pub orders: Vec<OrderCardView>,
    /// To ask for the next page with; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Id>)]
    pub next_after: Option<OrderId>,
}

/// A card as the partition publishes it.
pub fn order_card(card: &actors::OrderCard) -> OrderCardView {
    OrderCardView {
        order: card.order,
        mode: card.mode,
        status: card.status.to_owned(),
        stage: card.stage.to_owned(),
        stores: card.stores.clone(),
        couriers: card.couriers.clone(),
        promised_by_at: card.promised_by,
        escalated: card.escalated,
        late: card.late,
        reminders: card.reminders,
    }
}

/// A card of an order that was read, at `now`.
pub fn card_of(order: &Order, now: Timestamp) -> OrderCardView {
    let promised_by = order.parts.iter().map(|part| part.promised_by).max();
    OrderCardView {
        order: order.id,
        mode: order.terms.mode,
        status: order.status_text().to_owned(),
        stage: order.visible_stage().map_or("", VisibleStage::text).to_owned(),
        stores: order.parts.iter().map(|part| part.store).collect(),
        couriers: order.deliveries.iter().filter_map(|known| known.courier()).collect(),
        promised_by_at: promised_by,
        escalated: order.needs_attention(),
        late: !order.status.is_over() && promised_by.is_some_and(|by| by < now),
        reminders: order.reminders.as_ref().map_or(0, |known| known.count),
    }
}
