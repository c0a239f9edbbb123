//! The figures of one SKU at one store.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use vocabulary::Timestamp;

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
    /// Kept for transfers to other stores that are ready; not on the row, like `reserved`.
    #[serde(skip)]
    pub outgoing: u32,
    /// On its way here from other stores; not on the row, like `reserved`.
    #[serde(skip)]
    pub incoming: u32,
    /// Kept back from every channel.
    pub safety_stock: u32,
    /// At this many units, what is on its way included, the SKU is low; 0: nobody wants to know.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub reorder_point: u32,
    pub listed: bool,
    /// Set aside, not part of on-hand.
    pub damaged: u32,
    /// When the shelf was last counted; the epoch when it never was.
    #[serde(default, skip_serializing_if = "is_never")]
    pub counted_at: Timestamp,
    /// Fingerprints of the last till sales, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    recent_sales: Vec<u64>,
}

impl Default for StockLevel {
    fn default() -> Self {
        Self {
            on_hand: 0,
            reserved: 0,
            outgoing: 0,
            incoming: 0,
            safety_stock: 0,
            reorder_point: 0,
            listed: true,
            damaged: 0,
            counted_at: Timestamp::default(),
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
        let kept = [self.reserved, self.outgoing, self.safety_stock].map(i64::from);
        let kept = kept.into_iter().fold(0, i64::saturating_add);
        self.on_hand.saturating_sub(kept).max(0)
    }

    /// What is here or on its way and promised to nobody; below zero when more is promised.
    pub fn position(&self) -> i64 {
        let promised = i64::from(self.reserved).saturating_add(i64::from(self.outgoing));
        self.on_hand.saturating_add(i64::from(self.incoming)).saturating_sub(promised)
    }

    /// Whether a listed SKU is at or below its reorder point.
    pub fn is_low(&self) -> bool {
        self.listed && self.reorder_point > 0 && self.position() <= i64::from(self.reorder_point)
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

fn is_zero(units: &u32) -> bool {
    *units == 0
}

fn is_never(at: &Timestamp) -> bool {
    *at == Timestamp::default()
}

/// The first 64 bits of SHA-256: the same on every machine and in every version.
fn fingerprint(reference: &str) -> u64 {
    let digest = Sha256::digest(reference.as_bytes());
    digest.iter().take(8).fold(0, |bits, byte| (bits << 8) | u64::from(*byte))
}
