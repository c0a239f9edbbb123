//! A courier who can be asked, with the way it has before it.

use std::collections::BTreeSet;

use vocabulary::{CourierId, Grams, Place, StoreId, Timestamp};

use super::Question;
use crate::courier::Availability;
use crate::eta::Itinerary;
use crate::view::{CourierRow, DeliveryRow};

/// One courier of a round. It counts on a yes to the offers that are still open, so that the same
/// time is not given away twice.
pub(super) struct Seat<'a> {
    pub courier: CourierId,
    pub row: &'a CourierRow,
    pub place: Place,
    pub itinerary: Itinerary<'a>,
    room: Grams,
}

impl<'a> Seat<'a> {
    /// Everybody on duty who is heard, has a free slot and may get another offer; by id.
    pub fn all(question: &Question<'a>, busy_by_hand: &BTreeSet<CourierId>) -> Vec<Self> {
        let couriers = question.view.couriers().iter();
        couriers
            .filter(|(courier, _)| !busy_by_hand.contains(courier))
            .filter(|(_, row)| is_working(row) && has_free_slot(row))
            .filter(|(_, row)| row.live_offers < question.policy.dispatch.max_live_offers)
            .filter_map(|(courier, row)| {
                let (place, heard_at) = question.view.position(*courier)?;
                let silence = question.now.since(heard_at);
                (silence.0 < question.policy.dispatch.stale_after_s)
                    .then(|| Self::new(question, *courier, row, place))
            })
            .collect()
    }

    /// The courier a person chose, if it works and has a slot. Where nobody knows where it is, it
    /// is taken to be at the store.
    pub fn forced(
        question: &Question<'a>,
        courier: CourierId,
        delivery: &DeliveryRow,
    ) -> Option<Self> {
        let row = question.view.courier(courier)?;
        if !(is_working(row) || row.availability == Availability::Stale) || !has_free_slot(row) {
            return None;
        }
        let place = question.view.position(courier).map_or(delivery.pickup, |(place, _)| place);
        let seat = Self::new(question, courier, row, place);
        seat.can_carry(delivery.weight).then_some(seat)
    }

    fn new(question: &Question<'a>, courier: CourierId, row: &'a CourierRow, place: Place) -> Self {
        let itinerary =
            Itinerary::of_courier(row, place, question.view, question.policy, question.now);
        let taken = row.tasks.iter().chain(&row.offered).map(|task| task.weight.0);
        let taken = taken.fold(0, u32::saturating_add);
        let room = Grams(row.max_weight.0.saturating_sub(taken));
        Self { courier, row, place, itinerary, room }
    }

    pub fn is_idle(&self) -> bool {
        self.itinerary.calls().is_empty()
    }

    pub fn can_carry(&self, weight: Grams) -> bool {
        weight <= self.room
    }

    /// Steered away from it by a person, or it said no a short while ago.
    pub fn may_be_asked(&self, delivery: &DeliveryRow, now: Timestamp) -> bool {
        let cooled = self.row.cool_downs.get(&delivery.delivery).is_none_or(|until| *until <= now);
        cooled && !delivery.excluded.contains(&self.courier) && self.can_carry(delivery.weight)
    }

    /// Stores where something still has to be fetched.
    pub fn stores_ahead(&self) -> BTreeSet<StoreId> {
        let tasks = self.row.tasks.iter().filter(|task| !task.picked_up);
        tasks.chain(&self.row.offered).map(|task| task.store).collect()
    }
}

fn is_working(row: &CourierRow) -> bool {
    match row.availability {
        Availability::Idle | Availability::Offered | Availability::Busy { .. } => true,
        Availability::OffDuty
        | Availability::OnBreak
        | Availability::Suspended
        | Availability::Full
        | Availability::Stale => false,
    }
}

/// Every open offer may still be accepted, so each counts as a slot.
fn has_free_slot(row: &CourierRow) -> bool {
    let load = u32::try_from(row.tasks.len()).unwrap_or(u32::MAX);
    load.saturating_add(row.live_offers) < row.capacity
}
