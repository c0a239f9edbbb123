//! Goods that come back.

use dispatch::order::ReturnCondition;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vocabulary::ReturnId;

use super::board::LineUnitsBody;
use super::schema::Id;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnBody {
    pub lines: Vec<LineUnitsBody>,
    pub reason: String,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub struct ReturnRequested {
    #[schema(value_type = Id)]
    pub return_id: ReturnId,
    pub seq: u64,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NoteBody {
    pub note: Option<String>,
}

/// How goods are that a courier brings back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ReceiveBackBody {
    /// `good`: sellable again. `damaged`: kept aside. Left out: `damaged` where the attempt failed
    /// because of damage, else `good`.
    #[schema(value_type = Option<String>, example = "good")]
    pub condition: Option<ReturnCondition>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConditionBody {
    /// `good`: sellable again. `damaged`: kept aside.
    #[schema(value_type = String)]
    pub condition: ReturnCondition,
}
