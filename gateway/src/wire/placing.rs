//! Placing an order, and changing one that was placed.

use dispatch::order::{CancelReason, HoldReason, PaymentMethod};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vocabulary::{FulfillmentOrderId, Money, OrderId, PaymentId, StoreId, Timestamp};

use super::board::LineUnitsBody;
use super::fault::Fault;
use super::phone::check_dialable;
use super::place::Point;
use super::schema::{Fen, Id, Millis};
use super::store::words;

/// Somebody to bring it to; kept sealed and apart from the order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShopperBody {
    pub name: String,
    pub phone: String,
    /// Absent for a pickup.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

impl ShopperBody {
    pub fn check(&self) -> Result<(), Fault> {
        words("shopper.name", &self.name, 80)?;
        words("shopper.phone", &self.phone, 40)?;
        check_dialable("shopper.phone", &self.phone)?;
        self.address.as_deref().map_or(Ok(()), |address| words("shopper.address", address, 300))
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceBody {
    /// The signed quote, as it was given out.
    pub quote: String,
    pub shopper: ShopperBody,
    /// The door; a delivery and an express order need it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destination: Option<Point>,
    /// Absent: as soon as possible. At most 14 days ahead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Millis>)]
    pub wanted_at: Option<Timestamp>,
    /// `online`, `cash_on_delivery` or `channel_paid`.
    #[schema(value_type = String)]
    pub payment_method: PaymentMethod,
    /// A store that the shopper or channel insists on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Id>)]
    pub store: Option<StoreId>,
    /// The channel's own id of the order, unique within the channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PlacedView {
    #[schema(value_type = Id)]
    pub order: OrderId,
    pub status: String,
    #[schema(value_type = Millis)]
    pub placed_at: Timestamp,
    pub payment: PlacedPayment,
    pub parts: Vec<PlacedPartView>,
    /// What the shopper says at the counter; only for a pickup, and nobody else has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pickup_code: Option<String>,
    /// Opens this order, and nothing else.
    pub shopper_token: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PlacedPayment {
    #[schema(value_type = Id)]
    pub id: PaymentId,
    #[schema(value_type = Fen)]
    pub payable_fen: Money,
    /// Where an online payment is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pay_url: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PlacedPartView {
    #[schema(value_type = Id)]
    pub fulfillment_order: FulfillmentOrderId,
    #[schema(value_type = Id)]
    pub store: StoreId,
    #[schema(value_type = Millis)]
    pub promised_from_at: Timestamp,
    #[schema(value_type = Millis)]
    pub promised_by_at: Timestamp,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CancelBody {
    /// Staff may say `store_request`, `headquarters` or `review_failed`; others ask as shoppers.
    #[schema(value_type = Option<String>)]
    pub reason: Option<CancelReason>,
    pub note: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ChangeBody {
    /// Units to take off; more units are a new order.
    pub remove: Vec<LineUnitsBody>,
    /// Another door.
    pub destination: Option<Point>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub struct ProposedView {
    /// To be confirmed.
    #[schema(value_type = Id)]
    pub change: vocabulary::ChangeId,
    /// What goes back when it is confirmed.
    #[schema(value_type = Fen)]
    pub refund_fen: Money,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HoldBody {
    /// `review`, `group_forming` or `presale`.
    #[schema(value_type = String)]
    pub reason: HoldReason,
}
