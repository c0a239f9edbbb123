//! An order as it is shown: axes, lines, parts, deliveries, parcels, returns and refunds.

mod card;

use dispatch::eta::Eta;
use dispatch::order::line::LineUnits;
use dispatch::order::{
    CancelReason, DeliveryRollup, FeeShare, FulfillmentMode, FulfillmentRollup, HoldReason,
    LineAccount, MoneyShare, Order, OrderLine, OrderStatus, Part, PaymentMethod, PaymentRollup,
    Refund, RefundStatus, Return, ReturnRollup, VisibleStage,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vocabulary::{
    ChangeId, DeliveryId, FulfillmentOrderId, MemberId, Money, OrderId, PaymentId, ReturnId, SkuId,
    StoreId, Timestamp,
};

pub use card::{OrderCardView, OrderPage, card_of, order_card};

use super::aftercare::{RatingView, RemindersView, rating_view, reminders_view};
use super::delivery::{DeliveryView, ParcelView, delivery_view, parcel_view};
use super::place::Point;
use super::schema::{Fen, Id, Millis};

/// Everything about one order that its people may see.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OrderView {
    #[schema(value_type = Id)]
    pub order: OrderId,
    pub channel: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    #[schema(value_type = super::quote::Mode)]
    pub mode: FulfillmentMode,
    /// `placing`, `pending_payment`, `on_hold`, `open`, `completed`, `cancelled`, `expired`, `refused`.
    pub status: String,
    #[serde(flatten)]
    pub detail: StatusDetail,
    #[schema(value_type = Millis)]
    pub placed_at: Timestamp,
    /// The four stages every shopper knows; absent before all stores have accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub stage: Option<VisibleStage>,
    #[schema(value_type = String)]
    pub fulfillment_status: FulfillmentRollup,
    #[schema(value_type = String)]
    pub delivery_status: DeliveryRollup,
    #[schema(value_type = String)]
    pub payment_status: PaymentRollup,
    #[schema(value_type = String)]
    pub return_status: ReturnRollup,
    pub needs_attention: bool,
    /// The door; absent for a pickup.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destination: Option<Point>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Millis>)]
    pub wanted_at: Option<Timestamp>,
    pub lines: Vec<LineView>,
    pub parts: Vec<PartView>,
    pub deliveries: Vec<DeliveryView>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parcels: Vec<ParcelView>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub returns: Vec<ReturnView>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed_change: Option<ChangeView>,
    /// Absent for roles that do not see money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub money: Option<MoneyView>,
    /// That the shopper asked where it is; absent where nobody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminders: Option<RemindersView>,
    /// What the shopper said of it afterwards; never shown to couriers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<RatingView>,
    /// Until when it can be rated; only where one order is asked for and nobody has rated it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Millis>)]
    pub rate_until_at: Option<Timestamp>,
    /// What the shopper says at the door; only where its shopper asks for the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub door_code: Option<String>,
    /// What cancelling now would cost its shopper; only where its shopper asks for the order, and
    /// absent when it cannot be cancelled any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Fen>)]
    pub cancel_fee_fen: Option<Money>,
    /// Absent for roles that do not see people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shopper: Option<super::placing::ShopperBody>,
    /// Who bought it as a member; only where one order is asked for by somebody who may read members.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Id>)]
    pub member: Option<MemberId>,
    /// What happened when; only where one order is asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub timeline: Vec<Moment>,
}

/// What the status alone does not say.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StatusDetail {
    /// When an unpaid order is given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Millis>)]
    pub payment_due_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub hold_reason: Option<HoldReason>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub cancel_reason: Option<CancelReason>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused_because: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Millis>)]
    pub ended_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Millis>)]
    pub return_until_at: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MoneyView {
    #[schema(value_type = Id)]
    pub payment: PaymentId,
    #[schema(value_type = String)]
    pub payment_method: PaymentMethod,
    /// What was agreed at placing.
    #[schema(value_type = Fen)]
    pub payable_fen: Money,
    /// Less what is given back.
    #[schema(value_type = Fen)]
    pub net_payable_fen: Money,
    pub refunds: Vec<RefundView>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LineView {
    pub line: u16,
    #[schema(value_type = Id)]
    pub sku: SkuId,
    pub name: String,
    pub quantity: u32,
    /// Units that no store could do.
    pub unfillable: u32,
    /// Units taken off by a change or a cancellation.
    pub removed: u32,
    /// Units whose money went back.
    pub given_back: u32,
    /// Absent for roles that do not see money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<LinePriceView>,
}

/// The frozen money of a line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LinePriceView {
    #[schema(value_type = Fen)]
    pub list_price_fen: Money,
    #[schema(value_type = Fen)]
    pub unit_price_fen: Money,
    pub price_source: String,
    pub shares: Vec<ShareView>,
    pub fees: Vec<ShareView>,
    /// For all units, fees included.
    #[schema(value_type = Fen)]
    pub paid_fen: Money,
    pub tax_class: String,
    #[schema(value_type = Fen)]
    pub tax_fen: Money,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ShareView {
    pub source: String,
    pub bearer: String,
    #[schema(value_type = Fen)]
    pub amount_fen: Money,
}

/// Some units of one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnitsView {
    pub line: u16,
    #[schema(value_type = Id)]
    pub sku: SkuId,
    pub units: u32,
}

/// One store's share.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PartView {
    #[schema(value_type = Id)]
    pub fulfillment_order: FulfillmentOrderId,
    #[schema(value_type = Id)]
    pub store: StoreId,
    pub place: Point,
    pub status: String,
    pub lines: Vec<UnitsView>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distance_m: Option<u32>,
    #[schema(value_type = Millis)]
    pub ready_at: Timestamp,
    #[schema(value_type = Millis)]
    pub promised_from_at: Timestamp,
    #[schema(value_type = Millis)]
    pub promised_by_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Millis>)]
    pub release_at: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ReturnView {
    #[schema(value_type = Id)]
    pub return_id: ReturnId,
    pub status: String,
    pub lines: Vec<UnitsView>,
    pub reason: String,
    #[schema(value_type = Millis)]
    pub since_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RefundView {
    #[schema(value_type = Id)]
    pub refund: PaymentId,
    #[schema(value_type = Fen)]
    pub amount_fen: Money,
    pub why: String,
    /// `owed`, `confirmed` or `waived`.
    #[schema(value_type = String)]
    pub status: RefundStatus,
    pub lines: Vec<UnitsView>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ChangeView {
    #[schema(value_type = Id)]
    pub change: ChangeId,
    pub remove: Vec<UnitsView>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destination: Option<Point>,
    #[schema(value_type = Millis)]
    pub proposed_at: Timestamp,
}

/// One thing that happened, by its event's name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Moment {
    #[schema(value_type = Millis)]
    pub at: Timestamp,
    pub what: String,
}

/// The whole view, money included and people left out.
pub fn order_view(order: &Order, etas: &[(DeliveryId, Eta)]) -> OrderView {
    let eta_of = |id: DeliveryId| etas.iter().find(|(known, _)| *known == id).map(|(_, eta)| eta);
    OrderView {
        order: order.id,
        channel: order.terms.channel.to_string(),
        external_id: order.terms.external_id.as_deref().map(str::to_owned),
        mode: order.terms.mode,
        status: order.status_text().to_owned(),
        detail: detail(&order.status),
        placed_at: order.placed_at,
        stage: order.visible_stage(),
        fulfillment_status: order.fulfillment_status(),
        delivery_status: order.delivery_status(),
        payment_status: order.payment_status(),
        return_status: order.return_status(),
        needs_attention: order.needs_attention(),
        destination: order.destination.map(Point::from),
        wanted_at: order.terms.wanted_at,
        lines: lines(order),
        parts: order.parts.iter().map(part_view).collect(),
        deliveries: order
            .deliveries
            .iter()
            .map(|delivery| delivery_view(delivery, eta_of(delivery.delivery)))
            .collect(),
        parcels: order.parcels.iter().map(parcel_view).collect(),
        returns: order.returns.iter().map(return_view).collect(),
        proposed_change: order.proposed_change.as_ref().map(|change| ChangeView {
            change: change.change,
            remove: units(&change.remove),
            destination: change.destination.map(Point::from),
            proposed_at: change.proposed_at,
        }),
        money: Some(MoneyView {
            payment: order.payment_id(),
            payment_method: order.terms.payment_method,
            payable_fen: order.payable(),
            net_payable_fen: order.net_payable(),
            refunds: order.refunds.iter().map(refund_view).collect(),
        }),
        reminders: order.reminders.as_deref().map(reminders_view),
        rating: order.rating.as_deref().map(rating_view),
        rate_until_at: None,
        door_code: None,
        cancel_fee_fen: None,
        shopper: None,
        member: None,
        timeline: Vec::new(),
    }
}

impl OrderView {
    /// The same for somebody who may not know what was said of whom.
    pub fn without_rating(mut self) -> Self {
        self.rating = None;
        self
    }

    /// The same for somebody whose business prices are not.
    pub fn without_money(mut self) -> Self {
        self.money = None;
        self.lines.iter_mut().for_each(|line| line.price = None);
        self
    }
}

fn detail(status: &OrderStatus) -> StatusDetail {
    let none = StatusDetail::default();
    match status {
        OrderStatus::Unborn
        | OrderStatus::Placing { .. }
        | OrderStatus::Expired
        | OrderStatus::Open => none,
        OrderStatus::Refused { because } => {
            StatusDetail { refused_because: Some(because.to_string()), ..none }
        }
        OrderStatus::PendingPayment { due } => StatusDetail { payment_due_at: Some(*due), ..none },
        OrderStatus::OnHold { reason } => StatusDetail { hold_reason: Some(*reason), ..none },
        OrderStatus::Completed { at, return_until } => {
            StatusDetail { ended_at: Some(*at), return_until_at: Some(*return_until), ..none }
        }
        OrderStatus::Cancelled { reason, at } => {
            StatusDetail { cancel_reason: Some(*reason), ended_at: Some(*at), ..none }
        }
    }
}

fn lines(order: &Order) -> Vec<LineView> {
    let accounts = order.accounts.iter().copied().chain(std::iter::repeat(LineAccount::default()));
    order.terms.lines.iter().zip(accounts).map(|(line, account)| line_view(line, account)).collect()
}

fn line_view(line: &OrderLine, account: LineAccount) -> LineView {
    LineView {
        line: line.line,
        sku: line.sku,
        name: line.name.to_string(),
        quantity: line.quantity.get(),
        unfillable: account.unfillable,
        removed: account.removed,
        given_back: account.given_back,
        price: Some(LinePriceView {
            list_price_fen: line.list_price,
            unit_price_fen: line.unit_price,
            price_source: line.price_source.to_string(),
            shares: line.shares.iter().map(share_view).collect(),
            fees: line.fees.iter().map(fee_view).collect(),
            paid_fen: line.paid,
            tax_class: line.tax_class.to_string(),
            tax_fen: line.tax,
        }),
    }
}

/// Fees are borne by whoever orders.
fn fee_view(fee: &FeeShare) -> ShareView {
    let (source, bearer) = (fee.source.to_string(), "shopper".to_owned());
    ShareView { source, bearer, amount_fen: fee.amount }
}

fn share_view(share: &MoneyShare) -> ShareView {
    ShareView {
        source: share.source.to_string(),
        bearer: share.bearer.to_string(),
        amount_fen: share.amount,
    }
}

pub(crate) fn units(lines: &[LineUnits]) -> Vec<UnitsView> {
    let view = |line: &LineUnits| UnitsView { line: line.line, sku: line.sku, units: line.units };
    lines.iter().map(view).collect()
}

fn part_view(part: &Part) -> PartView {
    PartView {
        fulfillment_order: part.fulfillment_order,
        store: part.store,
        place: part.place.into(),
        status: part.status.text().to_owned(),
        lines: units(&part.lines),
        distance_m: part.distance.map(|distance| distance.0),
        ready_at: part.ready_at,
        promised_from_at: part.promised_from,
        promised_by_at: part.promised_by,
        release_at: part.release_at,
    }
}

fn return_view(known: &Return) -> ReturnView {
    ReturnView {
        return_id: known.return_id,
        status: known.status.text().to_owned(),
        lines: units(&known.lines),
        reason: known.reason.to_string(),
        since_at: known.since,
    }
}

fn refund_view(refund: &Refund) -> RefundView {
    RefundView {
        refund: refund.refund,
        amount_fen: refund.amount,
        why: refund.why.text().to_owned(),
        status: refund.status,
        lines: units(&refund.lines),
    }
}
