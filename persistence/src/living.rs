//! Live rows on their way from a journal to whoever brings them back to memory.

use std::str::FromStr;

use crate::{Error, Result, StateKey, StateRow};

/// Some of a partition's live rows, as the journal handed them over. What they say is unpacked by
/// the reader, on whichever thread has time for it.
#[derive(Debug)]
pub struct LivingRows(Packed);

#[derive(Debug)]
enum Packed {
    Rows(Vec<StateRow>),
    Text { rows: String, stays: bool },
}

impl LivingRows {
    pub(crate) fn of_rows(rows: Vec<StateRow>) -> Self {
        Self(Packed::Rows(rows))
    }

    /// Rows one after another: seven fields and the length of the blob in bytes, each ended by
    /// `|`, then the blob. Ids are hexadecimal, and empty where there is none.
    pub fn of_text(rows: String, stays: bool) -> Self {
        Self(Packed::Text { rows, stays })
    }

    pub fn unpack(self) -> Result<Vec<StateRow>> {
        match self.0 {
            Packed::Rows(rows) => Ok(rows),
            Packed::Text { rows, stays } => {
                let mut fields = Fields::of(&rows);
                let mut found = Vec::new();
                while !fields.is_at_end() {
                    found.push(row(&mut fields, stays)?);
                }
                Ok(found)
            }
        }
    }
}

fn row(fields: &mut Fields<'_>, stays: bool) -> Result<StateRow> {
    Ok(StateRow {
        key: StateKey {
            kind: fields.next("state.kind")?.to_owned().into(),
            owner: fields.id("state.owner")?.unwrap_or_default(),
            id: fields.id("state.id")?.ok_or(Error::Corrupt { column: "state.id" })?,
        },
        seq: fields.number("state.seq")?,
        live: true,
        stays,
        status: fields.next("state.status")?.to_owned().into(),
        store: fields.id("state.store")?,
        courier: fields.id("state.courier")?,
        blob: fields.counted("state.blob")?.to_owned(),
    })
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

    fn id(&mut self, column: &'static str) -> Result<Option<u128>> {
        let field = self.next(column)?;
        if field.is_empty() {
            return Ok(None);
        }
        u128::from_str_radix(field, 16).map(Some).map_err(|_| Error::Corrupt { column })
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
        let text = "order||0A|7|open||0b|9|{\"a|\n\":1}stock|2|3|8||||2|{}".to_owned();
        let rows = LivingRows::of_text(text, true).unpack().unwrap();
        let blobs: Vec<&str> = rows.iter().map(|row| row.blob.as_str()).collect();
        assert_eq!(blobs, ["{\"a|\n\":1}", "{}"]);
        assert_eq!((rows[0].key.id, rows[0].courier, rows[0].store), (10, Some(11), None));
        assert_eq!((rows[1].key.owner, rows[1].seq, rows[1].stays), (2, 8, true));
    }

    #[test]
    fn a_text_that_was_cut_or_is_no_row_is_refused() {
        for text in [
            "order||0a|7|open||0b|9|{\"a\"",
            "order",
            "order||0a|x|open|||2|{}",
            "order|||7||||2|{}",
        ] {
            assert!(LivingRows::of_text(text.to_owned(), false).unpack().is_err(), "{text}");
        }
    }
}
