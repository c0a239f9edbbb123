//! Tiers and what points are worth: headquarters' document.

use serde::{Deserialize, Serialize};
use vocabulary::{Money, Seconds, Timestamp};

use crate::invalid::{Invalid, check_words};
use crate::promotion::TierCode;

const DAY_S: i64 = 86_400;
/// The most a yuan can earn, in thousandths of a point: a hundred points.
const MOST_PERMILLE: u32 = 100_000;
const MOST_TIERS: usize = 12;

/// One version of the rules for members. Raw numbers end in their unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MemberPolicy {
    pub version: u64,
    /// By growth, the first from zero.
    pub tiers: Vec<Tier>,
    /// Points earned live this long and then to the end of that day, UTC.
    pub points_live_days: u32,
    /// Thousandths of growth for a yuan paid.
    pub growth_permille_per_yuan: u32,
    /// How long an order may take to be placed once its coupons and points are held.
    pub placing_takes_at_most_s: u32,
    /// How often a city that does not answer is asked again about a held order.
    pub ask_again_after_s: u32,
    /// Returns may still be settled so long after the return window has closed.
    pub returns_settle_within_days: u32,
    pub most_coupons: u32,
}

/// What a member is called from this growth on, and what that brings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tier {
    pub code: TierCode,
    pub name: String,
    pub from_growth: u64,
    /// Thousandths of a point for a yuan paid.
    pub earn_permille_per_yuan: u32,
    /// Told to people; campaigns name the tiers they are for.
    #[serde(default)]
    pub benefits: Vec<String>,
}

impl Default for MemberPolicy {
    fn default() -> Self {
        let tier = |code: &str, name: &str, from_growth, earn_permille_per_yuan| {
            TierCode::new(code).ok().map(|code| Tier {
                code,
                name: name.to_owned(),
                from_growth,
                earn_permille_per_yuan,
                benefits: Vec::new(),
            })
        };
        let tiers = [
            tier("basic", "普通会员", 0, 1_000),
            tier("silver", "银卡会员", 1_000, 1_200),
            tier("gold", "金卡会员", 5_000, 1_500),
        ];
        Self {
            version: 0,
            tiers: tiers.into_iter().flatten().collect(),
            points_live_days: 365,
            growth_permille_per_yuan: 1_000,
            placing_takes_at_most_s: 60,
            ask_again_after_s: 60,
            returns_settle_within_days: 30,
            most_coupons: 200,
        }
    }
}

impl MemberPolicy {
    /// Everything that is wrong with the document; empty when it can be used.
    pub fn faults(&self) -> Vec<Invalid> {
        let mut faults = Vec::new();
        if self.tiers.is_empty() || self.tiers.len() > MOST_TIERS {
            let cure = format!("give 1 to {MOST_TIERS} tiers");
            faults.push(Invalid::value("tiers", self.tiers.len(), cure));
        }
        if let Some(first) = self.tiers.first().filter(|first| first.from_growth != 0) {
            faults.push(Invalid::value("tiers.from_growth", first.from_growth, "begin at 0"));
        }
        for (one, next) in self.tiers.iter().zip(self.tiers.iter().skip(1)) {
            if next.from_growth <= one.from_growth {
                let cure = format!("give more than {} of the tier before", one.from_growth);
                faults.push(Invalid::value("tiers.from_growth", next.from_growth, cure));
            }
            if self.tiers.iter().filter(|tier| tier.code == next.code).count() > 1 {
                faults.push(Invalid::text("tiers.code", next.code.as_str(), "name each tier once"));
            }
        }
        for tier in &self.tiers {
            faults.extend(check_words("tiers.name", &tier.name, 40).err());
            faults.extend(within("tiers.earn_permille_per_yuan", tier.earn_permille_per_yuan));
        }
        faults.extend(within("growth_permille_per_yuan", self.growth_permille_per_yuan));
        let ranges = [
            ("points_live_days", self.points_live_days, 1, 3_650),
            ("placing_takes_at_most_s", self.placing_takes_at_most_s, 5, 600),
            ("ask_again_after_s", self.ask_again_after_s, 1, 3_600),
            ("returns_settle_within_days", self.returns_settle_within_days, 0, 365),
            ("most_coupons", self.most_coupons, 1, 1_000),
        ];
        for (field, given, least, most) in ranges {
            if !(least..=most).contains(&given) {
                let cure = format!("give {least} to {most}");
                faults.push(Invalid::value(field, given, cure));
            }
        }
        faults
    }

    /// The highest tier whose growth is reached; `None` only in a policy without tiers, which
    /// [`faults`](Self::faults) does not let in.
    pub fn tier_at(&self, growth: u64) -> Option<&Tier> {
        let reached = self.tiers.iter().rev().find(|tier| tier.from_growth <= growth);
        reached.or(self.tiers.first())
    }

    pub(super) fn points_expire_at(&self, earned_at: Timestamp) -> Timestamp {
        let lives = i64::from(self.points_live_days) * DAY_S * 1_000;
        let exact = earned_at.as_millis().saturating_add(lives);
        let day = DAY_S * 1_000;
        Timestamp::from_millis(exact.div_euclid(day).saturating_add(1).saturating_mul(day))
    }

    /// How long a completed order's account is kept.
    pub(super) fn keep_until(&self, return_until: Timestamp) -> Timestamp {
        return_until.after(Seconds(self.returns_settle_within_days.saturating_mul(DAY_S as u32)))
    }

    pub fn placing_takes_at_most(&self) -> Seconds {
        Seconds(self.placing_takes_at_most_s)
    }
}

fn within(field: &'static str, permille: u32) -> Option<Invalid> {
    let cure = format!("give thousandths, 0 to {MOST_PERMILLE}");
    (permille > MOST_PERMILLE).then(|| Invalid::value(field, permille, cure))
}

/// Whole points for an amount, rounded down: a fen never earns more than its part.
pub(super) fn for_paid(paid: Money, permille_per_yuan: u32) -> u64 {
    let fen = u128::from(paid.as_fen().max(0).unsigned_abs());
    u64::try_from(fen * u128::from(permille_per_yuan) / 100_000).unwrap_or(u64::MAX)
}
