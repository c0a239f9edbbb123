//! The installation's own secret, and what is derived from it.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use vocabulary::OrderId;

use crate::error::Error;

/// The key's file within the data folder.
const KEY_FILE: &str = "server.key";

/// What a signature is for. One for each purpose: a signature made for one opens nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Quote,
    ShopperToken,
    PickupCode,
    SandboxWebhook,
    /// A phone's keyed hash.
    Phone,
    MemberCode,
    /// Hints between the processes of one installation.
    News,
    /// Who sits at a gateway's socket.
    Seat,
}

impl Purpose {
    fn label(self) -> &'static [u8] {
        match self {
            Purpose::Quote => b"paidan quote 1",
            Purpose::ShopperToken => b"paidan shopper token 1",
            Purpose::PickupCode => b"paidan pickup code 1",
            Purpose::SandboxWebhook => b"paidan sandbox webhook 1",
            Purpose::Phone => b"paidan phone 1",
            Purpose::MemberCode => b"paidan member code 1",
            Purpose::News => b"paidan news 1",
            Purpose::Seat => b"paidan seat 1",
        }
    }
}

/// Signs and checks with keys derived from one secret. Losing the file ends every quote, every
/// shopper's token and every pickup code that was given out, and no member is found by phone again.
#[derive(Clone)]
pub struct Keys {
    quote: Hmac<Sha256>,
    shopper_token: Hmac<Sha256>,
    pickup_code: Hmac<Sha256>,
    sandbox_webhook: Hmac<Sha256>,
    phone: Hmac<Sha256>,
    member_code: Hmac<Sha256>,
    news: Hmac<Sha256>,
    seat: Hmac<Sha256>,
}

impl Keys {
    /// Reads the key of a data folder; makes it on first start, readable by its owner only.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        let path = folder.join(KEY_FILE);
        let secret = match File::open(&path) {
            Ok(file) => read(file, &path)?,
            Err(missing) if missing.kind() == std::io::ErrorKind::NotFound => {
                let secret = random()?;
                write_secret(&path, &secret)?;
                secret
            }
            Err(source) => return Err(Error::File { path, source }),
        };
        Self::from_secret(&secret)
    }

    pub fn from_secret(secret: &[u8; 32]) -> Result<Self, Error> {
        let key = |purpose: Purpose| {
            let mut derived = hmac_of(secret)?;
            derived.update(purpose.label());
            hmac_of(&derived.finalize().into_bytes())
        };
        Ok(Self {
            quote: key(Purpose::Quote)?,
            shopper_token: key(Purpose::ShopperToken)?,
            pickup_code: key(Purpose::PickupCode)?,
            sandbox_webhook: key(Purpose::SandboxWebhook)?,
            phone: key(Purpose::Phone)?,
            member_code: key(Purpose::MemberCode)?,
            news: key(Purpose::News)?,
            seat: key(Purpose::Seat)?,
        })
    }

    pub fn sign(&self, purpose: Purpose, message: &[u8]) -> [u8; 32] {
        let mut mac = match purpose {
            Purpose::Quote => &self.quote,
            Purpose::ShopperToken => &self.shopper_token,
            Purpose::PickupCode => &self.pickup_code,
            Purpose::SandboxWebhook => &self.sandbox_webhook,
            Purpose::Phone => &self.phone,
            Purpose::MemberCode => &self.member_code,
            Purpose::News => &self.news,
            Purpose::Seat => &self.seat,
        }
        .clone();
        mac.update(message);
        mac.finalize().into_bytes().into()
    }

    /// Whether the signature is ours, in a time that does not depend on the answer.
    pub fn is_signed(&self, purpose: Purpose, message: &[u8], signature: &[u8]) -> bool {
        self.sign(purpose, message).ct_eq(signature).into()
    }

    /// The same for a signature of which only the beginning travels.
    pub fn is_signed_so_far(&self, purpose: Purpose, message: &[u8], signature: &[u8]) -> bool {
        let whole = self.sign(purpose, message);
        whole.get(..signature.len()).is_some_and(|begin| begin.ct_eq(signature).into())
    }

    /// Six digits that only this installation can tell from the order's id, so that a repeated
    /// placing shows the same code.
    pub fn pickup_code(&self, order: OrderId) -> String {
        let signature = self.sign(Purpose::PickupCode, &order.bits().to_be_bytes());
        let number = signature.iter().take(8).fold(0u64, |sum, byte| (sum << 8) | u64::from(*byte));
        format!("{:06}", number % 1_000_000)
    }
}

fn hmac_of(key: &[u8]) -> Result<Hmac<Sha256>, Error> {
    Hmac::<Sha256>::new_from_slice(key).map_err(|_| Error::Key)
}

/// Bytes from the system that nobody can foresee.
pub(crate) fn random() -> Result<[u8; 32], Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|source| Error::Random { source })?;
    Ok(bytes)
}

fn read(file: File, path: &Path) -> Result<[u8; 32], Error> {
    let bytes = read_closed(file, path)?;
    bytes.try_into().map_err(|_| Error::FileContent { path: path.into() })
}

/// The whole file, unless others can read it.
fn read_closed(mut file: File, path: &Path) -> Result<Vec<u8>, Error> {
    let failed = |source| Error::File { path: path.into(), source };
    let mode = file.metadata().map_err(failed)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(Error::FileMode { path: path.into(), mode });
    }
    let mut bytes = Vec::with_capacity(32);
    file.read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

/// A secret that the operator laid into a file: 16 characters or more, without the line's end.
pub(crate) fn read_secret(path: &Path) -> Result<Vec<u8>, Error> {
    let file = File::open(path).map_err(|source| Error::File { path: path.into(), source })?;
    let secret = read_closed(file, path)?.trim_ascii().to_vec();
    if secret.len() < 16 {
        return Err(Error::SecretShort { path: path.into() });
    }
    Ok(secret)
}

/// A new file that only its owner can read, whole and on disk when this returns.
pub(crate) fn write_secret(path: &Path, content: &[u8]) -> Result<(), Error> {
    let failed = |source| Error::File { path: path.into(), source };
    let draft = path.with_extension("draft");
    let _ = std::fs::remove_file(&draft);
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create_new(true).mode(0o600).open(&draft).map_err(failed)?;
    file.write_all(content).and_then(|()| file.sync_all()).map_err(failed)?;
    std::fs::rename(&draft, path).map_err(failed)?;
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => {
            File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)
        }
        Some(_) | None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_opens_one_purpose_only() {
        let keys = Keys::from_secret(&[7; 32]).unwrap();
        let signature = keys.sign(Purpose::Quote, b"basket");
        assert!(keys.is_signed(Purpose::Quote, b"basket", &signature));
        assert!(!keys.is_signed(Purpose::ShopperToken, b"basket", &signature));
        assert!(!keys.is_signed(Purpose::Quote, b"Basket", &signature));
        assert!(!keys.is_signed(Purpose::Quote, b"basket", &signature[..31]));
    }

    #[test]
    fn the_key_is_made_once_and_only_its_owner_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let made = Keys::open(folder.path()).unwrap().sign(Purpose::Quote, b"x");
        assert_eq!(Keys::open(folder.path()).unwrap().sign(Purpose::Quote, b"x"), made);
        let path = folder.path().join(KEY_FILE);
        let mode = std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(Keys::open(folder.path()), Err(Error::FileMode { .. })));
    }

    #[test]
    fn a_pickup_code_belongs_to_its_order() {
        let keys = Keys::from_secret(&[7; 32]).unwrap();
        let (one, two) = (OrderId::from_bits(1), OrderId::from_bits(2));
        assert_eq!(keys.pickup_code(one), keys.pickup_code(one));
        assert_ne!(keys.pickup_code(one), keys.pickup_code(two));
        assert_eq!(keys.pickup_code(one).len(), 6);
    }
}
