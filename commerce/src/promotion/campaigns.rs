//! Every campaign of the chain and what stores may give: a machine like the price book.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use vocabulary::{CampaignId, StoreId};

use super::campaign::{Campaign, Giver, Stage};
use super::grant::{CampaignGrant, Leave};
use super::scope::Goods;
use crate::book::PriceBook;
use crate::invalid::Invalid;
use crate::{Context, Stores};

/// Something asked of the campaigns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum CampaignCommand {
    /// Write a campaign; `version` says which one was read, 0 for a new campaign.
    Put(Box<Campaign>),
    /// It takes nothing off from now on. Orders that have its shares keep them.
    Stop {
        campaign: CampaignId,
        /// On whose word: a store stops its own campaigns only.
        giver: Giver,
    },
    PutGrant(CampaignGrant),
    RevokeGrant {
        name: String,
    },
}

/// Something that happened to the campaigns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CampaignEvent {
    /// Written, or stopped: the whole campaign as it is now.
    Put(Box<Campaign>),
    GrantPut(CampaignGrant),
    GrantRevoked {
        name: String,
    },
}

/// Why a campaign is declined.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CampaignRefusal {
    /// Every field that is wrong, at least one.
    #[error("{}", all(.0))]
    Invalid(Vec<Invalid>),
    #[error("the campaign is at version {current}, not {given}: read it again and repeat")]
    StaleVersion { given: u64, current: u64 },
    #[error("there is no campaign {campaign} of yours: look at the list")]
    UnknownCampaign { campaign: CampaignId },
    #[error("a campaign keeps its kind and who gives it: make a new one")]
    AnotherKind,
    #[error("coupons of it may be in members' hands: stop it and make a new one")]
    CouponsOut,
    #[error("store {store} has no grant for such a campaign: ask headquarters for one")]
    NoGrant { store: StoreId },
    #[error("there is no campaign grant named {name:?}: look at the list of grants")]
    UnknownGrant { name: String },
}

fn all(faults: &[Invalid]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

impl CampaignRefusal {
    /// The stable code of this refusal.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "invalid_value",
            Self::StaleVersion { .. } => "stale_version",
            Self::UnknownCampaign { .. } => "unknown_campaign",
            Self::AnotherKind => "another_kind",
            Self::CouponsOut => "coupons_out",
            Self::NoGrant { .. } => "no_campaign_grant",
            Self::UnknownGrant { .. } => "unknown_campaign_grant",
        }
    }
}

impl From<Vec<Invalid>> for CampaignRefusal {
    fn from(faults: Vec<Invalid>) -> Self {
        Self::Invalid(faults)
    }
}

/// Every campaign, those that ended among them, because orders name them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Campaigns {
    version: u64,
    all: BTreeMap<CampaignId, Arc<Campaign>>,
    /// Those given to everybody who is entitled, not stopped, in the order they are asked.
    given: BTreeMap<(Stage, u32, CampaignId), Arc<Campaign>>,
    grants: BTreeMap<String, CampaignGrant>,
}

impl Campaigns {
    /// How many events it has recorded.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The same with another count of events: what a restart reads is only the last event about
    /// each subject.
    pub fn at_version(self, version: u64) -> Self {
        Self { version, ..self }
    }

    pub fn get(&self, campaign: CampaignId) -> Option<&Campaign> {
        self.all.get(&campaign).map(AsRef::as_ref)
    }

    /// In order of id.
    pub fn iter(&self) -> impl Iterator<Item = &Campaign> {
        self.all.values().map(AsRef::as_ref)
    }

    /// In order of name.
    pub fn grants(&self) -> impl Iterator<Item = &CampaignGrant> {
        self.grants.values()
    }

    /// Those of a stage that need no claiming, in the order they are asked.
    pub(super) fn of_stage(&self, stage: Stage) -> impl Iterator<Item = &Campaign> {
        let first = (stage, 0, CampaignId::from_bits(0));
        let last = (stage, u32::MAX, CampaignId::from_bits(u128::MAX));
        self.given.range(first..=last).map(|(_, campaign)| campaign.as_ref())
    }

    pub(super) fn leave(&self, campaign: &Campaign) -> Leave<'_> {
        Leave::of(campaign, self.grants.values())
    }

    /// What a command makes happen, or why not. Changes nothing.
    pub fn decide(
        &self,
        book: &PriceBook,
        command: &CampaignCommand,
        context: &Context,
    ) -> Result<CampaignEvent, CampaignRefusal> {
        match command {
            CampaignCommand::Put(campaign) => self.put(book, campaign, context),
            CampaignCommand::Stop { campaign, giver } => self.stop(*campaign, *giver),
            CampaignCommand::PutGrant(grant) => {
                grant.check()?;
                Ok(CampaignEvent::GrantPut(grant.clone()))
            }
            CampaignCommand::RevokeGrant { name } => {
                let name = name.clone();
                if !self.grants.contains_key(&name) {
                    return Err(CampaignRefusal::UnknownGrant { name });
                }
                Ok(CampaignEvent::GrantRevoked { name })
            }
        }
    }

    fn put(
        &self,
        book: &PriceBook,
        campaign: &Campaign,
        context: &Context,
    ) -> Result<CampaignEvent, CampaignRefusal> {
        campaign.check()?;
        let known = self.get(campaign.id);
        let (given, current) = (campaign.version, known.map_or(0, |known| known.version));
        if given != current {
            return Err(CampaignRefusal::StaleVersion { given, current });
        }
        if let Some(known) = known {
            check_same(known, campaign, context)?;
        }
        if let Giver::Store(store) = campaign.giver
            && !self.is_granted(book, campaign)
        {
            return Err(CampaignRefusal::NoGrant { store });
        }
        let written = Campaign { version: current + 1, ..campaign.clone() };
        Ok(CampaignEvent::Put(Box::new(written)))
    }

    /// Goods that a campaign names are asked one by one; of goods it does not name, those outside
    /// the grant simply get nothing.
    fn is_granted(&self, book: &PriceBook, campaign: &Campaign) -> bool {
        let leave = self.leave(campaign);
        let named = match &campaign.scope.goods {
            Goods::All | Goods::Categories(_) => None,
            Goods::Skus(skus) => Some(skus),
        };
        let mut named = named.into_iter().flatten().filter_map(|sku| book.catalog().get(*sku));
        leave.is_given() && named.all(|sku| leave.has_unit(book, campaign, sku, sku.list_price))
    }

    fn stop(&self, campaign: CampaignId, giver: Giver) -> Result<CampaignEvent, CampaignRefusal> {
        let known = self.get(campaign).filter(|known| match giver {
            Giver::Hq => true,
            Giver::Store(_) => known.giver == giver,
        });
        let known = known.ok_or(CampaignRefusal::UnknownCampaign { campaign })?;
        let version = known.version + 1;
        let stopped = Campaign { stopped: true, version, ..known.clone() };
        Ok(CampaignEvent::Put(Box::new(stopped)))
    }

    /// Records what happened. Cannot fail.
    pub fn apply(&mut self, event: &CampaignEvent) {
        self.version += 1;
        match event {
            CampaignEvent::Put(campaign) => self.keep(Campaign::clone(campaign)),
            CampaignEvent::GrantPut(grant) => {
                self.grants.insert(grant.name.clone(), grant.clone());
            }
            CampaignEvent::GrantRevoked { name } => {
                self.grants.remove(name);
            }
        }
    }

    fn keep(&mut self, campaign: Campaign) {
        let place = |campaign: &Campaign| (campaign.stage(), campaign.priority, campaign.id);
        if let Some(earlier) = self.all.get(&campaign.id) {
            self.given.remove(&place(earlier));
        }
        let campaign = Arc::new(campaign);
        if campaign.coupon().is_none() && !campaign.stopped {
            self.given.insert(place(&campaign), Arc::clone(&campaign));
        }
        self.all.insert(campaign.id, campaign);
    }
}

/// What a written campaign can no longer change.
fn check_same(
    known: &Campaign,
    campaign: &Campaign,
    context: &Context,
) -> Result<(), CampaignRefusal> {
    if known.stage() != campaign.stage() || known.giver != campaign.giver {
        return Err(CampaignRefusal::AnotherKind);
    }
    let promised = |campaign: &Campaign| {
        let template = campaign.coupon().cloned();
        template.map(|template| (template.value, template.threshold, template.validity))
    };
    let may_be_out = known.coupon().is_some_and(|coupon| coupon.claim_from <= context.now);
    if may_be_out && (promised(known) != promised(campaign) || campaign.ends_at < known.ends_at) {
        return Err(CampaignRefusal::CouponsOut);
    }
    Ok(())
}

impl Campaign {
    /// Whether it holds at a store; `None` is no store in particular.
    pub(super) fn is_at(&self, store: Option<StoreId>) -> bool {
        match (&self.scope.stores, store) {
            (Stores::All, _) => true,
            (Stores::Only(stores), Some(store)) => stores.contains(&store),
            (Stores::Only(_), None) => false,
        }
    }
}
