//! What a campaign takes off, by itself: nothing here knows other campaigns.

use serde::{Deserialize, Serialize};
use vocabulary::{Money, Seconds, Timestamp};

use super::campaign::check_amount;
use super::faults::Faults;
use crate::Permille;

/// What a campaign takes off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Discount {
    /// 限时折扣: off the price of each unit.
    LimitedTime(UnitDiscount),
    /// 满减: off the sum of the goods, once it is large enough.
    SpendAndSave(SpendAndSave),
    /// 优惠券: off the sum of the goods, for who holds a coupon.
    Coupon(CouponTemplate),
}

/// What is taken off the price of one unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitDiscount {
    /// A unit costs this much, unless it is cheaper anyway.
    FixedPrice(Money),
    /// This part of the price is taken off, a begun fen left to pay: 1 to 1,000 thousandths.
    PercentOff(Permille),
    /// This much is taken off, at most the price.
    AmountOff(Money),
}

/// What is taken off the sum of the goods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpendAndSave {
    /// The highest tier that is reached counts.
    Tiers(Vec<SpendTier>),
    /// For every full `spend`, `off` is taken off, `most` at most.
    Every {
        spend: Money,
        off: Money,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        most: Option<Money>,
    },
}

/// Goods worth `spend` get `off`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpendTier {
    pub spend: Money,
    pub off: Money,
}

/// What a coupon is worth, and who may have one for how long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CouponTemplate {
    pub value: CouponValue,
    /// What the goods must be worth; 0 for any.
    #[serde(default)]
    pub threshold: Money,
    /// How many of them one member may ever claim: at least 1.
    pub per_member: u32,
    pub claim_from: Timestamp,
    /// From this moment on nobody may claim one.
    pub claim_until: Timestamp,
    pub validity: Validity,
}

/// What a coupon takes off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CouponValue {
    Amount(Money),
    /// This part of the goods, `most` at most.
    Percent {
        off: Permille,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        most: Option<Money>,
    },
}

/// How long a coupon holds once it was claimed, if the campaign lasts as long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Validity {
    /// So many times 24 hours from the claim: 1 to 366.
    Days(u32),
    Until(Timestamp),
}

/// What must still be spent for more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Short {
    /// What is missing.
    pub by: Money,
    /// What must be reached.
    pub spend: Money,
    /// What is then taken off; absent for a percentage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub off: Option<Money>,
}

const LONGEST_DAYS: u32 = 366;
const MOST_TIERS: usize = 10;

impl Discount {
    pub(super) fn check(&self, faults: &mut Faults) {
        match self {
            Self::LimitedTime(discount) => discount.check(faults),
            Self::SpendAndSave(discount) => discount.check(faults),
            Self::Coupon(template) => template.check(faults),
        }
    }

    /// The most it takes off, in thousandths of what the goods cost, where the document alone
    /// says so: what a grant is asked about. Amounts off one unit are asked unit by unit.
    pub(super) fn deepest(&self) -> Option<Permille> {
        match self {
            Self::LimitedTime(UnitDiscount::PercentOff(off)) => Some(*off),
            Self::LimitedTime(UnitDiscount::FixedPrice(_) | UnitDiscount::AmountOff(_)) => None,
            Self::SpendAndSave(SpendAndSave::Tiers(tiers)) => {
                tiers.iter().map(|tier| part(tier.off, tier.spend)).max()
            }
            Self::SpendAndSave(SpendAndSave::Every { spend, off, .. }) => Some(part(*off, *spend)),
            Self::Coupon(CouponTemplate { value: CouponValue::Percent { off, .. }, .. }) => {
                Some(*off)
            }
            Self::Coupon(CouponTemplate { value: CouponValue::Amount(off), threshold, .. }) => {
                Some(part(*off, *threshold))
            }
        }
    }
}

/// `off` in begun thousandths of `whole`; all of it where there is no whole.
fn part(off: Money, whole: Money) -> Permille {
    let (off, whole) = (i128::from(off.as_fen()), i128::from(whole.as_fen()));
    let parts = (off * 1_000 + whole - 1).checked_div(whole).unwrap_or(1_000);
    Permille(u32::try_from(parts.clamp(0, 1_000)).unwrap_or(1_000))
}

impl UnitDiscount {
    /// What is taken off one unit of this price: never more than the price.
    pub(super) fn off(self, price: Money) -> Money {
        let off = match self {
            Self::FixedPrice(fixed) => price.less(fixed),
            Self::PercentOff(part) => part.highest_of(price),
            Self::AmountOff(amount) => amount,
        };
        off.clamp(Money::ZERO, price.max(Money::ZERO))
    }

    fn check(self, faults: &mut Faults) {
        let field = "discount.limited_time";
        match self {
            // A gift is a fixed price of nothing.
            Self::FixedPrice(Money::ZERO) => {}
            Self::FixedPrice(price) => check_amount(faults, format!("{field}.fixed_price"), price),
            Self::PercentOff(part) => check_part(faults, format!("{field}.percent_off"), part),
            Self::AmountOff(off) => check_amount(faults, format!("{field}.amount_off"), off),
        }
    }
}

impl SpendAndSave {
    /// What is taken off goods of this worth; never more than that.
    pub(super) fn off(&self, worth: Money) -> Money {
        let off = match self {
            Self::Tiers(tiers) => {
                let reached = tiers.iter().filter(|tier| tier.spend <= worth);
                reached.map(|tier| tier.off).max().unwrap_or_default()
            }
            Self::Every { spend, off, most } => {
                let times = worth.as_fen() / spend.as_fen().max(1);
                let sum = Money::fen(off.as_fen().saturating_mul(times));
                most.map_or(sum, |most| sum.min(most))
            }
        };
        off.min(worth)
    }

    /// What must still be spent for something, or for more.
    pub(super) fn next(&self, worth: Money) -> Option<Short> {
        let (spend, off) = match self {
            Self::Tiers(tiers) => {
                let ahead = tiers.iter().filter(|tier| tier.spend > worth);
                let next = ahead.min_by_key(|tier| tier.spend)?;
                (next.spend, next.off)
            }
            Self::Every { spend, off, most } => {
                let times = worth.as_fen() / spend.as_fen().max(1) + 1;
                let next = Money::fen(off.as_fen().saturating_mul(times));
                let next = most.map_or(next, |most| next.min(most));
                if next <= self.off(worth) {
                    return None;
                }
                (Money::fen(spend.as_fen().saturating_mul(times)), next)
            }
        };
        Some(Short { by: spend.less(worth), spend, off: Some(off) })
    }

    fn check(&self, faults: &mut Faults) {
        match self {
            Self::Tiers(tiers) => check_tiers(tiers, faults),
            Self::Every { spend, off, most } => {
                let field = "discount.spend_and_save.every";
                check_pair(faults, field, *spend, *off);
                if let Some(most) = most.filter(|most| most < off) {
                    let cure = "give at least what is taken off once, or leave it out";
                    faults.refuse(format!("{field}.most"), most.as_fen(), cure);
                }
            }
        }
    }
}

fn check_tiers(tiers: &[SpendTier], faults: &mut Faults) {
    let field = "discount.spend_and_save.tiers";
    if !(1..=MOST_TIERS).contains(&tiers.len()) {
        faults.refuse(field, tiers.len(), format!("give 1 to {MOST_TIERS} tiers"));
    }
    for (index, tier) in tiers.iter().enumerate() {
        let field = format!("{field}[{index}]");
        check_pair(faults, &field, tier.spend, tier.off);
        let before = index.checked_sub(1).and_then(|index| tiers.get(index));
        if before.is_some_and(|before| tier.spend <= before.spend || tier.off <= before.off) {
            let cure = "each tier must ask for more than the one before and give more";
            faults.refuse(field, tier.spend.as_fen(), cure);
        }
    }
}

fn check_pair(faults: &mut Faults, field: &str, spend: Money, off: Money) {
    check_amount(faults, format!("{field}.spend"), spend);
    check_amount(faults, format!("{field}.off"), off);
    if off > spend {
        let cure = "give at most what must be spent";
        faults.refuse(format!("{field}.off"), off.as_fen(), cure);
    }
}

fn check_part(faults: &mut Faults, field: impl Into<String>, part: Permille) {
    if !(Permille(1)..=Permille::WHOLE).contains(&part) {
        faults.refuse(field, part.0, "give 1 to 1000 thousandths to take off");
    }
}

impl CouponTemplate {
    /// What a coupon takes off goods of this worth, which reach its threshold; never more.
    pub(super) fn off(&self, worth: Money) -> Money {
        let off = match self.value {
            CouponValue::Amount(off) => off,
            CouponValue::Percent { off, most } => {
                let part = off.highest_of(worth);
                most.map_or(part, |most| part.min(most))
            }
        };
        off.min(worth)
    }

    /// What must still be spent before it takes something off.
    pub(super) fn short(&self, worth: Money) -> Option<Short> {
        let off = match self.value {
            CouponValue::Amount(off) => Some(off),
            CouponValue::Percent { .. } => None,
        };
        let spend = self.threshold;
        (worth < spend).then(|| Short { by: spend.less(worth), spend, off })
    }

    /// Whether one may be claimed at this moment.
    pub fn is_claimable(&self, now: Timestamp) -> bool {
        self.claim_from <= now && now < self.claim_until
    }

    fn check(&self, faults: &mut Faults) {
        let field = "discount.coupon";
        match self.value {
            CouponValue::Amount(off) => {
                check_amount(faults, format!("{field}.value.amount"), off);
                if self.threshold > Money::ZERO && off > self.threshold {
                    let cure = "give at most the threshold";
                    faults.refuse(format!("{field}.value.amount"), off.as_fen(), cure);
                }
            }
            CouponValue::Percent { off, most } => {
                check_part(faults, format!("{field}.value.percent.off"), off);
                if let Some(most) = most {
                    check_amount(faults, format!("{field}.value.percent.most"), most);
                }
            }
        }
        if self.threshold != Money::ZERO {
            check_amount(faults, format!("{field}.threshold"), self.threshold);
        }
        if self.per_member == 0 {
            faults.refuse(format!("{field}.per_member"), 0, "give at least 1");
        }
        if self.claim_until <= self.claim_from {
            let cure = "give a moment after claim_from";
            faults.refuse(format!("{field}.claim_until"), self.claim_until.as_millis(), cure);
        }
        match self.validity {
            Validity::Days(days) if !(1..=LONGEST_DAYS).contains(&days) => {
                let cure = format!("give 1 to {LONGEST_DAYS} days");
                faults.refuse(format!("{field}.valid_days"), days, cure);
            }
            Validity::Until(until) if until <= self.claim_from => {
                let cure = "give a moment after claim_from";
                faults.refuse(format!("{field}.valid_until"), until.as_millis(), cure);
            }
            Validity::Days(_) | Validity::Until(_) => {}
        }
    }
}

impl Validity {
    pub(super) fn end(self, claimed_at: Timestamp) -> Timestamp {
        match self {
            Self::Days(days) => claimed_at.after(Seconds(days.saturating_mul(86_400))),
            Self::Until(until) => until,
        }
    }
}
