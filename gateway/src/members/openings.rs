//! Who of the house opened which member's page: the audit trail has a line for each opening, and one
//! for as long as the same person keeps reading.

use std::sync::{Mutex, PoisonError};

use rustc_hash::FxHashMap;
use vocabulary::{MemberId, PrincipalId, Seconds, Timestamp};

/// A page that is read again within this time is still open.
const STAYS_OPEN: Seconds = Seconds(600);
const REMEMBERED: usize = 4_096;

#[derive(Debug, Default)]
pub struct Openings(Mutex<FxHashMap<(PrincipalId, MemberId), Timestamp>>);

impl Openings {
    /// Whether this is a new opening, to be written down.
    pub fn is_new(&self, by: PrincipalId, member: MemberId, now: Timestamp) -> bool {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_open = |at: Timestamp| now < at.after(STAYS_OPEN);
        if open.get(&(by, member)).is_some_and(|at| is_open(*at)) {
            return false;
        }
        if open.len() >= REMEMBERED {
            open.retain(|_, at| is_open(*at));
        }
        // Rather a line too many in the trail than one too few.
        if open.len() < REMEMBERED {
            open.insert((by, member), now);
        }
        true
    }

    /// What could not be written down was not opened.
    pub fn forget(&self, by: PrincipalId, member: MemberId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&(by, member));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_opening_is_told_once_until_the_page_was_left() {
        let openings = Openings::default();
        let (who, other) = (PrincipalId::from_bits(1), PrincipalId::from_bits(2));
        let member = MemberId::from_bits(3);
        let at = |seconds| Timestamp::from_millis(1_795_000_000_000).after(Seconds(seconds));
        assert!(openings.is_new(who, member, at(0)));
        assert!(!openings.is_new(who, member, at(599)));
        assert!(openings.is_new(other, member, at(599)), "each person by themselves");
        assert!(openings.is_new(who, member, at(600)));
        openings.forget(who, member);
        assert!(openings.is_new(who, member, at(601)));
    }
}
