//! What happened to a member, for ever. Every change of points says which lots it is about.

use serde::{Deserialize, Serialize};
use vocabulary::{CampaignId, CouponId, Money, OrderId, PersonId, Timestamp};

use super::{Consent, Lot, PhoneKey};

/// Why an order gives back what it used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GiveBack {
    /// The city never placed it, and will not.
    NeverPlaced,
    Refused,
    /// Nobody paid in time.
    Expired,
    /// Called off, or nothing of it arrived.
    Cancelled,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum MemberEvent {
    MemberEnrolled {
        person: PersonId,
        phone: PhoneKey,
        consent: Consent,
        /// The keyed hash of the phone's last four digits.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tail: Option<PhoneKey>,
    },
    ConsentGiven {
        consent: Consent,
    },
    /// Points and coupons go with the person.
    MemberErased {
        points: u64,
    },
    /// Lots that expired up to then leave the balance.
    PointsExpired {
        points: u64,
        by: Timestamp,
    },
    PointsGranted {
        lot: Lot,
        /// Of what was granted, this much paid what was owed and is not in the lot.
        #[serde(default)]
        repaid: u64,
        reason: Box<str>,
    },
    PointsTaken {
        lots: Vec<Lot>,
        reason: Box<str>,
    },
    CouponClaimed {
        coupon: CouponId,
        campaign: CampaignId,
        expires_at: Timestamp,
        /// Why, where somebody else gave it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Box<str>>,
    },
    CouponExpired {
        coupon: CouponId,
    },
    /// The points leave the balance here.
    OrderHeld {
        order: OrderId,
        coupons: Vec<CouponId>,
        points: Vec<Lot>,
        place_before: Timestamp,
        ask_at: Timestamp,
    },
    HoldExtended {
        order: OrderId,
        place_before: Timestamp,
        ask_at: Timestamp,
    },
    /// Its time is over and the city was asked.
    HoldDoubted {
        order: OrderId,
        ask_at: Timestamp,
    },
    HoldConfirmed {
        order: OrderId,
    },
    HoldGivenBack {
        order: OrderId,
        because: GiveBack,
        /// Points that are in the balance again, as they were held.
        points: Vec<Lot>,
    },
    OrderCompleted {
        order: OrderId,
        paid: Money,
        /// In the balance from now on.
        earned: Lot,
        /// Earned too, but it paid what was owed.
        #[serde(default)]
        repaid: u64,
        earn_permille: u32,
        growth: u64,
        growth_permille: u32,
        /// Spent on units that never arrived, and in the balance again.
        points_back: Vec<Lot>,
        keep_until: Timestamp,
    },
    OrderCorrected {
        order: OrderId,
        paid: Money,
        /// Earned by what came back, and taken off the balance.
        reversed: Vec<Lot>,
        /// Earned by what came back too, but not there any more.
        #[serde(default)]
        owed: u64,
        growth_lost: u64,
        points_back: Vec<Lot>,
    },
}

impl MemberEvent {
    /// The name it is filed under; equal to its serialised tag.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::MemberEnrolled { .. } => "member_enrolled",
            Self::ConsentGiven { .. } => "consent_given",
            Self::MemberErased { .. } => "member_erased",
            Self::PointsExpired { .. } => "points_expired",
            Self::PointsGranted { .. } => "points_granted",
            Self::PointsTaken { .. } => "points_taken",
            Self::CouponClaimed { .. } => "coupon_claimed",
            Self::CouponExpired { .. } => "coupon_expired",
            Self::OrderHeld { .. } => "order_held",
            Self::HoldExtended { .. } => "hold_extended",
            Self::HoldDoubted { .. } => "hold_doubted",
            Self::HoldConfirmed { .. } => "hold_confirmed",
            Self::HoldGivenBack { .. } => "hold_given_back",
            Self::OrderCompleted { .. } => "order_completed",
            Self::OrderCorrected { .. } => "order_corrected",
        }
    }
}
