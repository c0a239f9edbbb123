//! Who is near enough to be considered.

use std::collections::{BTreeMap, BTreeSet};

use geo_index::CourierIndex;
use vocabulary::{CourierId, Meters, Seconds, StoreId};

use super::Question;
use super::seat::Seat;
use crate::Policy;
use crate::view::DeliveryRow;

/// The couriers of one round by where they can start something new: the idle where they stand, the
/// busy where their route ends or at a store they still go to.
pub(super) struct Reach {
    idle: CourierIndex<usize>,
    ends: CourierIndex<usize>,
    heading_to: BTreeMap<StoreId, Vec<usize>>,
    candidates: usize,
    stack_radius: Meters,
}

impl Reach {
    pub fn new(seats: &[Seat<'_>], policy: &Policy) -> Self {
        let (idle, busy): (Vec<_>, Vec<_>) =
            seats.iter().enumerate().partition(|(_, seat)| seat.is_idle());
        let mut heading_to: BTreeMap<StoreId, Vec<usize>> = BTreeMap::new();
        for (index, seat) in &busy {
            for store in seat.stores_ahead() {
                heading_to.entry(store).or_default().push(*index);
            }
        }
        let limit = policy.dispatch.candidates_per_delivery;
        Self {
            idle: CourierIndex::build(idle.into_iter().map(|(index, seat)| (index, seat.place))),
            ends: CourierIndex::build(
                busy.into_iter().map(|(index, seat)| (index, seat.itinerary.end())),
            ),
            heading_to,
            candidates: usize::try_from(limit).unwrap_or(usize::MAX),
            stack_radius: Meters(policy.dispatch.stack_radius_m),
        }
    }

    /// Seats, ascending.
    pub fn near(
        &self,
        delivery: &DeliveryRow,
        seats: &[Seat<'_>],
        question: &Question<'_>,
    ) -> Vec<usize> {
        let may = |index: usize| {
            seats.get(index).is_some_and(|seat| seat.may_be_asked(delivery, question.now))
        };
        let radius = radius(delivery, question);
        let idle = self.idle.nearest(delivery.pickup, self.candidates, may);
        let ends = self.ends.within(delivery.pickup, self.stack_radius).into_iter();
        let mut away: Vec<(Meters, usize)> = idle
            .into_iter()
            .filter(|(_, away)| *away <= radius)
            .chain(ends.filter(|(index, _)| may(*index)))
            .map(|(index, away)| (away, index))
            .collect();
        away.sort_unstable();
        away.truncate(self.candidates);
        let same_store = self.heading_to.get(&delivery.store).into_iter().flatten().copied();
        let mut near: BTreeSet<usize> =
            same_store.filter(|index| may(*index)).take(self.candidates).collect();
        near.extend(away.into_iter().map(|(_, index)| index));
        near.into_iter().collect()
    }

    /// The one courier it is pinned to, wherever that is.
    pub fn only(
        &self,
        courier: CourierId,
        delivery: &DeliveryRow,
        seats: &[Seat<'_>],
        question: &Question<'_>,
    ) -> Vec<usize> {
        let place = seats.binary_search_by_key(&courier, |seat| seat.courier).ok();
        let may = |seat: &Seat<'_>| seat.may_be_asked(delivery, question.now);
        place.filter(|index| seats.get(*index).is_some_and(may)).into_iter().collect()
    }
}

/// It widens with every round that ended without a taker, and as fast where nobody was there to be
/// asked: once for the time an offer would have taken. Past escalation it is as wide as it gets.
fn radius(delivery: &DeliveryRow, question: &Question<'_>) -> Meters {
    let policy = &question.policy.dispatch;
    let looked_for = delivery.ready_at.before(Seconds(policy.look_ahead_s));
    let waited = question.now.since(delivery.waiting_since.max(looked_for)).0;
    let steps = delivery.rounds.max(waited / policy.offer_expires_after_s.max(1));
    let is_escalated =
        delivery.rounds >= policy.escalate_after_rounds || waited >= policy.escalate_after_s;
    let widened = policy.radius_m.saturating_add(steps.saturating_mul(policy.radius_step_m));
    Meters(if is_escalated { policy.max_radius_m } else { widened.min(policy.max_radius_m) })
}
