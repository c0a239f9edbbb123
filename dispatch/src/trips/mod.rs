//! What every courier of a city does next, planned together: trips, each with the goods of one
//! store for one or several doors, one after the other.
//!
//! Deliveries are put where they make the shoppers' waiting grow least; then single deliveries and
//! whole ends of routes change hands while that helps. A busy courier's minute has a price, and so
//! has ending far from where the next orders are expected; both fall to nothing while couriers
//! stand idle. Demand is learnt from the orders that came, never from those to come. Couriers
//! without a trip are advised where to wait.
//!
//! A plan binds nobody: it is made anew from where things stand, starting from the one before. Only
//! what must begin now is acted on. This room draws no chance: equal views and equal memories give
//! equal plans.

mod advice;
mod demand;
mod insert;
mod problem;
mod route;
mod search;
mod walk;

use std::collections::BTreeMap;

use vocabulary::{CourierId, DeliveryId, Place, Seconds, StoreId, Timestamp};

use crate::Policy;
use crate::view::CityView;

use demand::Demand;
use problem::Problem;
use search::Search;

/// Who brings what, and in which order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Plan {
    pub at: Timestamp,
    /// By courier; those without a trip are not named.
    pub trips: BTreeMap<CourierId, Vec<Trip>>,
    /// Ready within the horizon, but nobody can fetch them before the shift ends.
    pub left_over: Vec<DeliveryId>,
    /// Ready beyond the horizon.
    pub not_yet: Vec<DeliveryId>,
    pub advice: Vec<Advice>,
}

/// To one store, and from there to the doors of its goods.
#[derive(Debug, Clone, PartialEq)]
pub struct Trip {
    pub store: StoreId,
    /// The courier is done with what comes before.
    pub free_at: Timestamp,
    /// Whoever leaves now stands at the store no longer than the policy allows.
    pub leave_at: Timestamp,
    /// The goods change hands.
    pub pickup_at: Timestamp,
    /// In order of the doors, and when goods change hands there; never empty.
    pub doors: Vec<(DeliveryId, Timestamp)>,
}

/// Where a courier without a trip had better wait.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Advice {
    pub courier: CourierId,
    pub store: StoreId,
    pub place: Place,
    /// By how much the way to the next orders is expected to become shorter.
    pub nearer_by: Seconds,
}

/// Plans again and again, each time from the plan before and from the demand seen so far.
///
/// It is advice and never stored: after a restart it begins anew.
#[derive(Debug, Clone, Default)]
pub struct Planner {
    routes: BTreeMap<CourierId, Vec<Vec<DeliveryId>>>,
    demand: Demand,
}

impl Planner {
    /// Plans for everybody on duty, or soon to be, and everything that waits.
    pub fn plan(&mut self, view: &CityView, policy: &Policy, now: Timestamp) -> Plan {
        self.demand.learn(view, policy, now);
        let problem = Problem::of(view, policy, &mut self.demand, now);
        let mut search = Search::new(&problem, &self.routes);
        search.fill();
        search.improve();
        let mut plan = search.plan();
        self.routes = search.remembered();
        self.demand.note_idle(&problem, &plan, policy);
        plan.advice = advice::advise(&problem, &plan, &mut self.demand, view, policy);
        plan
    }
}

#[cfg(test)]
mod tests;
