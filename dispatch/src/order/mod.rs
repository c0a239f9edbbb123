//! An order from placing to its last returned unit: which stores do which part of it, which
//! courier carries each delivery, what was paid and what was given back.
//!
//! The [`Order`] is sole writer of its deliveries, parcels, returns and money shares, and grants a
//! delivery attempt once. Of a store's work it keeps a projection that only follows reports. It
//! never plans (planners answer it), never counts stock and never talks to a bank.

mod apply;
mod books;
mod command;
mod decide;
mod delivery;
mod draft;
mod event;
pub mod line;
mod money;
mod parcel;
mod part;
mod pool;
mod proof;
mod rating;
mod reminder;
mod resume;
mod returns;
mod rollup;
mod sourcing;
mod status;
mod terms;
#[cfg(test)]
mod tests;
mod uses;

pub use command::*;
pub use delivery::{
    Assignment, Delivery, DeliveryStatus, LiveOffer, OfferedTo, Stage, Steering, SteeringOrder,
};
pub use event::OrderEvent;
pub use line::{FeeShare, LineNumber, LineUnits, MoneyShare, OrderLine, UnitMoney};
pub use money::{PaymentStanding, Refund, RefundStatus, RefundWhy};
pub use parcel::Parcel;
pub use part::{HoldPurpose, Part, PartStatus};
pub use proof::{CodeTries, Evidence, KeptPicture, PictureOf, ProofOfDelivery};
pub use rating::{Rating, RatingTag, RatingWords};
pub use reminder::{ReminderAnswer, Reminders};
pub use returns::{Return, ReturnStatus};
pub use rollup::{DeliveryRollup, FulfillmentRollup, PaymentRollup, ReturnRollup, VisibleStage};
pub use sourcing::{Exclusion, MoveQuestion, OpenRequest};
pub use status::{Change, LineAccount, OrderStatus};
pub use terms::{PlannedPart, Shortage, Terms};
pub use uses::{BudgetUse, MemberUses, POINTS, Uses, UsesBack, UsesProgress, UsesReport};

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use vocabulary::{DeliveryId, FulfillmentOrderId, Money, OrderId, PaymentId, Place, Timestamp};

use crate::{Context, Decision, Effect, Machine, Refusal};

/// Everything one order knows. Plain data: its state row is this, serialised.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Order {
    pub id: OrderId,
    pub status: OrderStatus,
    /// What was agreed at placing; never changes, so copies of an order share it.
    pub terms: Arc<Terms>,
    pub placed_at: Timestamp,
    /// The door as it is now: a confirmed change may have moved it.
    pub destination: Option<Place>,
    /// What became of each line's units besides those in parts; parallel to `terms.lines`.
    pub accounts: Vec<LineAccount>,
    /// One store's share each, in the order in which they were planned; ended ones stay.
    pub parts: Vec<Part>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deliveries: Vec<Delivery>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parcels: Vec<Parcel>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub returns: Vec<Return>,
    pub payment: PaymentStanding,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refunds: Vec<Refund>,
    /// The review that awaits the order once it is paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspend_when_paid: Option<HoldReason>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed_change: Option<Box<Change>>,
    /// How many changes were ever proposed.
    pub change_count: u32,
    /// Questions to the planner that are not answered yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requests: Vec<OpenRequest>,
    /// How many questions the planner was ever asked.
    pub request_count: u32,
    /// How often lines had to be sourced again.
    pub resourcing_count: u32,
    /// Stores that refused lines.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclusions: Vec<Exclusion>,
    /// How often the shopper asked where it is; absent where nobody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminders: Option<Box<Reminders>>,
    /// What the shopper said of it afterwards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<Box<Rating>>,
    /// Pictures and wrong codes of its doors; absent where no door had any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Box<Evidence>>,
}

impl Order {
    /// The unborn order: nothing about it is known but its id.
    pub fn new(id: OrderId) -> Self {
        Self {
            id,
            status: OrderStatus::Unborn,
            terms: Arc::new(Terms::unborn()),
            placed_at: Timestamp::default(),
            destination: None,
            accounts: Vec::new(),
            parts: Vec::new(),
            deliveries: Vec::new(),
            parcels: Vec::new(),
            returns: Vec::new(),
            payment: PaymentStanding::Unpaid,
            refunds: Vec::new(),
            suspend_when_paid: None,
            proposed_change: None,
            change_count: 0,
            requests: Vec::new(),
            request_count: 0,
            resourcing_count: 0,
            exclusions: Vec::new(),
            reminders: None,
            rating: None,
            evidence: None,
        }
    }

    /// The payment of this order; told to exist once all stock is held.
    pub fn payment_id(&self) -> PaymentId {
        child(self.id, Child::Payment, 0)
    }

    pub fn line(&self, line: LineNumber) -> Option<&OrderLine> {
        self.terms.lines.iter().find(|known| known.line == line)
    }

    pub fn part(&self, fulfillment_order: FulfillmentOrderId) -> Option<&Part> {
        self.parts.iter().find(|part| part.fulfillment_order == fulfillment_order)
    }

    pub fn delivery(&self, delivery: DeliveryId) -> Option<&Delivery> {
        self.deliveries.iter().find(|known| known.delivery == delivery)
    }

    /// The delivery that carries a part now or carried it last.
    pub fn delivery_of(&self, fulfillment_order: FulfillmentOrderId) -> Option<&Delivery> {
        self.deliveries.iter().rev().find(|known| known.fulfillment_order == fulfillment_order)
    }

    /// What is paid or to be paid for all of it, before refunds.
    pub fn payable(&self) -> Money {
        self.terms.payable
    }

    /// The status in one word of the domain.
    pub fn status_text(&self) -> &'static str {
        self.status.text()
    }

    /// Whether recovery must load it: it is not over, or a return or refund of it is open.
    pub fn is_live(&self) -> bool {
        match &self.status {
            OrderStatus::Unborn => false,
            OrderStatus::Placing { .. }
            | OrderStatus::PendingPayment { .. }
            | OrderStatus::OnHold { .. }
            | OrderStatus::Open => true,
            OrderStatus::Refused { .. }
            | OrderStatus::Expired
            | OrderStatus::Completed { .. }
            | OrderStatus::Cancelled { .. } => {
                self.returns.iter().any(Return::is_open)
                    || (self.money_is_in() && self.refunds.iter().any(Refund::is_open))
            }
        }
    }
}

impl Machine for Order {
    type Command = OrderCommand;
    type Event = OrderEvent;

    fn decide(
        &self,
        command: &OrderCommand,
        context: &Context<'_>,
    ) -> Result<Decision<OrderEvent>, Refusal> {
        decide::decide(self, command, context)
    }

    fn apply(&mut self, event: &OrderEvent, at: Timestamp) {
        apply::apply(self, event, at);
    }

    fn resume(&self, now: Timestamp) -> Vec<Effect> {
        resume::resume(self, now)
    }
}
