//! Discounts: which campaigns there are, what they take off a basket, and who carries it.
//!
//! The rule is pure: campaigns, a basket and a member's standing go in, frozen shares and an
//! explanation come out. It keeps no coupon, no points and no budget: what a quote would use is
//! written down in the quote, and whoever owns those facts holds them when the order is placed.

mod standing;

pub use standing::{BudgetDraw, HeldCoupon, MemberStanding, TierCode, Uses};
