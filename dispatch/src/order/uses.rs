//! What an order takes from owners outside its city: a member's coupons and points, and parts of
//! campaigns' budgets. The order only tells how it goes on; what that means for a coupon or a
//! point is judged by who owns it.

use serde::{Deserialize, Serialize};
use vocabulary::{CampaignId, CouponId, MemberId, Money, OrderId, Timestamp};

use super::Order;
use super::draft::Draft;
use super::line::OrderLine;
use crate::Effect;

/// The source of the shares that are paid with points.
pub const POINTS: &str = "points";

/// What is used, frozen at placing. A member who uses nothing is named all the same: the order
/// counts for the tier and earns points.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uses {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberUses>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub budgets: Vec<BudgetUse>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberUses {
    pub member: MemberId,
    /// The member's when the order was quoted; empty in orders of before tiers were kept.
    #[serde(default)]
    pub tier: Box<str>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub coupons: Vec<CouponId>,
    #[serde(default)]
    pub points: u64,
    /// What each fen of the shares of points cost.
    #[serde(default)]
    pub points_per_fen: u64,
    /// The coupons and points are held for the order until then; afterwards it is not placed.
    /// `None` where nothing is held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place_before: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BudgetUse {
    pub campaign: CampaignId,
    pub amount: Money,
}

/// How an order with uses goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsesReport {
    pub order: OrderId,
    /// `None` where the member is not concerned: nothing was held.
    pub member: Option<MemberId>,
    pub campaigns: Vec<CampaignId>,
    pub progress: UsesProgress,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsesProgress {
    /// The order is placed: what was held for it stays held until it ends.
    Placed,
    /// It ended and nothing of it reached the shopper: everything used goes back.
    GivenBack { because: UsesBack },
    /// It is completed: what was used is used up.
    Completed { paid: Money, points_back: u64, return_until: Timestamp },
    /// Units came back after completion. Totals, not differences.
    Corrected { paid: Money, points_back: u64 },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsesBack {
    Refused,
    Expired,
    Cancelled,
}

impl Uses {
    /// Whether what is held for the order may be let go from now on.
    pub fn are_over(&self, now: Timestamp) -> bool {
        let until = self.member.as_ref().and_then(|member| member.place_before);
        until.is_some_and(|until| until <= now)
    }
}

/// Tells the owners, where there is anything used.
pub(super) fn report(draft: &mut Draft<'_>, progress: UsesProgress) {
    let order = draft.order();
    let Some(uses) = &order.terms.uses else { return };
    let tells = |member: &&MemberUses| match progress {
        UsesProgress::Placed | UsesProgress::GivenBack { .. } => member.place_before.is_some(),
        UsesProgress::Completed { .. } | UsesProgress::Corrected { .. } => true,
    };
    let report = UsesReport {
        order: order.id,
        member: uses.member.as_ref().filter(tells).map(|member| member.member),
        campaigns: uses.budgets.iter().map(|used| used.campaign).collect(),
        progress,
    };
    draft.effect(Effect::Report(Box::new(report)));
}

pub(super) fn report_completed(draft: &mut Draft<'_>, return_until: Timestamp) {
    let (paid, points_back) = (draft.order().net_payable(), draft.order().points_back());
    report(draft, UsesProgress::Completed { paid, points_back, return_until });
}

pub(super) fn report_corrected(draft: &mut Draft<'_>) {
    let (paid, points_back) = (draft.order().net_payable(), draft.order().points_back());
    report(draft, UsesProgress::Corrected { paid, points_back });
}

impl Order {
    /// Points that were spent on units whose money is given back: each of those units gives back
    /// exactly its fen of the line's share of points.
    fn points_back(&self) -> u64 {
        let member = self.terms.uses.as_ref().and_then(|uses| uses.member.as_ref());
        let Some(member) = member else { return 0 };
        let fen: i64 = self
            .terms
            .lines
            .iter()
            .zip(&self.accounts)
            .map(|(line, account)| points_share(line, account.given_back))
            .sum();
        let points = fen.unsigned_abs().saturating_mul(member.points_per_fen);
        points.min(member.points)
    }
}

/// Fen of the share of points in the line's first so many units, exactly as they are given back.
fn points_share(line: &OrderLine, units: u32) -> i64 {
    let carried = line.money_of_units(0, units).shares;
    let points = carried.iter().filter(|share| &*share.source == POINTS);
    points.map(|share| share.amount.as_fen()).sum()
}
