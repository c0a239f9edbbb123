//! Hints that can be trusted to be ours: a signature, then JSON.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::Sha256;

/// Characters of a signature: 32 bytes in base64 without padding.
const SIGNATURE: usize = 43;

/// What the server of the city and its gateways share.
#[derive(Clone)]
pub(crate) struct NewsKey {
    mac: Hmac<Sha256>,
    text: String,
}

impl NewsKey {
    pub fn of(secret: &[u8; 32]) -> Option<Self> {
        let mac = Hmac::new_from_slice(secret).ok()?;
        Some(Self { mac, text: URL_SAFE_NO_PAD.encode(secret) })
    }

    pub fn read(text: &str) -> Option<Self> {
        Self::of(&URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?)
    }

    /// For a gateway that has shown its token.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// `place` is where it is written: what was signed for one channel means nothing on another.
    pub fn sign(&self, place: &str, hint: &impl Serialize) -> Option<String> {
        let json = serde_json::to_string(hint).ok()?;
        let signature = self.of_text(place, &json).finalize().into_bytes();
        Some(format!("{}{json}", URL_SAFE_NO_PAD.encode(signature)))
    }

    /// `None` for what is not ours.
    pub fn open<T: DeserializeOwned>(&self, place: &str, text: &str) -> Option<T> {
        let (signature, json) = text.split_at_checked(SIGNATURE)?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        self.of_text(place, json).verify_slice(&signature).ok()?;
        serde_json::from_str(json).ok()
    }

    fn of_text(&self, place: &str, json: &str) -> Hmac<Sha256> {
        let mut mac = self.mac.clone();
        mac.update(&(place.len() as u64).to_be_bytes());
        mac.update(place.as_bytes());
        mac.update(json.as_bytes());
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_ours_is_opened() {
        let key = NewsKey::of(&[7; 32]).unwrap();
        let text = key.sign("a", &[1, 2]).unwrap();
        let read = NewsKey::read(key.text()).unwrap();
        assert_eq!(read.open::<Vec<u32>>("a", &text), Some(vec![1, 2]));
        assert_eq!(read.open::<Vec<u32>>("b", &text), None, "said elsewhere");
        assert_eq!(read.open::<Vec<u32>>("a", &text.replace("[1,", "[3,")), None, "changed");
        assert_eq!(read.open::<Vec<u32>>("a", "short"), None);
        assert_eq!(read.open::<Vec<u32>>("a", &"é".repeat(40)), None, "cut inside a letter");
        let other = NewsKey::of(&[8; 32]).unwrap();
        assert_eq!(other.open::<Vec<u32>>("a", &text), None, "another installation's");
    }
}
