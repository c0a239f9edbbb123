//! Why stores and couriers were chosen, and why the others were not.

use actors::Wait;
use dispatch::order::{Delivery, DeliveryStatus, Order, Part};
use dispatch::rounds::Unserved;
use dispatch::sourcing::{CandidateVerdict, LostBecause, SearchKind, SourcingRecord, Surveyed};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vocabulary::{CourierId, DeliveryId, OfferId, OrderId, StoreId, Timestamp};

use super::order::{UnitsView, units};
use super::schema::{Id, Millis, PurposeName};

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ExplainView {
    #[schema(value_type = Id)]
    pub order: OrderId,
    /// Every planning, oldest first.
    pub sourcing: Vec<SourcingView>,
    pub deliveries: Vec<DispatchView>,
}

/// One planning: question, answer, reasons.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SourcingView {
    #[schema(value_type = Millis)]
    pub at: Timestamp,
    /// `placing`, `hold_refused`, `resourcing` or `moving`.
    #[schema(value_type = PurposeName)]
    pub purpose: dispatch::sourcing::SourcingPurpose,
    /// `exact`, `greedy` or `pinned`; absent when there was no plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub search: Option<SearchKind>,
    pub chosen: Vec<ChosenStore>,
    pub candidates: Vec<CandidateView>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unfillable: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ChosenStore {
    #[schema(value_type = Id)]
    pub store: StoreId,
    pub lines: Vec<UnitsView>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distance_m: Option<u32>,
    #[schema(value_type = Millis)]
    pub ready_at: Timestamp,
    #[schema(value_type = Millis)]
    pub promised_from_at: Timestamp,
    #[schema(value_type = Millis)]
    pub promised_by_at: Timestamp,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CandidateView {
    #[schema(value_type = Id)]
    pub store: StoreId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distance_m: Option<u32>,
    /// Why it lost, with what it lost by; absent for the chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub lost: Option<LostBecause>,
}

/// Where a store's share could move.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"candidates": [
    {"store": "019ab3c0-0000-7000-8000-000000000002", "can_take_all": true, "distance_m": 1_830,
     "promised_by_at": 1_795_000_000_000_i64},
    {"store": "019ab3c0-0000-7000-8000-000000000003", "can_take_all": false, "distance_m": 940,
     "lost": {"reason": "not_enough_stock", "lines_covered": 1, "lines_wanted": 2}}]}))]
pub struct MoveCandidates {
    /// Those that can take all of it first, nearest first among each.
    pub candidates: Vec<MoveCandidate>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct MoveCandidate {
    #[schema(value_type = Id)]
    pub store: StoreId,
    pub can_take_all: bool,
    /// Store to door; absent for a pickup.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distance_m: Option<u32>,
    /// The end of the window that it could promise; absent when it cannot take all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Millis>)]
    pub promised_by_at: Option<Timestamp>,
    /// Why it cannot, in the words of an explanation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub lost: Option<LostBecause>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct DispatchView {
    #[schema(value_type = Id)]
    pub delivery: DeliveryId,
    pub status: String,
    pub attempt: u32,
    pub rounds: u32,
    pub escalated: bool,
    /// Offers that wait for an answer.
    pub offers: Vec<ProposedCourier>,
    /// Why the last dispatch round asked nobody; absent unless it waits for a courier, and until a
    /// round has looked at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits: Option<WaitView>,
    /// The grant behind what happens now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub granted: Option<ProposedCourier>,
    #[schema(value_type = Vec<Id>)]
    pub excluded: Vec<CourierId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Id>)]
    pub pinned: Option<CourierId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Id>)]
    pub forced: Option<CourierId>,
}

/// As the last round found it; known to the running server only, and not part of the history.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct WaitView {
    /// When that round began.
    #[schema(value_type = Millis)]
    pub at: Timestamp,
    pub because: WaitReason,
}

/// `{"reason":"nobody_near"}` or another of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum WaitReason {
    /// Whoever went now would wait too long for the goods.
    TooEarly {
        #[schema(value_type = Millis)]
        look_from_at: Timestamp,
    },
    /// Nobody who may take it is within this round's radius.
    NobodyNear,
    /// So many are near, each too loaded, ending the shift, or bound by a promise.
    NobodyFits { looked_at: u32 },
    /// So many could come, and each is worth more elsewhere.
    Outbid { candidates: u32 },
    /// Whom headquarters chose cannot take it now.
    ChosenUnavailable {
        #[schema(value_type = Id)]
        courier: CourierId,
    },
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ProposedCourier {
    #[schema(value_type = Id)]
    pub offer: OfferId,
    #[schema(value_type = Id)]
    pub courier: CourierId,
    #[schema(value_type = Millis)]
    pub pickup_at: Timestamp,
    #[schema(value_type = Millis)]
    pub dropoff_at: Timestamp,
    pub because: String,
}

/// `plannings` are the order's own, read from its history, oldest first.
pub fn explain_view(
    order: &Order,
    plannings: &[SourcingRecord],
    waits: &[(DeliveryId, Wait)],
) -> ExplainView {
    let dispatched = |delivery: &Delivery| {
        let known = waits.iter().find(|(of, _)| *of == delivery.delivery);
        dispatch_view(delivery, known.map(|(_, wait)| wait_view(wait)))
    };
    ExplainView {
        order: order.id,
        sourcing: plannings.iter().map(|record| sourcing_view(order, record)).collect(),
        deliveries: order.deliveries.iter().map(dispatched).collect(),
    }
}

fn sourcing_view(order: &Order, record: &SourcingRecord) -> SourcingView {
    let chosen_parts = record.chosen.iter().filter_map(|name| order.part(*name));
    SourcingView {
        at: record.at,
        purpose: record.purpose,
        search: record.search,
        chosen: chosen_parts.map(chosen).collect(),
        candidates: record.because.iter().map(candidate).collect(),
        unfillable: record.unfillable.as_ref().map(ToString::to_string),
    }
}

fn chosen(part: &Part) -> ChosenStore {
    ChosenStore {
        store: part.store,
        lines: units(&part.lines),
        distance_m: part.distance.map(|distance| distance.0),
        ready_at: part.ready_at,
        promised_from_at: part.promised_from,
        promised_by_at: part.promised_by,
    }
}

fn candidate(verdict: &CandidateVerdict) -> CandidateView {
    CandidateView {
        store: verdict.store,
        distance_m: verdict.distance.map(|distance| distance.0),
        lost: verdict.lost.clone(),
    }
}

fn wait_view(wait: &Wait) -> WaitView {
    let because = match wait.why {
        Unserved::TooEarly { look_from } => WaitReason::TooEarly { look_from_at: look_from },
        Unserved::NobodyNear => WaitReason::NobodyNear,
        Unserved::NobodyFits { looked_at } => WaitReason::NobodyFits { looked_at },
        Unserved::Outbid { candidates } => WaitReason::Outbid { candidates },
        Unserved::ChosenUnavailable { courier } => WaitReason::ChosenUnavailable { courier },
    };
    WaitView { at: wait.at, because }
}

pub fn move_candidates_view(surveyed: &[Surveyed]) -> MoveCandidates {
    let (can, cannot): (Vec<_>, Vec<_>) =
        surveyed.iter().partition(|one| one.verdict.lost.is_none());
    MoveCandidates { candidates: can.into_iter().chain(cannot).map(move_candidate).collect() }
}

fn move_candidate(surveyed: &Surveyed) -> MoveCandidate {
    let Surveyed { verdict, promised_by } = surveyed;
    MoveCandidate {
        store: verdict.store,
        can_take_all: verdict.lost.is_none(),
        distance_m: verdict.distance.map(|distance| distance.0),
        promised_by_at: *promised_by,
        lost: verdict.lost.clone(),
    }
}

fn dispatch_view(delivery: &Delivery, waits: Option<WaitView>) -> DispatchView {
    let offers = match &delivery.status {
        DeliveryStatus::Offering { live } => live
            .iter()
            .map(|offer| ProposedCourier {
                offer: offer.offer,
                courier: offer.courier,
                pickup_at: offer.pickup_at,
                dropoff_at: offer.dropoff_at,
                because: offer.because.to_string(),
            })
            .collect(),
        DeliveryStatus::Unassigned
        | DeliveryStatus::InHand { .. }
        | DeliveryStatus::FailedAttempt { .. }
        | DeliveryStatus::Returning { .. }
        | DeliveryStatus::Delivered { .. }
        | DeliveryStatus::Returned { .. }
        | DeliveryStatus::Lost { .. }
        | DeliveryStatus::Cancelled { .. } => Vec::new(),
    };
    let steering = delivery.steering.as_deref();
    DispatchView {
        delivery: delivery.delivery,
        status: delivery.status.text().to_owned(),
        attempt: delivery.attempt,
        rounds: delivery.rounds,
        escalated: delivery.escalated,
        offers,
        waits,
        granted: delivery.assignment().map(|grant| ProposedCourier {
            offer: grant.offer,
            courier: grant.courier,
            pickup_at: grant.pickup_at,
            dropoff_at: grant.dropoff_at,
            because: grant.because.to_string(),
        }),
        excluded: steering
            .map(|known| known.excluded.iter().copied().collect())
            .unwrap_or_default(),
        pinned: steering.and_then(|known| known.pinned).map(|(courier, _)| courier),
        forced: steering.and_then(|known| known.forced),
    }
}
