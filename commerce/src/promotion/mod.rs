//! Discounts: which campaigns there are, what they take off a basket, and who carries it.
//!
//! The rule is pure: campaigns, a basket and a member's standing go in, frozen shares and an
//! explanation come out. It keeps no coupon, no points and no budget: what a quote would use is
//! written down in the quote, and whoever owns those facts holds them when the order is placed.

mod bearers;
mod bid;
mod campaign;
mod campaigns;
mod candidate;
mod desk;
mod discount;
mod explanation;
mod faults;
mod grant;
mod points;
#[cfg(test)]
mod properties;
mod scope;
mod standing;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod worked;

pub use campaign::{BearerPart, Budget, Campaign, Giver, Stacking, Stage};
pub use campaigns::{CampaignCommand, CampaignEvent, CampaignRefusal, Campaigns};
pub(crate) use desk::{Asking, Goods as BasketGoods, MOST_COUPONS, Reduced, reduce};
pub use discount::{
    CouponTemplate, CouponValue, Discount, Short, SpendAndSave, SpendTier, UnitDiscount, Validity,
};
pub use explanation::{Applied, Explanation, NotApplied, PointsSpent, Reason, Subject};
pub use grant::CampaignGrant;
pub use points::PointsPolicy;
pub use scope::{Channels, Goods, Members, Scope};
pub use standing::{BudgetDraw, HeldCoupon, MemberStanding, TierCode, Uses};
