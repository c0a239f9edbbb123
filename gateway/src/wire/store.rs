//! Stores as headquarters describes them, and as others see them.

use dispatch::hours::{HoursDocument, OpeningHours};
use dispatch::order::FulfillmentMode;
use dispatch::store::{StoreSettings, StoreStatus};
use dispatch::view::StoreRow;
use geo_index::ServiceArea;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vocabulary::{MerchantId, RegionId, Seconds, StoreId, Timestamp};

use super::fault::Fault;
use super::place::Point;
use super::schema::{Id, Millis};

const LONGEST_NAME: usize = 120;
const LONGEST_DAY_S: u32 = 86_400;
const MOST_PER_WINDOW: u32 = 100_000;

/// A store, whole: writing it replaces what was there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StoreBody {
    /// Needed in a list; otherwise the address names the store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Id>)]
    pub id: Option<StoreId>,
    pub name: String,
    /// The legal seller behind the store.
    #[schema(value_type = Id)]
    pub merchant: MerchantId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Id>)]
    pub region: Option<RegionId>,
    /// Shown to shoppers who collect there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    pub place: Point,
    /// `{"type":"Radius","center":{lat,lon},"radius_m":n}` or a GeoJSON polygon.
    #[schema(value_type = Object)]
    pub area: ServiceArea,
    /// `{"time_zone":"Asia/Shanghai","weekly":{"monday":[{"open":"08:00","close":"22:00"}],…}}`.
    #[schema(value_type = Object)]
    pub hours: HoursDocument,
    #[serde(default = "all_modes")]
    #[schema(value_type = Vec<super::quote::Mode>)]
    pub modes: Vec<FulfillmentMode>,
    /// To pick and pack one order when nothing else waits.
    #[serde(default = "ten_minutes")]
    pub prep_time_s: u32,
    /// Added for each further order in progress.
    #[serde(default)]
    pub prep_per_open_order_s: u32,
    /// Most orders promised within one capacity window of the policy.
    #[serde(default = "forty")]
    pub capacity_per_window: u32,
    #[serde(default)]
    pub auto_accept: bool,
    /// The version that was read, 0 for a new store; absent replaces whatever is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
}

fn all_modes() -> Vec<FulfillmentMode> {
    vec![FulfillmentMode::Delivery, FulfillmentMode::Pickup, FulfillmentMode::Express]
}

fn ten_minutes() -> u32 {
    600
}

fn forty() -> u32 {
    40
}

impl StoreBody {
    /// What the city is told; the store's own machine takes it as a snapshot.
    pub fn settings(&self, version: u64) -> Result<StoreSettings, Fault> {
        words("name", &self.name, LONGEST_NAME)?;
        if self.modes.is_empty() {
            return Err(Fault::invalid("modes", "modes must name at least one way to hand over"));
        }
        at_most("prep_time_s", self.prep_time_s, LONGEST_DAY_S)?;
        at_most("prep_per_open_order_s", self.prep_per_open_order_s, LONGEST_DAY_S)?;
        at_most("capacity_per_window", self.capacity_per_window, MOST_PER_WINDOW)?;
        let hours = OpeningHours::try_from(self.hours.clone())
            .map_err(|error| Fault::invalid(format!("hours.{}", error.field), error.to_string()))?;
        Ok(StoreSettings {
            name: self.name.clone(),
            merchant: self.merchant,
            place: self.place.place("place")?,
            area: self.area.clone(),
            hours,
            modes: self.modes.clone(),
            prep_time: Seconds(self.prep_time_s),
            prep_per_open_order: Seconds(self.prep_per_open_order_s),
            capacity_per_window: self.capacity_per_window,
            auto_accept: self.auto_accept,
            version,
        })
    }
}

pub(crate) fn at_most(field: &'static str, given: u32, most: u32) -> Result<(), Fault> {
    if given <= most {
        return Ok(());
    }
    Err(Fault::invalid(field, format!("{field} must be at most {most}, not {given}")))
}

/// A text that people read: 1 to so many characters, none of them a control character.
pub(crate) fn words(field: &'static str, given: &str, longest: usize) -> Result<(), Fault> {
    let count = given.chars().take(longest + 1).count();
    let is_blank = given.trim().is_empty();
    if !is_blank && count <= longest && !given.chars().any(char::is_control) {
        return Ok(());
    }
    let message = format!("{field} must be 1 to {longest} characters without line breaks");
    Err(Fault::invalid(field, message))
}

/// A store as it stands now.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct StoreView {
    #[schema(value_type = Id)]
    pub id: StoreId,
    pub version: u64,
    #[serde(flatten)]
    pub settings: StoreBody,
    pub state: StoreState,
    /// From the asked place, over ground.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distance_m: Option<u32>,
}

/// What changes by the minute.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StoreState {
    /// `open`, `paused`, `rush`, `offline` or `unknown`.
    pub status: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Millis>)]
    pub until_at: Option<Timestamp>,
    pub extra_prep_s: u32,
    /// By its hours, whatever its status.
    pub is_open_now: bool,
    pub open_orders: u32,
}

impl StoreState {
    /// Of a store that the city does not know yet.
    pub fn unknown() -> Self {
        Self { status: "unknown".into(), ..Self::default() }
    }

    pub fn of(row: &StoreRow, now: Timestamp) -> Self {
        let (until_at, extra_prep) = status_details(row.status);
        Self {
            status: row.status.text().to_owned(),
            until_at,
            extra_prep_s: extra_prep.0,
            is_open_now: row.settings.hours.is_open_at(now),
            open_orders: row.open_orders,
        }
    }
}

/// When the status ends by itself, and what it adds to preparing.
pub(crate) fn status_details(status: StoreStatus) -> (Option<Timestamp>, Seconds) {
    match status {
        StoreStatus::Open | StoreStatus::Offline => (None, Seconds::ZERO),
        StoreStatus::Paused { until } => (until, Seconds::ZERO),
        StoreStatus::Rush { extra_prep, until } => (until, extra_prep),
    }
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct StoreList {
    pub stores: Vec<StoreView>,
    /// To ask for the next page with; absent on the last one, and where a place was asked about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Id>)]
    pub next_after: Option<StoreId>,
}

/// What became of each document of a list, in its order.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Written {
    pub versions: Vec<u64>,
}

#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PauseBody {
    /// Absent: until somebody reopens the store.
    #[schema(value_type = Option<Millis>)]
    pub until_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RushBody {
    pub extra_prep_s: u32,
    #[serde(default)]
    #[schema(value_type = Option<Millis>)]
    pub until_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScreenBody {
    pub online: bool,
}

/// A command was carried out and is on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Done {
    /// The city's sequence at which it is recorded.
    pub seq: u64,
}
