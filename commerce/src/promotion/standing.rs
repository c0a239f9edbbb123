//! What a quote may use of a member's, and what it then uses.

use std::fmt;

use serde::{Deserialize, Serialize};
use vocabulary::{CampaignId, CouponId, MemberId, Money, Timestamp};

use crate::invalid::Invalid;

/// The name of a tier, such as `gold`. 1 to 32 of `a-z 0-9 - _`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TierCode(String);

/// A member as a quote sees one: a copy of what the member's owner knew a moment ago. It is
/// advice; the coupons and points are held, or refused, when the order is placed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberStanding {
    pub member: MemberId,
    pub tier: TierCode,
    /// Points that are neither spent, expired nor held for another order.
    pub points: u64,
    /// Coupons that are neither used, expired nor held for another order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub coupons: Vec<HeldCoupon>,
}

/// One coupon in a member's hands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeldCoupon {
    pub id: CouponId,
    /// The campaign that says what it takes off.
    pub template: CampaignId,
    /// From this moment on it takes nothing off.
    pub expires_at: Timestamp,
}

/// What an order of this quote takes from its member. A quote by a member who uses nothing still
/// names the member, so that the order counts for the tier and earns points.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Uses {
    pub member: MemberId,
    /// The member's when this was quoted; reports count the sale under it.
    pub tier: TierCode,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub coupons: Vec<CouponId>,
    /// Points spent: `points_per_fen` for each fen of the quote's shares of points, so a unit that
    /// is given back gives back its fen of them times `points_per_fen`.
    #[serde(default, skip_serializing_if = "is_none")]
    pub points: u64,
    /// How many points a fen cost when this was quoted; 0 where no points are spent.
    #[serde(default, skip_serializing_if = "is_none")]
    pub points_per_fen: u64,
}

/// What an order of this quote draws from a campaign with a budget: one use, and this much money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BudgetDraw {
    pub campaign: CampaignId,
    pub amount: Money,
}

fn is_none(points: &u64) -> bool {
    *points == 0
}

impl TierCode {
    pub const LONGEST: usize = 32;

    pub fn new(code: impl Into<String>) -> Result<Self, Invalid> {
        let code = code.into();
        let is_allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_');
        if (1..=Self::LONGEST).contains(&code.len()) && code.bytes().all(is_allowed) {
            return Ok(Self(code));
        }
        Err(Invalid::text("tier", &code, "give 1 to 32 of the characters a-z, 0-9, - and _"))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for TierCode {
    type Error = Invalid;
    fn try_from(code: String) -> Result<Self, Invalid> {
        Self::new(code)
    }
}

impl From<TierCode> for String {
    fn from(code: TierCode) -> Self {
        code.0
    }
}

impl fmt::Display for TierCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
