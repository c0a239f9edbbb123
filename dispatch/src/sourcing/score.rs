//! What ranks plans of equally many stores: lower is better, and a plan's score is the sum of its
//! stores' scores and of what each need draws from the shelf it is taken from.

use super::promise::Promise;
use super::question::Question;
use crate::policy::SourcingScore;
use crate::view::StoreRow;
use vocabulary::Meters;

/// What choosing the store costs, whatever is taken from it.
pub(super) fn of_store(
    question: &Question<'_>,
    row: &StoreRow,
    far: Option<Meters>,
    promise: &Promise,
) -> f64 {
    let policy = &question.policy.sourcing;
    match policy.score {
        SourcingScore::Nearest => far.map_or(0.0, |far| f64::from(far.0)),
        SourcingScore::TravelTime => f64::from(promise.travel.time.0),
        SourcingScore::Load => {
            f64::from(row.open_orders) / f64::from(row.settings.capacity_per_window.max(1))
        }
        SourcingScore::Cost => {
            let kilometres = f64::from(promise.travel.distance.0) / 1_000.0;
            f64::from(policy.part_cost_fen) + kilometres * f64::from(policy.kilometre_cost_fen)
        }
        SourcingScore::StockBalance => 0.0,
    }
}

/// The share of a shelf that is emptied by taking these units from it.
pub(super) fn of_units(question: &Question<'_>, units: u32, available: u32) -> f64 {
    match question.policy.sourcing.score {
        SourcingScore::StockBalance => f64::from(units) / f64::from(available.max(1)),
        SourcingScore::Nearest
        | SourcingScore::TravelTime
        | SourcingScore::Load
        | SourcingScore::Cost => 0.0,
    }
}

/// Whether a plan's score depends on who gives what, not only on the stores chosen.
pub(super) fn draws(question: &Question<'_>) -> bool {
    match question.policy.sourcing.score {
        SourcingScore::StockBalance => true,
        SourcingScore::Nearest
        | SourcingScore::TravelTime
        | SourcingScore::Load
        | SourcingScore::Cost => false,
    }
}
