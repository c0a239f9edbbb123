//! Who may serve a door at all: everybody who delivers there, works at that time and can promise one
//! order more. Asked alike by both rules and the optimum, so that they differ in choosing only.

use dispatch::Policy;
use dispatch::order::FulfillmentMode;
use dispatch::store::{StoreFront, StoreStatus};
use dispatch::view::{CityView, StoreRow};
use geo_index::TravelMode;
use vocabulary::{Meters, Place, Seconds, StoreId, Timestamp};

#[derive(Debug, Clone, Copy)]
pub(super) struct Able {
    pub(super) store: StoreId,
    pub(super) distance: Meters,
    pub(super) promised_by: Timestamp,
}

/// Nearest first.
pub(super) fn able(view: &CityView, policy: &Policy, door: Place, now: Timestamp) -> Vec<Able> {
    let around = view.store_index().covering(door).into_iter();
    let able = around.filter_map(|(store, distance)| {
        let row = view.store(store)?;
        let promised_by = promise(view, policy, row, door, now);
        may_serve(policy, row, now, promised_by).then_some(Able { store, distance, promised_by })
    });
    able.collect()
}

fn promise(
    view: &CityView,
    policy: &Policy,
    row: &StoreRow,
    door: Place,
    now: Timestamp,
) -> Timestamp {
    let ready_at = now.after(row.settings.prep_time);
    let ride = view.travel().travel(row.settings.place, door, TravelMode::Ebike, ready_at).time;
    let service = policy.pickup_service_s + policy.dropoff_service_s + policy.promise_slack_s;
    ready_at.after(ride).after(Seconds(service))
}

fn may_serve(policy: &Policy, row: &StoreRow, now: Timestamp, promised_by: Timestamp) -> bool {
    let settings = &row.settings;
    let window = StoreFront::window_of(promised_by, Seconds(policy.capacity_window_s));
    let promised = row.promised.get(&window).copied().unwrap_or(0);
    matches!(row.status, StoreStatus::Open | StoreStatus::Rush { .. })
        && settings.modes.contains(&FulfillmentMode::Delivery)
        && settings.hours.accepts_work(now, now.after(settings.prep_time))
        && promised < settings.capacity_per_window
}
