//! The hard filters: each says why a store cannot take part, or nothing.
//!
//! They are asked from the cheapest to the dearest, and the first that objects is the reason kept:
//! hours and capacity are only asked of stores whose stock matters.

use vocabulary::{Meters, Seconds, StoreId};

use super::LostBecause;
use super::basket::Shelf;
use super::promise::Promise;
use super::question::Question;
use super::reach::is_in_reach;
use crate::order::FulfillmentMode;
use crate::store::{StoreFront, StoreStatus};
use crate::view::StoreRow;

/// What rules a store out whatever it has on its shelves.
pub(super) fn unwilling(
    question: &Question<'_>,
    store: StoreId,
    row: &StoreRow,
    far: Option<Meters>,
) -> Option<LostBecause> {
    excluded(question, store)
        .or_else(|| mode_not_offered(question, row))
        .or_else(|| outside_reach(question, store, far))
        .or_else(|| not_taking_orders(row))
}

/// What rules a store out whose goods are wanted: it could not work then.
pub(super) fn untimely(
    question: &Question<'_>,
    row: &StoreRow,
    promise: &Promise,
) -> Option<LostBecause> {
    closed(question, row, promise).or_else(|| capacity_full(question, row, promise))
}

fn excluded(question: &Question<'_>, store: StoreId) -> Option<LostBecause> {
    question.request.excluded.contains(&store).then_some(LostBecause::Excluded)
}

fn mode_not_offered(question: &Question<'_>, row: &StoreRow) -> Option<LostBecause> {
    let offered = row.settings.modes.contains(&question.request.mode);
    (!offered).then_some(LostBecause::ModeNotOffered)
}

/// Stores of a ring are in reach already: only a named store can fail this.
fn outside_reach(
    question: &Question<'_>,
    store: StoreId,
    far: Option<Meters>,
) -> Option<LostBecause> {
    let named = question.request.pinned == Some(store);
    (named && !is_in_reach(question, store, far)).then_some(LostBecause::OutsideServiceArea)
}

fn not_taking_orders(row: &StoreRow) -> Option<LostBecause> {
    match row.status {
        StoreStatus::Open | StoreStatus::Rush { .. } => None,
        StoreStatus::Paused { .. } => Some(LostBecause::Paused),
        StoreStatus::Offline => Some(LostBecause::ScreenOffline),
    }
}

pub(super) fn nothing_to_give(question: &Question<'_>, shelf: &Shelf) -> Option<LostBecause> {
    if !shelf.lists_any {
        return Some(LostBecause::NoneListed);
    }
    (shelf.whole.is_empty() && shelf.some.is_empty()).then(|| not_enough(question, shelf))
}

/// How many lines the store could have given, for a store that cannot give all of them.
pub(super) fn not_enough(question: &Question<'_>, shelf: &Shelf) -> LostBecause {
    LostBecause::NotEnoughStock {
        lines_covered: question.basket.lines_in(shelf.whole),
        lines_wanted: question.basket.line_count(),
    }
}

/// The store must take the order when its work begins and, unless it may cook behind closed doors,
/// be open until it is ready. A shopper who collects needs an open door when the order is ready.
fn closed(question: &Question<'_>, row: &StoreRow, promise: &Promise) -> Option<LostBecause> {
    let hours = &row.settings.hours;
    let door_is_open = match question.request.mode {
        FulfillmentMode::Pickup => hours.is_open_at(promise.from),
        FulfillmentMode::Delivery | FulfillmentMode::Express => true,
    };
    if door_is_open && hours.accepts_work(promise.starts_at, promise.ready_at) {
        return None;
    }
    Some(LostBecause::Closed { opens_at: hours.opens_next_after(promise.starts_at) })
}

/// Counted by the end of the promised window, as the store does.
fn capacity_full(
    question: &Question<'_>,
    row: &StoreRow,
    promise: &Promise,
) -> Option<LostBecause> {
    let width = Seconds(question.policy.capacity_window_s);
    let window = StoreFront::window_of(promise.by, width);
    let promised = row.promised.get(&window).copied().unwrap_or(0);
    (promised >= row.settings.capacity_per_window).then_some(LostBecause::CapacityFull)
}
