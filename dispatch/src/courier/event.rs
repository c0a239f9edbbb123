//! What happened to a courier.

use serde::{Deserialize, Serialize};
use vocabulary::{DeliveryId, OfferId, Seconds, Timestamp};

use super::{CourierSettings, MakeOffer};
use crate::order::DeclineReason;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CourierEvent {
    Configured {
        settings: Box<CourierSettings>,
    },

    /// Also a changed end of shift while on duty.
    WentOnDuty {
        shift_ends_at: Option<Timestamp>,
    },
    TookBreak,
    WentOffDuty,
    Suspended,
    Reinstated,

    /// Heard after silence; not heard again, it is stale at `check_at`.
    Heard {
        check_at: Timestamp,
        patience: Seconds,
    },
    /// Out of the pool; not heard again, it is lost at `lost_at`.
    WentStale {
        lost_at: Timestamp,
    },
    /// Relieved of what it has not picked up.
    WasLost,

    OfferMade {
        offer: Box<MakeOffer>,
        expires_at: Timestamp,
    },
    /// A slot is reserved until the order grants or refuses.
    OfferAccepted {
        offer: OfferId,
        delivery: DeliveryId,
    },
    OfferDeclined {
        offer: OfferId,
        delivery: DeliveryId,
        reason: DeclineReason,
        cool_down_until: Timestamp,
    },
    OfferExpired {
        offer: OfferId,
        delivery: DeliveryId,
        cool_down_until: Timestamp,
    },
    /// The delivery is gone.
    OfferWithdrawn {
        offer: OfferId,
        delivery: DeliveryId,
    },
    /// Another courier was faster; the slot is free again.
    OfferTooLate {
        offer: OfferId,
        delivery: DeliveryId,
    },
    /// The delivery joins the route: its stops stand at these places of the new route.
    OfferGranted {
        offer: OfferId,
        delivery: DeliveryId,
        pickup_stop: u16,
        dropoff_stop: u16,
    },

    /// The next stop of this delivery is the one the courier is heading for.
    StopChosen {
        delivery: DeliveryId,
    },
    TaskPickedUp {
        delivery: DeliveryId,
    },
    /// The goods go back to the store.
    TaskReturning {
        delivery: DeliveryId,
    },
    /// Delivered, returned or lost.
    TaskDone {
        delivery: DeliveryId,
    },
    /// Taken away before it was done.
    TaskDropped {
        delivery: DeliveryId,
        cool_down_until: Timestamp,
    },
}

impl CourierEvent {
    /// Equal to the serialised tag.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Configured { .. } => "configured",
            Self::WentOnDuty { .. } => "went_on_duty",
            Self::TookBreak => "took_break",
            Self::WentOffDuty => "went_off_duty",
            Self::Suspended => "suspended",
            Self::Reinstated => "reinstated",
            Self::Heard { .. } => "heard",
            Self::WentStale { .. } => "went_stale",
            Self::WasLost => "was_lost",
            Self::OfferMade { .. } => "offer_made",
            Self::OfferAccepted { .. } => "offer_accepted",
            Self::OfferDeclined { .. } => "offer_declined",
            Self::OfferExpired { .. } => "offer_expired",
            Self::OfferWithdrawn { .. } => "offer_withdrawn",
            Self::OfferTooLate { .. } => "offer_too_late",
            Self::OfferGranted { .. } => "offer_granted",
            Self::StopChosen { .. } => "stop_chosen",
            Self::TaskPickedUp { .. } => "task_picked_up",
            Self::TaskReturning { .. } => "task_returning",
            Self::TaskDone { .. } => "task_done",
            Self::TaskDropped { .. } => "task_dropped",
        }
    }
}
