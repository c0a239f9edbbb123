//! The format's rules, said in the planner's words.

use dispatch::Policy;
use dispatch::policy::{DispatchPolicy, RoundPlanner, TripsPolicy};
use geo_index::{Travel, TravelMode, TravelTime};
use vocabulary::{Meters, Place, Seconds, Timestamp};

use crate::city::Spot;
use crate::mdrp::{Day, Parameters};

/// The day's plane laid near the point where the equator meets longitude 0: a metre is this many
/// degrees, so that "near" on the earth is near on the plane.
const DEGREES_PER_METRE: f64 = 1e-5;
/// Spots are kept to a tenth of a millimetre.
const GRAIN: f64 = 10_000.0;

/// Straight lines at the day's speed, in whole minutes, rounded up.
pub(super) struct Straight {
    metres_per_minute: f64,
}

impl Straight {
    pub fn of(day: &Day) -> Self {
        Self { metres_per_minute: day.parameters.metres_per_minute }
    }
}

impl TravelTime for Straight {
    fn travel(&self, from: Place, to: Place, _: TravelMode, _: Timestamp) -> Travel {
        let metres = spot(from).distance(spot(to));
        let minutes = (metres / self.metres_per_minute).ceil() as u32;
        Travel { distance: Meters::from_f64(metres), time: Seconds::minutes(minutes) }
    }
}

/// Where a spot of the plane lies for the planner.
pub(super) fn place(spot: Spot) -> Place {
    Place::wrapped(spot.y * DEGREES_PER_METRE, spot.x * DEGREES_PER_METRE)
}

/// The spot again, exactly.
fn spot(place: Place) -> Spot {
    let metres = |degrees: f64| (degrees / DEGREES_PER_METRE * GRAIN).round() / GRAIN;
    Spot::new(metres(place.longitude()), metres(place.latitude()))
}

/// Minutes of the day on the planner's clock.
pub(super) fn at(minute: u32) -> Timestamp {
    Timestamp::from_millis(0).after(Seconds::minutes(minute))
}

pub(super) fn minute(at: Timestamp) -> u32 {
    at.since(Timestamp::from_millis(0)).0 / 60
}

/// Of a service at a restaurant or a door, the part before the goods change hands.
pub(super) fn before(service_minutes: u32) -> u32 {
    service_minutes / 2
}

/// One setting for every day: the planner's, with the format's services.
pub(super) fn policy(parameters: &Parameters, trips: &TripsPolicy) -> Policy {
    let (pickup, dropoff) = (parameters.pickup_service_minutes, parameters.dropoff_service_minutes);
    let trips = TripsPolicy {
        before_pickup_s: before(pickup) * 60,
        after_dropoff_s: (dropoff - before(dropoff)) * 60,
        ..trips.clone()
    };
    Policy {
        pickup_service_s: pickup * 60,
        dropoff_service_s: dropoff * 60,
        dispatch: DispatchPolicy {
            planner: RoundPlanner::Trips,
            trips,
            // The format knows no distance too far.
            max_radius_m: u32::MAX,
            ..DispatchPolicy::default()
        },
        ..Policy::default()
    }
}
