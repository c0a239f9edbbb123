//! One planning: what is asked, of which city, by which policy, at what time.

use vocabulary::{Place, Timestamp};

use super::SourcingRequest;
use super::basket::Basket;
use crate::order::FulfillmentMode;
use crate::view::CityView;
use crate::{Policy, Refusal};

pub(super) struct Question<'a> {
    pub(super) request: &'a SourcingRequest,
    pub(super) view: &'a CityView,
    pub(super) policy: &'a Policy,
    pub(super) now: Timestamp,
    pub(super) basket: Basket<'a>,
}

impl<'a> Question<'a> {
    /// Refuses what cannot be planned at all: no lines, no door, or a pickup at no store.
    pub(super) fn pose(
        request: &'a SourcingRequest,
        view: &'a CityView,
        policy: &'a Policy,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let missing = |what: &str, expected: &str| {
            Err(Refusal::Invalid { what: what.into(), expected: expected.into() })
        };
        match request.mode {
            FulfillmentMode::Pickup if request.pinned.is_none() => {
                return missing("store", "the one where the shopper collects the order");
            }
            FulfillmentMode::Delivery | FulfillmentMode::Express
                if request.destination.is_none() =>
            {
                return missing("destination", "the place of the door");
            }
            FulfillmentMode::Pickup | FulfillmentMode::Delivery | FulfillmentMode::Express => {}
        }
        let basket = Basket::of(request, view)?;
        Ok(Self { request, view, policy, now, basket })
    }

    /// Where the goods go; none for a pickup, whatever the request carries.
    pub(super) fn door(&self) -> Option<Place> {
        match self.request.mode {
            FulfillmentMode::Pickup => None,
            FulfillmentMode::Delivery | FulfillmentMode::Express => self.request.destination,
        }
    }

    /// Stores looked at in one ring.
    pub(super) fn ring_size(&self) -> usize {
        self.policy.sourcing.max_candidates.max(1) as usize
    }
}
