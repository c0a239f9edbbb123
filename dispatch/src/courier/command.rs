//! What a courier can be asked or told.

use serde::{Deserialize, Serialize};
use vocabulary::{
    CourierId, DeliveryId, FulfillmentOrderId, Grams, OfferId, OrderId, Place, StoreId, Timestamp,
};

use crate::Timer;
use crate::order::{DeclineReason, DeliveryStep};
use geo_index::TravelMode;

#[derive(Debug, Clone, PartialEq)]
pub enum CourierCommand {
    /// Headquarters' settings, as a snapshot with its version.
    Configure(Box<CourierSettings>),
    GoOnDuty {
        shift_ends_at: Option<Timestamp>,
    },
    TakeBreak,
    /// Refused while goods are on board.
    GoOffDuty,
    Suspend,
    Reinstate,
    AcceptOffer {
        offer: OfferId,
    },
    DeclineOffer {
        offer: OfferId,
        reason: DeclineReason,
    },

    // From the order.
    MakeOffer(Box<MakeOffer>),
    /// The order granted this courier's accept.
    Granted {
        offer: OfferId,
    },
    /// The order gave it to somebody else: free the slot.
    Refused {
        offer: OfferId,
    },
    /// The delivery is gone (cancelled, reassigned): close the offer or drop the task.
    Withdraw {
        delivery: DeliveryId,
        attempt: u32,
    },
    /// The delivery moved on: what is on board and which stop is next.
    FollowDelivery {
        delivery: DeliveryId,
        attempt: u32,
        step: TaskStep,
    },

    /// A position was heard after silence, or the first one ever (positions themselves are never
    /// journaled; the shell tells only the change of staleness).
    Heard,
    TimerFired(Timer),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CourierSettings {
    /// Shown to shoppers and stores: a first name or number, no phone.
    pub display_name: String,
    pub mode: TravelMode,
    /// Most deliveries in hand at once.
    pub capacity: u32,
    pub max_weight: Grams,
    pub home: Option<Place>,
    pub version: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MakeOffer {
    pub offer: OfferId,
    pub order: OrderId,
    pub delivery: DeliveryId,
    pub fulfillment_order: FulfillmentOrderId,
    pub attempt: u32,
    pub store: StoreId,
    pub pickup: Place,
    pub dropoff: Place,
    pub weight: Grams,
    pub ready_at: Timestamp,
    pub promised_by: Timestamp,
    /// Predicted for this courier.
    pub pickup_at: Timestamp,
    pub dropoff_at: Timestamp,
    pub because: String,
    /// Given by hand: skips the limit of live offers and the cool-down.
    pub forced: bool,
}

/// What a delivery's progress means for the courier's route.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskStep {
    Step(DeliveryStep),
    PickedUp,
    Returning,
    /// No longer in hand: delivered, returned, lost.
    Done,
}

/// A courier as others may name it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CourierCard {
    pub courier: CourierId,
    pub display_name: String,
}
