//! Which stores may be asked, nearest first, ties to the smaller id.
//!
//! The first ring is the `max_candidates` nearest stores in reach. Only when they cannot fill the
//! basket a second ring of as many is looked at: the next nearest that have what is lacking, so
//! that a rare product is not refused because it is sold behind two dozen stores without it.

use std::collections::BTreeSet;

use geo_index::distance;
use vocabulary::{Meters, Place, StoreId};

use super::mask::Mask;
use super::question::Question;
use crate::order::FulfillmentMode;

pub(super) type Reached = (StoreId, Meters);

pub(super) struct Reach<'q> {
    question: &'q Question<'q>,
    door: Place,
    /// Express: the first ring. Delivery: every store that delivers to the door.
    stores: Vec<Reached>,
}

impl<'q> Reach<'q> {
    /// `None` without a door.
    pub(super) fn around_the_door(question: &'q Question<'q>) -> Option<Self> {
        let door = question.door()?;
        let index = question.view.store_index();
        let stores = match question.request.mode {
            FulfillmentMode::Delivery => index.covering(door),
            FulfillmentMode::Express => {
                let mut nearest = index.nearest(door, question.ring_size(), |_| true);
                nearest.retain(|(_, far)| *far <= express_radius(question));
                nearest
            }
            FulfillmentMode::Pickup => Vec::new(),
        };
        Some(Self { question, door, stores })
    }

    pub(super) fn first_ring(&self) -> &[Reached] {
        self.stores.get(..self.question.ring_size()).unwrap_or(&self.stores)
    }

    /// `lacking` are the needs that the first ring cannot give even together; when there are none
    /// (it would take too many stores, or too small parts) simply the next nearest.
    pub(super) fn second_ring(&self, lacking: Mask) -> Vec<Reached> {
        let first: BTreeSet<StoreId> = self.first_ring().iter().map(|(store, _)| *store).collect();
        let mut beyond = match self.question.request.mode {
            FulfillmentMode::Delivery if lacking.is_empty() => self.stores.clone(),
            FulfillmentMode::Express if lacking.is_empty() => {
                let twice = self.question.ring_size().saturating_mul(2);
                self.question.view.store_index().nearest(self.door, twice, |_| true)
            }
            FulfillmentMode::Delivery | FulfillmentMode::Express => self.carriers(lacking),
            FulfillmentMode::Pickup => Vec::new(),
        };
        beyond.retain(|(store, far)| {
            !first.contains(store) && is_in_reach(self.question, *store, Some(*far))
        });
        beyond.truncate(self.question.ring_size());
        beyond
    }

    /// Stores anywhere that can sell a unit of what is lacking.
    fn carriers(&self, lacking: Mask) -> Vec<Reached> {
        let basket = &self.question.basket;
        let needs = lacking.iter().filter_map(|need| basket.needs.get(need));
        let carriers: BTreeSet<StoreId> =
            needs.flat_map(|need| basket.wants_of(need)).flat_map(|want| want.carriers()).collect();
        let index = self.question.view.store_index();
        let mut reached: Vec<Reached> = carriers
            .into_iter()
            .filter_map(|store| Some((store, distance(self.door, index.place(store)?))))
            .collect();
        reached.sort_unstable_by_key(|(store, far)| (*far, *store));
        reached
    }
}

/// Whether the store may serve the door at all, by area or by radius; always for a pickup.
pub(super) fn is_in_reach(question: &Question<'_>, store: StoreId, far: Option<Meters>) -> bool {
    match (question.request.mode, question.door()) {
        (FulfillmentMode::Delivery, Some(door)) => question.view.store_index().covers(store, door),
        (FulfillmentMode::Express, _) => far.is_some_and(|far| far <= express_radius(question)),
        (FulfillmentMode::Delivery, None) => false,
        (FulfillmentMode::Pickup, _) => true,
    }
}

fn express_radius(question: &Question<'_>) -> Meters {
    Meters(question.policy.sourcing.express_radius_m)
}
