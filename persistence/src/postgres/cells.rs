//! How a row of PostgreSQL is read: ids are uuids, flags are booleans.

use sqlx::Row;
use sqlx::postgres::PgRow;
use sqlx::types::Uuid;

use crate::decode::Cells;
use crate::{Error, Result};

fn get<'r, T>(row: &'r PgRow, index: usize, column: &'static str) -> Result<T>
where
    T: sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
{
    row.try_get(index).map_err(|source| Error::Column { column, source })
}

impl Cells for PgRow {
    fn optional_integer(&self, index: usize, column: &'static str) -> Result<Option<i64>> {
        get(self, index, column)
    }

    fn flag(&self, index: usize, column: &'static str) -> Result<bool> {
        get(self, index, column)
    }

    fn optional_text_ref(&self, index: usize, column: &'static str) -> Result<Option<&str>> {
        get(self, index, column)
    }

    fn optional_blob(&self, index: usize, column: &'static str) -> Result<Option<&[u8]>> {
        get(self, index, column)
    }

    fn optional_id(&self, index: usize, column: &'static str) -> Result<Option<u128>> {
        Ok(get::<Option<Uuid>>(self, index, column)?.map(|id| id.as_u128()))
    }
}
