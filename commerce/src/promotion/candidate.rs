//! What is asked whether it takes something off: a campaign, or a coupon in a member's hands.

use std::collections::BTreeSet;

use vocabulary::{CouponId, Timestamp};

use super::campaign::{Campaign, Stage};
use super::desk::{Asking, MOST_COUPONS};
use super::explanation::Subject;
use crate::QuoteRefusal;
use crate::price::ShareSource;

/// The member's coupons that were asked for, as they are asked: by priority, then by id.
pub(super) fn asked_coupons<'a>(asking: &Asking<'a>) -> Result<Vec<Candidate<'a>>, QuoteRefusal> {
    let asked: BTreeSet<CouponId> = asking.coupons.iter().copied().collect();
    if asked.len() > MOST_COUPONS {
        return Err(QuoteRefusal::TooManyCoupons { given: asked.len() });
    }
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let member = asking.member.ok_or(QuoteRefusal::NeedsMember)?;
    let candidate = |coupon: CouponId| {
        let held = member.coupons.iter().find(|held| held.id == coupon);
        let held = held.ok_or(QuoteRefusal::UnknownCoupon { coupon })?;
        let campaign = asking.campaigns.get(held.template);
        let campaign = campaign.ok_or(QuoteRefusal::UnknownCoupon { coupon })?;
        let expires_at = held.expires_at;
        Ok(Candidate { campaign, coupon: Some(HeldUntil { coupon, expires_at }) })
    };
    let candidates: Result<Vec<Candidate<'a>>, QuoteRefusal> =
        asked.into_iter().map(candidate).collect();
    let mut candidates = candidates?;
    candidates.sort_by_key(|candidate| (candidate.campaign.priority, candidate.campaign.id));
    Ok(candidates)
}

#[derive(Clone, Copy)]
pub(super) struct HeldUntil {
    pub coupon: CouponId,
    pub expires_at: Timestamp,
}

/// A campaign that is asked, or a coupon of it.
#[derive(Clone, Copy)]
pub(super) struct Candidate<'a> {
    pub campaign: &'a Campaign,
    pub coupon: Option<HeldUntil>,
}

impl<'a> Candidate<'a> {
    pub fn given(campaign: &'a Campaign) -> Self {
        Self { campaign, coupon: None }
    }

    pub fn subject(&self) -> Subject {
        Subject {
            campaign: self.campaign.id,
            name: self.campaign.name.clone(),
            stage: self.campaign.stage(),
            coupon: self.coupon.map(|held| held.coupon),
        }
    }

    pub fn source(&self) -> ShareSource {
        match self.campaign.stage() {
            Stage::LimitedTime => ShareSource::LimitedTime(self.campaign.id),
            Stage::SpendAndSave => ShareSource::SpendAndSave(self.campaign.id),
            Stage::Coupon => ShareSource::Coupon(self.campaign.id),
        }
    }
}
