//! The code with which a shopper collects an order: kept as a salted hash, compared in constant
//! time. Guessing is stopped by counting tries (`policy.code_tries`), not by the hash: six digits
//! are soon searched by whoever holds the database.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use vocabulary::{OrderId, Timestamp};

/// What the store keeps of a code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PickupCode {
    #[serde(with = "hexadecimal")]
    pub hash: [u8; 32],
    /// Wrong codes since the last lock.
    pub failed: u32,
    /// No code is looked at before this time.
    pub locked_until: Option<Timestamp>,
}

impl PickupCode {
    pub fn new(hash: [u8; 32]) -> Self {
        Self { hash, failed: 0, locked_until: None }
    }

    /// The end of the present lock.
    pub fn lock_at(&self, now: Timestamp) -> Option<Timestamp> {
        self.locked_until.filter(|until| now < *until)
    }
}

/// SHA-256 over the order's id (16 bytes, big-endian) and the code, without blanks around it.
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

/// The hash as 64 hexadecimal digits in rows and events.
mod hexadecimal {
    use std::fmt::Write;

    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(hash: &[u8; 32], serializer: S) -> Result<S::Ok, S::Error> {
        let mut text = String::with_capacity(64);
        for byte in hash {
            let _ = write!(text, "{byte:02x}");
        }
        serializer.serialize_str(&text)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 32], D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        parse(&text).ok_or_else(|| D::Error::custom("a hash is 64 hexadecimal digits"))
    }

    fn parse(text: &str) -> Option<[u8; 32]> {
        if text.len() != 64 || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        let mut hash = [0; 32];
        for (position, byte) in hash.iter_mut().enumerate() {
            let start = position.checked_mul(2)?;
            *byte = u8::from_str_radix(text.get(start..start.checked_add(2)?)?, 16).ok()?;
        }
        Some(hash)
    }
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

    #[test]
    fn a_kept_code_is_written_in_hexadecimal() {
        let code = PickupCode::new(hash(OrderId::from_bits(1), "042137"));
        let text = serde_json::to_string(&code).unwrap();
        assert_eq!(serde_json::from_str::<PickupCode>(&text).unwrap(), code);
        for wrong in ["", "zz", &"é".repeat(32)] {
            let text = format!(r#"{{"hash":"{wrong}","failed":0,"locked_until":null}}"#);
            assert!(serde_json::from_str::<PickupCode>(&text).is_err(), "{wrong}");
        }
    }
}
