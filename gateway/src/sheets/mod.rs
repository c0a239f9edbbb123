//! Tables that people fill in with a spreadsheet: CSV and xlsx, read and written.
//!
//! A sheet is text in rows and columns under a head. This room knows no products and no sales: who
//! reads a sheet says which columns there are, and gets faults that name row and column.

mod figures;
mod problem;
mod read;
mod workbook;
mod write;

use axum::http::HeaderMap;
use axum::http::header;

pub use figures::{Cell, Figures, read_yuan};
pub use problem::{Problem, with_problems};
pub use read::{Columns, Row, Sheet, read};
pub use write::reply;
#[cfg(test)]
use write::{csv_text, xlsx_bytes};

use crate::wire::fault::{Code, Fault};

/// How a sheet is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Csv,
    Xlsx,
}

pub const CSV: &str = "text/csv";
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

impl Form {
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => XLSX,
        }
    }

    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    /// As the body says it is.
    pub fn of_body(headers: &HeaderMap) -> Result<Self, Fault> {
        Self::named(headers, header::CONTENT_TYPE).ok_or_else(|| {
            let message = format!("the body must be a sheet: send Content-Type: {CSV} or {XLSX}");
            Fault::new(Code::UnsupportedMediaType, message)
        })
    }

    /// As the caller would like to have it, if it is a sheet that it would like to have.
    pub fn wanted(headers: &HeaderMap) -> Option<Self> {
        Self::named(headers, header::ACCEPT)
    }

    fn named(headers: &HeaderMap, header: header::HeaderName) -> Option<Self> {
        let value = headers.get(header)?.to_str().ok()?;
        let name = value.split([';', ',']).next()?.trim();
        match name.to_ascii_lowercase().as_str() {
            CSV => Some(Self::Csv),
            XLSX => Some(Self::Xlsx),
            _ => None,
        }
    }
}
