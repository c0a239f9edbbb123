//! Goods in a carrier's hands.

use serde::{Deserialize, Serialize};
use vocabulary::{FulfillmentOrderId, ParcelId, Timestamp};

use super::{ParcelStatus, ParcelStep};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Parcel {
    pub parcel: ParcelId,
    pub fulfillment_order: FulfillmentOrderId,
    pub carrier: Box<str>,
    pub tracking_number: Box<str>,
    pub status: ParcelStatus,
    pub since: Timestamp,
}

impl ParcelStatus {
    pub fn text(self) -> &'static str {
        match self {
            ParcelStatus::Created => "created",
            ParcelStatus::InTransit => "in_transit",
            ParcelStatus::Returning => "returning",
            ParcelStatus::Delivered => "delivered",
            ParcelStatus::Returned => "returned",
            ParcelStatus::Lost => "lost",
        }
    }

    pub fn is_over(self) -> bool {
        match self {
            ParcelStatus::Created | ParcelStatus::InTransit | ParcelStatus::Returning => false,
            ParcelStatus::Delivered | ParcelStatus::Returned | ParcelStatus::Lost => true,
        }
    }
}

impl ParcelStep {
    /// Where it takes the parcel.
    pub fn status(self) -> ParcelStatus {
        match self {
            ParcelStep::InTransit => ParcelStatus::InTransit,
            ParcelStep::Returning => ParcelStatus::Returning,
            ParcelStep::Delivered => ParcelStatus::Delivered,
            ParcelStep::Returned { .. } => ParcelStatus::Returned,
            ParcelStep::Lost => ParcelStatus::Lost,
        }
    }
}
