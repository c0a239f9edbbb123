//! What a store can be asked to do.

use serde::{Deserialize, Serialize};
use vocabulary::{
    CourierId, FulfillmentOrderId, MerchantId, OrderId, Place, ReservationId, Seconds, Timestamp,
};

use super::Reminded;
use crate::Timer;
use crate::hours::OpeningHours;
use crate::order::line::LineUnits;
use crate::order::{FulfillmentMode, LineNumber};
use geo_index::ServiceArea;

#[derive(Debug, Clone, PartialEq)]
pub enum StoreCommand {
    /// Headquarters' settings, as a snapshot with its version.
    Configure(Box<StoreSettings>),
    /// An open order's share for this store. Repeating it is harmless.
    Assign(Box<AssignFulfillment>),
    Accept {
        fulfillment_order: FulfillmentOrderId,
        ready_in: Option<Seconds>,
    },
    /// All of it (no lines named) or some lines.
    Reject {
        fulfillment_order: FulfillmentOrderId,
        lines: Vec<LineUnits>,
        reason: RejectReason,
    },
    StartPicking {
        fulfillment_order: FulfillmentOrderId,
    },
    ShortPick {
        fulfillment_order: FulfillmentOrderId,
        lines: Vec<LineUnits>,
        reason: RejectReason,
    },
    Pack {
        fulfillment_order: FulfillmentOrderId,
    },
    /// The goods change hands. For a pickup the code must match.
    HandOver {
        fulfillment_order: FulfillmentOrderId,
        to: HandOverTo,
    },
    Suspend {
        fulfillment_order: FulfillmentOrderId,
    },
    Resume {
        fulfillment_order: FulfillmentOrderId,
    },
    Pause {
        until: Option<Timestamp>,
    },
    Rush {
        extra_prep: Seconds,
        until: Option<Timestamp>,
    },
    Reopen,
    /// The board's screen is (not) acknowledging.
    ReportScreen {
        online: bool,
    },

    // From the order.
    /// The order was cancelled, or this share moved elsewhere.
    Cancel {
        fulfillment_order: FulfillmentOrderId,
        moved: bool,
    },
    /// Units taken off before packing.
    RemoveLines {
        fulfillment_order: FulfillmentOrderId,
        lines: Vec<LineUnits>,
    },
    /// The shopper asked where it is, or somebody answered that.
    HearReminder {
        fulfillment_order: FulfillmentOrderId,
        reminded: Reminded,
    },
    /// The delivery is granted to a courier: the board shows who comes and when.
    ExpectCourier {
        fulfillment_order: FulfillmentOrderId,
        courier: Option<CourierId>,
        at: Option<Timestamp>,
    },
    /// The courier who is expected stands at the counter: the board shows since when.
    MeetCourier {
        fulfillment_order: FulfillmentOrderId,
        courier: CourierId,
    },
    Complete {
        fulfillment_order: FulfillmentOrderId,
    },
    /// Goods of a failed delivery or parcel are back.
    TakeBack {
        fulfillment_order: FulfillmentOrderId,
    },

    TimerFired(Timer),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoreSettings {
    pub name: String,
    pub merchant: MerchantId,
    pub place: Place,
    pub area: ServiceArea,
    pub hours: OpeningHours,
    pub modes: Vec<FulfillmentMode>,
    /// Time to pick and pack an order when nothing else waits.
    pub prep_time: Seconds,
    /// More time for each further order in progress.
    pub prep_per_open_order: Seconds,
    /// Most orders promised within one capacity window (`policy.capacity_window_s`).
    pub capacity_per_window: u32,
    pub auto_accept: bool,
    /// Version of the headquarters document this came from.
    pub version: u64,
}

/// A store's share of an order, as the order hands it over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AssignFulfillment {
    pub fulfillment_order: FulfillmentOrderId,
    pub order: OrderId,
    pub reservation: ReservationId,
    pub mode: FulfillmentMode,
    pub lines: Vec<FulfillmentLine>,
    /// What the shopper was promised (end of the window).
    pub promised_by: Timestamp,
    /// Put it on the board only then.
    pub release_at: Option<Timestamp>,
    /// [`super::pickup_code::hash`] of the order's code; the shopper has the code.
    pub pickup_code_hash: Option<[u8; 32]>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FulfillmentLine {
    pub line: LineNumber,
    pub sku: vocabulary::SkuId,
    pub name: Box<str>,
    pub units: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "to")]
pub enum HandOverTo {
    Courier { courier: CourierId },
    Shopper { code: String },
    Carrier { carrier: String, tracking_number: String },
}

/// Why a store cannot do it; decides what happens to its stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RejectReason {
    /// None is there: on-hand of the line becomes what other orders have reserved.
    NotInStock,
    /// Fewer than recorded: on-hand falls by the rejected units.
    Mismatch,
    /// There, but not sellable: on-hand falls by the rejected units, kept as damaged.
    Damaged,
    /// The stock is fine.
    TooBusy,
    Closing,
    /// Nobody answered in time.
    Timeout,
    Other,
}
