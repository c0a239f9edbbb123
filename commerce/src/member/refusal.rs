//! How a member's owner says no.

use serde::{Deserialize, Serialize};
use vocabulary::CouponId;

/// Why a command was declined. [`MemberRefusal::code`] is stable; the sentence tells what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum MemberRefusal {
    #[error("there is no such member: look the member up again")]
    MemberUnknown,
    #[error("this member is already enrolled")]
    AlreadyEnrolled,
    #[error("this phone belongs to a member already: log in instead")]
    PhoneTaken,
    #[error("coupon {coupon} is not in the wallet: it was used, has expired or was never claimed")]
    CouponGone { coupon: CouponId },
    #[error("coupon {coupon} is held for another order: wait until that order ends")]
    CouponHeld { coupon: CouponId },
    #[error("only {available} points can be spent: quote again")]
    NotEnoughPoints { available: u64 },
    #[error("every coupon of this campaign that one member may have is claimed")]
    ClaimLimit { per_member: u32 },
    #[error("the claimed coupon would have expired already: the campaign is over")]
    ClaimOver,
    #[error("the wallet is full: use a coupon or let one expire first")]
    WalletFull { most: u32 },
    #[error("the order already holds other coupons or points: quote again")]
    HoldDiffers,
    #[error("the order is over: quote again")]
    OrderOver,
    #[error("the time to place this order is over: quote again")]
    HoldTooLate,
    #[error("an order is still under way: forget the member when it has ended")]
    OrdersOpen,
    #[error("the reason is missing: say why")]
    NoteMissing,
    #[error("the budget of this campaign is used up here: quote again without it")]
    BudgetSpent,
}

impl MemberRefusal {
    /// The stable code that clients branch on; documented in docs/faults.md.
    pub fn code(&self) -> &'static str {
        match self {
            Self::MemberUnknown => "member_unknown",
            Self::AlreadyEnrolled => "already_enrolled",
            Self::PhoneTaken => "phone_taken",
            Self::CouponGone { .. } => "coupon_gone",
            Self::CouponHeld { .. } => "coupon_held",
            Self::NotEnoughPoints { .. } => "not_enough_points",
            Self::ClaimLimit { .. } => "claim_limit",
            Self::ClaimOver => "claim_over",
            Self::WalletFull { .. } => "wallet_full",
            Self::HoldDiffers => "hold_differs",
            Self::OrderOver => "order_over",
            Self::HoldTooLate => "hold_too_late",
            Self::OrdersOpen => "orders_open",
            Self::NoteMissing => "note_missing",
            Self::BudgetSpent => "budget_spent",
        }
    }
}
