//! Between what travels and what commerce judges.

use std::collections::BTreeSet;

use commerce::{
    Bearer, BearerPart, Budget, Campaign, CampaignGrant, Channels, CouponTemplate, CouponValue,
    Discount, Giver, Goods, Members, Permille, Scope, Skus, SpendAndSave, SpendTier, Stacking,
    Stores, UnitDiscount, Validity,
};
use vocabulary::{CampaignId, StoreId, Timestamp};

use super::{
    BearerBody, BudgetBody, CampaignBody, CampaignGrantBody, CampaignState, CampaignView,
    CouponBody, CouponValueBody, DiscountBody, ScopeBody, SpendAndSaveBody, SpendTierBody,
    StackingBody, UnitDiscountBody,
};
use crate::wire::fault::Fault;

impl CampaignBody {
    /// The campaign to write over one of version `current`.
    pub fn campaign(self, id: CampaignId, giver: Giver, current: u64) -> Result<Campaign, Fault> {
        let scope = self.scope.scope(giver)?;
        Ok(Campaign {
            id,
            name: self.name,
            giver,
            discount: self.discount.try_into()?,
            scope,
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            priority: self.priority,
            stacking: self.stacking.into(),
            bearers: bearers(&self.bearers, giver),
            budget: self
                .budget
                .map(|budget| Budget { uses: budget.uses, amount: budget.amount_fen }),
            stopped: false,
            version: self.version.unwrap_or(current),
        })
    }
}

fn bearers(named: &[BearerBody], giver: Giver) -> Vec<BearerPart> {
    let bearer = match giver {
        Giver::Hq => Bearer::Hq,
        Giver::Store(_) => Bearer::Store,
    };
    if named.is_empty() {
        return vec![BearerPart { bearer, permille: Permille::WHOLE }];
    }
    let part = |body: &BearerBody| BearerPart { bearer: body.bearer, permille: body.permille };
    named.iter().map(part).collect()
}

impl ScopeBody {
    /// A store gives for itself, so it need not name itself.
    fn scope(self, giver: Giver) -> Result<Scope, Fault> {
        let stores = match (self.stores, giver) {
            (Some(stores), _) => Stores::Only(stores),
            (None, Giver::Hq) => Stores::All,
            (None, Giver::Store(store)) => Stores::Only([store].into()),
        };
        let goods = match (self.categories, self.skus) {
            (None, None) => Goods::All,
            (Some(categories), None) => Goods::Categories(categories),
            (None, Some(skus)) => Goods::Skus(skus),
            (Some(_), Some(_)) => return Err(either("scope.skus")),
        };
        let members = match (self.tiers, self.members_only) {
            (Some(tiers), _) => Members::Tiers(tiers),
            (None, true) => Members::All,
            (None, false) => Members::Everybody,
        };
        let channels = self.channels.map_or(Channels::All, Channels::Only);
        Ok(Scope { stores, channels, members, goods, except: self.except })
    }

    fn of(scope: &Scope) -> Self {
        let (categories, skus) = match &scope.goods {
            Goods::All => (None, None),
            Goods::Categories(categories) => (Some(categories.clone()), None),
            Goods::Skus(skus) => (None, Some(skus.clone())),
        };
        let (members_only, tiers) = match &scope.members {
            Members::Everybody => (false, None),
            Members::All => (true, None),
            Members::Tiers(tiers) => (true, Some(tiers.clone())),
        };
        let channels = match &scope.channels {
            Channels::All => None,
            Channels::Only(channels) => Some(channels.clone()),
        };
        let stores = only(&scope.stores);
        Self {
            stores,
            channels,
            members_only,
            tiers,
            categories,
            skus,
            except: scope.except.clone(),
        }
    }
}

fn either(field: &'static str) -> Fault {
    Fault::invalid(field, "name a category or SKUs, not both")
}

fn only(stores: &Stores) -> Option<BTreeSet<StoreId>> {
    match stores {
        Stores::All => None,
        Stores::Only(stores) => Some(stores.clone()),
    }
}

impl TryFrom<DiscountBody> for Discount {
    type Error = Fault;

    fn try_from(body: DiscountBody) -> Result<Self, Fault> {
        Ok(match body {
            DiscountBody::LimitedTime(body) => Self::LimitedTime(match body {
                UnitDiscountBody::FixedPrice { price_fen } => UnitDiscount::FixedPrice(price_fen),
                UnitDiscountBody::PercentOff { permille } => UnitDiscount::PercentOff(permille),
                UnitDiscountBody::AmountOff { off_fen } => UnitDiscount::AmountOff(off_fen),
            }),
            DiscountBody::SpendAndSave(SpendAndSaveBody::Tiers(tiers)) => {
                let tier =
                    |body: SpendTierBody| SpendTier { spend: body.spend_fen, off: body.off_fen };
                Self::SpendAndSave(SpendAndSave::Tiers(tiers.into_iter().map(tier).collect()))
            }
            DiscountBody::SpendAndSave(SpendAndSaveBody::Every {
                spend_fen: spend,
                off_fen: off,
                most_fen: most,
            }) => Self::SpendAndSave(SpendAndSave::Every { spend, off, most }),
            DiscountBody::Coupon(body) => Self::Coupon(body.try_into()?),
        })
    }
}

impl From<&Discount> for DiscountBody {
    fn from(discount: &Discount) -> Self {
        match discount {
            Discount::LimitedTime(discount) => Self::LimitedTime(match *discount {
                UnitDiscount::FixedPrice(price_fen) => UnitDiscountBody::FixedPrice { price_fen },
                UnitDiscount::PercentOff(permille) => UnitDiscountBody::PercentOff { permille },
                UnitDiscount::AmountOff(off_fen) => UnitDiscountBody::AmountOff { off_fen },
            }),
            Discount::SpendAndSave(SpendAndSave::Tiers(tiers)) => {
                let tier =
                    |tier: &SpendTier| SpendTierBody { spend_fen: tier.spend, off_fen: tier.off };
                Self::SpendAndSave(SpendAndSaveBody::Tiers(tiers.iter().map(tier).collect()))
            }
            Discount::SpendAndSave(SpendAndSave::Every { spend, off, most }) => {
                let (spend_fen, off_fen, most_fen) = (*spend, *off, *most);
                Self::SpendAndSave(SpendAndSaveBody::Every { spend_fen, off_fen, most_fen })
            }
            Discount::Coupon(template) => Self::Coupon(template.into()),
        }
    }
}

impl TryFrom<CouponBody> for CouponTemplate {
    type Error = Fault;

    fn try_from(body: CouponBody) -> Result<Self, Fault> {
        let validity = match (body.valid_days, body.valid_until_at) {
            (Some(days), None) => Validity::Days(days),
            (None, Some(until)) => Validity::Until(until),
            (None, None) | (Some(_), Some(_)) => {
                let field = "discount.coupon.valid_days";
                return Err(Fault::invalid(field, "give either valid_days or valid_until_at"));
            }
        };
        Ok(Self {
            value: match body.value {
                CouponValueBody::Amount { off_fen } => CouponValue::Amount(off_fen),
                CouponValueBody::Percent { permille: off, most_fen: most } => {
                    CouponValue::Percent { off, most }
                }
            },
            threshold: body.threshold_fen,
            per_member: body.per_member,
            claim_from: body.claim_from_at,
            claim_until: body.claim_until_at,
            validity,
        })
    }
}

impl From<&CouponTemplate> for CouponBody {
    fn from(template: &CouponTemplate) -> Self {
        let (valid_days, valid_until_at) = match template.validity {
            Validity::Days(days) => (Some(days), None),
            Validity::Until(until) => (None, Some(until)),
        };
        Self {
            value: match template.value {
                CouponValue::Amount(off_fen) => CouponValueBody::Amount { off_fen },
                CouponValue::Percent { off: permille, most: most_fen } => {
                    CouponValueBody::Percent { permille, most_fen }
                }
            },
            threshold_fen: template.threshold,
            per_member: template.per_member,
            claim_from_at: template.claim_from,
            claim_until_at: template.claim_until,
            valid_days,
            valid_until_at,
        }
    }
}

impl From<StackingBody> for Stacking {
    fn from(body: StackingBody) -> Self {
        match body {
            StackingBody::Exclusive => Self::Exclusive,
            StackingBody::Group(name) => Self::Group(name),
            StackingBody::Stackable => Self::Stackable,
        }
    }
}

impl From<&Stacking> for StackingBody {
    fn from(stacking: &Stacking) -> Self {
        match stacking {
            Stacking::Exclusive => Self::Exclusive,
            Stacking::Group(name) => Self::Group(name.clone()),
            Stacking::Stackable => Self::Stackable,
        }
    }
}

pub fn campaign_view(campaign: &Campaign, now: Timestamp) -> CampaignView {
    let state = if campaign.stopped {
        CampaignState::Stopped
    } else if now < campaign.starts_at {
        CampaignState::Scheduled
    } else if now < campaign.ends_at {
        CampaignState::Live
    } else {
        CampaignState::Ended
    };
    let store = match campaign.giver {
        Giver::Hq => None,
        Giver::Store(store) => Some(store),
    };
    let bearer = |part: &BearerPart| BearerBody { bearer: part.bearer, permille: part.permille };
    let body = CampaignBody {
        name: campaign.name.clone(),
        discount: (&campaign.discount).into(),
        scope: ScopeBody::of(&campaign.scope),
        starts_at: campaign.starts_at,
        ends_at: campaign.ends_at,
        priority: campaign.priority,
        stacking: (&campaign.stacking).into(),
        bearers: campaign.bearers.iter().map(bearer).collect(),
        budget: campaign
            .budget
            .map(|budget| BudgetBody { uses: budget.uses, amount_fen: budget.amount }),
        version: Some(campaign.version),
    };
    CampaignView { id: campaign.id, store, state, stage: campaign.stage(), campaign: body }
}

impl CampaignGrantBody {
    pub fn grant(self) -> Result<CampaignGrant, Fault> {
        let skus = match (self.category, self.skus) {
            (None, None) => Skus::All,
            (Some(category), None) => Skus::Category(category),
            (None, Some(skus)) => Skus::Only(skus),
            (Some(_), Some(_)) => return Err(either("skus")),
        };
        Ok(CampaignGrant {
            name: self.name,
            stores: self.stores.map_or(Stores::All, Stores::Only),
            skus,
            stages: self.stages,
            deepest: self.deepest,
            longest_days: self.longest_days,
        })
    }
}

impl From<&CampaignGrant> for CampaignGrantBody {
    fn from(grant: &CampaignGrant) -> Self {
        let (category, skus) = match &grant.skus {
            Skus::All => (None, None),
            Skus::Category(category) => (Some(category.clone()), None),
            Skus::Only(skus) => (None, Some(skus.clone())),
        };
        Self {
            name: grant.name.clone(),
            stores: only(&grant.stores),
            category,
            skus,
            stages: grant.stages.clone(),
            deepest: grant.deepest,
            longest_days: grant.longest_days,
        }
    }
}
