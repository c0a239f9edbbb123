//! Writing tables for spreadsheets.

use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use rust_xlsxwriter::{Format, Workbook, XlsxError};

use super::Form;
use super::figures::fitting;
use crate::wire::fault::Fault;

/// The table as CSV in UTF-8, marked so that spreadsheets know. What one would take for a formula
/// begins with an apostrophe.
pub fn csv_text(table: &[Vec<String>]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in table {
        // Writing to memory cannot fail; rows of other lengths are the reader's business.
        let _ = writer.write_record(row.iter().map(|cell| harmless(cell)));
    }
    let bytes = writer.into_inner().unwrap_or_default();
    format!("\u{feff}{}", String::from_utf8_lossy(&bytes))
}

/// Of formulas, also in the wide letters that some spreadsheets read alike.
pub(super) const BEGINNINGS: [char; 11] =
    ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

fn harmless(cell: &str) -> String {
    let is_formula = cell.starts_with(BEGINNINGS);
    let is_number = cell.parse::<f64>().is_ok();
    if is_formula && !is_number { format!("'{cell}") } else { cell.to_owned() }
}

/// The table as a workbook of one sheet, all cells text, so that no code loses its zeros.
pub fn xlsx_bytes(name: &str, table: &[Vec<String>]) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let bold = Format::new().set_bold();
    let sheet = workbook.add_worksheet();
    sheet.set_name(name)?;
    sheet.set_freeze_panes(1, 0)?;
    for (row, cells) in (0_u32..).zip(table) {
        for (column, cell) in (0_u16..).zip(cells) {
            match row {
                0 => sheet.write_string_with_format(row, column, fitting(cell), &bold)?,
                _ => sheet.write_string(row, column, fitting(cell))?,
            };
        }
    }
    workbook.save_to_buffer()
}

/// The table as a file to be saved.
pub fn reply(name: &str, table: &[Vec<String>], form: Form) -> Result<Response, Fault> {
    let bytes = match form {
        Form::Csv => csv_text(table).into_bytes(),
        Form::Xlsx => xlsx_bytes(name, table).map_err(|error| {
            tracing::error!(%error, "a workbook cannot be written");
            Fault::internal()
        })?,
    };
    Ok(file(name, bytes, form))
}

/// A file to be saved.
pub(super) fn file(name: &str, bytes: Vec<u8>, form: Form) -> Response {
    let disposition = format!("attachment; filename=\"{name}.{}\"", form.extension());
    let headers = [
        (header::CONTENT_TYPE, form.media_type().to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    (headers, Body::from(bytes)).into_response()
}
