//! Why a quote has the discounts it has, for a shopper's page.

use commerce::{Applied, Explanation, NotApplied, PointsSpent, Reason, Short, Stage, Subject};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vocabulary::{CampaignId, CouponId, Money, SkuId};

use super::campaign::StageName;
use super::schema::{Fen, Id};

/// A campaign, or one coupon of it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct DiscountName {
    #[schema(value_type = Id)]
    pub campaign: CampaignId,
    pub name: String,
    #[schema(value_type = StageName)]
    pub stage: Stage,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Id>)]
    pub coupon: Option<CouponId>,
}

/// Something that was taken off.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AppliedView {
    #[serde(flatten)]
    pub discount: DiscountName,
    #[schema(value_type = Fen)]
    pub off_fen: Money,
    /// What the goods it counted were worth before.
    #[schema(value_type = Fen)]
    pub counted_fen: Money,
    pub lines: Vec<LineOff>,
    /// What would give more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<ShortView>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub struct LineOff {
    #[schema(value_type = Id)]
    pub sku: SkuId,
    #[schema(value_type = Fen)]
    pub off_fen: Money,
}

/// What must still be spent.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub struct ShortView {
    /// What is missing.
    #[schema(value_type = Fen)]
    pub short_fen: Money,
    /// What must be reached.
    #[schema(value_type = Fen)]
    pub spend_fen: Money,
    /// What is then taken off; absent for a percentage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Fen>)]
    pub off_fen: Option<Money>,
}

/// Something that could have been taken off, and why it was not.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct NotAppliedView {
    #[serde(flatten)]
    pub discount: DiscountName,
    /// `short`, `tier`, `excluded`, `nothing_left`, `budget_used_up`, `other_goods`,
    /// `other_store`, `other_channel`, `not_yet`, `over` or `one_per_kind`.
    pub reason: String,
    /// The same as a sentence.
    #[schema(example = "¥12.00 short of ¥100.00")]
    pub message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub short: Option<ShortView>,
    /// The campaign that excludes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Id>)]
    pub excluded_by: Option<CampaignId>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub struct PointsView {
    /// Spent by this quote.
    pub points: u64,
    /// What they pay.
    #[schema(value_type = Fen)]
    pub off_fen: Money,
    /// What points may pay of this basket at most.
    #[schema(value_type = Fen)]
    pub most_fen: Money,
}

/// Everything that was asked whether it takes something off.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ExplanationView {
    /// In the order in which it was taken off.
    pub applied: Vec<AppliedView>,
    pub not_applied: Vec<NotAppliedView>,
    /// Absent when no points were asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<PointsView>,
}

pub fn explanation_view(explanation: Explanation) -> ExplanationView {
    ExplanationView {
        applied: explanation.applied.into_iter().map(applied).collect(),
        not_applied: explanation.not_applied.into_iter().map(not_applied).collect(),
        points: explanation.points.map(points),
    }
}

fn name(subject: Subject) -> DiscountName {
    let Subject { campaign, name, stage, coupon } = subject;
    DiscountName { campaign, name, stage, coupon }
}

fn applied(applied: Applied) -> AppliedView {
    let lines = applied.lines.into_iter().map(|(sku, off_fen)| LineOff { sku, off_fen });
    AppliedView {
        discount: name(applied.subject),
        off_fen: applied.amount,
        counted_fen: applied.counted,
        lines: lines.collect(),
        next: applied.next.map(short_view),
    }
}

fn not_applied(known: NotApplied) -> NotAppliedView {
    let (short, excluded_by) = match known.reason {
        Reason::Short(short) => (Some(short_view(short)), None),
        Reason::Excluded { by } => (None, Some(by)),
        Reason::Tier
        | Reason::NothingLeft
        | Reason::BudgetUsedUp
        | Reason::OtherGoods
        | Reason::OtherStore
        | Reason::OtherChannel
        | Reason::NotYet { .. }
        | Reason::Over
        | Reason::OnePerKind => (None, None),
    };
    NotAppliedView {
        discount: name(known.subject),
        reason: known.reason.code().to_owned(),
        message: known.reason.to_string(),
        short,
        excluded_by,
    }
}

fn points(spent: PointsSpent) -> PointsView {
    PointsView { points: spent.points, off_fen: spent.amount, most_fen: spent.most }
}

fn short_view(short: Short) -> ShortView {
    ShortView { short_fen: short.by, spend_fen: short.spend, off_fen: short.off }
}
