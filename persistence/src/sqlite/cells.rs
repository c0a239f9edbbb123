//! How a row of SQLite is read: ids are 16 bytes, flags are numbers.

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::decode::Cells;
use crate::{Error, Result};

fn get<'r, T>(row: &'r SqliteRow, index: usize, column: &'static str) -> Result<T>
where
    T: sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite>,
{
    row.try_get(index).map_err(|source| Error::Column { column, source })
}

impl Cells for SqliteRow {
    fn optional_integer(&self, index: usize, column: &'static str) -> Result<Option<i64>> {
        get(self, index, column)
    }

    fn flag(&self, index: usize, column: &'static str) -> Result<bool> {
        Ok(get::<i64>(self, index, column)? != 0)
    }

    fn optional_text_ref(&self, index: usize, column: &'static str) -> Result<Option<&str>> {
        get(self, index, column)
    }

    fn optional_blob(&self, index: usize, column: &'static str) -> Result<Option<&[u8]>> {
        get(self, index, column)
    }

    fn optional_id(&self, index: usize, column: &'static str) -> Result<Option<u128>> {
        let bytes: Option<&[u8]> = get(self, index, column)?;
        let id = bytes.map(<[u8; 16]>::try_from).transpose();
        Ok(id.map_err(|_| Error::Corrupt { column })?.map(u128::from_be_bytes))
    }
}
