//! The code a member shows at the counter: signed, short-lived, and looked up nowhere.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use vocabulary::{MemberId, Seconds, Timestamp};

use crate::access::{Keys, Purpose};

const PREFIX: &str = "pm_";
/// How long a code can be scanned: a picture of it is worth nothing later.
pub const CODE_LIFE: Seconds = Seconds(300);
/// Bytes of the signature that the code carries: a QR code stays small, and 2⁹⁶ tries are enough.
const SIGNED: usize = 12;

/// The member's code until `expires_at`.
pub fn member_code(keys: &Keys, member: MemberId, expires_at: Timestamp) -> String {
    signed(keys, head_of(member, expires_at))
}

pub(crate) fn signed(keys: &Keys, of: [u8; 24]) -> String {
    let mut bytes = [0u8; 24 + SIGNED];
    let (head, tail) = bytes.split_at_mut(24);
    head.copy_from_slice(&of);
    tail.copy_from_slice(keys.sign(Purpose::MemberCode, head).split_at(SIGNED).0);
    format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes))
}

fn head_of(member: MemberId, expires_at: Timestamp) -> [u8; 24] {
    let mut head = [0u8; 24];
    let (id, until) = head.split_at_mut(16);
    id.copy_from_slice(&member.bits().to_be_bytes());
    until.copy_from_slice(&expires_at.as_millis().to_be_bytes());
    head
}

/// Whose code it is; `None` when it is none of ours or its time is over.
pub fn member_of_code(keys: &Keys, text: &str, now: Timestamp) -> Option<MemberId> {
    let bytes = URL_SAFE_NO_PAD.decode(text.strip_prefix(PREFIX)?).ok()?;
    let (head, signature) = bytes.split_first_chunk::<24>()?;
    if signature.len() != SIGNED || !keys.is_signed_so_far(Purpose::MemberCode, head, signature) {
        return None;
    }
    let (id, until) = head.split_first_chunk::<16>()?;
    let expires_at = Timestamp::from_millis(i64::from_be_bytes(until.try_into().ok()?));
    (now < expires_at).then(|| MemberId::from_bits(u128::from_be_bytes(*id)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_names_its_member_until_its_time_is_over() {
        let keys = Keys::from_secret(&[3; 32]).unwrap();
        let (member, now) = (MemberId::from_bits(77), Timestamp::from_millis(1_795_000_000_000));
        let code = member_code(&keys, member, now.after(CODE_LIFE));
        assert_eq!(member_of_code(&keys, &code, now), Some(member));
        assert_eq!(member_of_code(&keys, &code, now.after(CODE_LIFE)), None);
        let others = Keys::from_secret(&[4; 32]).unwrap();
        assert_eq!(member_of_code(&others, &code, now), None);
        for broken in ["", "pm_", "pm_AAAA", &code[..code.len() - 4]] {
            assert_eq!(member_of_code(&keys, broken, now), None, "{broken}");
        }
    }
}
