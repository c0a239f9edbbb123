//! A store's board, and what its people tell it.

use dispatch::order::FulfillmentMode;
use dispatch::store::{
    FulfillmentOrder, FulfillmentState, HandOverTo, RejectReason, Store, StoreStatus,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vocabulary::{CourierId, FulfillmentOrderId, OrderId, SkuId, StoreId, Timestamp};

use super::schema::{Id, Millis};
use super::store::status_details;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BoardView {
    #[schema(value_type = Id)]
    pub store: StoreId,
    pub status: BoardStatus,
    /// In order of what was promised first.
    pub fulfillment_orders: Vec<BoardCard>,
    /// SKUs at or below their reorder points.
    #[serde(default)]
    #[schema(value_type = Vec<Id>)]
    pub low_stock: Vec<SkuId>,
    /// Screens that are open on this board now; only where the board is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listeners: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BoardStatus {
    /// `open`, `paused`, `rush` or `offline`.
    pub status: StatusName,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Millis>)]
    pub until_at: Option<Timestamp>,
    pub extra_prep_s: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StatusName {
    Open,
    Paused,
    Rush,
    Offline,
}

pub fn board_status(status: StoreStatus) -> BoardStatus {
    let (until_at, extra_prep) = status_details(status);
    let status = match status {
        StoreStatus::Open => StatusName::Open,
        StoreStatus::Paused { .. } => StatusName::Paused,
        StoreStatus::Rush { .. } => StatusName::Rush,
        StoreStatus::Offline => StatusName::Offline,
    };
    BoardStatus { status, until_at, extra_prep_s: extra_prep.0 }
}

/// One fulfillment order on the board. One that has ended leaves it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BoardCard {
    #[schema(value_type = Id)]
    pub fulfillment_order: FulfillmentOrderId,
    #[schema(value_type = Id)]
    pub order: OrderId,
    /// The number called out and written on the bag; absent while scheduled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u16>,
    #[schema(value_type = super::quote::Mode)]
    pub mode: FulfillmentMode,
    pub status: String,
    /// Whether nothing more can happen to it: the card leaves the board.
    pub is_over: bool,
    pub lines: Vec<BoardLine>,
    #[schema(value_type = Millis)]
    pub promised_by_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Millis>)]
    pub accept_by_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Millis>)]
    pub ready_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Millis>)]
    pub release_at: Option<Timestamp>,
    /// Who comes for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Id>)]
    pub courier: Option<CourierId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Millis>)]
    pub courier_at: Option<Timestamp>,
    /// Since when the courier waits at the counter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Millis>)]
    pub courier_here_at: Option<Timestamp>,
    /// Whether the shopper must say a code.
    pub needs_code: bool,
    /// That the shopper asked where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminded: Option<CardReminder>,
    #[schema(value_type = Millis)]
    pub since_at: Timestamp,
}

/// A shopper who asks. Screens call it out until somebody has answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CardReminder {
    pub count: u32,
    #[schema(value_type = Millis)]
    pub at: Timestamp,
    pub is_answered: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BoardLine {
    pub line: u16,
    #[schema(value_type = Id)]
    pub sku: SkuId,
    pub name: String,
    pub units: u32,
}

pub fn board_card(id: FulfillmentOrderId, known: &FulfillmentOrder) -> BoardCard {
    let times = Times::of(&known.state);
    BoardCard {
        fulfillment_order: id,
        order: known.order,
        number: known.board.map(|board| board.number),
        mode: known.mode,
        status: known.status_text().to_owned(),
        is_over: known.state.is_over(),
        lines: known
            .lines
            .iter()
            .map(|line| BoardLine {
                line: line.line,
                sku: line.sku,
                name: line.name.to_string(),
                units: line.units,
            })
            .collect(),
        promised_by_at: known.promised_by,
        accept_by_at: times.accept_by,
        ready_at: times.ready,
        release_at: times.release,
        courier: known.courier.as_ref().map(|expected| expected.courier),
        courier_at: known.courier.as_ref().and_then(|expected| expected.at),
        courier_here_at: known.courier.as_ref().and_then(|expected| expected.arrived_at),
        needs_code: known.code.is_some(),
        reminded: known.reminded.as_deref().map(|told| CardReminder {
            count: told.count,
            at: told.at,
            is_answered: told.is_answered,
        }),
        since_at: known.since,
    }
}

/// The whole board of a store: everything that has not ended.
pub fn board_view(store: &Store) -> BoardView {
    let live = store.fulfillment_orders().iter().filter(|(_, known)| known.is_live());
    let mut cards: Vec<BoardCard> = live.map(|(id, known)| board_card(*id, known)).collect();
    cards.sort_by_key(|card| (card.promised_by_at, card.fulfillment_order));
    BoardView {
        store: store.id(),
        status: board_status(store.status()),
        fulfillment_orders: cards,
        low_stock: Vec::new(),
        listeners: None,
    }
}

#[derive(Default)]
struct Times {
    accept_by: Option<Timestamp>,
    ready: Option<Timestamp>,
    release: Option<Timestamp>,
}

impl Times {
    fn of(state: &FulfillmentState) -> Self {
        let none = Self::default();
        match state {
            FulfillmentState::Scheduled { release_at } => {
                Self { release: Some(*release_at), ..none }
            }
            FulfillmentState::Assigned { accept_by } => {
                Self { accept_by: Some(*accept_by), ..none }
            }
            FulfillmentState::Accepted { ready_at } | FulfillmentState::Picking { ready_at } => {
                Self { ready: Some(*ready_at), ..none }
            }
            FulfillmentState::OnHold { was } => Self::of(was),
            FulfillmentState::Ready { .. }
            | FulfillmentState::HandedOver { .. }
            | FulfillmentState::Completed
            | FulfillmentState::Returned
            | FulfillmentState::Rejected { .. }
            | FulfillmentState::Cancelled { .. }
            | FulfillmentState::Moved => none,
        }
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AcceptBody {
    /// Absent: as the store's settings say.
    pub ready_in_s: Option<u32>,
}

/// Units of a line that cannot be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LineUnitsBody {
    pub line: u16,
    pub units: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RejectBody {
    /// Absent or empty: all of it.
    #[serde(default)]
    pub lines: Vec<LineUnitsBody>,
    /// `not_in_stock`, `mismatch`, `damaged`, `too_busy`, `closing` or `other`.
    #[schema(value_type = String)]
    pub reason: RejectReason,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShortPickBody {
    pub lines: Vec<LineUnitsBody>,
    #[serde(default = "mismatch")]
    #[schema(value_type = String)]
    pub reason: RejectReason,
}

fn mismatch() -> RejectReason {
    RejectReason::Mismatch
}

/// Who takes the goods: `{"to":"courier","courier":…}`, `{"to":"shopper","code":…}` or
/// `{"to":"carrier","carrier":…,"tracking_number":…}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "to", rename_all = "snake_case", deny_unknown_fields)]
pub enum HandOverBody {
    Courier {
        #[schema(value_type = Id)]
        courier: CourierId,
    },
    Shopper {
        code: String,
    },
    Carrier {
        carrier: String,
        tracking_number: String,
    },
}

impl From<HandOverBody> for HandOverTo {
    fn from(body: HandOverBody) -> Self {
        match body {
            HandOverBody::Courier { courier } => Self::Courier { courier },
            HandOverBody::Shopper { code } => Self::Shopper { code },
            HandOverBody::Carrier { carrier, tracking_number } => {
                Self::Carrier { carrier, tracking_number }
            }
        }
    }
}
