//! The people who were forgotten, in a file beside the vault's key and apart from the database.
//!
//! A database that is restored from a backup still has them. Every start, and every restore, forgets
//! whoever stands here again: an erasure outlives every backup that is older than it.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use vocabulary::PersonId;

use crate::{Error, Result};

/// The list's file within the data folder: a person's id a line, hexadecimal.
const LIST_FILE: &str = "erased.list";

/// The list of a data folder; clones share it. Its calls wait for the disk.
#[derive(Clone)]
pub struct ErasedList {
    path: PathBuf,
    file: Arc<Mutex<Option<File>>>,
}

impl ErasedList {
    /// The list of a data folder; it is made with the first person who is forgotten.
    pub fn of(folder: &Path) -> Self {
        Self { path: folder.join(LIST_FILE), file: Arc::default() }
    }

    /// Writes a person down, so that it is on the disk when this returns. Comes before the erasure.
    pub fn note(&self, person: PersonId) -> Result<()> {
        let failed = |source| Error::File { path: self.path.clone(), source };
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let list = match &mut *file {
            Some(list) => list,
            none => none.insert(self.open().map_err(failed)?),
        };
        let line = format!("{:032x}\n", person.bits());
        let written = list.write_all(line.as_bytes()).and_then(|()| list.sync_all());
        if written.is_err() {
            // Half a line may be there: the next one begins by cutting it off.
            *file = None;
        }
        written.map_err(failed)
    }

    /// Everybody who was forgotten, in the order of that.
    pub fn all(&self) -> Result<Vec<PersonId>> {
        let failed = |source| Error::File { path: self.path.clone(), source };
        let text = match std::fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(missing) if missing.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => return Err(failed(source)),
        };
        // A line without an end was never acknowledged.
        let whole = text.rfind('\n').map_or("", |end| text.get(..end).unwrap_or_default());
        let read = |(number, line): (usize, &str)| match u128::from_str_radix(line, 16) {
            Ok(bits) if line.len() == 32 => Ok(PersonId::from_bits(bits)),
            Ok(_) | Err(_) => Err(Error::ErasedList { path: self.path.clone(), line: number + 1 }),
        };
        whole.lines().enumerate().map(read).collect()
    }

    fn open(&self) -> std::io::Result<File> {
        let is_new = !self.path.exists();
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&self.path)?;
        let mut text = Vec::new();
        file.read_to_end(&mut text)?;
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        file.set_len(whole as u64)?;
        file.seek(SeekFrom::End(0))?;
        if let Some(folder) = self.path.parent().filter(|_| is_new) {
            File::open(folder)?.sync_all()?;
        }
        Ok(file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_was_forgotten_stays_on_the_list() {
        let folder = tempfile::tempdir().unwrap();
        let list = ErasedList::of(folder.path());
        assert_eq!(list.all().unwrap(), []);
        let people = [PersonId::from_bits(7), PersonId::from_bits(u128::MAX)];
        people.iter().for_each(|person| list.note(*person).unwrap());
        assert_eq!(ErasedList::of(folder.path()).all().unwrap(), people);
    }

    #[test]
    fn a_line_that_a_power_cut_tore_is_cut_off_and_any_other_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(LIST_FILE);
        std::fs::write(&path, format!("{:032x}\n00aa", 7)).unwrap();
        let list = ErasedList::of(folder.path());
        assert_eq!(list.all().unwrap(), [PersonId::from_bits(7)]);
        list.note(PersonId::from_bits(8)).unwrap();
        assert_eq!(list.all().unwrap(), [7, 8].map(PersonId::from_bits));
        std::fs::write(&path, "7\n").unwrap();
        assert!(matches!(list.all(), Err(Error::ErasedList { line: 1, .. })));
    }
}
