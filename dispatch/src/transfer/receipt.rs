//! What arrived, and what did not as it was shipped.

use serde::{Deserialize, Serialize};
use vocabulary::{SkuId, Timestamp};

use super::{MOST_LINES, StockTransfer, TransferLine, units_of};
use crate::Refusal;

/// One look at goods of a transfer: what came in order, and every difference with its reason.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Receipt {
    /// When it was recorded.
    pub at: Timestamp,
    /// Sellable units, now on the target's shelf.
    pub lines: Vec<TransferLine>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub discrepancies: Vec<Discrepancy>,
}

/// Units that did not come as they were shipped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discrepancy {
    pub sku: SkuId,
    pub units: u32,
    pub reason: DiscrepancyReason,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Box<str>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DiscrepancyReason {
    /// They will not come.
    Missing,
    /// Here, and not to be sold: kept as damaged.
    Damaged,
    /// Here, too old to be sold: kept as damaged.
    Expired,
    /// Here, though nobody shipped them: sold like the others.
    Surplus,
}

impl DiscrepancyReason {
    /// Whether the units were shipped; a surplus never was.
    pub fn was_shipped(self) -> bool {
        match self {
            Self::Missing | Self::Damaged | Self::Expired => true,
            Self::Surplus => false,
        }
    }
}

impl Receipt {
    /// Shipped units of a SKU that are not in transit any more by this receipt.
    pub fn accounts_for(&self, sku: SkuId) -> u32 {
        let differing = self.of(|found| found.sku == sku && found.reason.was_shipped());
        units_of(&self.lines, sku).saturating_add(differing)
    }

    /// Units of a SKU that come on the shelf.
    pub fn sellable(&self, sku: SkuId) -> u32 {
        let surplus =
            self.of(|found| found.sku == sku && found.reason == DiscrepancyReason::Surplus);
        units_of(&self.lines, sku).saturating_add(surplus)
    }

    /// Units of a SKU that are here and set aside.
    pub fn set_aside(&self, sku: SkuId) -> u32 {
        self.of(|found| match found.reason {
            DiscrepancyReason::Damaged | DiscrepancyReason::Expired => found.sku == sku,
            DiscrepancyReason::Missing | DiscrepancyReason::Surplus => false,
        })
    }

    /// Every SKU it names, once, in order.
    pub fn skus(&self) -> Vec<SkuId> {
        let received = self.lines.iter().map(|line| line.sku);
        let mut skus: Vec<SkuId> =
            received.chain(self.discrepancies.iter().map(|found| found.sku)).collect();
        skus.sort_unstable();
        skus.dedup();
        skus
    }

    fn of(&self, wanted: impl Fn(&Discrepancy) -> bool) -> u32 {
        let found = self.discrepancies.iter().filter(|found| wanted(found));
        found.fold(0, |sum, found| sum.saturating_add(found.units))
    }

    /// Whether it fits the transfer: no more of a SKU than is in transit, the surplus apart.
    pub(crate) fn check(&self, transfer: &StockTransfer) -> Result<(), Refusal> {
        let entry_count = self.lines.len() + self.discrepancies.len();
        let counts = self.lines.iter().map(|line| line.units);
        let mut counts = counts.chain(self.discrepancies.iter().map(|found| found.units));
        if !(1..=2 * MOST_LINES).contains(&entry_count) || counts.any(|units| units == 0) {
            return Err(Refusal::Invalid {
                what: "lines".into(),
                expected: "at least one unit that came, or a discrepancy".into(),
            });
        }
        let in_transit = transfer.in_transit();
        for sku in self.skus() {
            let (named, left) = (self.accounts_for(sku), units_of(&in_transit, sku));
            if named > left {
                return Err(Refusal::TransferExcess { sku, named, in_transit: left });
            }
        }
        Ok(())
    }
}
