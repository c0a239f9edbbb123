//! The order in which a courier drives its stops.

use geo_index::{StraightLine, TravelMode};
use serde::{Deserialize, Serialize};
use vocabulary::{DeliveryId, Place, Seconds, Timestamp};

use crate::eta::{Call, Itinerary, Service};
use crate::view::TaskRow;

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Stop {
    pub delivery: DeliveryId,
    pub kind: StopKind,
    pub place: Place,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopKind {
    Pickup,
    Dropoff,
    /// Back to the store, with goods that nobody took.
    Return,
}

/// Where a new delivery's stops stand in the route that has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Insertion {
    pub pickup_stop: usize,
    pub dropoff_stop: usize,
}

/// Service times that a courier's own ordering of stops assumes; the city's policy may differ, but
/// the order of stops hardly depends on it.
const ASSUMED: Service = Service { pickup: Seconds(120), dropoff: Seconds(120) };

/// Where a granted delivery joins the route when nobody knows where the courier is: the clock
/// starts at its next stop, and travel is a straight line.
pub(super) fn joining(
    stops: &[Stop],
    tasks: &[TaskRow],
    task: &TaskRow,
    mode: TravelMode,
    now: Timestamp,
) -> Insertion {
    let line = StraightLine::default();
    let calls = calls(stops, tasks);
    let start = stops.first().map_or(task.pickup, |stop| stop.place);
    let itinerary = Itinerary::new(calls, start, now, mode, ASSUMED, &line);
    itinerary.best_insertion(task).insertion
}

/// What has to be done at each stop. A stop whose task is unknown is skipped; there is none.
pub fn calls(stops: &[Stop], tasks: &[TaskRow]) -> Vec<Call> {
    stops
        .iter()
        .filter_map(|stop| {
            let task = tasks.iter().find(|task| task.delivery == stop.delivery)?;
            Some(match stop.kind {
                StopKind::Pickup => Call::pickup(task),
                StopKind::Dropoff => Call::dropoff(task),
                StopKind::Return => Call::bring_back(task),
            })
        })
        .collect()
}

/// Puts both stops of `task` at their places; places beyond the end mean the end.
pub fn insert(stops: &mut Vec<Stop>, task: &TaskRow, at: Insertion) {
    let pickup = Stop { delivery: task.delivery, kind: StopKind::Pickup, place: task.pickup };
    let dropoff = Stop { delivery: task.delivery, kind: StopKind::Dropoff, place: task.dropoff };
    let pickup_stop = at.pickup_stop.min(stops.len());
    stops.insert(pickup_stop, pickup);
    let dropoff_stop = at.dropoff_stop.clamp(pickup_stop + 1, stops.len());
    stops.insert(dropoff_stop, dropoff);
}

/// The next stop of a delivery comes first, the rest keeps its order.
pub(super) fn choose(stops: &mut [Stop], delivery: DeliveryId) {
    if let Some(next) = stops.iter().position(|stop| stop.delivery == delivery)
        && let Some(up_to_it) = stops.get_mut(..=next)
    {
        up_to_it.rotate_right(1);
    }
}

/// The goods are on board.
pub(super) fn picked_up(stops: &mut Vec<Stop>, delivery: DeliveryId) {
    stops.retain(|stop| stop.delivery != delivery || stop.kind != StopKind::Pickup);
}

/// The door is replaced by the store, at the same place of the route.
pub(super) fn turn_back(stops: &mut [Stop], task: &TaskRow) {
    for stop in stops.iter_mut().filter(|stop| stop.delivery == task.delivery) {
        match stop.kind {
            StopKind::Dropoff => {
                stop.kind = StopKind::Return;
                stop.place = task.pickup;
            }
            StopKind::Pickup | StopKind::Return => {}
        }
    }
}

pub(super) fn forget(stops: &mut Vec<Stop>, delivery: DeliveryId) {
    stops.retain(|stop| stop.delivery != delivery);
}

/// Tasks stand in the order in which the route finishes them.
pub(super) fn put_in_order(tasks: &mut [TaskRow], stops: &[Stop]) {
    tasks.sort_by_key(|task| {
        (stops.iter().rposition(|stop| stop.delivery == task.delivery), task.delivery)
    });
}
