//! Tables of figures for spreadsheets: numbers stay numbers, so that they can be added up there.

use std::borrow::Cow;

use rust_xlsxwriter::{Format, Workbook, XlsxError};
use vocabulary::Money;

use super::Form;
use super::write::{csv_text, file};
use axum::response::Response;

use crate::wire::fault::Fault;

/// The most that a cell of a workbook holds.
const LONGEST_CELL: usize = 32_767;

/// One value of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    Text(String),
    Count(i64),
    /// Shown in yuan with two digits behind the point.
    Money(Money),
    Empty,
}

impl Cell {
    pub fn text(value: impl ToString) -> Self {
        Self::Text(value.to_string())
    }

    pub fn some(value: Option<impl ToString>) -> Self {
        value.map_or(Self::Empty, Self::text)
    }

    fn written(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Count(count) => count.to_string(),
            Self::Money(amount) => yuan(*amount),
            Self::Empty => String::new(),
        }
    }
}

/// A head and rows of figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// Of the file, without its extension.
    pub name: &'static str,
    pub head: &'static [&'static str],
    pub rows: Vec<Vec<Cell>>,
}

/// Exactly, without a sign of the currency.
pub fn yuan(amount: Money) -> String {
    let sign = if amount.is_negative() { "-" } else { "" };
    let fen = amount.as_fen().unsigned_abs();
    format!("{sign}{}.{:02}", fen / 100, fen % 100)
}

/// Yuan with at most two digits behind the point; `None` for anything else.
pub fn read_yuan(text: &str) -> Option<Money> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || part.len() > 2 || !is_number(whole) || !is_number(part) {
        return None;
    }
    let whole: i64 = whole.parse().ok()?;
    let part: i64 = format!("{part:0<2}").parse().ok()?;
    let fen = whole.checked_mul(100)?.checked_add(part)?;
    Some(Money::fen(sign * fen))
}

/// As much of it as a cell of a workbook holds, which counts in UTF-16; the file would not be written
/// otherwise.
pub(super) fn fitting(text: &str) -> Cow<'_, str> {
    if text.len() <= LONGEST_CELL {
        return text.into();
    }
    let mut room = LONGEST_CELL - 1;
    let fits = |one: &char| {
        room = room.saturating_sub(one.len_utf16());
        room > 0
    };
    let mut short: String = text.chars().take_while(fits).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short.into()
}

impl Figures {
    /// The table as a file to be saved; a large workbook takes a while, so others are not kept
    /// waiting for it.
    pub async fn reply(self, form: Form) -> Result<Response, Fault> {
        let name = self.name;
        let written = tokio::task::spawn_blocking(move || match form {
            Form::Csv => Ok(self.csv().into_bytes()),
            Form::Xlsx => self.xlsx(),
        });
        let bytes = written.await.map_err(|_| Fault::internal())?.map_err(|error| {
            tracing::error!(%error, "a workbook cannot be written");
            Fault::internal()
        })?;
        Ok(file(name, bytes, form))
    }

    pub fn csv(&self) -> String {
        let head = self.head.iter().map(|name| (*name).to_owned()).collect();
        let rows = self.rows.iter().map(|row| row.iter().map(Cell::written).collect());
        let table: Vec<Vec<String>> = [head].into_iter().chain(rows).collect();
        csv_text(&table)
    }

    pub fn xlsx(&self) -> Result<Vec<u8>, XlsxError> {
        let mut workbook = Workbook::new();
        let (bold, money) = (Format::new().set_bold(), Format::new().set_num_format("0.00"));
        let sheet = workbook.add_worksheet();
        sheet.set_name(self.name)?;
        sheet.set_freeze_panes(1, 0)?;
        for (column, name) in (0_u16..).zip(self.head) {
            sheet.write_string_with_format(0, column, *name, &bold)?;
        }
        for (row, cells) in (1_u32..).zip(&self.rows) {
            for (column, cell) in (0_u16..).zip(cells) {
                match cell {
                    Cell::Text(text) => sheet.write_string(row, column, fitting(text))?,
                    Cell::Count(count) => sheet.write_number(row, column, *count as f64)?,
                    // Exact to the fen for anything below ninety thousand billion yuan.
                    Cell::Money(amount) => {
                        let yuan = amount.as_fen() as f64 / 100.0;
                        sheet.write_number_with_format(row, column, yuan, &money)?
                    }
                    Cell::Empty => continue,
                };
            }
        }
        workbook.save_to_buffer()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheets::read;

    #[test]
    fn yuan_are_read_as_they_are_written() {
        for fen in [0, 5, -5, 100, -123_456, 99_999_999] {
            let amount = Money::fen(fen);
            assert_eq!(read_yuan(&yuan(amount)), Some(amount));
        }
        assert_eq!(read_yuan("12.5"), Some(Money::fen(1_250)));
        for wrong in ["", "-", ".5", "1.234", "1,00", "¥5", "1e3", " 1", "99999999999999999999"] {
            assert_eq!(read_yuan(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_text_that_no_cell_holds_is_cut_and_the_file_written() {
        let long = "长".repeat(40_000);
        let short = fitting(&long);
        assert!(short.ends_with('…') && short.encode_utf16().count() <= LONGEST_CELL);
        assert_eq!(fitting("short"), "short");
        let whole = "长".repeat(20_000);
        assert_eq!(fitting(&whole), whole);
        let rows = vec![vec![Cell::text(&long)]];
        assert!(Figures { name: "t", head: &["a"], rows }.xlsx().is_ok());
    }

    #[test]
    fn figures_come_back_out_of_both_forms_and_no_text_is_a_formula() {
        let rows = vec![
            vec![Cell::text("=1+1"), Cell::Count(-3), Cell::Money(Money::fen(-30))],
            vec![Cell::Empty, Cell::Count(4), Cell::Money(Money::fen(1_990))],
        ];
        let figures = Figures { name: "t", head: &["a", "b", "c"], rows };
        let csv = figures.csv();
        assert!(csv.contains("'=1+1,-3,-0.30"), "{csv}");
        let xlsx = figures.xlsx().unwrap();
        for (bytes, form) in [(csv.into_bytes(), Form::Csv), (xlsx, Form::Xlsx)] {
            let sheet = read(&bytes, form).unwrap();
            let cells = |row: usize| sheet.rows[row].cells.clone();
            assert_eq!(cells(0)[..2], ["=1+1", "-3"], "{form:?}");
            let amounts = [cells(0)[2].clone(), cells(1)[2].clone()];
            let sum: i64 = amounts.iter().map(|text| read_yuan(text).unwrap().as_fen()).sum();
            assert_eq!(sum, 1_960, "{form:?}");
        }
    }
}
