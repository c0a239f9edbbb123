//! Names, phones and addresses: sealed per person, so that forgetting one is deleting one row.
//!
//! Each person has a random data key, itself sealed by the installation's master key. Both seals
//! are bound to the person's id, so a row moved under another id does not open. Events, logs and
//! state blobs hold the id only.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::sync::Arc;

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use sha2::{Digest, Sha256};
use vocabulary::PersonId;

use crate::{Error, Result};

/// The master key's file within the data folder.
const KEY_FILE: &str = "vault.key";

/// One person's record as it lies in the table; tells nothing without the vault's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedPerson {
    pub id: u128,
    pub nonce: [u8; 24],
    /// The record under the person's data key.
    pub sealed: Vec<u8>,
    pub key_nonce: [u8; 24],
    /// The data key under the master key.
    pub sealed_key: Vec<u8>,
}

/// Seals and opens people's records. Cheap to call from any thread: no I/O, some microseconds.
#[derive(Clone)]
pub struct Vault {
    master: XChaCha20Poly1305,
    fingerprint: Arc<str>,
}

impl Vault {
    /// The vault of a data folder. Makes the key file on first start, readable by its owner only;
    /// refuses one that others can read. Losing the file loses every person.
    pub fn open(folder: &Path) -> Result<Self> {
        let path = folder.join(KEY_FILE);
        let key = match File::open(&path) {
            Ok(file) => read_key(file, &path)?,
            Err(missing) if missing.kind() == std::io::ErrorKind::NotFound => make_key(&path)?,
            Err(source) => return Err(Error::File { path, source }),
        };
        Ok(Self::with_key(&key))
    }

    /// A vault whose key is never written: what it seals can be opened until the process ends.
    pub fn ephemeral() -> Result<Self> {
        Ok(Self::with_key(&random()?))
    }

    fn with_key(key: &[u8; 32]) -> Self {
        let digest = Sha256::new().chain_update(b"paidan vault 1").chain_update(key).finalize();
        let fingerprint: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        Self { master: XChaCha20Poly1305::new(key.into()), fingerprint: fingerprint.into() }
    }

    /// Tells two vaults apart and nothing of their keys, which are random.
    pub fn fingerprint(&self) -> String {
        self.fingerprint.to_string()
    }

    /// Seals a record under a data key of its own. Sealing again makes a new key.
    pub fn seal(&self, person: PersonId, record: &[u8]) -> Result<SealedPerson> {
        let id = person.bits();
        let (data_key, nonce, key_nonce) = (random::<32>()?, random::<24>()?, random::<24>()?);
        let data = XChaCha20Poly1305::new(&data_key.into());
        Ok(SealedPerson {
            id,
            nonce,
            sealed: encrypt(&data, nonce, id, record)?,
            key_nonce,
            sealed_key: encrypt(&self.master, key_nonce, id, &data_key)?,
        })
    }

    /// The record that was sealed, or [`Error::Unsealable`].
    pub fn unseal(&self, person: &SealedPerson) -> Result<Vec<u8>> {
        let unsealable = || Error::Unsealable { person: person.id };
        let key = decrypt(&self.master, person.key_nonce, person.id, &person.sealed_key)?;
        let data = XChaCha20Poly1305::new_from_slice(&key).map_err(|_| unsealable())?;
        decrypt(&data, person.nonce, person.id, &person.sealed)
    }
}

fn encrypt(cipher: &XChaCha20Poly1305, nonce: [u8; 24], id: u128, msg: &[u8]) -> Result<Vec<u8>> {
    let payload = Payload { msg, aad: &id.to_be_bytes() };
    // Fails only beyond 256 GiB, which no record is.
    cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| Error::Unsealable { person: id })
}

fn decrypt(cipher: &XChaCha20Poly1305, nonce: [u8; 24], id: u128, msg: &[u8]) -> Result<Vec<u8>> {
    let payload = Payload { msg, aad: &id.to_be_bytes() };
    cipher.decrypt(&XNonce::from(nonce), payload).map_err(|_| Error::Unsealable { person: id })
}

fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|source| Error::Random { source })?;
    Ok(bytes)
}

fn read_key(mut file: File, path: &Path) -> Result<[u8; 32]> {
    let failed = |source| Error::File { path: path.into(), source };
    let mode = file.metadata().map_err(failed)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(Error::KeyFileMode { path: path.into(), mode });
    }
    let mut bytes = Vec::with_capacity(32);
    file.read_to_end(&mut bytes).map_err(failed)?;
    bytes.try_into().map_err(|_| Error::KeyFileContent { path: path.into() })
}

/// Writes beside the final name and links it there once it is whole, so that a power cut leaves
/// either a key or no key, and of two first starts one key wins.
fn make_key(path: &Path) -> Result<[u8; 32]> {
    let key = random()?;
    let draft = path.with_extension(format!("draft-{}", std::process::id()));
    let failed = |source| Error::File { path: path.into(), source };
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&draft)
        .map_err(failed)?;
    file.write_all(&key).and_then(|()| file.sync_all()).map_err(failed)?;
    let linked = std::fs::hard_link(&draft, path);
    std::fs::remove_file(&draft).map_err(failed)?;
    match linked {
        Ok(()) => {}
        Err(there) if there.kind() == std::io::ErrorKind::AlreadyExists => {
            return read_key(File::open(path).map_err(failed)?, path);
        }
        Err(source) => return Err(failed(source)),
    }
    if let Some(folder) = path.parent() {
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
    }
    Ok(key)
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;

    use super::*;

    const PERSON: PersonId = PersonId::from_bits(7);

    #[test]
    fn what_is_sealed_opens_again_also_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let sealed = Vault::open(folder.path()).unwrap().seal(PERSON, "张三".as_bytes()).unwrap();
        assert!(!sealed.sealed.windows(3).any(|part| part == "张".as_bytes()));
        let reopened = Vault::open(folder.path()).unwrap();
        assert_eq!(reopened.unseal(&sealed).unwrap(), "张三".as_bytes());
        let files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(files.len(), 1, "the draft of the key is gone: {files:?}");
    }

    #[test]
    fn a_record_opens_only_unchanged_under_its_own_id_and_key() {
        let vault = Vault::ephemeral().unwrap();
        let sealed = vault.seal(PERSON, b"name").unwrap();
        let refused = |person: &SealedPerson, vault: &Vault| {
            assert!(matches!(vault.unseal(person), Err(Error::Unsealable { .. })));
        };
        refused(&SealedPerson { id: 8, ..sealed.clone() }, &vault);
        let mut changed = sealed.clone();
        changed.sealed[0] ^= 1;
        refused(&changed, &vault);
        let mut shortened = sealed.clone();
        shortened.sealed_key.clear();
        refused(&shortened, &vault);
        refused(&sealed, &Vault::ephemeral().unwrap());
    }

    #[test]
    fn sealing_twice_shows_nothing_in_common() {
        let vault = Vault::ephemeral().unwrap();
        let (first, second) =
            (vault.seal(PERSON, b"name").unwrap(), vault.seal(PERSON, b"name").unwrap());
        assert_ne!(first.sealed, second.sealed);
        assert_ne!(first.sealed_key, second.sealed_key);
    }

    #[test]
    fn a_key_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        Vault::open(folder.path()).unwrap();
        let path = folder.path().join(KEY_FILE);
        let mode = std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600);
        std::fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        let refused = Vault::open(folder.path());
        assert!(matches!(refused, Err(Error::KeyFileMode { mode: 0o640, .. })));
    }

    #[test]
    fn a_key_of_another_length_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        Vault::open(folder.path()).unwrap();
        std::fs::write(folder.path().join(KEY_FILE), [1; 31]).unwrap();
        assert!(matches!(Vault::open(folder.path()), Err(Error::KeyFileContent { .. })));
    }
}
