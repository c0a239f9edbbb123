//! Names for the document of the API; the values themselves are the vocabulary's.
#![allow(dead_code)]

use serde::Serialize;
use utoipa::ToSchema;

/// The name of something: a UUID in its text form.
#[derive(ToSchema)]
#[schema(format = "uuid", example = "019ab3c0-0000-7000-8000-000000000000")]
pub struct Id(String);

/// Milliseconds since the Unix epoch, UTC, by the server's clock.
#[derive(ToSchema)]
#[schema(example = 1_795_000_000_000_i64)]
pub struct Millis(i64);

/// A date of a store's own calendar.
#[derive(ToSchema)]
#[schema(format = "date", example = "2026-11-18")]
pub struct Day(String);

/// An amount in fen (1/100 yuan).
#[derive(ToSchema)]
#[schema(example = 1_990)]
pub struct Fen(i64);

/// Where somebody's role applies.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(example = json!({"stores": ["019ab3c0-0000-7000-8000-000000000001"]}))]
pub enum ScopeName {
    All,
    Stores(Vec<String>),
    Regions(Vec<String>),
    Merchant(String),
    Courier(String),
    Channel,
    Order(String),
    Member(String),
}

/// For which stores something holds.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(example = json!("all"))]
pub enum StoresName {
    All,
    Only(Vec<String>),
}

/// Why stores were looked for.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(example = json!("placing"))]
pub enum PurposeName {
    Placing,
    HoldRefused,
    Resourcing,
    Moving { fulfillment_order: String },
}

/// What can be listened to.
#[derive(Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TopicName {
    Order { id: String },
    Board { id: String },
    Courier { id: String },
    Operations,
    Reports,
    StoreReports { id: String },
}
