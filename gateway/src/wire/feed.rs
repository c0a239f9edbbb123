//! The feed of committed events, and the history of one entity.

use persistence::EventRow;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;
use vocabulary::Timestamp;

use super::schema::Millis;
use crate::trace;

/// One event, as it is recorded for ever.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct EventView {
    pub seq: u64,
    pub entity_kind: String,
    /// UUID.
    pub entity: String,
    pub entity_seq: u64,
    #[schema(value_type = Millis)]
    pub at: Timestamp,
    pub by: String,
    pub cause: String,
    pub trace: String,
    pub schema_version: u16,
    pub kind: String,
    #[schema(value_type = Object)]
    pub payload: Box<RawValue>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct FeedPage {
    pub events: Vec<EventView>,
    /// To ask for the next page with; the same as asked when nothing is new.
    pub next_after: u64,
}

/// `None` when the payload is no JSON, which the journal never holds.
pub fn event_view(row: EventRow) -> Option<EventView> {
    Some(EventView {
        seq: row.seq,
        entity_kind: row.entity_kind.into_owned(),
        entity: vocabulary::OrderId::from_bits(row.entity).to_string(),
        entity_seq: row.entity_seq,
        at: row.at,
        by: row.by.into(),
        cause: trace::text(row.cause),
        trace: trace::text(row.trace),
        schema_version: row.schema_version,
        kind: row.kind.into_owned(),
        payload: RawValue::from_string(row.payload).ok()?,
    })
}
