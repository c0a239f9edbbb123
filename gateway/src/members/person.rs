//! Phones and names, as they come in and as the vault keeps them.

use serde::{Deserialize, Serialize};

use commerce::member::PhoneKey;

use crate::access::{Keys, Purpose};
use crate::wire::fault::Fault;

/// A phone's number in one form: `+` and digits, with the country.
#[derive(Clone, PartialEq, Eq)]
pub struct Phone(String);

/// What the vault keeps of a member.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberPerson {
    pub phone: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl Phone {
    /// Eleven digits that begin with 1 are a mobile of mainland China.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let kept: String =
            text.chars().filter(|letter| !matches!(letter, ' ' | '-' | '(' | ')')).collect();
        let digits = kept.strip_prefix('+').unwrap_or(&kept);
        let is_number =
            (7..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number {
            let message = "give a phone number: 7 to 15 digits, with + and the country if abroad";
            return Err(Fault::invalid("phone", message));
        }
        let is_mainland = !kept.starts_with('+') && digits.len() == 11 && digits.starts_with('1');
        Ok(Self(if is_mainland { format!("+86{digits}") } else { format!("+{digits}") }))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Under which its member is found. Only this installation can tell the number from it.
    pub fn key(&self, keys: &Keys) -> PhoneKey {
        signed(keys, self.0.as_bytes())
    }

    /// Under which people who know its last four digits look for its member.
    pub fn tail_key(&self, keys: &Keys) -> PhoneKey {
        let from = self.0.len().saturating_sub(TAIL);
        tail_key(keys, self.0.get(from..).unwrap_or_default())
    }
}

/// How many digits a tail has.
const TAIL: usize = 4;

/// The key of the last four digits of any phone. Ten thousand tails are few: what keeps them apart
/// from the digits is the installation's key alone.
fn tail_key(keys: &Keys, digits: &str) -> PhoneKey {
    signed(keys, format!("tail {digits}").as_bytes())
}

/// The same for digits that somebody typed.
pub fn typed_tail(keys: &Keys, typed: &str) -> Result<PhoneKey, Fault> {
    if typed.len() != TAIL || !typed.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Fault::invalid("phone_tail", "give the phone's last four digits"));
    }
    Ok(tail_key(keys, typed))
}

fn signed(keys: &Keys, words: &[u8]) -> PhoneKey {
    let signature = keys.sign(Purpose::Phone, words);
    let bits = signature.iter().take(16).fold(0u128, |bits, byte| (bits << 8) | u128::from(*byte));
    PhoneKey::from_bits(bits)
}

/// All but the first three and the last four digits as stars.
pub fn masked(phone: &str) -> String {
    let digits = phone.strip_prefix("+86").unwrap_or(phone);
    let count = digits.chars().count();
    let hide = |(place, letter)| {
        if place >= 3 && place + 4 < count { '*' } else { letter }
    };
    digits.chars().enumerate().map(hide).collect()
}

impl MemberPerson {
    pub fn masked_phone(&self) -> String {
        masked(&self.phone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_phone_has_one_form() {
        let forms = ["13812345678", "138 1234 5678", "+86 138-1234-5678"];
        for form in forms {
            assert_eq!(Phone::parse(form).ok().unwrap().as_str(), "+8613812345678");
        }
        assert_eq!(Phone::parse("+1 (415) 555-0100").ok().unwrap().as_str(), "+14155550100");
        for wrong in ["", "12345", "1381234567x", "+1234567890123456"] {
            assert!(Phone::parse(wrong).is_err(), "{wrong}");
        }
        assert_eq!(masked("+8613812345678"), "138****5678");
    }

    #[test]
    fn a_phones_key_is_the_installations_own() {
        let phone = Phone::parse("13812345678").ok().unwrap();
        let keys = |byte| Keys::from_secret(&[byte; 32]).unwrap();
        assert_eq!(phone.key(&keys(1)), phone.key(&keys(1)));
        assert_ne!(phone.key(&keys(1)), phone.key(&keys(2)));
        let tail = typed_tail(&keys(1), "5678").ok();
        assert_eq!(tail, Some(phone.tail_key(&keys(1))));
        assert_ne!(tail, Some(phone.tail_key(&keys(2))));
        for wrong in ["", "567", "56789", "abcd", "５６７８"] {
            assert!(typed_tail(&keys(1), wrong).is_err(), "{wrong}");
        }
    }
}
