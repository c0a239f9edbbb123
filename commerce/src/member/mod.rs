//! One member of the chain: who it is, what it has earned, which coupons it holds.
//!
//! The machine owns a member's points and coupons and decides about each of them once: a coupon is
//! held for one order at a time and used at most once, points are spent only where they are there.
//! It never sees a name or a phone, prices nothing, and knows of an order only what the city that
//! owns the order tells it.

mod apply;
mod command;
mod decide;
mod event;
mod ledger;
mod orders;
mod phone;
mod points;
mod policy;
#[cfg(test)]
mod properties;
mod refusal;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod worked;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use vocabulary::{CampaignId, CouponId, MemberId, Money, OrderId, PersonId, Timestamp};

pub use command::{ClaimTerms, MemberCommand};
pub use decide::{MemberDecision, MemberWish};
pub use event::{GiveBack, MemberEvent};
pub use ledger::{LedgerEntry, LedgerReason, ledger_at, ledger_entries};
pub use phone::{PhoneBinding, PhoneCommand, PhoneEvent, PhoneKey};
pub use points::{Lot, Points};
pub use policy::{MemberPolicy, Tier};
pub use refusal::MemberRefusal;

use crate::promotion::{HeldCoupon, MemberStanding};

/// When a member's owner decides, and by which rules.
#[derive(Debug, Clone, Copy)]
pub struct MemberContext<'a> {
    pub now: Timestamp,
    pub policy: &'a MemberPolicy,
}

/// Everything known about one member. Plain data: its state row is this, serialised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    pub id: MemberId,
    pub enrolment: Enrolment,
    /// What was spent in yuan, less what came back: decides the tier.
    pub growth: u64,
    pub points: Points,
    /// Coupons that are neither used nor expired; those held for an order say so.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub coupons: BTreeMap<CouponId, Coupon>,
    /// How many coupons of each campaign were ever claimed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub claims: BTreeMap<CampaignId, u32>,
    /// Orders that are placed, or about to be, with what they use.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub holds: BTreeMap<OrderId, Hold>,
    /// Completed orders that can still come back, with what they earned.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub accounts: BTreeMap<OrderId, OrderAccount>,
}

/// Whether there is a member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "enrolment", rename_all = "snake_case")]
pub enum Enrolment {
    /// Nobody was enrolled under this id.
    Unknown,
    Enrolled {
        /// Name and phone, kept encrypted elsewhere.
        person: PersonId,
        /// The phone as a keyed hash.
        phone: PhoneKey,
        /// Its last four digits as a keyed hash.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tail: Option<PhoneKey>,
        consent: Consent,
        at: Timestamp,
    },
    /// The person asked to be forgotten; the id is never used again.
    Erased { at: Timestamp },
}

/// What a member agreed to, and to which text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// The version of the terms that were shown.
    pub terms: String,
    /// Whether offers may be sent.
    pub marketing: bool,
}

/// A coupon in the wallet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coupon {
    pub campaign: CampaignId,
    /// From this moment on it can no longer be used.
    pub expires_at: Timestamp,
    /// The order it is held for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_for: Option<OrderId>,
}

/// What an order keeps from other orders until it ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub coupons: Vec<CouponId>,
    /// Points already taken off the balance, with the expiry they had.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<Lot>,
    pub phase: HoldPhase,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "snake_case")]
pub enum HoldPhase {
    /// The city refuses to place the order from `place_before` on. When `ask_at` has come the city
    /// is asked whether it was placed: only its word lets the hold go.
    Waiting { place_before: Timestamp, ask_at: Timestamp },
    /// The order is placed: the city tells how it ends.
    Placed,
}

/// A completed order's share in growth and points.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderAccount {
    pub paid: Money,
    /// Thousandths of a point per yuan, as the tier had it at completion.
    pub earn_permille: u32,
    pub growth_permille: u32,
    pub earned: u64,
    pub growth: u64,
    /// Points spent on it that have not come back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spent: Vec<Lot>,
    /// How many points came back so far.
    pub points_back: u64,
    /// Nothing is corrected afterwards.
    pub keep_until: Timestamp,
}

impl Member {
    /// The member nobody is yet.
    pub fn new(id: MemberId) -> Self {
        Self {
            id,
            enrolment: Enrolment::Unknown,
            growth: 0,
            points: Points::default(),
            coupons: BTreeMap::new(),
            claims: BTreeMap::new(),
            holds: BTreeMap::new(),
            accounts: BTreeMap::new(),
        }
    }

    /// The youngest order that uses coupons or points, or was completed and can still come back; ids
    /// begin with time.
    pub fn last_order(&self) -> Option<OrderId> {
        let held = self.holds.last_key_value().map(|(order, _)| *order);
        let done = self.accounts.last_key_value().map(|(order, _)| *order);
        held.max(done)
    }

    pub fn is_enrolled(&self) -> bool {
        matches!(self.enrolment, Enrolment::Enrolled { .. })
    }

    pub fn status_text(&self) -> &'static str {
        match self.enrolment {
            Enrolment::Unknown => "unknown",
            Enrolment::Enrolled { .. } => "enrolled",
            Enrolment::Erased { .. } => "erased",
        }
    }

    /// Whether a restart must bring it back by itself: it waits for a city's word.
    pub fn is_live(&self) -> bool {
        self.holds.values().any(|hold| matches!(hold.phase, HoldPhase::Waiting { .. }))
    }

    pub fn tier<'p>(&self, policy: &'p MemberPolicy) -> Option<&'p Tier> {
        policy.tier_at(self.growth)
    }

    /// What a quote may use; `None` when there is no such member.
    pub fn standing(&self, policy: &MemberPolicy, now: Timestamp) -> Option<MemberStanding> {
        if !self.is_enrolled() {
            return None;
        }
        let free = self.coupons.iter().filter(|(_, coupon)| coupon.is_free(now));
        let held = free.map(|(id, coupon)| HeldCoupon {
            id: *id,
            template: coupon.campaign,
            expires_at: coupon.expires_at,
        });
        Some(MemberStanding {
            member: self.id,
            tier: self.tier(policy)?.code.clone(),
            points: self.points.available(now),
            coupons: held.collect(),
        })
    }
}

impl Coupon {
    /// Whether an order may use it now.
    pub fn is_free(&self, now: Timestamp) -> bool {
        self.held_for.is_none() && now < self.expires_at
    }
}
