//! What may be asked of a member's owner.

use serde::{Deserialize, Serialize};
use vocabulary::{CampaignId, CouponId, Money, OrderId, PersonId, Timestamp};

use super::{Consent, GiveBack, PhoneKey};

/// Something asked of one member. Commands of the city travel as letters and are never refused:
/// what they tell has happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case", deny_unknown_fields)]
pub enum MemberCommand {
    // From people.
    Enrol {
        person: PersonId,
        phone: PhoneKey,
        consent: Consent,
        /// The keyed hash of the phone's last four digits.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tail: Option<PhoneKey>,
    },
    Consent {
        consent: Consent,
    },
    /// Puts a coupon into the wallet, by its campaign's terms.
    Claim {
        coupon: CouponId,
        terms: ClaimTerms,
        /// Why, where somebody else gives it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// Points by hand: more than zero gives, less takes; with the reason that the ledger shows.
    Adjust {
        points: i64,
        reason: String,
    },
    /// Forgets the person. Refused while an order holds something.
    Erase,

    // From the door that places an order.
    /// Keeps these for an order that is placed before that time; the same again changes nothing.
    Hold {
        order: OrderId,
        coupons: Vec<CouponId>,
        points: u64,
        place_before: Timestamp,
    },

    // From the city that owns the order.
    Confirm {
        order: OrderId,
    },
    GiveBack {
        order: OrderId,
        because: GiveBack,
    },
    /// It is completed: what was used is used up, what was paid earns.
    Complete {
        order: OrderId,
        /// After everything that was given back.
        paid: Money,
        /// Of the points spent, those of units that never arrived.
        points_back: u64,
        return_until: Timestamp,
    },
    /// Units came back after completion. Both are totals, so a letter twice changes nothing.
    Correct {
        order: OrderId,
        paid: Money,
        points_back: u64,
    },

    /// A due time that was journaled has come.
    TimerFired,
}

/// What a campaign says about claiming its coupons, as it stands now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimTerms {
    pub campaign: CampaignId,
    /// Claims of one member; absent for any number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_member: Option<u32>,
    pub expires_at: Timestamp,
}
