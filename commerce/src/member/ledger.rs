//! The points ledger: what each event did to the balance. It is read from the events and kept
//! nowhere else, so that it cannot disagree with them.

use serde::{Deserialize, Serialize};
use vocabulary::OrderId;

use super::MemberEvent;
use super::points::total;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LedgerReason {
    /// For an order that was completed.
    Earn,
    /// For an order about to be placed.
    Spend,
    /// The order did not come to be, or units of it came back.
    GiveBack,
    Expire,
    /// Units came back that had earned points.
    Reverse,
    /// By hand.
    Adjust,
    Erase,
}

/// One line of the ledger. The balance is the sum of all lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerEntry {
    pub reason: LedgerReason,
    /// In (positive) or out (negative).
    pub points: i64,
    pub order: Option<OrderId>,
    pub note: Option<Box<str>>,
}

/// The lines of one event, in order; events that leave the balance alone have none.
pub fn ledger_entries(event: &MemberEvent) -> Vec<LedgerEntry> {
    use LedgerReason as R;
    use MemberEvent as E;
    let entries = match event {
        E::MemberErased { points } => vec![line(R::Erase, out(*points), None)],
        E::PointsExpired { points, .. } => vec![line(R::Expire, out(*points), None)],
        E::PointsGranted { lot, reason, .. } => {
            vec![noted(into(lot.points), reason)]
        }
        E::PointsTaken { lots, reason } => vec![noted(out(total(lots)), reason)],
        E::OrderHeld { order, points, .. } => {
            vec![line(R::Spend, out(total(points)), Some(*order))]
        }
        E::HoldGivenBack { order, points, .. } => {
            vec![line(R::GiveBack, into(total(points)), Some(*order))]
        }
        E::OrderCompleted { order, earned, points_back, .. } => vec![
            line(R::GiveBack, into(total(points_back)), Some(*order)),
            line(R::Earn, into(earned.points), Some(*order)),
        ],
        E::OrderCorrected { order, reversed, points_back, .. } => vec![
            line(R::GiveBack, into(total(points_back)), Some(*order)),
            line(R::Reverse, out(total(reversed)), Some(*order)),
        ],
        E::MemberEnrolled { .. }
        | E::ConsentGiven { .. }
        | E::CouponClaimed { .. }
        | E::CouponExpired { .. }
        | E::HoldExtended { .. }
        | E::HoldDoubted { .. }
        | E::HoldConfirmed { .. } => Vec::new(),
    };
    entries.into_iter().filter(|entry| entry.points != 0).collect()
}

fn line(reason: LedgerReason, points: i64, order: Option<OrderId>) -> LedgerEntry {
    LedgerEntry { reason, points, order, note: None }
}

fn noted(points: i64, note: &str) -> LedgerEntry {
    LedgerEntry { note: Some(note.into()), ..line(LedgerReason::Adjust, points, None) }
}

fn into(points: u64) -> i64 {
    i64::try_from(points).unwrap_or(i64::MAX)
}

fn out(points: u64) -> i64 {
    -into(points)
}
