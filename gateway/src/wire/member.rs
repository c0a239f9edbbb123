//! Members: enrolment and log-in by phone, profile, points, coupons, purchases.

use commerce::member::{
    Coupon, LedgerEntry, LedgerReason, Member, MemberEvent, MemberPolicy, ledger_at,
};
use persistence::EventRow;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vocabulary::{CampaignId, CouponId, MemberId, Money, OrderId, Timestamp};

use super::schema::{Fen, Id, Millis};

/// A phone that shall get a code.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"phone": "13800001234"}))]
pub struct PhoneBody {
    pub phone: String,
}

#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct CodeSentView {
    /// The code can be typed until then.
    #[schema(value_type = Millis)]
    pub expires_at: Timestamp,
    /// Only in the sandbox (`code_sender = sandbox`): the code itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sandbox_code: Option<String>,
}

#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"phone": "13800001234", "code": "314159"}))]
pub struct MemberLogInBody {
    pub phone: String,
    pub code: String,
}

#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "phone": "13800001234",
    "code": "314159",
    "name": "王小明",
    "consent": {"terms": "2026-11", "marketing": false},
}))]
pub struct EnrolBody {
    pub phone: String,
    /// The code that the phone got.
    pub code: String,
    #[serde(default)]
    pub name: Option<String>,
    pub consent: ConsentBody,
}

/// What a member agrees to.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"terms": "2026-11", "marketing": false}))]
pub struct ConsentBody {
    /// The version of the terms that were shown: 1 to 40 characters.
    pub terms: String,
    /// Whether offers may be sent.
    #[serde(default)]
    pub marketing: bool,
}

#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct MemberSessionView {
    #[schema(value_type = Id)]
    pub member: MemberId,
    /// Opens what is the member's own. Told once.
    pub token: String,
    #[schema(value_type = Millis)]
    pub expires_at: Timestamp,
}

/// What the member shows at the counter, as a QR code.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct MemberCodeView {
    pub code: String,
    #[schema(value_type = Millis)]
    pub expires_at: Timestamp,
}

#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"code": "pm_AZqzwAAAcACAAAAAAAAAAQ"}))]
pub struct LookUpBody {
    /// The code that the member shows.
    pub code: String,
}

#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct MemberView {
    #[schema(value_type = Id)]
    pub member: MemberId,
    /// `enrolled` or `erased`.
    pub status: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<TierView>,
    /// Decides the tier.
    pub growth: u64,
    /// What can be spent.
    pub points: u64,
    /// To be earned before points grow again: earned by goods that came back after it was spent.
    pub points_owed: u64,
    /// The next points to expire.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expiring: Option<ExpiringView>,
    pub coupon_count: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<ConsentBody>,
    /// Only for whoever may see people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// With stars, except for the member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

/// Which members; what is absent does not narrow.
#[derive(Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({"phone_tail": "1234", "tier": "gold", "buys": true}))]
pub struct MemberSearchBody {
    /// The last four digits of the phone. Members enrolled before tails were kept are not found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_tail: Option<String>,
    /// A tier's code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier: Option<String>,
    /// Only those with an order that uses coupons or points, or was completed and can still come back.
    pub buys: bool,
    /// The `next_after` of the page before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Id>)]
    pub after: Option<MemberId>,
    /// 1 to 200; 50 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// A member in a list: nothing of it was sealed.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct MemberRow {
    #[schema(value_type = Id)]
    pub member: MemberId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<TierView>,
    pub growth: u64,
    pub points: u64,
    #[schema(value_type = Millis)]
    pub enrolled_at: Timestamp,
    /// The youngest order that uses coupons or points, or was completed and can still come back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Id>)]
    pub last_order: Option<OrderId>,
}

#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct MemberPage {
    pub members: Vec<MemberRow>,
    /// Where the next page begins. A page may be short, or empty, and still have one behind it: so
    /// many members were looked at in vain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Id>)]
    pub next_after: Option<MemberId>,
}

#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct TierView {
    pub code: String,
    pub name: String,
    pub benefits: Vec<String>,
    /// Growth still missing for the next tier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_next: Option<u64>,
}

#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct ExpiringView {
    pub points: u64,
    #[schema(value_type = Millis)]
    pub expires_at: Timestamp,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CouponView {
    #[schema(value_type = Id)]
    pub coupon: CouponId,
    #[schema(value_type = Id)]
    pub campaign: CampaignId,
    /// What the campaign is called, while it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[schema(value_type = Millis)]
    pub expires_at: Timestamp,
    /// The order it is held for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Id>)]
    pub held_for: Option<OrderId>,
}

/// One change of one coupon.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CouponLine {
    #[schema(value_type = Millis)]
    pub at: Timestamp,
    /// `claimed`, `held`, `given_back`, `used` or `expired`.
    pub what: String,
    #[schema(value_type = Id)]
    pub coupon: CouponId,
    /// What its campaign is called, while it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Why headquarters gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Id>)]
    pub order: Option<OrderId>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CouponHistory {
    /// The youngest first.
    pub lines: Vec<CouponLine>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct WalletView {
    pub coupons: Vec<CouponView>,
    /// What can be claimed now.
    pub claimable: Vec<ClaimableView>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ClaimableView {
    #[schema(value_type = Id)]
    pub campaign: CampaignId,
    pub name: String,
    /// How many of them this member may still claim.
    pub left: u32,
    #[schema(value_type = Millis)]
    pub claim_until: Timestamp,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"campaign": "019ab3c0-0000-7000-8000-000000000301"}))]
pub struct ClaimBody {
    #[schema(value_type = Id)]
    pub campaign: CampaignId,
    /// Why, where headquarters gives it: 1 to 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ClaimedView {
    #[schema(value_type = Id)]
    pub coupon: CouponId,
    #[schema(value_type = Millis)]
    pub expires_at: Timestamp,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"points": 200, "reason": "late delivery"}))]
pub struct AdjustPointsBody {
    /// More than zero gives, less takes.
    pub points: i64,
    /// What the ledger shows.
    pub reason: String,
}

/// One line of the ledger; the balance is the sum of all lines.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PointsLine {
    #[schema(value_type = Millis)]
    pub at: Timestamp,
    /// `earn`, `spend`, `give_back`, `expire`, `reverse`, `adjust` or `erase`.
    #[schema(value_type = String)]
    pub reason: LedgerReason,
    pub points: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Id>)]
    pub order: Option<OrderId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PointsLedger {
    /// The sum of all lines, those that are not shown among them: what can be spent.
    pub balance: i64,
    /// The youngest first.
    pub lines: Vec<PointsLine>,
}

/// One completed order.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PurchaseView {
    #[schema(value_type = Id)]
    pub order: OrderId,
    #[schema(value_type = Millis)]
    pub completed_at: Timestamp,
    /// After everything that was given back until now.
    #[schema(value_type = Fen)]
    pub paid_fen: Money,
    pub points_earned: u64,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PurchaseList {
    /// The youngest first.
    pub orders: Vec<PurchaseView>,
}

/// The rules for members, whole, at one version.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct MemberPolicyView {
    pub version: u64,
    #[schema(value_type = Object)]
    pub policy: MemberPolicy,
}

/// A member without the person.
pub fn member_view(member: &Member, policy: &MemberPolicy, now: Timestamp) -> MemberView {
    let consent = match &member.enrolment {
        commerce::member::Enrolment::Enrolled { consent, .. } => {
            Some(ConsentBody { terms: consent.terms.clone(), marketing: consent.marketing })
        }
        commerce::member::Enrolment::Unknown | commerce::member::Enrolment::Erased { .. } => None,
    };
    let tier = tier_view(member, policy);
    let expiring = member.points.next_expiry(now);
    MemberView {
        member: member.id,
        status: member.status_text().to_owned(),
        tier,
        growth: member.growth,
        points: member.points.available(now),
        points_owed: member.points.owed,
        expiring: expiring
            .map(|lot| ExpiringView { points: lot.points, expires_at: lot.expires_at }),
        coupon_count: member.coupons.values().filter(|coupon| coupon.is_free(now)).count() as u64,
        consent,
        name: None,
        phone: None,
    }
}

fn tier_view(member: &Member, policy: &MemberPolicy) -> Option<TierView> {
    let tier = member.tier(policy).filter(|_| member.is_enrolled())?;
    let next = policy.tiers.iter().find(|next| next.from_growth > member.growth);
    Some(TierView {
        code: tier.code.to_string(),
        name: tier.name.clone(),
        benefits: tier.benefits.clone(),
        to_next: next.map(|next| next.from_growth - member.growth),
    })
}

/// `None` for who is no member any more.
pub fn member_row(member: &Member, policy: &MemberPolicy, now: Timestamp) -> Option<MemberRow> {
    let enrolled_at = match &member.enrolment {
        commerce::member::Enrolment::Enrolled { at, .. } => *at,
        commerce::member::Enrolment::Unknown | commerce::member::Enrolment::Erased { .. } => {
            return None;
        }
    };
    Some(MemberRow {
        member: member.id,
        tier: tier_view(member, policy),
        growth: member.growth,
        points: member.points.available(now),
        enrolled_at,
        last_order: member.last_order(),
    })
}

pub fn coupon_view(coupon: CouponId, held: &Coupon, name: Option<String>) -> CouponView {
    CouponView {
        coupon,
        campaign: held.campaign,
        name,
        expires_at: held.expires_at,
        held_for: held.held_for,
    }
}

/// The events of one member, those that this version can read.
pub fn member_events(
    rows: &[EventRow],
) -> impl DoubleEndedIterator<Item = (Timestamp, MemberEvent)> {
    rows.iter().filter_map(|row| Some((row.at, serde_json::from_str(&row.payload).ok()?)))
}

pub fn points_ledger(rows: &[EventRow], now: Timestamp, limit: usize) -> PointsLedger {
    let line = |(at, entry): (Timestamp, LedgerEntry)| PointsLine {
        at,
        reason: entry.reason,
        points: entry.points,
        order: entry.order,
        note: entry.note.map(Into::into),
    };
    let mut lines: Vec<PointsLine> =
        ledger_at(member_events(rows), now).into_iter().map(line).collect();
    let balance = lines.iter().map(|line| line.points).sum();
    lines.reverse();
    lines.truncate(limit);
    PointsLedger { balance, lines }
}

pub fn purchases(rows: &[EventRow], limit: usize) -> PurchaseList {
    let mut orders: Vec<PurchaseView> = Vec::new();
    for (at, event) in member_events(rows) {
        match event {
            MemberEvent::OrderCompleted { order, paid, earned, repaid, .. } => {
                let points_earned = earned.points + repaid;
                let purchase =
                    PurchaseView { order, completed_at: at, paid_fen: paid, points_earned };
                orders.push(purchase);
            }
            MemberEvent::OrderCorrected { order, paid, reversed, owed, .. } => {
                let lost = reversed.iter().map(|lot| lot.points).sum::<u64>() + owed;
                if let Some(known) = orders.iter_mut().find(|known| known.order == order) {
                    known.paid_fen = paid;
                    known.points_earned = known.points_earned.saturating_sub(lost);
                }
            }
            MemberEvent::MemberEnrolled { .. }
            | MemberEvent::ConsentGiven { .. }
            | MemberEvent::MemberErased { .. }
            | MemberEvent::PointsExpired { .. }
            | MemberEvent::PointsGranted { .. }
            | MemberEvent::PointsTaken { .. }
            | MemberEvent::CouponClaimed { .. }
            | MemberEvent::CouponExpired { .. }
            | MemberEvent::OrderHeld { .. }
            | MemberEvent::HoldExtended { .. }
            | MemberEvent::HoldDoubted { .. }
            | MemberEvent::HoldConfirmed { .. }
            | MemberEvent::HoldGivenBack { .. } => {}
        }
    }
    orders.reverse();
    orders.truncate(limit);
    PurchaseList { orders }
}
