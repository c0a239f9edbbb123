//! Which keys were used, in little memory; the answers stay in the journal.

use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};

use crate::intake::Idempotency;

/// 128 bits of the key's hash → 64 bits of the body's hash.
#[derive(Debug, Default)]
pub(crate) struct KeyIndex(FxHashMap<u128, u64>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seen {
    Never,
    WithThisBody,
    WithAnotherBody,
}

impl KeyIndex {
    pub fn seen(&self, key: &Idempotency) -> Seen {
        match self.0.get(&fingerprint(&key.scope, &key.key)) {
            None => Seen::Never,
            Some(body) if *body == body_of(&key.body_hash) => Seen::WithThisBody,
            Some(_) => Seen::WithAnotherBody,
        }
    }

    pub fn remember(&mut self, scope: &str, key: &str, body_hash: &[u8; 32]) {
        self.0.insert(fingerprint(scope, key), body_of(body_hash));
    }

    /// The command came to nothing: its key may be used again.
    pub fn forget(&mut self, key: &Idempotency) {
        self.0.remove(&fingerprint(&key.scope, &key.key));
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

    fn key(scope: &str, key: &str, body: u8) -> Idempotency {
        Idempotency {
            scope: scope.into(),
            key: key.into(),
            body_hash: [body; 32],
            conflict: Conflict::IdempotencyKey,
        }
    }

    #[test]
    fn a_key_is_its_principals_own() {
        let mut index = KeyIndex::default();
        index.remember("a", "bc", &[1; 32]);
        assert_eq!(index.seen(&key("a", "bc", 1)), Seen::WithThisBody);
        assert_eq!(index.seen(&key("a", "bc", 2)), Seen::WithAnotherBody);
        assert_eq!(index.seen(&key("ab", "c", 1)), Seen::Never);
    }
}
