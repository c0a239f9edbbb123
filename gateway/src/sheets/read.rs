//! Reading what somebody filled in.

use super::write::BEGINNINGS;
use super::{Form, workbook};
use crate::wire::fault::{Code, Fault};

/// Rows of one sheet, the head aside.
const MOST_ROWS: usize = 20_000;
pub(super) const MOST_COLUMNS: usize = 64;
/// Characters of one cell.
const LONGEST_CELL: usize = 2_000;

/// A head and the rows under it. Blank rows are left out, their numbers are not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    pub head: Vec<String>,
    pub rows: Vec<Row>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// As the spreadsheet counts: the head is row 1.
    pub number: usize,
    pub cells: Vec<String>,
}

/// Where each wanted column stands.
pub struct Columns<'a> {
    sheet: &'a Sheet,
    /// Our name, and the place if the sheet has it.
    places: Vec<(&'static str, Option<usize>)>,
}

/// Reads a sheet: of a workbook, the first one.
pub fn read(bytes: &[u8], form: Form) -> Result<Sheet, Fault> {
    let rows = match form {
        Form::Csv => csv_rows(bytes)?,
        Form::Xlsx => workbook::rows(bytes)?,
    };
    let mut rows = rows.into_iter();
    let head = rows.next().ok_or_else(|| unreadable("it is empty: begin with a row of heads"))?;
    Ok(Sheet { head: head.cells, rows: rows.collect() })
}

/// Refuses one row too many as soon as it is there; the head is one more.
pub(super) fn check_count(rows: usize) -> Result<(), Fault> {
    if rows > MOST_ROWS + 1 {
        return Err(unreadable(&format!("it has more than {MOST_ROWS} rows: send it in parts")));
    }
    Ok(())
}

pub(super) fn unreadable(why: &str) -> Fault {
    Fault::new(Code::MalformedSheet, format!("the sheet cannot be read: {why}"))
}

fn csv_rows(bytes: &[u8]) -> Result<Vec<Row>, Fault> {
    // Spreadsheets mark UTF-8 with three bytes that belong to no cell.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes)
        .map_err(|_| unreadable("it is not in UTF-8: save it as CSV UTF-8"))?;
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for (index, record) in reader.records().enumerate() {
        let record = record.map_err(|error| unreadable(&error.to_string()))?;
        let number = record.position().map_or(index + 1, |place| {
            place.line() as usize + blank_lines(text, place.byte() as usize)
        });
        let cells = record.iter().map(cell).collect::<Result<Vec<_>, _>>()?;
        if cells.iter().any(|cell| !cell.is_empty()) {
            rows.push(row(number, cells)?);
            check_count(rows.len())?;
        }
    }
    Ok(rows)
}

/// Lines without anything from here on: the reader passes over them, and people count them.
fn blank_lines(text: &str, from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    rest.lines().take_while(|line| line.is_empty()).count()
}

pub(super) fn cell(text: &str) -> Result<String, Fault> {
    let text = text.trim();
    // Written by us in front of what a spreadsheet would take for a formula.
    let text = match text.strip_prefix('\'') {
        Some(rest) if rest.starts_with(BEGINNINGS) => rest,
        _ => text,
    };
    if text.chars().nth(LONGEST_CELL).is_some() {
        return Err(unreadable(&format!("a cell has more than {LONGEST_CELL} characters")));
    }
    Ok(text.to_owned())
}

fn row(number: usize, cells: Vec<String>) -> Result<Row, Fault> {
    if cells.len() > MOST_COLUMNS {
        return Err(unreadable(&format!("it has more than {MOST_COLUMNS} columns")));
    }
    Ok(Row { number, cells })
}

impl<'a> Columns<'a> {
    /// Finds each column by any of its names, whatever their case. `needed` ones must be there, and
    /// a column nobody knows is refused: a misspelt head would otherwise lose its values.
    pub fn find(
        sheet: &'a Sheet,
        known: &[(&'static str, &[&str])],
        needed: &[&str],
    ) -> Result<Self, Fault> {
        let is_named = |head: &str, name: &str, others: &[&str]| {
            let head = head.to_lowercase();
            head == name || others.iter().any(|other| head == other.to_lowercase())
        };
        for head in &sheet.head {
            let head = head.as_str();
            // Our own column of a sheet that was sent back with what is wrong in it.
            let is_known = head.is_empty()
                || head == "error"
                || known.iter().any(|(name, others)| is_named(head, name, others));
            if !is_known {
                let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
                let message = format!("no column is called that: use {}", names.join(", "));
                return Err(Fault::new(Code::UnknownField, message).about(head.to_owned()));
            }
        }
        let places = known.iter().map(|(name, others)| {
            (*name, sheet.head.iter().position(|head| is_named(head, name, others)))
        });
        let places: Vec<_> = places.collect();
        for name in needed {
            if !places.iter().any(|(known, place)| known == name && place.is_some()) {
                let message = format!("the column {name} is missing: add it");
                return Err(Fault::new(Code::MissingField, message).about((*name).to_owned()));
            }
        }
        Ok(Self { sheet, places })
    }

    pub fn sheet(&self) -> &Sheet {
        self.sheet
    }

    /// Whether the sheet has the column at all: what it leaves out stays as it is.
    pub fn has(&self, name: &str) -> bool {
        self.places.iter().any(|(known, place)| *known == name && place.is_some())
    }

    /// What a row says in a column; `None` where it says nothing.
    pub fn get<'r>(&self, row: &'r Row, name: &str) -> Option<&'r str> {
        let place = self.places.iter().find(|(known, _)| *known == name)?.1?;
        row.cells.get(place).map(String::as_str).filter(|cell| !cell.is_empty())
    }

    /// The same of a column that must say something.
    pub fn need<'r>(&self, row: &'r Row, name: &'static str) -> Result<&'r str, Fault> {
        self.get(row, name).ok_or_else(|| {
            Fault::new(Code::MissingField, format!("{name} is empty: fill it in")).about(name)
        })
    }

    /// A whole number of a column that must have one.
    pub fn number<N: std::str::FromStr>(&self, row: &Row, name: &'static str) -> Result<N, Fault> {
        let text = self.need(row, name)?;
        text.parse().map_err(|_| {
            Fault::invalid(name, format!("{name} must be a whole number, not {text:?}"))
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{csv_text, xlsx_bytes};
    use super::*;
    use crate::damage::{damaged, edits};

    fn table() -> Vec<Vec<String>> {
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        vec![
            row(["Code", "名称", "units"]),
            row(["MILK", "牛奶, \"大\"", "12"]),
            row(["=1+1", "-5", "@x"]),
            row(["0001", "a", ""]),
        ]
    }

    #[test]
    fn what_is_written_is_read_again_in_both_forms() {
        let expected: Vec<Vec<String>> = table().split_off(1);
        for (form, bytes) in [
            (Form::Csv, csv_text(&table()).into_bytes()),
            (Form::Xlsx, xlsx_bytes("s", &table()).unwrap()),
        ] {
            let sheet = read(&bytes, form).unwrap();
            assert_eq!(sheet.head, ["Code", "名称", "units"], "{form:?}");
            let cells: Vec<_> = sheet.rows.iter().map(|row| row.cells.clone()).collect();
            assert_eq!(cells, expected, "{form:?}");
            assert_eq!(sheet.rows[0].number, 2);
        }
        assert!(csv_text(&table()).contains("'=1+1"), "no spreadsheet takes it for a formula");
    }

    #[test]
    fn columns_are_found_by_any_of_their_names() {
        let sheet = read(csv_text(&table()).as_bytes(), Form::Csv).unwrap();
        let known: [(&'static str, &[&str]); 3] =
            [("code", &["编码"]), ("name", &["名称"]), ("units", &[])];
        let columns = Columns::find(&sheet, &known, &["code"]).unwrap();
        assert_eq!(columns.get(&sheet.rows[0], "name"), Some("牛奶, \"大\""));
        assert_eq!(columns.number::<u32>(&sheet.rows[0], "units").unwrap(), 12);
        assert_eq!(
            columns.number::<u32>(&sheet.rows[1], "units").unwrap_err().code,
            Code::InvalidValue
        );
        assert_eq!(columns.need(&sheet.rows[2], "units").unwrap_err().code, Code::MissingField);
        let missing = Columns::find(&sheet, &known, &["price"]).err().unwrap();
        assert_eq!(missing.code, Code::MissingField);
        let unknown = Columns::find(&sheet, &known[..2], &["code"]).err().unwrap();
        assert_eq!((unknown.code, unknown.field.as_deref()), (Code::UnknownField, Some("units")));
    }

    #[test]
    fn what_is_no_sheet_is_refused() {
        for (bytes, form) in
            [(&b""[..], Form::Csv), (b"\xff\xfe\x00", Form::Csv), (b"PK nonsense", Form::Xlsx)]
        {
            assert_eq!(read(bytes, form).unwrap_err().code, Code::MalformedSheet);
        }
        let long = format!("a\n{}", "x".repeat(LONGEST_CELL + 1));
        assert_eq!(read(long.as_bytes(), Form::Csv).unwrap_err().code, Code::MalformedSheet);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn a_broken_sheet_is_refused_or_read_and_never_for_long(
            edits in edits(1..12),
            noise in prop::collection::vec(any::<u8>(), 0..200),
        ) {
            let (csv, xlsx) = (csv_text(&table()).into_bytes(), xlsx_bytes("s", &table()).unwrap());
            let sheets = [(csv, Form::Csv), (xlsx, Form::Xlsx), (noise.clone(), Form::Csv)];
            for (sheet, form) in sheets.into_iter().chain([(noise, Form::Xlsx)]) {
                let bytes = damaged(&sheet, &edits);
                let began = std::time::Instant::now();
                if let Ok(sheet) = read(&bytes, form) {
                    let cells = sheet.rows.iter().flat_map(|row| &row.cells);
                    for cell in cells {
                        let _ = super::super::read_yuan(cell);
                    }
                }
                prop_assert!(began.elapsed().as_secs() < 5, "{:?}", began.elapsed());
            }
        }
    }
}
