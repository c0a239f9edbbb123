//! What a store can promise: when the goods are packed, and the window the shopper is told.
//!
//! Now: `ready = now + preparation`; `door = ready + pick-up service + travel + drop-off service`;
//! the window ends `promise_slack_s` after the predicted door time and is `promise_window_s` wide.
//! A later wish moves the whole chain by the same span, so that the window begins when it is
//! wanted and the store starts just early enough.

use geo_index::{Travel, TravelMode};
use vocabulary::{Place, Seconds, Timestamp};

use super::SourcingRequest;
use crate::Policy;
use crate::order::FulfillmentMode;
use crate::view::{CityView, StoreRow};

/// The vehicle that a promise reckons with: nobody knows yet which courier will come.
pub(super) const RIDES: TravelMode = TravelMode::Ebike;

/// When a store would have its share ready and what the shopper would be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Promise {
    /// When the store begins.
    pub(super) starts_at: Timestamp,
    pub(super) ready_at: Timestamp,
    /// Delivery: at the door. Pickup: at the counter. Express: in the carrier's hands, since the
    /// days on the road are the carrier's.
    pub(super) from: Timestamp,
    pub(super) by: Timestamp,
    /// Absent when the store should begin at once.
    pub(super) release_at: Option<Timestamp>,
    /// Store to door; nothing for pickup.
    pub(super) travel: Travel,
}

impl Promise {
    pub(super) fn of(
        request: &SourcingRequest,
        row: &StoreRow,
        view: &CityView,
        policy: &Policy,
        now: Timestamp,
    ) -> Self {
        let soonest = now.after(preparation(row));
        let leaves_at = request.wanted_at.map_or(soonest, |wanted| wanted.max(soonest));
        let travel = travel(view, row.settings.place, request.destination, leaves_at);
        let (from, by) = match request.mode {
            FulfillmentMode::Delivery => door_window(soonest, travel.time, policy),
            FulfillmentMode::Pickup | FulfillmentMode::Express => {
                (soonest, soonest.after(policy.promise_window()))
            }
        };
        let wait =
            request.wanted_at.map_or(0, |wanted| (wanted.as_millis() - from.as_millis()).max(0));
        let later = |at: Timestamp| Timestamp::from_millis(at.as_millis().saturating_add(wait));
        Self {
            starts_at: later(now),
            ready_at: later(soonest),
            from: later(from),
            by: later(by),
            release_at: (wait > 0).then(|| later(now)),
            travel,
        }
    }
}

/// Time to pick and pack one more order at the store's present load.
fn preparation(row: &StoreRow) -> Seconds {
    let waiting = row.settings.prep_per_open_order.0.saturating_mul(row.open_orders);
    row.settings.prep_time.saturating_add(Seconds(waiting)).saturating_add(row.extra_prep)
}

fn travel(view: &CityView, store: Place, door: Option<Place>, leaves_at: Timestamp) -> Travel {
    door.map_or_else(Travel::default, |door| view.travel().travel(store, door, RIDES, leaves_at))
}

/// The window never begins before the goods are packed.
fn door_window(ready_at: Timestamp, ride: Seconds, policy: &Policy) -> (Timestamp, Timestamp) {
    let by = at_door(ready_at, ride, policy).after(Seconds(policy.promise_slack_s));
    (by.before(policy.promise_window()).max(ready_at), by)
}

/// When the goods are predicted to be handed over at a door.
pub(super) fn at_door(ready_at: Timestamp, ride: Seconds, policy: &Policy) -> Timestamp {
    let leaves_at = ready_at.after(Seconds(policy.pickup_service_s));
    leaves_at.after(ride).after(Seconds(policy.dropoff_service_s))
}
