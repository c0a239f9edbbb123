//! The number under the bars.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::invalid::Invalid;

/// An EAN-8 or EAN-13 number whose check digit is right. Leading zeros count.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Barcode(String);

impl Barcode {
    pub fn new(digits: impl Into<String>) -> Result<Self, Invalid> {
        let digits = digits.into();
        let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number || !matches!(digits.len(), 8 | 13) {
            let cure = "give the 8 or 13 digits of an EAN; put a 0 before a 12-digit UPC";
            return Err(Invalid::text("barcode", &digits, cure));
        }
        if !weighted_sum(&digits).is_multiple_of(10) {
            let cure = "the last digit does not match the others: scan or type it again";
            return Err(Invalid::text("barcode", &digits, cure));
        }
        Ok(Self(digits))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Digits weighted 1, 3, 1, 3 … from the right, the check digit among them: a multiple of ten.
fn weighted_sum(digits: &str) -> u32 {
    let from_the_right = digits.bytes().rev().zip([1, 3].into_iter().cycle());
    from_the_right.map(|(byte, weight)| u32::from(byte.wrapping_sub(b'0')) * weight).sum()
}

impl TryFrom<String> for Barcode {
    type Error = Invalid;
    fn try_from(digits: String) -> Result<Self, Invalid> {
        Self::new(digits)
    }
}

impl From<Barcode> for String {
    fn from(barcode: Barcode) -> Self {
        barcode.0
    }
}

impl fmt::Display for Barcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ean_8_and_ean_13_are_known_by_their_check_digit() {
        assert!(Barcode::new("96385074").is_ok());
        assert!(Barcode::new("4006381333931").is_ok());
        assert!(Barcode::new("0012345678905").is_ok(), "a UPC behind its zero");
    }

    #[test]
    fn every_single_wrong_digit_is_noticed() {
        let right = "4006381333931";
        for position in 0..right.len() {
            for digit in '0'..='9' {
                let mut wrong: Vec<char> = right.chars().collect();
                wrong[position] = digit;
                let wrong: String = wrong.into_iter().collect();
                assert_eq!(Barcode::new(wrong.clone()).is_ok(), wrong == right, "{wrong}");
            }
        }
    }

    #[test]
    fn other_lengths_and_letters_are_refused_with_a_cure() {
        for text in ["", "123", "012345678905", "400638133393X", "４００６３８１３"] {
            let refused = Barcode::new(text).unwrap_err();
            assert_eq!(refused.field, "barcode");
            assert!(refused.cure.contains("8 or 13 digits"), "{refused}");
        }
    }
}
