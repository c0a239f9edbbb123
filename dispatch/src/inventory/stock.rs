//! The figures of one SKU at one store.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Till sales whose references are remembered per SKU, so that a till that repeats itself sells
/// once. Older doubles are the business of the door's idempotency keys.
const REMEMBERED_SALES: usize = 16;

/// One SKU's row. A SKU that was ever seen here is listed unless the store says otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockLevel {
    /// Sellable units in the store, reserved ones included. Below zero when a till sold what was
    /// not recorded.
    pub on_hand: i64,
    /// Held and committed units; never more than what is on hand once shortfalls are raised. The
    /// sum of the live reservations, so the row does not say it again: keeping units of an order
    /// writes the reservation and leaves the shelf alone.
    #[serde(skip)]
    pub reserved: u32,
    /// Kept back from every channel.
    pub safety_stock: u32,
    pub listed: bool,
    /// Set aside, not part of on-hand.
    pub damaged: u32,
    /// Fingerprints of the last till sales, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    recent_sales: Vec<u64>,
}

impl Default for StockLevel {
    fn default() -> Self {
        Self {
            on_hand: 0,
            reserved: 0,
            safety_stock: 0,
            listed: true,
            damaged: 0,
            recent_sales: Vec::new(),
        }
    }
}

impl StockLevel {
    /// What a new order may still take; zero, never negative, when unlisted or oversold.
    pub fn available_to_sell(&self) -> i64 {
        if !self.listed {
            return 0;
        }
        let kept = i64::from(self.reserved).saturating_add(i64::from(self.safety_stock));
        self.on_hand.saturating_sub(kept).max(0)
    }

    pub fn status_text(&self) -> &'static str {
        if self.listed { "listed" } else { "unlisted" }
    }

    pub(super) fn has_sold(&self, reference: &str) -> bool {
        !self.recent_sales.is_empty() && self.recent_sales.contains(&fingerprint(reference))
    }

    pub(super) fn remember_sale(&mut self, reference: &str) {
        if self.recent_sales.len() >= REMEMBERED_SALES {
            self.recent_sales.remove(0);
        }
        self.recent_sales.push(fingerprint(reference));
    }
}

/// The first 64 bits of SHA-256: the same on every machine and in every version.
fn fingerprint(reference: &str) -> u64 {
    let digest = Sha256::digest(reference.as_bytes());
    digest.iter().take(8).fold(0, |bits, byte| (bits << 8) | u64::from(*byte))
}
