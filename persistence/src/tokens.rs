//! Tokens by their hash. The secret itself is never written anywhere.

use vocabulary::Timestamp;

/// A token that was given out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRow {
    pub id: u128,
    /// SHA-256 of the secret; unique.
    pub hash: [u8; 32],
    /// Who holds it and what it opens; JSON with at least `kind`, `role` and `name`.
    pub principal: String,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
    /// On whose word; `None` where somebody logged in.
    pub granted_by: Option<String>,
    /// When it last opened something, as far as it was told; see [`TokenUse`].
    pub used_at: Option<Timestamp>,
}

/// A token has opened something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenUse {
    pub id: u128,
    pub at: Timestamp,
}

/// Which tokens are wanted, a page at a time, youngest first. Shoppers' are listed by themselves:
/// there are as many as shoppers who have logged in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TokenQuery {
    pub of_shoppers: bool,
    /// The id of the last one of the page before.
    pub before: Option<u128>,
    pub kind: Option<String>,
    pub role: Option<String>,
    /// A part of the holder's name; capital letters of ASCII are as good as small ones.
    pub name: Option<String>,
    /// Only those that still open something then.
    pub open_at: Option<Timestamp>,
    pub limit: u32,
}
