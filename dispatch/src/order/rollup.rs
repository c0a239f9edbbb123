//! What others see at a glance, computed from the parts and never stored.

use serde::{Deserialize, Serialize};

use super::delivery::{Delivery, DeliveryStatus, Stage};
use super::line::LineUnits;
use super::part::{Part, PartStatus, Phase, Work};
use super::{
    FulfillmentMode, Order, OrderStatus, ParcelStatus, PaymentStanding, RefundStatus, Return,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FulfillmentRollup {
    Unfulfilled,
    Partial,
    Fulfilled,
}

/// The least advanced of the order's live deliveries or parcels, unless one needs attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryRollup {
    /// Collected at the store, or nothing to carry yet.
    None,
    Waiting,
    Assigned,
    PickedUp,
    OnTheWay,
    Delivered,
    /// A failed attempt, goods on their way back, or goods lost.
    Incident,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnRollup {
    None,
    Requested,
    Partial,
    Returned,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentRollup {
    Unpaid,
    Secured,
    Captured,
    PartiallyRefunded,
    Refunded,
    Failed,
}

/// The four stages every shopper knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VisibleStage {
    /// 商家接单
    Accepted,
    /// 商品出库
    HandedOver,
    /// 配送中
    OnTheWay,
    /// 已送达
    Delivered,
}

impl VisibleStage {
    pub fn text(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::HandedOver => "handed_over",
            Self::OnTheWay => "on_the_way",
            Self::Delivered => "delivered",
        }
    }
}

impl Order {
    pub fn fulfillment_status(&self) -> FulfillmentRollup {
        let mut parts = self.counting_parts().peekable();
        if parts.peek().is_none() {
            return FulfillmentRollup::Unfulfilled;
        }
        let (mut any, mut all) = (false, true);
        for part in parts {
            any |= part.has_left();
            all &= part.has_left();
        }
        match (any, all && self.requests.is_empty()) {
            (true, true) => FulfillmentRollup::Fulfilled,
            (true, false) => FulfillmentRollup::Partial,
            (false, _) => FulfillmentRollup::Unfulfilled,
        }
    }

    pub fn delivery_status(&self) -> DeliveryRollup {
        let deliveries = self.deliveries.iter().filter_map(delivery_rollup);
        let parcels = self.parcels.iter().map(|parcel| parcel_rollup(parcel.status));
        let all: Vec<_> = deliveries.chain(parcels).collect();
        if all.contains(&DeliveryRollup::Incident) {
            return DeliveryRollup::Incident;
        }
        all.into_iter().min().unwrap_or(DeliveryRollup::None)
    }

    pub fn return_status(&self) -> ReturnRollup {
        let claimed = self.returns.iter().filter(|known| known.claims_its_units());
        let (arrived, underway): (Vec<&Return>, Vec<&Return>) =
            claimed.partition(|known| known.has_arrived());
        let units = |lines: &[LineUnits]| lines.iter().map(|line| line.units).sum::<u32>();
        let back: u32 = arrived.iter().map(|known| units(&known.lines)).sum();
        let completed = self.parts.iter().filter(|part| part.status == PartStatus::Completed);
        let had: u32 = completed.map(|part| units(&part.lines)).sum();
        match (back, underway.is_empty()) {
            (0, true) => ReturnRollup::None,
            (0, false) => ReturnRollup::Requested,
            (back, _) if back >= had => ReturnRollup::Returned,
            (_, _) => ReturnRollup::Partial,
        }
    }

    pub fn payment_status(&self) -> PaymentRollup {
        let confirmed = self.refunds.iter().filter(|known| known.status == RefundStatus::Confirmed);
        let back: vocabulary::Money = confirmed.map(|known| known.amount).sum();
        match self.payment {
            PaymentStanding::Unpaid => PaymentRollup::Unpaid,
            PaymentStanding::Failed => PaymentRollup::Failed,
            PaymentStanding::Secured | PaymentStanding::Captured
                if back > vocabulary::Money::ZERO =>
            {
                if back >= self.terms.payable {
                    PaymentRollup::Refunded
                } else {
                    PaymentRollup::PartiallyRefunded
                }
            }
            PaymentStanding::Secured => PaymentRollup::Secured,
            PaymentStanding::Captured => PaymentRollup::Captured,
        }
    }

    /// The stage that every part has reached; `None` before all stores have accepted, and when
    /// nothing of the order is going to arrive.
    pub fn visible_stage(&self) -> Option<VisibleStage> {
        if !self.requests.iter().all(|request| !request.owns_its_units()) {
            return None;
        }
        let stages = self.counting_parts().map(|part| self.stage_of(part));
        stages.min().flatten()
    }

    /// Parts whose goods go or went to the shopper.
    fn counting_parts(&self) -> impl Iterator<Item = &Part> {
        self.parts.iter().filter(|part| match part.status.phase() {
            Phase::Planned | Phase::AtStore(_) | Phase::Away | Phase::Completed => {
                part.owns_its_units()
            }
            Phase::Failed | Phase::GivenUp => false,
        })
    }

    fn stage_of(&self, part: &Part) -> Option<VisibleStage> {
        match part.status.phase() {
            Phase::Completed => Some(VisibleStage::Delivered),
            Phase::Away => Some(self.stage_outside(part)),
            Phase::AtStore(work) => (work >= Work::Accepted).then_some(VisibleStage::Accepted),
            Phase::Planned | Phase::Failed | Phase::GivenUp => None,
        }
    }

    /// How far goods are that left the store.
    fn stage_outside(&self, part: &Part) -> VisibleStage {
        let on_the_way = match self.terms.mode {
            FulfillmentMode::Pickup => false,
            FulfillmentMode::Delivery => {
                self.delivery_of(part.fulfillment_order).is_some_and(|delivery| {
                    delivery_rollup(delivery) >= Some(DeliveryRollup::OnTheWay)
                })
            }
            FulfillmentMode::Express => self.parcels.iter().any(|parcel| {
                parcel.fulfillment_order == part.fulfillment_order
                    && parcel.status >= ParcelStatus::InTransit
            }),
        };
        if on_the_way { VisibleStage::OnTheWay } else { VisibleStage::HandedOver }
    }

    /// Whether a person should look at it: an escalated delivery or an incident.
    pub fn needs_attention(&self) -> bool {
        let open = matches!(self.status, OrderStatus::Open);
        let escalated = |known: &Delivery| known.escalated && known.courier().is_none();
        open && (self.delivery_status() == DeliveryRollup::Incident
            || self.deliveries.iter().any(|known| !known.is_over() && escalated(known)))
    }
}

/// `None` for a delivery that was called off: another part of the order took its place.
fn delivery_rollup(delivery: &Delivery) -> Option<DeliveryRollup> {
    Some(match &delivery.status {
        DeliveryStatus::Unassigned | DeliveryStatus::Offering { .. } => DeliveryRollup::Waiting,
        DeliveryStatus::InHand { stage, .. } => match stage {
            Stage::Assigned | Stage::EnRouteToPickup | Stage::ArrivedAtPickup => {
                DeliveryRollup::Assigned
            }
            Stage::PickedUp => DeliveryRollup::PickedUp,
            Stage::EnRouteToDropoff | Stage::ArrivedAtDropoff => DeliveryRollup::OnTheWay,
        },
        DeliveryStatus::Delivered { .. } => DeliveryRollup::Delivered,
        DeliveryStatus::FailedAttempt { .. }
        | DeliveryStatus::Returning { .. }
        | DeliveryStatus::Returned { .. }
        | DeliveryStatus::Lost { .. } => DeliveryRollup::Incident,
        DeliveryStatus::Cancelled { .. } => return None,
    })
}

fn parcel_rollup(status: ParcelStatus) -> DeliveryRollup {
    match status {
        ParcelStatus::Created => DeliveryRollup::PickedUp,
        ParcelStatus::InTransit => DeliveryRollup::OnTheWay,
        ParcelStatus::Delivered => DeliveryRollup::Delivered,
        ParcelStatus::Returning | ParcelStatus::Returned | ParcelStatus::Lost => {
            DeliveryRollup::Incident
        }
    }
}
