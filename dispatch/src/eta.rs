//! When a courier will be where: the arithmetic shared by rounds and by the shopper's page.

use vocabulary::Timestamp;

/// A predicted time at the door. It moves; the promise does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Eta {
    pub pickup_at: Timestamp,
    pub at: Timestamp,
}
