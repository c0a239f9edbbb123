//! `Paidan-Signature: t=<seconds>,v1=<hex>`: HMAC-SHA256 over `<seconds>.<body>`.

use axum::http::HeaderMap;
use vocabulary::Timestamp;

use crate::access::{Keys, Purpose};
use crate::wire::fault::{Code, Fault};

pub const SIGNATURE_HEADER: &str = "paidan-signature";

/// How far the time of a signature may be from ours, either way.
const TOLERANCE_S: i64 = 300;

/// When a message was signed, and the signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    pub at_s: i64,
    pub mac: [u8; 32],
}

impl Signature {
    /// Signs a body at `now`.
    pub fn new(keys: &Keys, body: &[u8], now: Timestamp) -> Self {
        Self::made(now, body, |message| keys.sign(Purpose::SandboxWebhook, message))
    }

    /// The same with a key of somebody else's.
    pub fn made(now: Timestamp, body: &[u8], sign: impl Fn(&[u8]) -> [u8; 32]) -> Self {
        let at_s = now.as_millis().div_euclid(1_000);
        Self { at_s, mac: sign(&signed(at_s, body)) }
    }

    pub fn header(&self) -> String {
        let hex: String = self.mac.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("t={},v1={hex}", self.at_s)
    }

    fn parse(text: &str) -> Option<Self> {
        let (mut at_s, mut mac) = (None, None);
        for part in text.split(',') {
            match part.trim().split_once('=')? {
                ("t", seconds) => at_s = Some(seconds.parse().ok()?),
                ("v1", hex) => mac = Some(bytes_of(hex)?),
                // Later versions may stand beside the one we know.
                (_, _) => {}
            }
        }
        Some(Self { at_s: at_s?, mac: mac? })
    }

    /// Whether the body was signed by who has the key, within the last minutes.
    pub fn check(
        keys: &Keys,
        headers: &HeaderMap,
        body: &[u8],
        now: Timestamp,
    ) -> Result<(), Fault> {
        let header = headers.get(SIGNATURE_HEADER).and_then(|value| value.to_str().ok());
        let signature = header.and_then(Self::parse).ok_or_else(|| {
            invalid("the header Paidan-Signature is missing or not t=<seconds>,v1=<hex>")
        })?;
        let age = now.as_millis().div_euclid(1_000).saturating_sub(signature.at_s);
        if age.abs() > TOLERANCE_S {
            return Err(invalid("the signature is too old or from the future: sign again"));
        }
        let message = signed(signature.at_s, body);
        if keys.is_signed(Purpose::SandboxWebhook, &message, &signature.mac) {
            return Ok(());
        }
        Err(invalid("the signature does not fit this body: check the key"))
    }
}

fn signed(at_s: i64, body: &[u8]) -> Vec<u8> {
    let mut message = format!("{at_s}.").into_bytes();
    message.extend_from_slice(body);
    message
}

fn invalid(message: &'static str) -> Fault {
    Fault::new(Code::SignatureInvalid, message)
}

fn bytes_of(hex: &str) -> Option<[u8; 32]> {
    if hex.len() != 64 || !hex.is_ascii() {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(hex.get(at..at + 2)?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use vocabulary::Seconds;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_000_000_000);

    fn check(header: Option<String>, body: &[u8], now: Timestamp) -> Option<Code> {
        let keys = Keys::from_secret(&[1; 32]).unwrap();
        let mut headers = HeaderMap::new();
        if let Some(text) = header {
            headers.insert(SIGNATURE_HEADER, HeaderValue::try_from(text).unwrap());
        }
        Signature::check(&keys, &headers, body, now).err().map(|fault| fault.code)
    }

    #[test]
    fn a_fresh_signature_of_ours_is_believed() {
        let keys = Keys::from_secret(&[1; 32]).unwrap();
        let header = Signature::new(&keys, b"{}", NOW).header();
        assert_eq!(check(Some(header.clone()), b"{}", NOW), None);
        assert_eq!(check(Some(header.clone()), b"{}", NOW.after(Seconds(300))), None);
        assert_eq!(check(Some(format!("{header},v2=later")), b"{}", NOW), None);
    }

    #[test]
    fn everything_else_is_refused() {
        let keys = Keys::from_secret(&[1; 32]).unwrap();
        let others = Keys::from_secret(&[2; 32]).unwrap();
        let refused = Some(Code::SignatureInvalid);
        let header = Signature::new(&keys, b"{}", NOW).header();
        assert_eq!(check(Some(header.clone()), b"{} ", NOW), refused, "another body");
        assert_eq!(check(Some(header.clone()), b"{}", NOW.after(Seconds(301))), refused, "old");
        assert_eq!(check(Some(header), b"{}", NOW.before(Seconds(301))), refused, "too new");
        let foreign = Signature::new(&others, b"{}", NOW).header();
        assert_eq!(check(Some(foreign), b"{}", NOW), refused, "another key");
        for text in ["", "t=1", "v1=00", "t=x,v1=00", "garbage"] {
            assert_eq!(check(Some(text.to_owned()), b"{}", NOW), refused, "{text}");
        }
        assert_eq!(check(None, b"{}", NOW), refused, "no header");
    }
}
