//! Discounts as headquarters and stores speak of them.

mod convert;

use std::collections::BTreeSet;

use commerce::budget::{Allowance, Portion};
use commerce::{Bearer, Channel, Permille, Stage, TierCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vocabulary::{CampaignId, Money, SkuId, StoreId, Timestamp};

pub use convert::campaign_view;

use super::schema::{Fen, Id, Millis};

/// When a campaign is asked whether it takes something off, in this order.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[allow(dead_code)]
pub enum StageName {
    LimitedTime,
    SpendAndSave,
    Coupon,
}

/// Who carries what is taken off.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[allow(dead_code)]
pub enum BearerName {
    Hq,
    Store,
    Merchant,
    Platform,
}

/// A discount for a time, whole: writing it replaces what was there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "满100减15",
    "discount": {"spend_and_save": {"tiers": [
        {"spend_fen": 5000, "off_fen": 500}, {"spend_fen": 10000, "off_fen": 1500}]}},
    "scope": {"channels": ["app"], "categories": ["dairy"]},
    "starts_at": 1_795_000_000_000_i64,
    "ends_at": 1_795_604_800_000_i64,
    "priority": 10,
    "stacking": "stackable",
    "bearers": [{"bearer": "hq", "permille": 600}, {"bearer": "store", "permille": 400}],
}))]
pub struct CampaignBody {
    /// What a shopper reads: 1 to 60 characters.
    pub name: String,
    pub discount: DiscountBody,
    /// For whom and for what; everything that is left out is not restricted.
    #[serde(default)]
    pub scope: ScopeBody,
    #[schema(value_type = Millis)]
    pub starts_at: Timestamp,
    /// From this moment on it takes nothing off.
    #[schema(value_type = Millis)]
    pub ends_at: Timestamp,
    /// Its place among the campaigns of its stage: the lower number first.
    #[serde(default)]
    pub priority: u32,
    pub stacking: StackingBody,
    /// Who carries what it takes off: 1,000 thousandths together. Absent: whoever gives it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bearers: Vec<BearerBody>,
    /// How much there is for the whole chain; absent: no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<BudgetBody>,
    /// The version that was read, 0 for a new campaign; absent replaces whatever is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DiscountBody {
    /// Off the price of each unit.
    LimitedTime(UnitDiscountBody),
    /// Off the sum of the goods, once it is large enough.
    SpendAndSave(SpendAndSaveBody),
    /// Off the sum of the goods, for members who hold a coupon.
    Coupon(CouponBody),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UnitDiscountBody {
    /// What a unit costs.
    FixedPrice {
        #[schema(value_type = Fen)]
        price_fen: Money,
    },
    /// So many thousandths of the price are taken off.
    PercentOff {
        #[schema(value_type = u32)]
        permille: Permille,
    },
    /// So much of the price is taken off.
    AmountOff {
        #[schema(value_type = Fen)]
        off_fen: Money,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SpendAndSaveBody {
    /// The highest tier that is reached counts.
    Tiers(Vec<SpendTierBody>),
    /// For every full `spend_fen`, `off_fen` is taken off.
    Every {
        #[schema(value_type = Fen)]
        spend_fen: Money,
        #[schema(value_type = Fen)]
        off_fen: Money,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<Fen>)]
        most_fen: Option<Money>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SpendTierBody {
    #[schema(value_type = Fen)]
    pub spend_fen: Money,
    #[schema(value_type = Fen)]
    pub off_fen: Money,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CouponBody {
    pub value: CouponValueBody,
    /// What the goods must be worth.
    #[serde(default)]
    #[schema(value_type = Fen)]
    pub threshold_fen: Money,
    /// How many one member may ever claim.
    pub per_member: u32,
    #[schema(value_type = Millis)]
    pub claim_from_at: Timestamp,
    #[schema(value_type = Millis)]
    pub claim_until_at: Timestamp,
    /// It holds so many days of 24 hours from the claim; either this or `valid_until_at`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_days: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Millis>)]
    pub valid_until_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CouponValueBody {
    Amount {
        #[schema(value_type = Fen)]
        off_fen: Money,
    },
    Percent {
        /// So many thousandths of the goods are taken off.
        #[schema(value_type = u32)]
        permille: Permille,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<Fen>)]
        most_fen: Option<Money>,
    },
}

/// For whom and for what; everything that is left out is not restricted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ScopeBody {
    /// It then holds in quotes that name one of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Id>>)]
    pub stores: Option<BTreeSet<StoreId>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>)]
    pub channels: Option<BTreeSet<Channel>>,
    /// Only for who has an account; `tiers` says for which.
    pub members_only: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>)]
    pub tiers: Option<BTreeSet<TierCode>>,
    /// Either categories or SKUs.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>)]
    pub categories: Option<BTreeSet<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Id>>)]
    pub skus: Option<BTreeSet<SkuId>>,
    /// SKUs that it leaves out.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    #[schema(value_type = Vec<Id>)]
    pub except: BTreeSet<SkuId>,
}

/// Which other campaigns may take something off the same goods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StackingBody {
    /// None.
    Exclusive,
    /// Any but those of the same name.
    Group(String),
    /// Any.
    Stackable,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BearerBody {
    #[schema(value_type = BearerName)]
    pub bearer: Bearer,
    #[schema(value_type = u32, example = 1000)]
    pub permille: Permille,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct BudgetBody {
    /// In how many orders.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uses: Option<u64>,
    /// What it takes off all of them together.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Fen>)]
    pub amount_fen: Option<Money>,
}

/// A campaign's budget and where it is: each city spends what it was granted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BudgetView {
    pub total: BudgetBody,
    /// Granted to no city yet.
    pub free: BudgetBody,
    pub cities: Vec<CityBudgetView>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CityBudgetView {
    /// The city's number.
    pub city: u16,
    /// Granted to it and not returned.
    pub granted: BudgetBody,
    /// What its orders may still draw.
    pub left: BudgetBody,
    /// Drawn by orders under way,
    #[schema(value_type = Fen)]
    pub open_fen: Money,
    pub open_uses: u64,
    /// and by completed ones.
    #[schema(value_type = Fen)]
    pub spent_fen: Money,
    pub spent_uses: u64,
    /// It asked for more and there is none.
    pub is_waiting: bool,
}

impl From<Portion> for BudgetBody {
    fn from(portion: Portion) -> Self {
        Self { uses: portion.uses, amount_fen: portion.money }
    }
}

impl CityBudgetView {
    pub fn new(city: u16, granted: Portion, allowance: &Allowance) -> Self {
        Self {
            city,
            granted: granted.into(),
            left: allowance.left.into(),
            open_fen: allowance.open.values().copied().sum(),
            open_uses: allowance.open.len() as u64,
            spent_fen: allowance.spent_money,
            spent_uses: allowance.spent_uses,
            is_waiting: allowance.is_waiting,
        }
    }
}

/// A campaign as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CampaignView {
    #[schema(value_type = Id)]
    pub id: CampaignId,
    /// The store that gives it; absent: headquarters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Id>)]
    pub store: Option<StoreId>,
    pub state: CampaignState,
    #[schema(value_type = StageName)]
    pub stage: Stage,
    #[serde(flatten)]
    pub campaign: CampaignBody,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CampaignState {
    Scheduled,
    Live,
    Ended,
    /// Ended by hand before its time.
    Stopped,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CampaignList {
    pub campaigns: Vec<CampaignView>,
    /// To ask for the next page with; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Id>)]
    pub next_after: Option<CampaignId>,
}

/// The campaigns were changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"campaigns_version": 12}))]
pub struct CampaignsVersion {
    pub campaigns_version: u64,
}

/// How far stores may give discounts of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "summer", "category": "dairy", "stages": ["limited_time"],
    "deepest": 200, "longest_days": 7,
}))]
pub struct CampaignGrantBody {
    /// Headquarters' own name for it, as in the address.
    pub name: String,
    /// Absent: all stores.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Id>>)]
    pub stores: Option<BTreeSet<StoreId>>,
    /// Either a category or SKUs; absent: all goods.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Id>>)]
    pub skus: Option<BTreeSet<SkuId>>,
    #[schema(value_type = Vec<StageName>)]
    pub stages: BTreeSet<Stage>,
    /// The most a campaign takes off, in thousandths of what the goods cost.
    #[schema(value_type = u32)]
    pub deepest: Permille,
    pub longest_days: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CampaignGrantList {
    pub grants: Vec<CampaignGrantBody>,
}
