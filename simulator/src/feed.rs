//! Events of a partition as anybody outside sees them: an envelope and JSON.

use serde_json::Value;

/// One row of the feed, its payload still text.
#[derive(Debug, Clone)]
pub struct RawEvent {
    pub seq: u64,
    pub entity_kind: String,
    pub entity: String,
    pub entity_seq: u64,
    pub at_ms: i64,
    pub kind: String,
    /// JSON.
    pub payload: String,
}

/// One row, read.
#[derive(Debug, Clone)]
pub struct Event {
    pub seq: u64,
    pub entity_kind: String,
    pub entity: String,
    pub entity_seq: u64,
    pub at_ms: i64,
    pub kind: String,
    pub body: Value,
}

/// Units of one line, as events name them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineUnits {
    pub line: u64,
    pub sku: String,
    pub units: i64,
}

impl Event {
    /// A payload that is no JSON reads as nothing at all; the referee then misses its fields.
    pub fn read(raw: RawEvent) -> Self {
        let body = serde_json::from_str(&raw.payload).unwrap_or(Value::Null);
        let RawEvent { seq, entity_kind, entity, entity_seq, at_ms, kind, .. } = raw;
        Self { seq, entity_kind, entity, entity_seq, at_ms, kind, body }
    }

    pub fn text(&self, field: &str) -> &str {
        text(&self.body, field)
    }

    pub fn number(&self, field: &str) -> i64 {
        number(&self.body, field)
    }

    pub fn lines(&self, field: &str) -> Vec<LineUnits> {
        lines(&self.body, field)
    }

    pub fn list(&self, field: &str) -> &[Value] {
        list(&self.body, field)
    }
}

/// Empty when the field is missing or no text.
pub fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value.get(field).and_then(Value::as_str).unwrap_or_default()
}

/// Zero when the field is missing or no whole number.
pub fn number(value: &Value, field: &str) -> i64 {
    value.get(field).and_then(Value::as_i64).unwrap_or_default()
}

/// Empty when the field is missing or no list.
pub fn list<'a>(value: &'a Value, field: &str) -> &'a [Value] {
    value.get(field).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

pub fn lines(value: &Value, field: &str) -> Vec<LineUnits> {
    list(value, field)
        .iter()
        .map(|line| LineUnits {
            line: number(line, "line").unsigned_abs(),
            sku: text(line, "sku").to_owned(),
            units: number(line, "units"),
        })
        .collect()
}
