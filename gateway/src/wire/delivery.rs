//! Deliveries and parcels, and what couriers and dispatchers say about them.

use dispatch::eta::{Confidence, Eta};
use dispatch::order::{
    Delivery, DeliveryStatus, DeliveryStep, FailureReason, Parcel, ParcelStep, ProofOfDelivery,
    ReturnCondition, Steer,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vocabulary::{
    CourierId, DeliveryId, FulfillmentOrderId, ParcelId, Seconds, StoreId, Timestamp,
};

use super::aftercare::{ProofBody, ProofView, need_view, proof_view};
use super::board::LineUnitsBody;
use super::fault::{Code, Fault};
use super::schema::{Id, Millis};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DeliveryView {
    #[schema(value_type = Id)]
    pub delivery: DeliveryId,
    #[schema(value_type = Id)]
    pub fulfillment_order: FulfillmentOrderId,
    /// The last attempt that was offered; 0 when none was.
    pub attempt: u32,
    /// `unassigned`, `offering`, `assigned`, `en_route_to_pickup`, `arrived_at_pickup`,
    /// `picked_up`, `en_route_to_dropoff`, `arrived_at_dropoff`, `delivered`, `failed_attempt`,
    /// `returning`, `returned`, `lost`, `cancelled`.
    pub status: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Id>)]
    pub courier: Option<CourierId>,
    /// Unanswered rounds of offers so far.
    pub rounds: u32,
    /// Failed attempts at the door.
    pub failures: u32,
    pub escalated: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub failure: Option<FailureReason>,
    /// When a failed attempt is tried again by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Millis>)]
    pub retry_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Millis>)]
    pub ended_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eta: Option<EtaView>,
    /// What `delivered` must be proved by at least: `photo`, `signature` or `code`, each of which
    /// serves for those before it. Absent: the courier's word suffices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needs_proof: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<ProofView>,
}

/// A prediction, which moves; a promise does not.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EtaView {
    /// At the door.
    #[schema(value_type = Millis)]
    pub at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Millis>)]
    pub pickup_at: Option<Timestamp>,
    pub confidence: ConfidenceView,
    /// Other people's doors that the courier comes to first.
    #[serde(default)]
    pub doors_before: u32,
    /// The next four add up to the time from now to the door.
    pub other_stops_s: u32,
    pub wait_s: u32,
    pub travel_s: u32,
    pub handover_s: u32,
    /// How old the position is that this starts from.
    pub position_age_s: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConfidenceView {
    /// Nobody is assigned, or the courier is not heard.
    Low,
    Medium,
    /// The goods are on board of a courier that is heard.
    High,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ParcelView {
    #[schema(value_type = Id)]
    pub parcel: ParcelId,
    #[schema(value_type = Id)]
    pub fulfillment_order: FulfillmentOrderId,
    pub carrier: String,
    pub tracking_number: String,
    pub status: String,
    #[schema(value_type = Millis)]
    pub since_at: Timestamp,
}

pub(crate) fn delivery_view(delivery: &Delivery, eta: Option<&Eta>) -> DeliveryView {
    let (failure, retry_at, ended_at) = match &delivery.status {
        DeliveryStatus::FailedAttempt { reason, retry_at, .. } => {
            (Some(*reason), Some(*retry_at), None)
        }
        DeliveryStatus::Delivered { at, .. }
        | DeliveryStatus::Returned { at, .. }
        | DeliveryStatus::Lost { at, .. }
        | DeliveryStatus::Cancelled { at } => (None, None, Some(*at)),
        DeliveryStatus::Unassigned
        | DeliveryStatus::Offering { .. }
        | DeliveryStatus::InHand { .. }
        | DeliveryStatus::Returning { .. } => (None, None, None),
    };
    DeliveryView {
        delivery: delivery.delivery,
        fulfillment_order: delivery.fulfillment_order,
        attempt: delivery.attempt,
        status: delivery.status.text().to_owned(),
        courier: delivery.courier(),
        rounds: delivery.rounds,
        failures: delivery.failures,
        escalated: delivery.escalated,
        failure,
        retry_at,
        ended_at,
        eta: eta.map(eta_view),
        needs_proof: need_view(delivery.need),
        proof: proof_view(&delivery.status),
    }
}

pub fn eta_view(eta: &Eta) -> EtaView {
    EtaView {
        at: eta.at,
        pickup_at: eta.pickup_at,
        confidence: match eta.confidence {
            Confidence::Low => ConfidenceView::Low,
            Confidence::Medium => ConfidenceView::Medium,
            Confidence::High => ConfidenceView::High,
        },
        doors_before: eta.parts.doors_before,
        other_stops_s: eta.parts.other_stops.0,
        wait_s: eta.parts.wait.0,
        travel_s: eta.parts.travel.0,
        handover_s: eta.parts.handover.0,
        position_age_s: eta.parts.position_age.0,
    }
}

pub(crate) fn parcel_view(parcel: &Parcel) -> ParcelView {
    ParcelView {
        parcel: parcel.parcel,
        fulfillment_order: parcel.fulfillment_order,
        carrier: parcel.carrier.to_string(),
        tracking_number: parcel.tracking_number.to_string(),
        status: parcel.status.text().to_owned(),
        since_at: parcel.since,
    }
}

/// How far the courier is; steps may be skipped, the order never reverses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepName {
    EnRouteToPickup,
    ArrivedAtPickup,
    EnRouteToDropoff,
    ArrivedAtDropoff,
    Delivered,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AdvanceBody {
    pub attempt: u32,
    pub step: StepName,
    /// With `delivered`; handed to a person when absent.
    #[serde(default)]
    pub proof: Option<ProofBody>,
}

impl AdvanceBody {
    /// The code that was said, where one was.
    pub fn code(&self) -> Option<&str> {
        match &self.proof {
            Some(ProofBody::Code { code }) if self.step == StepName::Delivered => Some(code),
            _ => None,
        }
    }

    pub fn step(self) -> DeliveryStep {
        match self.step {
            StepName::EnRouteToPickup => DeliveryStep::EnRouteToPickup,
            StepName::ArrivedAtPickup => DeliveryStep::ArrivedAtPickup,
            StepName::EnRouteToDropoff => DeliveryStep::EnRouteToDropoff,
            StepName::ArrivedAtDropoff => DeliveryStep::ArrivedAtDropoff,
            StepName::Delivered => {
                let proof = self.proof.map_or(ProofOfDelivery::HandedToPerson, ProofBody::shown);
                DeliveryStep::Delivered { proof }
            }
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DropBody {
    pub attempt: u32,
    /// `courier_dropped_out`, `courier_lost` or `reassigned_by_hand`; a courier only drops out.
    #[serde(default = "dropped_out")]
    #[schema(value_type = String)]
    pub reason: dispatch::order::DropReason,
}

fn dropped_out() -> dispatch::order::DropReason {
    dispatch::order::DropReason::CourierDroppedOut
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FailBody {
    pub attempt: u32,
    #[schema(value_type = String, example = "nobody_home")]
    pub reason: FailureReason,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResolveBody {
    /// True: try the door again. False: bring it back to the store.
    pub retry: bool,
}

/// A dispatcher's word about who carries a delivery.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SteerBody {
    pub steer: SteerName,
    /// Needed for all but `clear`.
    #[serde(default)]
    #[schema(value_type = Option<Id>)]
    pub courier: Option<CourierId>,
    /// How long a pin holds at most; ten minutes when absent.
    #[serde(default)]
    pub for_at_most_s: Option<u32>,
    pub reason: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SteerName {
    Force,
    Exclude,
    Pin,
    Clear,
}

impl SteerBody {
    pub fn steer(&self) -> Result<Steer, Fault> {
        let courier = || {
            let message = "courier must be given unless steer is clear";
            self.courier.ok_or_else(|| Fault::invalid("courier", message))
        };
        Ok(match self.steer {
            SteerName::Force => Steer::Force { courier: courier()? },
            SteerName::Exclude => Steer::Exclude { courier: courier()? },
            SteerName::Pin => {
                let for_at_most = Seconds(self.for_at_most_s.unwrap_or(600));
                Steer::Pin { courier: courier()?, for_at_most }
            }
            SteerName::Clear => Steer::Clear,
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"status": "returned", "condition": "damaged"}))]
pub struct ParcelBody {
    pub status: ParcelWord,
    /// With `returned`, and needed there, how the goods are that the store has again: `good` ones
    /// are sold again, `damaged` ones kept aside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub condition: Option<ReturnCondition>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ParcelWord {
    InTransit,
    /// The carrier brings it back.
    Returning,
    Delivered,
    /// The store has it.
    Returned,
    Lost,
}

impl ParcelBody {
    pub fn step(self) -> Result<ParcelStep, Fault> {
        if let (Some(_), false) = (self.condition, self.status == ParcelWord::Returned) {
            let why = "condition is said of goods that are back: with status returned";
            return Err(Fault::invalid("condition", why));
        }
        Ok(match self.status {
            ParcelWord::InTransit => ParcelStep::InTransit,
            ParcelWord::Returning => ParcelStep::Returning,
            ParcelWord::Delivered => ParcelStep::Delivered,
            ParcelWord::Lost => ParcelStep::Lost,
            ParcelWord::Returned => {
                let why = "say whether the goods that are back are good or damaged";
                let missing = || Fault::new(Code::MissingField, why).about("condition");
                ParcelStep::Returned { condition: self.condition.ok_or_else(missing)? }
            }
        })
    }
}

/// Headquarters moves a store's share, or some of its units, before hand-over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"to": "019ab3c0-0000-7000-8000-000000000002",
    "lines": [{"line": 1, "units": 2}], "reason": "the shelf collapsed"}))]
pub struct MoveBody {
    #[schema(value_type = Id)]
    pub to: StoreId,
    /// Absent or empty: all of it. Else the rest stays where it is, as it is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<LineUnitsBody>,
    pub reason: String,
}

/// `line:units,line:units` of a query parameter.
pub fn lines_of_query(text: &str) -> Result<Vec<LineUnitsBody>, Fault> {
    let wrong = || Fault::invalid("lines", "lines must be numbers with units, such as 1:2,3:1");
    let pair = |pair: &str| {
        let (line, units) = pair.split_once(':')?;
        Some(LineUnitsBody { line: line.trim().parse().ok()?, units: units.trim().parse().ok()? })
    };
    text.split(',').map(|one| pair(one).ok_or_else(wrong)).collect()
}
