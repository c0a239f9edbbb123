//! A discount as headquarters or a store writes it down.

use std::fmt;

use serde::{Deserialize, Serialize};
use vocabulary::{CampaignId, Money, StoreId, Timestamp};

use super::discount::{CouponTemplate, Discount};
use super::faults::Faults;
use super::scope::Scope;
use crate::catalog::Sku;
use crate::invalid::{Invalid, check_code, check_words};
use crate::{Bearer, Permille, Stores};

/// A discount that headquarters or a store gives for a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Campaign {
    pub id: CampaignId,
    /// What a shopper reads.
    pub name: String,
    pub giver: Giver,
    pub discount: Discount,
    #[serde(default)]
    pub scope: Scope,
    pub starts_at: Timestamp,
    /// From this moment on it takes nothing off.
    pub ends_at: Timestamp,
    /// Its place among the campaigns of its stage: the lower number first.
    #[serde(default)]
    pub priority: u32,
    pub stacking: Stacking,
    /// Who carries what it takes off: 1,000 thousandths together.
    pub bearers: Vec<BearerPart>,
    /// Absent: as often as somebody is entitled to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<Budget>,
    /// Ended by hand before its time.
    #[serde(default, skip_serializing_if = "is_false")]
    pub stopped: bool,
    /// How often it was written. Who writes sends the version it read, 0 for a new campaign.
    #[serde(default)]
    pub version: u64,
}

/// On whose word a campaign stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Giver {
    Hq,
    /// A store for itself, as far as a grant of headquarters goes.
    Store(StoreId),
}

/// Which other campaigns may take something off the same goods. Campaigns are asked stage by
/// stage and within a stage by priority; the first one wins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stacking {
    /// None.
    Exclusive,
    /// Any but those of the same name.
    Group(String),
    /// Any. Stackable campaigns of one stage count the same amounts, so their order is irrelevant.
    Stackable,
}

/// What one bearer carries of everything a campaign takes off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BearerPart {
    pub bearer: Bearer,
    /// 1 to 1,000.
    pub permille: Permille,
}

/// How much of a campaign there is for the whole chain, over all cities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// In how many orders.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uses: Option<u64>,
    /// What it takes off all of them together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
}

/// When campaigns are asked, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    LimitedTime,
    SpendAndSave,
    Coupon,
}

fn is_false(flag: &bool) -> bool {
    !*flag
}

impl Campaign {
    pub const LONGEST_NAME: usize = 60;

    pub fn stage(&self) -> Stage {
        match self.discount {
            Discount::LimitedTime(_) => Stage::LimitedTime,
            Discount::SpendAndSave(_) => Stage::SpendAndSave,
            Discount::Coupon(_) => Stage::Coupon,
        }
    }

    /// Whether it takes something off at this moment.
    pub fn is_live(&self, now: Timestamp) -> bool {
        !self.stopped && self.starts_at <= now && now < self.ends_at
    }

    /// What its coupons are, if it is claimed rather than given to everybody.
    pub fn coupon(&self) -> Option<&CouponTemplate> {
        match &self.discount {
            Discount::Coupon(template) => Some(template),
            Discount::LimitedTime(_) | Discount::SpendAndSave(_) => None,
        }
    }

    /// When a coupon of it that is claimed now expires; never after the campaign itself.
    pub fn coupon_expires_at(&self, claimed_at: Timestamp) -> Option<Timestamp> {
        self.coupon().map(|template| template.validity.end(claimed_at).min(self.ends_at))
    }

    /// Everything about it that cannot be accepted by itself.
    pub fn check(&self) -> Result<(), Vec<Invalid>> {
        let mut faults = Faults::default();
        faults.note(check_words("name", &self.name, Self::LONGEST_NAME));
        if self.ends_at <= self.starts_at {
            let cure = "give a moment after starts_at";
            faults.refuse("ends_at", self.ends_at.as_millis(), cure);
        }
        if let Stacking::Group(name) = &self.stacking {
            faults.note(check_code("stacking.group", name, 40));
        }
        self.scope.check(&mut faults);
        self.discount.check(&mut faults);
        self.check_coupon_times(&mut faults);
        self.check_giver(&mut faults);
        self.check_bearers(&mut faults);
        self.check_budget(&mut faults);
        faults.outcome()
    }

    fn check_coupon_times(&self, faults: &mut Faults) {
        let Some(template) = self.coupon() else { return };
        if template.claim_until > self.ends_at {
            let cure = "give a moment not after ends_at: nobody could use it";
            let field = "discount.coupon.claim_until";
            faults.refuse(field, template.claim_until.as_millis(), cure);
        }
    }

    fn check_giver(&self, faults: &mut Faults) {
        let Giver::Store(store) = self.giver else { return };
        if self.scope.stores != Stores::Only([store].into()) {
            faults.refuse("scope.stores", "more than the store", "a store gives for itself only");
        }
        if self.bearers.iter().any(|part| part.bearer != Bearer::Store) {
            let cure = "a store carries what it gives: 1000 thousandths by store";
            faults.refuse("bearers", "somebody else than the store", cure);
        }
    }

    fn check_bearers(&self, faults: &mut Faults) {
        for (index, part) in self.bearers.iter().enumerate() {
            let field = format!("bearers[{index}]");
            if self.bearers.iter().take(index).any(|known| known.bearer == part.bearer) {
                faults.refuse(format!("{field}.bearer"), "named twice", "name each bearer once");
            }
            if !(Permille(1)..=Permille::WHOLE).contains(&part.permille) {
                faults.refuse(format!("{field}.permille"), part.permille.0, "give 1 to 1000");
            }
        }
        let sum: u64 = self.bearers.iter().map(|part| u64::from(part.permille.0)).sum();
        if sum != u64::from(Permille::WHOLE.0) {
            let cure = "the thousandths of all bearers must add up to 1000";
            faults.refuse("bearers", sum, cure);
        }
    }

    fn check_budget(&self, faults: &mut Faults) {
        let Some(budget) = self.budget else { return };
        if budget.uses.is_none() && budget.amount.is_none() {
            let cure = "give uses or amount, or leave the budget out";
            faults.refuse("budget", "nothing", cure);
        }
        if budget.uses == Some(0) {
            faults.refuse("budget.uses", 0, "give at least 1");
        }
        if let Some(amount) = budget.amount.filter(|amount| *amount <= Money::ZERO) {
            faults.refuse("budget.amount", amount.as_fen(), "give at least 1 fen");
        }
    }
}

impl Budget {
    /// Whether one use of this amount still fits what is left of it.
    pub fn has(&self, draw: Money) -> bool {
        self.uses != Some(0) && self.amount.is_none_or(|left| draw <= left)
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LimitedTime => "limited_time",
            Self::SpendAndSave => "spend_and_save",
            Self::Coupon => "coupon",
        })
    }
}

/// An amount a campaign speaks of: at least one fen, at most the highest price.
pub(super) fn check_amount(faults: &mut Faults, field: impl Into<String>, amount: Money) {
    if !(Money::fen(1)..=Sku::HIGHEST_PRICE).contains(&amount) {
        let cure = format!("give 1 to {} fen", Sku::HIGHEST_PRICE.as_fen());
        faults.refuse(field, amount.as_fen(), cure);
    }
}
