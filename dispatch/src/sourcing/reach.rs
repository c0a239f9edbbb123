//! Which stores may be asked, nearest first, ties to the smaller id.
//!
//! The first ring is the `max_candidates` nearest stores in reach. When none of them has everything
//! the others in reach are looked at too, up to a bound: one of them may, or may save a store. What
//! nobody among these has is looked for in a last ring: the next nearest that have what is lacking,
//! so that a rare product is not refused because it is sold behind hundreds of stores without it.

use std::collections::BTreeSet;

use vocabulary::{Meters, Place, StoreId};

use super::candidate::Candidate;
use super::mask::Mask;
use super::question::Question;
use crate::order::FulfillmentMode;

/// Stores looked at for one basket before the last ring, at most.
const MOST_LOOKED_AT: usize = 256;

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

    /// Those behind the first ring, nearest first.
    pub(super) fn behind_first_ring(&self) -> Vec<Reached> {
        let ring = self.question.ring_size();
        match self.question.request.mode {
            FulfillmentMode::Delivery => {
                self.stores.iter().take(MOST_LOOKED_AT.max(ring)).skip(ring).copied().collect()
            }
            FulfillmentMode::Express if self.stores.len() < ring => Vec::new(),
            FulfillmentMode::Express => {
                let index = self.question.view.store_index();
                let mut nearest = index.nearest(self.door, MOST_LOOKED_AT.max(ring), |_| true);
                nearest.retain(|(_, far)| *far <= express_radius(self.question));
                nearest.split_off(ring.min(nearest.len()))
            }
            FulfillmentMode::Pickup => Vec::new(),
        }
    }

    /// Beyond those looked at. `lacking` are the needs that they cannot give even together; when
    /// there are none (it would take too many stores, or too small parts) simply the next nearest.
    pub(super) fn last_ring(&self, lacking: Mask, looked_at: &[Candidate<'_>]) -> Vec<Reached> {
        let known: BTreeSet<StoreId> = looked_at.iter().map(|one| one.store).collect();
        let basket = &self.question.basket;
        let may_help = |store: StoreId| {
            !known.contains(&store) && (lacking.is_empty() || basket.has_any_of(lacking, store))
        };
        let ring = self.question.ring_size();
        match self.question.request.mode {
            FulfillmentMode::Delivery => {
                let beyond = self.stores.iter().filter(|(store, _)| may_help(*store));
                beyond.take(ring).copied().collect()
            }
            FulfillmentMode::Express => {
                let mut nearest =
                    self.question.view.store_index().nearest(self.door, ring, may_help);
                nearest.retain(|(_, far)| *far <= express_radius(self.question));
                nearest
            }
            FulfillmentMode::Pickup => Vec::new(),
        }
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
