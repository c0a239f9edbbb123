//! One tab separated table with a header line.

use std::path::{Path, PathBuf};

use super::DayError;
use crate::city::Spot;

/// The farthest a spot may lie from the plane's zero, in metres.
const FARTHEST_M: f64 = 1_000_000.0;
/// The last minute a day may name: a week.
const LAST_MINUTE: f64 = 10_080.0;

/// A table read into memory. Columns may come in any order; further columns are ignored.
pub(super) struct Table {
    file: PathBuf,
    header: Vec<String>,
    /// Line number and text of each row that is not blank.
    rows: Vec<(usize, String)>,
}

/// One line, able to say where it stands.
pub(super) struct Row<'a> {
    table: &'a Table,
    line: usize,
    cells: Vec<&'a str>,
}

impl Table {
    pub(super) fn read(file: PathBuf, columns: &[&'static str]) -> Result<Self, DayError> {
        let text = read_text(&file)?;
        let mut lines = text.lines().enumerate().map(|(before, line)| (before + 1, line));
        let header: Vec<String> = lines
            .next()
            .map(|(_, line)| line.split('\t').map(|name| name.trim().to_owned()).collect())
            .unwrap_or_default();
        if header.iter().all(String::is_empty) {
            return Err(DayError::NoHeader { file, expected: columns.join(", ") });
        }
        for column in columns {
            if !header.iter().any(|name| name == column) {
                return Err(DayError::MissingColumn { file, column, expected: columns.join(", ") });
            }
        }
        let rows: Vec<(usize, String)> = lines
            .filter(|(_, line)| !line.trim().is_empty())
            .map(|(number, line)| (number, line.to_owned()))
            .collect();
        if rows.is_empty() {
            return Err(DayError::NoRows { file });
        }
        Ok(Self { file, header, rows })
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|(line, text)| Row {
            table: self,
            line: *line,
            cells: text.split('\t').map(str::trim).collect(),
        })
    }
}

/// The text of a file, without a byte order mark.
pub(super) fn read_text(file: &Path) -> Result<String, DayError> {
    let text = std::fs::read_to_string(file)
        .map_err(|source| DayError::Unreadable { file: file.to_owned(), source })?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

impl<'a> Row<'a> {
    pub(super) fn text(&self, column: &'static str) -> Result<&'a str, DayError> {
        let position = self.table.header.iter().position(|name| name == column);
        let cell = position.and_then(|position| self.cells.get(position)).copied();
        cell.filter(|cell| !cell.is_empty()).ok_or_else(|| DayError::MissingCell {
            file: self.table.file.clone(),
            line: self.line,
            column,
            cells: self.cells.len(),
        })
    }

    fn number(&self, column: &'static str) -> Result<f64, DayError> {
        let text = self.text(column)?;
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(number),
            Ok(_) | Err(_) => {
                Err(self.bad(column, "no number", "write digits such as 743 or 12.5"))
            }
        }
    }

    /// A number from zero up.
    pub(super) fn amount(&self, column: &'static str) -> Result<f64, DayError> {
        let amount = self.number(column)?;
        if amount < 0.0 {
            return Err(self.bad(column, "below zero", "write a number from 0 up"));
        }
        Ok(amount)
    }

    /// Whole minutes within a week; `743.0` is as good as `743`.
    pub(super) fn minute(&self, column: &'static str) -> Result<u32, DayError> {
        let minute = self.number(column)?;
        if minute.fract() != 0.0 || !(0.0..=LAST_MINUTE).contains(&minute) {
            let cure = "write a whole number of minutes from 0 to 10080";
            return Err(self.bad(column, "no minute of the day", cure));
        }
        Ok(minute as u32)
    }

    pub(super) fn spot(&self) -> Result<Spot, DayError> {
        let metres = |column| {
            let metres = self.number(column)?;
            if metres.abs() > FARTHEST_M {
                let cure = "write metres between -1000000 and 1000000";
                return Err(self.bad(column, "too far away", cure));
            }
            Ok(metres)
        };
        Ok(Spot::new(metres("x")?, metres("y")?))
    }

    pub(super) fn bad(
        &self,
        column: &'static str,
        problem: &'static str,
        cure: &'static str,
    ) -> DayError {
        DayError::BadCell {
            file: self.table.file.clone(),
            line: self.line,
            column,
            value: self.text(column).unwrap_or_default().to_owned(),
            problem,
            cure,
        }
    }
}
