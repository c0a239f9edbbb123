//! Tokens by their hash. The secret itself is never written anywhere.

use vocabulary::Timestamp;

/// A token that was given out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRow {
    pub id: u128,
    /// SHA-256 of the secret; unique.
    pub hash: [u8; 32],
    /// Who holds it and what it opens; JSON.
    pub principal: String,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
}
