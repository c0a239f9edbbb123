//! A basket with its prices frozen for some minutes.
//!
//! A quote is plain data: the server signs it and hands it out, and an order names it. It knows
//! no stock and promises no store.

mod line;
mod price_basket;
#[cfg(test)]
mod properties;
mod refusal;
mod request;
#[cfg(test)]
mod tests;
mod verify;

use serde::{Deserialize, Serialize};
use vocabulary::{Money, QuoteId, Seconds, StoreId, Timestamp};

pub use line::PricedLine;
pub use price_basket::{Facts, Quoted, price_basket};
pub use refusal::QuoteRefusal;
pub use request::{FulfillmentMode, QuoteLineRequest, QuoteRequest};
pub use verify::QuoteMismatch;

use crate::Channel;
use crate::fees::{Fee, FeePolicy};
use crate::invalid::Invalid;
use crate::promotion::{BudgetDraw, PointsPolicy, Uses};

/// The most lines of one basket.
pub const MOST_LINES: usize = 200;

/// A priced basket. A field that this build does not know is refused rather than ignored: it
/// could hold money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quote {
    pub id: QuoteId,
    pub channel: Channel,
    pub mode: FulfillmentMode,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store: Option<StoreId>,
    pub lines: Vec<PricedLine>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fees: Vec<Fee>,
    /// What is paid for the goods of all lines.
    pub goods_total: Money,
    /// What is paid for everything.
    pub payable_total: Money,
    pub quoted_at: Timestamp,
    pub expires_at: Timestamp,
    /// Which version of the price book decided this.
    pub book_version: u64,
    /// What of the member's is spent: held at placing, used or given back when the order ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uses: Option<Uses>,
    /// Which version of the campaigns decided this.
    #[serde(default)]
    pub campaigns_version: u64,
    /// What is drawn from campaigns that have a budget: held at placing, like the coupons.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub budgets: Vec<BudgetDraw>,
}

/// Headquarters' rules for quotes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuotePolicy {
    /// 60 seconds to 24 hours.
    pub expires_after: Seconds,
    pub fees: FeePolicy,
    #[serde(default)]
    pub points: PointsPolicy,
}

impl Default for QuotePolicy {
    fn default() -> Self {
        Self {
            expires_after: Seconds::minutes(15),
            fees: FeePolicy::default(),
            points: PointsPolicy::default(),
        }
    }
}

impl QuotePolicy {
    pub fn check(&self) -> Result<(), Invalid> {
        if !(Seconds(60)..=Seconds(86_400)).contains(&self.expires_after) {
            let cure = "give 60 to 86400 seconds";
            return Err(Invalid::value("expires_after", self.expires_after.0, cure));
        }
        self.fees.check().map_err(|invalid| invalid.inside("fees"))?;
        self.points.check().map_err(|invalid| invalid.inside("points"))
    }
}

impl Quote {
    /// Whether an order may no longer name this quote.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        now >= self.expires_at
    }
}
