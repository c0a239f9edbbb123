//! What is wrong with a row, in a form that goes back to whoever filled it in.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Sheet;
use crate::wire::fault::Fault;

/// One row that was not taken, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// As the spreadsheet counts: the head is row 1.
    pub row: usize,
    /// The head of the column, where one is to blame.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// A stable code; see docs/faults.md.
    pub code: String,
    pub message: String,
}

impl Problem {
    pub fn of(row: usize, fault: Fault) -> Self {
        Self {
            row,
            column: fault.field,
            code: fault.code.text().to_owned(),
            message: fault.message.into_owned(),
        }
    }
}

/// The rows that were not taken, as they were filled in, each with what is wrong: to be corrected
/// and sent again.
pub fn with_problems(sheet: &Sheet, problems: &[Problem]) -> Vec<Vec<String>> {
    let mut head = sheet.head.clone();
    head.push("error".to_owned());
    let mut table = vec![head];
    for problem in problems {
        let row = sheet.rows.iter().find(|row| row.number == problem.row);
        let mut cells = row.map(|row| row.cells.clone()).unwrap_or_default();
        cells.resize(sheet.head.len(), String::new());
        cells.push(problem.message.clone());
        table.push(cells);
    }
    table
}
