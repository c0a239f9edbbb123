//! Pictures of goods: kept in the data folder under the hash of what they show, so that a name never
//! changes its picture.
//!
//! It looks at the first bytes of a file to know what it is, and at nothing else; it makes no other
//! sizes.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

use axum::body::Bytes;
use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};

use crate::error::Error;

/// Largest picture.
pub const LARGEST: usize = 2 * 1_024 * 1_024;
const FOLDER: &str = "images";

/// What a picture is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Jpeg,
    Png,
    WebP,
}

impl Kind {
    /// By its first bytes; what it is called by who sends it says nothing.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(b"\xff\xd8\xff") {
            return Some(Self::Jpeg);
        }
        if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            return Some(Self::Png);
        }
        let is_webp = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
        is_webp.then_some(Self::WebP)
    }

    fn ending(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::WebP => "webp",
        }
    }

    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::WebP => "image/webp",
        }
    }
}

/// Where pictures are.
#[derive(Debug)]
pub enum Images {
    Folder(PathBuf),
    /// Forgotten with the process.
    Memory(RwLock<FxHashMap<String, Bytes>>),
}

impl Images {
    pub fn open(data: Option<&Path>) -> Result<Self, Error> {
        let Some(data) = data else { return Ok(Self::Memory(RwLock::default())) };
        let path = data.join(FOLDER);
        match std::fs::create_dir_all(&path) {
            Ok(()) => Ok(Self::Folder(path)),
            Err(source) => Err(Error::File { path, source }),
        }
    }

    /// Keeps a picture and says its name; the same picture has the same name. Blocks while it writes.
    pub fn keep(&self, bytes: Bytes, kind: Kind) -> Result<String, Error> {
        let hash = Sha256::digest(&bytes);
        let digits: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        let name = format!("{digits}.{}", kind.ending());
        match self {
            Self::Folder(folder) => write_whole(folder, &name, &bytes)?,
            Self::Memory(known) => {
                let mut known = known.write().unwrap_or_else(PoisonError::into_inner);
                known.insert(name.clone(), bytes);
            }
        }
        Ok(name)
    }

    /// A picture by its name. Blocks while it reads.
    pub fn find(&self, name: &str) -> Option<(Bytes, Kind)> {
        // A name of ours has no path in it; nothing else is looked for.
        let (hash, _) = name.split_once('.')?;
        let is_ours = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_ours || name.contains(['/', '\\']) || name.len() > 69 {
            return None;
        }
        let bytes = match self {
            Self::Folder(folder) => Bytes::from(std::fs::read(folder.join(name)).ok()?),
            Self::Memory(known) => {
                known.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()?
            }
        };
        let kind = Kind::of(&bytes)?;
        Some((bytes, kind))
    }
}

/// Beside its place first: a crash leaves no half of a picture under its name.
fn write_whole(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), Error> {
    let path = folder.join(name);
    if path.exists() {
        return Ok(());
    }
    let failed = |source| Error::File { path: path.clone(), source };
    let beside = folder.join(format!("{name}.new"));
    let mut file = std::fs::File::create(&beside).map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    file.sync_all().map_err(failed)?;
    std::fs::rename(&beside, &path).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_found_by_the_name_it_was_given_and_by_no_path() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("secret.png"), b"\x89PNG\r\n\x1a\n").unwrap();
        for images in [Images::open(Some(folder.path())).unwrap(), Images::open(None).unwrap()] {
            let bytes = Bytes::from_static(b"\x89PNG\r\n\x1a\nrest");
            let name = images.keep(bytes.clone(), Kind::Png).unwrap();
            assert_eq!(images.keep(bytes.clone(), Kind::Png).unwrap(), name);
            assert_eq!(images.find(&name), Some((bytes, Kind::Png)));
            for other in ["../secret.png", "secret.png", "", "x.png", &name.replace(".png", ".jpg")]
            {
                assert_eq!(images.find(other), None, "{other}");
            }
        }
    }

    #[test]
    fn what_is_no_picture_is_known_by_its_first_bytes() {
        assert_eq!(Kind::of(b"\xff\xd8\xff\xe0"), Some(Kind::Jpeg));
        assert_eq!(Kind::of(b"RIFF\x01\x02\x03\x04WEBPVP8 "), Some(Kind::WebP));
        for bytes in [&b"<svg onload=x>"[..], b"GIF89a", b"", b"RIFF"] {
            assert_eq!(Kind::of(bytes), None);
        }
    }
}
