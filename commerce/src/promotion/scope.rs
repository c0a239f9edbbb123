//! For whom and for what a campaign is.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use vocabulary::SkuId;

use super::faults::Faults;
use super::standing::TierCode;
use crate::book::PriceBook;
use crate::catalog::Sku;
use crate::invalid::check_words;
use crate::{Channel, Stores};

/// For whom and for what a campaign is; everything that is left out is not restricted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Scope {
    /// A campaign of chosen stores holds in quotes that name one of them: without a store the
    /// goods may come from any.
    pub stores: Stores,
    pub channels: Channels,
    pub members: Members,
    pub goods: Goods,
    /// SKUs that it leaves out.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub except: BTreeSet<SkuId>,
}

/// Which channels a campaign is for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channels {
    #[default]
    All,
    Only(BTreeSet<Channel>),
}

/// Whom a campaign is for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Members {
    /// Everybody, without an account too.
    #[default]
    Everybody,
    All,
    Tiers(BTreeSet<TierCode>),
}

/// Which goods a campaign is for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Goods {
    #[default]
    All,
    Categories(BTreeSet<String>),
    Skus(BTreeSet<SkuId>),
}

impl Default for Scope {
    fn default() -> Self {
        Self {
            stores: Stores::All,
            channels: Channels::default(),
            members: Members::default(),
            goods: Goods::default(),
            except: BTreeSet::new(),
        }
    }
}

impl Scope {
    pub(super) fn check(&self, faults: &mut Faults) {
        faults.note_inside("scope", self.stores.check());
        let is_empty = match &self.channels {
            Channels::All => false,
            Channels::Only(channels) => channels.is_empty(),
        };
        if is_empty {
            faults.refuse("scope.channels", "nothing", "name at least one channel, or all");
        }
        let is_empty = match &self.members {
            Members::Everybody | Members::All => false,
            Members::Tiers(tiers) => tiers.is_empty(),
        };
        if is_empty {
            faults.refuse("scope.members", "nothing", "name at least one tier, all or everybody");
        }
        self.goods.check(faults);
    }

    /// Whether it is for these goods.
    pub(super) fn has(&self, book: &PriceBook, sku: &Sku) -> bool {
        let is_meant = match &self.goods {
            Goods::All => true,
            Goods::Categories(categories) => {
                categories.iter().any(|category| book.is_within(sku, category))
            }
            Goods::Skus(skus) => skus.contains(&sku.id),
        };
        is_meant && !self.except.contains(&sku.id)
    }
}

impl Channels {
    pub(super) fn contain(&self, channel: &Channel) -> bool {
        match self {
            Self::All => true,
            Self::Only(channels) => channels.contains(channel),
        }
    }
}

impl Members {
    /// Whether it is for somebody of this tier; `None` is nobody we know.
    pub(super) fn contain(&self, tier: Option<&TierCode>) -> bool {
        match (self, tier) {
            (Self::Everybody, _) | (Self::All, Some(_)) => true,
            (Self::Tiers(tiers), Some(tier)) => tiers.contains(tier),
            (Self::All | Self::Tiers(_), None) => false,
        }
    }
}

impl Goods {
    fn check(&self, faults: &mut Faults) {
        let is_empty = match self {
            Self::All => false,
            Self::Categories(categories) => categories.is_empty(),
            Self::Skus(skus) => skus.is_empty(),
        };
        if is_empty {
            faults.refuse("scope.goods", "nothing", "name at least one SKU or category, or all");
        }
        if let Self::Categories(categories) = self {
            for category in categories {
                faults.note_inside("scope.goods", check_words("categories", category, 60));
            }
        }
    }
}
