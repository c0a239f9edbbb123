//! How far headquarters lets stores give discounts of their own.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use vocabulary::{Money, Seconds, StoreId};

use super::campaign::{Campaign, Giver, Stage};
use super::discount::{Discount, UnitDiscount};
use super::faults::Faults;
use crate::book::PriceBook;
use crate::catalog::Sku;
use crate::invalid::{Invalid, check_code};
use crate::{Permille, Skus, Stores};

/// Headquarters' permission for stores to run campaigns of their own. It is asked when a campaign
/// is written and again whenever it would take something off, so a campaign sleeps while no grant
/// covers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CampaignGrant {
    /// Headquarters' own name for it; writing the same name again replaces the grant.
    pub name: String,
    pub stores: Stores,
    pub skus: Skus,
    pub stages: BTreeSet<Stage>,
    /// The most a campaign takes off, in thousandths of what the goods cost: 1 to 1,000.
    pub deepest: Permille,
    /// The longest a campaign lasts, in days of 24 hours: 1 to 366.
    pub longest_days: u32,
}

impl CampaignGrant {
    pub const LONGEST_DAYS: u32 = 366;

    pub fn check(&self) -> Result<(), Vec<Invalid>> {
        let mut faults = Faults::default();
        faults.note(check_code("name", &self.name, 64));
        faults.note(self.stores.check());
        faults.note(self.skus.check());
        if self.stages.is_empty() {
            let cure = "name at least one of limited_time, spend_and_save and coupon";
            faults.refuse("stages", "nothing", cure);
        }
        if !(Permille(1)..=Permille::WHOLE).contains(&self.deepest) {
            faults.refuse("deepest", self.deepest.0, "give 1 to 1000 thousandths");
        }
        if !(1..=Self::LONGEST_DAYS).contains(&self.longest_days) {
            let cure = format!("give 1 to {} days", Self::LONGEST_DAYS);
            faults.refuse("longest_days", self.longest_days, cure);
        }
        faults.outcome()
    }

    /// Whether a store may give this, its goods aside.
    pub(super) fn covers(&self, store: StoreId, campaign: &Campaign) -> bool {
        let longest = Seconds(self.longest_days.saturating_mul(86_400));
        self.stores.contain(store)
            && self.stages.contains(&campaign.stage())
            && campaign.ends_at <= campaign.starts_at.after(longest)
            && campaign.discount.deepest().is_none_or(|deepest| deepest <= self.deepest)
    }

    /// Whether a store may take this off one unit of these goods at this price.
    pub(super) fn covers_unit(
        &self,
        book: &PriceBook,
        campaign: &Campaign,
        sku: &Sku,
        price: Money,
    ) -> bool {
        let is_deep = match &campaign.discount {
            Discount::LimitedTime(discount) => self.is_too_deep(*discount, price),
            Discount::SpendAndSave(_) | Discount::Coupon(_) => false,
        };
        let is_meant = match &self.skus {
            Skus::Category(category) => book.is_within(sku, category),
            Skus::All | Skus::Only(_) => self.skus.contain(sku),
        };
        is_meant && !is_deep
    }

    fn is_too_deep(&self, discount: UnitDiscount, price: Money) -> bool {
        discount.off(price) > self.deepest.highest_of(price)
    }
}

/// What the grants of headquarters let a campaign do: everything, where headquarters gives it.
pub(super) enum Leave<'a> {
    Free,
    Granted(Vec<&'a CampaignGrant>),
}

impl<'a> Leave<'a> {
    pub fn of(campaign: &Campaign, grants: impl Iterator<Item = &'a CampaignGrant>) -> Self {
        match campaign.giver {
            Giver::Hq => Self::Free,
            Giver::Store(store) => {
                Self::Granted(grants.filter(|grant| grant.covers(store, campaign)).collect())
            }
        }
    }

    /// Whether there is any at all.
    pub fn is_given(&self) -> bool {
        match self {
            Self::Free => true,
            Self::Granted(grants) => !grants.is_empty(),
        }
    }

    pub fn has_unit(&self, book: &PriceBook, campaign: &Campaign, sku: &Sku, price: Money) -> bool {
        match self {
            Self::Free => true,
            Self::Granted(grants) => {
                grants.iter().any(|grant| grant.covers_unit(book, campaign, sku, price))
            }
        }
    }
}
