//! Fingerprints of what was asked, for keys that must not be used for two different things.

use std::hash::{DefaultHasher, Hash, Hasher};

/// Thirty-two bytes that differ when the text differs, by all but impossible chance; no secret.
pub(super) fn fingerprint(text: &str) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (part, chunk) in bytes.chunks_exact_mut(8).enumerate() {
        let mut hasher = DefaultHasher::new();
        (part, text).hash(&mut hasher);
        chunk.copy_from_slice(&hasher.finish().to_be_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::fingerprint;

    #[test]
    fn equal_words_have_equal_fingerprints() {
        assert_eq!(fingerprint("accept"), fingerprint("accept"));
        assert_ne!(fingerprint("accept"), fingerprint("reject"));
        assert_ne!(fingerprint("")[..8], fingerprint("")[8..16]);
    }
}
