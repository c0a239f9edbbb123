//! Couriers as headquarters describes them, and as they see themselves.

use dispatch::courier::{Courier, CourierSettings, Duty, OfferState, StopKind};
use dispatch::order::DeclineReason;
use dispatch::view::TaskRow;
use geo_index::TravelMode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vocabulary::{CourierId, DeliveryId, Grams, OfferId, OrderId, StoreId, Timestamp};

use super::fault::Fault;
use super::place::Point;
use super::schema::{Id, Millis};
use super::store::{at_most, words};

/// A courier, whole: writing it replaces what was there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CourierBody {
    /// Needed in a list; otherwise the address names the courier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Id>)]
    pub id: Option<CourierId>,
    /// Shown to shoppers and stores: a first name or number, no phone.
    pub display_name: String,
    #[serde(default = "ebike")]
    #[schema(value_type = Vehicle)]
    pub mode: TravelMode,
    /// Most deliveries in hand at once, 1 to 20.
    #[serde(default = "three")]
    pub capacity: u32,
    #[serde(default = "twenty_kilograms")]
    pub max_weight_g: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub home: Option<Point>,
    /// The version that was read, 0 for a new courier; absent replaces whatever is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
}

/// How a courier moves.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[allow(dead_code)]
enum Vehicle {
    Walk,
    Bicycle,
    Ebike,
    Car,
}

fn ebike() -> TravelMode {
    TravelMode::Ebike
}

fn three() -> u32 {
    3
}

fn twenty_kilograms() -> u32 {
    20_000
}

impl CourierBody {
    /// What the city is told.
    pub fn settings(&self, version: u64) -> Result<CourierSettings, Fault> {
        words("display_name", &self.display_name, 40)?;
        if !(1..=20).contains(&self.capacity) {
            let message = format!("capacity must be 1 to 20 deliveries, not {}", self.capacity);
            return Err(Fault::invalid("capacity", message));
        }
        at_most("max_weight_g", self.max_weight_g, 1_000_000)?;
        Ok(CourierSettings {
            display_name: self.display_name.clone(),
            mode: self.mode,
            capacity: self.capacity,
            max_weight: Grams(self.max_weight_g),
            home: self.home.map(|home| home.place("home")).transpose()?,
            version,
        })
    }
}

/// A courier with what is offered and what is in hand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CourierView {
    #[schema(value_type = Id)]
    pub id: CourierId,
    pub display_name: String,
    /// `off_duty`, `on_duty`, `on_break` or `suspended`.
    pub duty: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Millis>)]
    pub shift_ends_at: Option<Timestamp>,
    /// `idle`, `offered`, `busy`, `full`, `stale` or the duty.
    pub availability: String,
    pub offers: Vec<OfferView>,
    /// In the order in which the route finishes them.
    pub tasks: Vec<TaskView>,
    /// Where to go, in order.
    pub stops: Vec<StopView>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<PositionView>,
    /// From the asked place, over ground.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distance_m: Option<u32>,
    /// Telephones that are open on this courier now; only where one courier is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listeners: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PositionView {
    pub place: Point,
    /// When the device measured it.
    #[schema(value_type = Millis)]
    pub at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OfferView {
    #[schema(value_type = Id)]
    pub offer: OfferId,
    #[schema(value_type = Id)]
    pub order: OrderId,
    #[schema(value_type = Id)]
    pub delivery: DeliveryId,
    pub attempt: u32,
    #[schema(value_type = Id)]
    pub store: StoreId,
    pub pickup: Point,
    pub dropoff: Point,
    pub weight_g: u32,
    #[schema(value_type = Millis)]
    pub ready_at: Timestamp,
    #[schema(value_type = Millis)]
    pub promised_by_at: Timestamp,
    #[schema(value_type = Millis)]
    pub pickup_at: Timestamp,
    #[schema(value_type = Millis)]
    pub dropoff_at: Timestamp,
    pub because: String,
    /// `pending` or `accepted`: the order was asked and has not answered yet.
    pub state: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Millis>)]
    pub expires_at: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TaskView {
    #[schema(value_type = Id)]
    pub order: OrderId,
    #[schema(value_type = Id)]
    pub delivery: DeliveryId,
    pub attempt: u32,
    #[schema(value_type = Id)]
    pub store: StoreId,
    pub pickup: Point,
    pub dropoff: Point,
    pub weight_g: u32,
    pub picked_up: bool,
    #[schema(value_type = Millis)]
    pub ready_at: Timestamp,
    #[schema(value_type = Millis)]
    pub promised_by_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StopView {
    #[schema(value_type = Id)]
    pub delivery: DeliveryId,
    /// `pickup`, `dropoff` or `return`.
    pub kind: String,
    pub place: Point,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CourierList {
    pub couriers: Vec<CourierView>,
    /// To ask for the next page with; absent on the last one, and where a place was asked about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Id>)]
    pub next_after: Option<CourierId>,
}

/// A courier without its position, which is not part of what is journaled.
pub fn courier_view(courier: &Courier) -> CourierView {
    let settings = courier.settings();
    let (duty, shift_ends_at) = duty_text(courier.duty());
    CourierView {
        id: courier.id(),
        display_name: settings.map(|known| known.display_name.clone()).unwrap_or_default(),
        duty: duty.to_owned(),
        shift_ends_at,
        availability: courier.availability().text().to_owned(),
        offers: courier.offers().iter().map(|(id, offer)| offer_view(*id, offer)).collect(),
        tasks: courier.tasks().iter().map(task_view).collect(),
        stops: courier
            .stops()
            .iter()
            .map(|stop| StopView {
                delivery: stop.delivery,
                kind: stop_text(stop.kind).to_owned(),
                place: stop.place.into(),
            })
            .collect(),
        position: None,
        distance_m: None,
        listeners: None,
    }
}

fn duty_text(duty: Duty) -> (&'static str, Option<Timestamp>) {
    match duty {
        Duty::OffDuty => ("off_duty", None),
        Duty::OnDuty { shift_ends_at } => ("on_duty", shift_ends_at),
        Duty::OnBreak { shift_ends_at } => ("on_break", shift_ends_at),
        Duty::Suspended => ("suspended", None),
    }
}

fn stop_text(kind: StopKind) -> &'static str {
    match kind {
        StopKind::Pickup => "pickup",
        StopKind::Dropoff => "dropoff",
        StopKind::Return => "return",
    }
}

fn offer_view(id: OfferId, offer: &dispatch::courier::Offer) -> OfferView {
    let made = &offer.made;
    let (state, expires_at) = match offer.state {
        OfferState::Pending { expires_at } => ("pending", Some(expires_at)),
        OfferState::Accepted => ("accepted", None),
    };
    OfferView {
        offer: id,
        order: made.order,
        delivery: made.delivery,
        attempt: made.attempt,
        store: made.store,
        pickup: made.pickup.into(),
        dropoff: made.dropoff.into(),
        weight_g: made.weight.0,
        ready_at: made.ready_at,
        promised_by_at: made.promised_by,
        pickup_at: made.pickup_at,
        dropoff_at: made.dropoff_at,
        because: made.because.to_string(),
        state: state.to_owned(),
        expires_at,
    }
}

fn task_view(task: &TaskRow) -> TaskView {
    TaskView {
        order: task.order,
        delivery: task.delivery,
        attempt: task.attempt,
        store: task.store,
        pickup: task.pickup.into(),
        dropoff: task.dropoff.into(),
        weight_g: task.weight.0,
        picked_up: task.picked_up,
        ready_at: task.ready_at,
        promised_by_at: task.promised_by,
    }
}

#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OnDutyBody {
    #[schema(value_type = Option<Millis>)]
    pub shift_ends_at: Option<Timestamp>,
}

/// Measured positions, oldest first or in any order; late and doubled ones change nothing.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PositionsBody {
    /// At most 500.
    pub pings: Vec<PingBody>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PingBody {
    pub lat: f64,
    pub lon: f64,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub coord: vocabulary::CoordinateSystem,
    /// When the device measured it.
    #[schema(value_type = Millis)]
    pub at: Timestamp,
}

pub const MOST_PINGS: usize = 500;

impl PositionsBody {
    pub fn pings(&self) -> Result<Vec<actors::Ping>, Fault> {
        if self.pings.len() > MOST_PINGS {
            let message = format!("pings must be at most {MOST_PINGS} positions at once");
            return Err(Fault::invalid("pings", message));
        }
        let pings = self.pings.iter().enumerate();
        pings
            .map(|(index, ping)| {
                let point = Point { lat: ping.lat, lon: ping.lon, coord: ping.coord };
                let place = point.place(&format!("pings[{index}]"))?;
                Ok(actors::Ping { place, at: ping.at })
            })
            .collect()
    }
}

/// Whether the positions were taken; a full house drops them and says so.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub struct PositionsTaken {
    pub taken: bool,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclineBody {
    #[schema(value_type = String, example = "too_far")]
    pub reason: DeclineReason,
}

/// All couriers at a glance.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct FleetView {
    #[schema(value_type = Millis)]
    pub now: Timestamp,
    pub couriers: Vec<FleetCourier>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct FleetCourier {
    #[schema(value_type = Id)]
    pub id: CourierId,
    pub lat: f64,
    pub lon: f64,
    /// When the device measured it.
    #[schema(value_type = Millis)]
    pub at: Timestamp,
    /// `idle`, `offered`, `busy`, `full`, `stale` or the duty.
    pub state: String,
    pub task_count: u32,
}
