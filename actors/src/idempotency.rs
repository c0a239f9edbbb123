//! Which keys were used, in little memory; the answers stay in the journal.
//!
//! The index is the only judge of a key, and says from where on the journal has its answer. It
//! knows exactly the keys whose answers the journal keeps: one that only the index knew would be
//! told to ask again for ever. So keys go a generation at a time, the journal's rows of the same
//! span first.

use std::collections::VecDeque;

use persistence::IdempotencyKey;
use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};
use vocabulary::{Seconds, Timestamp};

use crate::intake::Idempotency;

/// Into how many generations the time that keys are kept is cut: each is one more look-up for a
/// key that was never used.
const GENERATIONS: u32 = 12;

#[derive(Debug)]
pub(crate) struct KeyIndex {
    /// How long a generation takes in keys.
    span: Seconds,
    /// The oldest first.
    closed: VecDeque<Generation>,
    open: Generation,
}

#[derive(Debug)]
struct Generation {
    /// No answer to any of its keys is older.
    began_at: Timestamp,
    /// 128 bits of the key's hash → a seq at or before its answer's.
    keys: FxHashMap<u128, u64>,
}

impl KeyIndex {
    /// An index of keys answered at `since` or later, which are kept for `keys_for`.
    pub fn beginning_at(since: Timestamp, keys_for: Seconds) -> Self {
        let span = Seconds((keys_for.0 / GENERATIONS).max(1));
        Self { span, closed: VecDeque::new(), open: Generation::beginning_at(since) }
    }

    /// From which seq on to look for the key's answer; `None` when it was never used.
    pub fn answered_from(&self, key: &Idempotency) -> Option<u64> {
        let fingerprint = fingerprint(&key.scope, &key.key);
        let generations = std::iter::once(&self.open).chain(self.closed.iter().rev());
        generations.into_iter().find_map(|known| known.keys.get(&fingerprint)).copied()
    }

    /// The key is used when the partition has reached `seq`.
    pub fn remember(&mut self, key: &Idempotency, seq: u64, now: Timestamp) {
        if self.open.began_at.after(self.span) <= now {
            let closed = std::mem::replace(&mut self.open, Generation::beginning_at(now));
            self.closed.push_back(closed);
        }
        self.open.keys.insert(fingerprint(&key.scope, &key.key), seq);
    }

    /// Takes in what the journal kept, as one generation.
    pub fn recall(&mut self, key: &IdempotencyKey) {
        self.open.keys.insert(fingerprint(&key.scope, &key.key), key.seq);
    }

    /// The command came to nothing: its key may be used again.
    pub fn forget(&mut self, key: &Idempotency) {
        let fingerprint = fingerprint(&key.scope, &key.key);
        self.open.keys.remove(&fingerprint);
        for generation in &mut self.closed {
            generation.keys.remove(&fingerprint);
        }
    }

    /// Up to when answers may go if those before `before` need not be kept: the end of the last
    /// generation that is wholly older. `None` when there is no such generation.
    pub fn horizon(&self, before: Timestamp) -> Option<Timestamp> {
        let ends = self.closed.iter().skip(1).chain([&self.open]).map(|next| next.began_at);
        ends.take(self.closed.len()).take_while(|end| *end <= before).last()
    }

    /// The journal has forgotten the answers before a horizon.
    pub fn forget_before(&mut self, horizon: Timestamp) {
        while self.horizon(horizon).is_some() {
            self.closed.pop_front();
        }
    }
}

impl Generation {
    fn beginning_at(began_at: Timestamp) -> Self {
        Self { began_at, keys: FxHashMap::default() }
    }
}

fn fingerprint(scope: &str, key: &str) -> u128 {
    let mut hash = Sha256::new();
    // The length keeps ("ab", "c") and ("a", "bc") apart.
    hash.update((scope.len() as u64).to_be_bytes());
    hash.update(scope.as_bytes());
    hash.update(key.as_bytes());
    let digest: [u8; 32] = hash.finalize().into();
    digest.iter().take(16).fold(0, |bits, byte| (bits << 8) | u128::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Conflict;

    const DAY: Seconds = Seconds(86_400);

    fn key(scope: &str, key: &str) -> Idempotency {
        Idempotency {
            scope: scope.into(),
            key: key.into(),
            body_hash: [1; 32],
            conflict: Conflict::IdempotencyKey,
        }
    }

    fn hour(hours: u32) -> Timestamp {
        Timestamp::default().after(Seconds(hours * 3_600))
    }

    #[test]
    fn a_key_is_its_principals_own() {
        let mut index = KeyIndex::beginning_at(hour(0), DAY);
        index.remember(&key("a", "bc"), 7, hour(1));
        assert_eq!(index.answered_from(&key("a", "bc")), Some(7));
        assert_eq!(index.answered_from(&key("ab", "c")), None);
    }

    #[test]
    fn keys_go_a_generation_at_a_time_and_never_before_their_time() {
        let mut index = KeyIndex::beginning_at(hour(0), DAY);
        index.recall(&IdempotencyKey { seq: 0, scope: "a".into(), key: "recovered".into() });
        for at in 0..30 {
            index.remember(&key("a", &format!("k{at}")), at.into(), hour(at));
        }
        assert_eq!(index.horizon(hour(1)), None, "a generation takes two hours");
        let horizon = index.horizon(hour(7)).unwrap();
        assert_eq!(horizon, hour(6));
        index.forget_before(horizon);
        let known = |name: &str| index.answered_from(&key("a", name));
        assert_eq!(
            ["recovered", "k0", "k5", "k6", "k7", "k29"].map(known),
            [None, None, None, Some(6), Some(7), Some(29)]
        );
    }

    #[test]
    fn an_answer_brings_its_key_along_into_its_own_generation() {
        let mut index = KeyIndex::beginning_at(hour(0), DAY);
        index.remember(&key("a", "slow"), 3, hour(1));
        index.remember(&key("a", "slow"), 5, hour(2));
        index.forget_before(hour(2));
        assert_eq!(index.answered_from(&key("a", "slow")), Some(5));
        index.forget(&key("a", "slow"));
        assert_eq!(index.answered_from(&key("a", "slow")), None);
    }
}
