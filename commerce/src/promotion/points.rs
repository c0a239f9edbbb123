//! Points that pay for goods.

use serde::{Deserialize, Serialize};
use vocabulary::Money;

use super::explanation::PointsSpent;
use crate::invalid::Invalid;
use crate::{Bearer, Permille};

/// Headquarters' rules for points at checkout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PointsPolicy {
    /// How many points pay one fen: 1 to 10,000.
    pub points_per_fen: u64,
    /// The most that points pay of the goods, in thousandths; 0 to take no points.
    pub most: Permille,
    /// Who carries what points pay.
    pub bearer: Bearer,
}

impl Default for PointsPolicy {
    /// A hundred points are a yuan and pay up to half of the goods.
    fn default() -> Self {
        Self { points_per_fen: 1, most: Permille(500), bearer: Bearer::Hq }
    }
}

impl PointsPolicy {
    pub(crate) fn check(&self) -> Result<(), Invalid> {
        if !(1..=10_000).contains(&self.points_per_fen) {
            return Err(Invalid::value("points_per_fen", self.points_per_fen, "give 1 to 10000"));
        }
        if self.most > Permille::WHOLE {
            return Err(Invalid::value("most", self.most.0, "give 0 to 1000 thousandths"));
        }
        Ok(())
    }

    /// How far so many points go on goods of this worth. Points that would pay a part of a fen
    /// stay with the member.
    pub(super) fn spend(&self, points: u64, goods: Money) -> PointsSpent {
        let most = self.most.highest_of(goods);
        let rate = self.points_per_fen.max(1);
        let worth = i64::try_from(points / rate).unwrap_or(i64::MAX);
        let amount = Money::fen(worth).min(most);
        PointsSpent { points: amount.as_fen().unsigned_abs().saturating_mul(rate), amount, most }
    }
}
