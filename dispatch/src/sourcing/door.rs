//! Whether the stores that do an order can still do it for another door.
//!
//! Asked before a change of the door is proposed and again before it is confirmed. A door that one
//! store cannot serve is refused rather than sourced again: the shopper would learn too late that
//! part of the order was given up for it, and headquarters can move the share first.

use geo_index::distance;
use vocabulary::{Place, Timestamp};

use super::promise::{RIDES, at_door};
use crate::order::{FulfillmentMode, Order, Part};
use crate::view::CityView;
use crate::{Policy, Refusal};

/// Refuses a door that a store of the order does not serve, or that its courier would reach both
/// after what was promised and later than the door of now.
pub fn check_door(
    order: &Order,
    door: Place,
    view: &CityView,
    policy: &Policy,
    now: Timestamp,
) -> Result<(), Refusal> {
    for part in order.parts.iter().filter(|part| !part.status.is_over()) {
        match order.terms.mode {
            // The order itself says that it has no door.
            FulfillmentMode::Pickup => {}
            FulfillmentMode::Delivery => {
                in_reach(part, view.store_index().covers(part.store, door))?;
                keeps_promise(order, part, door, view, policy, now)?;
            }
            // Days on the road are the carrier's: only how far it may be is ours to say.
            FulfillmentMode::Express => {
                let far = distance(part.place, door);
                in_reach(part, far.0 <= policy.sourcing.express_radius_m)?;
            }
        }
    }
    Ok(())
}

fn in_reach(part: &Part, is_in_reach: bool) -> Result<(), Refusal> {
    is_in_reach.then_some(()).ok_or(Refusal::DoorOutOfReach { store: part.store })
}

fn keeps_promise(
    order: &Order,
    part: &Part,
    door: Place,
    view: &CityView,
    policy: &Policy,
    now: Timestamp,
) -> Result<(), Refusal> {
    let ready_at = part.ready_at.max(now);
    let reached = |door: Place| {
        let travel = view.travel().travel(part.place, door, RIDES, ready_at);
        at_door(ready_at, travel.time, policy)
    };
    // An order that is late already may still change to a door that is no farther.
    let latest =
        order.destination.map_or(part.promised_by, |now| part.promised_by.max(reached(now)));
    let is_kept = reached(door) <= latest;
    let promised_by = part.promised_by;
    is_kept.then_some(()).ok_or(Refusal::DoorBreaksPromise { store: part.store, promised_by })
}
