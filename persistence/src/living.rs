//! Live rows on their way from a journal to whoever brings them back to memory.

use std::str::FromStr;

use crate::decode;
use crate::postgres::copied::Rows;
use crate::{Error, Result, StateKey, StateRow};

/// Some of a partition's live rows, as the journal handed them over. What they say is unpacked by
/// the reader, on whichever thread has time for it.
#[derive(Debug)]
pub struct LivingRows(Packed);

#[derive(Debug)]
enum Packed {
    Rows(Vec<StateRow>),
    Text { heads: String, blobs: String, stays: bool },
    Copied(Vec<u8>),
}

/// One of them, where it lies: a large city's blobs are not copied once more to be read.
#[derive(Debug, Clone, Copy)]
pub struct LivingRow<'t> {
    pub kind: &'t str,
    pub owner: u128,
    pub id: u128,
    /// The last event that is folded into it.
    pub seq: u64,
    pub blob: &'t str,
}

impl LivingRows {
    pub(crate) fn of_rows(rows: Vec<StateRow>) -> Self {
        Self(Packed::Rows(rows))
    }

    /// Of each row seven fields and the length of its blob in bytes, each ended by `|`; and the
    /// blobs one after another. Ids are hexadecimal, and empty where there is none.
    pub fn of_text(heads: String, blobs: String, stays: bool) -> Self {
        Self(Packed::Text { heads, blobs, stays })
    }

    /// Rows as a copy out of PostgreSQL sends them, one after another.
    pub(crate) fn of_copy(rows: Vec<u8>) -> Self {
        Self(Packed::Copied(rows))
    }

    /// Whoever reads the rows ends it with the first error.
    pub fn each<E: From<Error>>(
        &self,
        mut read: impl FnMut(LivingRow<'_>) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        match &self.0 {
            Packed::Rows(rows) => rows.iter().try_for_each(|row| {
                let StateKey { kind, owner, id } = &row.key;
                let (owner, id) = (*owner, *id);
                read(LivingRow { kind, owner, id, seq: row.seq, blob: &row.blob })
            }),
            Packed::Text { heads, blobs, .. } => {
                Texts::of(heads, blobs).try_for_each(|row| read(row?.0))
            }
            Packed::Copied(rows) => Rows(rows).try_for_each(|row| read(row?.living()?)),
        }
    }

    /// The rows with all their columns.
    pub fn unpack(self) -> Result<Vec<StateRow>> {
        match self.0 {
            Packed::Rows(rows) => Ok(rows),
            Packed::Copied(rows) => Rows(&rows).map(|row| decode::state(&row?)).collect(),
            Packed::Text { heads, blobs, stays } => {
                let whole = |row: Result<(LivingRow<'_>, Others<'_>)>| {
                    let (row, others) = row?;
                    Ok(StateRow {
                        key: StateKey::new(row.kind.to_owned(), row.owner, row.id),
                        seq: row.seq,
                        live: true,
                        stays,
                        status: others.status.to_owned().into(),
                        store: optional_id(others.store, "state.store")?,
                        courier: optional_id(others.courier, "state.courier")?,
                        blob: row.blob.to_owned(),
                    })
                };
                Texts::of(&heads, &blobs).map(whole).collect()
            }
        }
    }
}

/// What a restart does not ask of a row.
struct Others<'t> {
    status: &'t str,
    store: &'t str,
    courier: &'t str,
}

/// Walks along both texts.
struct Texts<'t> {
    heads: Fields<'t>,
    blobs: &'t str,
}

impl<'t> Texts<'t> {
    fn of(heads: &'t str, blobs: &'t str) -> Self {
        Self { heads: Fields::of(heads), blobs }
    }

    fn row(&mut self) -> Result<(LivingRow<'t>, Others<'t>)> {
        let heads = &mut self.heads;
        let kind = heads.next("state.kind")?;
        let owner = optional_id(heads.next("state.owner")?, "state.owner")?.unwrap_or_default();
        let id = optional_id(heads.next("state.id")?, "state.id")?;
        let id = id.ok_or(Error::Corrupt { column: "state.id" })?;
        let seq = heads.number("state.seq")?;
        let status = heads.next("state.status")?;
        let store = heads.next("state.store")?;
        let courier = heads.next("state.courier")?;
        let length = heads.number("state.blob")?;
        let split = self.blobs.split_at_checked(length);
        let (blob, rest) = split.ok_or(Error::Corrupt { column: "state.blob" })?;
        self.blobs = rest;
        Ok((LivingRow { kind, owner, id, seq, blob }, Others { status, store, courier }))
    }
}

impl<'t> Iterator for Texts<'t> {
    type Item = Result<(LivingRow<'t>, Others<'t>)>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.heads.is_at_end() {
            return None;
        }
        let row = self.row();
        if row.is_err() {
            // What follows a row that nobody can read means nothing.
            self.heads = Fields::of("");
        }
        Some(row)
    }
}

fn optional_id(field: &str, column: &'static str) -> Result<Option<u128>> {
    if field.is_empty() {
        return Ok(None);
    }
    u128::from_str_radix(field, 16).map(Some).map_err(|_| Error::Corrupt { column })
}

/// Reads what a statement has written into one text.
pub(crate) struct Fields<'t> {
    rest: &'t str,
}

impl<'t> Fields<'t> {
    pub fn of(text: &'t str) -> Self {
        Self { rest: text }
    }

    pub fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// Up to the next `|`, which must not be part of the field.
    pub fn next(&mut self, column: &'static str) -> Result<&'t str> {
        let (field, rest) = self.rest.split_once('|').ok_or(Error::Corrupt { column })?;
        self.rest = rest;
        Ok(field)
    }

    pub fn number<N: FromStr>(&mut self, column: &'static str) -> Result<N> {
        self.next(column)?.parse().map_err(|_| Error::Corrupt { column })
    }

    /// Any text, with its length in bytes before it.
    pub fn counted(&mut self, column: &'static str) -> Result<&'t str> {
        let length: usize = self.number(column)?;
        let (text, rest) = self.rest.split_at_checked(length).ok_or(Error::Corrupt { column })?;
        self.rest = rest;
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_told_apart_whatever_their_blobs_hold() {
        let heads = "order||0A|7|open||0b|9|stock|2|3|8||||2|".to_owned();
        let blobs = "{\"a|\n\":1}{}".to_owned();
        let rows = LivingRows::of_text(heads, blobs, true);
        let mut seen = Vec::new();
        let read = rows.each(|row| {
            seen.push((row.kind.to_owned(), row.owner, row.id, row.seq, row.blob.to_owned()));
            Ok::<(), Error>(())
        });
        read.unwrap();
        let rows = rows.unpack().unwrap();
        let blobs: Vec<&str> = rows.iter().map(|row| row.blob.as_str()).collect();
        assert_eq!(blobs, ["{\"a|\n\":1}", "{}"]);
        assert_eq!((rows[0].key.id, rows[0].courier, rows[0].store), (10, Some(11), None));
        assert_eq!((rows[1].key.owner, rows[1].seq, rows[1].stays), (2, 8, true));
        let whole = rows
            .into_iter()
            .map(|row| (row.key.kind.into_owned(), row.key.owner, row.key.id, row.seq, row.blob));
        assert_eq!(seen, whole.collect::<Vec<_>>());
    }

    #[test]
    fn a_text_that_was_cut_or_is_no_row_is_refused() {
        for (heads, blobs) in [
            ("order||0a|7|open||0b|9|", "{\"a\""),
            ("order", ""),
            ("order||0a|x|open|||2|", "{}"),
            ("order|||7||||2|", "{}"),
        ] {
            let rows = LivingRows::of_text(heads.to_owned(), blobs.to_owned(), false);
            assert!(rows.each(|_| Ok::<(), Error>(())).is_err(), "{heads}");
            assert!(rows.unpack().is_err(), "{heads}");
        }
    }
}
