//! Points by expiry: what is oldest goes first.

use serde::{Deserialize, Serialize};
use vocabulary::Timestamp;

/// Points that expire together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lot {
    pub points: u64,
    /// From this moment on they are gone.
    pub expires_at: Timestamp,
}

/// A member's points. The balance is never below zero: what a return takes back and is not there
/// any more is owed, and the next points earned pay it first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Points {
    /// The first to expire first; one lot an expiry.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    lots: Vec<Lot>,
    /// Points to be earned before the balance grows again.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub owed: u64,
}

fn is_zero(points: &u64) -> bool {
    *points == 0
}

pub(super) fn total(lots: &[Lot]) -> u64 {
    lots.iter().map(|lot| lot.points).sum()
}

impl Points {
    /// All that is recorded, also what has expired since and was not taken off yet.
    pub fn balance(&self) -> u64 {
        total(&self.lots)
    }

    /// The first to expire first.
    pub fn lots(&self) -> impl Iterator<Item = &Lot> {
        self.lots.iter()
    }

    /// What can be spent.
    pub fn available(&self, now: Timestamp) -> u64 {
        self.lots.iter().filter(|lot| lot.expires_at > now).map(|lot| lot.points).sum()
    }

    /// What has expired and is still in the balance.
    pub fn expired(&self, now: Timestamp) -> u64 {
        self.balance() - self.available(now)
    }

    /// When the next points expire, and how many.
    pub fn next_expiry(&self, now: Timestamp) -> Option<Lot> {
        self.lots.iter().find(|lot| lot.expires_at > now).copied()
    }

    /// The lots that so many points come from, the first to expire first; `None` when there are
    /// fewer. Nothing that has expired is spent.
    pub(super) fn oldest(&self, points: u64, now: Timestamp) -> Option<Vec<Lot>> {
        let live = self.lots.iter().filter(|lot| lot.expires_at > now);
        let (lots, missing) = gather(live, points);
        (missing == 0).then_some(lots)
    }

    /// The lots that a reversal takes from, the last to expire first, and how many points it does
    /// not find.
    pub(super) fn newest(&self, points: u64, now: Timestamp) -> (Vec<Lot>, u64) {
        gather(self.lots.iter().rev().filter(|lot| lot.expires_at > now), points)
    }

    pub(super) fn add(&mut self, lot: Lot) {
        if lot.points == 0 {
            return;
        }
        match self.lots.binary_search_by_key(&lot.expires_at, |known| known.expires_at) {
            Ok(place) => {
                if let Some(known) = self.lots.get_mut(place) {
                    known.points = known.points.saturating_add(lot.points);
                }
            }
            Err(place) => self.lots.insert(place, lot),
        }
    }

    pub(super) fn take(&mut self, lots: &[Lot]) {
        for taken in lots {
            let same = self.lots.iter_mut().find(|lot| lot.expires_at == taken.expires_at);
            if let Some(lot) = same {
                lot.points = lot.points.saturating_sub(taken.points);
            }
        }
        self.lots.retain(|lot| lot.points > 0);
    }

    pub(super) fn expire(&mut self, by: Timestamp) {
        self.lots.retain(|lot| lot.expires_at > by);
    }
}

/// So many points out of lots in this order, and how many are missing.
pub(super) fn gather<'l>(lots: impl Iterator<Item = &'l Lot>, points: u64) -> (Vec<Lot>, u64) {
    let mut missing = points;
    let mut taken = Vec::new();
    for lot in lots {
        if missing == 0 {
            break;
        }
        let part = lot.points.min(missing);
        missing -= part;
        if part > 0 {
            taken.push(Lot { points: part, expires_at: lot.expires_at });
        }
    }
    (taken, missing)
}
