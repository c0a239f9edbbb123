//! From a plan of trips to the offers that must be made now.

use std::collections::{BTreeMap, BTreeSet};

use geo_index::distance;
use vocabulary::{CourierId, DeliveryId, Seconds, Timestamp};

use super::{Offering, Question, Round, Unserved};
use crate::eta::seconds_until;
use crate::order::Proposal;
use crate::trips::{Plan, Trip};
use crate::view::{CourierRow, DeliveryRow};

impl Question<'_> {
    /// A courier is asked about its next trip once it is time to go; until then the plan may still
    /// change its mind. Later trips wait.
    pub(super) fn follow(&self, plan: Plan, busy_by_hand: &BTreeSet<CourierId>, round: &mut Round) {
        let mut reasons: BTreeMap<DeliveryId, Unserved> = BTreeMap::new();
        for (courier, trips) in &plan.trips {
            for (position, trip) in trips.iter().enumerate() {
                let is_next = position == 0 && !busy_by_hand.contains(courier);
                self.ask(*courier, trip, is_next, round, &mut reasons);
            }
        }
        let looked_at = u32::try_from(self.view.couriers().len()).unwrap_or(u32::MAX);
        for delivery in &plan.left_over {
            reasons.insert(*delivery, self.nobody(*delivery, looked_at));
        }
        let horizon = Seconds(self.policy.dispatch.trips.horizon_s);
        for delivery in plan.not_yet.iter().filter_map(|id| self.view.pool().get(id)) {
            let look_from = delivery.ready_at.before(horizon);
            reasons.insert(delivery.delivery, Unserved::TooEarly { look_from });
        }
        round.unserved.extend(reasons);
        round.advice = plan.advice;
    }

    fn ask(
        &self,
        courier: CourierId,
        trip: &Trip,
        is_next: bool,
        round: &mut Round,
        reasons: &mut BTreeMap<DeliveryId, Unserved>,
    ) {
        let Some(row) = self.view.courier(courier) else { return };
        // What it has in hand or was offered is part of the trip, but nothing to ask about.
        let new: Vec<(&DeliveryRow, Timestamp)> = trip
            .doors
            .iter()
            .filter_map(|(delivery, at)| Some((self.view.waiting(*delivery)?, *at)))
            .filter(|(delivery, _)| {
                row.offered.iter().all(|task| task.delivery != delivery.delivery)
            })
            .collect();
        let ask_from = self.ask_from(trip);
        let slots = if is_next { self.slots(row) } else { 0 };
        for (index, (delivery, dropoff_at)) in new.into_iter().enumerate() {
            if ask_from > self.now {
                reasons.insert(delivery.delivery, Unserved::TooEarly { look_from: ask_from });
            } else if index < slots {
                let because = self.in_words(courier, row, trip, delivery, dropoff_at);
                let pickup_at = trip.pickup_at;
                let proposal = Proposal { courier, pickup_at, dropoff_at, because };
                round.offerings.push(Offering {
                    order: delivery.order,
                    delivery: delivery.delivery,
                    attempt: delivery.attempt,
                    proposals: vec![proposal],
                    forced: false,
                });
            } else {
                reasons.insert(delivery.delivery, Unserved::NobodyFits { looked_at: 1 });
            }
        }
    }

    /// Neither so early that the courier would stand at the store for long, nor while it is far
    /// from done with what comes before.
    fn ask_from(&self, trip: &Trip) -> Timestamp {
        let send_ahead = Seconds(self.policy.dispatch.send_ahead_s);
        trip.leave_at.max(trip.free_at).before(send_ahead)
    }

    /// How many more deliveries may be offered to a courier now.
    fn slots(&self, row: &CourierRow) -> usize {
        let load = u32::try_from(row.tasks.len()).unwrap_or(u32::MAX);
        let in_hand = row.capacity.saturating_sub(load.saturating_add(row.live_offers));
        let offers = self.policy.dispatch.max_live_offers.saturating_sub(row.live_offers);
        usize::try_from(in_hand.min(offers)).unwrap_or(usize::MAX)
    }

    fn nobody(&self, delivery: DeliveryId, looked_at: u32) -> Unserved {
        let row = self.view.pool().get(&delivery);
        match row.and_then(|row| row.pinned).filter(|(_, until)| self.now < *until) {
            Some((courier, _)) => Unserved::ChosenUnavailable { courier },
            None if looked_at == 0 => Unserved::NobodyNear,
            None => Unserved::NobodyFits { looked_at },
        }
    }

    fn in_words(
        &self,
        courier: CourierId,
        row: &CourierRow,
        trip: &Trip,
        delivery: &DeliveryRow,
        dropoff_at: Timestamp,
    ) -> String {
        let place = self.view.position(courier).map(|(place, _)| place);
        let away = place.map_or_else(String::new, |place| {
            format!(", {} from the store", distance(place, delivery.pickup))
        });
        let free_in = seconds_until(self.now, trip.free_at);
        let fetched = seconds_until(delivery.ready_at, trip.pickup_at);
        let door = seconds_until(delivery.ready_at, dropoff_at);
        format!(
            "{} in hand, free in {free_in}{away}, fetched {fetched} and at the door {door} after \
             ready; of all the city's plans tried this one costs shoppers least, {} on the trip",
            row.tasks.len(),
            trip.doors.len(),
        )
    }
}
