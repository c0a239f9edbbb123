//! The streets that maps draw: one GeoJSON document of lines, in WGS-84.
//!
//! It lies beside the database as a file and decides nothing: travel times do not read it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use axum::body::Bytes;
use sha2::{Digest, Sha256};

use crate::error::Error;

const FILE: &str = "streets.geojson";

/// The document with a tag that changes when it does.
#[derive(Debug, Clone)]
pub struct Drawn {
    pub text: Bytes,
    pub tag: String,
}

impl Drawn {
    fn of(text: Bytes) -> Self {
        let hash = Sha256::digest(&text);
        let bits = hash.iter().take(8).fold(0u64, |sum, byte| (sum << 8) | u64::from(*byte));
        Self { text, tag: format!("\"{bits:016x}\"") }
    }
}

/// The streets as they are now.
#[derive(Debug, Default)]
pub struct Streets {
    path: Option<PathBuf>,
    drawn: RwLock<Option<Arc<Drawn>>>,
}

impl Streets {
    /// Those of a data folder; without a folder they are forgotten with the process.
    pub fn open(folder: Option<&Path>) -> Result<Self, Error> {
        let path = folder.map(|folder| folder.join(FILE));
        let text = match path.as_deref().map(std::fs::read) {
            Some(Ok(text)) => Some(Bytes::from(text)),
            Some(Err(error)) if error.kind() != std::io::ErrorKind::NotFound => {
                let path = path.unwrap_or_default();
                return Err(Error::File { path, source: error });
            }
            Some(Err(_)) | None => None,
        };
        let drawn = RwLock::new(text.map(|text| Arc::new(Drawn::of(text))));
        Ok(Self { path, drawn })
    }

    pub fn drawn(&self) -> Option<Arc<Drawn>> {
        self.drawn.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts others in their place, on disk before anybody sees them. Blocks while it writes.
    pub fn replace(&self, text: Bytes) -> Result<(), Error> {
        if let Some(path) = &self.path {
            let failed = |source| Error::File { path: path.clone(), source };
            let draft = path.with_extension("draft");
            let mut file = std::fs::File::create(&draft).map_err(failed)?;
            file.write_all(&text).and_then(|()| file.sync_all()).map_err(failed)?;
            std::fs::rename(&draft, path).map_err(failed)?;
        }
        let mut drawn = self.drawn.write().unwrap_or_else(PoisonError::into_inner);
        *drawn = Some(Arc::new(Drawn::of(text)));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streets_are_there_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let streets = Streets::open(Some(folder.path())).unwrap();
        assert!(streets.drawn().is_none());
        streets.replace(Bytes::from_static(b"{}")).unwrap();
        let again = Streets::open(Some(folder.path())).unwrap();
        assert_eq!(again.drawn().unwrap().tag, streets.drawn().unwrap().tag);
    }
}
