//! Rows as `COPY … TO STDOUT (FORMAT binary)` sends them: the bytes alone, without the description that
//! the driver keeps with each row of an answer. They are kept as they came and read where they lie.
//!
//! Source: the manual of PostgreSQL, "COPY", "Binary Format", and "Message Flow", "COPY Operations"
//! (a message a row).

use crate::decode::{self, Cells};
use crate::{Error, LivingRow, Result};

/// What a copy begins with, before its flags and the length of what may follow those.
const SIGNATURE: &[u8] = b"PGCOPY\n\xff\r\n\0";
/// In place of a row's number of columns: no row follows.
const END: [u8; 2] = (-1_i16).to_be_bytes();
/// Of a row of state.
const COLUMNS: usize = 10;

/// The rows of one copy on their way in.
pub(super) struct Copying {
    has_begun: bool,
}

impl Copying {
    pub fn new() -> Self {
        Self { has_begun: false }
    }

    /// The row that a message holds, if it holds one.
    pub fn row<'m>(&mut self, mut message: &'m [u8]) -> Result<Option<&'m [u8]>> {
        if !std::mem::replace(&mut self.has_begun, true) {
            message = after_header(message).ok_or(unreadable())?;
        }
        Ok((!message.is_empty() && message != END).then_some(message))
    }
}

fn after_header(message: &[u8]) -> Option<&[u8]> {
    let (_flags, rest) = message.strip_prefix(SIGNATURE)?.split_first_chunk::<4>()?;
    let (length, rest) = rest.split_first_chunk()?;
    rest.get(usize::try_from(u32::from_be_bytes(*length)).ok()?..)
}

fn unreadable() -> Error {
    Error::Corrupt { column: "state" }
}

/// Rows of state, one after another.
pub(crate) struct Rows<'t>(pub &'t [u8]);

impl<'t> Iterator for Rows<'t> {
    type Item = Result<Row<'t>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let row = Row::of(&mut self.0);
        if row.is_none() {
            // What follows a row that nobody can read means nothing.
            self.0 = &[];
        }
        Some(row.ok_or(unreadable()))
    }
}

/// The columns of one of them.
pub(crate) struct Row<'t>([Option<&'t [u8]>; COLUMNS]);

impl<'t> Row<'t> {
    fn of(rest: &mut &'t [u8]) -> Option<Self> {
        let (count, mut cells) = rest.split_first_chunk()?;
        if usize::from(u16::from_be_bytes(*count)) != COLUMNS {
            return None;
        }
        let mut row = [None; COLUMNS];
        for cell in &mut row {
            let (length, after) = cells.split_first_chunk()?;
            cells = after;
            // A negative length says that there is no value.
            if let Ok(length) = usize::try_from(i32::from_be_bytes(*length)) {
                let (value, after) = cells.split_at_checked(length)?;
                *cell = Some(value);
                cells = after;
            }
        }
        *rest = cells;
        Some(Self(row))
    }

    /// What a restart asks of it.
    pub fn living(&self) -> Result<LivingRow<'_>> {
        Ok(LivingRow {
            kind: self.text_ref(0, "state.kind")?,
            owner: self.id(1, "state.owner")?,
            id: self.id(2, "state.id")?,
            seq: decode::unsigned(self, 3, "state.seq")?,
            blob: self.text_ref(8, "state.blob")?,
        })
    }

    fn bytes(&self, index: usize) -> Option<&[u8]> {
        self.0.get(index).copied().flatten()
    }

    /// A value of known size.
    fn sized<const N: usize>(&self, index: usize, column: &'static str) -> Result<Option<[u8; N]>> {
        let sized = |value: &[u8]| value.try_into().map_err(|_| Error::Corrupt { column });
        self.bytes(index).map(sized).transpose()
    }
}

impl Cells for Row<'_> {
    fn optional_integer(&self, index: usize, column: &'static str) -> Result<Option<i64>> {
        Ok(self.sized(index, column)?.map(i64::from_be_bytes))
    }

    fn flag(&self, index: usize, column: &'static str) -> Result<bool> {
        Ok(self.sized(index, column)?.ok_or(Error::Corrupt { column })? == [1])
    }

    fn optional_text_ref(&self, index: usize, column: &'static str) -> Result<Option<&str>> {
        let text = |value| str::from_utf8(value).map_err(|_| Error::Corrupt { column });
        self.bytes(index).map(text).transpose()
    }

    fn optional_blob(&self, index: usize, _: &'static str) -> Result<Option<&[u8]>> {
        Ok(self.bytes(index))
    }

    fn optional_id(&self, index: usize, column: &'static str) -> Result<Option<u128>> {
        Ok(self.sized(index, column)?.map(u128::from_be_bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(blob: &str) -> Vec<u8> {
        let id = 7_u128.to_be_bytes();
        let cells: [Option<&[u8]>; COLUMNS] = [
            Some(b"order"),
            Some(&[0; 16]),
            Some(&id),
            Some(&[0, 0, 0, 0, 0, 0, 1, 2]),
            Some(&[1]),
            Some(b"open"),
            None,
            Some(&id),
            Some(blob.as_bytes()),
            Some(&[0]),
        ];
        let mut bytes = vec![0, 10];
        for cell in cells {
            let length = cell.map_or(-1, |value| i32::try_from(value.len()).unwrap());
            bytes.extend(length.to_be_bytes());
            bytes.extend(cell.unwrap_or_default());
        }
        bytes
    }

    #[test]
    fn rows_are_read_where_they_lie() {
        let bytes = [row("{}"), row("[\"面\"]")].concat();
        let rows: Vec<Row<'_>> = Rows(&bytes).map(Result::unwrap).collect();
        let living: Vec<LivingRow<'_>> = rows.iter().map(|row| row.living().unwrap()).collect();
        assert_eq!(living.iter().map(|row| row.blob).collect::<Vec<_>>(), ["{}", "[\"面\"]"]);
        assert_eq!((living[0].kind, living[0].owner, living[0].id), ("order", 0, 7));
        let state = decode::state(&rows[1]).unwrap();
        assert_eq!((state.seq, state.live, state.stays), (258, true, false));
        assert_eq!((state.store, state.courier), (None, Some(7)));
    }

    #[test]
    fn a_row_that_is_cut_ends_the_rows() {
        let bytes = row("{}");
        for length in 1..bytes.len() {
            let read: Vec<_> = Rows(&bytes[..length]).collect();
            assert!(matches!(read[..], [Err(_)]), "{length} bytes of {}", bytes.len());
        }
        let mut other = row("{}");
        other[1] = 9;
        assert!(Rows(&other).next().is_some_and(|row| row.is_err()));
    }

    #[test]
    fn the_header_goes_before_the_first_row_and_the_end_is_none() {
        let header = [SIGNATURE, &[0; 8]].concat();
        let first = [header.clone(), row("{}")].concat();
        let mut copying = Copying::new();
        assert_eq!(copying.row(&first).unwrap(), Some(&row("{}")[..]));
        assert_eq!(copying.row(&row("[]")).unwrap(), Some(&row("[]")[..]));
        assert_eq!(copying.row(&END).unwrap(), None);
        assert_eq!(Copying::new().row(&header).unwrap(), None);
        assert!(Copying::new().row(b"PGCOPY").is_err());
    }
}
