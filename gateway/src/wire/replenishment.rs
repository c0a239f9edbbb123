//! What stores should order, and why.

use commerce::replenishment::{
    Accuracy, Assessment, DemandHistory, ReplenishmentPolicy, Suggestion, SupplySource,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vocabulary::{SkuId, StoreId, Timestamp};

use super::schema::{Id, Millis};

/// What headquarters wants of its stock, at one version.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"version": 2, "policy": {
    "service_level": 950, "lead_time_days": 2, "lead_time_deviation_centidays": 50,
    "cover_days": 5, "history_days": 56, "transfer_radius_m": 15_000, "sets_reorder_points": true,
}}))]
pub struct ReplenishmentPolicyView {
    pub version: u64,
    #[schema(value_type = Object)]
    pub policy: ReplenishmentPolicy,
}

/// What a pass over demand did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"assessed_count": 412, "told_store_count": 24, "seq": 90_112}))]
pub struct PassView {
    /// SKUs at stores of which something can be said.
    pub assessed_count: usize,
    /// Stores whose reorder points were told.
    pub told_store_count: usize,
    /// The last event of the feed that was looked at.
    pub seq: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AccuracyView {
    /// Sum of absolute errors over sum of what was sold; absent where nothing was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wape: Option<f64>,
    /// Against "as on the same weekday a week before": below 1 is better.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mase: Option<f64>,
    pub forecast_count: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AssessmentView {
    pub mean_per_day: f64,
    pub deviation_per_day: f64,
    pub lead_time_demand: f64,
    pub safety_stock: u32,
    pub reorder_point: u32,
    pub order_up_to: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accuracy: Option<AccuracyView>,
}

/// Where units should come from: `{"kind":"transfer","from":…,"units":…,"distance_m":…}` or
/// `{"kind":"purchase","units":…}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SupplyView {
    Transfer {
        #[schema(value_type = Id)]
        from: StoreId,
        units: u32,
        distance_m: u32,
    },
    Purchase {
        units: u32,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SuggestionView {
    #[schema(value_type = Id)]
    pub store: StoreId,
    #[schema(value_type = Id)]
    pub sku: SkuId,
    pub name: String,
    /// Here or on its way, and promised to nobody.
    pub position: i64,
    /// What it lacks of `order_up_to`; the sources add up to it.
    pub units: u32,
    pub sources: Vec<SupplyView>,
    /// Why.
    pub because: AssessmentView,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"assessed_at": 1_795_000_000_000_i64, "suggestion_count": 1,
    "suggestions": [{
        "store": "019ab3c0-0000-7000-8000-000000000001",
        "sku": "019ab3c0-0000-7000-8000-000000000101", "name": "牛奶", "position": 10, "units": 60,
        "sources": [
            {"kind": "transfer", "from": "019ab3c0-0000-7000-8000-000000000002", "units": 20,
             "distance_m": 1_200},
            {"kind": "purchase", "units": 40},
        ],
        "because": {"mean_per_day": 10.0, "deviation_per_day": 2.1, "lead_time_demand": 20.0,
            "safety_stock": 9, "reorder_point": 29, "order_up_to": 70,
            "accuracy": {"wape": 0.18, "mase": 0.84, "forecast_count": 28}},
    }]}))]
pub struct SuggestionList {
    /// When demand was last looked at; the shelves are as they are now.
    #[schema(value_type = Millis)]
    pub assessed_at: Timestamp,
    /// The neediest first, up to the asked number of them.
    pub suggestions: Vec<SuggestionView>,
    /// All there are.
    pub suggestion_count: usize,
}

/// Everything a figure comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DemandView {
    /// ISO date of the first day, as the store's calendar has it.
    #[schema(example = "2026-09-28")]
    pub first_day: String,
    /// Units of each day from then on, today's so far included.
    pub units: Vec<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assessment: Option<AssessmentView>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LowView {
    #[schema(value_type = Id)]
    pub store: StoreId,
    #[schema(value_type = Id)]
    pub sku: SkuId,
    pub name: String,
    pub on_hand: i64,
    pub incoming: u32,
    pub position: i64,
    pub reorder_point: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"low": [{
    "store": "019ab3c0-0000-7000-8000-000000000001",
    "sku": "019ab3c0-0000-7000-8000-000000000101", "name": "牛奶", "on_hand": 12, "incoming": 0,
    "position": 10, "reorder_point": 29}]}))]
pub struct LowList {
    /// The least of its reorder point left first.
    pub low: Vec<LowView>,
}

impl From<Accuracy> for AccuracyView {
    fn from(found: Accuracy) -> Self {
        let Accuracy { wape, mase, forecast_count } = found;
        Self { wape, mase, forecast_count }
    }
}

impl From<&Assessment> for AssessmentView {
    fn from(known: &Assessment) -> Self {
        Self {
            mean_per_day: known.mean_per_day,
            deviation_per_day: known.deviation_per_day,
            lead_time_demand: known.lead_time_demand,
            safety_stock: known.safety_stock,
            reorder_point: known.reorder_point,
            order_up_to: known.order_up_to,
            accuracy: known.accuracy.map(Into::into),
        }
    }
}

impl From<SupplySource> for SupplyView {
    fn from(source: SupplySource) -> Self {
        match source {
            SupplySource::Transfer { from, units, distance } => {
                Self::Transfer { from, units, distance_m: distance.0 }
            }
            SupplySource::Purchase { units } => Self::Purchase { units },
        }
    }
}

impl SuggestionView {
    pub fn of(suggestion: &Suggestion, name: String, because: &Assessment) -> Self {
        Self {
            store: suggestion.store,
            sku: suggestion.sku,
            name,
            position: suggestion.need.position,
            units: suggestion.need.units,
            sources: suggestion.sources.iter().copied().map(Into::into).collect(),
            because: because.into(),
        }
    }
}

impl DemandView {
    pub fn of(history: DemandHistory, assessment: Option<&Assessment>) -> Self {
        let epoch = jiff::civil::Date::constant(1970, 1, 1);
        let span = jiff::Span::new().try_days(history.first_day.0);
        let first_day = span.and_then(|span| epoch.checked_add(span)).unwrap_or(epoch);
        Self {
            first_day: first_day.to_string(),
            units: history.units,
            assessment: assessment.map(Into::into),
        }
    }
}
