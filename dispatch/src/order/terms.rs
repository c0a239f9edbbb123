//! What is frozen at placing, and what a plan turns into.

use serde::{Deserialize, Serialize};
use vocabulary::{
    FulfillmentOrderId, Money, PersonId, Place, QuoteId, ReservationId, StoreId, Timestamp,
};

use super::line::OrderLine;
use super::part::HoldPurpose;
use super::uses::Uses;
use super::{FulfillmentMode, PaymentMethod, PlaceOrder};
use crate::sourcing::PlanPart;
use crate::store::RejectReason;

/// What was agreed when the order was placed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Terms {
    pub channel: Box<str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<Box<str>>,
    pub quote: QuoteId,
    /// Name, phone and address, kept encrypted elsewhere.
    pub shopper: PersonId,
    pub mode: FulfillmentMode,
    /// The door; absent for pickup.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destination: Option<Place>,
    pub lines: Vec<OrderLine>,
    pub payable: Money,
    pub payment_method: PaymentMethod,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wanted_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pinned_store: Option<StoreId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pickup_code_hash: Option<Box<[u8; 32]>>,
    /// A member's coupons and points, and campaigns' budgets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uses: Option<Box<Uses>>,
}

/// A part as it was planned, with the names it got.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlannedPart {
    pub fulfillment_order: FulfillmentOrderId,
    pub reservation: ReservationId,
    pub purpose: HoldPurpose,
    pub hold_expires_at: Timestamp,
    pub plan: PlanPart,
}

/// Why a part lost units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Shortage {
    Rejected {
        reason: RejectReason,
    },
    ShortPicked,
    /// An observation left them uncovered.
    Uncovered,
}

impl Terms {
    /// The empty terms of an order that was never placed.
    pub(super) fn unborn() -> Self {
        Self {
            channel: Box::default(),
            external_id: None,
            quote: QuoteId::from_bits(0),
            shopper: PersonId::from_bits(0),
            mode: FulfillmentMode::Delivery,
            destination: None,
            lines: Vec::new(),
            payable: Money::ZERO,
            payment_method: PaymentMethod::Online,
            wanted_at: None,
            pinned_store: None,
            pickup_code_hash: None,
            uses: None,
        }
    }
}

impl From<&PlaceOrder> for Terms {
    fn from(place: &PlaceOrder) -> Self {
        Self {
            channel: place.channel.as_str().into(),
            external_id: place.external_id.as_deref().map(Into::into),
            quote: place.quote,
            shopper: place.shopper,
            mode: place.mode,
            destination: place.destination,
            lines: place.lines.clone(),
            payable: place.payable,
            payment_method: place.payment_method,
            wanted_at: place.wanted_at,
            pinned_store: place.pinned_store,
            pickup_code_hash: place.pickup_code_hash.map(Box::new),
            uses: place.uses.clone(),
        }
    }
}
