//! Which courier is asked about which delivery: one assignment per round over everything that waits.
//!
//! A round only proposes. The courier answers and the order grants.

use vocabulary::{DeliveryId, OrderId, Timestamp};

use crate::Policy;
use crate::order::Proposal;
use crate::view::CityView;

/// What one round proposes, and why the rest waits.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Round {
    pub at: Timestamp,
    /// By delivery.
    pub offerings: Vec<Offering>,
    /// By delivery: those that wait for another round.
    pub unserved: Vec<(DeliveryId, Unserved)>,
}

/// For [`crate::order::OrderCommand::OfferDelivery`].
#[derive(Debug, Clone, PartialEq)]
pub struct Offering {
    pub order: OrderId,
    pub delivery: DeliveryId,
    pub attempt: u32,
    pub proposals: Vec<Proposal>,
    /// Chosen by hand.
    pub forced: bool,
}

/// Why a delivery was not offered in this round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unserved {
    /// The goods are ready too late to send anybody now.
    TooEarly { look_from: Timestamp },
    /// Nobody who may take it is within the radius of this round.
    NobodyNear,
    /// Candidates went to other deliveries.
    Outbid,
    /// The forced or pinned courier cannot take it now.
    ChosenUnavailable,
}

/// Plans one round over the pool of the city. Equal views give equal rounds.
pub fn plan_round(_view: &CityView, _policy: &Policy, now: Timestamp) -> Round {
    Round { at: now, ..Round::default() }
}
