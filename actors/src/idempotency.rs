//! Which keys were used, in little memory; the answers stay in the journal.
//!
//! The index knows exactly the keys whose answers the journal keeps. A key that only the journal
//! knew would be let in and stop the partition when its answer is recorded twice; one that only the
//! index knew would be told to ask again for ever. So keys go a generation at a time, the journal's
//! rows of the same span first.

use std::collections::VecDeque;

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
    /// 128 bits of the key's hash → 64 bits of the body's hash.
    keys: FxHashMap<u128, u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seen {
    Never,
    WithThisBody,
    WithAnotherBody,
}

impl KeyIndex {
    /// An index of keys answered at `since` or later, which are kept for `keys_for`.
    pub fn beginning_at(since: Timestamp, keys_for: Seconds) -> Self {
        let span = Seconds((keys_for.0 / GENERATIONS).max(1));
        Self { span, closed: VecDeque::new(), open: Generation::beginning_at(since) }
    }

    pub fn seen(&self, key: &Idempotency) -> Seen {
        let fingerprint = fingerprint(&key.scope, &key.key);
        let generations = std::iter::once(&self.open).chain(self.closed.iter().rev());
        match generations.into_iter().find_map(|known| known.keys.get(&fingerprint)) {
            None => Seen::Never,
            Some(body) if *body == body_of(&key.body_hash) => Seen::WithThisBody,
            Some(_) => Seen::WithAnotherBody,
        }
    }

    /// The key is used, or answered: its generation is that of the last of both.
    pub fn remember(&mut self, scope: &str, key: &str, body_hash: &[u8; 32], now: Timestamp) {
        if self.open.began_at.after(self.span) <= now {
            let closed = std::mem::replace(&mut self.open, Generation::beginning_at(now));
            self.closed.push_back(closed);
        }
        self.open.keys.insert(fingerprint(scope, key), body_of(body_hash));
    }

    /// Takes in what the journal kept, as one generation.
    pub fn recall(&mut self, scope: &str, key: &str, body_hash: &[u8; 32]) {
        self.open.keys.insert(fingerprint(scope, key), body_of(body_hash));
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

fn body_of(hash: &[u8; 32]) -> u64 {
    hash.iter().take(8).fold(0, |bits, byte| (bits << 8) | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Conflict;

    const DAY: Seconds = Seconds(86_400);

    fn key(scope: &str, key: &str, body: u8) -> Idempotency {
        Idempotency {
            scope: scope.into(),
            key: key.into(),
            body_hash: [body; 32],
            conflict: Conflict::IdempotencyKey,
        }
    }

    fn hour(hours: u32) -> Timestamp {
        Timestamp::default().after(Seconds(hours * 3_600))
    }

    #[test]
    fn a_key_is_its_principals_own() {
        let mut index = KeyIndex::beginning_at(hour(0), DAY);
        index.remember("a", "bc", &[1; 32], hour(1));
        assert_eq!(index.seen(&key("a", "bc", 1)), Seen::WithThisBody);
        assert_eq!(index.seen(&key("a", "bc", 2)), Seen::WithAnotherBody);
        assert_eq!(index.seen(&key("ab", "c", 1)), Seen::Never);
    }

    #[test]
    fn keys_go_a_generation_at_a_time_and_never_before_their_time() {
        let mut index = KeyIndex::beginning_at(hour(0), DAY);
        index.recall("a", "recovered", &[1; 32]);
        for at in 0..30 {
            index.remember("a", &format!("k{at}"), &[1; 32], hour(at));
        }
        assert_eq!(index.horizon(hour(1)), None, "a generation takes two hours");
        let horizon = index.horizon(hour(7)).unwrap();
        assert_eq!(horizon, hour(6));
        index.forget_before(horizon);
        let known = |name: &str| index.seen(&key("a", name, 1)) != Seen::Never;
        assert_eq!(
            ["recovered", "k0", "k5", "k6", "k7", "k29"].map(known),
            [false, false, false, true, true, true]
        );
    }

    #[test]
    fn an_answer_brings_its_key_along_into_its_own_generation() {
        let mut index = KeyIndex::beginning_at(hour(0), DAY);
        index.remember("a", "slow", &[1; 32], hour(1));
        index.remember("a", "slow", &[1; 32], hour(2));
        index.forget_before(hour(2));
        assert_eq!(index.seen(&key("a", "slow", 1)), Seen::WithThisBody);
        index.forget(&key("a", "slow", 1));
        assert_eq!(index.seen(&key("a", "slow", 1)), Seen::Never);
    }
}
