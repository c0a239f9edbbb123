//! The two ways in: what people can do and see, whether the city lives in this process under
//! paused time ([`direct`]) or behind a server's HTTP and WebSockets ([`wire`]).
//!
//! A door carries words and shows pictures. It never decides what a person does, and it never
//! hides a no: every failure comes back with its code.

mod deed;
pub mod direct;
mod keys;
mod views;
mod watched;
pub mod wire;

use std::sync::Arc;

use commerce::QuotePolicy;
use dispatch::order::{FulfillmentMode, PaymentMethod};
use vocabulary::{
    Clock, CourierId, FulfillmentOrderId, MemberId, Money, OrderId, PaymentId, Place, SkuId,
    StoreId, Timestamp, TransferId,
};

use crate::feed::RawEvent;
use crate::referee::Frame;
use crate::town::Town;

pub use deed::{Act, Deed, Seat, Taker, Units};
pub use views::{
    BoardView, Card, CardStatus, CourierView, DeliveryStatus, DeliveryView, OfferView, OrderView,
    ParcelView, PartView, ReturnView, StopKind, StopView, TaskView,
};
pub use watched::Watched;

/// What bringing an order costs its shopper where nobody set fees: in this process, and in scripts
/// over the wire.
pub const FLAT_FEE: Money = Money::fen(400);

/// Headquarters asks the same for bringing any order.
fn flat_fee(fee: Money) -> QuotePolicy {
    let mut policy = QuotePolicy::default();
    for carriage in [&mut policy.fees.delivery, &mut policy.fees.express] {
        carriage.base = fee;
        carriage.step = Money::ZERO;
        carriage.free_from = None;
    }
    policy
}

/// What people can do and see. One implementation plays in this process, one over the wire; the
/// people who use them do not know which.
#[expect(async_fn_in_trait, reason = "everything here lives on one thread")]
pub trait Doors: 'static {
    /// The city's time, which every delay of a person is measured in.
    fn clock(&self) -> Arc<dyn Clock>;

    /// Headquarters enters the town: goods, stores, stock, couriers. Done again it changes nothing.
    async fn furnish(&self, town: &Town) -> Result<(), Failure>;

    /// Prices a basket and places it.
    async fn place(&self, placement: &Placement) -> Result<Receipt, Failure>;

    async fn act(&self, act: &Act) -> Result<(), Failure>;

    /// Plans goods of one SKU from one store to another; the source keeps them for it.
    async fn send_goods(
        &self,
        from: StoreId,
        to: StoreId,
        goods: (SkuId, u32),
        key: &str,
    ) -> Result<TransferId, Failure>;

    /// What lies on a store's shelves now, by SKU.
    async fn shelves(&self, store: StoreId) -> Result<Vec<(SkuId, i64)>, Failure>;

    /// The shopper with this phone asks to be forgotten as a member.
    async fn forget_member(&self, phone: &str) -> Result<(), Failure>;

    /// What these members can spend now, as the house shows it.
    async fn wallets(&self, of: &[MemberId]) -> Result<Vec<Wallet>, Failure>;

    /// Positions are told and forgotten: nobody answers.
    async fn positions(&self, courier: CourierId, pings: Vec<Ping>);

    /// An order as it stands now, for whoever has no picture of it on a screen.
    async fn order(&self, order: OrderId) -> Result<OrderView, Failure>;

    /// Where a courier was last seen by an earlier run; nowhere in a city that has just begun.
    async fn last_seen(&self, _courier: CourierId) -> Option<Place> {
        None
    }

    /// Whether answers take time that is worth measuring. In this process they take none.
    fn answers_take_time(&self) -> bool {
        true
    }

    /// A seat loses its network for a span of the city's time. In this process there is none.
    fn disconnect(&self, seat: Seat, lasts: std::time::Duration);

    fn watch_order(&self, order: OrderId) -> Watched<OrderView>;
    fn watch_board(&self, store: StoreId) -> Watched<BoardView>;
    fn watch_courier(&self, courier: CourierId) -> Watched<CourierView>;

    /// Events of the partition after a sequence, as raw rows for the referee. Empty at the end.
    async fn feed(&self, after: u64) -> Result<Vec<RawEvent>, Failure>;

    /// Events of the members' partition after a sequence; empty where members shop elsewhere.
    async fn members_feed(&self, _after: u64) -> Result<Vec<RawEvent>, Failure> {
        Ok(Vec::new())
    }

    /// What the house settles every store's days for, with the last event that is in it; `None`
    /// where nobody keeps books behind this door.
    async fn settlements(&self) -> Result<Option<Settled>, Failure> {
        Ok(None)
    }

    /// What came in over sockets since the last call. In this process there are none.
    fn heard(&self) -> Heard {
        Heard::default()
    }
}

/// A member's points that have not expired, those owed aside, and the coupons that are neither used,
/// nor expired, nor held for an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wallet {
    pub member: MemberId,
    /// When it was so, by the house's clock.
    pub at_ms: i64,
    pub points: u64,
    pub owed: u64,
    pub coupons: usize,
}

/// Whether a basket that was refused so may be had without coupons, points or a campaign that has
/// nothing left: somebody else of the same account or of the same chain was faster.
fn may_quote_again(code: &str) -> bool {
    ["coupon_gone", "coupon_held", "not_enough_points", "member_unknown", "budget_spent"]
        .contains(&code)
}

/// Settlements as the house shows them.
#[derive(Debug, Clone, PartialEq)]
pub struct Settled {
    /// The last event that is in them for certain.
    pub seq: u64,
    /// A row for each day of each store.
    pub rows: Vec<serde_json::Value>,
}

/// What sockets brought.
#[derive(Debug, Default)]
pub struct Heard {
    pub frames: Vec<Frame>,
    pub frame_count: u64,
    pub sockets_opened: u64,
    /// Times a screen was told to start afresh.
    pub resets: u64,
}

/// Why something was not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct Failure {
    pub code: String,
    pub message: String,
    /// The same words with the same key may be answered later.
    pub retryable: bool,
}

/// One measured position of a courier's telephone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ping {
    pub place: Place,
    pub at: Timestamp,
}

/// A basket and how it shall reach its shopper.
#[derive(Debug, Clone)]
pub struct Placement {
    /// The idempotency key.
    pub key: String,
    pub name: String,
    pub phone: String,
    pub address: String,
    pub mode: FulfillmentMode,
    /// The door; absent for pickup.
    pub destination: Option<Place>,
    pub lines: Vec<(SkuId, u32)>,
    pub payment: PaymentMethod,
    /// The store of a pickup, or the one the shopper insists on.
    pub store: Option<StoreId>,
    pub wanted_at: Option<Timestamp>,
}

/// What a shopper is told after placing.
#[derive(Debug, Clone)]
pub struct Receipt {
    pub order: OrderId,
    pub payment: PaymentId,
    pub payable: Money,
    pub parts: Vec<(FulfillmentOrderId, StoreId)>,
    pub pickup_code: Option<String>,
}

impl Failure {
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), retryable: false }
    }

    pub fn retryable(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), retryable: true }
    }
}
