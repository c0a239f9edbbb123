//! When a courier will be where: the arithmetic shared by rounds, routes and the shopper's page.
//!
//! Pure functions of positions, routes and ready times. An [`Eta`] moves with them; what a shopper
//! was promised lives elsewhere and does not.

mod itinerary;

use geo_index::{TravelMode, TravelTime};
use vocabulary::{DeliveryId, Place, Seconds, Timestamp};

use crate::Policy;
use crate::courier::{Stop, StopKind, calls, insert};
use crate::view::{CityView, CourierRow, DeliveryRow, TaskRow};

pub(crate) use itinerary::seconds_until;
pub use itinerary::{Addition, Call, Itinerary, Service, Visit};

/// A predicted time at the door, and what it is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Eta {
    /// When the goods leave the store; `None` when they are on board.
    pub pickup_at: Option<Timestamp>,
    /// When they are handed over at the door.
    pub at: Timestamp,
    pub confidence: Confidence,
    pub parts: EtaParts,
}

/// The first four add up to the time from now to the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EtaParts {
    /// Stops for others that come first, with the way to them.
    pub other_stops: Seconds,
    /// Other people's doors that come first.
    pub doors_before: u32,
    /// At the store, for goods that are not ready (or, before anybody is assigned, until they are).
    pub wait: Seconds,
    pub travel: Seconds,
    /// Service at the store and at the door.
    pub handover: Seconds,
    /// Until the store is ready; passes while the courier is on the way.
    pub prep: Seconds,
    /// How old the position is that all this starts from; zero before anybody is assigned.
    pub position_age: Seconds,
}

/// How much the prediction rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// Nobody is assigned, or the courier is not heard.
    Low,
    /// A courier is on the way to the goods.
    Medium,
    /// The goods are on board of a courier that is heard.
    High,
}

/// A courier on the road, as far as a prediction needs to know it.
#[derive(Debug, Clone, Copy)]
pub struct Rider<'a> {
    pub place: Place,
    pub heard_at: Timestamp,
    pub mode: TravelMode,
    pub stops: &'a [Stop],
    pub tasks: &'a [TaskRow],
}

impl Service {
    pub fn of(policy: &Policy) -> Self {
        Self {
            pickup: Seconds(policy.pickup_service_s),
            dropoff: Seconds(policy.dropoff_service_s),
        }
    }
}

impl<'a> Itinerary<'a> {
    /// A courier's way from where it stands, counting on a yes to the offers that are still open.
    pub fn of_courier(
        row: &CourierRow,
        place: Place,
        view: &'a CityView,
        policy: &Policy,
        now: Timestamp,
    ) -> Self {
        let service = Service::of(policy);
        let plan = |stops: &[Stop], tasks: &[TaskRow]| {
            let calls = calls(stops, tasks);
            Itinerary::new(calls, place, now, row.mode, service, view.travel())
        };
        let mut itinerary = plan(&row.stops, &row.tasks);
        if !row.offered.is_empty() {
            let (mut stops, mut tasks) = (row.stops.clone(), row.tasks.clone());
            for task in &row.offered {
                insert(&mut stops, task, itinerary.best_insertion(task).insertion);
                tasks.push(task.clone());
                itinerary = plan(&stops, &tasks);
            }
        }
        itinerary
    }
}

/// The eta of a delivery in the hands of a courier of this city; `None` when it is not in this
/// courier's hands or no position of the courier is known.
pub fn on_the_way(
    view: &CityView,
    policy: &Policy,
    courier: vocabulary::CourierId,
    delivery: DeliveryId,
    now: Timestamp,
) -> Option<Eta> {
    let row = view.courier(courier)?;
    let (place, heard_at) = view.position(courier)?;
    let rider = Rider { place, heard_at, mode: row.mode, stops: &row.stops, tasks: &row.tasks };
    to_the_door(&rider, delivery, policy, view.travel(), now)
}

/// The eta of one of a courier's deliveries; `None` when it is not among its tasks.
pub fn to_the_door(
    rider: &Rider<'_>,
    delivery: DeliveryId,
    policy: &Policy,
    travel: &dyn TravelTime,
    now: Timestamp,
) -> Option<Eta> {
    let task = rider.tasks.iter().find(|task| task.delivery == delivery)?;
    let calls = calls(rider.stops, rider.tasks);
    let service = Service::of(policy);
    let route = Itinerary::new(calls, rider.place, now, rider.mode, service, travel);
    let mut parts = EtaParts {
        prep: if task.picked_up { Seconds::ZERO } else { seconds_until(now, task.ready_at) },
        position_age: now.since(rider.heard_at),
        ..EtaParts::default()
    };
    let mut pickup_at = None;
    for (call, visit) in route.calls().iter().zip(route.visits()) {
        parts.add(call, visit, delivery);
        match (call.delivery == delivery, call.kind) {
            (true, StopKind::Pickup) => pickup_at = Some(visit.leaves_at),
            (true, StopKind::Dropoff | StopKind::Return) => {
                let confidence = confidence(task, parts.position_age, policy);
                return Some(Eta { pickup_at, at: visit.leaves_at, confidence, parts });
            }
            (false, StopKind::Pickup | StopKind::Dropoff | StopKind::Return) => {}
        }
    }
    None
}

/// The eta of a delivery that nobody has yet: as if a courier stood at the store when the goods
/// are ready.
pub fn unassigned(
    delivery: &DeliveryRow,
    policy: &Policy,
    travel: &dyn TravelTime,
    mode: TravelMode,
    now: Timestamp,
) -> Eta {
    let service = Service::of(policy);
    let wait = seconds_until(now, delivery.ready_at);
    let pickup_at = now.after(wait).after(service.pickup);
    let trip = travel.travel(delivery.pickup, delivery.dropoff, mode, pickup_at).time;
    Eta {
        pickup_at: Some(pickup_at),
        at: pickup_at.after(trip).after(service.dropoff),
        confidence: Confidence::Low,
        parts: EtaParts {
            wait,
            travel: trip,
            handover: service.pickup.saturating_add(service.dropoff),
            prep: wait,
            ..EtaParts::default()
        },
    }
}

impl EtaParts {
    fn add(&mut self, call: &Call, visit: &Visit, delivery: DeliveryId) {
        if call.delivery == delivery {
            self.travel = self.travel.saturating_add(visit.travel);
            self.wait = self.wait.saturating_add(visit.wait);
            self.handover = self.handover.saturating_add(visit.service);
        } else {
            let spent = visit.travel.saturating_add(visit.wait).saturating_add(visit.service);
            self.other_stops = self.other_stops.saturating_add(spent);
            self.doors_before += u32::from(call.kind == StopKind::Dropoff);
        }
    }

    /// From now until the goods are handed over at the door.
    pub fn total(&self) -> Seconds {
        self.other_stops
            .saturating_add(self.wait)
            .saturating_add(self.travel)
            .saturating_add(self.handover)
    }
}

fn confidence(task: &TaskRow, position_age: Seconds, policy: &Policy) -> Confidence {
    if position_age.0 >= policy.dispatch.stale_after_s {
        Confidence::Low
    } else if task.picked_up {
        Confidence::High
    } else {
        Confidence::Medium
    }
}

#[cfg(test)]
mod tests;
