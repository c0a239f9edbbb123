//! The points ledger: what each event did to the balance. It is read from the events and kept
//! nowhere else, so that it cannot disagree with them.

use serde::{Deserialize, Serialize};
use vocabulary::{MemberId, OrderId, Timestamp};

use super::points::total;
use super::{Member, MemberEvent};

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

/// The whole ledger of one member as it stands at `now`, the oldest line first. Points leave it at the
/// moment they expire, whether or not anything has recorded that yet, so that its sum is always what
/// can be spent.
pub fn ledger_at(
    events: impl IntoIterator<Item = (Timestamp, MemberEvent)>,
    now: Timestamp,
) -> Vec<(Timestamp, LedgerEntry)> {
    let mut member = Member::new(MemberId::from_bits(0));
    let mut lines = Vec::new();
    for (at, event) in events {
        expire(&mut lines, &mut member, at);
        match &event {
            MemberEvent::PointsExpired { .. } => {}
            // Of what was recorded, some may have expired without anybody noticing.
            MemberEvent::MemberErased { .. } if member.points.balance() > 0 => {
                lines.push((at, line(LedgerReason::Erase, out(member.points.balance()), None)));
            }
            MemberEvent::MemberErased { .. } => {}
            other => lines.extend(ledger_entries(other).into_iter().map(|entry| (at, entry))),
        }
        member.apply(&event, at);
    }
    expire(&mut lines, &mut member, now);
    lines
}

/// A line for each lot that has expired by then, which leaves the balance. What came back after its
/// time leaves when it has come.
fn expire(lines: &mut Vec<(Timestamp, LedgerEntry)>, member: &mut Member, by: Timestamp) {
    let came = lines.last().map(|(at, _)| *at);
    for lot in member.points.lots().filter(|lot| lot.expires_at <= by) {
        let at = came.map_or(lot.expires_at, |came| came.max(lot.expires_at));
        lines.push((at, line(LedgerReason::Expire, out(lot.points), None)));
    }
    member.points.expire(by);
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
