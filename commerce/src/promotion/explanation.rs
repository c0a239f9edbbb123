//! Why a quote has the discounts it has, in words a shopper's page can show.

use std::fmt;

use serde::{Deserialize, Serialize};
use vocabulary::{CampaignId, CouponId, Money, SkuId, Timestamp};

use super::campaign::Stage;
use super::discount::Short;

/// Everything that was asked whether it takes something off a basket.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// In the order in which it was taken off.
    pub applied: Vec<Applied>,
    /// What could have, and why it did not. Campaigns of other stores, channels, goods and times
    /// are left out; a coupon that was asked for is always here or above.
    pub not_applied: Vec<NotApplied>,
    /// Absent when no points were asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<PointsSpent>,
}

/// A campaign, or one coupon of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    pub campaign: CampaignId,
    pub name: String,
    pub stage: Stage,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coupon: Option<CouponId>,
}

/// Something was taken off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applied {
    pub subject: Subject,
    pub amount: Money,
    /// What the goods it counted were worth before.
    pub counted: Money,
    /// Each line it took something off.
    pub lines: Vec<(SkuId, Money)>,
    /// What would give more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Short>,
}

/// Nothing was taken off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotApplied {
    pub subject: Subject,
    pub reason: Reason,
}

/// Why nothing was taken off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The goods are not worth enough.
    Short(Short),
    /// It is for members, or for other tiers.
    Tier,
    /// Another campaign has the goods and the two exclude each other.
    Excluded {
        by: CampaignId,
    },
    /// The goods are free, or cost less than its price anyway.
    NothingLeft,
    /// Headquarters' money for it is used up.
    BudgetUsedUp,
    /// None of the goods are meant.
    OtherGoods,
    OtherStore,
    OtherChannel,
    NotYet {
        starts_at: Timestamp,
    },
    /// The campaign or the coupon has ended.
    Over,
    /// Another coupon of the same kind is used already.
    OnePerKind,
}

/// What became of the points that were asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PointsSpent {
    pub points: u64,
    pub amount: Money,
    /// What points may pay of this basket at most.
    pub most: Money,
}

impl Reason {
    /// Its stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Short(_) => "short",
            Self::Tier => "tier",
            Self::Excluded { .. } => "excluded",
            Self::NothingLeft => "nothing_left",
            Self::BudgetUsedUp => "budget_used_up",
            Self::OtherGoods => "other_goods",
            Self::OtherStore => "other_store",
            Self::OtherChannel => "other_channel",
            Self::NotYet { .. } => "not_yet",
            Self::Over => "over",
            Self::OnePerKind => "one_per_kind",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Short(short) => write!(f, "{} short of {}", short.by, short.spend),
            Self::Tier => f.write_str("it is for other members"),
            Self::Excluded { .. } => f.write_str("another discount on the same goods excludes it"),
            Self::NothingLeft => f.write_str("the goods cost less already"),
            Self::BudgetUsedUp => f.write_str("there is nothing left of it"),
            Self::OtherGoods => f.write_str("it is for other goods"),
            Self::OtherStore => f.write_str("it is for other stores"),
            Self::OtherChannel => f.write_str("it is for other channels"),
            Self::NotYet { .. } => f.write_str("it has not begun"),
            Self::Over => f.write_str("it is over"),
            Self::OnePerKind => f.write_str("one coupon of a kind in an order"),
        }
    }
}
