//! The code with which a shopper collects an order: kept as a salted hash, compared in constant
//! time. Guessing is stopped by counting tries (`policy.code_tries`), not by the hash: six digits
//! are soon searched by whoever holds the database.

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use vocabulary::OrderId;

/// SHA-256 over the order's id (16 bytes, big-endian) and the code as the shopper types it.
pub fn hash(order: OrderId, code: &str) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(order.bits().to_be_bytes());
    hasher.update(code.trim().as_bytes());
    hasher.finalize().into()
}

/// Whether `code` is the one behind `expected`, in a time that does not depend on the answer.
pub fn matches(expected: &[u8; 32], order: OrderId, code: &str) -> bool {
    hash(order, code).ct_eq(expected).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_opens_its_own_order_only() {
        let (mine, other) = (OrderId::from_bits(1), OrderId::from_bits(2));
        let kept = hash(mine, "042137");
        assert!(matches(&kept, mine, "042137"));
        assert!(matches(&kept, mine, " 042137 "), "blanks around a typed code are forgiven");
        assert!(!matches(&kept, mine, "042138"));
        assert!(!matches(&kept, other, "042137"));
    }
}
