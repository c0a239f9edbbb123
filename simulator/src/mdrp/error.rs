//! What can be wrong with a day on disk.

use std::path::PathBuf;

/// Names the file, the line (the header is line 1), the column, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum DayError {
    #[error(
        "cannot read {}: {source}; a day is a folder with couriers.txt, orders.txt, \
         restaurants.txt and instance_parameters.txt in UTF-8", file.display()
    )]
    Unreadable { file: PathBuf, source: std::io::Error },

    #[error("cannot write {}: {source}; choose a folder you may write to", file.display())]
    Unwritable { file: PathBuf, source: std::io::Error },

    #[error("{}, line 1: no header; the first line must name the columns {expected}", file.display())]
    NoHeader { file: PathBuf, expected: String },

    #[error(
        "{}, line 1: column {column:?} is missing; the header must name {expected}, separated by tabs",
        file.display()
    )]
    MissingColumn { file: PathBuf, column: &'static str, expected: String },

    #[error("{}, line {line}: no column {column:?}; the line has {cells} cells, separate them by tabs", file.display())]
    MissingCell { file: PathBuf, line: usize, column: &'static str, cells: usize },

    #[error("{}, line {line}, column {column:?}: {value:?} is {problem}; {cure}", file.display())]
    BadCell {
        file: PathBuf,
        line: usize,
        column: &'static str,
        value: String,
        problem: &'static str,
        cure: &'static str,
    },

    #[error("{}: no rows; add at least one", file.display())]
    NoRows { file: PathBuf },

    #[error(
        "{}, line {line}: it says {said} {what}, the tables hold {counted}; correct the line or delete the file",
        file.display()
    )]
    Miscounted { file: PathBuf, line: usize, what: &'static str, said: u64, counted: u64 },
}
