//! A second policy over the rounds that really run, without effects: what it would have offered, and
//! how that differs.
//!
//! Each of its rounds starts from where things stand, not from what its own offers would have led
//! to. So it tells how often two policies disagree and what each expects of the round before them;
//! what a whole day would become is a matter for the simulator.

use std::collections::BTreeMap;

use vocabulary::{CourierId, DeliveryId, Timestamp};

use super::{Round, Rounds};
use crate::Policy;
use crate::policy::DispatchPolicy;
use crate::view::CityView;

/// Plans rounds by a second policy. Remembers for its own planner what the live one does for its.
#[derive(Debug, Clone, Default)]
pub struct Shadow {
    rounds: Rounds,
}

/// Who is asked about what in a round, and when the goods are predicted to change hands.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Picks(BTreeMap<DeliveryId, Pick>);

#[derive(Debug, Clone, Copy, PartialEq)]
struct Pick {
    courier: CourierId,
    pickup_at: Timestamp,
    dropoff_at: Timestamp,
}

/// How the shadow's rounds differ from the live ones, summed over rounds. Deliveries that wait for
/// several rounds count in each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Difference {
    pub rounds: u64,
    /// Rounds in which not all deliveries were answered alike.
    pub rounds_apart: u64,
    /// Deliveries that waited.
    pub waiting: u64,
    /// Offered by both, to the same courier.
    pub alike: u64,
    /// Offered by both, to different couriers.
    pub to_another: u64,
    /// Offered by one of them only.
    pub only_live: u64,
    pub only_shadow: u64,
    /// Over what both offered: from the round until goods change hands, in seconds.
    pub live: Expected,
    pub shadow: Expected,
}

/// What one policy expects of the deliveries that both offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Expected {
    pub until_pickup_s: u64,
    pub until_dropoff_s: u64,
    /// Predicted at the door after what was promised.
    pub at_risk: u64,
}

impl Shadow {
    /// What the second policy would offer now; nothing of it happens.
    pub fn plan(
        &mut self,
        view: &CityView,
        policy: &Policy,
        shadow: &DispatchPolicy,
        now: Timestamp,
    ) -> Picks {
        let policy = Policy { dispatch: shadow.clone(), shadow: None, ..policy.clone() };
        Picks::of(&self.rounds.plan(view, &policy, now))
    }
}

impl Picks {
    /// The first proposal for each delivery.
    pub fn of(round: &Round) -> Self {
        let picks = round.offerings.iter().filter_map(|offering| {
            let first = offering.proposals.first()?;
            let (pickup_at, dropoff_at) = (first.pickup_at, first.dropoff_at);
            Some((offering.delivery, Pick { courier: first.courier, pickup_at, dropoff_at }))
        });
        Self(picks.collect())
    }
}

impl Difference {
    /// Of one round over this view.
    pub fn between(live: &Picks, shadow: &Picks, view: &CityView, now: Timestamp) -> Self {
        let mut sum = Self { rounds: 1, waiting: view.pool().len() as u64, ..Self::default() };
        for (delivery, row) in view.pool() {
            match (live.0.get(delivery), shadow.0.get(delivery)) {
                (Some(live), Some(shadow)) => {
                    let is_alike = live.courier == shadow.courier;
                    *if is_alike { &mut sum.alike } else { &mut sum.to_another } += 1;
                    sum.live.add(live, row.promised_by, now);
                    sum.shadow.add(shadow, row.promised_by, now);
                }
                (Some(_), None) => sum.only_live += 1,
                (None, Some(_)) => sum.only_shadow += 1,
                (None, None) => {}
            }
        }
        sum.rounds_apart = u64::from(sum.to_another + sum.only_live + sum.only_shadow > 0);
        sum
    }

    pub fn and(self, other: Self) -> Self {
        Self {
            rounds: self.rounds + other.rounds,
            rounds_apart: self.rounds_apart + other.rounds_apart,
            waiting: self.waiting + other.waiting,
            alike: self.alike + other.alike,
            to_another: self.to_another + other.to_another,
            only_live: self.only_live + other.only_live,
            only_shadow: self.only_shadow + other.only_shadow,
            live: self.live.and(other.live),
            shadow: self.shadow.and(other.shadow),
        }
    }
}

impl Expected {
    fn add(&mut self, pick: &Pick, promised_by: Timestamp, now: Timestamp) {
        self.until_pickup_s += u64::from(pick.pickup_at.since(now).0);
        self.until_dropoff_s += u64::from(pick.dropoff_at.since(now).0);
        self.at_risk += u64::from(pick.dropoff_at > promised_by);
    }

    fn and(self, other: Self) -> Self {
        Self {
            until_pickup_s: self.until_pickup_s + other.until_pickup_s,
            until_dropoff_s: self.until_dropoff_s + other.until_dropoff_s,
            at_risk: self.at_risk + other.at_risk,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use geo_index::StraightLine;
    use vocabulary::{FulfillmentOrderId, Grams, OrderId, Place, Seconds, StoreId};

    use super::*;
    use crate::view::DeliveryRow;

    const NOW: Timestamp = Timestamp::from_millis(1_794_276_000_000);

    fn city(deliveries: u128) -> CityView {
        let place = Place::new(31.2, 121.4).unwrap();
        let mut view = CityView::new(place, Box::new(StraightLine::default()));
        for number in 1..=deliveries {
            view.put_delivery(DeliveryRow {
                order: OrderId::from_bits(number),
                delivery: DeliveryId::from_bits(number),
                fulfillment_order: FulfillmentOrderId::from_bits(number),
                attempt: 1,
                store: StoreId::from_bits(1),
                pickup: place,
                dropoff: place,
                weight: Grams(500),
                ready_at: NOW,
                promised_by: NOW.after(Seconds(1_000)),
                waiting_since: NOW,
                rounds: 0,
                excluded: BTreeSet::new(),
                pinned: None,
                forced: None,
            });
        }
        view
    }

    /// Delivery, courier, seconds until the door.
    fn picks(rows: &[(u128, u128, u32)]) -> Picks {
        let pick = |(delivery, courier, door): &(u128, u128, u32)| {
            let pick = Pick {
                courier: CourierId::from_bits(*courier),
                pickup_at: NOW.after(Seconds(door / 2)),
                dropoff_at: NOW.after(Seconds(*door)),
            };
            (DeliveryId::from_bits(*delivery), pick)
        };
        Picks(rows.iter().map(pick).collect())
    }

    #[test]
    fn every_delivery_that_waits_is_counted_once_and_times_only_where_both_offer() {
        let live = picks(&[(1, 1, 600), (2, 2, 800), (3, 3, 100)]);
        let shadow = picks(&[(1, 1, 600), (2, 4, 1_200), (4, 3, 100)]);
        let round = Difference::between(&live, &shadow, &city(5), NOW);
        let counted = (round.waiting, round.alike, round.to_another, round.only_live);
        assert_eq!(counted, (5, 1, 1, 1));
        assert_eq!((round.only_shadow, round.rounds_apart), (1, 1));
        let live = Expected { until_pickup_s: 700, until_dropoff_s: 1_400, at_risk: 0 };
        let shadow = Expected { until_pickup_s: 900, until_dropoff_s: 1_800, at_risk: 1 };
        assert_eq!((round.live, round.shadow), (live, shadow));
        let twice = round.and(round);
        assert_eq!((twice.rounds, twice.waiting, twice.shadow.at_risk), (2, 10, 2));
    }

    #[test]
    fn equal_answers_are_not_apart() {
        let picks = picks(&[(1, 1, 600)]);
        let round = Difference::between(&picks, &picks, &city(2), NOW);
        assert_eq!((round.rounds_apart, round.alike), (0, 1));
        assert_eq!(round.live, round.shadow);
    }
}
